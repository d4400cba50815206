"""The tabs above the pages of cases: each is offered to whoever may do there what it is for."""

from typing import Any

from django import template
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import ANSWER_CASE, DISPATCH_CASE, FILE_CASE, READ, READ_CASES, REPORT_PROBLEM, can
from cases.desk.slots import Tab, further_tabs

register = template.Library()


_TABS = (
    Tab("unit", "case-unit", _("My unit"), ANSWER_CASE),
    Tab("inbox", "case-inbox", _("Inbox"), FILE_CASE),
    Tab("list", "cases", _("List"), READ),
    Tab("map", "cases-map", _("Map"), READ),
    Tab("board", "case-board", _("Board"), READ),
    Tab("report", "report-case", _("Report a problem"), REPORT_PROBLEM),
    Tab("patrols", "patrols", _("Patrols"), READ_CASES),
    Tab("exposures", "exposures", _("Exposures"), READ_CASES),
    Tab("media", "media", _("Media"), READ_CASES),
    Tab("notices", "case-notices", _("Notices"), READ),
    Tab("calendar", "case-calendar", _("Working days"), FILE_CASE),
    Tab("links", "case-links", _("Links for units"), DISPATCH_CASE),
)


@register.simple_tag(takes_context=True)
def case_tabs(context: dict[str, Any]) -> list[Tab]:
    """The tabs of the reader."""
    user = context.get("user")
    return [tab for tab in (*_TABS, *further_tabs()) if isinstance(user, User) and can(user, tab.verb)]
