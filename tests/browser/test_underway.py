"""The tests' server is waited for: nothing is asked of tables that are being emptied."""

import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from assets.models import WorkerSign
from tests.browser.underway import UNDERWAY


class Gate:
    """Where a request stands until it may go on."""

    def __init__(self) -> None:
        self.reached, self.open = threading.Event(), threading.Event()

    def __call__(self) -> object:
        self.reached.set()
        assert self.open.wait(60)
        return WorkerSign.objects.all()


@pytest.fixture
def gate(monkeypatch) -> Iterator[Gate]:
    standing = Gate()
    monkeypatch.setattr("web.health.living", standing)
    yield standing
    standing.open.set()


def test_an_answer_that_nobody_waits_for_any_more_is_waited_for(live_server, gate):
    asking = HTTPConnection(urlsplit(live_server.url).netloc)
    asking.request("GET", "/healthz")
    assert gate.reached.wait(60)
    asking.close()

    waiting = threading.Thread(target=UNDERWAY.wait_for_none)
    waiting.start()
    waiting.join(0.2)
    assert waiting.is_alive()
    gate.open.set()
    waiting.join(60)
    assert not waiting.is_alive()
