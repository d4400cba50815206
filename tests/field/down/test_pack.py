"""GET /api/field/areas and /api/field/pack: what a phone takes along."""

import gzip
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.gis.geos import LineString, MultiLineString, Point
from django.test import Client
from django.utils import timezone

from accounts.models import Membership, Role, User
from assets.models import Condition, Defect, Lifecycle, Maintenance, MaintenanceKind, Photo
from tests.conftest import District
from tests.factories import make_asset, make_road, make_site, make_support, make_theme, make_type, make_unit
from tests.field.conftest import Phone, phone_of

pytestmark = pytest.mark.django_db
REMOVED = {"lifecycle": Lifecycle.REMOVED, "removed_on": "2026-01-01", "removal_reason": "拆除"}


@pytest.fixture
def town(district: District) -> dict[str, Any]:
    make_theme("core_values")
    Defect.objects.create(code="danger", name_zh="安全隐患", name_en="Danger", urgent=True)
    road = make_road(
        "北园大街",
        code="370105R003",
        line=MultiLineString(LineString((116.98, 36.675), (117.0, 36.675)), srid=4326),
    )
    make_road("远路", code="370105R009", line=MultiLineString(LineString((118, 37), (118.1, 37)), srid=4326))
    make_site("济南站", area=district.southwest)
    board = make_asset(
        Point(116.985, 36.675, srid=4326),
        name="宣传栏",
        themes=["core_values"],
        road=road,
        condition=Condition.GOOD,
        condition_at=timezone.now(),
    )
    pole = make_support(Point(116.99, 36.69, srid=4326))
    faces = [make_asset(support=pole, type=make_type("lamp_banner", item="03006")) for _side in range(2)]
    east = make_asset(Point(117.01, 36.68, srid=4326))
    gone = make_asset(
        Point(116.985, 36.675, srid=4326),
        lifecycle=Lifecycle.REMOVED,
        removed_on="2026-01-01",
        removal_reason="x",
    )
    return {"board": board, "faces": faces, "east": east, "gone": gone}


def pack(phone: Phone, areas: str = "370105001") -> dict[str, Any]:
    answer = phone.get("pack", areas=areas)
    assert answer.status_code == 200, answer.content
    body: dict[str, Any] = answer.json()
    return body


def test_a_street_with_all_a_phone_needs(phone: Phone, town: dict[str, Any]) -> None:
    body = pack(phone)
    assert body["areas"] == ["370105001"]
    assert body["counts"] == {"assets": 3, "jobs": 0}
    board = next(asset for asset in body["assets"] if asset["name"] == "宣传栏")
    expected = {
        "uid": str(town["board"].uid),
        "code": town["board"].code,
        "version": town["board"].version,
        "type": "notice_board",
        "themes": ["core_values"],
        "condition": "good",
        "lifecycle": "in_use",
        "lon": 116.985,
        "lat": 36.675,
        "support": None,
        "street": "370105001",
        "community": "370105001008",
        "road": "370105R003",
        "photo": None,
    }
    assert {name: board[name] for name in expected} == expected
    faces = [asset for asset in body["assets"] if asset["support"]]
    assert len({face["support"] for face in faces}) == 1
    assert [kind["code"] for kind in body["lists"]["types"]] == ["lamp_banner", "notice_board"]
    assert body["lists"]["defects"][0] | {"order": 0} == {
        "code": "danger",
        "zh": "安全隐患",
        "en": "Danger",
        "order": 0,
        "active": True,
        "urgent": True,
    }
    assert [condition["code"] for condition in body["lists"]["conditions"]][:2] == ["unknown", "good"]
    assert body["lists"]["conditions"][1]["zh"] == "完好"
    outlines = {feature["properties"]["code"] for feature in body["places"]["areas"]["features"]}
    assert outlines == {"370105", "370105001", "370105001008", "370105001009"}
    assert [road["properties"]["code"] for road in body["places"]["roads"]["features"]] == ["370105R003"]
    assert [site["name"] for site in body["places"]["sites"]] == ["济南站"]


def test_what_is_planned_is_not_due_for_inspection(phone: Phone, town: dict[str, Any]) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    planned = make_asset(
        Point(116.985, 36.675, srid=4326), lifecycle=Lifecycle.PLANNED, next_inspection_due=yesterday
    )
    standing = make_asset(Point(116.985, 36.675, srid=4326), next_inspection_due=yesterday)
    due = {asset["uid"]: asset["due"] for asset in pack(phone)["assets"]}
    assert due[str(planned.uid)] is None
    assert due[str(standing.uid)] == yesterday.isoformat()


def test_a_community_is_less(phone: Phone, town: dict[str, Any]) -> None:
    assert pack(phone, "370105001008")["counts"]["assets"] == 1
    assert pack(phone, "370105001008,370105002")["counts"]["assets"] == 2


def test_the_newest_photo(phone: Phone, town: dict[str, Any]) -> None:
    photos = [
        Photo.objects.create(
            asset=town["board"], sha256=str(n) * 64, width=1, height=1, taken_at=f"2026-0{n}-01T00:00Z"
        )
        for n in (1, 2)
    ]
    board = next(asset for asset in pack(phone)["assets"] if asset["name"] == "宣传栏")
    assert board["photo"] == f"/photos/{photos[1].uid}/thumb"


