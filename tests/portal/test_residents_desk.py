"""What the desk sees of residents: counts with n, spam hidden and brought back, pairs covered, approved, withdrawn."""

import json
import re
from pathlib import Path

import pytest
from django.contrib.gis.geos import Point
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from assets.models import Photo, PhotoStage
from assets.photos import photo_file, store_photo
from cases.actions.dispatch_case import accept_case, dispatch_case
from cases.actions.file_case import file_case
from cases.actions.fix_case import fix_case, reopen_case, verify_fix
from cases.models import Case, CasePhoto, State, Verb
from places.models import Area
from portal.actions.mark_spam import mark_spam, unmark_spam
from portal.actions.publish_pair import publish_pair, read_boxes, redact_photo, withdraw_pair
from portal.actions.report_as_resident import report_as_resident
from portal.actions.say import Place, answer_card, remark
from portal.desk.counting import FEWEST_TO_RANK, Share, by_site, by_street, ranked, total
from portal.models import PublishedPair, Redaction, RemarkKind, ResidentAnswer, Satisfied
from tests.cases.conftest import Scene, by, calendar, scene
from tests.factories import make_asset, make_site
from tests.mapping.conftest import as_user
from tests.mapping.pictures import jpeg

__all__ = ["as_user", "calendar", "scene"]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def opened(settings: Settings, tmp_path: Path) -> None:
    settings.PUBLIC_REPORTS = True
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def desk(scene: Scene) -> Client:
    client = Client()
    client.force_login(scene.desk)
    client.cookies["django_language"] = "en"
    return client


def text(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]


def answers(place: Place, yes: int, no: int) -> None:
    for answer, times in ((Satisfied.YES, yes), (Satisfied.NO, no)):
        for _ in range(times):
            answer_card(place, answer)


def closed(scene: Scene) -> Case:
    """A closed case with real photos: white before, red afterwards."""
    white, red = store_photo(jpeg("white")), store_photo(jpeg("red"))
    case = scene.report(photos=[white])
    case = dispatch_case(by(scene.desk), file_case(by(scene.desk), case), scene.unit, "theirs")
    case = fix_case(by(scene.liaison), accept_case(by(scene.liaison), case), [red])
    return verify_fix(by(scene.patrol), case, seen=True)


def copies(scene: Scene, case: Case) -> tuple[Redaction, Redaction]:
    before, after = case.photos.order_by("id")
    first = redact_photo(by(scene.desk), before, [[0, 0, 0.5, 0.5]])
    return first, redact_photo(by(scene.desk), after, [])


def published(scene: Scene) -> PublishedPair:
    case = closed(scene)
    return publish_pair(by(scene.desk), case, *copies(scene, case), "擦干净了", looked_at=True)


# --- Counting -------------------------------------------------------------------------------------------------------


def test_streets_have_a_place_from_twenty_answers_on_and_always_show_n(scene: Scene, desk: Client) -> None:
    east = make_asset(Point(117.01, 36.68, srid=4326))
    answers(Place(asset=scene.asset), FEWEST_TO_RANK - 1, 1)
    answers(Place(asset=east), FEWEST_TO_RANK - 1, 0)
    west_share, east_share = by_street(ResidentAnswer.objects.all())
    assert (west_share.name, west_share.n, west_share.rate, west_share.rank) == ("无影山街道", 20, 95.0, 1)
    assert (east_share.name, east_share.n, east_share.rank) == ("天桥东街街道", 19, None)
    page = text(desk.get("/residents/"))
    assert "97.4 % of 39 answers" in page
    assert "too few answers" in page


def test_sites_count_what_is_said_of_them_and_of_what_stands_there(scene: Scene) -> None:
    site = make_site("济南站", area=scene.district.southwest)
    answers(Place(site=site), 2, 0)
    answers(Place(asset=make_asset(site=site)), 0, 1)
    answers(Place(asset=scene.asset), 5, 0)
    assert by_site(ResidentAnswer.objects.all()) == [Share("济南站", 2, 0, 1, site.code)]


def test_what_is_spam_counts_nowhere(scene: Scene) -> None:
    answers(Place(asset=scene.asset), 1, 1)
    mark_spam(by(scene.desk), ResidentAnswer.objects.get(answer="no"))
    assert total(ResidentAnswer.objects.all()) == Share("", 1, 0, 0)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40)), max_size=8))
