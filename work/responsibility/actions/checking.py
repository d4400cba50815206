"""What every action here checks: that a row names the right thing, its days, and that nobody else has it."""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import MANAGE_RESPONSIBILITY, scope_of
from assets.history import Actor
from places.models import (
    Area,
    Holder,
    Indicator,
    Level,
    Responsibility,
    ResponsibilityBatch,
    ResponsibilityKind,
    Road,
    Site,
    Unit,
)
from places.models.responsibility import EXACTLY_ONE, PLACE_OF_KIND, ResponsibilityQuerySet, scope_of_place

Place = Area | Road | Site | Indicator
EARLIEST, LATEST = date(1949, 10, 1), date(2199, 12, 31)


@dataclass(frozen=True)
class Thing:
    """What somebody answers for; where it lies decides who may say so."""

    kind: ResponsibilityKind
    place: Place
    building: str = ""

    @property
    def scope_code(self) -> str:
        """What permission checks compare with."""
        return scope_of_place(self.kind, self.place)

    @property
    def columns(self) -> dict[str, object]:
        """As a row names it."""
        return {"kind": self.kind, PLACE_OF_KIND[self.kind]: self.place, "building": self.building}

    @classmethod
    def of(cls, row: Responsibility) -> "Thing":
        """What a row is about."""
        return cls(ResponsibilityKind(row.kind), row.place, row.building)

    def rows(self) -> ResponsibilityQuerySet:
        """All rows about it that stand."""
        return Responsibility.objects.standing().filter(**self.columns)


@dataclass(frozen=True)
class Named:
    """A holder as somebody names it: a person with a post, a unit, or a person of a unit."""

    name: str = ""
    post: str = ""
    unit: Unit | None = None
    telephone: str = ""
    user: User | None = None


def check_thing(thing: Thing) -> None:
    """Whether the kind fits what it is for.

    Raises:
        ValidationError: naming `place` or `building`.
    """
    if isinstance(thing.place, Area):
        level, sentence = _wanted_level(thing.kind)
        if thing.place.level != level:
            raise ValidationError({"place": sentence})
    if thing.kind is ResponsibilityKind.STAIRWELL and not thing.building.strip():
        raise ValidationError({"building": _("Say which building or stairwell, as “3 号楼 2 单元”.")})
    if thing.kind is not ResponsibilityKind.STAIRWELL and thing.building:
        raise ValidationError({"building": _("Only a stairwell head has a building: leave it empty.")})
    if len(thing.building) > 80:
        raise ValidationError({"building": _("At most %(most)s characters.") % {"most": 80}})


def _wanted_level(kind: ResponsibilityKind) -> tuple[Level, str]:
    sentences = {
        ResponsibilityKind.LEADER: (Level.STREET, _("A leader answers for a street: choose one.")),
        ResponsibilityKind.UNIT: (Level.COMMUNITY, _("A unit answers for a community: choose one.")),
        ResponsibilityKind.STAIRWELL: (
            Level.COMMUNITY,
            _("A stairwell lies in a community: choose one."),
        ),
    }
    return sentences[kind]


def check_days(begins_on: date, ends_on: date | None) -> None:
    """Whether the days are days of an office.

    Raises:
        ValidationError: naming `begins_on` or `ends_on`.
    """
    for name, day in (("begins_on", begins_on), ("ends_on", ends_on)):
        if day is not None and not EARLIEST <= day <= LATEST:
            raise ValidationError({name: _("Give a day between 1949 and 2199.")})
    if ends_on is not None and ends_on < begins_on:
        raise ValidationError({"ends_on": _("It ends before it begins.")})


def overlapping(
    thing: Thing, holder: Holder, begins_on: date, ends_on: date | None, *, but: Responsibility | None = None
) -> Responsibility | None:
    """A row that has the same thing at the same time, where there may be one only, or has the same holder."""
    rows = thing.rows()
    if but is not None:
        rows = rows.exclude(pk=but.pk)
    rows = rows.exclude(ends_on__lt=begins_on)
    if ends_on is not None:
        rows = rows.filter(begins_on__lte=ends_on)
    if thing.kind not in EXACTLY_ONE:
        rows = rows.filter(holder=holder)
    return rows.select_related("holder__unit").order_by("begins_on").first()


def check_alone(
    thing: Thing, holder: Holder, begins_on: date, ends_on: date | None, *, but: Responsibility | None = None
) -> None:
    """That nobody else has it at the same time.

    Raises:
        ValidationError: naming `begins_on`.
    """
    other = overlapping(thing, holder, begins_on, ends_on, but=but)
    if other is not None:
        raise ValidationError(
            {
                "begins_on": _(
                    "%(who)s answers for it from %(begin)s to %(end)s: end that first, or hand it over."
                )
                % {
                    "who": other.holder,
                    "begin": other.begins_on.isoformat(),
                    "end": other.ends_on.isoformat() if other.ends_on else _("now on"),
                }
            }
        )


