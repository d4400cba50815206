"""/api/legend: live counts of every group."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from assets.models import Asset, AssetType
from tests.factories import make_artwork, make_user
from tests.mapping.conftest import Town

pytestmark = pytest.mark.django_db

Looking = Callable[[User | None], Client]


def rows(legend: dict, group: str) -> dict[str, int]:
    """Count by code, what is zero left out."""
    return {row["code"]: row["count"] for row in legend["groups"][group] if row["count"]}


def test_everything_is_counted_once(town: Town, reader: Client) -> None:
    legend = reader.get("/api/legend").json()
    assert legend["matched"] == legend["total"] == len(town.shown) == 6
    assert rows(legend, "street") == {"370105001": 2, "370105002": 3, "none": 1}
    assert rows(legend, "type") == {"notice_board": 2, "mural": 1, "unit_plaque": 1, "lamp_banner": 2}
    assert rows(legend, "condition") == {"unknown": 2, "good": 1, "damaged": 1, "severe": 1, "missing": 1}
    assert rows(legend, "family") == {"psa": 5, "signboard": 1}
    assert rows(legend, "lifecycle") == {"in_use": 5, "suspended": 1, "planned": 1, "removed": 1}
    assert rows(legend, "theme") == {"core_values": 2, "waste_sorting": 1, "none": 4}
    assert rows(legend, "site_kind") == {"station": 1, "none": 5}
    assert rows(legend, "overdue") == {"inspection": 1, "maintenance": 1}
    assert legend["groups"]["community"] == []


def test_declared_fields_are_groups_of_their_own(town: Town, reader: Client) -> None:
    types = AssetType.objects.in_bulk(field_name="code")
    types["lamp_banner"].fixed = False
    types["lamp_banner"].save()
    artwork = make_artwork("poster", origin="central", logo=True)
    for asset, values in zip(
        town.shown[:2],
        ({"indoor": True, "artwork": artwork}, {"indoor": False, "prominent": True}),
        strict=True,
    ):
        Asset.objects.filter(pk=asset.pk).update(**values)
    legend = reader.get("/api/legend").json()
    assert rows(legend, "fixed") == {"true": 4, "false": 2}
    assert rows(legend, "indoor") == {"true": 1, "false": 1, "none": 4}
    assert rows(legend, "prominent") == {"true": 1, "none": 5}
    assert rows(legend, "artwork_origin") == {"central": 1, "none": 5}
    assert rows(legend, "artwork_logo") == {"true": 1, "none": 5}
    # Narrowed by every other group, but not by its own.
    legend = reader.get("/api/legend?indoor=true&fixed=true").json()
    assert legend["matched"] == 1
    assert rows(legend, "indoor") == {"true": 1, "false": 1, "none": 2}
    assert rows(legend, "fixed") == {"true": 1}
    assert rows(legend, "artwork_logo") == {"true": 1}
    reader.cookies["django_language"] = "en"
    legend = reader.get("/api/legend").json()
    assert [row["name"] for row in legend["groups"]["artwork_origin"]][-1] == "Not said"


def test_a_group_is_not_narrowed_by_its_own_filter(town: Town, reader: Client) -> None:
    legend = reader.get("/api/legend?street=370105001&condition=damaged").json()
    assert legend["matched"] == 1
    assert legend["total"] == 6
    # By street: what is damaged. By condition: what stands in that street. By type: both.
    assert rows(legend, "street") == {"370105001": 1}
    assert rows(legend, "condition") == {"good": 1, "damaged": 1}
    assert rows(legend, "type") == {"mural": 1}


def test_a_street_shows_its_communities(town: Town, reader: Client) -> None:
    legend = reader.get("/api/legend?street=370105001").json()
    assert rows(legend, "community") == {"370105001008": 1, "370105001009": 1}
    assert reader.get("/api/legend?street=370105001,370105002").json()["groups"]["community"] == []


def test_bars_tell_conditions(town: Town, reader: Client) -> None:
    legend = reader.get("/api/legend").json()
    east = next(row for row in legend["groups"]["street"] if row["code"] == "370105002")
    assert east["conditions"] == {
        "unknown": 1,
        "good": 0,
        "minor": 0,
        "damaged": 0,
        "severe": 1,
        "missing": 1,
    }
    assert east["bbox"] == [117.0, 36.67, 117.02, 36.7]
    assert east["approximate"] is True


def test_streets_stand_in_the_order_of_their_codes_with_the_unknown_last(town: Town, reader: Client) -> None:
    codes = [row["code"] for row in reader.get("/api/legend").json()["groups"]["street"]]
    assert codes == ["370105001", "370105002", "none"]


def test_names_follow_the_language(town: Town, reader: Client) -> None:
    assert reader.get("/api/legend").json()["groups"]["type"][0]["name"]
    reader.cookies["django_language"] = "en"
    names = {row["code"]: row["name"] for row in reader.get("/api/legend").json()["groups"]["condition"]}
    assert names["severe"] == "Severe damage"


def test_another_district_is_counted_for_its_own_people_only(
    town: Town, as_user: Looking, stranger: User
) -> None:
    legend = as_user(stranger).get("/api/legend").json()
    assert legend["total"] == 1
    assert rows(legend, "street") == {"370999001": 1}


def test_colleagues_read_the_whole_district(
    town: Town, as_user: Looking, owner: User, colleague: User
) -> None:
    for user in (owner, colleague):
        assert as_user(user).get("/api/legend").json()["total"] == 6


def test_nobody_is_asked_to_sign_in(town: Town, client: Client) -> None:
    response = client.get("/api/legend")
    assert response.status_code == 401
    assert response["Content-Type"] == "application/problem+json"


def test_a_user_without_a_role_may_not(town: Town, as_user: Looking) -> None:
    response = as_user(make_user(None)).get("/api/legend")
    assert response.status_code == 403
    assert response["Content-Type"] == "application/problem+json"


def test_what_is_misspelt_is_named(town: Town, reader: Client) -> None:
    response = reader.get("/api/legend?streeet=370105001")
    assert response.status_code == 400
    assert response.json()["parameter"] == "streeet"


def test_it_takes_few_queries_however_much_is_asked(
    town: Town, reader: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    reader.get("/api/legend")  # reads the lists
    with django_assert_max_num_queries(10):
        reader.get(
            "/api/legend?street=370105001&type=mural,notice_board&theme=none,core_values&overdue=inspection"
        )


def test_a_change_shows_at_once(town: Town, reader: Client) -> None:
    assert reader.get("/api/legend").json()["total"] == 6
    town.board.lifecycle = "removed"
    town.board.removed_on = timezone.localdate()
    town.board.removal_reason = "old"
    town.board.save()
    assert reader.get("/api/legend").json()["total"] == 5


def test_nobody_keeps_it_and_its_time_is_now(town: Town, reader: Client) -> None:
    first, second = reader.get("/api/legend"), reader.get("/api/legend")
    assert first["Cache-Control"] == "private, no-store"
    assert first.json()["as_of"] < second.json()["as_of"]
