"""What `check --deploy` asks of a server about who comes in."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register


@register(Tags.security, deploy=True)
def proxy_is_decided(**_kwargs: Any) -> list[CheckMessage]:
    """Ask for a decision: behind a proxy whose word is not believed, everybody shares the brake on signing in."""
    if settings.BEHIND_PROXY_IS_DECIDED:
        return []
    return [
        Warning(
            "BEHIND_PROXY is not set. Behind a proxy, all sign-ins then seem to come from one address.",
            hint="Set BEHIND_PROXY=true when a proxy of yours is in front (and PROXY_ADDRESSES when it is on another"
            " machine), or BEHIND_PROXY=false.",
            id="accounts.W002",
        )
    ]