def test_equal_rates_share_a_place_and_better_ones_stand_before(counts: list[tuple[int, int, int]]) -> None:
    shares = [Share(str(n), *answers) for n, answers in enumerate(counts) if sum(answers)]
    placed = list(ranked(shares))
    assert sorted(share.name for share in placed) == sorted(share.name for share in shares)
    for share in placed:
        assert share.rank == 1 + sum(1 for other in shares if (other.rate or 0) > (share.rate or 0))


# --- Spam -----------------------------------------------------------------------------------------------------------


def test_spam_is_hidden_with_one_click_and_brought_back_with_history(scene: Scene, desk: Client) -> None:
    answer = answer_card(Place(asset=scene.asset), Satisfied.NO)
    assert desk.post(f"/residents/answers/{answer.uid}/spam").status_code == 302
    assert f"/residents/answers/{answer.uid}/" not in text(desk.get("/residents/"))
    assert f"/residents/answers/{answer.uid}/no-spam" in text(desk.get("/residents/?spam=yes"))
    desk.post(f"/residents/answers/{answer.uid}/no-spam")
    answer.refresh_from_db()
    assert not answer.spam
    history = answer.events.order_by("pgh_id").values_list("spam", "pgh_context__metadata__actor")
    assert [row[0] for row in history] == [False, True, False]
    assert [row[1] for row in history][1:] == ["publicity", "publicity"]


def test_a_report_that_is_spam_leaves_the_inbox_and_comes_back(scene: Scene, desk: Client) -> None:
    case, _code = report_as_resident(scene.category, asset=scene.asset, description="买药请加")
    assert f"/residents/reports/{case.code}/spam" in text(desk.get("/cases/inbox/"))
    answer = desk.post(f"/residents/reports/{case.code}/spam", {"next": "/cases/inbox/"})
    assert answer["Location"] == "/cases/inbox/"
    case.refresh_from_db()
    assert case.state == State.REJECTED
    assert not case.clocks.filter(ended_at=None).exists()
    assert f"/residents/reports/{case.code}/" not in text(desk.get("/residents/reports/"))
    assert f"/residents/reports/{case.code}/no-spam" in text(desk.get("/residents/reports/?spam=yes"))
    desk.post(f"/residents/reports/{case.code}/no-spam")
    case.refresh_from_db()
    assert case.state == State.REPORTED
    assert case.clocks.filter(ended_at=None).count() == 1
    assert f"/residents/reports/{case.code}/spam" in text(desk.get("/residents/reports/"))
    assert list(case.steps.order_by("id").values_list("verb", flat=True)) == [
        Verb.REPORT,
        Verb.REJECT,
        Verb.TAKE_UP,
    ]


def test_what_is_decided_already_is_no_spam_any_more(scene: Scene, desk: Client) -> None:
    case, _code = report_as_resident(scene.category, asset=scene.asset, description="脏")
    file_case(by(scene.desk), case)
    desk.post(f"/residents/reports/{case.code}/spam")
    case.refresh_from_db()
    assert case.state == State.FILED


def test_nobody_is_led_elsewhere_by_a_button(scene: Scene, desk: Client) -> None:
    answer = answer_card(Place(asset=scene.asset), Satisfied.NO)
    sent = desk.post(f"/residents/answers/{answer.uid}/spam", {"next": "https://evil.example/"})
    assert sent["Location"] == "/residents/"


# --- Who ------------------------------------------------------------------------------------------------------------

PAGES = ("/residents/", "/residents/remarks/", "/residents/reports/", "/residents/pairs/")


