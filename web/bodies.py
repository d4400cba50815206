"""How large a request's body may be, asked before anything of it is read: nothing unasked for comes in.

Ordinary forms and messages are small; what takes files is listed here by its address's name, so that the list can be
read and checked. Somebody who is not signed in sends no files, but where a room says who may (`take_from`); phones show
their token at their own addresses.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from web.problems import too_large

MB = 1 << 20
MOST = 1 * MB
# What addresses take that receive files, a little more than the files: a form has boundaries and other fields.
UPLOADS = {
    "import": 201 * MB,
    "ledger-photos": 501 * MB,
    "fieldwork-rescue": 501 * MB,
    "job-done": 301 * MB,
    "job-photos": 301 * MB,
    "desk-verb": 301 * MB,
    "desk-new": 301 * MB,
    "artwork-new": 31 * MB,
    "artwork-version": 31 * MB,
    "artwork-edit": 31 * MB,
    "report-case": 301 * MB,
    "case-verb": 301 * MB,
    "look-again": 31 * MB,
    "media-imports": 21 * MB,
    "responsibility-import": 11 * MB,
    "evaluation-editions": 11 * MB,
    "evaluation-sites": 11 * MB,
    "import-coverage-rules": 11 * MB,
    "import-score-scheme": 2 * MB,
}
# By token; what one message and one piece of a photo may hold.
FROM_PHONES = {"api:sync": 9 * MB, "api:send_photo": 5 * MB}
Brake = Callable[[HttpRequest], HttpResponse | None]


@dataclass(frozen=True)
class _Opening:
    """What comes without an account: how much, who may, and what is said to whoever comes too often."""

    most: int
    may: Callable[[HttpRequest], bool]
    brake: Brake | None


_WITHOUT_ACCOUNT: dict[str, _Opening] = {}
# Photos and pictures of the catalogue's own pages in the administration, and shapes typed or pasted there.
_ADMINISTRATION = "admin:"
MOST_IN_ADMINISTRATION = 301 * MB


def take_from(
    name: str, most: int, may: Callable[[HttpRequest], bool], *, brake: Brake | None = None
) -> None:
    """Have an address take bodies up to `most` bytes from whoever `may` send them without an account.

    Rooms that such people come to call this from their `AppConfig.ready`. All of it is asked before anything is read.

    Args:
        brake: answers (429) whoever sends too often; None lets the body in.
    """
    _WITHOUT_ACCOUNT[name] = _Opening(most, may, brake)


class BodyLimitMiddleware:
    """Refuses what is larger than its address takes; stands before whatever reads bodies, the CSRF check first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer; the address is not known yet here."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        """Refuse, or let the view answer."""
        size = _size_of(request)
        if size <= MOST:
            return None
        most = _most_for(request)
        return _braked(request) if size <= most else too_large(request, most // MB)


def _size_of(request: HttpRequest) -> int:
    """What the head announces, in bytes; a body that is not announced is not read at all."""
    announced = request.META.get("CONTENT_LENGTH") or "0"
    return int(announced) if announced.isascii() and announced.isdigit() else 0


def _braked(request: HttpRequest) -> HttpResponse | None:
    """The answer to whoever sends too often; what they sent stays unread, so the connection ends with it."""
    opening = _WITHOUT_ACCOUNT.get(_name_of(request))
    answer = opening.brake(request) if opening is not None and opening.brake is not None else None
    if answer is not None:
        answer["Connection"] = "close"
    return answer


def _name_of(request: HttpRequest) -> str:
    return request.resolver_match.view_name if request.resolver_match else ""


def _most_for(request: HttpRequest) -> int:
    name = _name_of(request)
    if name in FROM_PHONES:
        return FROM_PHONES[name]
    if name in _WITHOUT_ACCOUNT:
        opening = _WITHOUT_ACCOUNT[name]
        return opening.most if opening.may(request) else MOST
    if not request.user.is_authenticated:
        return MOST
    return MOST_IN_ADMINISTRATION if name.startswith(_ADMINISTRATION) else UPLOADS.get(name, MOST)
