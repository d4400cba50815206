"""How large a body each address takes: 1 MB, and more only where files are received."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import Resolver404, resolve

from accounts.models import User
from tests.mapping.addresses import filled, patterns
from tests.mapping.conftest import Town
from web.bodies import FROM_PHONES, MB, MOST, MOST_IN_ADMINISTRATION, UPLOADS, BodyLimitMiddleware

pytestmark = pytest.mark.django_db

Looking = Callable[[User | None], Client]


def names() -> dict[str, str]:
    """An address of every name."""
    found = {}
    for pattern in patterns():
        address = filled(pattern)
        try:
            found[resolve(address).view_name] = address
        except Resolver404:
            continue
    return found


NAMES = names()


def announce(name: str, size: Any, user: Any, rf: RequestFactory) -> HttpResponse | None:
    """What is said to a body of so many bytes before anything of it is read."""
    request = rf.generic("POST", NAMES[name], b"", CONTENT_LENGTH=str(size))
    request.user = user
    request.resolver_match = resolve(NAMES[name])
    answer = BodyLimitMiddleware(lambda _request: HttpResponse()).process_view(request)
    assert request._read_started is False
    return answer


def test_every_name_that_takes_more_is_an_address() -> None:
    assert {*UPLOADS, *FROM_PHONES} <= {*NAMES}
    assert len(NAMES) > 150


def test_every_other_address_takes_one_megabyte(viewer: User, rf: RequestFactory) -> None:
    for name in NAMES:
        most = UPLOADS.get(name) or FROM_PHONES.get(name)
        most = most or (MOST_IN_ADMINISTRATION if name.startswith("admin:") else MOST)
        assert announce(name, most, viewer, rf) is None, name
        answer = announce(name, most + 1, viewer, rf)
        assert answer is not None
        assert answer.status_code == 413, name


def test_who_is_not_signed_in_sends_no_files(rf: RequestFactory) -> None:
    for name in NAMES:
        answer = announce(name, 2 * MB, AnonymousUser(), rf)
        assert (answer is None) == (name in FROM_PHONES), name


@pytest.mark.parametrize("announced", ["", "-1", "x", "１２", "1e9", "99 99"])
def test_a_length_that_is_no_number_is_no_length(announced: str, viewer: User, rf: RequestFactory) -> None:
    assert announce("map", announced, viewer, rf) is None


def test_it_is_said_in_words_and_before_the_form_is_read(town: Town, as_user: Looking, owner: User) -> None:
    client = as_user(owner)
    client.cookies["django_language"] = "en"
    page = client.post("/jobs/new/", {"note": "x" * (MB + 1)})
    assert (page.status_code, page["Connection"]) == (413, "close")
    assert "at most 1 MB" in page.content.decode()
    told = client.generic("POST", "/export/assets.xlsx", b"x" * (MB + 1), content_type="text/plain")
    assert (told.status_code, told["Content-Type"]) == (413, "application/problem+json")


def test_a_form_below_the_limit_is_read(town: Town, as_user: Looking, owner: User) -> None:
    assert as_user(owner).post("/jobs/new/", {"note": "x" * 1000}).status_code != 413
