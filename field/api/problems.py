"""Refusals of /api/field/ that a phone must tell apart: problem details with a `code`."""

from datetime import timedelta
from math import ceil
from typing import Any

from django.http import HttpRequest, HttpResponse

from mapping.api import api
from web.problems import problem


class Refusal(Exception):
    """An answer other than 2xx.

    Attributes:
        code: what the phone decides by (docs/field-sync.md).
        members: what it needs besides.
    """

    def __init__(
        self, status: int, code: str, detail: str, *, retry_after: timedelta | None = None, **members: Any
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.retry_after = retry_after
        self.members = members


@api.exception_handler(Refusal)
def _refusal_problem(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    response = problem(refusal.status, str(refusal), code=refusal.code, **refusal.members)
    if refusal.retry_after is not None:
        response["Retry-After"] = str(ceil(refusal.retry_after.total_seconds()))
    return response
