"""/fieldwork/rescue/, /fieldwork/activity/, /fieldwork/devices/: rescued files, crews' days, phones."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.models import AccessToken, Role, User
from accounts.tokens import digest_of
from assets.models import Asset, Inspection, Photo
from field.models import Operation
from tests.conftest import District
from tests.factories import make_user
from tests.field.conftest import Phone, jpeg, named, phone_of, sha256_of
from tests.mapping.basemap.conftest import geojson, made_of

pytestmark = pytest.mark.django_db

SignedIn = Callable[[User | None], Client]


def exported(operations: list[Any], *photos: bytes) -> bytes:
    """What the phone page's "export unsent work" writes."""
    now = timezone.now().isoformat()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("ops.json", json.dumps({"exported_at": now, "device_time": now, "ops": operations}))
        for data in photos:
            archive.writestr(f"photos/{sha256_of(data)}.jpg", data)
    return out.getvalue()


def load(client: Client, content: bytes) -> HttpResponse:
    return client.post("/fieldwork/rescue/", {"file": SimpleUploadedFile("unsent.zip", content)})


def test_a_file_does_what_sending_would_have_done(
    signed_in: SignedIn, phone: Phone, board: Asset, owner: User, crew: User
) -> None:
    data = jpeg()
    op = phone.inspect(board, "damaged", photos=[named(data)])
    page = load(signed_in(owner), exported([op], data))
    assert page.status_code == 200
    assert "1 record in the file" in page.content.decode()
    inspection = Inspection.objects.get()
    assert inspection.inspector == crew
    assert Photo.objects.get().inspection == inspection
    assert Operation.objects.get().rescued_by == owner
    (later,) = phone.send(op)
    assert (later["status"], later["first"]["status"]) == ("duplicate", "applied")


def test_loaded_twice_it_is_there_once(signed_in: SignedIn, phone: Phone, board: Asset, owner: User) -> None:
    content = exported([phone.inspect(board), phone.inspect(board, "minor")])
    for _time in range(2):
        load(signed_in(owner), content)
    assert Inspection.objects.count() == 2
    assert "Had arrived before" in load(signed_in(owner), content).content.decode()


def test_a_half_sent_photo_is_completed(signed_in: SignedIn, phone: Phone, board: Asset, owner: User) -> None:
    data = jpeg(size=128)
    op = phone.inspect(board, photos=[named(data)])
    phone.send(op)
    phone.put_photo(data, end=100)
    load(signed_in(owner), exported([op], data))
    assert Photo.objects.count() == 1


def test_only_under_the_rights_of_who_loads_it(
    signed_in: SignedIn, phone: Phone, board: Asset, colleague: User, stranger: User, owner: User
) -> None:
    content = exported([phone.inspect(board)])
    assert "not_permitted" in _outcomes(load(signed_in(colleague), content))
    assert Inspection.objects.count() == 0
    # The crew is nobody of theirs: nothing of it is taken in.
    page = load(signed_in(stranger), exported([phone.inspect(board)]))
    assert "Not taken in" in page.content.decode()
    assert Operation.objects.count() == 1


def _outcomes(page: HttpResponse) -> str:
    assert page.status_code == 200
    return " ".join(operation.reason for operation in Operation.objects.all())


@pytest.mark.parametrize(
    "role, where, has_phone, taken",
    [
        (Role.CREW, "district", True, True),
        (Role.CREW, "west", True, True),
        (Role.CREW, "southwest", True, True),
        (Role.CREW, None, True, True),
        (Role.CREW, "west", False, False),
        (Role.CREW, "east", True, False),
        (Role.CREW, "other_district", True, False),
        (Role.VIEWER, "district", True, False),
        (Role.PLANNER, "west", True, False),
        (Role.PUBLICITY, "district", False, False),
    ],
)
def test_a_file_is_believed_to_be_of_those_only_who_do_field_work_there(
    signed_in: SignedIn,
    phone: Phone,
    board: Asset,
    owner: User,
    district: District,
    role: Role,
    where: str | None,
    has_phone: bool,
    taken: bool,
) -> None:
    named_in_it = make_user(role, getattr(district, where) if where else None)
    if has_phone:
        phone_of(named_in_it)
    forged = {**phone.inspect(board, "severe"), "user": named_in_it.pk}

    page = load(signed_in(owner), exported([forged])).content.decode()

    assert ("Not taken in" not in page) is taken
    assert Inspection.objects.filter(inspector=named_in_it).exists() is taken
    assert Operation.objects.exists() is taken


