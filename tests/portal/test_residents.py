"""Residents without an account: satisfied or not in one tap, a report with a tracking code, how far it is."""

import re
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.throttle import (
    OF_ONE_CARD,
    RESIDENT_LOOKS,
    RESIDENT_REPORTS,
    RESIDENT_TAPS,
    RESIDENT_UPLOADS,
    take,
)
from cases.actions.dispatch_case import accept_case, dispatch_case
from cases.actions.file_case import file_case, merge_case, reject_case
from cases.actions.fix_case import fix_case, reopen_case, verify_fix
from cases.actions.report_problem import report_problem
from cases.actions.urge_case import urge_case
from cases.models import Case, Source, State, Verb
from cases.residents import a_resident
from portal.actions.say import answer_card, place_of_asset
from portal.models import ResidentAnswer, ResidentRemark, ResidentReport, Satisfied
from portal.residents.tracking import LETTERS, code_of, report_of, spelled, tidy
from tests.cases.conftest import Scene, by, calendar, photo, scene
from tests.factories import make_keeper, make_site
from tests.mapping.pictures import jpeg

__all__ = ["calendar", "scene"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def passer_by(scene: Scene, settings: Settings, tmp_path: Path) -> Client:
    """Somebody in the street, where reports without an account are taken."""
    settings.PUBLIC_REPORTS = True
    settings.MEDIA_ROOT = tmp_path
    client = Client()
    client.cookies["django_language"] = "en"
    return client


def text(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]


def report(client: Client, scene: Scene, status: int = 200, **given: object) -> str:
    values = {"category": "soiled", "plate": scene.asset.code, "description": "脏了", **given}
    response = client.post("/report/", values)
    if status == 200:
        assert (response.status_code, response["Location"]) == (302, "/report/sent"), text(response)
        response = client.get("/report/sent")
    assert response.status_code == status, text(response)
    return text(response)


def code_in(page: str) -> str:
    found = re.search(r'tracking-code">([\w-]+)<', page)
    assert found
    return found[1]


def progress(client: Client, code: str, status: int = 200) -> str:
    response = client.post("/progress/", {"code": code})
    assert response.status_code == status
    return text(response)


def closed(scene: Scene, case: Case) -> Case:
    case = file_case(by(scene.desk), case)
    case = dispatch_case(by(scene.desk), case, scene.unit, "theirs")
    case = accept_case(by(scene.liaison), case)
    case = fix_case(by(scene.liaison), case, [photo(2)])
    return verify_fix(by(scene.patrol), case, seen=True)


# --- Switched off ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "/report/",
        "/report/place",
        "/report/map.svg",
        "/progress/",
        "/progress/solved",
        "/a/1/answer",
        "/s/S1",
        "/s/S1/answer",
        "/s/S1/remark",
        "/before-after/",
    ],
)
def test_nothing_is_there_until_the_operator_opens_it(scene: Scene, client: Client, address: str) -> None:
    assert client.get(address).status_code == 404
    assert client.post(address, {"category": "soiled", "description": "x"}).status_code == 404
    assert 'name="answer"' not in text(client.get(f"/a/{scene.asset.code}"))
    with pytest.raises(PermissionDenied):
        report_problem(a_resident(), scene.category, Source.RESIDENT, asset=scene.asset)


# --- Satisfied or not -----------------------------------------------------------------------------------------------


def test_one_tap_on_a_plates_card_is_an_answer_and_more_may_follow_once(
    scene: Scene, passer_by: Client
) -> None:
    card = text(passer_by.get(f"/a/{scene.asset.code}"))
    assert re.findall(r'name="answer" value="(\w+)"', card) == ["yes", "fairly", "no"]
    page = text(passer_by.post(f"/a/{scene.asset.code}/answer", {"answer": "no"}, follow=True))
    made = ResidentAnswer.objects.get()
    assert (made.asset, made.site, made.answer, made.words) == (scene.asset, None, "no", "")
    assert (made.scope_code, made.street) == (scene.asset.scope_code, scene.asset.street)
    assert f"/answers/{made.uid}/more" in page
    file = SimpleUploadedFile("x.jpg", jpeg(), "image/jpeg")
    given = {"about": "state", "words": "灯不亮", "telephone": "13700000003", "photos": file}
    sent = passer_by.post(f"/answers/{made.uid}/more", given, follow=True)
    assert sent.redirect_chain == [(f"/answers/{made.uid}/more", 302)]
    assert "shown to nobody else" in text(sent)
    again = passer_by.post(f"/answers/{made.uid}/more", {"words": "changed"})
    assert again.status_code == 422
    made.refresh_from_db()
    assert (made.about, made.words, made.telephone, made.width) == ("state", "灯不亮", "13700000003", 32)
    for change in ({"answer": "yes"}, {"words": "changed"}, {"site": None, "asset": None}):
        with pytest.raises(DatabaseError), transaction.atomic():
            ResidentAnswer.objects.update(**change)


