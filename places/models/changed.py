"""The condition of triggers that watch columns, written so that it means the same under any search path.

`IS DISTINCT FROM` finds the operator of a type by the search path, and PostgreSQL prints a condition without saying
where it found it. A restored dump is read with an empty path: a condition that compares two geometries then fails
("operator is not unique"), and the trigger is silently not there. Bytes are compared by PostgreSQL's own operator.
"""

from collections.abc import Collection
from typing import Any

import pgtrigger
from django.contrib.gis.db.models import GeometryField
from django.db.models import Field, Model


class Changed(pgtrigger.Condition):
    """True when any of the named fields changes; without names, any field but the `exclude`d ones."""

    def __init__(self, *fields: str, exclude: Collection[str] = ()) -> None:
        self._fields = fields
        self._exclude = exclude

    def resolve(self, model: type[Model]) -> str:
        """The condition in SQL. Raises ValueError for a name that is no field of the model."""
        field_names = {field.name for field in model._meta.concrete_fields}
        if unknown := {*self._fields, *self._exclude} - field_names:
            raise ValueError(f"{model.__name__} has no fields {sorted(unknown)}")
        compared = [_compared(field) for field in model._meta.concrete_fields if self._watches(field.name)]
        return f"({' OR '.join(f'{new} IS DISTINCT FROM {old}' for new, old in compared)})"

    def _watches(self, name: str) -> bool:
        return name in self._fields if self._fields else name not in self._exclude


def _compared(field: "Field[Any, Any]") -> tuple[str, str]:
    """The new and the old value of a field, in types whose operators are PostgreSQL's own."""
    new, old = f'NEW."{field.column}"', f'OLD."{field.column}"'
    if isinstance(field, GeometryField):
        return f"public.ST_AsEWKB({new})", f"public.ST_AsEWKB({old})"
    return new, old