def test_who_loaded_a_file_stands_beside_the_name_wherever_it_is_told(
    signed_in: SignedIn, phone: Phone, board: Asset, owner: User, crew: User, publicity: User
) -> None:
    load(signed_in(owner), exported([phone.inspect(board, "damaged")]))

    beside = f"{crew}（{owner}代录）"
    assert Inspection.objects.get().inspector_name == beside
    told = signed_in(publicity)
    for address in (
        f"/assets/{board.code}/",
        "/api/inspections",
        "/ogc/collections/inspections/items?f=json",
        "/export/inspections.csv",
    ):
        answer = told.get(address)
        body = b"".join(answer) if answer.streaming else answer.content
        assert beside in body.decode(), address


def test_what_somebody_sends_themselves_bears_their_name_alone(phone: Phone, board: Asset) -> None:
    phone.send(phone.inspect(board))
    assert Inspection.objects.get().inspector_name == ""


def test_a_file_with_poison_in_it(signed_in: SignedIn, phone: Phone, board: Asset, owner: User) -> None:
    poison = [None, 7, {}, {"user": 10**30}, {"user": True}, {"user": phone.user.pk, "op_id": "x"}]
    page = load(
        signed_in(owner), exported([*poison, phone.inspect(board, photos=[named(jpeg())])], b"no photo")
    )
    assert page.status_code == 200
    assert Inspection.objects.count() == 1
    assert "is not in the file" in page.content.decode()


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04nonsense", b"text", exported([])[:60]],
    ids=["empty", "nonsense", "text", "half"],
)
def test_what_no_phone_has_written_is_refused(
    signed_in: SignedIn, owner: User, board: Asset, content: bytes
) -> None:
    page = load(signed_in(owner), content)
    assert page.status_code == 400
    assert "alert" in page.content.decode()


@pytest.mark.parametrize("ops", ["[]", "{", '{"ops": 7}', "[" * 100_000])
def test_a_zip_without_operations_is_refused(
    signed_in: SignedIn, owner: User, board: Asset, ops: str
) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ops.json", ops)
    assert load(signed_in(owner), out.getvalue()).status_code == 400


def test_the_form(signed_in: SignedIn, owner: User, crew: User) -> None:
    assert signed_in(owner).get("/fieldwork/rescue/").status_code == 200
    assert signed_in(owner).post("/fieldwork/rescue/").status_code == 400
    assert signed_in(crew).get("/fieldwork/rescue/").status_code == 403
    assert load(signed_in(crew), exported([])).status_code == 403
    assert signed_in(None).get("/fieldwork/rescue/").status_code == 302


# --- Crews' work ------------------------------------------------------------------------------------------------------


@pytest.fixture
def worked(phone: Phone, board: Asset) -> str:
    """A day's work; gives the day."""
    data = jpeg()
    place = {"lon": 116.99, "lat": 36.68, "accuracy": 5}
    phone.send(
        phone.inspect(board, "damaged", position=place, photos=[named(data)]),
        phone.inspect(board, "good", position={**place, "lon": 116.991}),
        phone.inspect(board, "nonsense"),
        phone.create(name="新展板"),
    )
    phone.put_photo(data)
    return str(timezone.localdate())


def test_who_did_how_much_where(signed_in: SignedIn, worked: str, owner: User) -> None:
    answer = signed_in(owner).get("/fieldwork/activity/")
    (row,) = answer.context["page"].object_list
    assert (row.inspections, row.creations, row.photos, row.refused) == (2, 1, 1, 1)
    assert row.streets == ["无影山街道"]
    assert "无影山街道" in answer.content.decode()


def test_a_days_way(signed_in: SignedIn, worked: str, owner: User) -> None:
    answer = signed_in(owner).get(f"/fieldwork/activity/crew/{worked}/")
    assert answer.status_code == 200
    assert [(stop["number"], stop["lon"]) for stop in answer.context["track"]] == [(1, 116.99), (2, 116.991)]
    assert "Damaged" in answer.content.decode()
    assert answer.context["basemap"] is None


def test_a_days_way_lies_on_the_base_map_where_one_is_served(
    signed_in: SignedIn, worked: str, owner: User, tmp_path: Path
) -> None:
    shape = shapely.LineString([(116.97, 36.685), (117.03, 36.685)])
    built = made_of(
        geojson(tmp_path / "roads.geojson", [({"highway": "primary", "name": "北园大街"}, shape)])
    )
    answer = signed_in(owner).get(f"/fieldwork/activity/crew/{worked}/")
    assert answer.context["basemap"]["build"] == built.build
    assert 'id="basemap"' in answer.content.decode()


