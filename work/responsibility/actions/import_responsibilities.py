"""Take responsibilities from a workbook: read and judge first, apply what can be taken as one, undo it as one.

What is judged is judged again when it is applied. A row that says what stands already changes nothing (but a telephone
that it gives). Somebody who follows another ends the other's row the day before; open cases stay, as only a
handover moves them.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.permissions import EVERYWHERE, MANAGE_RESPONSIBILITY, READ, Scope, can, scope_of
from assets.history import Actor, acting, authorise
from places.models import (
    Area,
    BatchState,
    Holder,
    Indicator,
    Responsibility,
    ResponsibilityBatch,
    Road,
    Site,
    Unit,
)
from places.models.responsibility import EXACTLY_ONE
from work.responsibility.actions.appoint import appoint
from work.responsibility.actions.checking import (
    Named,
    Thing,
    check_days,
    check_telephone,
    check_thing,
    holder_named,
    overlapping,
)
from work.responsibility.finding import find_place
from work.responsibility.workbook import Line, day_named, kind_named

NEW, SAME, FOLLOWS, BESIDE, WRONG = "new", "same", "follows", "beside", "wrong"
VERDICTS = {
    NEW: gettext_lazy("new"),
    SAME: gettext_lazy("as it is"),
    FOLLOWS: gettext_lazy("follows another"),
    BESIDE: gettext_lazy("overlaps"),
    WRONG: gettext_lazy("left out"),
}


@dataclass(frozen=True)
class Judged:
    """What would come of one line: the verdict, and a sentence about it."""

    line: Line
    verdict: str
    sentence: str = ""
    thing: Thing | None = None
    named: Named | None = None
    begins_on: date | None = None
    ends_on: date | None = None
    other: Responsibility | None = None

    @property
    def label(self) -> str:
        """The verdict in words."""
        return str(VERDICTS[self.verdict])


def receive_lines(actor: Actor, filename: str, lines: Iterable[Line]) -> ResponsibilityBatch:
    """Keep what a file says until it is applied or thrown away.

    Raises:
        PermissionDenied: the actor says nowhere who answers.
    """
    authorise(actor, MANAGE_RESPONSIBILITY)
    with acting(actor):
        return ResponsibilityBatch.objects.create(
            filename=filename[:200], by=actor.user, rows=[line.as_json() for line in lines]
        )


def judge(actor: Actor, lines: Iterable[Line]) -> list[Judged]:
    """What would come of each line; writes nothing."""
    reading = _Reading(actor)
    return [reading.judge(line) for line in lines]


class _Reading:
    """A file on its way through: each line is judged knowing those before it."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor
        self._rows: dict[tuple, int] = {}
        self._telephones: dict[tuple, tuple[str, int]] = {}

    def judge(self, line: Line) -> Judged:
        """What would come of the next line."""
        try:
            found = _judged(self._actor, line)
        except ValidationError as error:
            return Judged(line, WRONG, " ".join(error.messages))
        sentence = self._against_those_before(found)
        return Judged(line, WRONG, sentence) if sentence else found

    def _against_those_before(self, found: Judged) -> str:
        """What is wrong with a line beside those before it; empty where nothing is."""
        if found.thing is None or found.named is None or found.verdict == WRONG:
            return ""
        number, named = found.line.number, found.named
        key = (found.thing.kind, found.thing.place.pk, found.thing.building, named, found.begins_on)
        if key in self._rows:
            return _("It says the same as row %(row)s.") % {"row": self._rows[key]}
        self._rows[key] = number
        if named.telephone:
            who = (named.name, named.post, named.unit)
            telephone, before = self._telephones.setdefault(who, (named.telephone, number))
            # Two people of one name would become one, and the last number would be both's.
            if telephone != named.telephone:
                return _("Row %(row)s gives %(who)s another telephone: name the unit or the post.") % {
                    "row": before,
                    "who": named.name or named.unit,
                }
        return ""


