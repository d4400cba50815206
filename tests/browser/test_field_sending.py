"""Sending what the phone recorded: faults in the middle, refused tokens, other people, bad records, two phones."""

import io
import json
import zipfile
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from accounts.models import AccessToken, Role
from accounts.tokens import revoke_token
from assets.models import Condition, Inspection, Photo
from field.api import sending
from field.models import Operation
from field.up.receiving import receive
from field.up.uploads import take_piece
from tests.browser.conftest import Manners, Scene
from tests.browser.field_phone import FieldPhone, picture
from tests.factories import make_user

WEST = "370105001"


class Server:
    """The server in this very process, which can be made to fail."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.lost = 0
        self.pieces: list[tuple[int, int]] = []
        self.taken: list[str] = []
        self.most_at_once = 0
        self._at_once = 0
        self._fails_on = lambda ops: False
        self._refused: set[int] = set()
        monkeypatch.setattr(sending, "receive", self._receive)
        monkeypatch.setattr(sending, "take_piece", self._take_piece)

    def fails_on(self, is_bad: Callable[[list[dict]], bool]) -> None:
        """Break down, before anything is taken in, on a batch that is bad."""
        self._fails_on = is_bad

    def recovers(self) -> None:
        """Work again."""
        self._fails_on = lambda ops: False

    def loses_answers(self, count: int) -> None:
        """Take everything in and break down before the answer."""
        self.lost = count

    def refuses_piece(self, number: int) -> None:
        """Break down at this piece of a photo (from 1)."""
        self._refused = {number}

    def _receive(self, sender, ops, device_time):
        if self._fails_on(ops):
            raise BreakDown
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        results = receive(sender, ops, device_time)
        self._at_once -= 1
        self.taken += [op["op_id"] for op in ops]
        if self.lost:
            self.lost -= 1
            raise BreakDown
        return results

    def _take_piece(self, user, sha256, piece):
        self.pieces.append((piece.start, piece.start + len(piece.data)))
        if len(self.pieces) in self._refused:
            raise BreakDown
        return take_piece(user, sha256, piece)


class BreakDown(Exception):
    """A fault of the server."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    return Server(monkeypatch)


def test_a_good_one_is_one_tap_and_one_to_confirm(phone: FieldPhone, crew, scene: Scene) -> None:
    phone.begin(crew, WEST)
    phone.page.locator(".card").first.click()
    phone.page.locator('[data-condition="good"]').click()
    confirm = phone.page.locator(".sheet-form .button.primary")
    expect(confirm).to_have_text("Confirm: good")
    confirm.click()
    phone.expect_outbox()
    expect(phone.page.locator(".record[data-state=done]")).to_have_count(1)
    inspection = Inspection.objects.get()
    assert (inspection.asset, inspection.condition) == (scene.west[0], Condition.GOOD)


def test_no_tick_before_the_server_has_confirmed(
    phone: FieldPhone, crew, scene: Scene, server: Server
) -> None:
    phone.begin(crew, WEST)
    server.fails_on(lambda ops: True)
    phone.reported(scene.alone)
    phone.expect_outbox(waiting=1)
    expect(phone.page.locator(".record")).to_have_attribute("data-state", "waiting")
    expect(phone.page.locator(".record-mark.done")).to_have_count(0)


def test_a_fault_after_the_server_took_it_in_doubles_nothing(
    phone: FieldPhone, crew, scene: Scene, server: Server
) -> None:
    phone.begin(crew, WEST)
    server.loses_answers(1)
    with phone.without_network():
        for asset in scene.west[:4]:
            phone.reported(asset, "damaged", photo=picture(size=(300, 200 + asset.pk % 50)))
    phone.tab("outbox")
    expect(phone.page.locator(".record[data-state=done]")).to_have_count(4)
    phone.expect_outbox()
    assert Inspection.objects.count() == 4
    assert Photo.objects.count() == 4
    assert Operation.objects.count() == 4


