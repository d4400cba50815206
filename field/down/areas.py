"""The streets and communities somebody may take along, and how large they are."""

from collections import defaultdict
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import READ, Scope, scope_of
from assets.dictionaries import Dictionaries, KnownArea
from assets.filter_parameters import FilterError
from assets.models import Asset, Maintenance
from assets.models.maintenance import OPEN_STATES
from field.down.rows import CARRIED_LIFECYCLES
from places.models import Level

MOST_AREAS = 200
# What travels compressed, measured on the demonstration (docs/field-sync.md).
_BYTES_OF_ASSET = 82
_BYTES_OF_JOB = 90
_BYTES_OF_AREA = 12_000


def areas_to_take(user: User, lists: Dictionaries) -> list[dict[str, Any]]:
    """Streets and communities, each with the number of assets and open jobs in it."""
    assets = Asset.objects.visible_to(user).filter(lifecycle__in=CARRIED_LIFECYCLES).order_by()
    jobs = Maintenance.objects.filter(state__in=OPEN_STATES, asset__in=assets).order_by()
    counts: defaultdict[int | None, list[int]] = defaultdict(lambda: [0, 0])
    for place, (rows, prefix) in enumerate(((assets, ""), (jobs, "asset__"))):
        lying_in = rows.values_list(f"{prefix}street_id", f"{prefix}community_id").annotate(n=Count("pk"))
        for street, community, count in lying_in:
            counts[street][place] += count
            counts[community][place] += count
    scope = scope_of(user, READ)
    return [
        {
            "code": area.code,
            "level": area.level.code,
            "name": area.name,
            "parent": area.code[:9] if area.level == Level.COMMUNITY else None,
            "assets": counts[area.id][0],
            "jobs": counts[area.id][1],
            "bytes": _estimate(*counts[area.id]),
            "bbox": list(area.bounds) if area.bounds else None,
        }
        for area in _takeable(lists, scope)
    ]


def chosen_areas(codes: str, user: User, lists: Dictionaries) -> list[KnownArea]:
    """The areas a phone names, comma between; in a fixed order, each once.

    Raises:
        FilterError: naming `areas`: none, too many, or one that does not exist or is out of reach.
    """
    takeable = {area.code: area for area in _takeable(lists, scope_of(user, READ))}
    wanted = sorted({code.strip() for code in codes.split(",") if code.strip()})
    if not wanted:
        raise FilterError("areas", _("Name at least one street or community."))
    if len(wanted) > MOST_AREAS:
        raise FilterError("areas", _("At most %(most)s at once.") % {"most": MOST_AREAS})
    for code in wanted:
        if code not in takeable:
            raise FilterError("areas", _("“%(value)s” does not exist.") % {"value": code[:80]})
    return [takeable[code] for code in wanted]


def _takeable(lists: Dictionaries, scope: Scope) -> list[KnownArea]:
    levels = (Level.STREET, Level.COMMUNITY)
    return [area for level in levels for area in lists.areas_at(level).values() if scope.covers(area.code)]


def _estimate(assets: int, jobs: int) -> int:
    return _BYTES_OF_AREA + assets * _BYTES_OF_ASSET + jobs * _BYTES_OF_JOB
