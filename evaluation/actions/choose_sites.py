"""Choose the sites of a planned round: drawn by street and kind from a seed, or every one of them (拉网排查).

The draw is that of patrols (`cases.patrols.drawing`): anybody who knows the seed draws the same. Once the round has
opened its sites are frozen.
"""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from assets.history import Actor, acting
from cases.patrols.drawing import LARGEST_SEED, Candidate, draw, new_seed
from evaluation.models import Choice, Draw, Round, RoundSite, RoundState
from evaluation.standing import require_managing
from places.models import Area, Site, SiteKind

MOST_PER_GROUP = 50
MOST_SITES = 20_000
_DIGITS_OF_A_STREET = 9


def draw_sites(
    actor: Actor,
    round_: Round,
    per_group: int,
    kinds: Sequence[SiteKind] = (),
    *,
    seed: int | None = None,
    reason: str = "",
) -> Draw:
    """Draw so many sites of each kind in each street, instead of any drawn before.

    Args:
        kinds: of these kinds only; of every kind without any.
        seed: to draw the same again; one that nobody can foresee when not given.
        reason: needed when sites were drawn before.

    Raises:
        PermissionDenied: the actor runs no rounds there.
        ValidationError: naming `state` (it has opened), `choice`, `per_group`, `seed`, `reason` or `kinds` (no such
            site there).
    """
    require_managing(actor, round_)
    if not 1 <= per_group <= MOST_PER_GROUP:
        raise ValidationError({"per_group": _("From 1 to %(most)s.") % {"most": MOST_PER_GROUP}})
    if seed is not None and not 1 <= seed <= LARGEST_SEED:
        raise ValidationError({"seed": _("A whole number from 1 to %(most)s.") % {"most": LARGEST_SEED}})
    with acting(actor):
        current = _planned(round_, Choice.DRAW)
        if current.draws.exists() and not reason.strip():
            raise ValidationError({"reason": _("Sites were drawn already: say why they are drawn again.")})
        pool = candidates(current, kinds)
        drawn_with = seed if seed is not None else new_seed()
        codes = draw(pool, per_group, drawn_with)
        if not codes:
            raise ValidationError({"kinds": _("There is no such site in the area of the round.")})
        _put(current, codes)
        return Draw.objects.create(
            round=current,
            seed=drawn_with,
            per_group=per_group,
            kinds=[kind.code for kind in kinds],
            pool=sorted(site.code for site in pool),
            drawn=codes,
            reason=reason.strip()[:300],
            by=actor.user,
        )


def take_every_site(actor: Actor, round_: Round, kinds: Sequence[SiteKind] = ()) -> int:
    """Every site of the area, of these kinds or of all, instead of any chosen before; returns how many.

    Raises:
        PermissionDenied: the actor runs no rounds there.
        ValidationError: naming `state`, `choice` or `kinds`.
    """
    require_managing(actor, round_)
    with acting(actor):
        current = _planned(round_, Choice.SWEEP)
        pool = sorted(candidates(current, kinds), key=lambda site: (site.street, site.kind, site.code))
        if not pool:
            raise ValidationError({"kinds": _("There is no such site in the area of the round.")})
        if len(pool) > MOST_SITES:
            raise ValidationError({"kinds": _("At most %(most)s sites in one round.") % {"most": MOST_SITES}})
        _put(current, [site.code for site in pool])
    return len(pool)


def candidates(round_: Round, kinds: Sequence[SiteKind] = ()) -> list[Candidate]:
    """The sites that can be chosen: in the round's area, of kinds that its edition has items for."""
    sites = Site.objects.filter(area__code__startswith=round_.area.code)
    items = round_.edition.items.filter(active=True)
    if round_.publicity_only:
        items = items.filter(publicity=True)
    if not items.filter(kind=None).exists():
        sites = sites.filter(kind__in=items.values("kind"))
    if kinds:
        sites = sites.filter(kind__in=kinds)
    rows = sites.order_by("code").values_list("code", "area__code", "kind__code")
    return [Candidate(code, area[:_DIGITS_OF_A_STREET], kind) for code, area, kind in rows]


def _planned(round_: Round, choice: Choice) -> Round:
    current = (
        Round.objects.select_for_update(of=("self",)).select_related("area", "edition").get(pk=round_.pk)
    )
    if current.state != RoundState.PLANNED:
        raise ValidationError({"state": _("The sites are fixed: the round has opened.")})
    if current.choice != choice:
        raise ValidationError({"choice": _("The sites of this round are chosen the other way.")})
    return current


def _put(round_: Round, codes: Sequence[str]) -> None:
    round_.stops.all().delete()
    streets = dict(Area.objects.filter(code__startswith=round_.area.code[:6]).values_list("code", "pk"))
    found = Site.objects.filter(Q(code__in=codes)).values_list("code", "pk", "kind_id", "area__code")
    rows = {
        code: (key, kind, streets.get((area or "")[:_DIGITS_OF_A_STREET])) for code, key, kind, area in found
    }
    RoundSite.objects.bulk_create(
        [
            RoundSite(
                round=round_,
                site_id=rows[code][0],
                kind_id=rows[code][1],
                street_id=rows[code][2],
                place=place,
            )
            for place, code in enumerate(codes, 1)
        ],
        batch_size=2_000,
    )
