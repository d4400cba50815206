"""Access tokens: shown once, kept as a digest, good for one purpose, renewed by use, ended by revoking."""

from base64 import b64encode
from datetime import timedelta

import pytest
from django.test import RequestFactory
from django.utils import timezone

from accounts.models import AccessToken, TokenPurpose, User
from accounts.throttle import TOKENS_PER_ADDRESS, take_token_try, take_try
from accounts.tokens import LIFETIMES, basic_token, bearer_token, issue_token, revoke_token, token_of

pytestmark = pytest.mark.django_db


def test_the_secret_opens_as_its_user_and_is_kept_nowhere(planner: User) -> None:
    token, secret = issue_token(planner, TokenPurpose.DATA, "  QGIS  ")
    found = token_of(secret, TokenPurpose.DATA)
    assert found is not None
    assert (found.pk, found.user, found.label) == (token.pk, planner, "QGIS")
    assert secret not in str(AccessToken.objects.values().get())


def test_two_secrets_are_never_alike(planner: User) -> None:
    assert len({issue_token(planner, TokenPurpose.DATA, "QGIS")[1] for _ in range(5)}) == 5


@pytest.mark.parametrize("spoil", ["purpose", "expired", "revoked", "inactive", "secret"])
def test_anything_wrong_opens_nothing(planner: User, spoil: str) -> None:
    token, secret = issue_token(planner, TokenPurpose.FIELD, "phone")
    purpose = TokenPurpose.FIELD
    if spoil == "purpose":
        purpose = TokenPurpose.DATA
    elif spoil == "expired":
        AccessToken.objects.update(expires_at=timezone.now())
    elif spoil == "revoked":
        revoke_token(token)
    elif spoil == "inactive":
        User.objects.filter(pk=planner.pk).update(is_active=False)
    else:
        secret += "x"
    assert token_of(secret, purpose) is None


def test_use_renews_at_most_once_an_hour(planner: User) -> None:
    token, secret = issue_token(planner, TokenPurpose.FIELD, "phone")
    nearly_over = timezone.now() + timedelta(days=1)
    AccessToken.objects.update(expires_at=nearly_over)
    assert token_of(secret, TokenPurpose.FIELD) is not None
    token.refresh_from_db()
    assert token.last_used_at is not None
    assert token.expires_at == token.last_used_at + LIFETIMES[TokenPurpose.FIELD]
    AccessToken.objects.update(expires_at=nearly_over)
    assert token_of(secret, TokenPurpose.FIELD) is not None
    token.refresh_from_db()
    assert token.expires_at == nearly_over


@pytest.mark.parametrize("header", ["Bearer {}", "bearer  {}"])
def test_a_bearer_header_is_read(planner: User, header: str) -> None:
    _token, secret = issue_token(planner, TokenPurpose.DATA, "notebook")
    request = RequestFactory().get("/", headers={"Authorization": header.format(secret)})
    found = bearer_token(request, TokenPurpose.DATA)
    assert found is not None
    assert found.user == planner


@pytest.mark.parametrize("header", ["", "Bearer", "Basic {}", "{}"])
def test_another_header_is_no_token(planner: User, header: str) -> None:
    _token, secret = issue_token(planner, TokenPurpose.DATA, "notebook")
    request = RequestFactory().get("/", headers={"Authorization": header.format(secret)})
    assert bearer_token(request, TokenPurpose.DATA) is None


def basic(username: str, secret: str) -> str:
    return "Basic " + b64encode(f"{username}:{secret}".encode()).decode()


def test_a_token_is_a_password_under_its_users_name_only(planner: User, colleague: User) -> None:
    planner.username = "规划科"
    planner.save(update_fields=["username"])
    _token, secret = issue_token(planner, TokenPurpose.DATA, "QGIS")
    for username, expected in (("规划科", planner), (colleague.username, None), ("", None)):
        request = RequestFactory().get("/", headers={"Authorization": basic(username, secret)})
        found = basic_token(request, TokenPurpose.DATA)
        assert (found.user if found else None) == expected


@pytest.mark.parametrize(
    "header", ["", "Basic", "Basic ä", "Basic !!", "Basic /w==", "Bearer x", "basic eA=="]
)
def test_a_password_that_is_none_opens_nothing(planner: User, header: str) -> None:
    assert (
        basic_token(RequestFactory().get("/", headers={"Authorization": header}), TokenPurpose.DATA) is None
    )


def test_wrong_tokens_are_counted_by_address_and_apart_from_passwords() -> None:
    now = timezone.now()
    waits = [take_token_try("10.0.0.1", now=now) for _try in range(TOKENS_PER_ADDRESS.capacity + 1)]
    assert [bool(wait) for wait in waits] == [False] * TOKENS_PER_ADDRESS.capacity + [True]
    assert not take_token_try("10.0.0.2", now=now)
    assert not take_token_try("10.0.0.1", now=now + TOKENS_PER_ADDRESS.refill)
    assert not take_try("planner", "10.0.0.1", now=now)
