"""Walls: made, shown and ended; whoever stands before one learns nothing about anybody."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import User
from assets.actions.record_inspection import record_inspection
from assets.models import CampaignTarget, Condition
from cases.actions.fix_case import verify_fix
from cases.models import Case
from reports.actions.make_wall import end_wall, make_wall
from reports.models import Wall
from reports.wall import slots
from reports.wall.slots import Gallery, Pair
from tests.cases.conftest import COMMAND, Scene, by
from tests.factories import make_asset, make_campaign

pytestmark = pytest.mark.django_db

Looking = Callable[[User | None], Client]


@pytest.fixture
def shown(scene: Scene) -> tuple[Wall, str]:
    """A wall of the district, with its secret."""
    return make_wall(by(scene.desk), scene.district.district, "大厅")


def now(client: Client, secret: str) -> dict[str, Any]:
    response = client.get(f"/wall/{secret}/now.json")
    assert response.status_code == 200
    return response.json()


# --- What it shows --------------------------------------------------------------------------------------------------


def test_nobody_signs_in_and_sees_the_district_in_figures(
    scene: Scene, shown: tuple[Wall, str], client: Client
) -> None:
    record_inspection(COMMAND, make_asset(), Condition.SEVERE)
    record_inspection(COMMAND, make_asset(), Condition.GOOD)
    scene.report()
    scene.accept(asset=scene.another())
    assert client.get(f"/wall/{shown[1]}/").status_code == 200
    told = now(client, shown[1])
    west = next(row for row in told["streets"] if row["name"] == "无影山街道")
    assert (west["rate"], west["inspected"], west["assets"], west["open"], west["late"]) == (50.0, 2, 4, 2, 2)
    assert {dot[2] for dot in told["map"]["dots"]} == {"red"}
    assert len(told["map"]["dots"]) == 2
    assert [street["late"] for street in told["map"]["streets"]] == [2, 0]
    assert "邻街道" not in json.dumps(told, ensure_ascii=False)


def texts(told: Any) -> Iterator[str]:
    """Every text of an answer, keys included, however deep."""
    if isinstance(told, dict):
        for key, value in told.items():
            yield key
            yield from texts(value)
    elif isinstance(told, list):
        for value in told:
            yield from texts(value)
    elif isinstance(told, str):
        yield told


def test_nothing_on_it_is_about_anybody(
    scene: Scene, shown: tuple[Wall, str], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.asset.building_contact, scene.asset.building_phone = "张楼长", "13800000001"
    scene.asset.save(update_fields=["building_contact", "building_phone"])
    case = scene.report(description="赵某某家门口 13800000002")
    scene.accept(asset=scene.another(), description="李某 13800000003")
    campaign = make_campaign(
        scene.district.district, "clean-home", name_zh="清洁家园", words="赵某 13800000004"
    )
    Case.objects.filter(pk=case.pk).update(campaign=campaign)
    pair = Pair(uuid4(), uuid4(), "旧围挡换新")
    monkeypatch.setattr(slots, "_galleries", [Gallery(lambda *_a: [pair], lambda *_a: None)])
    told = now(client, shown[1])
    area = r"[\w（）]+(街道|区)"
    allowed = "|".join(
        [
            area,
            r"20\d\d-\d\d-\d\d(T[\d:]+\+08:00)?",
            r"red|amber|green|held|none",
            r"旧围挡换新",  # words that somebody approved for everybody
            rf"/wall/{re.escape(shown[1])}/photos/[0-9a-f-]{{36}}",
            # What the numbers are called.
            r"[^\d/@:]{2,40}",
        ]
    )
    keys = {
        *(
            "district",
            "at",
            "map",
            "today",
            "streets",
            "pairs",
            "dots",
            "name",
            "label",
            "rings",
            "open",
            "late",
        ),
        *(
            "title",
            "count",
            "rate",
            "n",
            "tone",
            "assets",
            "inspected",
            "in_time",
            "due",
            "before",
            "after",
            "words",
        ),
        *("campaigns", "ends", "days_left", "totals", "counted", "wanted", "percent", "cells"),
    }
    for text in texts(told):
        assert text in keys or re.fullmatch(allowed, text), text
    whole = (
        json.dumps(told, ensure_ascii=False)
        + client.get(f"/wall/{shown[1]}/").content.decode().split("<script")[0]
    )
    people = User.objects.values_list("username", "display_name", "phone")
    secrets = {value for person in people for value in person if len(value) > 3}
    for secret in {
        *secrets,
        "13800",
        "赵某",
        "李某",
        "张楼长",
        "王师傅",
        case.code,
        scene.asset.code,
        scene.unit.name,
    }:
        assert secret not in whole, secret


def test_campaigns_that_run_are_told_with_what_was_wanted_by_street(
    scene: Scene, shown: tuple[Wall, str], client: Client
) -> None:
    today = timezone.localdate()
    campaign = make_campaign(scene.district.district, "clean-home", name_zh="清洁家园")
    CampaignTarget.objects.create(campaign=campaign, counts="cases", street=scene.district.west, wanted=4)
    make_campaign(scene.district.district, "over", ends_on=today - timedelta(days=1))
    make_campaign(scene.district.district, "coming", begins_on=today + timedelta(days=1))
    make_campaign(scene.district.other_district, "foreign")
    Case.objects.filter(pk=scene.accept().pk).update(campaign=campaign)
    (told,) = now(client, shown[1])["campaigns"]
    assert (told["name"], told["days_left"]) == ("清洁家园", 10)
    (total,) = told["totals"]
    assert (total["counted"], total["wanted"], total["percent"]) == (1, 4, 25)
    (street,) = told["streets"]
    assert street == {"name": "无影山街道", "cells": [{"counted": 1, "wanted": 4, "percent": 25}]}


def test_dots_are_ten_metres_rough(scene: Scene, shown: tuple[Wall, str], client: Client) -> None:
    scene.report()
    lon, lat, _lamp = now(client, shown[1])["map"]["dots"][0]
    assert (lon, lat) == (round(lon, 4), round(lat, 4))


def test_what_is_put_right_today_is_counted_today(
    scene: Scene, shown: tuple[Wall, str], client: Client
) -> None:
    verify_fix(by(scene.patrol), scene.fix(), seen=True)
    scene.report(asset=scene.another(), at="2026-03-02 09:00")
    client.cookies["django_language"] = "en"
    today = {figure["title"]: figure.get("count") for figure in now(client, shown[1])["today"]}
    assert today["Closed today"] == 1
    assert today["Reported today"] == 0
    assert today["Open cases"] == 1


def test_photos_are_those_of_approved_pairs_and_end_with_the_wall(
    scene: Scene, shown: tuple[Wall, str], client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    copy, other, missing = uuid4(), uuid4(), uuid4()
    path = tmp_path / "copy.jpg"
    path.write_bytes(b"\xff\xd8covered")
    files = {copy: path, missing: tmp_path / "gone.jpg"}
    monkeypatch.setattr(slots, "_galleries", [Gallery(lambda *_a: [], lambda _district, uid: files.get(uid))])
    wall, secret = shown
    assert b"".join(client.get(f"/wall/{secret}/photos/{copy}").streaming_content) == path.read_bytes()  # type: ignore[attr-defined]
    for uid in (other, missing):
        assert client.get(f"/wall/{secret}/photos/{uid}").status_code == 404
    assert client.get(f"/wall/wrong/photos/{copy}").status_code == 404
    end_wall(by(scene.desk), wall)
    assert client.get(f"/wall/{secret}/photos/{copy}").status_code == 404


# --- Making and ending ----------------------------------------------------------------------------------------------


def test_a_wall_that_was_ended_shows_nothing(scene: Scene, shown: tuple[Wall, str], client: Client) -> None:
    wall, secret = shown
    now(client, secret)  # kept for some seconds
    assert end_wall(by(scene.second), wall)
    assert not end_wall(by(scene.desk), wall)
    assert client.get(f"/wall/{secret}/now.json").status_code == 410
    page = client.get(f"/wall/{secret}/")
    assert page.status_code == 410
    assert "now.json" not in page.content.decode().split("<main")[1]
    wall.refresh_from_db()
    assert wall.revoked_by == scene.second
    for change in ({"revoked_at": None}, {"name": "elsewhere"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Wall.objects.filter(pk=wall.pk).update(**change)


def test_what_is_no_wall_is_nowhere(scene: Scene, client: Client) -> None:
    for address in ("/wall/x/", "/wall/x/now.json", f"/wall/{'y' * 300}/"):
        assert client.get(address).status_code == 404
    assert client.post("/wall/x/").status_code == 405


def test_only_the_secrets_digest_is_kept_and_no_cache_or_search_gets_it(
    shown: tuple[Wall, str], client: Client
) -> None:
    wall, secret = shown
    assert secret not in json.dumps(list(Wall.objects.values()), default=str)
    for address in (f"/wall/{secret}/", f"/wall/{secret}/now.json"):
        answer = client.get(address)
        assert "no-store" in answer["Cache-Control"]
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer["X-Robots-Tag"]
    assert wall.name == "大厅"


def test_the_office_makes_and_ends_walls_of_its_own_district(
    scene: Scene, as_user: Looking, stranger: User, owner: User, viewer: User, client: Client
) -> None:
    desk = as_user(scene.desk)
    made = desk.post("/walls/make", {"name": "大厅", "district": "370105"})
    address = re.search(r"/wall/[\w-]{40,}/", made.content.decode())
    assert address
    assert client.get(address[0]).status_code == 200
    wall = Wall.objects.get()
    for user in (stranger, owner, viewer):
        ended = as_user(user).post(f"/walls/{wall.uid}/end")
        assert ended.status_code == (404 if user == stranger else 403)
        refused = as_user(user).post("/walls/make", {"name": "x", "district": "370105"})
        assert refused.status_code == (422 if user == stranger else 403)
    assert "大厅" in desk.get("/walls/").content.decode()
    assert "大厅" not in as_user(stranger).get("/walls/").content.decode()
    assert desk.post(f"/walls/{wall.uid}/end").status_code == 302
    assert client.get(f"{address[0]}now.json").status_code == 410
    assert client.post("/walls/make", {"name": "x", "district": "370105"}).status_code == 302
    assert Wall.objects.count() == 1


@pytest.mark.parametrize("name, field", [("", "name"), ("  ", "name"), ("大" * 61, "name"), ("a\0b", "name")])
def test_a_wall_says_where_it_hangs(scene: Scene, as_user: Looking, name: str, field: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        make_wall(by(scene.desk), scene.district.district, name)
    assert field in refusal.value.message_dict
    response = as_user(scene.desk).post("/walls/make", {"name": name, "district": "370105"})
    assert response.status_code == 422


def test_a_street_has_no_wall_and_nobody_makes_one_elsewhere(scene: Scene, stranger: User) -> None:
    with pytest.raises(ValidationError):
        make_wall(by(scene.desk), scene.district.west, "x")
    for user in (stranger, scene.leader, scene.liaison):
        with pytest.raises(PermissionDenied):
            make_wall(by(user), scene.district.district, "x")
