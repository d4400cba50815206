"""What of an asset may be told to whom: names and telephones of private persons only to those who keep them right.

A stairwell's contact (楼道长) is a neighbour, not an office. Whoever may edit the asset sees who it is; other readers
are told neither what is there nor what was there before, in no page, file, tile or history. Pages that tell changes
ask here. A new column of an asset is told to nobody else until it is declared (`assets.fields`): a test asks for that.
"""

from accounts.permissions import EDIT, AnyUser, can
from assets.fields import BY_HAND
from assets.models import Asset

# What verbs write, which the declaration does not name as columns.
_OF_VERBS = frozenset(
    {
        "code",
        "artwork",
        "point",
        "footprint",
        "position_accuracy",
        "support",
        "area",
        "district",
        "street",
        "community",
        "lifecycle",
        "removed_on",
        "removal_reason",
        "condition",
        "condition_at",
        "next_inspection_due",
    }
)
# Told to whoever may edit the asset, and to nobody else.
PRIVATE = frozenset(name for name, field in BY_HAND.items() if field.told_to)
# Told to everybody who may read the asset.
TOLD_TO_READERS = _OF_VERBS | (BY_HAND.keys() - PRIVATE)


def may_be_told(name: str, reader: AnyUser, asset: Asset) -> bool:
    """Whether a reader may be told what one column of an asset holds, or held."""
    return name in TOLD_TO_READERS or can(reader, EDIT, asset)


def masked_telephones(text: str) -> str:
    """Telephone numbers so far that somebody who knows them recognises them: "138****2077", "****234".

    Of each number at most the first three and the last four digits, and of a short one, which would be found by trying,
    at most the last three and never more than half.
    """
    return "、".join(
        _masked(number) for number in text.replace("，", "、").replace(",", "、").split("、") if number
    )


def _masked(number: str) -> str:
    digits = "".join(letter for letter in number if letter.isdecimal())
    if len(digits) >= 11:
        return f"{digits[:3]}****{digits[-4:]}"
    return "****" + digits[len(digits) - min(3, len(digits) // 2) :]