def test_the_pages_are_the_desks(scene: Scene, as_user, owner: User, stranger: User, viewer: User) -> None:
    remark(Place(asset=scene.asset), RemarkKind.PRAISE, "真好看", telephone="13700000003")
    answer = answer_card(Place(asset=scene.asset), Satisfied.NO)
    pair = published(scene)
    writes = (
        f"/residents/answers/{answer.uid}/spam",
        f"/residents/pairs/{pair.uid}/withdraw",
        f"/residents/publish/{pair.case.code}/",
        f"/residents/redact/{pair.before.source.uid}/",
    )
    for page in (*PAGES, f"/residents/copies/{pair.before.uid}/thumb"):
        assert as_user(scene.desk).get(page).status_code == 200
        assert as_user(None).get(page).status_code == 302
        for user in (owner, viewer, scene.patrol, scene.liaison, scene.leader):
            assert as_user(user).get(page).status_code == 403
    assert "13700000003" in text(as_user(scene.desk).get("/residents/remarks/"))
    assert "13700000003" not in text(as_user(stranger).get("/residents/remarks/"))
    assert as_user(stranger).get(f"/residents/copies/{pair.before.uid}/thumb").status_code == 404
    for address in writes:
        assert as_user(None).post(address).status_code == 302
        assert as_user(viewer).post(address).status_code == 403
        assert as_user(stranger).post(address).status_code == 404
    assert not ResidentAnswer.objects.get().spam
    assert PublishedPair.objects.get().withdrawn_at is None


def test_actions_ask_for_the_right_themselves(scene: Scene, stranger: User, viewer: User) -> None:
    answer = answer_card(Place(asset=scene.asset), Satisfied.NO)
    pair = published(scene)
    for user in (stranger, viewer):
        for act in (
            lambda user=user: mark_spam(by(user), answer),
            lambda user=user: unmark_spam(by(user), answer),
            lambda user=user: redact_photo(by(user), pair.before.source, []),
            lambda user=user: publish_pair(by(user), pair.case, pair.before, pair.after, "x", looked_at=True),
            lambda user=user: withdraw_pair(by(user), pair),
        ):
            with pytest.raises(PermissionDenied):
                act()