def test_what_is_said_too_late_is_not_kept(scene: Scene, passer_by: Client) -> None:
    place = place_of_asset(scene.asset.code)
    assert place is not None
    made = answer_card(place, Satisfied.NO, at=timezone.now() - timedelta(hours=1))
    assert "within half an hour" in text(passer_by.post(f"/answers/{made.uid}/more", {"words": "x"}))
    made.refresh_from_db()
    assert made.words == ""


def test_a_site_has_a_card_of_its_own(scene: Scene, passer_by: Client) -> None:
    site = make_site("济南站", code="370105S001", area=scene.district.southwest)
    assert "Looked after by" not in text(passer_by.get("/s/370105S001"))
    make_keeper(site, scene.unit, "钱大姐", post="点位管理员", telephone="13700000009")
    card = text(passer_by.get("/s/370105S001"))
    assert "济南站" in card
    assert f"{scene.unit.name} · 点位管理员" in card
    assert not any(secret in card for secret in ("钱大姐", "13700000009"))
    passer_by.post("/s/370105S001/answer", {"answer": "yes"})
    made = ResidentAnswer.objects.get()
    assert (made.site, made.asset, made.street) == (site, None, scene.district.west)
    page = report(passer_by, scene, plate="", site=site.code, description="脏")
    code_in(page)
    assert Case.objects.get().site == site
    assert passer_by.get("/s/none").status_code == 404


@pytest.mark.parametrize("kind", ["praise", "suggestion"])
def test_praise_and_suggestions_are_kept(scene: Scene, passer_by: Client, kind: str) -> None:
    address = f"/a/{scene.asset.code}/remark"
    assert passer_by.get(address).status_code == 200
    passer_by.post(address, {"kind": kind, "words": "很好看"})
    made = ResidentRemark.objects.get()
    assert (made.kind, made.words, made.asset) == (kind, "很好看", scene.asset)
    for wrong in ({"kind": kind, "words": " "}, {"kind": "blame", "words": "x"}):
        assert passer_by.post(address, wrong).status_code == 422
    assert ResidentRemark.objects.count() == 1


def test_what_is_no_answer_or_no_plate_is_none(scene: Scene, passer_by: Client) -> None:
    assert passer_by.post(f"/a/{scene.asset.code}/answer", {"answer": "great"}).status_code == 404
    assert passer_by.post("/a/37010503008999999/answer", {"answer": "yes"}).status_code == 404
    assert passer_by.get(f"/a/{scene.asset.code}/answer").status_code == 405
    assert not ResidentAnswer.objects.exists()


def test_tapping_on_and_on_is_braked(scene: Scene, passer_by: Client) -> None:
    for _ in range(RESIDENT_TAPS.capacity + 1):
        last = passer_by.post(f"/a/{scene.asset.code}/answer", {"answer": "no"})
    assert last.status_code == 429
    assert ResidentAnswer.objects.count() == RESIDENT_TAPS.capacity


def test_one_household_is_one_address_and_a_card_has_a_brake_of_its_own(
    scene: Scene, passer_by: Client
) -> None:
    def tap(address: str) -> int:
        sent = passer_by.post(f"/a/{scene.asset.code}/answer", {"answer": "no"}, REMOTE_ADDR=address)
        return sent.status_code

    answers = [tap(f"2001:db8:1:2::{number:x}") for number in range(RESIDENT_TAPS.capacity + 1)]
    assert answers == [302] * RESIDENT_TAPS.capacity + [429]
    assert tap("2001:db8:1:3::1") == 302
    while take(OF_ONE_CARD, f"asset {scene.asset.code}") == timedelta(0):
        pass
    assert tap("2001:db8:1:4::1") == 429
    assert passer_by.post(f"/a/{scene.another().code}/answer", {"answer": "no"}).status_code == 302


# --- A report -------------------------------------------------------------------------------------------------------


def test_a_report_becomes_a_case_that_is_followed_by_its_code(scene: Scene, passer_by: Client) -> None:
    file = SimpleUploadedFile("x.jpg", jpeg(), "image/jpeg")
    code = code_in(report(passer_by, scene, photos=file, telephone="13700000003"))
    case = Case.objects.get()
    assert (case.state, case.source, case.asset, case.reported_by) == (
        "reported",
        "resident",
        scene.asset,
        None,
    )
    assert case.photos.count() == 1
    assert "looking at it" in progress(passer_by, code)
    assert "looking at it" in progress(passer_by, code.lower().replace("-", " "))
    case = closed(scene, case)
    assert "put right and checked" in progress(passer_by, code)


