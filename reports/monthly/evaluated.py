"""The month's evaluation: score rates of what was visited in it, each with the observations that it rests on.

By street, by area · line · point, and by round; of the visits that the reader may see, like every page of results.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import READ_EVALUATION, can
from evaluation.models import Visit
from evaluation.results import By, Group, Rate, overall, rates
from mapping.exports.tables import Table, Value


def evaluation_tables(user: User, begin: datetime, end: datetime) -> list[Table]:
    """The tables of the visits that ended between two moments; none for whoever reads no evaluations."""
    if not can(user, READ_EVALUATION):
        return []
    visits = Visit.objects.visible_to(user).standing().filter(ended_at__gte=begin, ended_at__lt=end)
    return [
        _table(_("Evaluation by street"), _("Street"), By.STREET, visits),
        _table(_("Evaluation by area, line, point"), _("Area · line · point"), By.VIEW, visits),
        _table(_("Evaluation by round"), _("Round"), By.ROUND, visits),
    ]


def _table(title: str, of: str, by: By, visits: QuerySet[Visit]) -> Table:
    """A row for each group, and the whole."""
    groups = rates(visits, by)
    # A round's key is no number that anybody knows it by.
    coded = by is By.STREET
    headings = [
        of,
        *([_("Code")] if coded else []),
        _("Sites"),
        _("Observations"),
        _("Not conforming"),
        _("Critical"),
        _("Score rate %"),
    ]
    rows = [[*_names(group, coded), *_cells(group.rate)] for group in groups]
    total: Sequence[Value] = [_("Total"), *([""] if coded else []), *_cells(overall(visits))]
    return Table(title, headings, [*rows, total], [26, *[14] * (len(headings) - 1)])


def _names(group: Group, coded: bool) -> list[Value]:
    """What a row is of; a visit that lies in no known street is told apart, so that the rows add up."""
    if group.key == "none":
        return [_("Area unknown"), *([""] if coded else [])]
    return [group.title, *([group.key] if coded else [])]


def _cells(rate: Rate) -> list[Value]:
    return [rate.sites, rate.observations, rate.failing, rate.critical, rate.percent]
