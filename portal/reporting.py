"""What this room tells the reports: satisfaction by month, and approved pairs for walls."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from uuid import UUID

from django.db.models import Count, Q
from django.db.models.functions import TruncMonth
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import FILE_CASE, can
from assets.models import Asset
from assets.photos import photo_file
from portal.desk.counting import Share, in_reach
from portal.models import ResidentAnswer, Satisfied
from portal.residents.pairs import shown_pairs
from reports.dashboard.asking import Asked
from reports.dashboard.charts import Chart, Column, Row
from reports.dashboard.over_time import span
from reports.wall.slots import Pair
from web.months import months_between


def satisfaction(asked: Asked, user: User) -> Iterable[Chart]:
    """Share of the satisfied by month, each with its n; for whoever hears what residents say."""
    if not can(user, FILE_CASE):
        return
    begin, end = span(asked)
    answers = in_reach(ResidentAnswer.objects.filter(spam=False, at__gte=begin, at__lt=end), user)
    if asked.given:
        answers = answers.filter(
            asset__in=Asset.objects.filter(*asked.assets.conditions.values()).order_by().values("pk")
        )
    by_answer = {answer.value: Count("pk", filter=Q(answer=answer.value)) for answer in Satisfied}
    rows = answers.order_by().annotate(month=TruncMonth("at")).values_list("month").annotate(**by_answer)
    shares: dict[date, Share] = defaultdict(lambda: Share("", 0, 0, 0))
    shares |= {timezone.localdate(month): Share("", *counts) for month, *counts in rows}
    yield Chart(
        "satisfaction",
        _("Satisfaction of residents"),
        "line",
        _("Month"),
        [Column(_("Satisfied or mostly so, percent"))],
        [
            Row(f"{month:%Y-%m} (n = {shares[month].n:,})", [shares[month].rate])
            for month in months_between(asked.first, asked.last)
        ],
        decimals=1,
        unit="%",
        note=_("Of the answers about plates that the filter leaves.") if asked.given else "",
        without=_("Nobody answered in this period."),
    )


def pairs_of(district: str, most: int) -> Iterable[Pair]:
    """The pairs of a district that everybody may see, the newest first."""
    pairs = shown_pairs().filter(case__code__startswith=district).select_related("before", "after")
    for pair in pairs.order_by("-approved_at", "-pk")[:most]:
        yield Pair(pair.before.uid, pair.after.uid, pair.words)


def file_of(district: str, copy: UUID) -> Path | None:
    """The file of a covered copy that stands in one of them; never of the photo that it was made of."""
    pair = (
        shown_pairs()
        .filter(Q(before__uid=copy) | Q(after__uid=copy), case__code__startswith=district)
        .select_related("before", "after")
        .first()
    )
    if pair is None:
        return None
    return photo_file((pair.before if pair.before.uid == copy else pair.after).stored, "medium")
