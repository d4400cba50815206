"""Component ids (管理部件标识码): 6 digits of district + 5 of class and item + 6 of serial number (docs/design.md).

Serial numbers come from a counter per (district, item). A range is taken in a short transaction on a connection of
its own: an import that runs for a minute never makes a phone wait, and a rolled-back registration leaves a gap, never
a number that is given out twice.
"""

from django.db import IntegrityError, connection
from django.utils.translation import gettext as _

from assets.models import AssetType

LAST_SERIAL = 999_999


class CodesExhausted(Exception):
    """A district has used all six-digit serial numbers of one item code."""


def component_id(district_code: str, item_code: str, serial: int) -> str:
    """The 17-digit component id of one serial number."""
    return f"{district_code}{item_code}{serial:06d}"


def take_serials(district_code: str, item_code: str, count: int) -> range:
    """Take `count` fresh serial numbers; they are committed at once and never come again.

    Raises:
        CodesExhausted: fewer than `count` numbers are left.
    """
    if count == 0:
        return range(0)
    own = connection.copy()
    try:
        with own.cursor() as cursor:
            cursor.execute(
                """
                INSERT INTO assets_componentcounter AS counter (district_code, item_code, next_serial)
                VALUES (%s, %s, 1 + %s)
                ON CONFLICT (district_code, item_code)
                DO UPDATE SET next_serial = counter.next_serial + %s
                RETURNING next_serial
                """,
                [district_code, item_code, count, count],
            )
            after = int(cursor.fetchone()[0])
    except IntegrityError as error:
        raise CodesExhausted(
            _("District %(district)s has no %(count)s free numbers left for item %(item)s.")
            % {"district": district_code, "count": count, "item": item_code}
        ) from error
    finally:
        own.close()
    return range(after - count, after)


def take_component_id(district_code: str, asset_type: AssetType) -> str:
    """A fresh component id for one asset of a type in a district."""
    item_code = asset_type.component.code
    return component_id(district_code, item_code, take_serials(district_code, item_code, 1)[0])


def never_issue(codes: list[str]) -> None:
    """Move the counters past ids that came from elsewhere (a ledger with ids of its own), so none is issued again."""
    highest: dict[tuple[str, str], int] = {}
    for code in codes:
        item = (code[:6], code[6:11])
        highest[item] = max(highest.get(item, 0), int(code[11:]))
    if not highest:
        return
    own = connection.copy()
    try:
        with own.cursor() as cursor:
            cursor.executemany(
                """
                INSERT INTO assets_componentcounter AS counter (district_code, item_code, next_serial)
                VALUES (%s, %s, %s)
                ON CONFLICT (district_code, item_code)
                DO UPDATE SET next_serial = greatest(counter.next_serial, EXCLUDED.next_serial)
                """,
                [(district, item, serial + 1) for (district, item), serial in sorted(highest.items())],
            )
    finally:
        own.close()
