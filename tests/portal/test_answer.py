"""/answer/: what a unit without an account sees and does by its link, and what nobody gets by any other."""

import logging
import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.throttle import CASE_LINKS
from accounts.tokens import digest_of
from cases.actions.dispatch_case import accept_case, dispatch_case
from cases.actions.fix_case import reject_fix, verify_fix
from cases.actions.link_unit import issue_link, revoke_link
from cases.actions.urge_case import urge_case
from cases.links import LINK_VERBS
from cases.models import Case, CaseLink, State, Verb
from tests.cases.conftest import COMMAND, Scene, by, calendar, scene
from tests.mapping.pictures import jpeg

__all__ = ["calendar", "scene"]

pytestmark = pytest.mark.django_db


@dataclass
class Phone:
    """A telephone without an account, and the link it was sent."""

    client: Client
    case: Case
    link: CaseLink
    secret: str

    @property
    def address(self) -> str:
        return f"/answer/{self.link.uid}/"

    def open(self) -> str:
        response = self.client.post("/answer/", {"secret": self.secret})
        assert (response.status_code, response["Location"]) == (302, self.address)
        return self.look()

    def look(self, status: int = 200) -> str:
        response = self.client.get(self.address)
        assert response.status_code == status
        assert response["Cache-Control"] == "private, no-store"
        return response.content.decode()

    def press(self, verb: str, status: int = 302, **given: object) -> str:
        response = self.client.post(f"{self.address}{verb}", given)
        assert response.status_code == status, response.content.decode()
        return response.content.decode()


def phone_for(scene: Scene, case: Case) -> Phone:
    link, secret = issue_link(by(scene.desk), case)
    client = Client()
    client.cookies["django_language"] = "en"
    return Phone(client, case, link, secret)


@pytest.fixture
def phone(scene: Scene, settings: Settings, tmp_path: Path) -> Phone:
    """One with a link to a case that waits to be accepted, dispatched a moment ago."""
    settings.MEDIA_ROOT = tmp_path
    now = timezone.localtime()
    case = scene.file(description="左下角脏了")
    case = dispatch_case(by(scene.desk), case, scene.unit, "maintains it", at=now - timedelta(minutes=5))
    return phone_for(scene, case)


