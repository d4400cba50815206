"""The one declaration of the layer's fields."""

from datetime import date

import pytest
from django.db import connection

from assets.fields import FIELDS, Output, columns, fields_for, joins
from tests.assets.column_types import COLUMN_TYPES
from tests.factories import make_asset

TODAY = date(2026, 11, 24)


def test_every_field_has_a_name_of_its_own() -> None:
    names = [field.name for field in FIELDS]
    assert len(names) == len(set(names))


def test_every_field_has_a_title_in_both_languages() -> None:
    for field in FIELDS:
        titles = field.titles()
        assert set(titles) == {"zh-hans", "en"}
        assert all(titles.values())


@pytest.mark.django_db
@pytest.mark.parametrize("output", list(Output))
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_output_can_be_selected(output: Output, language: str) -> None:
    asset = make_asset()
    fields = fields_for(output)
    select = columns(fields, language=language, today=TODAY)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {select} FROM assets_asset asset {joins(fields)}")
        [row] = cursor.fetchall()
        values = dict(zip((column.name for column in cursor.description), row, strict=True))
    assert values["code"] == asset.code
    if "type_name" in values:
        assert values["type_name"] == ("宣传栏" if language == "zh-hans" else "Notice board")


@pytest.mark.django_db
def test_values_are_of_the_declared_kind() -> None:
    select = columns(FIELDS, language="en", today=TODAY)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {select} FROM assets_asset asset {joins(FIELDS)} LIMIT 0")
        types = {column.name: column.type_code for column in cursor.description}
        cursor.execute("SELECT oid, typname FROM pg_type WHERE oid = ANY(%s)", [list(types.values())])
        names = dict(cursor.fetchall())
    for field in FIELDS:
        assert names[types[field.name]] in COLUMN_TYPES[field.kind], field.name


def test_only_the_tables_that_are_needed_are_joined() -> None:
    kind_only = [field for field in FIELDS if field.name == "family"]
    assert joins(kind_only).count("JOIN") == 1
    site_kind = [field for field in FIELDS if field.name == "site_kind"]
    assert joins(site_kind).count("JOIN") == 2
