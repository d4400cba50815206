"""What every step of a case shares: the case locked, the permission checked first, then the state, then one row.

The row makes the state (a trigger, see `CaseStep`); an action that carries a case on always ends in `take_step`.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, BinaryIO

from django.contrib.auth.models import AnonymousUser
from django.contrib.gis.geos import Point
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import AnyUser, can
from assets.history import Actor
from assets.models import Origin, PhotoStage
from assets.photos import StoredPhoto, store_photo
from cases.links import LINK_VERBS, LinkHolder, require_link
from cases.models import OPEN_STATES, Case, CaseBatch, CasePhoto, CaseStep, State, Verb
from cases.residents import REPORTERS_TIME, Resident, require_resident
from cases.transitions import REQUESTS, TABLE, Standing, verbs_from
from places.distance import metres_between

_batch: ContextVar[CaseBatch | None] = ContextVar("batch", default=None)
_OUTLINES = ("area__boundary", "asset__footprint", "job__asset__footprint", "job__asset__area__boundary")
Photos = Sequence["bytes | BinaryIO | StoredPhoto"]


@dataclass
class Relation:
    """What a user is to a case; asked of the database once, and only what is needed."""

    user: User
    case: Case
    at: datetime = field(default_factory=timezone.now)

    @cached_property
    def units(self) -> frozenset[int]:
        """The user's own units."""
        return frozenset(self.user.units.values_list("pk", flat=True))

    @cached_property
    def fix(self) -> CaseStep | None:
        """The step that put it right last."""
        steps = self.case.steps.filter(verb__in=(Verb.FIX, Verb.REPORT_FIXED))
        return steps.select_related("actor", "link").order_by("-id").first()

    @cached_property
    def fixers(self) -> tuple[int | None, frozenset[int]]:
        """Who put it right last, and their units."""
        step = self.fix
        if step is None:
            return None, frozenset()
        if step.link is not None and step.unit_id is not None:
            # Whoever made the link has held its secret, and could have answered by it.
            return step.link.issued_by_id, frozenset({step.unit_id})
        theirs = step.actor.units.values_list("pk", flat=True) if step.actor is not None else ()
        # The crew of the job as well, whoever wrote it down for them.
        return step.actor_id, frozenset(theirs) | frozenset(filter(None, [step.unit_id]))

    def stands(self, standing: Standing, asked: CaseStep | None = None) -> bool:
        """Whether the user is what a verb asks for."""
        if standing is Standing.OF_THE_UNIT:
            return self.case.unit_id is not None and self.case.unit_id in self.units
        if standing is Standing.APART_FROM_THE_FIX:
            fixer, their_units = self.fixers
            mine = self.units
            return self.user.pk != fixer and self.case.unit_id not in mine and not mine & their_units
        if standing is Standing.THE_REPORTER:
            closed = self.case.steps.filter(state_after=State.CLOSED).order_by("-id").first()
            in_time = closed is not None and self.at - closed.at <= REPORTERS_TIME
            return in_time and self.case.reported_by_id == self.user.pk
        if standing is Standing.A_SECOND_PERSON:
            return asked is None or asked.actor_id != self.user.pk
        return True


def current_case(case: Case) -> Case:
    """The case as it is now; what the caller holds may be hours old."""
    return Case.objects.select_related("area", "unit").defer("area__boundary").get(pk=case.pk)


def locked_case(case: Case) -> Case:
    """The case as it is now, locked until the transaction ends."""
    return (
        Case.objects.select_for_update(of=("self",))
        .select_related("area", "category__rule", "rule", "unit", "asset", "job__asset__area", "job__crew")
        # Outlines that no step looks at are most of what there is to read.
        .defer(*_OUTLINES)
        .get(pk=case.pk)
    )


def open_request(case: Case, verb: Verb) -> CaseStep | None:
    """What was asked for and not answered yet; it lapses when the case leaves the state in which it was asked.

    A proposal to void lasts as long as the case is open.
    """
    asked = REQUESTS[verb]
    last = case.steps.filter(verb=asked).order_by("-id").first()
    if last is None or last.answers.exists():
        return None
    lasting = OPEN_STATES if asked is Verb.ASK_VOID else (last.state_after,)
    return None if case.steps.filter(pk__gt=last.pk).exclude(state_after__in=lasting).exists() else last


def may(user: AnyUser, verb: Verb, case: Case, relation: Relation | None = None) -> bool:
    """Whether a user may do a verb to a case, whatever its state."""
    if not isinstance(user, User):
        return False
    relation = relation or Relation(user, case)
    asked = open_request(case, verb) if verb in REQUESTS else None
    return any(
        can(user, who.permission, case) and relation.stands(who.standing, asked) for who in TABLE[verb].who
    )


def verbs_for(user: User, case: Case) -> list[Verb]:
    """What a reader may do to a case as it stands, in the table's order: what its page offers."""
    relation = Relation(user, case)
    return [
        verb
        for verb in verbs_from(State(case.state))
        if may(user, verb, case, relation) and (verb not in REQUESTS or open_request(case, verb) is not None)
    ]


def verbs_by_link(case: Case) -> list[Verb]:
    """What a link of the case's unit can do as the case stands: what the link's page offers."""
    urged = open_urging(case) is not None
    return [
        verb
        for verb in verbs_from(State(case.state))
        if verb in LINK_VERBS and (verb is not Verb.ANSWER_URGE or urged)
    ]