def test_lists_ask_the_database_a_bounded_number_of_times(
    scene: Scene, desk: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(12):
        answer_card(Place(asset=scene.another()), Satisfied.NO)
        remark(Place(asset=scene.another()), RemarkKind.PRAISE, "好")
        report_as_resident(scene.category, asset=scene.another(), description="脏")
    for page in PAGES:
        desk.get(page)
        with django_assert_max_num_queries(22):
            desk.get(page)


def test_a_period_that_does_not_exist_is_named(scene: Scene, desk: Client) -> None:
    refused = desk.get("/residents/?days=7")
    assert refused.status_code == 400
    assert "days" in text(refused)


# --- Covering, approving, showing -----------------------------------------------------------------------------------


def test_boxes_are_burnt_into_a_copy_and_the_photo_stays(scene: Scene) -> None:
    case = closed(scene)
    photo = case.photos.order_by("id").first()
    assert photo is not None
    kept = photo_file(photo.stored).read_bytes()
    copy = redact_photo(by(scene.desk), photo, [[0.5, 0.5, 0, 0]])
    assert photo_file(photo.stored).read_bytes() == kept
    for size in ("original", "medium", "thumb"):
        picture = Image.open(photo_file(copy.stored, size)).convert("RGB")
        assert max(picture.getpixel((3, 3))) < 40, size
        assert min(picture.getpixel((picture.width - 4, picture.height - 4))) > 215, size
        assert not picture.getexif()
    with pytest.raises(DatabaseError), transaction.atomic():
        Redaction.objects.update(boxes=[])


numbers = st.floats(-2, 3) | st.integers(-2, 3)


@given(st.lists(st.lists(numbers, min_size=4, max_size=4), max_size=6))
def test_boxes_lie_inside_the_photo_with_their_corners_in_order(boxes: list[list[float]]) -> None:
    for left, top, right, bottom in read_boxes(boxes):
        assert 0 <= left < right <= 1
        assert 0 <= top < bottom <= 1


@pytest.mark.parametrize(
    "boxes",
    ["nonsense", "{}", "[1]", "[[1,2,3]]", '[["a",0,1,1]]', "[[NaN,0,1,1]]", json.dumps([[0, 0, 1, 1]] * 61)],
)
def test_what_are_no_boxes_is_said(scene: Scene, desk: Client, boxes: str) -> None:
    photo = CasePhoto.objects.filter(case=closed(scene)).order_by("id")[0]
    assert desk.post(f"/residents/redact/{photo.uid}/", {"boxes": boxes}).status_code == 422
    assert not Redaction.objects.exists()


def test_the_desk_covers_looks_approves_and_withdraws(scene: Scene, desk: Client, client: Client) -> None:
    case = closed(scene)
    page = f"/residents/publish/{case.code}/"
    assert page in text(desk.get(f"/cases/{case.code}/"))
    for photo in case.photos.order_by("id"):
        assert desk.get(f"/residents/redact/{photo.uid}/").status_code == 200
        assert desk.post(f"/residents/redact/{photo.uid}/", {"boxes": "[[0,0,0.5,0.5]]"}).status_code == 302
    before, after = Redaction.objects.order_by("id")
    assert "Nothing is shown" in text(client.get("/before-after/", headers={"Cookie": "django_language=en"}))
    given = {"words": "擦干净了", "before": before.uid, "after": after.uid}
    assert "Look at both copies" in text(desk.post(page, given))
    assert "newer copy" in text(desk.post(page, {**given, "looked_at": "on", "before": after.uid}))
    assert desk.post(page, {**given, "looked_at": "on"}).status_code == 302
    shown = text(client.get("/before-after/"))
    assert "擦干净了" in shown
    for copy in (before, after):
        assert client.get(f"/before-after/{copy.uid}/medium").status_code == 200
        assert client.get(f"/before-after/{copy.source.uid}/medium").status_code == 404
        assert client.get(f"/before-after/{copy.uid}/original").status_code == 404
    desk.post(f"/residents/pairs/{PublishedPair.objects.get().uid}/withdraw")
    assert "擦干净了" not in text(client.get("/before-after/"))
    assert client.get(f"/before-after/{before.uid}/medium").status_code == 404


def test_a_copy_that_nobody_approved_is_public_nowhere(scene: Scene, client: Client) -> None:
    for copy in copies(scene, closed(scene)):
        assert client.get(f"/before-after/{copy.uid}/medium").status_code == 404


def test_only_closed_cases_and_their_own_copies_are_shown(scene: Scene) -> None:
    pair = published(scene)
    other = published(scene)
    with pytest.raises(ValidationError, match="before"):
        publish_pair(by(scene.desk), pair.case, other.before, pair.after, "x", looked_at=True)
    with pytest.raises(ValidationError, match="before"):
        publish_pair(by(scene.desk), pair.case, pair.after, pair.before, "x", looked_at=True)
    with pytest.raises(ValidationError):
        publish_pair(by(scene.desk), pair.case, pair.before, pair.after, " ", looked_at=True)
    again = publish_pair(by(scene.desk), pair.case, pair.before, pair.after, "anew", looked_at=True)
    pair.refresh_from_db()
    assert pair.withdrawn_at is not None
    assert again.withdrawn_at is None
    unfinished = scene.report(asset=scene.another())
    with pytest.raises(ValidationError):
        publish_pair(by(scene.desk), unfinished, pair.before, pair.after, "x", looked_at=True)


def test_a_case_that_was_opened_again_is_shown_no_longer(scene: Scene, client: Client) -> None:
    pair = published(scene)
    reopen_case(by(scene.patrol), pair.case, "脏了")
    assert "擦干净了" not in text(client.get("/before-after/"))
    assert client.get(f"/before-after/{pair.before.uid}/medium").status_code == 404


def test_without_the_switch_nothing_is_shown(scene: Scene, client: Client, settings: Settings) -> None:
    pair = published(scene)
    settings.PUBLIC_REPORTS = False
    assert client.get("/before-after/").status_code == 404
    assert client.get(f"/before-after/{pair.before.uid}/medium").status_code == 404


def test_the_area_of_a_said_thing_is_that_of_its_place(scene: Scene) -> None:
    answer = answer_card(Place(asset=scene.asset), Satisfied.YES)
    assert answer.scope_code == Area.objects.get(pk=scene.asset.area_id).code


# --- Long lists -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address", ["/residents/", "/residents/remarks/", "/residents/reports/", "/residents/pairs/"]
)
def test_a_list_of_the_desk_says_what_its_cursor_is_called(desk: Client, address: str) -> None:
    wanted = {"cursor=x": "does not belong to this list", "page=2": "Its name is “cursor” now.", "x=1": "x"}
    for query, words in wanted.items():
        answer = desk.get(f"{address}?{query}")
        assert answer.status_code == 400, query
        assert words in text(answer)


