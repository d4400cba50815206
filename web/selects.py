"""A filter's parameters as the selects above a list; `filter_selects.html` draws them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FilterSelect:
    """One parameter as a select: what may be chosen, and what is."""

    name: str
    label: str
    options: list[tuple[str, str]]
    value: str

    @property
    def several(self) -> bool:
        """Whether more is chosen than a select can say; it then keeps what it has."""
        return bool(self.value) and self.value not in dict(self.options)
