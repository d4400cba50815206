"""Passwords: everybody's own, the first sign-in, what is refused, and what ends with a password or an account."""

import re
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.actions.change_own_password import change_own_password
from accounts.models import AccessToken, TokenPurpose, User
from accounts.passwords import NAMES, NoPlaceNames
from accounts.tokens import issue_token, token_of
from tests.factories import make_area, make_user
from tests.quick_passwords import PRODUCT_COST

OLD, NEW = "old-Password-77", "Weidenbaum-im-Wind-4"
HTML = {"headers": {"accept": "text/html"}}


@pytest.fixture
def somebody(db: None) -> User:
    return make_user("viewer", username="somebody", password=OLD)


def sign_in(name: str = "somebody", password: str = OLD) -> Client:
    client = Client()
    assert client.post("/sign-in/", {"username": name, "password": password}).status_code == 302
    return client


def change(client: Client, old: str = OLD, new: str = NEW, again: str | None = None) -> Any:
    form = {"old_password": old, "new_password1": new, "new_password2": new if again is None else again}
    return client.post("/password/", form)


def is_in(client: Client) -> bool:
    return client.get("/api/now").status_code == 200


def test_nobody_signed_in_is_asked_to_sign_in(client: Client, db: None) -> None:
    assert client.get("/password/")["Location"] == "/sign-in/?next=/password/"
    assert change(client).status_code == 302


@pytest.mark.parametrize(
    "role", ["administrator", "publicity", "street_editor", "crew", "planner", "viewer", None]
)
def test_everybody_changes_their_own_and_stays_signed_in(role: str | None, db: None) -> None:
    make_user(role, username="somebody", password=OLD)
    here, elsewhere = sign_in(), sign_in()
    here.cookies["django_language"] = "en"
    answer = change(here)
    assert (answer.status_code, answer["Location"]) == (302, "/password/")
    assert "is changed" in here.get("/password/").content.decode()
    assert "_auth_user_id" in here.session
    assert elsewhere.get("/password/").status_code == 302, "another browser's session has ended"
    assert User.objects.get(username="somebody").check_password(NEW)


def test_the_menu_leads_there(somebody: User) -> None:
    assert 'href="/password/"' in sign_in().get("/map/").content.decode()


@pytest.mark.parametrize(
    "form, field, words",
    [
        ({"old": "wrong"}, "old_password", "not your present password"),
        ({"again": "another"}, "new_password2", "not the same"),
        ({"new": OLD}, "new_password1", "the password you have"),
        ({"new": "short"}, "new_password1", "short"),
        ({"new": "tianqiao-2026-map"}, "new_password1", "“tianqiao”"),
        ({"new": "somebody-else"}, "new_password1", "similar"),
        ({"new": "short", "again": "another"}, "new_password1", "short"),
        ({"new": ""}, "new_password1", "required"),
        ({"old": "a\0b"}, "old_password", "Null"),
    ],
)
def test_what_is_refused_is_said_beside_its_field(
    somebody: User, form: dict[str, str], field: str, words: str
) -> None:
    client = sign_in()
    client.cookies["django_language"] = "en"
    answer = change(client, **form)
    assert answer.status_code == 200
    beside = answer.content.decode().split(f'data-field="{field}"')[1].split("data-field=")[0]
    assert words in beside.split("field-problem")[1]
    somebody.refresh_from_db()
    assert somebody.check_password(OLD)


@pytest.mark.parametrize(
    "new", ["short", "12345678", "password", "somebody-else", "tianqiao-2026-map", OLD, ""]
)
def test_every_refusal_is_said_in_the_language_of_the_page(somebody: User, new: str) -> None:
    page = change(sign_in(), new=new).content.decode()
    refusals = re.findall(r'<p class="field-problem">(.*?)</p>', page)
    assert refusals
    assert all(re.search("[一-龥]", words) for words in refusals), refusals


def test_guessing_at_the_old_password_is_braked_like_signing_in(somebody: User) -> None:
    client = sign_in()
    answers = [change(client, old="wrong").status_code for _ in range(6)]
    assert answers == [200] * 5 + [429]
    assert change(client).status_code == 429, "the right one waits too"


def test_a_new_password_ends_tokens_of_programs_and_phones(somebody: User) -> None:
    secrets = [issue_token(somebody, purpose, "x")[1] for purpose in TokenPurpose]
    change(sign_in())
    for secret, purpose in zip(secrets, TokenPurpose, strict=True):
        assert token_of(secret, purpose) is None
    assert AccessToken.objects.filter(revoked_at=None).count() == 0


def test_a_hash_made_anew_for_the_same_password_ends_nothing(somebody: User, settings: Any) -> None:
    settings.PASSWORD_HASHERS = list(reversed(settings.PASSWORD_HASHERS))
    _token, secret = issue_token(somebody, TokenPurpose.FIELD, "x")
    sign_in()
    somebody.refresh_from_db()
    assert somebody.password.startswith(("pbkdf2", "argon2"))
    assert token_of(secret, TokenPurpose.FIELD) is not None


