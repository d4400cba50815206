"""The pages of the assessment, by everybody: what each may see and do, and what each is told."""

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from docx import Document
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import Role, User
from assets.photos import store_photo
from evaluation.assessment.actions.decide_list import decide_list
from evaluation.assessment.bulletin import bulletin_of
from evaluation.assessment.document import docx_of
from evaluation.assessment.scheme import usual_scheme
from evaluation.assessment.scheme_form import initial_of
from evaluation.assessment.sheets import work_out
from evaluation.models import Appeal, ListDecision, ScoreBonus, ScoreScheme, ScoreSheet
from tests.cases.conftest import by
from tests.evaluation.assessment.conftest import AFTER, MARCH, Office
from tests.factories import make_site, make_user
from tests.mapping.pictures import jpeg
from tests.writer import in_writer

AsUser = Callable[[User], Client]
WEST = "370105001"
DISTRICT = "370105"


def page(name: str, *arguments: object) -> str:
    return reverse(name, args=[DISTRICT, *arguments])


def text(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]


@pytest.fixture
def as_user() -> AsUser:
    """A client signed in as somebody who reads English."""

    def client_of(user: User) -> Client:
        client = Client()
        client.force_login(user)
        client.cookies["django_language"] = "en"
        return client

    return client_of


@pytest.fixture
def sheet(month: Office) -> ScoreSheet:
    return month.publish(
        now=AFTER, requests=[{"street": "无影山街道", "text": "整改到期案件", "by": "2026-04-30"}]
    )


PUBLISHED = [
    ("score-sheet", ("2026-03",)),
    ("bulletin", ("2026-03",)),
    ("score-of-street", ("2026-03", WEST)),
    ("score-evidence", ("2026-03", WEST, "in_time")),
]
UNPUBLISHED = [
    ("dry-run", ()),
    ("dry-run-of", ("2026-03",)),
    ("dry-run-street", ("2026-03", WEST)),
    ("dry-run-evidence", ("2026-03", WEST, "in_time")),
    ("score-schemes", ()),
]


def test_streets_see_what_is_published_and_nothing_else(
    sheet: ScoreSheet, as_user: AsUser, owner: User, colleague: User, planner: User
) -> None:
    for user in (owner, colleague, planner):
        client = as_user(user)
        for name, arguments in PUBLISHED:
            assert client.get(page(name, *arguments)).status_code == 200, name
        for name, arguments in UNPUBLISHED:
            assert client.get(page(name, *arguments)).status_code == 403, name


def test_the_desk_and_leaders_see_both(
    sheet: ScoreSheet, month: Office, as_user: AsUser, west_leader: User
) -> None:
    for user in (month.desk, month.leader, west_leader):
        client = as_user(user)
        for name, arguments in PUBLISHED + UNPUBLISHED:
            assert client.get(page(name, *arguments)).status_code == 200, name


def test_a_stranger_finds_nothing_and_a_crew_has_no_way_in(
    sheet: ScoreSheet, as_user: AsUser, stranger: User, crew: User, viewer: User
) -> None:
    for name, arguments in PUBLISHED:
        assert as_user(stranger).get(page(name, *arguments)).status_code == 404
        assert as_user(crew).get(page(name, *arguments)).status_code == 403
        assert as_user(viewer).get(page(name, *arguments)).status_code == 403


def test_nobody_signed_in_is_led_to_the_sign_in_page(sheet: ScoreSheet, client: Client) -> None:
    for name, arguments in PUBLISHED + UNPUBLISHED:
        response = client.get(page(name, *arguments))
        assert response.status_code == 302
        assert "next=" in response["Location"]


def test_the_front_page_leads_to_the_newest_sheet(sheet: ScoreSheet, as_user: AsUser, owner: User) -> None:
    response = as_user(owner).get(reverse("assessment"), follow=True)
    assert response.redirect_chain[-1][0] == page("score-sheet", "2026-03")
    assert "无影山街道" in text(response)


def test_before_anything_is_published_the_page_says_so(office: Office, as_user: AsUser, owner: User) -> None:
    assert "No month is published yet" in text(as_user(owner).get(page("assessment-of")))


def test_every_number_leads_to_the_cases_behind_it(sheet: ScoreSheet, as_user: AsUser, owner: User) -> None:
    shown = text(as_user(owner).get(page("score-evidence", "2026-03", WEST, "in_time")))
    assert len(re.findall(r'href="/cases/[^"]+"', shown)) >= 3
    assert "1 ÷ 3 = 33.33%" in shown


