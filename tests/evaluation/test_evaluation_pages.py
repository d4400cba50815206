"""The pages of evaluation by role: who sees what when, bounded queries, bad input told by name, files."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Role, User
from evaluation.actions.run_round import close_round
from evaluation.models import Choice, Round, StandardEdition, Visit
from places.models import Site
from tests.evaluation.conftest import COMMAND, NO, YES, Stage
from tests.factories import make_user

pytestmark = pytest.mark.django_db

PAGES = ("/evaluation/", "/evaluation/results/", "/evaluation/editions/", "/evaluation/sites/")


def client_of(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return client


@pytest.mark.parametrize("address", PAGES)
def test_a_page_opens_for_readers_and_for_nobody_else(stage: Stage, address: str) -> None:
    liaison = make_user(Role.LIAISON, stage.district.district, username="liaison")
    assert Client().get(address).status_code == 302
    assert client_of(liaison).get(address).status_code == 403
    for reader in (stage.desk, stage.evaluator, stage.street, stage.stranger):
        assert client_of(reader).get(address).status_code == 200


def test_whoever_may_do_everything_everywhere_sees_what_is_unannounced_too(
    stage: Stage, visited: Callable[..., Round]
) -> None:
    round_ = visited()
    root = make_user(None, is_superuser=True, username="root")
    assert round_ in Round.objects.visible_to(root)
    assert set(round_.visits.all()) == set(Visit.objects.visible_to(root))


def test_a_street_sees_an_unannounced_round_afterwards_only(
    stage: Stage, visited: Callable[..., Round]
) -> None:
    round_ = visited()
    visit = round_.visits.first()
    addresses = [f"/evaluation/rounds/{round_.uid}/", f"/evaluation/visits/{visit.uid}/"]
    results = f"/evaluation/results/?round={round_.uid}"
    street = client_of(stage.street)
    for address in addresses:
        assert client_of(stage.desk).get(address).status_code == 200
        assert client_of(stage.evaluator).get(address).status_code == 200
        assert client_of(stage.second).get(address).status_code == 404
        assert street.get(address).status_code == 404
    assert street.get(results).status_code == 400
    assert round_.name not in street.get("/evaluation/").content.decode()
    close_round(COMMAND, round_)
    for address in [*addresses, results]:
        assert street.get(address).status_code == 200
        assert client_of(stage.stranger).get(address).status_code in (400, 404)
    assert round_.name in street.get("/evaluation/").content.decode()


def test_a_round_is_planned_drawn_assigned_and_opened_on_its_page(stage: Stage) -> None:
    desk = client_of(stage.desk)
    given = {
        "name": "十二月测评",
        "edition": "test_2026",
        "area": stage.district.district.code,
        "starts_on": "2026-12-01",
        "ends_on": "2026-12-10",
        "choice": "draw",
        "by": "own",
    }
    assert client_of(stage.evaluator).post("/evaluation/plan/", given).status_code == 403
    assert desk.post("/evaluation/plan/", {**given, "ends_on": "2026-11-01"}).status_code == 422
    assert desk.post("/evaluation/plan/", given).status_code == 302
    round_ = Round.objects.get()
    page = f"/evaluation/rounds/{round_.uid}/"
    assert desk.post(f"{page}open").status_code == 422
    assert desk.post(f"{page}choose", {"per_group": 0}).status_code == 422
    assert desk.post(f"{page}choose", {"per_group": 5, "seed": 3}).status_code == 302
    assert desk.post(f"{page}assign", {"evaluator": "evaluator"}).status_code == 302
    assert desk.post(f"{page}assign", {"evaluator": "street"}).status_code == 422
    assert client_of(stage.evaluator).post(f"{page}open").status_code in (403, 404)
    assert desk.post(f"{page}open").status_code == 302
    round_.refresh_from_db()
    assert (round_.state.value, round_.stops.filter(evaluator=stage.evaluator).count()) == ("open", 4)
    assert desk.post(f"{page}nothing").status_code == 404


def test_a_sweep_is_chosen_on_its_page(stage: Stage) -> None:
    round_ = stage.plan(choice=Choice.SWEEP)
    answer = client_of(stage.desk).post(f"/evaluation/rounds/{round_.uid}/choose", {"kinds": ["market"]})
    assert answer.status_code == 302
    assert {stop.kind.code for stop in round_.stops.all()} == {"market"}


def test_a_visit_is_voided_on_its_page_with_a_reason(stage: Stage, visited: Callable[..., Round]) -> None:
    visit = visited().visits.first()
    page = f"/evaluation/visits/{visit.uid}/"
    assert client_of(stage.evaluator).post(f"{page}void", {"reason": "x"}).status_code == 403
    assert client_of(stage.desk).post(f"{page}void", {"reason": ""}).status_code == 422
    assert client_of(stage.desk).post(f"{page}void", {"reason": "走错了"}).status_code == 302
    assert "走错了" in client_of(stage.desk).get(page).content.decode()
    assert Visit.objects.standing().count() == 1


@pytest.mark.parametrize("by", ["street", "kind", "view", "site", "item", "theme", "evaluator"])
def test_results_by_everything_as_page_and_file(stage: Stage, visited: Callable[..., Round], by: str) -> None:
    round_ = visited()
    desk = client_of(stage.desk)
    assert desk.get(f"/evaluation/results/?round={round_.uid}&by={by}").status_code == 200
    compared = f"round={round_.uid}&by={by}&evaluator=evaluator&other_evaluator=second"
    assert desk.get(f"/evaluation/results/?{compared}").status_code == 200
    for ending in ("csv", "xlsx"):
        answer = desk.get(f"/evaluation/results.{ending}?round={round_.uid}&by={by}")
        assert answer.status_code == 200
        assert len(answer.content) > 20
    assert client_of(stage.evaluator).get("/evaluation/results.csv").status_code == 403


def test_results_begin_with_the_latest_round_that_was_visited(
    stage: Stage, visited: Callable[..., Round]
) -> None:
    round_ = visited()
    stage.open(name="十二月测评", starts_on=date(2026, 11, 20))
    assert client_of(stage.desk).get("/evaluation/results/").context["asked"].round == round_


@pytest.mark.parametrize("query", ["by=colour", "round=x", "against=%00", "evaluator=%00", "colour=red"])
def test_what_results_do_not_know_is_refused(stage: Stage, query: str) -> None:
    assert client_of(stage.desk).get(f"/evaluation/results/?{query}").status_code == 400


def test_pages_take_a_bounded_number_of_queries(
    stage: Stage, visited: Callable[..., Round], django_assert_max_num_queries: Callable
) -> None:
    round_ = visited()
    desk = client_of(stage.desk)
    addresses = [
        "/evaluation/",
        f"/evaluation/rounds/{round_.uid}/",
        f"/evaluation/results/?round={round_.uid}&by=item",
        f"/evaluation/visits/{round_.visits.first().uid}/",
        "/evaluation/editions/test_2026/",
        "/evaluation/sites/",
    ]
    for address in addresses:
        desk.get(address)
    stage.visit(round_, 2, YES, 2, NO)
    stage.visit(round_, 3, YES, NO)
    for name in ("再一轮", "又一轮"):
        stage.open(name=name, raises_cases=False)
    for address in addresses:
        with django_assert_max_num_queries(32):
            assert desk.get(address).status_code == 200


def test_an_edition_comes_in_goes_out_and_is_edited(stage: Stage) -> None:
    desk = client_of(stage.desk)
    rows = (
        "site_kind,item,scoring\n通用,无错别字,one finding fails the item\nstation,不少于2处,counting rule\n"
    )
    file = SimpleUploadedFile("items.csv", rows.encode("utf-8-sig"))
    given = {
        "file": file,
        "code": "city",
        "name": "某市手册",
        "draft": "on",
    }
    assert client_of(stage.evaluator).post("/evaluation/editions/", given).status_code == 403
    file.seek(0)
    assert desk.post("/evaluation/editions/", given).status_code == 302
    page = desk.get("/evaluation/editions/city/").content.decode()
    assert "counting rule" in page
    out = desk.get("/evaluation/editions/city/items.csv")
    again = {**given, "file": SimpleUploadedFile("again.csv", b"".join([out.content])), "code": "again"}
    assert desk.post("/evaluation/editions/", again).status_code == 302
    pairs = [
        list(StandardEdition.objects.get(code=code).items.values_list("code", "text_zh", "answer"))
        for code in ("city", "again")
    ]
    assert pairs[0] == pairs[1]
    item = StandardEdition.objects.get(code="city").items.first()
    assert client_of(stage.evaluator).get(f"/evaluation/items/{item.pk}/").status_code == 403
    assert desk.get(f"/evaluation/items/{item.pk}/").status_code == 200
    assert desk.post("/evaluation/editions/city/copy", {"code": "copied", "name": "副本"}).status_code == 302
    assert desk.get("/evaluation/editions/nothing/").status_code == 404
    wrong = {**given, "file": SimpleUploadedFile("items.csv", b"x,y\n1,2\n"), "code": "wrong"}
    answer = desk.post("/evaluation/editions/", wrong)
    assert answer.status_code == 422
    assert "site_kind" in answer.content.decode()


def test_the_register_of_sites_goes_out_and_comes_in_again(stage: Stage, tmp_path: Path) -> None:
    desk = client_of(stage.desk)
    rows = "code,name,kind,lon,lat\nE0,点位零,station,116.985,36.675\nN1,新点位,market,116.986,36.676\n"
    file = SimpleUploadedFile("sites.csv", rows.encode("utf-8-sig"))
    given = {"file": file}
    assert client_of(stage.street).post("/evaluation/sites/", given).status_code == 403
    file.seek(0)
    assert desk.post("/evaluation/sites/", given).status_code == 302
    assert Site.objects.get(code="E0").name == "点位零"
    assert Site.objects.get(code="N1").area is not None
    bad = "code,name,kind,lon,lat\nX,x,nowhere,0,0\n"
    answer = desk.post("/evaluation/sites/", {"file": SimpleUploadedFile("s.csv", bad.encode())})
    assert answer.status_code == 422
    assert not Site.objects.filter(code="X").exists()
    for ending in ("csv", "xlsx"):
        assert desk.get(f"/evaluation/sites.{ending}").status_code == 200
