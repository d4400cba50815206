"""The administration pages: who opens them, what they cost in queries, and that they write through the actions."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.gis.geos import Point
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from assets.actions.edit_asset import edit_asset
from assets.actions.plan_maintenance import plan_maintenance
from assets.actions.record_inspection import record_inspection
from assets.history import Actor, events_of
from assets.models import (
    Artwork,
    Asset,
    AssetType,
    BackgroundRun,
    Batch,
    Condition,
    Inspection,
    Maintenance,
    MaintenanceKind,
    Origin,
    Posting,
    Support,
    Theme,
)
from places.models import Area, Road, Site, Unit
from tests.conftest import District
from tests.factories import (
    make_artwork,
    make_asset,
    make_road,
    make_site,
    make_support,
    make_theme,
    make_type,
    make_unit,
)

WEST = Point(116.995, 36.690, srid=4326)
EAST = Point(117.010, 36.690, srid=4326)


@pytest.fixture
def page_of(client: Client) -> Callable[[User], Client]:
    def sign_in(user: User) -> Client:
        client.force_login(user)
        return client

    return sign_in


def values_of(page: str) -> dict[str, str]:
    """What a browser would send back: values of inputs and selections of a page."""
    found = {}
    for tag in re.findall(r"<input [^>]+>", page):
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if attributes.get("type") in ("checkbox", "radio") and " checked" not in tag:
            continue
        if "name" in attributes and attributes.get("type") not in ("submit", "file"):
            found[attributes["name"]] = attributes.get("value", "")
    for name, options in re.findall(r'<select name="(\w+)".*?>(.*?)</select>', page, re.DOTALL):
        option = re.search(r'<option value="([^"]*)" selected', options)
        found[name] = option.group(1) if option else ""
    for name, text in re.findall(r'<textarea name="(\w+)"[^>]*>\s*(.*?)</textarea>', page, re.DOTALL):
        found[name] = text.replace("&quot;", '"').strip()
    return found


def asset_form(client: Client, asset: Asset) -> dict[str, str]:
    page = client.get(reverse("admin:assets_asset_change", args=[asset.pk]))
    assert page.status_code == 200
    return values_of(page.content.decode())


# --- Who ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["viewer", "planner", "crew"])
def test_roles_that_administer_nothing_do_not_get_in(
    page_of: Any, name: str, request: pytest.FixtureRequest
) -> None:
    client = page_of(request.getfixturevalue(name))
    assert client.get("/admin/", follow=True).status_code == 403
    assert client.get(reverse("admin:assets_asset_changelist"), follow=True).status_code == 403


def test_nobody_signed_in_is_sent_to_the_one_sign_in_page(client: Client, db: None) -> None:
    answer = client.get("/admin/", follow=True)
    assert answer.redirect_chain[-1][0].startswith("/sign-in/?next=/admin/")
    assert client.post("/admin/login/", {"username": "x", "password": "y"}).status_code == 302


@pytest.mark.parametrize("name", ["owner", "publicity", "administrator"])
def test_the_others_see_the_front_page(page_of: Any, name: str, request: pytest.FixtureRequest) -> None:
    page = page_of(request.getfixturevalue(name)).get("/admin/").content.decode()
    assert ("/admin/accounts/user/" in page) == (name == "administrator")
    assert "/admin/assets/asset/" in page
    assert "/admin/places/area/" in page


def test_lists_and_places_are_edited_by_those_who_keep_them(
    page_of: Any, owner: User, publicity: User, district: District
) -> None:
    theme, road = make_theme(), make_road(district=district.district)
    addresses = [
        reverse("admin:assets_theme_change", args=[theme.pk]),
        reverse("admin:places_road_change", args=[road.pk]),
        reverse("admin:places_area_change", args=[district.west.pk]),
    ]
    for address in addresses:
        page = page_of(owner).get(address)
        assert page.status_code == 200
        assert 'name="_save"' not in page.content.decode()
        assert page_of(owner).post(address, {"name_zh": "x"}).status_code == 403
        assert 'name="_save"' in page_of(publicity).get(address).content.decode()


def test_nothing_of_the_register_can_be_deleted(page_of: Any, administrator: User) -> None:
    asset = make_asset()
    client = page_of(administrator)
    for model, row in ((Asset, asset), (AssetType, asset.type), (Theme, make_theme())):
        name = f"admin:assets_{model._meta.model_name}_delete"
        assert client.post(reverse(name, args=[row.pk]), {"post": "yes"}).status_code == 403


# --- What lists cost ------------------------------------------------------------------------------------------


def _fill(user: User) -> None:
    for number in range(12):
        support = make_support(area=Area.objects.get(code="370105001009"))
        asset = make_asset(support=support, artwork=make_artwork(), site=make_site(area=support.area))
        record_inspection(Actor(user, Origin.COMMAND), asset, Condition.MINOR)
        plan_maintenance(
            Actor(user, Origin.COMMAND), asset, MaintenanceKind.CLEAN, crew=make_unit(is_crew=True)
        )
        Posting.objects.create(asset=asset, artwork=asset.artwork, posted_on="2026-01-01")
        make_type(f"type_{number}")
        make_theme(f"theme_{number}")
        make_road(f"路{number}", district=Area.objects.get(code="370105"))
        Batch.objects.create(kind="import", title="t", actor=user, origin="import")
        BackgroundRun.objects.create(kind="k", started_by=user)


def _models() -> list[str]:
    return sorted(model._meta.label_lower for model in admin.site._registry)


@pytest.mark.parametrize("label", _models())
def test_every_list_opens_with_few_queries_however_long_it_is(
    page_of: Any, administrator: User, label: str, django_assert_max_num_queries: Any
) -> None:
    if label.startswith("django_tasks"):
        return  # the package's own list, for superusers
    _fill(administrator)
    client = page_of(administrator)
    address = reverse(f"admin:{label.replace('.', '_')}_changelist")
    client.get(address)  # content types and dictionaries are read once
    with django_assert_max_num_queries(14):
        assert client.get(address).status_code == 200
    assert client.get(address, {"q": "北园"}).status_code == 200


@pytest.mark.parametrize(
    "model", [Asset, Inspection, Maintenance, Support, Artwork, Posting, Site, Road, Unit, Area, AssetType]
)
def test_every_form_opens_with_few_queries(
    page_of: Any, administrator: User, model: Any, django_assert_max_num_queries: Any
) -> None:
    _fill(administrator)
    client = page_of(administrator)
    row = model.objects.first()
    with django_assert_max_num_queries(25):
        page = client.get(reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_change", args=[row.pk]))
    assert page.status_code == 200


def test_assets_are_found_by_code_wording_and_address(page_of: Any, owner: User) -> None:
    wanted = make_asset(name="甲", wording="鹊华秋色", address="北园大街 419 号")
    make_asset(name="乙")
    client = page_of(owner)
    for words in (wanted.code, "鹊华", "419", "北园 秋色"):
        page = client.get(reverse("admin:assets_asset_changelist"), {"q": words}).content.decode()
        assert "甲" in page
        assert "乙" not in page


def test_a_list_holds_only_what_one_may_see(page_of: Any, stranger: User) -> None:
    asset = make_asset(WEST, name="甲")
    record_inspection(Actor(None, Origin.COMMAND), asset, Condition.GOOD)
    client = page_of(stranger)
    assert "甲" not in client.get(reverse("admin:assets_asset_changelist")).content.decode()
    assert "甲" not in client.get(reverse("admin:assets_inspection_changelist")).content.decode()
    assert client.get(reverse("admin:assets_asset_change", args=[asset.pk])).status_code == 302
    assert client.get(reverse("admin:assets_asset_do", args=[asset.pk, "inspect"])).status_code == 404


# --- Writing through the actions ------------------------------------------------------------------------------


def test_an_asset_is_registered(page_of: Any, owner: User, district: District) -> None:
    make_theme("core_values")
    kind = make_type()
    client = page_of(owner)
    form = values_of(client.get(reverse("admin:assets_asset_add")).content.decode())
    form |= {
        "type": str(kind.pk),
        "point_lon": "116.995",
        "point_lat": "36.69",
        "name": "新",
        "themes": "core_values",
    }
    answer = client.post(reverse("admin:assets_asset_add"), form)
    assert answer.status_code == 302, answer.content.decode()
    asset = Asset.objects.get(name="新")
    assert (asset.area, asset.point, asset.themes) == (district.northwest, WEST, ["core_values"])
    context = events_of(asset)[0].pgh_context.metadata
    assert (context["actor"], context["origin"], context["user"]) == ("owner", "admin", owner.pk)
    client.post(reverse("admin:assets_asset_add"), form)
    assert Asset.objects.filter(name="新").count() == 1, "the same form sent twice registers once"


def test_a_registration_outside_the_street_comes_back_with_the_reason(page_of: Any, owner: User) -> None:
    kind = make_type()
    client = page_of(owner)
    form = values_of(client.get(reverse("admin:assets_asset_add")).content.decode())
    form |= {"type": str(kind.pk), "point_lon": "117.01", "point_lat": "36.69", "name": "新"}
    answer = client.post(reverse("admin:assets_asset_add"), form)
    assert answer.status_code == 200
    assert "errornote" in answer.content.decode()
    assert 'value="117.0100000"' in answer.content.decode() or 'value="117.01"' in answer.content.decode()
    assert not Asset.objects.exists()


@pytest.mark.parametrize("lon, lat", [("", ""), ("abc", "36.69"), ("216", "36.69"), ("116.9", "")])
def test_a_position_that_is_none_is_refused_in_words(
    page_of: Any, publicity: User, lon: str, lat: str
) -> None:
    kind = make_type()
    client = page_of(publicity)
    form = values_of(client.get(reverse("admin:assets_asset_add")).content.decode())
    form |= {"type": str(kind.pk), "point_lon": lon, "point_lat": lat}
    answer = client.post(reverse("admin:assets_asset_add"), form)
    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()
    assert f'value="{lon}"' in answer.content.decode()


def test_an_asset_is_edited_and_moved(page_of: Any, publicity: User, district: District) -> None:
    asset = make_asset(WEST, name="before")
    client = page_of(publicity)
    form = asset_form(client, asset) | {"name": "after", "point_lon": "117.01"}
    answer = client.post(reverse("admin:assets_asset_change", args=[asset.pk]), form)
    assert answer.status_code == 302, answer.content.decode()
    asset.refresh_from_db()
    assert (asset.name, asset.point, asset.street) == ("after", EAST, district.east)
    assert asset.version == 3
    assert {event.pgh_context.metadata["origin"] for event in events_of(asset)[:2]} == {"admin"}


def test_a_form_that_changes_nothing_writes_nothing(page_of: Any, publicity: User) -> None:
    asset = make_asset(WEST, wording="字", width="2.50", themes=[make_theme().code])
    client = page_of(publicity)
    assert (
        client.post(
            reverse("admin:assets_asset_change", args=[asset.pk]), asset_form(client, asset)
        ).status_code
        == 302
    )
    asset.refresh_from_db()
    assert asset.version == 1


def test_a_move_out_of_the_street_is_refused_and_nothing_else_written(page_of: Any, owner: User) -> None:
    asset = make_asset(WEST, name="before")
    client = page_of(owner)
    form = asset_form(client, asset) | {"name": "after", "point_lon": "117.01"}
    answer = client.post(reverse("admin:assets_asset_change", args=[asset.pk]), form)
    assert answer.status_code == 200
    asset.refresh_from_db()
    assert (asset.name, asset.version) == ("before", 1)


def test_somebody_else_was_quicker(page_of: Any, owner: User, publicity: User) -> None:
    asset = make_asset(WEST, name="before")
    client = page_of(owner)
    form = asset_form(client, asset) | {"name": "mine"}
    edit_asset(Actor(publicity, Origin.WEB), asset, {"name": "theirs"})
    answer = client.post(reverse("admin:assets_asset_change", args=[asset.pk]), form)
    assert answer.status_code == 200
    assert "theirs" in answer.content.decode()
    asset.refresh_from_db()
    assert asset.name == "theirs"


def test_an_asset_of_another_street_is_shown_without_a_form(page_of: Any, colleague: User) -> None:
    asset = make_asset(WEST)
    client = page_of(colleague)
    page = client.get(reverse("admin:assets_asset_change", args=[asset.pk]))
    assert page.status_code == 200
    assert 'name="_save"' not in page.content.decode()
    assert (
        client.post(reverse("admin:assets_asset_change", args=[asset.pk]), {"name": "x"}).status_code == 403
    )


def test_what_may_only_be_read_is_in_words(page_of: Any, colleague: User, publicity: User) -> None:
    theme = make_theme()
    asset = make_asset(WEST, themes=[theme.code])
    page = page_of(colleague).get(reverse("admin:assets_asset_change", args=[asset.pk])).content.decode()
    assert "116.995000, 36.690000" in page
    assert theme.name_zh in page
    assert "SRID" not in page
    # Of a face the point is its support's, for its editor too; the rest is a form.
    face = make_asset(support=make_support(EAST), type=asset.type, themes=[theme.code])
    page = page_of(publicity).get(reverse("admin:assets_asset_change", args=[face.pk])).content.decode()
    assert "117.010000, 36.690000" in page
    assert "SRID" not in page
    assert f'name="themes" value="{theme.code}"' in page


def test_a_support_is_registered_and_moved_with_its_faces(page_of: Any, publicity: User) -> None:
    client = page_of(publicity)
    client.post(
        reverse("admin:assets_support_add"),
        {"kind": "pole", "name": "杆", "point_lon": "116.995", "point_lat": "36.69"} | _no_faces(),
    )
    support = Support.objects.get()
    face = make_asset(support=support)
    answer = client.post(
        reverse("admin:assets_support_change", args=[support.pk]),
        {"kind": "wall", "name": "杆", "point_lon": "117.01", "point_lat": "36.69"} | _no_faces(),
    )
    assert answer.status_code == 302, answer.content.decode()
    face.refresh_from_db()
    support.refresh_from_db()
    assert face.point == support.point == EAST
    assert support.kind == "wall"


def _no_faces() -> dict[str, str]:
    return {"assets-TOTAL_FORMS": "0", "assets-INITIAL_FORMS": "0"}


def do(client: Client, row: Any, verb: str, **values: Any) -> Any:
    name = f"admin:assets_{row._meta.model_name}_do"
    assert client.get(reverse(name, args=[row.pk, verb])).status_code == 200
    return client.post(reverse(name, args=[row.pk, verb]), values)


def test_an_asset_s_whole_life_goes_by_its_buttons(page_of: Any, owner: User) -> None:
    asset, artwork, today = make_asset(WEST), make_artwork(), timezone.localdate()
    client = page_of(owner)
    steps: list[tuple[str, dict[str, Any]]] = [
        ("inspect", {"condition": 3, "note": "裂"}),
        ("plan", {"kind": "repair", "priority": 1}),
        ("post", {"artwork": artwork.pk, "posted_on": today}),
        ("take-down", {"taken_down_on": today}),
        ("suspend", {}),
        ("reopen", {}),
        ("remove", {"removed_on": today, "removal_reason": "拆"}),
        ("undo", {"version": 2}),
    ]
    for verb, values in steps[:-1]:
        answer = do(client, asset, verb, **values)
        assert answer.status_code == 302, (verb, answer.content.decode())
    asset.refresh_from_db()
    assert (asset.lifecycle, asset.condition) == ("removed", Condition.DAMAGED)
    refused = do(client, asset, *steps[-1][:1], **steps[-1][1])
    assert refused.status_code == 200
    assert "errorlist" in refused.content.decode()


def test_a_button_s_refusal_is_shown(page_of: Any, owner: User) -> None:
    answer = do(page_of(owner), make_asset(WEST), "remove", removed_on="2026-01-01", removal_reason="")
    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()


def test_a_button_of_another_street_does_not_work(page_of: Any, colleague: User) -> None:
    asset = make_asset(WEST)
    client = page_of(colleague)
    address = reverse("admin:assets_asset_do", args=[asset.pk, "suspend"])
    assert client.post(address).status_code == 403
    assert address not in client.get(reverse("admin:assets_asset_change", args=[asset.pk])).content.decode()


def test_an_inspection_is_added_then_voided_and_never_edited(page_of: Any, owner: User) -> None:
    asset = make_asset(WEST)
    client = page_of(owner)
    now = timezone.localtime()
    answer = client.post(
        reverse("admin:assets_inspection_add"),
        {
            "asset": asset.pk,
            "condition": 5,
            "note": "没了",
            "observed_at_0": now.strftime("%Y-%m-%d"),
            "observed_at_1": now.strftime("%H:%M:%S"),
        },
    )
    assert answer.status_code == 302, answer.content.decode()
    asset.refresh_from_db()
    assert asset.condition == Condition.MISSING
    inspection = Inspection.objects.get()
    address = reverse("admin:assets_inspection_change", args=[inspection.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"condition": 1}).status_code == 403
    assert do(client, inspection, "void", void_reason="看错").status_code == 302
    asset.refresh_from_db()
    assert asset.condition == Condition.UNKNOWN


def test_a_job_is_planned_and_taken_to_its_end(page_of: Any, owner: User) -> None:
    asset, crew = make_asset(WEST), make_unit(is_crew=True)
    client = page_of(owner)
    answer = client.post(
        reverse("admin:assets_maintenance_add"), {"asset": asset.pk, "kind": "repair", "priority": 2}
    )
    assert answer.status_code == 302, answer.content.decode()
    job = Maintenance.objects.get()
    for verb, values in (
        ("assign", {"crew": crew.pk}),
        ("start", {}),
        ("complete", {"resulting_condition": 1, "cost": "12.50"}),
        ("verify", {}),
    ):
        answer = do(client, job, verb, **values)
        assert answer.status_code == 302, (verb, answer.content.decode())
    job.refresh_from_db()
    asset.refresh_from_db()
    assert (job.state, asset.condition) == ("verified", Condition.GOOD)


def test_a_job_outside_the_street_is_refused(page_of: Any, colleague: User) -> None:
    asset = make_asset(WEST)
    answer = page_of(colleague).post(
        reverse("admin:assets_maintenance_add"), {"asset": asset.pk, "kind": "repair", "priority": 2}
    )
    assert answer.status_code == 200
    assert not Maintenance.objects.exists()


# --- History --------------------------------------------------------------------------------------------------


def test_an_asset_s_history_says_who_did_what_from_where(
    page_of: Any, owner: User, django_assert_max_num_queries: Any
) -> None:
    asset = make_asset(WEST, name="before")
    for number in range(8):
        edit_asset(
            Actor(owner, Origin.PHONE), asset, {"name": f"name {number}", "road": make_road(f"路{number}")}
        )
    client = page_of(owner)
    with django_assert_max_num_queries(12):
        page = client.get(reverse("admin:assets_asset_history", args=[asset.pk])).content.decode()
    for words in ("name 3", "name 4", "路3", "owner"):
        assert words in page
    assert "version=5" in page


def test_a_change_of_a_list_is_recorded_with_its_author(page_of: Any, publicity: User) -> None:
    theme = make_theme()
    client = page_of(publicity)
    address = reverse("admin:assets_theme_change", args=[theme.pk])
    form = values_of(client.get(address).content.decode()) | {"name_zh": "新主题"}
    assert client.post(address, form).status_code == 302
    page = client.get(reverse("admin:assets_theme_history", args=[theme.pk])).content.decode()
    assert "新主题" in page
    assert "publicity" in page


def test_a_run_s_page_comes_again_until_it_has_ended(page_of: Any, publicity: User) -> None:
    run = BackgroundRun.objects.create(kind="reassign_areas", state="running", done=3, total=10)
    client = page_of(publicity)
    address = reverse("admin:assets_backgroundrun_change", args=[run.pk])
    assert client.get(address)["Refresh"]
    BackgroundRun.objects.update(state="done")
    assert "Refresh" not in client.get(address).headers


def test_pages_keep_to_the_content_security_policy(page_of: Any, publicity: User) -> None:
    answer = page_of(publicity).get(reverse("admin:assets_asset_add"))
    page = answer.content.decode()
    assert not re.search(r"<[^>]+ on\w+=", page)
    assert not re.search(r"<script(?![^>]*(src|nonce|type=\"application/json\"))[^>]*>", page)
    assert "geometry-map.mjs" in page
    assert " style=" not in page
