"""The pages of responsibility: what each reader sees there, what it costs, and what gaps there are."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Role, User
from places.models import Responsibility
from tests.factories import make_asset, make_site, make_user
from tests.work.responsibility.conftest import MARCH, Offices
from work.responsibility.actions.checking import Named
from work.responsibility.gaps import gap_counts

As = Callable[[User | None], Client]
pytestmark = pytest.mark.django_db
PAGES = ("", "people/", "gaps/", "indicators/", "gaps.geojson")
NAME, TELEPHONE = "张三", "13800001234"


def counts(user: User) -> dict[str, int]:
    """The gaps that a reader finds."""
    return {gap.name: gap.count for gap in gap_counts(user)}


@pytest.mark.parametrize("page", PAGES)
def test_nobody_signed_in_sees_a_page(client: Client, offices: Offices, page: str) -> None:
    assert client.get(f"/responsibility/{page}").status_code == 302


@pytest.mark.parametrize("page", PAGES)
def test_every_reader_has_the_pages(
    as_user: As, offices: Offices, owner: User, viewer: User, page: str
) -> None:
    for kind in ("leader", "unit", "keeper", "chief", "head", "stairwell"):
        offices.appointed(kind)
    for user in (owner, viewer):
        assert as_user(user).get(f"/responsibility/{page}").status_code == 200


def test_names_and_telephones_are_told_to_those_who_may_know_them(
    as_user: As, offices: Offices, owner: User, colleague: User, stranger: User, publicity: User, viewer: User
) -> None:
    row = offices.appointed("unit")
    leader = make_user(Role.LEADER, offices.district.west, username="chief")
    addresses = (
        "/responsibility/",
        "/responsibility/people/",
        f"/responsibility/{row.uid}/",
        f"/responsibility/people/{row.holder_id}/",
        f"/responsibility/here/?area={offices.district.southwest.code}",
    )
    for address in addresses:
        for user in (owner, publicity, leader):
            shown = as_user(user).get(address).content.decode()
            assert NAME in shown, (address, user)
            assert TELEPHONE in shown, (address, user)
        for user in (colleague, viewer):
            shown = as_user(user).get(address).content.decode()
            assert "书记" in shown
            assert NAME not in shown, (address, user)
            assert TELEPHONE not in shown, (address, user)
        answer = as_user(stranger).get(address)
        assert answer.status_code in (200, 404, 400)
        for secret in (NAME, TELEPHONE, "书记", offices.unit.name):
            assert secret not in answer.content.decode(), (address, secret)


def test_an_asset_shows_who_answers_for_it_today(
    as_user: As, offices: Offices, owner: User, viewer: User
) -> None:
    offices.appointed("unit")
    asset = make_asset()
    shown = as_user(owner).get(f"/assets/{asset.code}/panel").content.decode()
    assert NAME in shown
    shown = as_user(viewer).get(f"/assets/{asset.code}/panel").content.decode()
    assert "书记" in shown
    assert NAME not in shown


def test_gaps_are_what_nobody_answers_for(offices: Offices, publicity: User, stranger: User) -> None:
    assert counts(publicity) == {
        "streets": 2,
        "communities": 2,
        "indicators": 1,
        "roads": 1,
        "sites": 1,
        "overlaps": 0,
        "expired": 0,
        "telephone": 0,
    }
    assert counts(stranger) == {**dict.fromkeys(counts(publicity), 0), "streets": 1}
    yesterday = timezone.localdate() - timedelta(days=1)
    offices.appointed("leader", named=Named("李四", "书记"))
    offices.appointed("keeper", ends_on=yesterday)
    offices.appointed("chief")
    second = offices.appointed("chief", named=Named("李四", "书记"), beside_others=True)
    found = counts(publicity)
    assert (found["streets"], found["sites"], found["roads"]) == (1, 1, 0)
    assert (found["overlaps"], found["expired"], found["telephone"]) == (1, 1, 2)
    Responsibility.objects.filter(pk=second.pk).update(ends_on=MARCH)
    assert counts(publicity)["overlaps"] == 0


@pytest.mark.parametrize(
    "gap", ["streets", "communities", "indicators", "roads", "sites", "overlaps", "expired", "telephone"]
)
def test_every_gap_has_its_list(as_user: As, offices: Offices, publicity: User, gap: str) -> None:
    offices.appointed("chief", named=Named("李四", "书记"), ends_on=MARCH)
    offices.appointed("leader", named=Named("李四", "书记"))
    offices.appointed("leader", named=Named("王五", "书记"), beside_others=True)
    answer = as_user(publicity).get(f"/responsibility/gaps/?gap={gap}")
    assert answer.status_code == 200


def test_the_map_draws_what_nobody_answers_for(
    as_user: As, offices: Offices, publicity: User, stranger: User
) -> None:
    features = as_user(publicity).get("/responsibility/gaps.geojson").json()["features"]
    assert {feature["properties"]["gap"] for feature in features} == {"streets", "communities", "sites"}
    codes = {
        feature["properties"]["code"]
        for feature in as_user(stranger).get("/responsibility/gaps.geojson").json()["features"]
    }
    assert codes == {"370999001"}


@pytest.mark.parametrize(
    "address, name",
    [
        ("/responsibility/?kind=king", "kind"),
        ("/responsibility/?street=370105099", "street"),
        ("/responsibility/?on=soon", "on"),
        ("/responsibility/?on=2026-13-01", "on"),
        ("/responsibility/?who=x", "who"),
        ("/responsibility/?cursor=x", "cursor"),
        ("/responsibility/gaps/?gap=none", "gap"),
        ("/responsibility/here/", "asset"),
        ("/responsibility/here/?site=none", "site"),
        ("/responsibility/here/?asset=%00", "asset"),
        ("/map/?answers=x", "answers"),
        ("/map/?answers=p99999", "answers"),
        ("/cases/?answers=u99999", "answers"),
    ],
)
def test_what_an_address_cannot_mean_is_refused_by_name(
    as_user: As, offices: Offices, publicity: User, address: str, name: str
) -> None:
    answer = as_user(publicity).get(address)
    assert answer.status_code == 400
    assert name in answer.content.decode()


def test_lists_cost_the_same_however_long_they_are(
    as_user: As, offices: Offices, publicity: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(12):
        site = make_site(area=offices.district.southwest, name=f"点位{number}")
        offices.site = site
        offices.appointed("keeper", named=Named(f"某{number}", "管理员", offices.unit))
    client = as_user(publicity)
    for page, most in (("", 14), ("people/", 12), ("gaps/", 22), ("gaps/?gap=sites", 22)):
        with django_assert_max_num_queries(most):
            assert client.get(f"/responsibility/{page}").status_code == 200


def test_somebody_is_appointed_and_handed_over_on_the_pages(
    as_user: As, offices: Offices, owner: User, colleague: User
) -> None:
    given = {
        "kind": "unit",
        "place": offices.district.southwest.name,
        "unit": offices.unit.pk,
        "begins_on": "2026-03-01",
    }
    client = as_user(owner)
    assert as_user(colleague).post("/responsibility/new/", given).status_code == 403
    client = as_user(owner)
    assert client.post("/responsibility/new/", {**given, "place": "无此处"}).status_code == 422
    assert client.post("/responsibility/new/", given).status_code == 302
    row = Responsibility.objects.get()
    address = f"/responsibility/{row.uid}/hand-over"
    successor = {"unit": offices.other.pk, "from_day": "2026-06-01"}
    assert as_user(colleague).post(address, successor).status_code == 403
    client = as_user(owner)
    assert client.post(address, {"unit": offices.other.pk, "from_day": "soon"}).status_code == 422
    assert client.post(address, successor).status_code == 302
    assert Responsibility.objects.count() == 2
    assert client.post(f"/responsibility/{row.uid}/dance", {}).status_code == 404


def test_a_leaders_account_is_named_on_the_page_and_shown_to_few(
    as_user: As, offices: Offices, publicity: User, viewer: User
) -> None:
    given = {
        "kind": "leader",
        "place": offices.district.west.code,
        "post": "书记",
        "name": NAME,
        "account": "nobody-of-this-name",
        "begins_on": "2026-03-01",
    }
    client = as_user(publicity)
    answer = client.post("/responsibility/new/", given)
    assert answer.status_code == 422
    assert "nobody-of-this-name" in answer.content.decode()
    assert client.post("/responsibility/new/", {**given, "account": viewer.username}).status_code == 302
    row = Responsibility.objects.get()
    assert row.holder.user == viewer
    address, shown = f"/responsibility/{row.uid}/", f"<dd>{viewer.username}</dd>"
    assert shown in client.get(address).content.decode()
    assert shown not in as_user(viewer).get(address).content.decode()


def test_what_a_holder_has_that_is_out_of_use_hinders_no_correction(
    as_user: As, offices: Offices, publicity: User, viewer: User
) -> None:
    row = offices.appointed("leader", named=Named("李四", "书记", offices.unit, user=viewer))
    User.objects.filter(pk=viewer.pk).update(is_active=False)
    type(offices.unit).objects.filter(pk=offices.unit.pk).update(active=False)
    client, address = as_user(publicity), f"/responsibility/{row.uid}/correct"
    given = {
        "unit": offices.unit.pk,
        "post": "书记",
        "name": "李四",
        "account": viewer.username,
        "begins_on": "2026-04-01",
    }
    assert client.post(address, given).status_code == 302
    row.refresh_from_db()
    assert (row.begins_on.month, row.holder.user) == (4, viewer)
    # For anybody else they are not offered.
    other = offices.appointed("chief", named=Named("赵六", "路长"))
    answer = client.post(f"/responsibility/{other.uid}/correct", given)
    assert answer.status_code == 422
    assert set(dict(answer.context["steps"][2])["form"].errors) == {"unit", "account"}
    assert client.post(address, {**given, "account": ""}).status_code == 302
    row.holder.refresh_from_db()
    assert row.holder.user is None


def test_an_indicator_is_the_districts_to_keep(
    as_user: As, offices: Offices, owner: User, publicity: User
) -> None:
    given = {"code": "I-02", "name": "知晓率", "district": "370105", "computed": "by_hand", "active": "on"}
    assert as_user(owner).post("/responsibility/indicators/new/", given).status_code == 422
    assert as_user(publicity).post("/responsibility/indicators/new/", given).status_code == 302
    assert as_user(publicity).post("/responsibility/indicators/new/", given).status_code == 422