def open_urging(case: Case) -> CaseStep | None:
    """The last urging, while nobody has answered it."""
    urging = case.steps.filter(verb=Verb.URGE).order_by("-id").first()
    return None if urging is None or urging.answers.exists() else urging


def allow(actor: Actor, verb: Verb, case: Case, at: datetime) -> None:
    """The permission alone, before anything else is looked at; a command run on the server may do all.

    Raises:
        PermissionDenied: this is not the actor's to do.
    """
    if isinstance(actor, LinkHolder):
        require_link(actor.link, verb, case)
        return
    if isinstance(actor, Resident):
        require_resident(actor, verb, case, at)
        return
    if actor.user is None and actor.origin is Origin.COMMAND:
        return
    user: AnyUser = actor.user or AnonymousUser()
    relation = Relation(user, case, at) if isinstance(user, User) else None
    if not may(user, verb, case, relation):
        raise PermissionDenied(why_not(user, verb, case))


def check(actor: Actor, verb: Verb, case: Case, at: datetime) -> None:
    """The permission, then the state, then the time; for a case that is locked.

    Raises:
        PermissionDenied: this is not the actor's to do.
        ValidationError: naming `state` (not from here) or `at` (in the future, or before the last step).
    """
    allow(actor, verb, case, at)
    check_state(verb, case)
    if at > timezone.now():
        raise ValidationError({"at": _("The time lies in the future.")})
    last = case.steps.order_by("-id").first()
    if last is not None and at < last.at:
        raise ValidationError(
            {
                "at": _("The last step was taken at %(time)s.")
                % {"time": f"{timezone.localtime(last.at):%F %T}"}
            }
        )


def check_state(verb: Verb, case: Case) -> None:
    """Whether a verb leads anywhere from the state of a case.

    Raises:
        ValidationError: naming `state`.
    """
    if State(case.state) not in TABLE[verb].before:
        raise ValidationError(
            {
                "state": _("“%(verb)s” is not possible while the case is “%(state)s”.")
                % {"verb": verb.label, "state": case.get_state_display()}
            }
        )


def why_not(user: AnyUser, verb: Verb, case: Case) -> str:
    """What to say to somebody who may not."""
    standings = {who.standing for who in TABLE[verb].who if can(user, who.permission, case)}
    if Standing.APART_FROM_THE_FIX in standings:
        if _made_the_link(user, case):
            return _("It was put right by a link that you made: somebody else checks it.")
        return _("Whoever put it right does not check it: somebody of another unit does.")
    if Standing.A_SECOND_PERSON in standings:
        return _("This takes a second person: you asked for it yourself.")
    if Standing.OF_THE_UNIT in standings:
        return _("Only the unit that answers for the case does this.")
    if Standing.THE_REPORTER in standings:
        return _("Whoever reported a case may open it again within seven days of its closing.")
    return _("Your role does not allow this here.")


def _made_the_link(user: AnyUser, case: Case) -> bool:
    """Whether that alone keeps somebody from checking what was put right by it."""
    if not isinstance(user, User):
        return False
    relation = Relation(user, case)
    fixer, their_units = relation.fixers
    step = relation.fix
    by_link = step is not None and step.link is not None and fixer == user.pk
    return by_link and case.unit_id not in relation.units and not relation.units & their_units


@contextmanager
def together(batch: CaseBatch) -> Iterator[None]:
    """Steps taken meanwhile name the batch."""
    token = _batch.set(batch)
    try:
        yield
    finally:
        _batch.reset(token)


def take_step(actor: Actor, case: Case, verb: Verb, at: datetime, **carried: Any) -> CaseStep:
    """Write the row of a step; the database carries the case on by it."""
    after = TABLE[verb].after or State(case.state)
    step = CaseStep.objects.create(
        case=case,
        verb=verb,
        state_before=case.state,
        state_after=after,
        at=at,
        actor=actor.user,
        actor_name=actor.name[:150],
        origin=actor.origin,
        link=actor.link if isinstance(actor, LinkHolder) else None,
        batch=_batch.get(),
        **carried,
    )
    case.refresh_from_db(fields=["state", "version", "changed_txid", "updated_at"])
    return step


def required_text(name: str, text: str, longest: int = 2000) -> str:
    """A text that a step must carry.

    Raises:
        ValidationError: naming the field.
    """
    text = text.strip()
    if not text:
        raise ValidationError({name: _("Say why, in a few words.")})
    if len(text) > longest:
        raise ValidationError({name: _("At most %(most)s characters.") % {"most": longest}})
    return text


def store_photos(photos: Photos) -> list[StoredPhoto]:
    """Keep photos on disk, before the transaction that names them.

    Raises:
        ValidationError: naming `photo`.
    """
    return [photo if isinstance(photo, StoredPhoto) else store_photo(photo) for photo in photos]


def attach(
    step: CaseStep,
    photos: Sequence[StoredPhoto],
    stage: PhotoStage,
    *,
    position: Point | None = None,
    drawn: bool = False,
) -> None:
    """Name stored photos in a case; where they were taken shows how far from the spot that was."""
    distance = metres_between(position, step.case.point) if position is not None else None
    by_hash = {photo.sha256: photo for photo in photos}
    CasePhoto.objects.bulk_create(
        [
            CasePhoto(
                case=step.case,
                step=step,
                stage=stage,
                sha256=photo.sha256,
                width=photo.width,
                height=photo.height,
                taken_at=photo.taken_at,
                position=position,
                distance=distance,
                drawn=drawn,
                uploaded_by=step.actor,
            )
            for photo in by_hash.values()
        ]
    )
