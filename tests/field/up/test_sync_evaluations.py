"""Visits of an evaluation from phones: each once, whole, photos after their record; what a phone is given."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.models import Case
from evaluation.models import Observation, ObservationPhoto, Round, Visit
from field.models import Operation
from tests.evaluation.conftest import Stage, calendar, in_english, make_item, stage
from tests.factories import make_asset
from tests.field.conftest import Phone, jpeg, named, phone_of

__all__ = ["calendar", "in_english", "stage"]

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
    assert [each["uid"] for each in document["rounds"]] == [str(round_.uid)]
    assert sorted(site["code"] for site in document["sites"]) == ["E0", "E1", "E2", "E3"]
    (site,) = [site for site in document["sites"] if site["code"] == "E0"]
    assert [each["uid"] for each in site["pieces"]] == [str(piece.uid)]
    assert [item["code"] for item in document["forms"][site["form"]]] == ["all-1", "station-1", "station-2"]
    phone.send(visit(phone, round_, "E0", GOOD))
    assert {site["code"]: site["visited"] for site in phone.get("evaluations").json()["sites"]}["E0"]
    assert phone_of(stage.second).get("evaluations").json()["sites"] == []


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_a_thousand_observations_come_in_any_order_and_none_is_lost_or_doubled(
    stage: Stage, phone: Phone, data: st.DataObject
) -> None:
    """Four visits of sixty observations, each sent twice, in any order; in all more than a thousand."""
    if not stage.edition.items.filter(code="many-0").exists():
        for number in range(60):
            make_item(stage.edition, f"many-{number}", None)
    round_ = stage.open(raises_cases=False)
    answers = [{"item": f"many-{number}", "answer": "yes"} for number in range(60)]
    ops = [visit(phone, round_, f"E{number}", answers) for number in range(4)]
    sent = data.draw(st.permutations(ops * 2))
    for op in sent:
        phone.send(op)
    assert Observation.objects.filter(visit__round=round_).count() == 4 * 60
    assert Visit.objects.filter(round=round_).count() == 4
