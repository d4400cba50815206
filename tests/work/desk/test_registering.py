"""New assets from the map: the few fields, a support, a condition and photos, all of it or nothing."""

import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from assets.models import Asset, AssetType, Condition, Lifecycle, Support
from tests.mapping.conftest import Town
from tests.mapping.pictures import jpeg

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path


def entry(**values: Any) -> dict[str, Any]:
    kind = AssetType.objects.get(code="notice_board")
    return {"uid": str(uuid.uuid4()), "type": kind.pk, "lon": 116.9901, "lat": 36.6801, **values}


def send(desk, user: User | None, **values: Any) -> Any:
    return desk(user).client.post("/desk/new", entry(**values))


def test_a_new_asset_needs_a_place_and_a_type(town: Town, desk, owner: User) -> None:
    assert "New asset" in desk(owner).client.get("/desk/new").content.decode()
    answer = send(desk, owner, name="新宣传栏", themes=["core_values"], width="2.4", height="1.2")
    assert answer.status_code == 200, answer.content.decode()
    made = Asset.objects.get(code=answer.json()["code"])
    assert (made.name, made.themes, made.faces, made.lifecycle) == ("新宣传栏", ["core_values"], 1, "in_use")
    assert made.community is not None
    assert made.community.code == "370105001008"
    assert answer.json()["uid"] != str(made.uid)
    refused = desk(owner).client.post("/desk/new", {"uid": str(uuid.uuid4())}).json()["errors"]
    assert "type" in refused
    refused = send(desk, owner, lon="", lat="").json()["errors"]
    assert refused.keys() == {"coordinates"}


def test_the_same_form_sent_twice_registers_once(town: Town, desk, owner: User) -> None:
    uid = str(uuid.uuid4())
    first = send(desk, owner, uid=uid, condition="1")
    again = send(desk, owner, uid=uid, condition="1")
    assert first.json()["code"] == again.json()["code"]
    assert Asset.objects.get(uid=uid).inspections.count() == 1


def test_condition_and_photos_come_with_it(town: Town, desk, crew: User) -> None:
    photo = SimpleUploadedFile("new.jpg", jpeg("green"), "image/jpeg")
    answer = send(desk, crew, condition="4", photos=[photo])
    assert answer.status_code == 200, answer.content.decode()
    made = Asset.objects.get(code=answer.json()["code"])
    assert made.condition == Condition.SEVERE
    assert made.photos.count() == 1


def test_a_photo_that_is_none_leaves_no_asset_behind(town: Town, desk, owner: User) -> None:
    before = Asset.objects.count()
    broken = SimpleUploadedFile("x.jpg", b"no", "image/jpeg")
    answer = send(desk, owner, new_support="pole", photos=[broken])
    assert answer.json()["errors"].keys() == {"photos"}
    assert Asset.objects.count() == before
    assert Support.objects.count() == 1


def test_a_new_support_carries_the_next_one_too(town: Town, desk, owner: User) -> None:
    first = send(desk, owner, new_support="pole").json()
    support = Support.objects.get(pk=first["support"])
    second = send(desk, owner, support=support.pk).json()
    assert second["support"] == support.pk
    assert Asset.objects.filter(support=support).count() == 2


def test_a_planned_one_is_planned(town: Town, desk, owner: User) -> None:
    answer = send(desk, owner, planned="on")
    assert Asset.objects.get(code=answer.json()["code"]).lifecycle == Lifecycle.PLANNED


def test_who_registers_where(
    town: Town, desk, owner: User, colleague: User, stranger: User, planner: User, viewer: User
) -> None:
    before = Asset.objects.count()
    for somebody in (colleague, stranger, planner, viewer):
        assert send(desk, somebody).status_code == 403, somebody
    assert send(desk, None).status_code == 401
    assert Asset.objects.count() == before
    # A support in another street is no way round.
    pole = town.faces[0].support
    assert pole is not None
    assert send(desk, owner, support=pole.pk).status_code == 403


def test_choices_are_named_like_what_was_typed(town: Town, desk, owner: User, viewer: User) -> None:
    from tests.factories import make_unit

    make_unit("天桥区城市管理局", short_name="天桥城管")
    answer = desk(owner).client.get("/desk/choices/owner", {"q": "城管"}).json()
    assert [result["title"] for result in answer["results"]] == ["天桥城管"]
    assert desk(owner).client.get("/desk/choices/road", {"q": "北园"}).json()["results"]
    assert desk(owner).client.get("/desk/choices/site", {"q": "济南"}).json()["results"]
    assert desk(owner).client.get("/desk/choices/remarks").status_code == 404
    assert desk(viewer).client.get("/desk/choices/owner").status_code == 403
    assert desk(None).client.get("/desk/choices/owner").status_code == 401


def test_another_one_takes_over_what_faces_share_and_nothing_private(
    town: Town, desk, colleague: User
) -> None:
    from tests.factories import make_unit

    face = town.faces[0]
    maintainer = make_unit("路灯所")
    Asset.objects.filter(pk=face.pk).update(
        material="布", maintainer=maintainer, building_contact="王某", address="此处独有"
    )
    panel = desk(colleague, face).panel()
    assert f"/desk/new?like={face.code}" in panel
    form = desk(colleague).client.get(f"/desk/new?like={face.code}").content.decode()
    assert 'value="布"' in form
    assert "路灯所" in form
    assert "王某" not in form
    assert "此处独有" not in form
    assert f'name="support" value="{face.support_id}"' in form


def test_nobody_takes_over_from_what_they_may_not_see(town: Town, desk, owner: User) -> None:
    assert desk(owner).client.get(f"/desk/new?like={town.foreign.code}").status_code == 404


def test_a_supports_panel_leads_to_the_next_one_on_it(
    town: Town, desk, owner: User, colleague: User, viewer: User
) -> None:
    pole = town.faces[0].support
    assert pole is not None
    Support.objects.update(area=town.faces[0].area)
    way = f"/desk/new?support={pole.pk}"

    def panel(user: User) -> str:
        return desk(user).client.get(f"/supports/{pole.pk}/panel").content.decode()

    assert way in panel(colleague)
    for user in (owner, viewer):
        assert "data-desk" not in panel(user)
    hidden_input = f'name="support" value="{pole.pk}"'
    assert hidden_input in desk(colleague).client.get(way).content.decode()
    assert hidden_input not in desk(owner).client.get(way).content.decode()
    for wrong in ("x", "999999999", "9" * 40):
        assert desk(colleague).client.get(f"/desk/new?support={wrong}").status_code == 200
