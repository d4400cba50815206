"""Every address of the product under what attackers and broken programs send: refused in words, never a fault.

The addresses come from the address table itself, so that a new page is walked without anybody thinking of it.

Every poison for every parameter, field and address is the slow tests': there are four turns, and in each everything is
given one of the four poisons, the next one in the next turn. Ordinary runs take the first turn: everything is walked,
by every poison something of each kind.
"""

import json
import logging
import re
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from accounts.models import User
from assets.filters import AssetFilter
from tests.mapping.addresses import filled, has_gaps, patterns
from tests.mapping.conftest import Town

pytestmark = pytest.mark.django_db

NUL, LONG_NUMBER, HUGE = "a\0b", "9" * 5000, "1e999"
POISON = {
    "a NUL": NUL,
    "5,000 digits": LONG_NUMBER,
    "a number too large": HUGE,
    "a quotation mark": "'\"%s{0}; --",
}
TURNS = pytest.mark.parametrize(
    "turn", [0, *(pytest.param(turn, marks=pytest.mark.slow) for turn in range(1, len(POISON)))]
)
# What addresses take beside the one filter's parameters.
PARAMETERS = (
    *(
        "page",
        "cursor",
        "limit",
        "page_size",
        "order",
        "near",
        "since",
        "lang",
        "f",
        "crs",
        "columns",
        "titles",
    ),
    *(
        "sortby",
        "datetime",
        "bbox-crs",
        "filter",
        "filter-lang",
        "filter-crs",
        "next",
        "format",
        "size",
        "state",
    ),
    *(
        "updated_since",
        "offset",
        "p",
        "o",
        "e",
        "id",
        "ids",
        "codes",
        "batch",
        "version",
        "kind",
        "asset",
        "due",
    ),
)


def addresses() -> list[str]:
    """One plausible address of every pattern, and its poisoned brothers."""
    found = []
    for text in patterns():
        found.append(filled(text))
        if has_gaps(text):
            found.extend(filled(text, value) for value in ("%00", "9" * 400, "%27", "-1", "%ED%A0%80"))
    return sorted(set(found))


def poisons(turn: int) -> Iterator[tuple[str, str]]:
    """Names and values of poisons one after the other, without end, from another one in each turn."""
    return islice(cycle(POISON.items()), turn, None)


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.WARNING)
    return caplog


def check(answer: Any, what: str, logged: pytest.LogCaptureFixture) -> None:
    body = b"" if answer.streaming else answer.content
    assert answer.status_code < 500, (what, answer.status_code, body[:2000].decode(errors="replace"))
    if answer.status_code >= 400:
        text = body.decode(errors="replace")
        assert str(django_settings.BASE_DIR) not in text, what
        assert "Traceback" not in text, what
        assert [record.getMessage() for record in logged.records if record.exc_info] == [], what
    logged.clear()


@pytest.fixture
def administrators(town: Town, administrator: User, as_user: Callable[[User], Client]) -> Client:
    client = as_user(administrator)
    client.raise_request_exception = False
    return client


ADDRESSES = addresses()


def test_there_are_addresses_to_walk() -> None:
    assert len(ADDRESSES) > 300
    assert "/map/" in ADDRESSES
    assert any(address.startswith("/admin/assets/asset/") for address in ADDRESSES)


@pytest.mark.parametrize("method", ["get", "post"])
def test_every_address_by_itself(
    method: str, administrators: Client, logged: pytest.LogCaptureFixture
) -> None:
    for address in ADDRESSES:
        if address.startswith("/sign-out"):
            continue
        check(getattr(administrators, method)(address), f"{method} {address}", logged)


QUERIES = [
    address
    for address in ADDRESSES
    if not re.search(r"%|9{9}|-1|1e999|\.\.|sign-out|admin", address) and "export/assets" not in address
]


LISTS = ("/api/assets", "/ogc/collections/assets/items", "/jobs/", "/artworks/")


@TURNS
def test_every_page_under_poisoned_parameters(
    turn: int, administrators: Client, logged: pytest.LogCaptureFixture
) -> None:
    parameters = [*AssetFilter.base_filters, *PARAMETERS]
    given = poisons(turn)
    for address, (name, value) in zip(QUERIES, given, strict=False):
        everything = dict.fromkeys(parameters, value)
        check(administrators.get(address, everything), f"{address} all={name}", logged)
    for address in LISTS:
        for parameter, (name, value) in zip(parameters, given, strict=False):
            check(administrators.get(address, {parameter: value}), f"{address} {parameter}={name}", logged)


FIELDS = (
    *(
        "name",
        "code",
        "point",
        "lon",
        "lat",
        "type",
        "condition",
        "reason",
        "cost",
        "crew",
        "priority",
        "due_on",
    ),
    *(
        "installed_on",
        "description",
        "label",
        "uid",
        "order",
        "source",
        "columns",
        "layer",
        "header_row",
        "crs",
    ),
    *(
        "delimiter",
        "confirm",
        "position",
        "username",
        "password",
        "language",
        "kind",
        "asset",
        "version",
        "state",
    ),
)


@TURNS
def test_every_form_under_poisoned_fields(
    turn: int, administrators: Client, logged: pytest.LogCaptureFixture
) -> None:
    for address, (name, value) in zip(QUERIES, poisons(turn), strict=False):
        form = dict.fromkeys(FIELDS, value)
        check(administrators.post(address, form), f"POST {address} {name}", logged)
        answer = administrators.post(address, json.dumps(form), content_type="application/json")
        check(answer, f"POST JSON {address} {name}", logged)


@pytest.mark.parametrize("body", [b"{", b"null", b"\xff\xfe", b"[" * 5000])
def test_every_program_address_under_broken_json(
    body: bytes, administrators: Client, logged: pytest.LogCaptureFixture
) -> None:
    for address in QUERIES:
        answer = administrators.post(address, body, content_type="application/json")
        check(answer, f"{address} {body[:10]!r}", logged)


def administration_lists() -> list[Any]:
    return [model for model in admin.site._registry if admin.site._registry[model].list_display]


@TURNS
def test_every_list_of_the_administration_under_poisoned_filters(
    turn: int, administrators: Client, logged: pytest.LogCaptureFixture
) -> None:
    given = poisons(turn)
    for model in administration_lists():
        options = model._meta
        address = reverse(f"admin:{options.app_label}_{options.model_name}_changelist")
        names = [field.name for field in options.fields]
        tries = [
            *(f"{field}__exact" for field in names),
            f"{names[-1]}__gte",
            "q",
            "p",
            "o",
            "_facets",
            "x__y",
        ]
        for parameter, (name, value) in zip(tries, given, strict=False):
            check(administrators.get(address, {parameter: value}), f"{address} {parameter}={name}", logged)
