"""The column types of PostgreSQL that hold each kind of field."""

from assets.fields import Kind

COLUMN_TYPES = {
    Kind.TEXT: {"text", "varchar", "uuid"},
    Kind.LIST: {"_varchar"},
    Kind.INTEGER: {"int2", "int4", "int8"},
    Kind.NUMBER: {"float8", "numeric"},
    Kind.BOOLEAN: {"bool"},
    Kind.DATE: {"date"},
    Kind.MOMENT: {"timestamptz"},
}
