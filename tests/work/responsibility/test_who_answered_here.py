"""The page of who answers somewhere: now, on a day in the past, in a gap; and what the old columns left to look at."""

from collections.abc import Callable
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from places.models import FormerAnswer, Site
from tests.factories import make_asset, make_keeper, make_road, make_site, make_unit
from tests.work.responsibility.conftest import JUNE, MARCH, Offices, by
from work.responsibility.actions.checking import Named
from work.responsibility.actions.hand_over import hand_over
from work.responsibility.actions.settle_former import settle_former

As = Callable[[User | None], Client]
pytestmark = pytest.mark.django_db
HERE = "/responsibility/here/"


def shown(client: Client, query: str) -> dict:
    """Posts that answer on the asked day, kinds that nobody has, and how many rows of other times there are."""
    client.cookies["django_language"] = "en"
    answer = client.get(f"{HERE}?{query}")
    assert answer.status_code == 200, answer.content.decode()
    context = answer.context
    return {
        "posts": [row.post for row in context["rows"]],
        "nobody": [(gap.kind.split(" · ")[0], gap.since, gap.until) for gap in context["nobody"]],
        "other": len(context["other"]),
    }


def test_a_site_says_who_answers_now_and_who_did(as_user: As, offices: Offices, owner: User) -> None:
    row = offices.appointed("keeper", named=Named("", "", offices.unit))
    offices.appointed("unit", named=Named("", "", offices.unit))
    offices.appointed("leader")
    hand_over(by(owner), row, Named("", "", offices.other), JUNE)
    client, site = as_user(owner), f"site={offices.site.code}"
    now = shown(client, site)
    assert now["posts"][0] == offices.other.name
    assert (len(now["posts"]), now["nobody"], now["other"]) == (3, [], 1)
    then = shown(client, f"{site}&on=2026-05-31")
    assert then["posts"][0] == offices.unit.name
    page = client.get(f"{HERE}?{site}").content.decode()
    assert str(offices.site.kind) in page
    assert "Who answers here" in page


def test_a_gap_is_told_with_its_days(as_user: As, offices: Offices, owner: User, viewer: User) -> None:
    make_keeper(offices.site, offices.unit, begins_on=MARCH, ends_on=date(2026, 3, 31))
    make_keeper(offices.site, offices.other, begins_on=JUNE, ends_on=date(2026, 6, 30))
    client, site = as_user(owner), f"site={offices.site.code}"
    for day, since, until in (
        ("2026-02-01", None, date(2026, 2, 28)),
        ("2026-04-15", date(2026, 4, 1), date(2026, 5, 31)),
        (timezone.localdate().isoformat(), date(2026, 7, 1), None),
    ):
        found = shown(client, f"{site}&on={day}")
        assert found["posts"] == []
        assert ("Keeper of a site", since, until) in found["nobody"]
        assert found["other"] == 2
    # Whoever says who answers there is led to appointing; a street's office cannot give its leader.
    assert "kind=keeper" in client.get(f"{HERE}?{site}").content.decode()
    assert "kind=leader" not in client.get(f"{HERE}?{site}").content.decode()
    assert "/responsibility/new/" not in as_user(viewer).get(f"{HERE}?{site}").content.decode()


def test_an_asset_asks_all_places_around_it(as_user: As, offices: Offices, owner: User) -> None:
    asset = make_asset(road=offices.road, site=offices.site)
    found = shown(as_user(owner), f"asset={asset.code}&on=2026-03-01")
    kinds = ["Keeper of a site", "Road chief", "Unit of a community", "Leader of a street"]
    assert [gap[0] for gap in found["nobody"]] == kinds
    for kind in ("keeper", "chief", "unit", "leader"):
        offices.appointed(kind)
    found = shown(as_user(owner), f"asset={asset.code}&on=2026-03-01")
    assert (len(found["posts"]), found["nobody"]) == (4, [])
    # Its panel leads there.
    panel = as_user(owner).get(f"/assets/{asset.code}/panel").content.decode()
    assert f"{HERE}?asset={asset.code}" in panel


