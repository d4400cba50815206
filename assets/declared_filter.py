"""What every filter of declared parameters shares: assets' (`assets.filters`) and those of rooms further left.

A filter declares its parameters (`assets.filter_parameters`) and what holds where an address says nothing; reading,
refusing by name, the one spelling and the words for people are here.
"""

from collections.abc import Collection, Mapping
from typing import Any, ClassVar
from urllib.parse import quote

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _

from assets.dictionaries import Generation
from assets.filter_parameters import FilterError, Parameter, Reference
from assets.paging import no_parameter


class DeclaredFilter:
    """A query string, understood. Made by the function that reads it."""

    # The parameters that a class declares, by name, in the order of their declaration.
    base_filters: ClassVar[Mapping[str, Parameter]] = {}
    # What a parameter is when it is not given; so it is not spelled either.
    unsaid: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        own = {name: value for name, value in vars(cls).items() if isinstance(value, Parameter)}
        cls.base_filters = {**cls.base_filters, **own, **cls.further_parameters()}

    @classmethod
    def further_parameters(cls) -> Mapping[str, Parameter]:
        """Parameters besides those that stand in the class; none by default."""
        return {}

    def __init__(self, data: QueryDict, reference: Reference, generation: Generation) -> None:
        """Understand what an address says, its names being checked (`check_names`).

        Raises:
            FilterError: a value cannot be read or does not exist.
        """
        self.data = data
        self.reference = reference
        self.generation = generation
        self.values: dict[str, Any] = {}
        for name, parameter in self.filters.items():
            value = _read(name, parameter, data)
            if value is not None:
                self.values[name] = value
        for name, value in self.unsaid.items():
            self.values.setdefault(name, value)
        self.conditions: dict[str, Q] = {
            name: self.filters[name].condition(value, reference) for name, value in self.values.items()
        }

    @property
    def filters(self) -> Mapping[str, Parameter]:
        """The parameters, by name."""
        return self.base_filters

    def conditions_but(self, *names: str) -> list[Q]:
        """The conditions of all parameters but some."""
        return [condition for name, condition in self.conditions.items() if name not in names]

    def spelled(self, name: str) -> str:
        """A parameter's value as an address carries it; nothing when it says what holds anyway."""
        value = self.values.get(name)
        if value is None or value == self.unsaid.get(name):
            return ""
        if isinstance(value, tuple):
            return (" " if name == "q" else ",").join(str(part) for part in value)
        return f"x{value:x}" if isinstance(value, int) else str(value.isoformat())

    def but(self, *without: str, **changed: str) -> str:
        """The query string without some parameters, or with others in their place."""
        values = {name: self.spelled(name) for name in self.values if name not in without} | changed
        return "&".join(f"{name}={quote(values[name], safe=',:')}" for name in sorted(values) if values[name])

    @property
    def query_string(self) -> str:
        """The filter in its one spelling: for cache keys, and for links to the same set."""
        return "&".join(
            f"{name}={quote(self.spelled(name), safe=',:')}"
            for name in sorted(self.values)
            if self.values[name] != self.unsaid.get(name)
        )

    @property
    def is_default(self) -> bool:
        """Whether nothing was asked for but what shows anyway."""
        return not self.query_string

    def in_words(self) -> list[tuple[str, list[str]]]:
        """Label and values of each parameter, in the reader's language."""
        return [
            (str(self.filters[name].label), self.filters[name].words(value, self.reference))
            for name, value in self.values.items()
        ]


def _read(name: str, parameter: Parameter, data: QueryDict) -> Any:
    if name not in data:
        return None
    try:
        return parameter.read(str(data[name]))
    except ValidationError as error:
        raise FilterError(name, " ".join(error.messages)) from None


def check_names(data: QueryDict, taken: Collection[str]) -> None:
    """Refuse what an address does not take.

    Raises:
        FilterError: a parameter is unknown, or given twice.
    """
    for name, values in data.lists():
        if name not in taken:
            raise no_parameter(name, taken)
        if len(values) > 1:
            raise FilterError(name, _("It is given twice; separate values with commas."))
