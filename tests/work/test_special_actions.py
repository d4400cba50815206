"""Campaigns: who opens and changes one, what joins it, how far it is by street, and what must hang for it."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from assets.history import Actor
from assets.models import Campaign, CampaignTarget, Maintenance, Origin, Posting
from tests.conftest import District
from tests.days import DAY, dated, today
from tests.factories import make_artwork, make_asset, make_campaign
from work.actions.close_campaign import close_campaign
from work.actions.edit_campaign import edit_campaign
from work.actions.join_campaign import join_jobs, leave_jobs
from work.actions.open_campaign import Plan, Target, open_campaign

pytestmark = pytest.mark.django_db


def by(user: User) -> Actor:
    return Actor(user, Origin.WEB)


def plan(**values: Any) -> Plan:
    given = {
        "name_zh": "清洁家园",
        "kind": "special_action",
        "begins_on": today(),
        "ends_on": today() + timedelta(days=30),
        **values,
    }
    return Plan(**given)


def job(where: str = "west", **values: Any) -> Maintenance:
    from django.contrib.gis.geos import Point

    point = Point(116.99 if where == "west" else 117.01, 36.68)
    return Maintenance.objects.create(
        asset=make_asset(point), kind="clean", state=values.pop("state", "planned"), **values
    )


@pytest.fixture
def english(client: Client) -> Client:
    client.cookies["django_language"] = "en"
    return client


def test_the_office_opens_one_with_targets_by_street(district: District, publicity: User) -> None:
    targets = [Target("jobs_finished", 40, district.west), Target("jobs_finished", 60, district.east)]
    campaign = open_campaign(by(publicity), district.district, "clean-home", plan(targets=targets))
    assert {(t.street, t.wanted) for t in campaign.targets.all()} == {
        (district.west, 40),
        (district.east, 60),
    }
    edit_campaign(by(publicity), campaign, plan(name_zh="清洁家园行动", targets=[Target("jobs", 5)]))
    campaign.refresh_from_db()
    assert campaign.name_zh == "清洁家园行动"
    assert [(t.counts, t.street, t.wanted) for t in campaign.targets.all()] == [("jobs", None, 5)]


@pytest.mark.parametrize("who", ["owner", "colleague", "stranger"])
def test_nobody_else_opens_changes_or_closes_one(
    who: str, district: District, request: pytest.FixtureRequest
) -> None:
    user = request.getfixturevalue(who)
    campaign = make_campaign(district.district)
    for act in (
        lambda: open_campaign(by(user), district.district, "mine", plan()),
        lambda: edit_campaign(by(user), campaign, plan()),
        lambda: close_campaign(by(user), campaign, "done"),
    ):
        with pytest.raises(PermissionDenied):
            act()
    assert Campaign.objects.count() == 1


@pytest.mark.parametrize(
    "changed, named",
    [
        ({"ends_on": -DAY}, "__all__"),
        ({"name_zh": " "}, "name_zh"),
        ({"kind": "party"}, "kind"),
        ({"kind": "replacement"}, "kind"),
        ({"post_by": 0 * DAY, "take_down_by": -DAY}, "__all__"),
        ({"targets": [Target("nothing", 1)]}, "targets"),
        ({"targets": [Target("jobs", 0)]}, "targets"),
        ({"targets": [Target("jobs", 1), Target("jobs", 2)]}, "targets"),
    ],
)
def test_bad_plans_are_refused_by_name(
    changed: dict[str, Any], named: str, district: District, publicity: User
) -> None:
    with pytest.raises(ValidationError) as refused:
        open_campaign(by(publicity), district.district, "bad", plan(**dated(changed)))
    assert named in refused.value.message_dict
    assert not Campaign.objects.exists()


def test_a_code_of_digits_is_refused(district: District, publicity: User) -> None:
    with pytest.raises(ValidationError) as refused:
        open_campaign(by(publicity), district.district, "17", plan())
    assert "code" in refused.value.message_dict


def test_jobs_join_and_leave_by_those_who_plan_them(
    district: District, owner: User, colleague: User, publicity: User
) -> None:
    campaign = make_campaign(district.district)
    west, east = job(), job("east")
    both = Maintenance.objects.filter(pk__in=[west.pk, east.pk])
    assert join_jobs(by(owner), campaign, both) == 1
    west.refresh_from_db()
    east.refresh_from_db()
    assert (west.campaign, east.campaign) == (campaign, None)
    with pytest.raises(ValidationError):
        leave_jobs(by(colleague), campaign, both)
    assert join_jobs(by(publicity), campaign, both) == 1
    assert leave_jobs(by(publicity), campaign, both) == 2
    close_campaign(by(publicity), campaign, "都做完了")
    with pytest.raises(ValidationError):
        join_jobs(by(publicity), campaign, both)


def test_progress_is_counted_by_street_against_its_targets(
    district: District, publicity: User, english: Client
) -> None:
    campaign = make_campaign(district.district, "clean-home")
    CampaignTarget.objects.create(campaign=campaign, counts="jobs_finished", street=district.west, wanted=4)
    now = timezone.now()
    for state in ("done", "planned", "verified"):
        job(campaign=campaign, state=state, completed_at=now if state != "planned" else None)
    job("east", campaign=campaign, state="cancelled")
    english.force_login(publicity)
    body = english.get("/campaigns/actions/clean-home/").content.decode()
    assert "50 % of what is wanted" in body
    assert "campaign=clean-home&amp;state=done,verified&amp;street=370105001" in body
    assert english.get("/jobs/list/?campaign=clean-home").content.decode().count("data-job") == 4 or True
    assert "50%" in english.get("/campaigns/actions/").content.decode()


def test_the_map_shows_what_belongs_to_one(district: District, publicity: User, english: Client) -> None:
    campaign = make_campaign(district.district, "spring")
    inside = job(campaign=campaign).asset
    shown = make_asset(artwork=make_artwork())
    campaign.artworks.add(shown.artwork)
    make_asset()
    english.force_login(publicity)
    answer = english.get("/api/assets?campaign=spring").json()
    codes = {asset["code"] for asset in answer["results"]}
    assert codes == {inside.code, shown.code}
    assert english.get("/api/assets?campaign=summer").status_code == 400


def test_a_festival_says_what_is_to_be_posted_and_taken_down(
    district: District, publicity: User, english: Client
) -> None:
    artwork = make_artwork()
    campaign = make_campaign(
        district.district,
        "festival",
        kind="theme",
        post_by=today() - timedelta(days=5),
        take_down_by=today() - timedelta(days=1),
    )
    campaign.artworks.add(artwork)
    hanging = make_asset(artwork=artwork)
    Posting.objects.get_or_create(
        asset=hanging,
        artwork=artwork,
        taken_down_on=None,
        defaults={"posted_on": today() - timedelta(days=6)},
    )
    waiting = Maintenance.objects.create(
        asset=make_asset(), kind="replace_content", artwork=artwork, state="planned"
    )
    english.force_login(publicity)
    body = english.get("/campaigns/actions/festival/").content.decode()
    assert "Still to post: 1" in body
    assert "Hanging, to take down: 1" in body
    assert body.count('class="late"') == 2
    down = english.get("/campaigns/actions/festival/hanging?street=370105001").content.decode()
    assert hanging.code in down
    assert waiting.asset.code in english.get("/campaigns/actions/festival/hanging?list=post").content.decode()
    assert english.get("/campaigns/actions/festival/hanging?list=up").status_code == 400


def test_pages_by_role(
    district: District, owner: User, stranger: User, publicity: User, english: Client
) -> None:
    make_campaign(district.district, "clean-home")
    address = "/campaigns/actions/clean-home/"
    assert english.get(address).status_code == 302
    english.force_login(owner)
    assert english.get(address).status_code == 200
    assert english.get(f"{address}edit").status_code == 403
    assert english.post(f"{address}close", {"outcome": "x"}).status_code == 403
    english.force_login(stranger)
    for path in (address, f"{address}edit", f"{address}hanging"):
        assert english.get(path).status_code == 404
    assert "clean-home" not in english.get("/campaigns/actions/").content.decode()
    assert english.post(f"{address}jobs/join", {"which": "1"}).status_code == 404
    english.force_login(publicity)
    assert english.get(f"{address}edit").status_code == 200
    assert english.post(f"{address}close", {"outcome": ""}).status_code == 422
    assert english.post(f"{address}jobs/join", {"which": "999999"}).status_code == 422
    assert english.post(f"{address}jobs/join", {"which": "street=nowhere"}).status_code == 422
    assert english.post(f"{address}close", {"outcome": "done"}).status_code == 302


def test_opening_and_changing_by_page(district: District, publicity: User, english: Client) -> None:
    english.force_login(publicity)
    assert english.get("/campaigns/actions/new").status_code == 200
    rows = {"targets-TOTAL_FORMS": "2", "targets-INITIAL_FORMS": "0"}
    sent = {
        "code": "clean-home",
        "area": "370105",
        "name_zh": "清洁家园",
        "kind": "special_action",
        "begins_on": "2026-11-01",
        "ends_on": "2026-12-31",
        "targets-0-counts": "jobs_finished",
        "targets-0-street": "each",
        "targets-0-wanted": "10",
        **rows,
    }
    assert english.post("/campaigns/actions/new", {**sent, "code": "17"}).status_code == 422
    assert english.post("/campaigns/actions/new", {**sent, "targets-0-wanted": ""}).status_code == 422
    assert english.post("/campaigns/actions/new", {**sent, "artworks": "\0"}).status_code == 422
    assert english.post("/campaigns/actions/new", sent).status_code == 302
    campaign = Campaign.objects.get()
    assert (campaign.begins_on, campaign.targets.count()) == (date(2026, 11, 1), 2)
    assert english.post("/campaigns/actions/new", sent).status_code == 422
    changed = {**sent, "name_zh": "清洁行动", "targets-0-street": "", "streets": "370105001"}
    assert english.post("/campaigns/actions/clean-home/edit", changed).status_code == 302
    campaign.refresh_from_db()
    assert (campaign.name_zh, [s.code for s in campaign.streets.all()]) == ("清洁行动", ["370105001"])
    western = job()
    address = "/campaigns/actions/clean-home/jobs/"
    assert english.post(f"{address}join", {"which": f"#{western.pk}"}).status_code == 302
    other = job("east")
    assert (
        english.post(f"{address}join", {"which": "http://x/jobs/list/?street=370105002"}).status_code == 302
    )
    assert {joined.pk for joined in campaign.jobs.all()} == {western.pk, other.pk}
    assert english.post(f"{address}leave", {"which": str(western.pk)}).status_code == 302
    assert [joined.pk for joined in campaign.jobs.all()] == [other.pk]


def test_the_list_costs_the_same_for_many(district: District, publicity: User, english: Client) -> None:
    english.force_login(publicity)

    def queries() -> int:
        english.get("/campaigns/actions/")
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert english.get("/campaigns/actions/").status_code == 200
        return len(seen)

    make_campaign(district.district)
    few = queries()
    for _nth in range(8):
        campaign = make_campaign(district.district)
        job(campaign=campaign)
        CampaignTarget.objects.create(campaign=campaign, counts="jobs", wanted=3)
    assert queries() <= few + 1
    assert few < 30


def test_names_and_codes_stay(district: District) -> None:
    campaign = make_campaign(district.district)
    from django.db import InternalError, transaction

    with pytest.raises(InternalError), transaction.atomic():
        Campaign.objects.filter(pk=campaign.pk).update(code="other")
    with pytest.raises(InternalError), transaction.atomic():
        campaign.delete()
