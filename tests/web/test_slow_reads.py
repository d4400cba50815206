"""A reading request whose statement takes too long is told so; nothing else is hurried."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from psycopg2.errors import QueryCanceled

from accounts.models import User
from accounts.readers import SessionStore
from assets.models import Asset, BackgroundRun, Maintenance
from tests.factories import make_asset
from tests.mapping.conftest import Town
from web.patience import SlowReadsMiddleware, lift

pytestmark = pytest.mark.django_db(transaction=True)

Looking = Callable[[User | None], Client]
# Sixty looks at every letter of every asset: far more than five milliseconds, on any machine.
HEAVY = " OR ".join(f"CASEI(wording) LIKE CASEI('%x{number}%')" for number in range(60))
OGC = f"/ogc/collections/assets/items?{urlencode({'filter': HEAVY, 'filter-lang': 'cql2-text'})}"


@pytest.fixture
def hurried(town: Town, settings: Any) -> Town:
    """Three hundred long texts, and five milliseconds for each statement."""
    pattern = Asset.objects.get(pk=town.board.pk)
    make = [
        Asset(
            code=f"3701050300890{number:04}",
            type=pattern.type,
            point=pattern.point,
            area=pattern.area,
            district=pattern.district,
            street=pattern.street,
            wording="富强民主文明和谐 " * 200,
        )
        for number in range(300)
    ]
    Asset.objects.bulk_create(make)
    settings.SLOWEST_READ_SECONDS = 0.005
    return town


@pytest.fixture
def english(planner: User, as_user: Looking) -> Client:
    client = as_user(planner)
    client.cookies["django_language"] = "en"
    return client


def limit() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        return str(cursor.fetchone()[0])


def test_a_heavy_cql2_filter_is_answered_in_words(hurried: Town, english: Client) -> None:
    response = english.get(OGC)
    assert (response.status_code, response["Content-Type"]) == (503, "application/problem+json")
    assert response.json()["title"] == "This takes too long"
    assert "Narrow the filter" in response.json()["detail"]
    # The connection is whole, and what comes next starts with a full measure.
    lift()
    assert limit() == "0"


def test_with_time_enough_it_is_answered(hurried: Town, english: Client, settings: Any) -> None:
    settings.SLOWEST_READ_SECONDS = 60
    response = english.get(OGC)
    assert (response.status_code, response.json()["numberMatched"]) == (200, 0)


def test_people_get_a_page(hurried: Town, english: Client) -> None:
    """Looked at as a page, OGC API is for people."""
    response = english.get(OGC, headers={"Accept": "text/html"})
    assert (response.status_code, response["Content-Type"]) == (503, "text/html; charset=utf-8")
    assert "This takes too long" in response.content.decode()


@pytest.mark.parametrize("address", ["/export/assets.csv", "/export/assets.geojson"])
def test_exports_take_the_time_they_take(hurried: Town, english: Client, settings: Any, address: str) -> None:
    settings.SLOWEST_READ_SECONDS = 0.001
    response = english.get(address)
    assert response.status_code == 200
    assert sum(map(len, response)) > 100_000


def test_writing_takes_the_time_it_takes(
    hurried: Town, publicity: User, as_user: Looking, settings: Any
) -> None:
    client = as_user(publicity)
    settings.SLOWEST_READ_SECONDS = 0.001
    day = timezone.localdate().isoformat()
    response = client.post("/jobs/new/", {"kind": "clean", "priority": "1", "due_on": day})
    assert response.status_code == 302
    assert Maintenance.objects.filter(kind="clean").count() == 306


def test_the_worker_takes_the_time_it_takes(hurried: Town, english: Client, settings: Any) -> None:
    settings.SLOWEST_READ_SECONDS = 0.001
    run = english.post("/export/assets.xlsx").json()["run"]
    call_command("db_worker", batch=True, startup_delay=False, reload=False, verbosity=0)
    DBTaskResult.objects.all().delete()
    assert BackgroundRun.objects.get(uid=run).state == "done"


def test_other_faults_of_the_database_stay_faults(rf: Any) -> None:
    middleware = SlowReadsMiddleware(lambda request: HttpResponse())
    assert middleware.process_exception(rf.get("/map/"), OperationalError("the server is gone")) is None


@pytest.mark.parametrize("address", ["/map/", "/api/legend"])
def test_whom_the_database_is_too_busy_to_know_is_told_so(
    town: Town, english: Client, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    """A statement of a middleware, which no view has asked for."""

    def ended(*_args: object, **_kwargs: object) -> None:
        raise OperationalError from QueryCanceled()

    monkeypatch.setattr(SessionStore, "load", ended)
    english.raise_request_exception = False
    response = english.get(address)
    assert response.status_code == 503
    assert "This takes too long" in response.content.decode()


def test_a_request_in_the_ordinary_is_not_touched(town: Town, english: Client) -> None:
    make_asset()
    assert english.get("/map/").status_code == 200
    assert limit() == "20s"
    assert english.post("/sign-out/").status_code == 302
    assert limit() == "0"


def test_another_limit_takes_the_place_of_the_first(english: Client) -> None:
    assert english.get("/map/").status_code == 200
    assert english.get("/ogc/collections/assets/items?limit=1").status_code == 200
    assert limit() == "5s"
