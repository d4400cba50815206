"""The days that the pages about crews' work look at."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from field.desk.access import SignedInRequest

_MOST_DAYS = 92


@dataclass(frozen=True)
class Period:
    """Days from the first to the last, both included."""

    first: date
    last: date
    problem: str = ""

    @classmethod
    def asked(cls, request: SignedInRequest) -> "Period":
        """What the address names; the last seven days when it names nothing that makes sense."""
        today = timezone.localdate()
        usual = cls(today - timedelta(days=6), today)
        given = {name: request.GET.get(name, "") for name in ("from", "to")}
        if not any(given.values()):
            return usual
        first, last = (day_named(given[name]) for name in ("from", "to"))
        if first is None or last is None or first > last:
            return cls(usual.first, usual.last, _("Give two days, the earlier one first."))
        if (last - first).days >= _MOST_DAYS:
            return cls(last - timedelta(days=_MOST_DAYS - 1), last, _("At most three months at once."))
        return cls(first, last)

    @property
    def query(self) -> str:
        """The days as the page's address names them."""
        return f"from={self.first:%Y-%m-%d}&to={self.last:%Y-%m-%d}"

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """From the first day's beginning to before the last one's end."""
        end = self.last + timedelta(days=1)
        return (
            timezone.make_aware(datetime.combine(self.first, datetime.min.time())),
            timezone.make_aware(datetime.combine(end, datetime.min.time())),
        )


def day_named(text: str) -> date | None:
    """The day that a text names, if it names one on which somebody can have worked."""
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day is not None and 2000 <= day.year <= 2100 else None