def test_what_a_reader_may_not_see_does_not_exist(
    as_user: As, offices: Offices, owner: User, stranger: User, client: Client
) -> None:
    address = f"{HERE}?site={offices.site.code}"
    assert client.get(address).status_code == 302
    assert as_user(owner).get(address).status_code == 200
    assert as_user(stranger).get(address).status_code == 400
    nowhere = make_site("无处")
    assert as_user(owner).get(f"{HERE}?site={nowhere.code}").status_code == 400


def test_the_page_costs_the_same_however_long_ago_it_began(
    as_user: As, offices: Offices, owner: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for year in range(2000, 2020):
        make_keeper(
            offices.site,
            make_unit(f"单位{year}"),
            begins_on=date(year, 1, 1),
            ends_on=date(year, 12, 31),
        )
    client = as_user(owner)
    with django_assert_max_num_queries(20):
        assert shown(client, f"site={offices.site.code}")["other"] == 20


# --- What the old columns left --------------------------------------------------------------------------------------


@pytest.fixture
def former(offices: Offices) -> FormerAnswer:
    """A second person of the site."""
    return FormerAnswer.objects.create(
        site=Site.objects.get(), leader="欧阳书记", telephone="13900000001", begins_on=MARCH
    )


def test_former_answers_are_told_to_whoever_may_enter_them(
    as_user: As,
    former: FormerAnswer,
    owner: User,
    publicity: User,
    colleague: User,
    viewer: User,
    client: Client,
) -> None:
    address = "/responsibility/former/"
    assert client.get(address).status_code == 302
    assert as_user(viewer).get(address).status_code == 403
    for user in (owner, publicity):
        assert "欧阳书记" in as_user(user).get(address).content.decode()
        assert address in as_user(user).get("/responsibility/gaps/").content.decode()
    for user in (colleague, viewer):
        assert address not in as_user(user).get("/responsibility/gaps/").content.decode()
    assert "欧阳书记" not in as_user(colleague).get(address).content.decode()


def test_one_is_taken_off_the_list_and_stays_in_the_database(
    as_user: As, former: FormerAnswer, owner: User, colleague: User
) -> None:
    address, given = "/responsibility/former/", {"former": former.pk}
    assert as_user(colleague).post(address, given).status_code == 404
    for wrong in ("", "x", "²", "9" * 30, former.pk + 1):
        assert as_user(owner).post(address, {"former": wrong}).status_code == 404
    assert as_user(owner).post(address, given).status_code == 302
    former.refresh_from_db()
    assert former.settled_by == owner
    assert former.leader == "欧阳书记"
    assert "欧阳书记" not in as_user(owner).get(address).content.decode()
    at = former.settled_at
    assert settle_former(by(owner), former).settled_at == at


def test_what_a_street_said_of_its_leader_is_the_districts_to_settle(
    as_user: As, offices: Offices, owner: User, publicity: User
) -> None:
    address = "/responsibility/former/"
    for street in (offices.district.west, offices.district.east):
        former = FormerAnswer.objects.create(area=street, leader="欧阳书记", begins_on=MARCH)
        assert as_user(owner).post(address, {"former": former.pk}).status_code == 404
        with pytest.raises(PermissionDenied):
            settle_former(by(owner), former)
    assert "欧阳书记" not in as_user(owner).get(address).content.decode()
    assert "欧阳书记" in as_user(publicity).get(address).content.decode()
    assert as_user(publicity).post(address, {"former": former.pk}).status_code == 302


def test_roads_are_asked_about_by_code(as_user: As, offices: Offices, owner: User) -> None:
    road = make_road("新路", district=offices.district.district)
    assert shown(as_user(owner), f"road={road.code}")["nobody"] == [("Road chief", None, None)]
