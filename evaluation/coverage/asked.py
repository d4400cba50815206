"""Which results an address asks for: by street, rule, kind of place, and whether the rule is fulfilled."""

from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Count, F, Func, Q, TextField
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import READ_COVERAGE, scope_of
from assets.dictionaries import Dictionaries, KnownArea
from assets.filter_parameters import FilterError
from assets.paging import PARAMETER
from cases.patrols.asked import one_of
from evaluation.models import CoverageResult, CoverageResultQuerySet, CoverageRule, PlaceKind
from places.models import Level, SiteKind
from web.paging import only_parameters

FULFILLED = {"yes": True, "no": False}
PARAMETERS = ("street", "rule", "kind", "ok")


@dataclass(frozen=True)
class ResultsAsked:
    """Which results; empty parameters ask for all. `kind` is a kind of site, or road, street, face."""

    street: str = ""
    rule: str = ""
    kind: str = ""
    ok: str = ""

    @classmethod
    def read(cls, request: HttpRequest, lists: Dictionaries, *also: str) -> "ResultsAsked":
        """Of an address, which may carry other parameters too.

        Raises:
            FilterError: naming the parameter.
        """
        only_parameters(request, *PARAMETERS, PARAMETER, *also)
        rule = request.GET.get("rule", "")
        if rule and not (rule.isascii() and rule.isdigit() and len(rule) < 10 and _there_is(int(rule))):
            raise FilterError("rule", _("“%(value)s” does not exist.") % {"value": rule[:80]})
        kind = request.GET.get("kind", "")
        if kind and kind not in {*kinds_of_places(), *_site_kinds()}:
            raise FilterError("kind", _("“%(value)s” does not exist.") % {"value": kind[:80]})
        return cls(
            one_of(request, "street", lists.areas_at(Level.STREET)),
            rule,
            kind,
            one_of(request, "ok", FULFILLED),
        )

    def results(self, user: User) -> CoverageResultQuerySet:
        """What it leaves of what a reader may see."""
        wanted = Q()
        if self.street:
            wanted &= Q(streets__contains=[self.street])
        if self.rule:
            wanted &= Q(rule=int(self.rule))
        if self.kind in kinds_of_places():
            wanted &= Q(kind=self.kind)
        elif self.kind:
            wanted &= Q(site_kind=self.kind)
        if self.ok:
            wanted &= Q(ok=FULFILLED[self.ok])
        return CoverageResult.objects.visible_to(user).filter(wanted)

    def but(self, **changed: str) -> str:
        """The query string with other values in place of some."""
        values = {name: getattr(self, name) for name in PARAMETERS} | changed
        return urlencode({name: value for name, value in values.items() if value})


def kinds_of_places() -> list[str]:
    """What a result may be about beside a site of a kind."""
    return [PlaceKind.ROAD.value, PlaceKind.STREET.value, PlaceKind.FACE.value]


def _there_is(rule: int) -> bool:
    return CoverageRule.objects.filter(pk=rule).exists()


def _site_kinds() -> Collection[str]:
    return set(SiteKind.objects.values_list("code", flat=True))


def streets_of(user: User, lists: Dictionaries) -> list[KnownArea]:
    """The streets whose results a reader sees, in the order of their codes."""
    scope = scope_of(user, READ_COVERAGE)
    streets = lists.areas_at(Level.STREET).values()
    seen = [
        street
        for street in streets
        if scope.covers(street.code) or any(prefix.startswith(street.code) for prefix in scope.prefixes)
    ]
    return sorted(seen, key=lambda street: street.code)


def tallies(results: CoverageResultQuerySet) -> dict[tuple[str, int], tuple[int, int]]:
    """By street and rule: how many gaps of how many results; a stretch in two streets counts in both."""
    street = Func(F("streets"), function="unnest", output_field=TextField())
    rows = (
        results.order_by()
        .annotate(one_street=street)
        .values_list("one_street", "rule")
        .annotate(gaps=Count("pk", filter=Q(ok=False)), all=Count("pk"))
    )
    return {(code, rule): (gaps, number) for code, rule, gaps, number in rows}