def _judged(actor: Actor, line: Line) -> Judged:
    kind = kind_named(line.kind)
    if kind is None:
        raise ValidationError(_("“%(value)s” is no kind of responsibility.") % {"value": line.kind[:40]})
    scope = scope_of(actor.user, READ) if actor.user else Scope(frozenset({EVERYWHERE}))
    place = find_place(kind, line.code or line.place, scope)
    thing = Thing(kind, place, line.building)
    check_thing(thing)
    if actor.user is not None and not can(actor.user, MANAGE_RESPONSIBILITY, thing):
        raise ValidationError(_("Your role does not allow this here."))
    begins_on, ends_on = _day(line.begins_on), _day(line.ends_on) if line.ends_on else None
    check_days(begins_on, ends_on)
    named = Named(line.name, line.post, _unit(line.unit), line.telephone)
    holder = _holder(named)
    judged = Judged(line, NEW, "", thing, named, begins_on, ends_on)
    if holder is not None:
        check_telephone(actor, holder, named.telephone.strip())
        same = thing.rows().filter(holder=holder, begins_on=begins_on)
        if (found := same.first()) is not None:
            if found.ends_on == ends_on:
                new_number = named.telephone and named.telephone != holder.telephone
                sentence = _("Its telephone is another.") if new_number else ""
                return Judged(line, SAME, sentence, thing, named, begins_on, ends_on)
            raise ValidationError(_("It is there with another last day: correct it on its page."))
    other = overlapping(thing, holder or Holder(), begins_on, ends_on) if _alone(thing, holder) else None
    if other is None:
        return judged
    placeholders = {"who": other.holder, "day": other.begins_on.isoformat()}
    if thing.kind in EXACTLY_ONE and other.begins_on < begins_on and other.ends_on is None:
        sentence = _("Follows %(who)s, whose time ends the day before.") % placeholders
        return Judged(line, FOLLOWS, sentence, thing, named, begins_on, ends_on, other)
    sentence = _("%(who)s has it since %(day)s: both will stand until one is ended.") % placeholders
    return Judged(line, BESIDE, sentence, thing, named, begins_on, ends_on, other)


def _alone(thing: Thing, holder: Holder | None) -> bool:
    """Whether others in the way are to be looked for: of a community only the same unit is."""
    return thing.kind in EXACTLY_ONE or holder is not None


def _day(text: str) -> date:
    found = day_named(text)
    if found is None:
        raise ValidationError(_("“%(value)s” is no day: write it as 2026-03-01.") % {"value": text[:40]})
    return found


def _unit(text: str) -> Unit | None:
    if not text:
        return None
    found = Unit.objects.filter(Q(name=text) | Q(short_name=text) | Q(credit_code=text)).first()
    if found is None:
        raise ValidationError(
            _("There is no unit “%(name)s”: enter it in the list of units first.") % {"name": text[:60]}
        )
    return found


def _holder(named: Named) -> Holder | None:
    """The holder if there is one by now; says what is wrong with the naming as the action would."""
    if not named.name and named.unit is None:
        raise ValidationError(_("Name a person, or a unit."))
    if named.name and not named.post:
        raise ValidationError(_("Say which post the person has."))
    for text, most in ((named.name, 40), (named.post, 60), (named.telephone, 30)):
        if len(text) > most:
            raise ValidationError(_("“%(value)s…” is too long.") % {"value": text[:20]})
    return Holder.objects.filter(name=named.name, post=named.post, unit=named.unit).first()


def apply_batch(actor: Actor, batch: ResponsibilityBatch) -> dict[str, int]:
    """Write what can be taken, in one transaction; returns how many rows had which verdict.

    Raises:
        PermissionDenied: the actor did not read this file.
        ValidationError: naming `batch`: it was applied or undone already.
    """
    with acting(actor):
        current = _locked(actor, batch, BatchState.READ)
        counted = dict.fromkeys(VERDICTS, 0)
        ended, reading = [], _Reading(actor)
        for line in [Line(**row) for row in current.rows]:
            judged, remembered = reading.judge(line), len(current.telephones)
            try:
                with transaction.atomic():
                    ended += _write(actor, current, judged)
            except ValidationError:
                judged = Judged(line, WRONG)
                del current.telephones[remembered:]
            counted[judged.verdict] += 1
        current.rows, current.ended, current.state = [], ended, BatchState.APPLIED
        current.save(update_fields=["rows", "ended", "telephones", "state"])
    return counted


def _write(actor: Actor, batch: ResponsibilityBatch, judged: Judged) -> list[list[object]]:
    if judged.verdict == WRONG or judged.thing is None or judged.named is None or judged.begins_on is None:
        return []
    if judged.verdict == SAME:
        holder_named(actor, judged.named, batch=batch)
        return []
    ended: list[list[object]] = []
    if judged.verdict == FOLLOWS and judged.other is not None:
        before = judged.other.ends_on
        judged.other.ends_on = judged.begins_on - timedelta(days=1)
        judged.other.save(update_fields=["ends_on"])
        ended.append(
            [judged.other.pk, before.isoformat() if before else None, judged.other.ends_on.isoformat()]
        )
    appoint(
        actor,
        judged.thing,
        judged.named,
        judged.begins_on,
        ends_on=judged.ends_on,
        document=judged.line.document[:200],
        batch=batch,
        beside_others=judged.verdict == BESIDE,
    )
    return ended


