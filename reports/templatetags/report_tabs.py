"""The tabs above the pages of reports: each is offered to whoever may do there what it is for."""

from typing import Any

from django import template
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import READ, can
from cases.desk.slots import Tab

register = template.Library()

_TABS = (
    Tab("start", "start", _("Start"), READ),
    Tab("dashboard", "dashboard", _("Figures"), READ),
)


@register.simple_tag(takes_context=True)
def report_tabs(context: dict[str, Any]) -> list[Tab]:
    """The tabs of the reader."""
    user = context.get("user")
    return [tab for tab in _TABS if isinstance(user, User) and can(user, tab.verb)]
