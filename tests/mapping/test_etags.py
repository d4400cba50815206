"""What a browser may keep: an ETag changes with everything an answer depends on, and with nothing else."""

import gzip
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from assets.actions.record_inspection import record_inspection
from assets.history import Actor
from assets.models import AssetType, Condition, Origin
from places.models import Area
from tests.mapping.conftest import Town, cell_total

pytestmark = pytest.mark.django_db

Looking = Callable[[User | None], Client]
ADDRESS = "/tiles/assets/9/422/199.mvt"
PLACES = "/tiles/places/9/422/199.mvt"


def etag(client: Client, address: str = ADDRESS) -> str:
    return client.get(address)["ETag"]


def test_the_same_question_has_the_same_etag(town: Town, reader: Client) -> None:
    assert etag(reader) == etag(reader)
    spelled = f"{ADDRESS}?street=370105002,370105001"
    assert etag(reader, spelled) == etag(reader, f"{ADDRESS}?street=370105001,370105002")


def test_a_browser_that_holds_it_is_told_so(town: Town, reader: Client) -> None:
    for address in (ADDRESS, PLACES):
        held = etag(reader, address)
        response = reader.get(address, headers={"If-None-Match": held})
        assert (response.status_code, response.content, response["ETag"]) == (304, b"", held)
        assert reader.get(address, headers={"If-None-Match": '"another"'}).status_code == 200


def test_answers_are_private_and_asked_for_again(town: Town, reader: Client) -> None:
    response = reader.get(ADDRESS)
    assert response["Cache-Control"] == "private, max-age=0, must-revalidate"
    assert {"Cookie", "Accept-Encoding"} <= {part.strip() for part in response["Vary"].split(",")}


def test_a_write_changes_it(town: Town, reader: Client, publicity: User) -> None:
    held = etag(reader)
    record_inspection(Actor(publicity, Origin.WEB), town.board, Condition.SEVERE)
    assert etag(reader) != held


def test_a_change_of_a_list_changes_it(town: Town, reader: Client) -> None:
    held, places = etag(reader), etag(reader, PLACES)
    AssetType.objects.filter(code="mural").update(symbol="board")
    assert etag(reader) != held
    held, places = etag(reader), etag(reader, PLACES)
    Area.objects.filter(code="370105001").update(name="无影山")
    assert etag(reader, PLACES) != places


def test_midnight_changes_it(town: Town, reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    # An inspection becomes overdue without anybody writing anything.
    held = etag(reader, f"{ADDRESS}?overdue=inspection")
    tomorrow = timezone.localdate() + timedelta(days=1)
    monkeypatch.setattr(timezone, "localdate", lambda *_args: tomorrow)
    assert etag(reader, f"{ADDRESS}?overdue=inspection") != held


def test_a_filter_and_a_tile_have_their_own(town: Town, reader: Client) -> None:
    addresses = [ADDRESS, f"{ADDRESS}?street=370105001", "/tiles/assets/10/844/398.mvt", PLACES]
    assert len({etag(reader, address) for address in addresses}) == len(addresses)


def test_who_sees_something_else_has_another(
    town: Town, reader: Client, as_user: Looking, colleague: User, stranger: User
) -> None:
    assert etag(as_user(colleague)) == etag(reader)
    assert etag(as_user(stranger)) != etag(reader)


def test_the_base_map_changes_it(town: Town, reader: Client, settings: Settings) -> None:
    held = etag(reader)
    settings.BASEMAP_CRS = "gcj02"
    assert etag(reader) != held


def test_a_kept_tile_is_the_tile(town: Town, reader: Client) -> None:
    first, second = reader.get(ADDRESS), reader.get(ADDRESS)
    assert first.content == second.content
    assert cell_total(second.content) == 6


def test_those_who_take_gzip_get_it(town: Town, reader: Client) -> None:
    plain = reader.get(PLACES)
    packed = reader.get(PLACES, headers={"Accept-Encoding": "gzip, br"})
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content


@pytest.mark.django_db(transaction=True)
def test_committed_changes_change_it_too(town: Town, reader: Client, publicity: User) -> None:
    held = etag(reader)
    assert etag(reader) == held
    record_inspection(Actor(publicity, Origin.WEB), town.board, Condition.SEVERE)
    assert etag(reader) != held
