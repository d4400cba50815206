"""Draw the sites that a planned patrol visits; once it has begun they are fixed."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.permissions import MANAGE_PATROLS
from assets.history import Actor, acting, authorise
from cases.actions.plan_patrol import MOST_SITES
from cases.models import Patrol, PatrolDraw, PatrolSite, PatrolState
from cases.patrols.drawing import LARGEST_SEED, Candidate, draw, new_seed
from places.models import Site, SiteKind

MOST_PER_GROUP = 50
_DIGITS_OF_A_STREET = 9


def draw_sites(
    actor: Actor,
    patrol: Patrol,
    per_group: int,
    kinds: Sequence[SiteKind] = (),
    *,
    seed: int | None = None,
    reason: str = "",
) -> PatrolDraw:
    """Draw so many sites of each kind in each street of the patrol's areas, instead of any drawn before.

    Args:
        kinds: of these kinds only; of every kind without any.
        seed: to draw the same again; one that nobody can foresee when not given.
        reason: needed when sites were drawn before.

    Raises:
        PermissionDenied: the actor plans no patrols there.
        ValidationError: naming `state` (it has begun or was voided), `per_group`, `seed`, `reason` or `kinds` (no such
            site there).
    """
    authorise(actor, MANAGE_PATROLS, patrol)
    if not 1 <= per_group <= MOST_PER_GROUP:
        raise ValidationError({"per_group": _("From 1 to %(most)s.") % {"most": MOST_PER_GROUP}})
    if seed is not None and not 1 <= seed <= LARGEST_SEED:
        raise ValidationError({"seed": _("A whole number from 1 to %(most)s.") % {"most": LARGEST_SEED}})
    with acting(actor):
        current = Patrol.objects.select_for_update(of=("self",)).select_related("area").get(pk=patrol.pk)
        if current.state != PatrolState.PLANNED:
            raise ValidationError({"state": _("The sites are fixed: the patrol has begun or was voided.")})
        if current.draws.exists() and not reason.strip():
            raise ValidationError({"reason": _("Sites were drawn already: say why they are drawn again.")})
        pool = pool_of(current, kinds)
        seed_used = seed if seed is not None else new_seed()
        codes = draw(pool, per_group, seed_used)
        if not codes:
            raise ValidationError({"kinds": _("There is no such site in the patrol's areas.")})
        named = current.stops.filter(drawn=False).count()
        if named + len(codes) > MOST_SITES:
            raise ValidationError(
                {
                    "per_group": _("That would be %(n)s sites; at most %(most)s.")
                    % {"n": len(codes), "most": MOST_SITES}
                }
            )
        current.stops.filter(drawn=True).delete()
        _put(current, codes)
        return PatrolDraw.objects.create(
            patrol=current,
            seed=seed_used,
            per_group=per_group,
            kinds=[kind.code for kind in kinds],
            pool=sorted(site.code for site in pool),
            drawn=codes,
            reason=reason.strip()[:300],
            by=actor.user,
        )


def pool_of(patrol: Patrol, kinds: Sequence[SiteKind]) -> list[Candidate]:
    """The sites to draw from: those of the patrol's areas, of all of its team's area when it names none."""
    areas = list(patrol.areas.all()) or [patrol.area]
    within = Q(pk__in=[])
    for area in areas:
        within |= Q(area__code__startswith=area.code)
    sites = Site.objects.filter(within).exclude(pk__in=patrol.stops.filter(drawn=False).values("site"))
    if kinds:
        sites = sites.filter(kind__in=kinds)
    rows = sites.order_by("code").values_list("code", "area__code", "kind__code")
    return [Candidate(code, area[:_DIGITS_OF_A_STREET], kind) for code, area, kind in rows]


def _put(patrol: Patrol, codes: Sequence[str]) -> None:
    last = patrol.stops.order_by("-place").values_list("place", flat=True).first() or 0
    keys = dict(Site.objects.filter(code__in=codes).values_list("code", "pk"))
    PatrolSite.objects.bulk_create(
        PatrolSite(patrol=patrol, site_id=keys[code], place=last + place, drawn=True)
        for place, code in enumerate(codes, 1)
    )
