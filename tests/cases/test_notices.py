"""Notices: who is told of what, what they chose, what goes out, and that a crash sends nothing twice."""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from assets.history import Actor
from assets.models import Origin
from cases import sending
from cases.actions.read_notices import choose_notices, read_notices
from cases.actions.urge_case import urge_case
from cases.models import Notice, NoticeChoice, NoticeKind, Outgoing, Sending, Webhook, WebhookTemplate
from cases.sending import LEFT_BEHIND, PAUSES, send_what_waits
from cases.watching import look
from cases.webhooks import check_address
from tests.cases.conftest import Scene, by, moment

pytestmark = pytest.mark.django_db
NOW = moment("2026-03-05 09:00")  # the first working day after the limit of what was dispatched on 2 March
SECRET = "a secret of sixteen letters"


def told() -> set[tuple[str, str]]:
    return set(Notice.objects.values_list("user__username", "kind"))


def choose(user: User, *kinds: NoticeKind, by_email: bool = False) -> None:
    user.email = f"{user.username}@example.gov.cn"
    user.save()
    NoticeChoice.objects.create(user=user, kinds=[kind.value for kind in kinds], by_email=by_email)


# --- Who is told ----------------------------------------------------------------------------------------------------


def test_the_unit_is_told_of_cards_and_the_office_of_red_ones(scene: Scene, stranger: User) -> None:
    scene.dispatch()
    look(moment("2026-03-02 17:00"))
    assert told() == {("liaison", "acceptance")}
    look(moment("2026-03-03 17:30"))
    assert told() == {("liaison", "acceptance"), ("liaison", "yellow")}
    look(NOW)
    office = {(name, "red") for name in ("publicity", "second", "leader")}
    assert told() == {("liaison", "acceptance"), ("liaison", "yellow"), ("liaison", "red"), *office}
    assert look(NOW) == 0
    assert Notice.objects.count() == 6


def test_an_urging_by_a_person_is_told_and_one_by_a_red_card_with_the_card(scene: Scene) -> None:
    case = scene.dispatch()
    look(NOW)
    assert not Notice.objects.filter(kind="urged").exists()
    urge_case(by(scene.leader), case, "hurry", answer_by=timezone.now() + timedelta(days=1))
    assert Notice.objects.filter(kind="urged").values_list("user__username", flat=True).get() == "liaison"


def test_people_get_what_they_chose(scene: Scene) -> None:
    scene.dispatch()
    choose(scene.liaison, NoticeKind.RED)
    choose(scene.leader)
    look(NOW)
    assert told() == {("liaison", "red"), ("publicity", "red"), ("second", "red")}


# --- The page -------------------------------------------------------------------------------------------------------