def test_one_record_the_server_fails_on_holds_up_no_other(
    phone: FieldPhone, crew, scene: Scene, server: Server
) -> None:
    phone.begin(crew, WEST)
    poison = str(scene.west[2].uid)
    server.fails_on(lambda ops: any(op["asset"] == poison for op in ops))
    with phone.without_network():
        for asset in scene.west[:6]:
            phone.reported(asset)
    phone.tab("outbox")
    expect(phone.page.locator(".record[data-state=done]")).to_have_count(5)
    phone.expect_outbox(waiting=1)
    assert Inspection.objects.count() == 5


def test_what_the_server_refuses_needs_attention_and_says_why(phone: FieldPhone, owner, scene: Scene) -> None:
    phone.begin(owner, WEST, "370105002")
    with phone.without_network():
        phone.reported(scene.east[0])
        phone.reported(scene.west[0])
    phone.tab("outbox")
    expect(phone.page.locator(".record[data-state=done]")).to_have_count(1)
    phone.expect_outbox(attention=1)
    refused = phone.page.locator(".record[data-state=attention]")
    expect(refused).to_contain_text("东街 0 号道旗")
    expect(refused.locator(".why")).not_to_be_empty()
    refused.get_by_role("button", name="Remove").click()
    phone.page.locator("dialog").get_by_role("button", name="Remove").click()
    phone.expect_outbox()
    assert Inspection.objects.get().asset == scene.west[0]


def test_a_refused_token_keeps_the_queue_until_the_person_signs_in_again(
    phone: FieldPhone, crew, scene: Scene
) -> None:
    phone.begin(crew, WEST)
    with phone.without_network():
        for asset in scene.west[:3]:
            phone.reported(asset)
        revoke_token(AccessToken.objects.get())
    banner = phone.page.locator(".banner.bad")
    expect(banner).to_contain_text("Sign in to send 3 records")
    phone.expect_outbox(waiting=3)
    expect(banner.get_by_role("link")).to_have_attribute("href", "/sign-in/?next=%2Ffield%2F")
    phone.sign_in(crew)
    phone.page.reload()
    phone.tab("outbox")
    expect(phone.page.locator(".record[data-state=done]")).to_have_count(3)
    assert Inspection.objects.count() == 3


def test_another_person_neither_sees_nor_sends_my_records(
    phone: FieldPhone, crew, district, scene: Scene, server: Server
) -> None:
    other = make_user(Role.CREW, district.district, username="other")
    phone.begin(crew, WEST)
    server.fails_on(lambda ops: True)
    phone.reported(scene.alone)
    phone.expect_outbox(waiting=1)
    server.recovers()
    phone.go("settings")
    phone.page.locator("#leave").click()
    phone.page.locator("dialog").get_by_role("button", name="Sign out").click()
    expect(phone.page.locator(".welcome")).to_be_visible()
    phone.sign_in(other)
    phone.page.reload()
    phone.has_token()
    phone.open("outbox")
    expect(phone.page.locator("#locked")).to_contain_text("1 record of crew")
    expect(phone.page.locator(".record")).to_have_count(0)
    phone.page.evaluate("import('field/up/sync').then(sync => sync.sendNow())")
    assert not Operation.objects.exists()
    phone.sign_in(crew)
    phone.page.evaluate("import('field/phone/session').then(session => session.leave())")
    phone.page.reload()
    phone.tab("outbox")
    expect(phone.page.locator(".record[data-state=done]")).to_have_count(1)
    assert Inspection.objects.get().inspector == crew


def test_two_phones_on_one_asset(
    browser, live_server, phone: FieldPhone, crew, owner, scene, manners: Manners
) -> None:
    second = FieldPhone.new(browser, live_server.url, manners)
    phone.begin(crew, WEST)
    second.begin(owner, WEST)
    with phone.without_network(), second.without_network():
        phone.reported(scene.alone, "damaged", photo=picture("#123"))
        second.reported(scene.alone, "missing", photo=picture("#321"))
    for field_phone in (phone, second):
        field_phone.tab("outbox")
        expect(field_phone.page.locator(".record[data-state=done]")).to_have_count(1)
    second.put_away()
    scene.alone.refresh_from_db()
    assert set(Inspection.objects.values_list("inspector__username", flat=True)) == {"crew", "owner"}
    assert Photo.objects.count() == 2
    assert scene.alone.condition == Condition.MISSING


