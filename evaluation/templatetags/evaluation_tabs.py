"""The tabs above the pages of evaluation, as the reader is offered them."""

from typing import Any

from django import template

from accounts.models import User
from accounts.permissions import can
from evaluation.tabs import tabs

register = template.Library()


@register.simple_tag(takes_context=True)
def evaluation_tabs(context: dict[str, Any]) -> list[dict[str, Any]]:
    """Address, title and whether we are there; the longest address that fits is where we are."""
    user, path = context.get("user"), context["request"].path
    offered = [tab for tab in tabs() if isinstance(user, User) and can(user, tab.verb)]
    inside = [tab.address for tab in offered if path.startswith(tab.address)]
    here = max(inside, key=len, default="")
    return [{"address": tab.address, "title": tab.title, "here": tab.address == here} for tab in offered]
