"""What the tabs of the office's pages about field work ask."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.permissions import REVIEW_FIELD_WORK, SUPERVISE_CREWS, can


def fieldwork(request: HttpRequest) -> dict[str, object]:
    """Context processor: which of the office's pages about field work their tabs offer."""
    return {"fieldwork": SimpleLazyObject(lambda: _offered(request))}


def _offered(request: HttpRequest) -> dict[str, bool]:
    user = request.user
    return {"review": can(user, REVIEW_FIELD_WORK), "supervise": can(user, SUPERVISE_CREWS)}