def test_where_somebody_was_is_their_supervisors_business_only(
    signed_in: SignedIn, worked: str, colleague: User, stranger: User, crew: User, viewer: User, planner: User
) -> None:
    day = f"/fieldwork/activity/crew/{worked}/"
    for user in (colleague, stranger):
        assert signed_in(user).get("/fieldwork/activity/").context["tally"].days == []
        assert signed_in(user).get(day).status_code == 404
    for user in (crew, viewer, planner):
        assert signed_in(user).get("/fieldwork/activity/").status_code == 403
        assert signed_in(user).get(day).status_code == 403
    assert signed_in(None).get(day).status_code == 302


@pytest.mark.parametrize(
    "query",
    [
        "from=x&to=y",
        "from=2026-02-30&to=2026-03-01",
        "from=2026-02-02&to=2026-02-01",
        "from=2020-01-01&to=2026-01-01",
        "from=9999-12-31&to=9999-12-31",
        "from=0001-01-01&to=0001-01-02",
    ],
)
def test_senseless_days_are_said_to_be(signed_in: SignedIn, owner: User, query: str) -> None:
    answer = signed_in(owner).get(f"/fieldwork/activity/?{query}")
    assert answer.status_code == 200
    assert answer.context["period"].problem


def test_days_that_are_none(signed_in: SignedIn, owner: User, worked: str) -> None:
    for address in (f"nobody/{worked}", "crew/2020-01-01", "crew/yesterday", "crew/2026-02-30"):
        assert signed_in(owner).get(f"/fieldwork/activity/{address}/").status_code == 404


def test_crews_work_takes_few_queries(
    signed_in: SignedIn,
    worked: str,
    phone: Phone,
    board: Asset,
    owner: User,
    django_assert_max_num_queries: Callable,
) -> None:
    client = signed_in(owner)
    client.get("/fieldwork/activity/")
    phone.send(*(phone.inspect(board) for _n in range(20)))
    with django_assert_max_num_queries(16):
        client.get("/fieldwork/activity/")
    with django_assert_max_num_queries(16):
        client.get(f"/fieldwork/activity/crew/{worked}/")


# --- Phones -----------------------------------------------------------------------------------------------------------


def test_phones_of_ones_people(signed_in: SignedIn, phone: Phone, publicity: User, owner: User) -> None:
    assert "crew" in signed_in(publicity).get("/fieldwork/devices/").content.decode()
    # The crew works in the whole district, for which one street does not answer.
    assert signed_in(owner).get("/fieldwork/devices/").context["page"].object_list.count() == 0


def test_phones_in_use_come_before_those_that_were_ended(
    signed_in: SignedIn, crew: User, publicity: User
) -> None:
    ended, in_use = phone_of(crew), phone_of(crew)
    AccessToken.objects.filter(digest=digest_of(ended.secret)).update(
        revoked_at=timezone.now(), last_used_at=timezone.now()
    )
    AccessToken.objects.filter(digest=digest_of(in_use.secret)).update(
        last_used_at=timezone.now() - timedelta(days=3)
    )
    shown = signed_in(publicity).get("/fieldwork/devices/").context["page"].object_list
    assert [token.revoked_at is None for token in shown] == [True, False]


def test_a_lost_phone_is_ended(signed_in: SignedIn, phone: Phone, publicity: User) -> None:
    token = AccessToken.objects.get()
    page = signed_in(publicity).post(f"/fieldwork/devices/{token.uid}/revoke", follow=True)
    assert "can no longer send" in page.content.decode()
    assert phone.get("me").status_code == 401


def test_nobody_ends_the_phones_of_other_peoples_crews(
    signed_in: SignedIn, phone: Phone, owner: User, stranger: User, crew: User
) -> None:
    token = AccessToken.objects.get()
    for user, status in ((owner, 404), (stranger, 404), (crew, 403), (None, 302)):
        assert signed_in(user).post(f"/fieldwork/devices/{token.uid}/revoke").status_code == status
    assert phone.get("me").status_code == 200


def test_phones_take_few_queries(
    signed_in: SignedIn, crew: User, publicity: User, django_assert_max_num_queries: Callable
) -> None:
    for _phone in range(5):
        phone_of(crew)
    client = signed_in(publicity)
    with django_assert_max_num_queries(8):
        client.get("/fieldwork/devices/")
