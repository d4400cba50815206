"""Links for units without an account, as the desk makes and ends them; what they open is in tests/portal."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone
from django.utils.translation import override
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.tokens import digest_of
from cases.actions.fix_case import fix_case, verify_fix
from cases.actions.link_unit import issue_link, revoke_link
from cases.links import LIFETIME, LINK_VERBS, holder_of, link_of
from cases.models import Case, CaseLink, Verb
from tests.cases.conftest import Scene, by, photo

pytestmark = pytest.mark.django_db


def test_a_link_is_kept_as_a_digest_only(scene: Scene) -> None:
    link, secret = issue_link(by(scene.desk), scene.dispatch())
    assert link_of(secret) == link
    assert link.expires_at - link.issued_at == LIFETIME == timedelta(days=14)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            quoted = connection.ops.quote_name(table)
            cursor.execute(f"SELECT count(*) FROM {quoted} AS row WHERE row::text LIKE %s", [f"%{secret}%"])
            assert cursor.fetchone() == (0,), table


def test_another_link_ends_the_one_before(scene: Scene) -> None:
    case = scene.dispatch()
    first, _secret = issue_link(by(scene.desk), case)
    second, _secret = issue_link(by(scene.desk), case)
    first.refresh_from_db()
    assert first.is_over
    assert not second.is_over
    assert revoke_link(by(scene.desk), case)
    assert not revoke_link(by(scene.desk), case)
    second.refresh_from_db()
    assert second.is_over


@pytest.mark.parametrize("who", ["liaison", "patrol", "leader"])
def test_only_who_dispatches_makes_and_ends_links(scene: Scene, who: str, stranger: User) -> None:
    case = scene.dispatch()
    for user in (getattr(scene, who), stranger):
        with pytest.raises(PermissionDenied):
            issue_link(by(user), case)
        with pytest.raises(PermissionDenied):
            revoke_link(by(user), case)


def test_a_case_that_nobody_has_gets_no_link(scene: Scene) -> None:
    for case in (scene.report(), scene.file()):
        with pytest.raises(ValidationError) as refused:
            issue_link(by(scene.desk), case)
        assert "state" in refused.value.message_dict


def test_what_a_link_can_do_follows_from_the_one_table() -> None:
    assert {verb.value for verb in LINK_VERBS} == {
        "accept",
        "return",
        "ask_hold",
        "ask_extension",
        "resume",
        "fix",
        "answer_urge",
    }


def test_a_step_by_link_is_the_units(scene: Scene) -> None:
    case = scene.accept()
    link, _secret = issue_link(by(scene.desk), case)
    fix_case(holder_of(link), case, [photo(2)])
    step = case.steps.get(verb=Verb.FIX)
    assert (step.actor, step.actor_name, step.unit, step.link) == (None, "养护公司", scene.unit, link)


def test_neither_the_unit_nor_who_made_the_link_checks_what_was_put_right_by_it(scene: Scene) -> None:
    case = scene.accept()
    link, _secret = issue_link(by(scene.desk), case)
    fix_case(holder_of(link), case, [photo(2)])
    scene.patrol.units.add(scene.unit)
    told = {
        scene.patrol: "somebody of another unit does",
        scene.desk: "by a link that you made: somebody else",
    }
    with override("en"):
        for user, words in told.items():
            with pytest.raises(PermissionDenied, match=words):
                verify_fix(by(user), case, seen=True)
    verify_fix(by(scene.second), case, seen=True)


def test_a_link_is_never_deleted_nor_given_other_days(scene: Scene) -> None:
    link, _secret = issue_link(by(scene.desk), scene.dispatch())
    rows = CaseLink.objects.filter(pk=link.pk)
    for change in (
        rows.delete,
        lambda: rows.update(expires_at=timezone.now() + timedelta(days=99)),
        lambda: rows.update(digest=digest_of("x")),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    rows.update(revoked_at=timezone.now())
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(revoked_at=None)


# --- Pages ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(scene: Scene, client: Client) -> Client:
    """The desk, looking in English."""
    client.force_login(scene.desk)
    client.cookies["django_language"] = "en"
    return client


def test_the_desk_makes_a_link_sees_it_once_and_ends_it(scene: Scene, desk: Client) -> None:
    case = scene.dispatch()
    assert "Make a link" in desk.get(f"/cases/{case.code}/").content.decode()
    made = desk.post(f"/cases/{case.code}/make-link")
    assert made["Cache-Control"] == "private, no-store"
    secret = re.search(r"/answer/#([\w-]{43})<", made.content.decode())
    assert secret
    assert link_of(secret[1]) == case.links.get()
    for page in (f"/cases/{case.code}/", "/cases/links/"):
        content = desk.get(page).content.decode()
        assert "not used yet" in content
        assert secret[1] not in content
    desk.post(f"/cases/{case.code}/end-link")
    assert case.links.get().is_over
    assert "ended" in desk.get(f"/cases/{case.code}/").content.decode()
    assert case.code not in desk.get("/cases/links/").content.decode()


def test_a_link_too_early_is_refused_in_words(scene: Scene, desk: Client) -> None:
    case = scene.report()
    assert "Make a link" not in desk.get(f"/cases/{case.code}/").content.decode()
    answer = desk.post(f"/cases/{case.code}/make-link", follow=True)
    assert "Dispatch the case first" in answer.content.decode()
    assert not Case.objects.get(pk=case.pk).links.exists()


def test_others_neither_see_nor_make_links(scene: Scene, client: Client, stranger: User) -> None:
    case = scene.dispatch()
    issue_link(by(scene.desk), case)
    for user, status in ((scene.liaison, 403), (scene.patrol, 403), (stranger, 404)):
        client.force_login(user)
        assert client.post(f"/cases/{case.code}/make-link").status_code == status
        assert client.post(f"/cases/{case.code}/end-link").status_code == status
        listed = client.get("/cases/links/")
        assert listed.status_code == (200 if status == 404 else 403)
        assert case.code not in listed.content.decode()
    client.logout()
    assert client.post(f"/cases/{case.code}/make-link").status_code == 302
    assert not case.links.get().is_over


def test_many_links_take_no_more_queries(
    scene: Scene, desk: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(6):
        issue_link(by(scene.desk), scene.dispatch())
    desk.get("/cases/links/")
    with django_assert_max_num_queries(12):
        assert desk.get("/cases/links/").content.decode().count("End the link") == 6


def test_the_list_of_links_goes_on_by_cursor(
    scene: Scene, desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cases.desk.links.SHOWN", 2)
    cases = [scene.dispatch() for _ in range(3)]
    for case in cases:
        issue_link(by(scene.desk), case)
    first = desk.get("/cases/links/").content.decode()
    assert [case.code in first for case in cases] == [False, True, True]
    assert "<b>3</b> links" in first
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following is not None
    second = desk.get(f"/cases/links/{following[1]}").content.decode()
    assert [case.code in second for case in cases] == [True, False, False]
    assert "To the first page" in second
    for query, words in ("cursor=x", "does not belong to this list"), ("page=2", "Its name is “cursor” now."):
        answer = desk.get(f"/cases/links/?{query}")
        assert answer.status_code == 400
        assert words in answer.content.decode()