def test_what_was_said_goes_on_by_cursor_and_keeps_its_period(
    scene: Scene, desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.desk.hearing.A_PAGE", 2)
    answers(Place(asset=scene.asset), 2, 1)
    first = text(desk.get("/residents/?days=365"))
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following is not None
    assert "days=365" in following[1]
    second = text(desk.get("/residents/" + following[1].replace("&amp;", "&")))
    assert [page.count('<li class="panel">') for page in (first, second)] == [2, 1]
    assert "To the first page" in second
    refused = desk.get("/residents/?spam=maybe")
    assert refused.status_code == 400
    assert "maybe" in text(refused)


def test_pairs_go_on_by_cursor_and_a_messengers_parameter_closes_nothing(
    scene: Scene, client: Client
) -> None:
    assert client.get("/before-after/?from=singlemessage").status_code == 200
    client.cookies["django_language"] = "en"
    wanted = {"cursor=x": "does not belong to this list", "page=2": "Its name is “cursor” now."}
    for query, words in wanted.items():
        answer = client.get(f"/before-after/?{query}")
        assert answer.status_code == 400
        assert words in text(answer)


# --- Photos of the job that put it right ----------------------------------------------------------------------------


def closed_by_its_job(scene: Scene) -> Case:
    """A case whose only pair of photos came with the maintenance job."""
    case = scene.dispatch()
    assert case.job is not None
    for stage, colour in ((PhotoStage.BEFORE, "green"), (PhotoStage.AFTER, "blue")):
        stored = store_photo(jpeg(colour))
        Photo.objects.create(
            asset=case.job.asset,
            maintenance=case.job,
            stage=stage,
            sha256=stored.sha256,
            width=stored.width,
            height=stored.height,
        )
    case = accept_case(by(scene.liaison), case)
    case = fix_case(by(scene.liaison), case, [store_photo(jpeg("red"))])
    return verify_fix(by(scene.patrol), case, seen=True)


def test_photos_of_a_job_are_covered_and_shown_like_a_cases_own(
    scene: Scene, desk: Client, client: Client
) -> None:
    case = closed_by_its_job(scene)
    page = f"/residents/publish/{case.code}/"
    for photo in case.job.photos.order_by("id"):
        address = f"/residents/redact/{case.code}/{photo.uid}/"
        assert address in text(desk.get(page))
        assert f"/photos/{photo.uid}/original" in text(desk.get(address))
        assert desk.post(address, {"boxes": "[[0,0,0.5,0.5]]"}).status_code == 302
    before, after = Redaction.objects.order_by("id")
    assert desk.get(f"/residents/copies/{before.uid}/medium").status_code == 200
    given = {"words": "擦干净了", "before": before.uid, "after": after.uid, "looked_at": "on"}
    assert desk.post(page, given).status_code == 302
    assert "擦干净了" in text(client.get("/before-after/"))
    assert client.get(f"/before-after/{before.uid}/medium").status_code == 200
    assert client.get(f"/before-after/{before.source.uid}/medium").status_code == 404


def test_a_photo_of_another_job_is_none_of_the_case(
    scene: Scene, desk: Client, as_user, stranger: User
) -> None:
    case, other = closed_by_its_job(scene), published(scene).case
    photo = case.job.photos.order_by("id").first()
    copy = redact_photo(by(scene.desk), photo, [])
    assert desk.get(f"/residents/redact/{other.code}/{photo.uid}/").status_code == 404
    for address in (f"/residents/redact/{case.code}/{photo.uid}/", f"/residents/copies/{copy.uid}/medium"):
        assert as_user(stranger).get(address).status_code in (403, 404)
        assert as_user(None).get(address).status_code == 302
    with pytest.raises(PermissionDenied):
        redact_photo(by(stranger), photo, [])
    with pytest.raises(ValidationError, match="before"):
        publish_pair(by(scene.desk), other, copy, copy, "不是", looked_at=True)
    Photo.objects.filter(pk=photo.pk).update(maintenance=None)
    photo.refresh_from_db()
    with pytest.raises(ValidationError, match="photo"):
        redact_photo(by(scene.desk), photo, [])
    with pytest.raises(DatabaseError), transaction.atomic():
        Redaction.objects.create(sha256="0" * 64, width=1, height=1)
