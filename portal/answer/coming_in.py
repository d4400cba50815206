"""How a link is recognised: its secret comes once as a form, and then as a cookie of the case's own addresses.

The secret stands behind the `#` of the link, so no browser sends it in an address. The cookie is for the addresses
below `/answer/<uid>/` alone: several links on one phone do not meet, and other pages never get it.
"""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from cases.links import link_of, why_closed
from cases.models import CaseLink

_COOKIE = "case-link"
# What `new_secret` makes is 43 characters; nobody has longer ones looked up.
_LONGEST = 100


def find(secret: str) -> CaseLink | None:
    """The link of a secret as it was pasted or sent: alone, or at the end of the whole address."""
    given = secret.strip().rpartition("#")[2]
    return link_of(given) if 0 < len(given) <= _LONGEST else None


def keep(response: HttpResponse, link: CaseLink, secret: str) -> None:
    """Have the browser show the secret at this link's addresses, for as long as the link holds."""
    response.set_cookie(
        _COOKIE,
        secret.strip().rpartition("#")[2],
        path=reverse("answer-case", args=[link.uid]),
        expires=link.expires_at,
        httponly=True,
        secure=settings.HTTPS,
        samesite="Lax",
    )


def shown_by(request: HttpRequest, uid: UUID) -> CaseLink | None:
    """The link that a request shows, over or not; None when it shows none, or another than its address says."""
    found = find(request.COOKIES.get(_COOKIE, ""))
    return found if found is not None and found.uid == uid else None


def may_send(request: HttpRequest) -> bool:
    """Whether somebody without an account may send photos here: by a link that still opens its case."""
    match = request.resolver_match
    link = shown_by(request, match.kwargs["uid"]) if match else None
    return link is not None and not why_closed(link, link.case) and link.expires_at > timezone.now()