def test_two_tabs_send_everything_once_and_both_know_it(
    phone: FieldPhone, crew, scene: Scene, server: Server
) -> None:
    phone.begin(crew, WEST)
    other = FieldPhone(phone.context, phone.url, phone.manners)
    other.open("outbox")
    with phone.without_network():
        for number, asset in enumerate(scene.west[:4]):
            tab = (phone, other)[number % 2]
            tab.reported(asset, "damaged", photo=picture(size=(300, 200 + number)))
        for tab in (phone, other):
            tab.expect_outbox(waiting=4)
    for tab in (phone, other):
        tab.expect_outbox()
        expect(tab.page.locator(".record[data-state=done]")).to_have_count(4)
    assert len(server.taken) == len(set(server.taken)) == 4
    assert server.most_at_once == 1
    assert Inspection.objects.count() == Photo.objects.count() == 4
    other.reported(scene.alone, "severe")
    phone.tab("near")
    card = phone.page.locator(f'[data-uid="{scene.alone.uid}"]')
    expect(card).to_contain_text("Severe")
    expect(card).not_to_contain_text("waiting")
    other.put_away_tab()


def test_a_record_made_while_the_other_tab_sends_is_sent_right_after(
    phone: FieldPhone, crew, scene: Scene, server: Server
) -> None:
    phone.begin(crew, WEST)
    other = FieldPhone(phone.context, phone.url, phone.manners)
    other.open()
    phone.page.evaluate(
        """() => new Promise((held) => navigator.locks.request('field-sending', () => {
            held();
            return new Promise((release) => { window.release = release; });
        }))"""
    )
    other.reported(scene.alone)
    other.tab("outbox")
    expect(other.page.locator('[data-count="waiting"]')).to_contain_text("1")
    assert server.taken == []
    phone.page.evaluate("window.release()")
    other.expect_outbox()
    assert Inspection.objects.count() == 1
    other.put_away_tab()


def test_a_photo_is_sent_in_pieces_and_goes_on_where_it_broke_off(
    phone: FieldPhone, crew, scene: Scene, server: Server
) -> None:
    phone.begin(crew, WEST)
    server.refuses_piece(2)
    phone.reported(scene.alone, "damaged", photo=picture_of_noise())
    phone.tab("outbox")
    expect(phone.page.locator(".record")).to_have_attribute("data-state", "partly")
    expect(phone.page.locator(".record")).to_contain_text("photos 0/1")
    phone.send_now()
    phone.expect_outbox()
    assert [start for start, _end in server.pieces[:3]] == [0, server.pieces[0][1], server.pieces[0][1]]
    assert Photo.objects.get().asset == scene.alone
    assert phone.stored("photos") == []


def picture_of_noise() -> dict:
    """A picture that does not compress, so that it is sent in several pieces."""
    import random

    from PIL import Image

    image = Image.frombytes("RGB", (800, 800), random.Random(1).randbytes(800 * 800 * 3))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=95)
    return {"name": "noise.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def test_unsent_work_is_exported_as_one_file(phone: FieldPhone, crew, scene: Scene) -> None:
    phone.begin(crew, WEST)
    with phone.without_network():
        phone.reported(scene.alone, "damaged", photo=picture())
        phone.reported(scene.west[1])
        phone.tab("outbox")
        with phone.page.expect_download() as download:
            phone.page.locator("#export").click()
        content = download.value.path().read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as exported:
        assert exported.testzip() is None
        exported_ops = json.loads(exported.read("ops.json"))
        (photo,) = (name for name in exported.namelist() if name.startswith("photos/"))
        assert exported.read(photo)[:3] == b"\xff\xd8\xff"
    assert [op["asset"] for op in exported_ops["ops"]] == [str(scene.alone.uid), str(scene.west[1].uid)]
    assert photo == f"photos/{exported_ops['ops'][0]['photos'][0]['sha256']}.jpg"