def check_telephone(actor: Actor, holder: Holder, telephone: str) -> None:
    """That whoever gives somebody another telephone may say who answers everywhere that this one answers.

    Raises:
        ValidationError: naming `telephone`.
    """
    if telephone and telephone != holder.telephone and not _keeps_all_of(actor, holder):
        raise ValidationError(
            {
                "telephone": _(
                    "%(who)s answers elsewhere too: leave the telephone empty, or have the district change it."
                )
                % {"who": holder}
            }
        )


def check_account(actor: Actor, holder: Holder, user: User | None) -> None:
    """That whoever gives somebody an account, or another one, may say who answers everywhere that this one answers.

    Raises:
        ValidationError: naming `account`, also where a unit is given one.
    """
    if user is None:
        return
    if not holder.name:
        raise ValidationError({"account": _("An account is a person's: name the person too.")})
    if user.pk != holder.user_id and not _keeps_all_of(actor, holder):
        raise ValidationError(
            {
                "account": _(
                    "%(who)s answers elsewhere too: leave the account empty, or have the district enter it."
                )
                % {"who": holder}
            }
        )


def _keeps_all_of(actor: Actor, holder: Holder) -> bool:
    if actor.user is None:
        return True
    scope = scope_of(actor.user, MANAGE_RESPONSIBILITY)
    return all(scope.covers(row.scope_code) for row in Responsibility.objects.filter(holder=holder).told())


def holder_named(actor: Actor, named: Named, *, batch: ResponsibilityBatch | None = None) -> Holder:
    """The holder of this name, post and unit, entered if new; a telephone or an account that is given is kept.

    Args:
        batch: the import that gives the telephone; it remembers which there was before, and is saved by the caller.

    Raises:
        ValidationError: naming `name`, `post`, `unit`, `telephone` or `account`.
    """
    name, post, telephone = named.name.strip(), named.post.strip(), named.telephone.strip()
    if not name and named.unit is None:
        raise ValidationError({"name": _("Name a person, or a unit.")})
    if name and not post:
        raise ValidationError({"post": _("Say which post the person has.")})
    for field, text, most in (("name", name, 40), ("post", post, 60), ("telephone", telephone, 30)):
        if len(text) > most:
            raise ValidationError({field: _("At most %(most)s characters.") % {"most": most}})
    holder, _made = Holder.objects.select_for_update(of=("self",)).get_or_create(
        name=name, post=post, unit=named.unit, defaults={"telephone": telephone, "user": named.user}
    )
    check_telephone(actor, holder, telephone)
    check_account(actor, holder, named.user)
    changed = []
    if telephone and holder.telephone != telephone:
        if batch is not None:
            batch.telephones.append([holder.pk, holder.telephone, telephone])
        holder.telephone = telephone
        changed.append("telephone")
    if named.user is not None and holder.user_id != named.user.pk:
        holder.user = named.user
        changed.append("user")
    if changed:
        holder.save(update_fields=changed)
    return holder


def forget_emptied(actor: Actor, holder: Holder, named: Named) -> None:
    """Take a telephone and an account away that a correction of the same holder leaves empty.

    Raises:
        ValidationError: naming `telephone` or `account`: the holder answers where the actor does not say who does.
    """
    emptied = {
        field: empty
        for column, field, empty, given in (
            ("telephone", "telephone", "", named.telephone.strip()),
            ("user_id", "user", None, named.user),
        )
        if getattr(holder, column) and not given
    }
    if not emptied:
        return
    if not _keeps_all_of(actor, holder):
        sentence = _("%(who)s answers elsewhere too: only the district can take this away.") % {"who": holder}
        raise ValidationError({"account" if field == "user" else field: sentence for field in emptied})
    for field, empty in emptied.items():
        setattr(holder, field, empty)
    holder.save(update_fields=list(emptied))


def locked_row(row: Responsibility) -> Responsibility:
    """A row as it is now, locked until the transaction ends, with all that it names.

    Raises:
        ValidationError: naming `row`: it was voided meanwhile.
    """
    found = Responsibility.objects.select_for_update(of=("self",)).told().get(pk=row.pk)
    if found.voided_at is not None:
        raise ValidationError({"row": _("This entry was voided.")})
    return found


def lock_thing(thing: Thing) -> None:
    """Two people appointing somebody for the same thing wait for one another."""
    type(thing.place)._default_manager.select_for_update(of=("self",)).values_list("pk").get(
        pk=thing.place.pk
    )