def test_jobs_are_ours_or_nobodys(phone: Phone, town: dict[str, Any], crew: User, owner: User) -> None:
    ours, theirs = make_unit("养护一班", is_crew=True), make_unit("养护二班", is_crew=True)
    jobs = [
        Maintenance.objects.create(asset=town["board"], kind=MaintenanceKind.REPAIR, crew=unit)
        for unit in (ours, theirs, None)
    ]
    Maintenance.objects.create(asset=town["east"], kind=MaintenanceKind.REPAIR, crew=ours)
    Maintenance.objects.create(
        asset=town["board"], kind=MaintenanceKind.CLEAN, state="done", completed_at=timezone.now()
    )
    assert len(pack(phone)["jobs"]) == 3
    crew.units.add(ours)
    body = pack(phone)
    assert [(job["id"], job["mine"]) for job in body["jobs"]] == [(jobs[0].pk, True), (jobs[2].pk, False)]
    assert body["counts"]["jobs"] == 2
    assert len(pack(phone_of(owner))["jobs"]) == 3


def test_it_travels_compressed(phone: Phone, town: dict[str, Any]) -> None:
    answer = phone.client.get(
        "/api/field/pack?areas=370105001", headers={**phone.headers, "Accept-Encoding": "gzip"}
    )
    assert answer["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(answer.content))["counts"]["assets"] == 3
    assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("areas", ["", ",", "370105", "370999001", "nowhere", "370105001,x\x00", "1," * 300])
def test_areas_out_of_reach_are_named(phone: Phone, town: dict[str, Any], areas: str) -> None:
    answer = phone.get("pack", areas=areas)
    assert (answer.status_code, answer.json()["parameter"]) == (400, "areas")


def test_other_districts_crews_see_nothing_of_ours(town: dict[str, Any], stranger: User) -> None:
    phone = phone_of(stranger)
    assert phone.get("pack", areas="370105001").status_code == 400
    assert [area["code"] for area in phone.get("areas").json()["areas"]] == ["370999001"]


def test_a_pack_takes_few_queries(
    phone: Phone, town: dict[str, Any], django_assert_max_num_queries: Callable
) -> None:
    phone.get("pack", areas="370105001")
    with django_assert_max_num_queries(20):
        phone.get("pack", areas="370105001,370105002")


def test_areas_say_how_large_they_are(
    phone: Phone, town: dict[str, Any], django_assert_max_num_queries: Callable
) -> None:
    Maintenance.objects.create(asset=town["board"], kind=MaintenanceKind.REPAIR)
    phone.get("areas")
    with django_assert_max_num_queries(14):
        areas = {area["code"]: area for area in phone.get("areas").json()["areas"]}
    assert set(areas) == {"370105001", "370105002", "370105001008", "370105001009"}
    assert (areas["370105001"]["assets"], areas["370105001"]["jobs"]) == (3, 1)
    assert (areas["370105001008"]["assets"], areas["370105001008"]["parent"]) == (1, "370105001")
    assert areas["370105001"]["bytes"] > areas["370105001008"]["bytes"]
    assert areas["370105001"]["bbox"] == [116.98, 36.67, 117.0, 36.7]


# --- Around, before anything is downloaded ---------------------------------------------------------------------------


def around(phone: Phone, **place: str) -> dict[str, Any]:
    answer = phone.get("near", **place)
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def test_what_stands_around_comes_the_nearest_first(phone: Phone, town: dict[str, Any]) -> None:
    body = around(phone, lon="116.9851", lat="36.675")
    uids = [asset["uid"] for asset in body["assets"]]
    assert uids[0] == str(town["board"].uid)
    assert str(town["gone"].uid) not in uids
    assert len(uids) == 4
    assert body["assets"][0].keys() == pack(phone)["assets"][0].keys()
    assert body["lists"] == pack(phone)["lists"]


def test_around_shows_no_more_than_its_user_may_see(
    town: dict[str, Any], stranger: User, viewer: User, phone: Phone
) -> None:
    Membership.objects.filter(user=stranger).update(role=Role.CREW)
    assert around(phone_of(stranger), lon="116.985", lat="36.675")["assets"] == []
    assert phone_of(viewer).get("near", lon="116.985", lat="36.675").status_code == 403
    assert Client().get("/api/field/near?lon=116.985&lat=36.675").status_code == 401


@pytest.mark.parametrize(
    "place",
    [
        {"lon": "x", "lat": "36"},
        {"lon": "190", "lat": "36"},
        {"lon": "nan", "lat": "36"},
        {"lon": "1e999", "lat": "1"},
        {},
    ],
)
def test_a_place_that_is_none_is_refused_in_words(phone: Phone, place: dict[str, str]) -> None:
    answer = phone.get("near", **place)
    assert 400 <= answer.status_code < 500
    assert answer["Content-Type"] == "application/problem+json"


def test_around_takes_few_queries(
    phone: Phone, town: dict[str, Any], django_assert_max_num_queries: Any
) -> None:
    around(phone, lon="116.985", lat="36.675")
    with django_assert_max_num_queries(14):
        around(phone, lon="116.985", lat="36.675")