def file(name: str = "after.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, jpeg(), "image/jpeg")


def offered(page: str) -> set[str]:
    return set(re.findall(r'action="/answer/[^/]+/(\w+)"', page))


# --- What it is for -------------------------------------------------------------------------------------------------


def test_a_unit_goes_all_its_way_by_a_link(phone: Phone, scene: Scene) -> None:
    page = phone.open()
    assert phone.case.code in page
    assert "左下角脏了" in page
    assert offered(page) == {"accept", "return"}
    phone.press("accept")
    assert offered(phone.look()) == {"ask_hold", "ask_extension", "fix"}
    phone.press("ask_hold", reason="rain", until=f"{timezone.localdate() + timedelta(days=3)}")
    phone.press("fix", status=422, note="no photo")
    phone.press("fix", photos=file(), note="cleaned", longitude="116.9901", latitude="36.6801")
    assert "Somebody will look" in phone.look()
    case = Case.objects.get(pk=phone.case.pk)
    assert case.state == State.FIXED
    assert case.photos.get(stage="after").distance is not None
    assert {step.actor_name for step in case.steps.filter(link=phone.link)} == {"养护公司"}
    reject_fix(by(scene.patrol), case, "still dirty below", seen=True)
    assert "still dirty below" in phone.look()
    phone.press("fix", photos=file())
    verify_fix(by(scene.patrol), case, seen=True)
    assert "There is nothing more to do" in phone.look()
    assert offered(phone.look()) == set()


def test_an_urging_is_answered_once(phone: Phone, scene: Scene) -> None:
    phone.open()
    phone.press("accept")
    urge_case(by(scene.leader), phone.case, "hurry", answer_by=timezone.now() + timedelta(days=1))
    assert "answer_urge" in offered(phone.look())
    phone.press("answer_urge", answer="tomorrow")
    assert "answer_urge" not in offered(phone.look())
    assert "No urging waits" in phone.press("answer_urge", status=422, answer="tomorrow")


def test_a_photo_that_is_none_is_refused_in_words(phone: Phone) -> None:
    phone.open()
    phone.press("accept")
    page = phone.press("fix", status=422, photos=SimpleUploadedFile("x.jpg", b"no picture", "image/jpeg"))
    assert "field-problem" in page
    assert not Case.objects.get(pk=phone.case.pk).photos.filter(stage="after").exists()
    assert "At most 9" in phone.press("fix", status=422, photos=[file(f"{n}.jpg") for n in range(10)])


def test_the_photos_of_the_case_show_and_no_other_cases(phone: Phone, scene: Scene) -> None:
    other = scene.report(photos=[jpeg()]).photos.get()
    phone.open()
    phone.press("accept")
    phone.press("fix", photos=file())
    mine = phone.case.photos.get(stage="after")
    assert phone.client.get(f"{phone.address}photos/{mine.uid}/thumb").status_code == 200
    assert phone.client.get(f"{phone.address}photos/{mine.uid}/huge").status_code == 404
    assert phone.client.get(f"{phone.address}photos/{other.uid}/thumb").status_code == 404
    assert Client().get(f"{phone.address}photos/{mine.uid}/thumb").status_code == 404


def test_a_whole_address_can_be_pasted(phone: Phone) -> None:
    response = phone.client.post("/answer/", {"secret": f" https://map.example/answer/#{phone.secret}\n"})
    assert response["Location"] == phone.address
    phone.look()


def test_a_use_is_written_down(phone: Phone) -> None:
    phone.open()
    phone.link.refresh_from_db()
    assert phone.link.last_used_at is not None


# --- What it is not for ---------------------------------------------------------------------------------------------


def test_nobodys_name_stands_on_the_page(phone: Phone, scene: Scene) -> None:
    for name, user in (("巡访员甲", scene.patrol), ("宣传部乙", scene.desk)):
        user.display_name = name
        user.save()
    page = phone.open()
    assert "巡访员甲" not in page
    assert "宣传部乙" not in page


def test_a_link_opens_no_other_case(phone: Phone, scene: Scene) -> None:
    phone.open()
    other = phone_for(scene, scene.dispatch())
    # The cookie of one link shown at the address of another.
    phone.client.cookies["case-link"]["path"] = "/"
    assert phone.client.get(other.address).status_code == 403
    assert phone.client.post(f"{other.address}accept").status_code == 403
    assert Case.objects.get(pk=other.case.pk).state == State.DISPATCHED
    assert phone.client.get(f"/cases/{phone.case.code}/").status_code == 302


@pytest.mark.parametrize("verb", sorted({*Verb.values, "fly"} - {verb.value for verb in LINK_VERBS}))
def test_a_link_does_no_other_verb(phone: Phone, verb: str) -> None:
    phone.open()
    before = phone.case.steps.count()
    phone.press(verb, status=404, reason="why", seen="on", unit=phone.link.unit_id, why="why")
    assert phone.case.steps.count() == before


def test_the_same_thing_sent_twice_is_done_once(phone: Phone) -> None:
    phone.open()
    phone.press("accept")
    assert "not possible while the case is" in phone.press("accept", status=422)
    phone.press("fix", photos=file())
    phone.press("fix", status=422, photos=file())
    assert phone.case.steps.filter(verb=Verb.FIX).count() == 1
    assert phone.case.photos.filter(stage="after").count() == 1


def test_a_closed_case_takes_nothing_more(phone: Phone, scene: Scene) -> None:
    phone.open()
    phone.press("accept")
    phone.press("fix", photos=file())
    verify_fix(by(scene.patrol), phone.case, seen=True)
    phone.press("fix", status=422, photos=file())
    phone.press("return", status=422, reason="why", whose="theirs")
    assert Case.objects.get(pk=phone.case.pk).state == State.CLOSED


def test_an_expired_link_says_what_to_do(phone: Phone) -> None:
    revoke_link(COMMAND, phone.case)
    now = timezone.now()
    phone.secret = "old"
    phone.link = CaseLink.objects.create(
        case=phone.case,
        unit=phone.link.unit,
        digest=digest_of("old"),
        issued_at=now - timedelta(days=15),
        expires_at=now - timedelta(days=1),
    )
    assert phone.client.post("/answer/", {"secret": "old"}).status_code == 410
    phone.client.cookies["case-link"] = "old"
    page = phone.look(410)
    assert "This link was valid until" in page
    assert "Ask whoever sent it for a new one" in page
    phone.press("accept", status=410)
    assert Case.objects.get(pk=phone.case.pk).state == State.DISPATCHED


def test_a_revoked_link_says_what_to_do(phone: Phone) -> None:
    phone.open()
    revoke_link(COMMAND, phone.case)
    assert "Open the latest link that you were sent" in phone.look(410)
    phone.press("accept", status=410)
    assert phone.client.post("/answer/", {"secret": phone.secret}, follow=True).status_code == 410


def test_a_link_ends_when_the_case_goes_to_another_unit(phone: Phone, scene: Scene) -> None:
    phone.open()
    dispatch_case(by(scene.desk), phone.case, scene.other_unit, "theirs")
    page = phone.look(410)
    assert "with another unit" in page
    assert "左下角脏了" not in page
    phone.press("accept", status=410)


def test_what_opens_nothing_says_so(phone: Phone) -> None:
    for secret in ("", "nonsense", phone.secret[:-1], "x" * 5000, "\x00"):
        response = phone.client.post("/answer/", {"secret": secret})
        assert response.status_code == 404, secret
        assert "opens nothing" in response.content.decode()
    assert phone.client.get(f"/answer/{uuid4()}/").status_code == 403
    assert phone.client.get(phone.address).status_code == 403


def test_guessing_is_braked(phone: Phone) -> None:
    for _ in range(CASE_LINKS.capacity):
        assert phone.client.post("/answer/", {"secret": "guess"}).status_code == 404
    refused = phone.client.post("/answer/", {"secret": phone.secret})
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0
    assert "Try again in" in refused.content.decode()


def test_forged_orders_are_refused(phone: Phone) -> None:
    phone.open()
    forging = Client(enforce_csrf_checks=True)
    forging.cookies.update(phone.client.cookies)
    assert forging.post(f"{phone.address}accept").status_code == 403
    assert Case.objects.get(pk=phone.case.pk).state == State.DISPATCHED


def test_only_a_live_link_sends_much(phone: Phone) -> None:
    phone.open()
    phone.press("accept")
    much = SimpleUploadedFile("x.jpg", b"x" * (2 << 20), "image/jpeg")
    phone.press("fix", status=422, photos=much)
    much.seek(0)
    assert Client().post(f"{phone.address}fix", {"photos": much}).status_code == 413
    revoke_link(COMMAND, phone.case)
    much.seek(0)
    phone.press("fix", status=413, photos=much)


def test_the_secret_is_in_no_log_and_no_address(phone: Phone, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    phone.open()
    phone.press("accept")
    phone.press("accept", status=422)
    phone.client.get(f"{phone.address}nothing")
    assert caplog.records
    assert phone.secret not in "".join(record.getMessage() for record in caplog.records)
    assert phone.secret not in phone.address
    assert phone.secret not in phone.look()
    cookie = phone.client.cookies["case-link"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (phone.address, True, "Lax")


def test_a_long_story_takes_no_more_queries(
    phone: Phone, scene: Scene, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    phone.open()
    accept_case(by(scene.liaison), phone.case)
    for n in range(8):
        urge_case(by(scene.leader), phone.case, f"hurry {n}", answer_by=timezone.now() + timedelta(days=1))
    with django_assert_max_num_queries(16):
        phone.look()