def test_the_page_shows_ones_own_and_they_are_marked_as_read(
    scene: Scene, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    cases = [scene.dispatch() for _ in range(4)]
    look(NOW)
    client.cookies["django_language"] = "en"
    client.force_login(scene.liaison)
    client.get("/cases/notices/")
    with django_assert_max_num_queries(16):
        page = client.get("/cases/notices/").content.decode()
    assert "12 not read" in page
    assert all(case.code in page for case in cases)
    client.force_login(scene.patrol)
    assert cases[0].code not in client.get("/cases/notices/").content.decode()
    client.post("/cases/notices/read")
    assert Notice.objects.filter(read_at=None).exists()
    client.force_login(scene.liaison)
    client.post("/cases/notices/read")
    assert not Notice.objects.filter(user=scene.liaison, read_at=None).exists()
    client.logout()
    assert client.get("/cases/notices/").status_code == 302


def test_a_case_that_one_no_longer_sees_is_not_shown(scene: Scene, client: Client) -> None:
    case = scene.dispatch()
    look(NOW)
    scene.liaison.units.clear()
    client.force_login(scene.liaison)
    assert case.code not in client.get("/cases/notices/").content.decode()


def test_the_choice_is_kept(scene: Scene, client: Client) -> None:
    client.force_login(scene.liaison)
    client.post("/cases/notices/choose", {"kinds": ["red", "urged"], "by_email": "on"})
    choice = NoticeChoice.objects.get(user=scene.liaison)
    assert (choice.kinds, choice.by_email) == (["red", "urged"], True)
    client.post("/cases/notices/choose", {"kinds": ["nonsense"]})
    assert NoticeChoice.objects.get(user=scene.liaison).kinds == ["red", "urged"]


# --- E-mail ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def smtp(settings: Settings) -> None:
    settings.EMAIL_HOST = "mail.example.gov.cn"


def test_who_wants_it_by_email_gets_it_once(scene: Scene, smtp: None) -> None:
    choose(scene.liaison, NoticeKind.RED, by_email=True)
    case = scene.dispatch()
    look(NOW)
    assert send_what_waits(NOW) == 1
    assert send_what_waits(NOW) == send_what_waits(NOW + timedelta(days=1)) == 0
    (letter,) = mail.outbox
    assert letter.to == ["liaison@example.gov.cn"]
    assert case.code in letter.subject
    assert str(Outgoing.objects.get().uid) in letter.extra_headers["Message-ID"]


def test_without_a_server_nothing_waits(scene: Scene) -> None:
    choose(scene.liaison, NoticeKind.RED, by_email=True)
    scene.dispatch()
    look(NOW)
    assert not Outgoing.objects.exists()


def test_a_worker_killed_after_sending_sends_nothing_twice(
    scene: Scene, smtp: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(scene.liaison, NoticeKind.RED, by_email=True)
    scene.dispatch()
    look(NOW)

    def killed(*_arguments: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(sending, "mark", killed)
        with pytest.raises(SystemExit):
            send_what_waits(NOW)
    assert len(mail.outbox) == 1
    later = timezone.now() + LEFT_BEHIND
    assert send_what_waits(later) == send_what_waits(later + timedelta(days=1)) == 0
    assert len(mail.outbox) == 1
    assert Outgoing.objects.get().state == Sending.UNKNOWN


def test_what_has_ended_is_never_sent_again_by_anybody(scene: Scene, smtp: None) -> None:
    choose(scene.liaison, NoticeKind.RED, by_email=True)
    scene.dispatch()
    look(NOW)
    send_what_waits(NOW)
    with pytest.raises(DatabaseError), transaction.atomic():
        Outgoing.objects.update(state=Sending.WAITING)


# --- Webhooks -------------------------------------------------------------------------------------------------------


@dataclass
class Receiver:
    """A server of this machine that takes what is sent, and answers as it is told."""

    port: int = 0
    status: int = 200
    answer: str = '{"errcode": 0}'
    location: str = ""
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/robot/send?key=k"


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    receiving = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiving.got.append((self.path, dict(self.headers), body))
            if receiving.status == 0:
                self.connection.close()
                return
            self.send_response(receiving.status)
            if receiving.location:
                self.send_header("Location", receiving.location)
            self.end_headers()
            self.wfile.write(receiving.answer.encode())

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiving.port = server.server_address[1]
    settings.WEBHOOK_HOSTS = [f"http://127.0.0.1:{receiving.port}"]
    Thread(target=server.serve_forever, daemon=True).start()
    yield receiving
    server.shutdown()
    server.server_close()


def make_hook(receiver: Receiver, template: str = "plain", **values: object) -> Webhook:
    return Webhook.objects.create(
        name=template, template=template, address=receiver.address, secret=SECRET, kinds=["red"], **values
    )


def waiting(scene: Scene, receiver: Receiver, template: str = "plain") -> Outgoing:
    make_hook(receiver, template)
    scene.dispatch()
    look(NOW)
    return Outgoing.objects.get()


def test_our_own_is_signed_and_names_the_message(scene: Scene, receiver: Receiver) -> None:
    message = waiting(scene, receiver)
    assert send_what_waits(NOW) == 1
    ((path, headers, body),) = receiver.got
    given = json.loads(body)
    assert path == "/robot/send?key=k"
    assert (given["kind"], given["case"], given["unit"]) == ("red", message.case.code, "养护公司")
    assert "王师傅" not in body.decode()
    signed = hmac.new(SECRET.encode(), headers["X-Timestamp"].encode() + b"." + body, hashlib.sha256)
    assert headers["X-Signature"] == f"sha256={signed.hexdigest()}"
    assert headers["Idempotency-Key"] == given["id"] == str(message.uid)


def test_robots_get_their_json_and_dingtalk_its_signature(scene: Scene, receiver: Receiver) -> None:
    make_hook(receiver, "wecom")
    make_hook(receiver, "dingtalk")
    scene.dispatch()
    look(NOW)
    assert send_what_waits(NOW) == 2
    for path, headers, body in receiver.got:
        content = json.loads(body)
        assert content["msgtype"] == "text"
        assert "370105-" in content["text"]["content"]
        assert "X-Signature" not in headers
        query = parse_qs(urlsplit(path).query)
        if "sign" in query:
            text = f"{query['timestamp'][0]}\n{SECRET}".encode()
            signed = base64.b64encode(hmac.new(SECRET.encode(), text, hashlib.sha256).digest()).decode()
            assert query["sign"] == [signed]
    assert sum("sign=" in path for path, _headers, _body in receiver.got) == 1


def test_what_is_not_taken_is_tried_again_after_pauses_and_then_given_up(
    scene: Scene, receiver: Receiver
) -> None:
    message = waiting(scene, receiver)
    receiver.status = 503
    now = NOW
    for number, pause in enumerate(PAUSES, 1):
        assert send_what_waits(now) == 0
        assert send_what_waits(now + pause - timedelta(seconds=1)) == 0
        assert len(receiver.got) == number
        now += pause
    send_what_waits(now)
    message.refresh_from_db()
    assert (message.state, message.trouble, len(receiver.got)) == (
        Sending.FAILED,
        "HTTP 503",
        len(PAUSES) + 1,
    )


def test_a_robots_refusal_in_an_answer_of_200_is_one(scene: Scene, receiver: Receiver) -> None:
    message = waiting(scene, receiver, "wecom")
    receiver.answer = '{"errcode": 93000, "errmsg": "invalid webhook url"}'
    send_what_waits(NOW)
    message.refresh_from_db()
    assert (message.state, message.trouble) == (Sending.WAITING, "errcode 93000")


def test_a_redirect_is_not_followed(scene: Scene, receiver: Receiver) -> None:
    message = waiting(scene, receiver)
    receiver.status, receiver.location = 307, receiver.address
    send_what_waits(NOW)
    message.refresh_from_db()
    assert (len(receiver.got), message.trouble) == (1, "HTTP 307")


@pytest.mark.parametrize("template, sent", [("plain", 2), ("wecom", 1), ("dingtalk", 1)])
def test_a_worker_killed_after_posting_sends_again_only_what_the_receiver_can_tell_apart(
    scene: Scene, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, template: str, sent: int
) -> None:
    message = waiting(scene, receiver, template)

    def killed(*_arguments: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(sending, "mark", killed)
        with pytest.raises(SystemExit):
            send_what_waits(NOW)
    send_what_waits(timezone.now() + LEFT_BEHIND)
    assert len(receiver.got) == sent
    if template == "plain":
        assert {headers["Idempotency-Key"] for _path, headers, _body in receiver.got} == {str(message.uid)}
    message.refresh_from_db()
    assert message.state == (Sending.SENT if template == "plain" else Sending.UNKNOWN)


def test_an_answer_that_never_came_is_not_known_for_a_robot(scene: Scene, receiver: Receiver) -> None:
    message = waiting(scene, receiver, "wecom")
    receiver.status = 0
    send_what_waits(NOW)
    message.refresh_from_db()
    assert message.state == Sending.UNKNOWN
    assert send_what_waits(NOW + timedelta(days=2)) == 0


def test_a_host_that_is_no_longer_listed_is_not_connected_to(
    scene: Scene, receiver: Receiver, settings: Settings
) -> None:
    message = waiting(scene, receiver)
    settings.WEBHOOK_HOSTS = []
    send_what_waits(NOW)
    message.refresh_from_db()
    assert (receiver.got, message.state) == ([], Sending.WAITING)


def test_another_districts_webhook_hears_nothing(scene: Scene, receiver: Receiver) -> None:
    make_hook(receiver, district_code="370999")
    scene.dispatch()
    look(NOW)
    assert not Outgoing.objects.exists()


@pytest.mark.parametrize(
    "address",
    [
        "http://qyapi.weixin.qq.com/x",
        "https://evil.example/x",
        "https://qyapi.weixin.qq.com.evil.example/x",
        "https://qyapi.weixin.qq.com@evil.example/x",
        "https://user:word@qyapi.weixin.qq.com/x",
        "https://qyapi.weixin.qq.com:8080/x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://169.254.169.254/latest",
        "file:///etc/passwd",
        "gopher://qyapi.weixin.qq.com/x",
        "//qyapi.weixin.qq.com/x",
        "https://qyapi.weixin.qq.com:99999/x",
        "nonsense",
        "",
    ],
)
def test_only_listed_hosts_are_taken(settings: Settings, address: str) -> None:
    settings.WEBHOOK_HOSTS = ["qyapi.weixin.qq.com", "gateway.example:8443"]
    with pytest.raises(ValidationError) as refused:
        check_address(address)
    assert "address" in refused.value.message_dict
    check_address("https://QYAPI.weixin.qq.com/cgi-bin/webhook/send?key=1")
    check_address("https://gateway.example:8443/x")


# --- Administration -------------------------------------------------------------------------------------------------


def test_the_office_keeps_webhooks_and_their_secrets_are_never_shown(
    scene: Scene, client: Client, settings: Settings, owner: User
) -> None:
    settings.WEBHOOK_HOSTS = ["oapi.dingtalk.com"]
    for user in (scene.desk, owner):
        user.is_staff = True
        user.save()
    client.force_login(scene.desk)
    client.cookies["django_language"] = "en"
    given = {"name": "group", "template": "dingtalk", "kinds": ["red"], "active": "on", "district_code": ""}
    address = "/admin/cases/webhook/"
    refused = client.post(
        f"{address}add/", {**given, "new_address": "https://evil.example/x", "new_secret": ""}
    )
    assert "WEBHOOK_HOSTS" in refused.content.decode()
    robot = "https://oapi.dingtalk.com/robot/send?access_token=hidden-token"
    assert (
        client.post(f"{address}add/", {**given, "new_address": robot, "new_secret": "SEChidden"}).status_code
        == 302
    )
    hook = Webhook.objects.get()
    for page in (address, f"{address}{hook.pk}/change/", f"{address}{hook.pk}/history/"):
        content = client.get(page).content.decode()
        assert "hidden-token" not in content
        assert "SEChidden" not in content
    client.post(
        f"{address}{hook.pk}/change/", {**given, "name": "other", "new_address": "", "new_secret": ""}
    )
    hook.refresh_from_db()
    assert (hook.name, hook.address, hook.secret) == ("other", robot, "SEChidden")
    plain = {
        **given,
        "name": "plain",
        "template": WebhookTemplate.PLAIN,
        "new_address": robot,
        "new_secret": "short",
    }
    assert "16 characters" in client.post(f"{address}add/", plain).content.decode()
    client.force_login(owner)
    assert client.get(address).status_code == 403


def test_the_list_of_notices_goes_on_by_cursor(
    scene: Scene, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cases.desk.notices.SHOWN", 7)
    for _ in range(4):
        scene.dispatch()
    look(NOW)
    client.cookies["django_language"] = "en"
    client.force_login(scene.liaison)
    first = client.get("/cases/notices/").content.decode()
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following is not None
    second = client.get(f"/cases/notices/{following[1]}").content.decode()
    assert [page.count('class="card-mark') for page in (first, second)] == [7, 5]
    assert "12 not read" in second
    for query, words in ("cursor=x", "does not belong to this list"), ("page=2", "Its name is “cursor” now."):
        answer = client.get(f"/cases/notices/?{query}")
        assert answer.status_code == 400
        assert words in answer.content.decode()


def test_reading_and_choosing_are_for_whoever_is_told(scene: Scene) -> None:
    nobody = Actor(None, Origin.WEB)
    for act in (lambda: read_notices(nobody), lambda: choose_notices(nobody, [], by_email=False)):
        with pytest.raises(PermissionDenied):
            act()
    with pytest.raises(ValidationError, match="kinds"):
        choose_notices(by(scene.liaison), ["gossip"], by_email=True)
    assert not NoticeChoice.objects.exists()
    scene.dispatch()
    look(NOW)
    assert read_notices(by(scene.liaison), at=NOW) == 3
    assert read_notices(by(scene.liaison)) == 0
    assert {notice.read_at for notice in scene.liaison.notices.all()} == {NOW}