def test_nothing_of_any_person_is_told(scene: Scene, passer_by: Client) -> None:
    code = code_in(report(passer_by, scene, telephone="13700000003", description="王大妈说的"))
    case = Case.objects.get()
    dispatch_case(by(scene.desk), file_case(by(scene.desk), case), scene.unit, "内部理由")
    urge_case(by(scene.leader), case, "赶紧", answer_by=timezone.now() + timedelta(days=1))
    page = progress(passer_by, code)
    assert "养护公司" in page
    for secret in ("13700000003", "王大妈", "王师傅", "内部理由", "赶紧", "publicity", case.code, "/photos/"):
        assert secret not in page


def test_the_code_is_kept_as_a_digest_only(scene: Scene, passer_by: Client) -> None:
    code = tidy(code_in(report(passer_by, scene)))
    assert report_of(code) == ResidentReport.objects.get()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            quoted = connection.ops.quote_name(table)
            cursor.execute(f"SELECT count(*) FROM {quoted} AS row WHERE row::text LIKE %s", [f"%{code}%"])
            assert cursor.fetchone() == (0,), table


@pytest.mark.parametrize(
    "given, sentence",
    [
        ({"plate": "", "address": "somewhere"}, "Say where it is"),
        ({"plate": "123"}, "no plate with this number"),
        ({"plate": "", "longitude": "121.5", "latitude": "31.2"}, "no district"),
        ({"category": ""}, "field-problem"),
        ({"category": "none"}, "field-problem"),
        ({"description": ""}, "Say in a few words what is wrong"),
        ({"photos": SimpleUploadedFile("x.jpg", b"none", "image/jpeg")}, "field-problem"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_written(
    scene: Scene, passer_by: Client, given: dict[str, object], sentence: str
) -> None:
    assert sentence in report(passer_by, scene, 422, **given)
    assert not Case.objects.exists()
    assert not ResidentReport.objects.exists()


def test_four_photos_are_too_many(scene: Scene, passer_by: Client) -> None:
    files = [SimpleUploadedFile(f"{n}.jpg", jpeg(), "image/jpeg") for n in range(4)]
    assert "At most 3" in report(passer_by, scene, 422, photos=files)


def test_a_program_that_fills_in_everything_learns_nothing(scene: Scene, passer_by: Client) -> None:
    code_in(report(passer_by, scene, website="https://spam.example"))
    assert not Case.objects.exists()


def test_reports_and_looks_are_braked_by_address_and_code(scene: Scene, passer_by: Client) -> None:
    for _ in range(RESIDENT_REPORTS.capacity):
        passer_by.post("/report/", {})
    report(passer_by, scene, 429)
    for number in range(RESIDENT_LOOKS.capacity):
        passer_by.post("/progress/", {"code": "23456-789AB"}, REMOTE_ADDR=f"10.0.0.{number}")
    refused = passer_by.post("/progress/", {"code": "23456-789AB"}, REMOTE_ADDR="10.9.9.9")
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0


def test_a_brake_holds_behind_a_proxy(scene: Scene, passer_by: Client, settings: Settings) -> None:
    settings.BEHIND_PROXY = True
    for _ in range(RESIDENT_REPORTS.capacity):
        passer_by.post(
            "/report/", {}, HTTP_X_FORWARDED_FOR="9.9.9.9, 10.0.0.1", HTTP_X_FORWARDED_PROTO="https"
        )
    same = passer_by.post(
        "/report/", {}, HTTP_X_FORWARDED_FOR="8.8.8.8, 10.0.0.1", HTTP_X_FORWARDED_PROTO="https"
    )
    other = passer_by.post(
        "/report/", {}, HTTP_X_FORWARDED_FOR="9.9.9.9, 10.0.0.2", HTTP_X_FORWARDED_PROTO="https"
    )
    assert (same.status_code, other.status_code) == (429, 422)


@pytest.mark.parametrize("code", ["", "nonsense", "0000000000", "23456-789AB", "\x00" * 10, "好" * 10])
def test_a_code_that_does_not_exist_says_so(scene: Scene, passer_by: Client, code: str) -> None:
    assert "There is no report with this code" in progress(passer_by, code, 404)


# --- Afterwards -----------------------------------------------------------------------------------------------------


def test_whoever_reported_says_whether_it_is_solved(scene: Scene, passer_by: Client) -> None:
    code = code_in(report(passer_by, scene))
    case = closed(scene, Case.objects.get())
    assert "Is it solved?" in progress(passer_by, code)
    page = text(passer_by.post("/progress/solved", {"code": code, "solved": "no", "reason": "still dirty"}))
    assert "it is open again" in page
    case.refresh_from_db()
    assert case.state == State.IN_HAND
    assert case.steps.get(verb=Verb.REOPEN).reason == "still dirty"
    again = passer_by.post("/progress/solved", {"code": code, "solved": "no"})
    assert again.status_code == 422
    fix_case(by(scene.liaison), case, [photo(3)])
    verify_fix(by(scene.patrol), case, seen=True)
    page = text(passer_by.post("/progress/solved", {"code": code, "solved": "yes"}))
    assert "You have said that it is solved" in page


def test_a_resident_opens_no_other_case_and_none_after_seven_days(scene: Scene, passer_by: Client) -> None:
    report(passer_by, scene)
    mine = closed(scene, Case.objects.get())
    other = scene.fix()
    verify_fix(by(scene.patrol), other, seen=True)
    with pytest.raises(PermissionDenied):
        reopen_case(a_resident(mine), other, "why")
    with pytest.raises(PermissionDenied):
        reopen_case(a_resident(), mine, "why")
    with pytest.raises(PermissionDenied):
        reopen_case(a_resident(mine), mine, "why", at=timezone.now() + timedelta(days=8))
    with pytest.raises(PermissionDenied):
        file_case(a_resident(mine), mine)


def test_what_was_merged_goes_the_way_of_the_other_and_what_was_rejected_says_no_reason(
    scene: Scene, passer_by: Client
) -> None:
    code = code_in(report(passer_by, scene))
    merge_case(by(scene.desk), Case.objects.get(), scene.dispatch())
    assert "passed on to 养护公司" in progress(passer_by, code)
    code = code_in(report(passer_by, scene))
    reject_case(by(scene.desk), Case.objects.latest("pk"), "内部理由")
    page = progress(passer_by, code)
    assert "could not take up" in page
    assert "内部理由" not in page


def test_codes_are_easy_to_read_and_hard_to_guess() -> None:
    codes = {code_of(uuid4()) for _ in range(50)}
    assert len(codes) == 50
    assert not {*"01ILOU"} & {*LETTERS}
    assert all(tidy(spelled(code).lower()) == code for code in codes)


# --- Once -----------------------------------------------------------------------------------------------------------


def test_a_report_sent_twice_is_one_with_one_code(scene: Scene, passer_by: Client) -> None:
    once = re.search(r'name="once" value="([0-9a-f-]{36})"', text(passer_by.get("/report/")))
    assert once is not None
    codes = {code_in(report(passer_by, scene, once=once[1])) for _ in range(2)}
    assert (Case.objects.count(), ResidentReport.objects.count(), len(codes)) == (1, 1, 1)
    assert str(Case.objects.get().uid) != once[1]
    assert code_in(report(passer_by, scene, once=uuid4())) not in codes
    assert "Enter a valid UUID" in report(passer_by, scene, 422, once="x")


def test_the_page_with_the_code_can_be_loaded_again_by_the_same_browser_alone(
    scene: Scene, passer_by: Client
) -> None:
    code = code_in(report(passer_by, scene))
    again = passer_by.get("/report/sent")
    assert code_in(text(again)) == code
    assert again["Cache-Control"] == "private, no-store"
    assert Case.objects.count() == 1
    elsewhere = Client().get("/report/sent")
    assert (elsewhere.status_code, elsewhere["Location"]) == (302, "/progress/")
    forged = Client()
    forged.cookies["report-code"] = tidy(code)
    assert forged.get("/report/sent").status_code == 302


def test_a_remark_leads_on_and_counts_once(scene: Scene, passer_by: Client) -> None:
    address = f"/a/{scene.asset.code}/remark"
    once = re.search(r'name="once" value="([0-9a-f-]{36})"', text(passer_by.get(address)))
    assert once is not None
    for _ in range(2):
        sent = passer_by.post(address, {"kind": "praise", "words": "很好看", "once": once[1]})
        assert (sent.status_code, sent["Location"]) == (302, "/thanks/")
    assert ResidentRemark.objects.count() == 1
    assert "shown to nobody else" in text(passer_by.get("/thanks/"))


def test_too_many_photos_are_told_to_wait_before_they_are_read(scene: Scene, passer_by: Client) -> None:
    while take(RESIDENT_UPLOADS, "127.0.0.1") == timedelta(0):
        pass
    values = {"category": "soiled", "plate": scene.asset.code, "description": "x" * (1 << 20)}
    answer = passer_by.post("/report/", values)
    assert (answer.status_code, answer["Connection"]) == (429, "close")
    assert int(answer["Retry-After"]) > 0
    assert not Case.objects.exists()
    # What is small is no photo, and what is larger than any report is not let in by waiting.
    assert code_in(report(passer_by, scene))


def test_residents_reflect_a_problem_where_staff_report_one(scene: Scene, passer_by: Client) -> None:
    passer_by.cookies["django_language"] = "zh-hans"
    page = text(passer_by.get("/report/"))
    assert "反映问题" in page
    assert "上报问题" not in page