@pytest.mark.parametrize(
    "address",
    [
        "/assessment/370105/2026-13/",
        "/assessment/370105/soon/",
        "/assessment/999999/2026-03/",
        "/assessment/370105/2026-03/370105999/",
        "/assessment/370105/2026-03/370105001/luck/",
        "/assessment/370105/2026-02/",
    ],
)
def test_what_does_not_exist_is_not_found(
    sheet: ScoreSheet, as_user: AsUser, owner: User, address: str
) -> None:
    assert as_user(owner).get(address).status_code == 404


def test_an_unknown_parameter_is_named(sheet: ScoreSheet, as_user: AsUser, owner: User) -> None:
    response = as_user(owner).get(page("score-sheet", "2026-03") + "?colour=red")
    assert response.status_code == 400
    assert "colour" in text(response)


def test_publishing_by_the_page_freezes_what_was_seen(month: Office, as_user: AsUser) -> None:
    client = as_user(month.desk)
    shown = text(client.get(page("dry-run-of", "2026-03")))
    seen = re.search(r'name="seen" value="(\w+)"', shown)
    assert seen is not None
    request = "无影山街道；整改到期案件；2026-04-30"
    wrong = client.post(page("publish-sheet", "2026-03"), {"seen": seen[1], "requests": "整改"}, follow=True)
    assert "write who; what; by when" in text(wrong)
    assert not ScoreSheet.objects.exists()
    client.post(page("publish-sheet", "2026-03"), {"seen": "0" * 64, "requests": request})
    assert not ScoreSheet.objects.exists()
    done = client.post(page("publish-sheet", "2026-03"), {"seen": seen[1], "requests": request}, follow=True)
    assert done.redirect_chain[-1][0] == page("score-sheet", "2026-03")
    told = ScoreSheet.objects.get().told
    assert told["bulletin"]["requests"] == [
        {"street": "无影山街道", "text": "整改到期案件", "by": "2026-04-30"}
    ]


@pytest.mark.parametrize("who", ["owner", "leader", "stranger"])
def test_who_may_not_publish_is_refused_before_anything_else(
    month: Office, as_user: AsUser, owner: User, stranger: User, who: str
) -> None:
    user = {"owner": owner, "leader": month.leader, "stranger": stranger}[who]
    response = as_user(user).post(page("publish-sheet", "2026-03"), {"seen": "x"})
    assert response.status_code == (404 if who == "stranger" else 403)
    assert not ScoreSheet.objects.exists()


def _concern(sheet: ScoreSheet) -> object:
    return sheet.lists.get(kind="concern")


def test_a_list_is_hidden_until_a_second_person_approves_it(
    sheet: ScoreSheet, month: Office, as_user: AsUser, owner: User
) -> None:
    concern = _concern(sheet)
    address = reverse("decide-street-list", args=[concern.uid])  # type: ignore[attr-defined]
    assert "List of concern" not in text(as_user(owner).get(page("score-sheet", "2026-03")))
    assert "Waits for a second person" in text(as_user(month.desk).get(page("score-sheet", "2026-03")))
    assert as_user(owner).post(address, {"decision": "approve"}).status_code == 403
    assert as_user(month.desk).post(address, {"decision": "approve"}).status_code == 403
    assert not ListDecision.objects.exists()
    as_user(month.leader).post(address, {"decision": "approve"})
    assert "List of concern" in text(as_user(owner).get(page("score-sheet", "2026-03")))
    assert "List of concern" in text(as_user(owner).get(page("bulletin", "2026-03")))


def test_a_refused_list_stays_hidden_and_says_why_to_who_decides(
    sheet: ScoreSheet, month: Office, as_user: AsUser, owner: User
) -> None:
    address = reverse("decide-street-list", args=[_concern(sheet).uid])  # type: ignore[attr-defined]
    client = as_user(month.second)
    client.post(address, {"decision": "refuse"})
    assert not ListDecision.objects.exists()
    client.post(address, {"decision": "refuse", "reason": "样本太少"})
    assert "样本太少" in text(client.get(page("score-sheet", "2026-03")))
    assert "样本太少" not in text(as_user(owner).get(page("score-sheet", "2026-03")))
    with pytest.raises(PermissionDenied):
        decide_list(by(month.desk), _concern(sheet), approved=True)  # type: ignore[arg-type]


def test_the_database_too_wants_a_second_person(sheet: ScoreSheet, month: Office) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        ListDecision.objects.create(list=_concern(sheet), approved=True, by=month.desk, by_name="x")  # type: ignore[misc]


