"""Somebody compared a site with the handbook. A fact: it never conflicts, and is locked once it has come.

The photos follow the record; what follows from its findings (cases, missing pieces) is there before them.
"""

import re
import uuid
from datetime import timedelta
from decimal import Decimal
from math import isfinite
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evaluation.actions.record_visit import MOST_OBSERVATIONS, Found, record_visit
from evaluation.models import Answer, Round
from field.up.applying.patrols import site_of
from field.up.applying.work import Applied, Reading, Work
from field.up.envelope import as_uuid, clean

FIELDS = ("round", "site", "took", "note", "found")
_OF_ONE = frozenset({"item", "answer", "value", "asked", "catalogued", "missing", "photos", "note"})
_LONGEST_VISIT = 24 * 3600
_MOST_MISSING = 150
_HASH = re.compile(r"[0-9a-f]{64}")


def visit(work: Work) -> Applied:
    """Take in one visit with all its observations.

    Raises:
        ValidationError, PermissionDenied: of the action, or something in it cannot be read.
    """
    reading = Reading(work.envelope.fields)
    reading.only(FIELDS)
    note = reading.text("note", 2_000)
    took = reading.fields.get("took") or 0
    if type(took) is not int or not 0 <= took <= _LONGEST_VISIT:
        reading.problems["took"] = _("Give seconds, at most a day.")
    site = site_of(reading)
    if site is None:
        reading.problems.setdefault("site", _("Say which site."))
    found = _found(reading)
    reading.done()
    assert site is not None  # reading.done() has raised
    made = record_visit(
        work.actor,
        round_of(work, reading),
        site,
        found,
        began_at=work.happened_at - timedelta(seconds=took),
        ended_at=work.happened_at,
        position=work.envelope.position,
        note=note,
        uid=visit_uid(work.envelope.op_id, work.author.pk),
    )
    cases = made.observations.filter(case__isnull=False).count()
    message = ngettext("%(n)s case was made of it.", "%(n)s cases were made of it.", cases) % {"n": cases}
    return Applied(message=message if cases else "", distance=made.distance)


def visit_uid(op_id: uuid.UUID, author: int) -> uuid.UUID:
    """The uid of the visit which an operation makes: always the same, so it is made once."""
    return uuid.uuid5(op_id, f"{author}:visit")


def round_of(work: Work, reading: Reading) -> Round:
    """The round that an operation names. One that its sender has no part in does not exist for them.

    Raises:
        ValidationError: naming `round`.
    """
    uid = as_uuid(reading.fields.get("round"))
    rounds = Round.objects.visible_to(work.author).select_related("area", "edition")
    round_ = rounds.filter(uid=uid).first() if uid is not None else None
    if round_ is None:
        raise ValidationError({"round": _("There is no such round for you.")})
    return round_


def _found(reading: Reading) -> list[Found]:
    came = reading.fields.get("found")
    if not isinstance(came, list) or not came or len(came) > MOST_OBSERVATIONS:
        reading.problems["found"] = _("Give a list of 1 to %(most)s answers.") % {"most": MOST_OBSERVATIONS}
        return []
    found = []
    for entry in came:
        try:
            found.append(_read_answer(entry))
        except ValueError:
            name = clean(str(entry.get("item", "found")))[:40] if isinstance(entry, dict) else "found"
            reading.problems[name or "found"] = _("This answer cannot be read.")
    return found


def _read_answer(came: Any) -> Found:
    """One answer.

    Raises:
        ValueError: something in it is not what it should be.
    """
    if not isinstance(came, dict) or not set(came) <= _OF_ONE or not isinstance(came.get("item"), str):
        raise ValueError
    answer = came.get("answer")
    photos, missing = came.get("photos") or [], came.get("missing") or []
    note = came.get("note") or ""
    if not isinstance(photos, list) or not isinstance(missing, list) or not isinstance(note, str):
        raise ValueError
    uids = [as_uuid(uid) for uid in missing[:_MOST_MISSING]]
    if None in uids or not all(isinstance(name, str) and _HASH.fullmatch(name) for name in photos):
        raise ValueError
    return Found(
        item=clean(came["item"])[:40],
        answer=Answer(answer) if answer is not None else None,
        value=_decimal(came.get("value")),
        asked=_count(came.get("asked")),
        catalogued=_count(came.get("catalogued")),
        missing=tuple(uid for uid in uids if uid is not None),
        photos=tuple(dict.fromkeys(photos)),
        note=clean(note)[:500],
    )


def _decimal(value: Any) -> Decimal | None:
    if value is None:
        return None
    if type(value) not in (int, float) or not isfinite(value):
        raise ValueError
    return Decimal(str(round(value, 2)))


def _count(value: Any) -> int | None:
    if value is None:
        return None
    if type(value) is not int or not 0 <= value <= 30_000:
        raise ValueError
    return value
