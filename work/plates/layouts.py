"""Paper that plates are printed on. Sizes in millimetres stand in `plates.css`, under the layout's code."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Layout:
    """One kind of paper."""

    code: str
    title: str | Promise
    columns: int
    rows: int

    @property
    def per_sheet(self) -> int:
        """Plates on one sheet; one on each piece of a roll."""
        return self.columns * self.rows

    @property
    def is_roll(self) -> bool:
        """Whether each plate is a page of its own."""
        return self.per_sheet == 1


LAYOUTS = {
    layout.code: layout
    for layout in (
        Layout("a4-2x5", _("A4, 2 × 5 plates of 99 × 57 mm"), 2, 5),
        Layout("a4-2x7", _("A4, 2 × 7 plates of 99 × 38 mm"), 2, 7),
        Layout("a4-3x8", _("A4, 3 × 8 plates of 70 × 37 mm"), 3, 8),
        Layout("roll-100x70", _("Roll, 100 × 70 mm"), 1, 1),
        Layout("roll-80x50", _("Roll, 80 × 50 mm"), 1, 1),
        Layout("roll-60x40", _("Roll, 60 × 40 mm"), 1, 1),
    )
}
# At most this many plates in one page: a browser prints them in seconds.
MOST_PLATES = 480
