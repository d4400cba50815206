"""What the dashboard is asked: the one filter of assets, a period, and the same filter as cases and jobs read it."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from assets.filter_parameters import FilterError
from assets.filters import AssetFilter, read_filter
from cases.filters import OF_THE_ASSET, CaseFilter, read_case_filter
from work.job_filter import OF_THE_ASSET as OF_JOBS
from work.job_filter import JobFilter, read_job_filter

PERIODS: dict[str, tuple[int, Promise]] = {
    "30": (30, gettext_lazy("30 days")),
    "90": (90, gettext_lazy("90 days")),
    "365": (365, gettext_lazy("A year")),
}
USUAL = "90"
# What assets' and cases' filters both know, and mean the same by.
_OF_CASES = frozenset({"street", "community", "road", "site_kind", "bbox", "asset", *OF_THE_ASSET})
# What nightly figures are kept by.
_OF_NIGHTS = frozenset({"street", "type", "family"})


@dataclass(frozen=True)
class Asked:
    """The question, in the forms that each kind of data reads."""

    assets: AssetFilter
    cases: CaseFilter
    jobs: JobFilter
    period: str
    first: date
    last: date  # yesterday: the last day that is over

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1

    @property
    def given(self) -> list[str]:
        """The parameters that were given."""
        return [name for name in self.assets.values if self.assets.spelled(name)]

    @property
    def nights_know_it(self) -> bool:
        """Whether nightly figures can answer it: they are kept by street and type only."""
        return set(self.given) <= _OF_NIGHTS

    @property
    def left_out_of_cases(self) -> list[str]:
        """Names of what the filter asks for and cases do not know."""
        return _labels(self, set(self.given) - _OF_CASES)

    @property
    def left_out_of_jobs(self) -> list[str]:
        """Names of what the filter asks for and jobs do not know."""
        return _labels(self, set(self.given) - set(OF_JOBS))


def _labels(asked: Asked, names: set[str]) -> list[str]:
    return [str(asked.assets.filters[name].label) for name in asked.given if name in names]


def read_question(query: QueryDict, user: User) -> Asked:
    """Understand the dashboard's address.

    Raises:
        FilterError: naming the parameter.
    """
    given = query.copy()
    for name in [
        name for name in given if given.get(name) == "" and name in (*AssetFilter.base_filters, "days")
    ]:
        del given[name]
    asset_filter = read_filter(given, extra=("days",))
    period = given.get("days", USUAL)
    if period not in PERIODS:
        raise FilterError("days", _("“%(value)s” does not exist.") % {"value": period[:80]})
    last = timezone.localdate() - timedelta(days=1)
    first = last - timedelta(days=PERIODS[period][0] - 1)

    def only(names: frozenset[str] | tuple[str, ...]) -> str:
        # The filter's one spelling knows no unsaid values, which differ from filter to filter.
        kept = QueryDict(asset_filter.query_string, mutable=True)
        for name in [name for name in kept if name not in names]:
            del kept[name]
        return str(kept.urlencode())

    return Asked(
        asset_filter,
        read_case_filter(only(_OF_CASES), user),
        read_job_filter(only(OF_JOBS), user),
        period,
        first,
        last,
    )
