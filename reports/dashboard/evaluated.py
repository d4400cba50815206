"""How evaluations went, round by round, for the dashboard."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import READ_EVALUATION, can
from evaluation.models import Round, Visit
from evaluation.results import trend
from reports.dashboard.asking import Asked
from reports.dashboard.charts import Chart, Column, Row
from reports.dashboard.over_time import span


def score_rates(asked: Asked, user: User) -> Iterable[Chart]:
    """The score rate of each closed round of the period with its n; of the streets that are asked for."""
    if not can(user, READ_EVALUATION):
        return
    title, columns = _("Score rate by round of evaluation"), [Column(_("Score rate, percent"))]
    if not set(asked.given) <= {"street"}:
        without = _("Evaluations are asked by street only: leave out the other filters to see them.")
        yield Chart("score_rates", title, "line", _("Round"), columns, [], without=without)
        return
    begin, end = span(asked)
    rounds = Round.objects.visible_to(user).filter(closed_at__gte=begin, closed_at__lt=end)
    visits = Visit.objects.visible_to(user).standing()
    if "street" in asked.given:
        visits = visits.filter(street__code__in=asked.assets.values["street"])
    yield Chart(
        "score_rates",
        title,
        "line",
        _("Round"),
        columns,
        [
            Row(
                f"{closed_round.name} (n = {rate.observations:,})",
                [rate.percent],
                f"{reverse('evaluation-results')}?round={closed_round.uid}",
            )
            for closed_round, rate in trend(list(rounds.defer("area__boundary")), visits)
        ],
        decimals=1,
        unit="%",
        without=_("No round was closed in this period."),
    )
