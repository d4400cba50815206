"""Signing in and out, and the brake on guessing."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import throttle
from accounts.checks import proxy_is_decided
from accounts.models import SignInBucket, User
from accounts.throttle import PER_ACCOUNT_AND_ADDRESS, PER_ADDRESS, forgive, take_try
from config import environment
from tests.factories import make_user

NONE = timedelta(0)


def try_to_sign_in(client: Client, username: str = "somebody", password: str = "wrong", **extra: Any) -> Any:
    return client.post("/sign-in/", {"username": username, "password": password}, **extra)


@pytest.fixture
def somebody(db: None) -> User:
    return make_user("viewer", username="somebody", password="right-password")


def test_the_right_password_opens_the_map(client: Client, somebody: User) -> None:
    answer = try_to_sign_in(client, password="right-password")
    assert answer.status_code == 302
    assert answer["Location"] == reverse(django_settings.LOGIN_REDIRECT_URL)
    assert client.session["_auth_user_id"] == str(somebody.pk)


def test_one_returns_to_where_one_came_from_and_nowhere_else(client: Client, somebody: User) -> None:
    for wanted, given in (("/admin/", "/admin/"), ("https://evil.example/", "/start/")):
        client.logout()
        answer = client.post(
            "/sign-in/", {"username": "somebody", "password": "right-password", "next": wanted}
        )
        assert answer["Location"] == given


def test_who_is_signed_in_does_not_see_the_form(client: Client, somebody: User) -> None:
    client.force_login(somebody)
    assert client.get("/sign-in/").status_code == 302


def test_a_wrong_name_and_a_wrong_password_look_alike(client: Client, somebody: User) -> None:
    make_user("viewer", username="switched-off", password="right-password", is_active=False)
    pages = [
        re.sub(
            r'(csrfmiddlewaretoken" value="|nonce=")[^"]+|(?<=value=")(nobody|somebody|switched-off)',
            "",
            try_to_sign_in(
                Client(), name, "right-password" if name == "switched-off" else "wrong"
            ).content.decode(),
        )
        for name in ("somebody", "nobody", "switched-off")
    ]
    assert pages[0] == pages[1] == pages[2]


def test_a_name_that_does_not_exist_is_braked_alike(client: Client, db: None) -> None:
    answers = [try_to_sign_in(client, "nobody").status_code for _ in range(6)]
    assert answers == [200] * 5 + [429]


def test_after_five_wrong_tries_even_the_right_password_waits(client: Client, somebody: User) -> None:
    for _ in range(PER_ACCOUNT_AND_ADDRESS.capacity):
        assert try_to_sign_in(client).status_code == 200
    answer = try_to_sign_in(client, password="right-password")
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 60
    assert re.search(r"\d+", str(answer.context["form"].non_field_errors()))
    assert "_auth_user_id" not in client.session


def test_another_address_or_another_name_is_not_braked(client: Client, somebody: User) -> None:
    for _ in range(6):
        try_to_sign_in(client)
    assert try_to_sign_in(client, password="right-password", REMOTE_ADDR="10.0.0.9").status_code == 302
    assert try_to_sign_in(Client(), "other").status_code == 200


def test_the_right_password_in_time_forgives(client: Client, somebody: User) -> None:
    for _round in range(3):
        for _ in range(4):
            try_to_sign_in(client)
        assert try_to_sign_in(client, password="right-password").status_code == 302
        client.logout()


def test_a_token_comes_back_each_minute(db: None) -> None:
    start = timezone.now()
    for _ in range(5):
        assert take_try("a", "1.2.3.4", now=start) == NONE
    assert take_try("a", "1.2.3.4", now=start) == timedelta(minutes=1)
    assert take_try("a", "1.2.3.4", now=start + timedelta(seconds=59)) == timedelta(seconds=1)
    later = start + timedelta(seconds=61)
    assert take_try("a", "1.2.3.4", now=later) == NONE
    assert take_try("a", "1.2.3.4", now=later) > NONE
    assert take_try("a", "1.2.3.4", now=start + timedelta(hours=1)) == NONE


def test_letters_large_or_small_are_one_name(db: None) -> None:
    start = timezone.now()
    for name in ("admin", "Admin", "ADMIN", "aDmin", "adMin"):
        assert take_try(name, "1.2.3.4", now=start) == NONE
    assert take_try("admiN", "1.2.3.4", now=start) > NONE


def test_one_address_cannot_try_a_thousand_names(db: None) -> None:
    start = timezone.now()
    answers = [take_try(f"user{number}", "1.2.3.4", now=start) for number in range(PER_ADDRESS.capacity + 1)]
    assert answers[:-1] == [NONE] * PER_ADDRESS.capacity
    assert answers[-1] > NONE


@pytest.mark.django_db(transaction=True)
def test_simultaneous_tries_do_not_slip_through() -> None:
    start = timezone.now()

    def attempt(_number: int) -> bool:
        try:
            return take_try("a", "1.2.3.4", now=start) == NONE
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        allowed = list(pool.map(attempt, range(16)))
    assert sum(allowed) == PER_ACCOUNT_AND_ADDRESS.capacity


def test_names_are_not_kept_and_old_buckets_are_swept_up(db: None) -> None:
    take_try("hunter2", "1.2.3.4", now=timezone.now() - timedelta(days=2))
    assert not SignInBucket.objects.filter(key__contains="hunter").exists()
    forgive("other", "5.6.7.8")
    assert not SignInBucket.objects.exists()


def test_behind_a_proxy_the_proxy_s_word_counts(client: Client, somebody: User, settings: Any) -> None:
    def spoofed(number: int) -> dict[str, str]:
        return {"HTTP_X_FORWARDED_FOR": f"9.9.9.{number}, 10.1.1.1", "REMOTE_ADDR": "127.0.0.1"}

    settings.BEHIND_PROXY = True
    answers = [try_to_sign_in(client, **spoofed(number)).status_code for number in range(6)]
    assert answers[-1] == 429, "what the client itself wrote in front is not believed"
    settings.BEHIND_PROXY = False
    headers = {"HTTP_X_FORWARDED_FOR": "10.1.1.2"}
    answers = [try_to_sign_in(client, **headers, REMOTE_ADDR="10.2.2.2").status_code for _ in range(6)]
    assert answers[-1] == 429


@pytest.mark.parametrize("sender", ["10.1.1.9", "8.8.8.8", "::ffff:10.1.1.9", "fe80::1%eth0", "nonsense"])
def test_only_the_configured_proxy_is_believed(
    client: Client, somebody: User, settings: Any, sender: str
) -> None:
    settings.BEHIND_PROXY = True
    answers = [
        try_to_sign_in(Client(), HTTP_X_FORWARDED_FOR=f"9.9.9.{number}", REMOTE_ADDR=sender).status_code
        for number in range(6)
    ]
    assert answers[-1] == 429
    settings.PROXY_ADDRESSES = ["10.1.1.0/24", "8.8.8.8", "fe80::/10"]
    answers = [
        try_to_sign_in(Client(), HTTP_X_FORWARDED_FOR=f"9.9.8.{number}", REMOTE_ADDR=sender).status_code
        for number in range(6)
    ]
    assert answers[-1] == (429 if sender == "nonsense" else 200)


def test_https_is_believed_of_the_proxy_only(client: Client, settings: Any) -> None:
    settings.BEHIND_PROXY, settings.SECURE_SSL_REDIRECT = True, True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    https = {"HTTP_X_FORWARDED_PROTO": "https"}
    assert Client().get("/sign-in/", **https, REMOTE_ADDR="127.0.0.1").status_code == 200
    assert Client().get("/sign-in/", **https, REMOTE_ADDR="203.0.113.9").status_code == 301


def test_an_office_behind_one_address_signs_in_as_often_as_it_likes(client: Client, somebody: User) -> None:
    for _time in range(PER_ADDRESS.capacity + 5):
        assert try_to_sign_in(Client(), password="right-password").status_code == 302


def test_a_right_password_gives_back_no_more_than_it_took(db: None) -> None:
    start = timezone.now()
    for number in range(PER_ADDRESS.capacity - 1):
        assert take_try(f"guessed{number}", "1.2.3.4", now=start) == NONE
    assert take_try("mine", "1.2.3.4", now=start) == NONE
    forgive("mine", "1.2.3.4")
    assert take_try("guessed again", "1.2.3.4", now=start) == NONE
    assert take_try("and again", "1.2.3.4", now=start) > NONE


@pytest.mark.parametrize(
    "address, counts_as",
    [
        ("10.1.1.1", "10.1.1.1"), ("::ffff:10.1.1.1", "10.1.1.1"), ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::9", "2001:db8:1:2::/64"), ("2001:db8:1:3::1", "2001:db8:1:3::/64"), ("", ""), ("x", "x"),
        ("fe80::1%eth0", "fe80::/64"),
    ],
)  # fmt: skip
def test_a_household_counts_as_one_address(address: str, counts_as: str) -> None:
    assert throttle.network_of(address) == counts_as


def test_a_server_is_asked_whether_a_proxy_is_in_front(settings: Any) -> None:
    settings.BEHIND_PROXY_IS_DECIDED = False
    assert [finding.id for finding in proxy_is_decided()] == ["accounts.W002"]
    settings.BEHIND_PROXY_IS_DECIDED = True
    assert proxy_is_decided() == []


@pytest.mark.parametrize(
    "value", ["map.example.gov.cn", "ftp://map.example", "https://", "//map.example", "http:/x"]
)
def test_an_address_without_a_scheme_stops_the_start(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("PUBLIC_URL", value)
    with pytest.raises(ImproperlyConfigured, match="PUBLIC_URL"):
        environment.address("PUBLIC_URL")


def test_an_address_loses_the_slash_at_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLIC_URL", "https://map.example.gov.cn/")
    assert environment.address("PUBLIC_URL") == "https://map.example.gov.cn"


def test_a_proxy_that_is_no_address_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROXY_ADDRESSES", "10.0.0.1, proxy")
    with pytest.raises(ImproperlyConfigured, match="PROXY_ADDRESSES"):
        environment.networks("PROXY_ADDRESSES", "")


def test_an_empty_form_costs_no_try(client: Client, db: None) -> None:
    for _ in range(8):
        assert try_to_sign_in(client, "", "").status_code == 200


def test_signing_out_is_a_post(client: Client, somebody: User) -> None:
    client.force_login(somebody)
    assert client.get("/sign-out/").status_code == 405
    assert "_auth_user_id" in client.session
    assert client.post("/sign-out/")["Location"] == "/sign-in/"
    assert "_auth_user_id" not in client.session


def test_the_language_outlives_signing_in_and_out(client: Client, somebody: User) -> None:
    answer = client.post("/i18n/setlang/", {"language": "en"})
    assert int(answer.cookies[django_settings.LANGUAGE_COOKIE_NAME]["max-age"]) > 30 * 24 * 3600
    try_to_sign_in(client, password="right-password")
    client.post("/sign-out/")
    assert client.get("/sign-in/")["Content-Language"] == "en"


def test_the_browser_s_language_does_not_count(client: Client, db: None) -> None:
    assert client.get("/sign-in/", HTTP_ACCEPT_LANGUAGE="en-GB")["Content-Language"] == "zh-hans"


def test_demonstration_accounts_show_in_a_demonstration_only(client: Client, db: None, settings: Any) -> None:
    settings.DEMONSTRATION = True
    page = client.get("/sign-in/")
    assert {account.username for account in page.context["demo_accounts"]} >= {"admin", "viewer"}
    settings.DEMONSTRATION = False
    assert not client.get("/sign-in/").context["demo_accounts"]


def test_keys_of_the_two_buckets_differ() -> None:
    assert throttle._key("a", "b") != throttle._key("ab") != throttle._key("b")