@pytest.mark.parametrize("how", ["the administration", "a statement"])
def test_who_was_switched_off_and_on_again_has_to_sign_in_anew(
    how: str, somebody: User, administrator: User
) -> None:
    client = sign_in()
    _token, secret = issue_token(somebody, TokenPurpose.DATA, "x")
    assert is_in(client)
    if how == "a statement":
        User.objects.filter(pk=somebody.pk).update(is_active=False)
    else:
        office = Client()
        office.force_login(administrator)
        membership = somebody.memberships.get()
        membership.area = administrator.memberships.get().area
        membership.save()
        form = {"username": "somebody", "memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0}
        answer = office.post(reverse("admin:accounts_user_change", args=[somebody.pk]), form)
        assert answer.status_code == 302, answer.content.decode()
    assert not is_in(client)
    User.objects.filter(pk=somebody.pk).update(is_active=True)
    assert not is_in(client)
    assert token_of(secret, TokenPurpose.DATA) is None
    assert is_in(sign_in())


# --- The first sign-in ----------------------------------------------------------------------------------------------


@pytest.fixture
def newcomer(somebody: User, administrator: User) -> User:
    """Somebody whose password an administrator has set."""
    somebody.memberships.update(area=administrator.memberships.get().area)
    office = Client()
    office.force_login(administrator)
    answer = office.post(
        reverse("admin:auth_user_password_change", args=[somebody.pk]),
        {"password1": "Set-by-the-office-9", "password2": "Set-by-the-office-9", "usable_password": "true"},
    )
    assert answer.status_code == 302, answer.content.decode()
    somebody.refresh_from_db()
    assert somebody.must_change_password
    return somebody


@pytest.mark.parametrize("address", ["/map/", "/jobs/", "/import/", "/field/", "/admin/", "/ogc/"])
def test_a_password_of_somebody_else_opens_only_its_own_page(newcomer: User, address: str) -> None:
    client = sign_in(password="Set-by-the-office-9")
    answer = client.get(address, **HTML)
    assert (answer.status_code, answer["Location"]) == (302, "/password/")
    assert 'role="alert"' in client.get("/password/").content.decode()


@pytest.mark.parametrize("address", ["/api/now", "/api/assets", "/export/options.json", "/tiles/assets.json"])
def test_programs_are_told_so(newcomer: User, address: str) -> None:
    answer = sign_in(password="Set-by-the-office-9").get(address)
    assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")


def test_once_changed_everything_opens(newcomer: User) -> None:
    client = sign_in(password="Set-by-the-office-9")
    assert change(client, old="Set-by-the-office-9").status_code == 302
    assert client.get("/map/", **HTML).status_code == 200
    assert sign_in(password=NEW).get("/map/", **HTML).status_code == 200
    assert not User.objects.get(pk=newcomer.pk).must_change_password


def test_one_can_always_leave(newcomer: User) -> None:
    client = sign_in(password="Set-by-the-office-9")
    assert client.post("/sign-out/").status_code == 302
    assert "_auth_user_id" not in client.session


def test_who_is_new_has_to_choose_a_password(administrator: User) -> None:
    office = Client()
    office.force_login(administrator)
    form = {"username": "new", "usable_password": "true", "password1": NEW, "password2": NEW}
    answer = office.post(
        reverse("admin:accounts_user_add"),
        {**form, "memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0},
    )
    assert answer.status_code == 302, answer.content.decode()
    assert User.objects.get(username="new").must_change_password


@pytest.mark.parametrize("name", ["admin:password_change", "admin:auth_user_password_change"])
def test_the_administration_has_no_second_way_to_ones_own_password(name: str, administrator: User) -> None:
    office = Client()
    office.force_login(administrator)
    address = reverse(name, args=[administrator.pk] if name.endswith("user_password_change") else [])
    assert office.get(address)["Location"] == "/password/"


def test_who_made_the_first_account_on_the_server_chose_its_password(db: None) -> None:
    call_command("createsuperuser", username="root", email="", interactive=False)
    assert not User.objects.get(username="root").must_change_password


# --- What is guessed first ------------------------------------------------------------------------------------------


@given(name=st.sampled_from(NAMES), before=st.text("xyz-7", max_size=5), after=st.text("xyz-7", max_size=5))
def test_no_password_has_the_place_or_the_product_in_it(name: str, before: str, after: str) -> None:
    for spelled in (name, name.upper(), name.replace("i", "1").replace("a", "@").replace("o", "0")):
        with pytest.raises(ValidationError):
            NoPlaceNames()._refuse(before + spelled + after, NAMES)


@pytest.mark.parametrize(
    "password", ["ＴＩＡＮＱＩＡＯ-map-77", "T1anq1ao!!2026", "历下一九四八年春天", "我在历下"]
)
def test_other_letters_and_other_districts_are_found_too(db: None, password: str) -> None:
    make_area("370102", "历下区")
    with pytest.raises(ValidationError):
        NoPlaceNames().validate(password)


def test_an_ordinary_password_passes(db: None) -> None:
    make_area("370102", "历下区")
    NoPlaceNames().validate(NEW)


def test_the_action_refuses_what_the_form_would(somebody: User) -> None:
    with pytest.raises(ValidationError):
        change_own_password(somebody, "tianqiao-2026")
    somebody.refresh_from_db()
    assert somebody.check_password(OLD)


def test_the_product_makes_hashes_slowly_whatever_tests_do() -> None:
    passes, kibibytes, _lanes = PRODUCT_COST
    assert Argon2PasswordHasher.memory_cost < kibibytes, "the tests' own are quick"
    assert passes >= 2
    assert kibibytes >= 19 * 1024
    assert django_settings.PASSWORD_HASHERS[0] == "django.contrib.auth.hashers.Argon2PasswordHasher"
