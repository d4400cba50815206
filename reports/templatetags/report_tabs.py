"""The tabs above the pages of reports: each is offered to whoever may do there what it is for."""

from typing import Any

from django import template
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from accounts.permissions import EXPORT, READ, SHOW_ON_WALLS, can
from cases.desk.slots import Tab

register = template.Library()

_TABS = (
    Tab("start", "start", pgettext_lazy("page", "Start"), READ),
    Tab("dashboard", "dashboard", _("Figures"), READ),
    Tab("monthly", "monthly-report", _("Monthly report"), EXPORT),
    Tab("walls", "walls", _("Walls"), SHOW_ON_WALLS),
)


@register.simple_tag(takes_context=True)
def report_tabs(context: dict[str, Any]) -> list[Tab]:
    """The tabs of the reader."""
    user = context.get("user")
    return [tab for tab in _TABS if isinstance(user, User) and can(user, tab.verb)]
