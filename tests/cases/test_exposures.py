"""Exposures: one proposes, another approves, by action, page and database; withdrawn, looked at again, reminded."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, InternalError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Role, User
from cases.actions.decide_exposure import approve_exposure, refuse_exposure, withdraw_exposure
from cases.actions.look_again import look_again
from cases.actions.propose_exposure import Wording, propose_exposure
from cases.exposures.reminding import remind
from cases.models import Case, Exposure, ExposureState, Notice, NoticeKind
from portal.models import Redaction
from tests.cases.conftest import COMMAND, Scene, by, photo
from tests.days import dated, today
from tests.factories import make_campaign, make_user

pytestmark = pytest.mark.django_db


def wording(**values: Any) -> Wording:
    given = {
        "title": "小广告成片",
        "text": "同一位置反复张贴，限期清理。",
        "channel": "bulletin",
        "shown_from": today(),
        "shown_to": today() + timedelta(days=7),
        "look_again_on": today() + timedelta(days=5),
        **values,
    }
    return Wording(**given)


@pytest.fixture
def case(scene: Scene) -> Case:
    return scene.accept()


@pytest.fixture
def exposure(scene: Scene, case: Case) -> Exposure:
    return propose_exposure(by(scene.desk), [case], wording())


@pytest.fixture
def english(client: Client) -> Client:
    client.cookies["django_language"] = "en"
    return client


def test_who_proposes_never_approves(scene: Scene, exposure: Exposure) -> None:
    for act in (
        lambda: approve_exposure(by(scene.desk), exposure),
        lambda: refuse_exposure(by(scene.desk), exposure, "no"),
        lambda: approve_exposure(COMMAND, exposure),
    ):
        with pytest.raises(PermissionDenied):
            act()
    assert approve_exposure(by(scene.second), exposure).state is ExposureState.APPROVED
    with pytest.raises(ValidationError):
        refuse_exposure(by(scene.leader), exposure, "too late")


def test_the_database_holds_the_two_apart_whatever_writes(scene: Scene, exposure: Exposure) -> None:
    rows = Exposure.objects.filter(pk=exposure.pk)
    for approver in (scene.desk, None):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(approved_by=approver, approved_at=timezone.now())
    # Nor is what was proposed changed, so that somebody else seems to have proposed it.
    for changed in ({"proposed_by": scene.second}, {"text": "other"}, {"shown_to": today()}):
        with pytest.raises(InternalError), transaction.atomic():
            rows.update(**changed)


@pytest.mark.parametrize("who", ["liaison", "patrol", "leader"])
def test_others_propose_nothing(who: str, scene: Scene, case: Case) -> None:
    with pytest.raises(PermissionDenied):
        propose_exposure(by(getattr(scene, who)), [case], wording())


def test_a_leader_may_be_the_second_person(scene: Scene, exposure: Exposure) -> None:
    assert approve_exposure(by(scene.leader), exposure).approved_by == scene.leader


@pytest.mark.parametrize(
    "changed, named",
    [
        ({"title": " "}, "title"),
        ({"text": ""}, "text"),
        ({"channel": "loudspeaker"}, "channel"),
        ({"shown_to": timedelta(days=-1)}, "__all__"),
        ({"look_again_on": timedelta(days=-1)}, "__all__"),
        ({"shown_to": timedelta(days=900)}, "shown_to"),
    ],
)
def test_bad_wording_is_refused_by_name(
    changed: dict[str, Any], named: str, scene: Scene, case: Case
) -> None:
    with pytest.raises(ValidationError) as refused:
        propose_exposure(by(scene.desk), [case], wording(**dated(changed)))
    assert named in refused.value.message_dict


def test_what_was_rejected_is_not_exposed(scene: Scene) -> None:
    from cases.actions.file_case import reject_case

    case = reject_case(by(scene.desk), scene.report(), "nothing there")
    with pytest.raises(ValidationError):
        propose_exposure(by(scene.desk), [case], wording())
    with pytest.raises(ValidationError):
        propose_exposure(by(scene.desk), [], wording())


def test_only_the_last_covered_copy_of_the_case_is_shown(scene: Scene, case: Case) -> None:
    taken = case.photos.first()
    first = Redaction.objects.create(photo=taken, sha256="a" * 64, width=10, height=10, made_by=scene.desk)
    last = Redaction.objects.create(photo=taken, sha256="b" * 64, width=10, height=10, made_by=scene.desk)
    copies = {case.code: {"before": str(first.uid)}}
    with pytest.raises(ValidationError):
        propose_exposure(by(scene.desk), [case], wording(), copies)
    copies = {case.code: {"before": str(last.uid)}}
    item = propose_exposure(by(scene.desk), [case], wording(), copies).items.get()
    assert item.before.sha256 == "b" * 64
    assert item.after is None


def test_withdrawing_takes_one_person_and_is_for_good(scene: Scene, exposure: Exposure) -> None:
    approve_exposure(by(scene.second), exposure)
    assert Exposure.objects.current(today()).count() == 1
    with pytest.raises(ValidationError):
        withdraw_exposure(by(scene.desk), exposure, " ")
    withdraw_exposure(by(scene.desk), exposure, "a face was seen")
    assert not Exposure.objects.current(today()).exists()
    with pytest.raises(InternalError), transaction.atomic():
        Exposure.objects.filter(pk=exposure.pk).update(withdrawn_at=None)


def test_it_ends_when_all_its_cases_are_as_they_should(scene: Scene, case: Case) -> None:
    other = scene.accept(asset=scene.another())
    exposure = propose_exposure(by(scene.desk), [case, other], wording())
    first, second = exposure.items.all()
    with pytest.raises(ValidationError):
        look_again(by(scene.desk), first, "still_good")
    approve_exposure(by(scene.second), exposure)
    with pytest.raises(PermissionDenied):
        look_again(by(scene.liaison), first, "still_good")
    look_again(by(scene.patrol), first, "still_good", photo=photo(7))
    with pytest.raises(ValidationError):
        look_again(by(scene.desk), second, "back_again")
    look_again(by(scene.desk), second, "back_again", "又贴上了")
    exposure.refresh_from_db()
    assert exposure.state is ExposureState.APPROVED
    look_again(by(scene.desk), second, "still_good")
    exposure.refresh_from_db()
    assert exposure.state is ExposureState.ENDED


def test_the_office_is_reminded_once_on_the_day(scene: Scene, exposure: Exposure) -> None:
    now = timezone.now()
    approve_exposure(by(scene.second), exposure)
    assert remind(now) == 0
    later = now + timedelta(days=5)
    assert remind(later) == 1
    assert remind(later) == 0
    told = Notice.objects.filter(kind=NoticeKind.LOOK_AGAIN)
    assert {notice.user for notice in told} == {scene.desk, scene.second}


def test_nobody_is_reminded_of_what_was_withdrawn(scene: Scene, exposure: Exposure) -> None:
    approve_exposure(by(scene.second), exposure)
    withdraw_exposure(by(scene.desk), exposure, "by mistake")
    assert remind(timezone.now() + timedelta(days=50)) == 0


def test_pages_by_role_and_the_second_person(
    scene: Scene, case: Case, english: Client, stranger: User, owner: User
) -> None:
    assert english.get("/cases/exposures/").status_code == 302
    english.force_login(scene.desk)
    assert english.get(f"/cases/exposures/propose?cases={case.code}").status_code == 200
    sent = {
        "cases": case.code,
        "title": "小广告成片",
        "text": "限期清理",
        "channel": "wechat",
        "shown_from": str(today()),
        "shown_to": str(today()),
        "look_again_on": str(today()),
        "campaign": make_campaign(scene.district.district, "clean-home").code,
    }
    assert english.post("/cases/exposures/propose", {**sent, "cases": "no-such"}).status_code == 422
    assert english.post("/cases/exposures/propose", {**sent, "shown_from": "soon"}).status_code == 422
    assert english.post("/cases/exposures/propose", sent).status_code == 302
    exposure = Exposure.objects.get()
    address = f"/cases/exposures/{exposure.uid}/"
    body = english.get(address).content.decode()
    assert "a second person decides" in body
    assert "/approve" not in body
    assert english.post(f"{address}approve").status_code == 403
    assert english.post(f"{address}refuse", {"reason": "x"}).status_code == 403
    english.force_login(owner)
    assert english.get(address).status_code == 200
    assert english.post(f"{address}approve").status_code == 403
    assert english.get("/cases/exposures/propose").status_code == 403
    english.force_login(stranger)
    for verb in ("", "approve", "withdraw"):
        answer = english.post(f"{address}{verb}") if verb else english.get(address)
        assert answer.status_code == 404
    assert "小广告成片" not in english.get("/cases/exposures/").content.decode()
    english.force_login(scene.liaison)
    assert english.get("/cases/exposures/").status_code == 403
    english.force_login(scene.second)
    assert "/approve" in english.get(address).content.decode()
    assert english.post(f"{address}approve").status_code == 302
    item = exposure.items.get()
    assert english.post(f"{address}{item.pk}/look", {"result": "not_yet"}).status_code == 422
    assert english.post(f"{address}{item.pk}/look", {"result": "still_good"}).status_code == 302
    assert english.get(f"/cases/{case.code}/").content.decode().count(str(exposure.uid)) == 1
    assert english.get(f"{address}{item.pk}/before/medium").status_code == 404
    assert (
        english.get("/cases/exposures/?state=ended&campaign=clean-home").content.decode().count("小广告成片")
        == 1
    )
    assert english.get("/cases/exposures/?state=loud").status_code == 400


def test_no_program_decides(scene: Scene, exposure: Exposure, english: Client) -> None:
    """The API only reads; there is no way to approve but the page and the action."""
    second = make_user(Role.PUBLICITY, scene.district.district)
    english.force_login(second)
    for verb in ("post", "put", "patch"):
        assert getattr(english, verb)(f"/api/exposures/{exposure.uid}/approve").status_code in (404, 405)
    exposure.refresh_from_db()
    assert exposure.approved_at is None


def test_the_list_costs_the_same_for_many(scene: Scene, case: Case, english: Client) -> None:
    english.force_login(scene.second)

    def queries() -> int:
        english.get("/cases/exposures/")
        with CaptureQueriesContext(connection) as seen:
            assert english.get("/cases/exposures/").status_code == 200
        return len(seen)

    propose_exposure(by(scene.desk), [case], wording())
    few = queries()
    for _nth in range(6):
        propose_exposure(by(scene.desk), [case], wording())
    assert queries() == few