def test_a_street_appeals_and_the_desk_answers(
    sheet: ScoreSheet, month: Office, as_user: AsUser, owner: User, colleague: User
) -> None:
    address = page("appeal-score", "2026-03", WEST)
    assert as_user(colleague).post(address, {"reason": "x"}).status_code == 403
    assert as_user(month.desk).post(address, {"reason": "x"}).status_code == 403
    as_user(owner).post(address, {"reason": ""})
    assert not Appeal.objects.exists()
    as_user(owner).post(address, {"reason": "市政单位的责任", "figure": "in_time"})
    appeal = Appeal.objects.get()
    # Until it is answered it is between the street and the desk.
    assert "市政单位的责任" in text(as_user(owner).get(page("score-sheet", "2026-03")))
    assert "市政单位的责任" not in text(as_user(colleague).get(page("score-sheet", "2026-03")))
    answering = reverse("answer-appeal", args=[appeal.uid])
    assert as_user(owner).post(answering, {"text": "x", "upheld": "yes"}).status_code == 403
    as_user(month.desk).post(answering, {"text": "属实，下月补记", "upheld": "yes", "points": "1"})
    shown = text(as_user(colleague).get(page("score-sheet", "2026-03")))
    assert "属实，下月补记" in shown
    assert ScoreBonus.objects.get().points == 1


def test_a_scheme_is_edited_by_the_form_and_a_wrong_one_says_where(office: Office, as_user: AsUser) -> None:
    client = as_user(office.desk)
    address = page("new-score-scheme")
    assert client.get(address).status_code == 200
    typed = {name: value for name, value in initial_of(usual_scheme()).items() if value is not None} | {
        "edition": "2027",
        "name": "新办法",
        "classes": f"1; 一类; 1.02; {WEST}",
        "bonuses": "media；媒体报道；1；3",
    }
    wrong = client.post(address, typed | {"evaluation.weight": "much", "lists.concern_below": "90"})
    assert wrong.status_code == 422
    assert text(wrong).count("field-problem") >= 2
    assert client.post(address, typed).status_code == 302
    kept = ScoreScheme.objects.get(edition="2027")
    assert kept.content["classes"][0]["streets"] == [WEST]
    shown = page("score-scheme", kept.uid)
    stale = client.post(shown, typed | {"version": "7"})
    assert stale.status_code == 409
    assert as_user(office.leader).get(shown).status_code == 200
    assert as_user(office.leader).post(shown, typed).status_code == 404
    assert client.post(address, typed).status_code == 422  # the edition is there already


def test_a_scheme_is_saved_as_a_file_and_imported_again(office: Office, as_user: AsUser) -> None:
    client = as_user(office.desk)
    file = client.get(page("score-scheme-file", office.scheme.uid)).content
    upload = BytesIO(file)
    upload.name = "scheme.csv"
    told = {"edition": "2028", "name": "导入的办法", "file": upload}
    assert client.post(page("import-score-scheme"), told).status_code == 302
    assert ScoreScheme.objects.get(edition="2028").content == office.scheme.content
    bad = BytesIO(b"kind,code,value\npart,luck,1\n")
    bad.name = "scheme.csv"
    refused = client.post(page("import-score-scheme"), {"edition": "x", "name": "y", "file": bad})
    assert refused.status_code == 422
    assert "luck" in text(refused)


def test_points_are_given_by_the_page(office: Office, as_user: AsUser) -> None:
    content = office.scheme.content
    content["bonuses"] = [{"code": "media", "text": "媒体报道", "points": "1.5", "most": "3"}]
    ScoreScheme.objects.filter(pk=office.scheme.pk).update(content=content)
    typed = {"street": WEST, "code": "media", "reason": "省级媒体报道一次"}
    assert as_user(office.leader).post(page("give-score-bonus", "2026-03"), typed).status_code == 403
    as_user(office.desk).post(page("give-score-bonus", "2026-03"), typed)
    assert str(ScoreBonus.objects.get().points) == "1.50"
    as_user(office.desk).post(page("give-score-bonus", "2026-03"), typed | {"street": "370999001"})
    assert ScoreBonus.objects.count() == 1