def undo_batch(actor: Actor, batch: ResponsibilityBatch) -> int:
    """Void what an import entered and give back their days to those it ended; returns how many rows were voided.

    Rows that somebody has changed since keep what was written there, and days that somebody else has by now stay so.
    Telephones that it changed are what they were, unless they were changed again.

    Raises:
        PermissionDenied: the import is not the actor's, and not of the actor's district.
        ValidationError: naming `batch`: it is not applied.
    """
    with acting(actor):
        current = _locked(actor, batch, BatchState.APPLIED)
        _lock_places(current)
        rows = Responsibility.objects.standing().filter(batch=current)
        voided = rows.update(
            voided_at=timezone.now(), void_reason=_("The import “%(file)s” was undone.") % {"file": current}
        )
        for key, before, given in current.ended:
            wanted = date.fromisoformat(before) if before else None
            for row in Responsibility.objects.standing().filter(pk=key, ends_on=given):
                row.ends_on = _free_until(row, wanted)
                row.save(update_fields=["ends_on"])
        _enter_again(current)
        _give_numbers_back(current)
        current.state, current.telephones = BatchState.UNDONE, []
        current.save(update_fields=["state", "telephones"])
    return voided


def _lock_places(batch: ResponsibilityBatch) -> None:
    """Nobody is appointed meanwhile for what an import was about; in one order, so that no two wait for one another."""
    keys = [*batch.replaced, *(key for key, _before, _given in batch.ended)]
    rows = Responsibility.objects.filter(Q(batch=batch) | Q(pk__in=keys))
    for model, column in ((Area, "area"), (Road, "road"), (Site, "site"), (Indicator, "indicator")):
        places = model._default_manager.filter(pk__in=rows.values(column)).order_by("pk")
        list(places.select_for_update(of=("self",)).values_list("pk"))


def _free_until(row: Responsibility, wanted: date | None) -> date | None:
    """The last day that a row may have: the day before the next begins, where there may be one only."""
    thing = Thing.of(row)
    if thing.kind not in EXACTLY_ONE:
        return wanted
    later = thing.rows().exclude(pk=row.pk).filter(begins_on__gt=row.begins_on).order_by("begins_on").first()
    if later is None or (wanted is not None and wanted < later.begins_on):
        return wanted
    return later.begins_on - timedelta(days=1)


def _enter_again(batch: ResponsibilityBatch) -> None:
    """What is voided stays voided, so rows that gave way to an import whole come back as new ones.

    Not what an import entered that was undone meanwhile, nor where somebody else has its first day.
    """
    replaced = Responsibility.objects.filter(pk__in=batch.replaced).exclude(batch__state=BatchState.UNDONE)
    for row in replaced.order_by("pk"):
        if overlapping(Thing.of(row), row.holder, row.begins_on, row.begins_on) is not None:
            continue
        row.pk, row.uid, row.voided_at, row.void_reason = None, uuid.uuid4(), None, ""
        row.ends_on = _free_until(row, row.ends_on)
        row.save(force_insert=True)


def _give_numbers_back(batch: ResponsibilityBatch) -> None:
    """Give back the numbers that an import changed; a later one that changed them again remembers those instead."""
    later = ResponsibilityBatch.objects.filter(pk__gt=batch.pk, state=BatchState.APPLIED).order_by("pk")
    for key, before, given in reversed(batch.telephones):
        if Holder.objects.filter(pk=key, telephone=given).update(telephone=before):
            continue
        for other in later.filter(telephones__contains=[[key, given]]).select_for_update(of=("self",)):
            other.telephones = [
                [holder, before if (holder, had) == (key, given) else had, got]
                for holder, had, got in other.telephones
            ]
            other.save(update_fields=["telephones"])
            break


def discard_batch(actor: Actor, batch: ResponsibilityBatch) -> None:
    """Throw away what a file said, before it is applied.

    Raises:
        PermissionDenied, ValidationError: as `apply_batch`.
    """
    with acting(actor):
        _locked(actor, batch, BatchState.READ).delete()


def _locked(actor: Actor, batch: ResponsibilityBatch, state: BatchState) -> ResponsibilityBatch:
    authorise(actor, MANAGE_RESPONSIBILITY)
    current = ResponsibilityBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if actor.user is not None and current.by_id != actor.user.pk:
        raise PermissionDenied(_("Whoever read this file applies or undoes it."))
    if current.state != state:
        raise ValidationError(
            {"batch": _("This import is “%(state)s” by now.") % {"state": current.get_state_display()}}
        )
    return current
