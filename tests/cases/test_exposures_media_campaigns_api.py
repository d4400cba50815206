"""Exposures, media pieces and campaigns for programs and as files: rights as on their pages, one pager, few queries."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from accounts.models import Membership, Role, User
from assets.models import CampaignTarget
from cases.actions.decide_exposure import approve_exposure, refuse_exposure
from cases.actions.keep_media import Piece, keep_media_piece
from cases.actions.look_again import look_again
from cases.actions.propose_exposure import Wording, propose_exposure
from cases.models import Case, Exposure, MediaColumn, MediaPiece
from mapping.models import Export
from tests.cases.conftest import Scene, by
from tests.days import today
from tests.factories import make_campaign

pytestmark = pytest.mark.django_db
Looking = Callable[[User | None], Client]
LISTS = ["exposures", "media", "campaigns"]


def propose(scene: Scene, case: Case, title: str = "小广告成片") -> Exposure:
    wording = Wording(
        title=title,
        text="同一位置反复张贴，限期清理。",
        channel="bulletin",
        shown_from=today(),
        shown_to=today() + timedelta(days=7),
        look_again_on=today() + timedelta(days=5),
    )
    return propose_exposure(by(scene.desk), [case], wording)


def enter(scene: Scene, title: str) -> MediaPiece:
    column, _new = MediaColumn.objects.get_or_create(
        code="streets", defaults={"name_zh": "街道", "name_en": "Streets"}
    )
    piece = Piece(title, "日报", column, today(), street=scene.district.west)
    return keep_media_piece(by(scene.desk), None, piece, area=scene.district.district)


@pytest.fixture
def case(scene: Scene) -> Case:
    return scene.accept()


@pytest.fixture
def three(scene: Scene, case: Case) -> dict[str, list[str]]:
    """Three of each, by what tells them apart, the latest first."""
    exposures = [propose(scene, case, f"曝光{n}") for n in range(3)]
    approve_exposure(by(scene.second), exposures[0])
    refuse_exposure(by(scene.second), exposures[1], "看不清")
    pieces = [enter(scene, f"第{n}篇") for n in range(3)]
    campaigns = [make_campaign(scene.district.district, f"action-{n}") for n in range(3)]
    return {
        "exposures": [str(exposure.uid) for exposure in exposures][::-1],
        "media": [str(piece.pk) for piece in pieces][::-1],
        "campaigns": [campaign.code for campaign in campaigns][::-1],
    }


def key(row: dict[str, Any]) -> str:
    return str(row.get("uid") or row.get("number") or row["code"])


@pytest.mark.parametrize("which", LISTS)
def test_pages_of_one_row_give_what_one_page_gives(
    which: str, scene: Scene, three: dict[str, list[str]], as_user: Looking
) -> None:
    client = as_user(scene.desk)
    whole = client.get(f"/api/{which}").json()
    assert [key(row) for row in whole["results"]] == three[which]
    assert (whole["matched"], whole["next"]) == (3, None)
    walked, cursor = [], ""
    for _page in range(3):
        page = client.get(f"/api/{which}?page_size=1{cursor}").json()
        walked += page["results"]
        cursor = f"&cursor={page['next']}"
    assert (walked, page["next"]) == (whole["results"], None)
    for row in whole["results"]:
        alone = client.get(f"/api/{which}/{key(row)}").json()
        assert {name: alone[name] for name in row} == row


@pytest.mark.parametrize("which", LISTS)
def test_who_may_read_the_page_may_read_the_list_and_nobody_else(
    which: str, scene: Scene, three: dict[str, list[str]], as_user: Looking, owner: User, stranger: User
) -> None:
    (first, *_others) = three[which]
    for reader in (scene.desk, owner, scene.leader):
        assert as_user(reader).get(f"/api/{which}").json()["matched"] == 3
        assert as_user(reader).get(f"/api/{which}/{first}").status_code == 200
    foreign = as_user(stranger)
    assert foreign.get(f"/api/{which}").json() == {"matched": 0, "next": None, "results": []}
    assert foreign.get(f"/api/{which}/{first}").status_code == 404
    nobody = as_user(None)
    assert nobody.get(f"/api/{which}").status_code == 401
    assert nobody.get(f"/api/{which}/{first}").status_code == 401
    liaison = as_user(scene.liaison)
    for address in (f"/api/{which}", f"/api/{which}/{first}"):
        assert liaison.get(address).status_code == (200 if which == "campaigns" else 403)


@pytest.mark.parametrize(
    "address, named",
    [
        ("exposures?state=loud", "state"),
        ("exposures?campaign=none-such", "campaign"),
        ("exposures?campaign=%00", "campaign"),
        ("media?column=sport", "column"),
        ("media?from=soon", "from"),
        ("campaigns?kind=party", "kind"),
        ("campaigns?state=loud", "state"),
        *((f"{which}?page_size=0", "page_size") for which in LISTS),
        *((f"{which}?page_size=100000", "page_size") for which in LISTS),
        *((f"{which}?cursor=x", "cursor") for which in LISTS),
        *((f"{which}?colour=red", "colour") for which in LISTS),
    ],
)
def test_what_cannot_be_read_is_a_problem_that_names_it(
    address: str, named: str, scene: Scene, as_user: Looking
) -> None:
    answer = as_user(scene.desk).get(f"/api/{address}")
    assert answer.status_code == 400
    assert answer.json()["parameter"] == named


@pytest.mark.parametrize("address", ["media/99999999999999999999", "media/0", "campaigns/%00", "campaigns/x"])
def test_what_is_not_there_is_not_found(address: str, scene: Scene, as_user: Looking) -> None:
    assert as_user(scene.desk).get(f"/api/{address}").status_code == 404


def test_filters_are_those_of_the_pages(scene: Scene, three: dict[str, list[str]], as_user: Looking) -> None:
    client = as_user(scene.desk)
    for query, matched in (
        ("exposures?state=approved", 1),
        ("exposures?state=refused", 1),
        ("exposures?state=ended", 0),
        (f"media?street={scene.district.west.code}", 3),
        ("media?street=none", 0),
        ("media?q=第1篇", 1),
        ("campaigns?state=running", 3),
        ("campaigns?kind=theme", 0),
    ):
        assert client.get(f"/api/{query}").json()["matched"] == matched, query


def test_a_campaign_says_what_is_wanted_by_street(scene: Scene, case: Case, as_user: Looking) -> None:
    campaign = make_campaign(scene.district.district, "clean-home")
    CampaignTarget.objects.create(campaign=campaign, counts="cases", street=scene.district.west, wanted=4)
    Case.objects.filter(pk=case.pk).update(campaign=campaign)
    told = as_user(scene.desk).get("/api/campaigns/clean-home").json()
    (count,) = told["counts"]
    assert (count["code"], count["counted"], count["wanted"], count["percent"]) == ("cases", 1, 4, 25)
    (street,) = told["streets"]
    assert (street["code"], street["counts"]) == (scene.district.west.code, [count])


@pytest.mark.parametrize("which", LISTS)
def test_a_list_costs_the_same_for_many(
    which: str, scene: Scene, case: Case, three: dict[str, list[str]], as_user: Looking
) -> None:
    client = as_user(scene.desk)

    def queries(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(address).status_code == 200
        return len(seen)

    small, all_ = queries(f"/api/{which}?page_size=1"), queries(f"/api/{which}")
    assert all_ <= small
    assert all_ <= 20


# --- Files ----------------------------------------------------------------------------------------------------------

FILES = {
    "exposures": "/cases/exposures.",
    "media": "/cases/media/pieces.",
    "campaigns": "/campaigns/actions.",
}


@pytest.mark.parametrize("which", LISTS)
def test_the_list_is_a_file_too_and_noted_among_the_exports(
    which: str,
    scene: Scene,
    three: dict[str, list[str]],
    as_user: Looking,
    owner: User,
    stranger: User,
) -> None:
    if which == "campaigns":
        CampaignTarget.objects.create(
            campaign=make_campaign(scene.district.district, "clean-home"), counts="cases", wanted=4
        )
    client = as_user(owner)
    book = load_workbook(io.BytesIO(client.get(f"{FILES[which]}xlsx").content))
    rows = list(book.worksheets[0].values)
    assert len(rows) > 1
    line = Export.objects.latest("pk")
    assert (line.layer, line.format, line.rows) == (which, "xlsx", len(rows) - 1)
    text = client.get(f"{FILES[which]}csv").content.decode("utf-8-sig")
    assert len(text.splitlines()) == len(rows)
    assert len(as_user(stranger).get(f"{FILES[which]}csv").content.decode().splitlines()) == 1
    # Who reads here, and may take data away elsewhere only, takes nothing away here.
    Membership.objects.create(user=stranger, role=Role.VIEWER, area=scene.district.district)
    stranger = User.objects.get(pk=stranger.pk)
    assert len(as_user(stranger).get(f"{FILES[which]}csv").content.decode().splitlines()) == 1
    for reader, status in ((scene.liaison, 403), (scene.patrol, 403), (None, 302)):
        assert as_user(reader).get(f"{FILES[which]}csv").status_code == status
    assert client.get(f"{FILES[which]}csv?colour=red").status_code == 400


# --- Exposures of a case --------------------------------------------------------------------------------------------


def test_cases_are_found_by_how_far_their_exposures_are(scene: Scene, case: Case, as_user: Looking) -> None:
    other = scene.report(asset=scene.another())
    exposure = propose(scene, case)

    def found(query: str, who: User = scene.desk) -> set[str]:
        return {row["code"] for row in as_user(who).get(f"/api/cases?{query}").json()["results"]}

    assert found("exposed=proposed") == {case.code}
    assert found("exposed=none") == {other.code}
    assert found("exposed=none,proposed") == {case.code, other.code}
    # Who reads no exposures learns nothing of them.
    assert found("exposed=proposed", scene.liaison) == set()
    assert found("exposed=none", scene.liaison) == {case.code}
    approve_exposure(by(scene.second), exposure)
    assert found("exposed=proposed") == set()
    assert found("exposed=approved") == {case.code}
    answer = as_user(scene.desk).get("/ogc/collections/cases/items?exposed=approved").json()
    assert [feature["properties"]["code"] for feature in answer["features"]] == [case.code]
    assert as_user(scene.desk).get("/api/cases?exposed=loud").json()["parameter"] == "exposed"


def test_the_timeline_tells_of_exposures_to_those_who_see_them(
    scene: Scene, case: Case, as_user: Looking
) -> None:
    exposure = propose(scene, case, "反面典型")
    approve_exposure(by(scene.second), exposure)
    look_again(by(scene.desk), exposure.items.get(), "not_yet", "还在")

    def kinds(who: User) -> list[str]:
        events = as_user(who).get(f"/api/cases/{case.code}").json()["timeline"]
        return [event["kind"] for event in events if event["kind"].startswith("exposure")]

    assert kinds(scene.desk) == ["exposure looked", "exposure approved", "exposure proposed"]
    assert kinds(scene.liaison) == []
    assert "反面典型" in as_user(scene.desk).get(f"/cases/map/{case.code}/").content.decode()
    assert "反面典型" not in as_user(scene.liaison).get(f"/cases/{case.code}/").content.decode()


def test_what_was_exposed_is_seen_at_once_where_it_was_kept(
    scene: Scene, case: Case, as_user: Looking
) -> None:
    client = as_user(scene.desk)
    address = "/tiles/cases/9/422/199.mvt?exposed=approved"
    before = client.get(address)
    approve_exposure(by(scene.second), propose(scene, case))
    after = client.get(address, headers={"if-none-match": before["ETag"]})
    assert after.status_code == 200
    assert len(after.content) > len(before.content)