@pytest.fixture
def with_pictures(office: Office, settings: Settings, tmp_path: Path) -> ScoreSheet:
    """A month with a site whose case has a pair of photos."""
    settings.MEDIA_ROOT = tmp_path
    scene = office.scene
    before, after = (store_photo(jpeg(colour)) for colour in ("red", "green"))
    from cases.actions.fix_case import fix_case
    from tests.cases.conftest import moment

    asset = scene.another()
    asset.site = make_site("济南站")
    asset.save()
    case = scene.accept(asset=asset, photos=[before])
    fix_case(by(scene.liaison), case, [after], at=moment("2026-03-03 10:00"))
    return office.publish(
        now=AFTER, requests=[{"street": "无影山街道", "text": "整改到期案件", "by": "2026-04-30"}]
    )


def test_the_document_opens_and_says_what_the_sheet_says(
    with_pictures: ScoreSheet, month: Office, as_user: AsUser, tmp_path: Path
) -> None:
    response = as_user(month.desk).get(page("bulletin-file", "2026-03"))
    assert response.status_code == 200
    document = Document(BytesIO(response.content))
    paragraphs = "\n".join(paragraph.text for paragraph in document.paragraphs)
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    row = next(row for row in with_pictures.told["streets"] if row["code"] == WEST)
    assert "2026-03" in paragraphs
    assert "济南站" in paragraphs
    assert row["score"] in cells
    assert {"整改到期案件", "2026-04-30", "无影山街道"} <= set(cells)
    assert len(document.inline_shapes) == 2
    assert document.core_properties.author == with_pictures.publisher_name
    shown = text(as_user(month.desk).get(page("bulletin", "2026-03")))
    assert shown.count("<figure>") == 2
    assert row["score"] in shown


def test_photos_of_cases_are_for_who_reads_cases(with_pictures: ScoreSheet) -> None:
    document = Document(BytesIO(docx_of(bulletin_of(with_pictures), pictures=False)))
    assert len(document.inline_shapes) == 0


@pytest.mark.slow
def test_writer_opens_the_bulletin_with_its_headings_tables_and_pictures(
    with_pictures: ScoreSheet, tmp_path: Path
) -> None:
    with override("zh-hans"):
        opened = in_writer(docx_of(bulletin_of(with_pictures), pictures=True), tmp_path)
    assert [title for level, title in opened.headings if level == 1] == [
        "一、考核概况",
        "二、得分率与变化",
        "三、主要问题",
        "四、街道排名",
        "五、问题突出的点位",
        "六、整改要求",
    ]
    cells = [cell for table in opened.tables for row in table for cell in row]
    row = next(row for row in with_pictures.told["streets"] if row["code"] == WEST)
    assert {row["score"], "整改到期案件", "2026-04-30", "无影山街道"} <= set(cells)
    assert "济南站" in " ".join([*opened.paragraphs, *(title for _level, title in opened.headings)])
    assert (opened.pictures, opened.pages > 0) == (2, True)


def test_the_document_is_for_who_may_export(sheet: ScoreSheet, as_user: AsUser, stranger: User) -> None:
    assert as_user(stranger).get(page("bulletin-file", "2026-03")).status_code == 404
    leader = make_user(Role.LEADER, None)
    assert as_user(leader).get(page("bulletin-file", "2026-03")).status_code == 403


def test_pages_take_a_bounded_number_of_queries(
    sheet: ScoreSheet,
    month: Office,
    as_user: AsUser,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client = as_user(month.desk)
    for name, arguments in PUBLISHED:
        with django_assert_max_num_queries(20):
            client.get(page(name, *arguments))
    with django_assert_max_num_queries(40):
        client.get(page("dry-run-of", "2026-03"))


def test_a_dry_run_of_a_published_month_says_that_the_sheet_stays(
    sheet: ScoreSheet, month: Office, as_user: AsUser
) -> None:
    shown = text(as_user(month.desk).get(page("dry-run-of", "2026-03")))
    assert "This month is published" in shown
    assert 'name="seen"' not in shown
    assert work_out(month.scheme, MARCH).told["month"] == "2026-03"


def test_a_month_that_has_not_begun_and_a_district_without_scheme_are_told_so(
    office: Office, as_user: AsUser
) -> None:
    client = as_user(office.desk)
    assert "This month has not begun" in text(client.get(page("dry-run-of", "2099-01")))
    ScoreScheme.objects.update(active=False)
    assert "There is no score scheme in use" in text(client.get(page("dry-run")))


@pytest.mark.parametrize("wrong", ["0001-01", "9999-12", "2026-13", "2026-W1", "march"])
def test_a_month_that_is_none_is_not_found(office: Office, as_user, wrong: str) -> None:
    client = as_user(office.desk)
    for name in ("dry-run-of", "score-sheet", "bulletin"):
        assert client.get(page(name, wrong)).status_code == 404
