"""What can be said about one row of a ledger: stable codes, whether each refuses the row, and its sentence.

A *refused* row does not come in. A *held* one does not either, until a person has looked at such rows of the ledger and
confirmed that they are right. A *doubtful* one does, and somebody should look at it; with `--strict` it is refused too.
`docs/importing.md` lists the codes for people; a test keeps the two alike.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Collection
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from importing import positions
from importing.titles import title
from importing.values import parsed

REFUSED: dict[str, Promise | str] = {
    **positions.SENTENCES,
    **parsed.SENTENCES,
    "geometry_unreadable": _(
        "The shape of the feature cannot be read, or one of its coordinates is no number."
    ),
    "several_places": _(
        "The feature is %(places)s separate places, and an asset stands at one. Make a row of each."
    ),
    "system_differs": _(
        "The text of the position names EPSG:%(said)s, and the positions are read as %(crs)s. Put the row into a file"
        " of its own."
    ),
    "feature_unreadable": _("This item of the file is not a feature."),
    "text_unreadable": _("The text is damaged: its bytes are no characters of the file's encoding."),
    "cell_too_long": _("The cell holds more than %(most)s characters."),
    "key_cut": _(
        "The text is cut off after %(bytes)s bytes, as much as its column holds, and a row cannot be told by half of"
        " it."
    ),
    "type_missing": _("The type is missing, and no type was given for rows without one."),
    "type_unknown": _("“%(said)s” is not in the list of types."),
    "lifecycle_unknown": _("“%(said)s” is no lifecycle: planned, in use, suspended or removed."),
    "footprint_invalid": _("The shape of the feature crosses or touches itself."),
    "shape_too_wide": _("The shape is more than a degree wide or high: one of its corners cannot be right."),
    "text_too_long": _("The text has %(length)s characters; at most %(most)s can be kept."),
    "number_out_of_range": _("The number must lie between %(least)s and %(most)s."),
    "day_in_future": _("The day lies in the future."),
    "component_id_malformed": _("A component id has 17 digits (16 in the edition of 2013)."),
    "component_id_foreign": _(
        "The component id is not in the catalogue, and its district or class is not known here."
    ),
    "component_id_too_high": _(
        "The component id is not in the catalogue, and its serial number would leave too few for new assets."
    ),
    "identical_row": _("The row repeats row %(other)s, number and all; it is taken once."),
    "same_id_twice": _("Row %(other)s has the same number; only one of them can be right."),
    "ids_disagree": _("The numbers in this row belong to different assets."),
    "not_your_area": _("The asset lies outside the area you may write in."),
}
"""Refuse the row."""

HELD: dict[str, Promise | str] = {
    "row_struck": _("The row is crossed out in the sheet. Does it still hold?"),
    positions.ONE_POINT: _(
        "Most rows of this file have the same position, as when a program puts one place for all that it does not find."
        " Do they really stand there?"
    ),
    "row_hidden": _("The row is hidden in the sheet, by a filter or by hand."),
    "cells_beyond": _(
        "The row has cells beyond the last column with a name: a separator inside a text may have moved its cells."
    ),
    "other_names_above": _(
        "Other column names stand above this row, in row %(above)s: its cells may mean something else. Put it into a"
        " file of its own."
    ),
    "rows_in_cell": _(
        "A cell of this row runs over several lines and seems to hold whole rows, which are not read: a quotation mark"
        " is missing or too many. Correct it, or the rows inside are lost."
    ),
    "number_of_zeros": _(
        "“%(said)s” may be the “%(has)s” of %(code)s: a spreadsheet takes the zeros before a number away."
    ),
    "id_leads_elsewhere": _(
        "The number leads to the asset %(code)s, of which the catalogue says otherwise: %(differs)s. Is it that one?"
    ),
    "id_rounded": _(
        "The component id ends in 00, as in most rows of this file: a spreadsheet has rounded it. Is it really its own?"
    ),
}
"""Keep the row out until a person confirms such rows of this ledger (`ImportOptions.confirmed`)."""

DOUBTFUL: dict[str, Promise | str] = {
    **parsed.DOUBTS,
    "text_cut": _(
        "The text is cut off after %(bytes)s bytes, as much as its column holds; it is left out. A GeoPackage or a"
        " workbook holds it whole."
    ),
    "text_may_be_cut": _(
        "The text fills its column of %(bytes)s bytes to the brim, so its end may be missing."
    ),
    "shape_parts": _("The feature has lines or areas beside its point; the point is taken."),
    "near_duplicate": _("%(metres)s m away stands an asset of the same type, %(code)s."),
    "repeated_row": _("Row %(other)s says the same in everything that is imported; both come in."),
    "type_defaulted": _("“%(said)s” is not in the list of types; the type given for such rows is used."),
    "theme_unknown": _("“%(said)s” is not in the list of themes; it is left out."),
    "condition_unknown": _("“%(said)s” is no condition; none is recorded."),
    "road_unknown": _("“%(said)s” is no known road; none is recorded."),
    "site_unknown": _("“%(said)s” is no known site; none is recorded."),
    "unit_unknown": _("“%(said)s” is no known unit; none is recorded."),
    "area_unknown": _("“%(said)s” is no known street or community; the position decides."),
    "street_differs": _("The ledger says %(said)s; the position lies in %(found)s, which is used."),
    "community_differs": _("The ledger says %(said)s; the position lies in %(found)s, which is used."),
    "id_rounded_uid_known": _(
        "A spreadsheet has rounded the component id; the unique id says which asset it is."
    ),
    "component_id_other_class": _("The class in the component id is not that of the type."),
    "own_number_differs": _("The asset has the office's number %(has)s already; it keeps that."),
    "reopened": _("The asset was removed on %(day)s; the row opens it again."),
    "stands_on_support": _("The asset stands on a support and stays there; move the support instead."),
}
"""Let the row in, and ask somebody to look at it."""

SENTENCES = {**REFUSED, **HELD, **DOUBTFUL}


def refusing(confirmed: Collection[str] = (), *, strict: bool = False) -> frozenset[str]:
    """The codes that keep a row out of an import in which a person has confirmed some of `HELD`."""
    return frozenset(SENTENCES if strict else REFUSED) | (HELD.keys() - set(confirmed))


@dataclasses.dataclass(frozen=True, slots=True)
class Verdict:
    """One thing said about one row.

    `row` is its number as a person sees it in the file; `field` the field's name, empty when the row as a whole is
    meant; `column` that field's header in the file; `value` what the cell holds, as text. A list among `params` holds
    names of fields.
    """

    row: int
    code: str
    field: str = ""
    column: str = ""
    value: str = ""
    params: dict[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """The sentence in the active language."""
        words = {
            name: "、".join(map(title, value)) if isinstance(value, list) else value
            for name, value in self.params.items()
        }
        return str(SENTENCES[self.code]) % words

    def as_json(self) -> dict[str, Any]:
        """What reports keep; the sentence in the active language."""
        return {
            "row": self.row,
            "column": self.column,
            "code": self.code,
            "sentence": self.sentence,
            "value": self.value,
        }

    @property
    def params_text(self) -> str:
        """The parameters for the staging table."""
        return json.dumps(self.params, ensure_ascii=False) if self.params else "{}"
