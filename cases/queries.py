"""What list, tabs and API ask of cases: pages continued by a cursor, and counts; each in a few queries."""

from collections.abc import Iterable
from datetime import UTC, datetime

from django.db.models import Count, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import ANSWER_CASE, DISPATCH_CASE, FILE_CASE, VERIFY_CASE, scope_filter, scope_of
from assets.filter_parameters import FilterError
from assets.models import Photo, PhotoStage
from assets.paging import Key, Keyset, Page
from cases.filters import CaseFilter, with_clock
from cases.lamps import LAMPS, lamp_condition
from cases.models import OPEN_STATES, Case, CaseQuerySet, State
from places.distance import metres_between

PAGE = 50
# No time at all comes after every time.
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)
ORDERS = {
    "due": Keyset("due", (Key("limit", datetime), Key("pk", int))),
    "new": Keyset("new", (Key("pk", int, descending=True),)),
}
NEAR_METRES = 50
MOST_NEAR = 8
_RELATED = ("category", "asset__type", "street", "community", "unit", "area", "site", "road")
_HEAVY = (
    "asset__footprint",
    "street__boundary",
    "community__boundary",
    "area__boundary",
    "site__outline",
    "road__line",
)


def with_all_it_names(cases: CaseQuerySet) -> CaseQuerySet:
    """The cases with what pages name, without the shapes that nobody looks at."""
    return cases.select_related(*_RELATED).defer(*_HEAVY)


def page_of_cases(
    cases: CaseQuerySet, *, order: str = "due", cursor: str | None = None, size: int = PAGE
) -> Page[Case]:
    """One page of cases with their clocks, continued where the cursor says.

    Args:
        order: `due`, the oldest clock first; `new`, what was reported last.

    Raises:
        FilterError: naming `order` or `cursor`.
    """
    if order not in ORDERS:
        raise FilterError("order", _("“%(value)s” does not exist.") % {"value": order[:80]})
    keyset = ORDERS[order]
    ordered = keyset.continued(cases.annotate(limit=Coalesce("running_due", Value(_NEVER))), cursor)
    # Sorted as keys: rows that wide are slow to sort.
    keys = list(ordered.values_list("pk", "limit")[: size + 1])
    found = with_all_it_names(with_clock(Case.objects.filter(pk__in=[key for key, _limit in keys[:size]])))
    by_key = {case.pk: case for case in found}
    following = None
    if len(keys) > size:
        key, limit = keys[size - 1]
        following = keyset.cursor_of([key] if order == "new" else [limit, key])
    return Page([by_key[key] for key, _limit in keys[:size] if key in by_key], following)


def count_by_state(case_filter: CaseFilter, user: User) -> dict[str, int]:
    """State → how many, of all that the filter's other parameters leave."""
    rows = case_filter.cases(user, "state").order_by().values_list("state").annotate(n=Count("pk"))
    return dict(rows)


def count_by_lamp(case_filter: CaseFilter, user: User) -> dict[str, int]:
    """Lamp → how many, of all that the filter's other parameters leave."""
    now = case_filter.reference.now
    return case_filter.cases(user, "lamp").aggregate(
        **{lamp: Count("pk", filter=lamp_condition(lamp, now)) for lamp in LAMPS}
    )


def waiting_for(user: User) -> int:
    """How many cases wait for this reader to do something: file, dispatch, check, or answer for one's unit."""
    condition = Q(pk__in=[])
    for verb, state in (
        (FILE_CASE, State.REPORTED),
        (DISPATCH_CASE, State.FILED),
        (VERIFY_CASE, State.FIXED),
    ):
        scope = scope_of(user, verb)
        if not scope.is_nowhere:
            condition |= Q(state=state) & scope_filter(scope)
    own = scope_of(user, ANSWER_CASE)
    if not own.is_nowhere:
        mine = Q(unit__in=user.units.values("pk"), state__in=(State.DISPATCHED, State.IN_HAND))
        condition |= mine & scope_filter(own)
    return Case.objects.filter(condition).count()


def near_cases(case: Case, user: User) -> list[Case]:
    """Open cases that may be about the same: on the same asset, or of the same category within fifty metres."""
    close = Q(category=case.category, point__dwithin=(case.point, _degrees(NEAR_METRES)))
    same = Q(asset=case.asset) if case.asset_id else Q(pk__in=[])
    found = Case.objects.visible_to(user).filter(close | same, state__in=OPEN_STATES).exclude(pk=case.pk)
    return list(_within(case, with_all_it_names(with_clock(found)).order_by("pk")[: MOST_NEAR * 2]))[
        :MOST_NEAR
    ]


def _within(case: Case, found: Iterable[Case]) -> Iterable[Case]:
    """Those truly within the distance, which degrees only say roughly."""
    for other in found:
        same = case.asset_id is not None and other.asset_id == case.asset_id
        if same or metres_between(case.point, other.point) <= NEAR_METRES:
            yield other


def _degrees(metres: float) -> float:
    """At least as many degrees as that is in any direction at our latitudes."""
    return metres / 111_000 * 1.4


def photos_of_its_job(case: Case) -> dict[PhotoStage, list[Photo]]:
    """What its job shows of before and after, and the inspection that raised it of before; the case has no copies.

    They are photos of the asset, each seen by whoever sees that.
    """
    shown: dict[PhotoStage, list[Photo]] = {PhotoStage.BEFORE: [], PhotoStage.AFTER: []}
    if case.job_id is None:
        return shown
    first = case.steps.order_by("id").values_list("details", flat=True).first() or {}
    whose = Q(maintenance=case.job_id)
    if first.get("inspection"):
        whose |= Q(inspection=first["inspection"])
    for photo in Photo.objects.filter(whose).order_by("id"):
        stage = PhotoStage.AFTER if photo.stage == PhotoStage.AFTER else PhotoStage.BEFORE
        shown[stage].append(photo)
    return shown
