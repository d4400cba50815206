"""Visits of an evaluation from phones: each once, whole, photos after their record; what a phone is given."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from assets.models import Asset
from cases.models import Case
from evaluation.actions.run_round import close_round
from evaluation.models import FoundPiece, Observation, ObservationPhoto, Round, Visit
from field.models import Operation, ReviewItem
from tests.evaluation.conftest import COMMAND, Stage, as_user, calendar, in_english, make_item, stage
from tests.factories import make_asset, make_site, make_type
from tests.field.conftest import Phone, jpeg, named, phone_of

__all__ = ["as_user", "calendar", "in_english", "stage"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def phone(stage: Stage) -> Phone:
    return phone_of(stage.evaluator)


def visit(
    phone: Phone, round_: Round, site: str, found: list[dict[str, Any]], **values: Any
) -> dict[str, Any]:
    fields = {"round": str(round_.uid), "site": site, "took": 600, "found": found}
    return phone.op("evaluation", fields=fields, **values)


GOOD = [
    {"item": "all-1", "answer": "yes"},
    {"item": "station-1", "value": 2, "catalogued": 2},
    {"item": "station-2", "answer": "na"},
]


def test_a_visit_arrives_whole_and_once(stage: Stage, phone: Phone) -> None:
    round_ = stage.open()
    op = visit(phone, round_, "E0", GOOD)
    assert phone.send(op)[0]["status"] == "applied"
    assert phone.send(op, op)[0]["status"] == "duplicate"
    made = Visit.objects.get()
    assert (made.evaluator, made.conforming, made.failing) == (stage.evaluator, 2, 0)
    assert (made.ended_at - made.began_at).seconds == 600
    assert Observation.objects.count() == 3


def test_the_photo_follows_onto_what_was_found_and_onto_its_case(stage: Stage, phone: Phone) -> None:
    data = jpeg("red")
    note = named(data)
    found = [{"item": "all-1", "answer": "no", "photos": [note["sha256"]], "note": "有错字"}, *GOOD[1:]]
    result = phone.send(visit(phone, stage.open(), "E0", found, photos=[note]))[0]
    assert result["message"] == "1 case was made of it."
    assert result["photos_wanted"] == [note["sha256"]]
    assert phone.put_photo(data).json()["complete"]
    assert phone.put_photo(data).json()["complete"]
    shot = ObservationPhoto.objects.get()
    assert shot.observation.item.code == "all-1"
    case = Case.objects.get()
    assert case.photos.count() == 1
    assert "有错字" in case.description


def test_a_missing_piece_and_a_wrong_answer(stage: Stage, phone: Phone) -> None:
    piece = make_asset(site=stage.sites[0])
    found = [GOOD[0], {"item": "station-1", "value": 1, "catalogued": 1, "missing": [str(piece.uid)]}]
    assert phone.send(visit(phone, stage.open(), "E0", found))[0]["status"] == "applied"
    piece.refresh_from_db()
    assert piece.get_condition_display() == "Missing"


@pytest.mark.parametrize(
    "found, told",
    [
        ([], "Give a list"),
        ("x", "Give a list"),
        ([{"item": "all-1", "answer": "perhaps"}], "all-1: This answer cannot be read."),
        ([{"item": "all-1", "answer": "yes", "colour": 1}], "cannot be read"),
        ([{"item": "station-1", "value": "2"}], "cannot be read"),
        ([{"item": "nothing", "answer": "yes"}], "no such item"),
    ],
)
def test_what_cannot_be_read_is_rejected_by_name_and_kept(
    stage: Stage, phone: Phone, found: Any, told: str
) -> None:
    result = phone.send(visit(phone, stage.open(), "E0", found))[0]
    assert (result["status"], result["reason"]) == ("rejected", "invalid")
    assert told in result["message"]
    assert Operation.objects.count() == 1
    assert not Visit.objects.exists()


def test_a_round_of_others_does_not_exist(stage: Stage) -> None:
    strange = phone_of(stage.stranger)
    result = strange.send(visit(strange, stage.open(), "E0", GOOD))[0]
    assert (result["status"], "no such round" in result["message"]) == ("rejected", True)


def test_a_phone_is_given_its_sites_forms_and_pieces(stage: Stage, phone: Phone) -> None:
    piece = make_asset(site=stage.sites[0], themes=["core_values"])
    round_ = stage.open()
    document = phone.get("evaluations").json()
    assert [entry["uid"] for entry in document["rounds"]] == [str(round_.uid)]
    assert sorted(site["code"] for site in document["sites"]) == ["E0", "E1", "E2", "E3"]
    (site,) = [site for site in document["sites"] if site["code"] == "E0"]
    assert [entry["uid"] for entry in site["pieces"]] == [str(piece.uid)]
    assert [item["code"] for item in document["forms"][site["form"]]] == ["all-1", "station-1", "station-2"]
    phone.send(visit(phone, round_, "E0", GOOD))
    assert {site["code"]: site["visited"] for site in phone.get("evaluations").json()["sites"]}["E0"]
    assert phone_of(stage.second).get("evaluations").json()["sites"] == []


def test_a_piece_that_the_catalogue_did_not_know_is_found_beside_its_visit_and_its_visit_beside_it(
    stage: Stage, phone: Phone, as_user: Callable[[User | None], Client]
) -> None:
    make_type("notice_board")
    round_ = stage.open(announced=False)
    op = phone.create(name="新宣传栏", round=str(round_.uid), site="E0")
    # It comes before the visit does, and mostly more than once.
    assert [phone.send(op)[0]["status"] for _turn in range(2)] == ["applied", "duplicate"]
    asset = Asset.objects.get(name="新宣传栏")
    desk = as_user(stage.desk)
    assert "/evaluation/visits/" not in desk.get(f"/assets/{asset.code}/panel").content.decode()
    phone.send(visit(phone, round_, "E0", GOOD))
    phone.send(visit(phone, round_, "E1", [{"item": "all-1", "answer": "yes"}]))
    made, other = Visit.objects.order_by("pk")
    page = f"/evaluation/visits/{made.uid}/"
    assert asset.code in desk.get(page).content.decode()
    assert asset.code not in desk.get(f"/evaluation/visits/{other.uid}/").content.decode()
    assert f'href="{page}"' in desk.get(f"/assets/{asset.code}/panel").content.decode()
    # Of an unannounced visit a street learns when the round has been closed.
    street = as_user(stage.street)
    assert page not in street.get(f"/assets/{asset.code}/panel").content.decode()
    close_round(COMMAND, round_)
    assert page in street.get(f"/assets/{asset.code}/panel").content.decode()


def test_a_found_piece_that_the_office_applies_is_the_districts_to_see_and_its_finders(
    stage: Stage,
    phone: Phone,
    as_user: Callable[[User | None], Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_arguments: object, **_named: object) -> None:
        raise RuntimeError

    make_type("notice_board")
    round_ = stage.open(announced=False)
    with monkeypatch.context() as patch:
        patch.setattr("field.up.applying.creations.register_asset", fail)
        phone.send(phone.create(name="新宣传栏", round=str(round_.uid), site="E0"))
    item = ReviewItem.objects.get()
    # The street has such a round told when it is over: until then its office is asked about nothing of it.
    street = as_user(stage.street)
    assert "新宣传栏" not in street.get("/fieldwork/review/").content.decode()
    decision = {"decision": "rescue"}
    assert street.post(f"/fieldwork/review/{item.pk}/", decision).status_code in (403, 404)
    assert not Asset.objects.exists()
    desk = as_user(stage.desk)
    assert "新宣传栏" in desk.get("/fieldwork/review/").content.decode()
    assert desk.post(f"/fieldwork/review/{item.pk}/", decision).status_code == 302
    asset = Asset.objects.get(name="新宣传栏")
    phone.send(visit(phone, round_, "E0", GOOD))
    page = f"/evaluation/visits/{Visit.objects.get().uid}/"
    assert f'href="{page}"' in desk.get(f"/assets/{asset.code}/panel").content.decode()


def test_a_piece_found_where_nobody_sent_its_finder_is_registered_and_stands_without_a_visit(
    stage: Stage,
) -> None:
    make_type("notice_board")
    round_ = stage.open()
    second = phone_of(stage.second)
    for named_site in ({"site": "E0"}, {"site": "nowhere"}, {}, {"site": 7}):
        result = second.send(second.create(round=str(round_.uid), **named_site))[0]
        assert (result["status"], "you were not sent there" in result["message"]) == ("applied", True)
    assert Asset.objects.count() == 4
    assert not FoundPiece.objects.exists()


@settings(max_examples=2, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(losses=st.lists(st.tuples(st.integers(1, 9), st.booleans(), st.booleans()), min_size=4, max_size=9))
def test_a_thousand_observations_made_offline_come_once_each_whatever_is_lost_on_the_way(
    stage: Stage, phone: Phone, losses: list[tuple[int, bool, bool]]
) -> None:
    """Seventeen visits of sixty observations, sent a few at a time; requests and answers are lost, and sent again."""
    if not stage.edition.items.filter(code="many-0").exists():
        for number in range(60):
            make_item(stage.edition, f"many-{number}", None)
        for number in range(4, 17):
            place = Point(116.985 + number / 5000, 36.675, srid=4326)
            make_site(f"点位{number}", "station", place, area=stage.district.southwest, code=f"E{number}")
    round_ = stage.open(sites=20, raises_cases=False)
    waiting = [
        visit(
            phone,
            round_,
            f"E{site}",
            [
                {
                    "item": f"many-{number}",
                    "answer": ("yes", "no")[(site + number) % 2],
                    "note": f"{site}.{number}",
                }
                for number in range(60)
            ],
        )
        for site in range(17)
    ]
    kept = [
        (finding["item"], finding["answer"], finding["note"])
        for op in waiting
        for finding in op["fields"]["found"]
    ]
    for size, never_came, answer_lost in [*losses, (20, False, True), (20, False, False)]:
        batch = waiting[:size]
        if never_came or not batch:
            continue
        told = {
            answer["op_id"] for answer in phone.send(*batch) if answer["status"] in ("applied", "duplicate")
        }
        if not answer_lost:
            waiting = [op for op in waiting if op["op_id"] not in told]
    assert not waiting
    here = Observation.objects.filter(visit__round=round_)
    assert sorted(here.values_list("item__code", "answer", "note")) == sorted(kept)
    assert len(kept) == 1_020
    assert Visit.objects.filter(round=round_).count() == 17
