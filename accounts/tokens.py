"""Secrets that stand for a user outside the browser: QGIS and notebooks read with one, a phone sends with one.

A secret is shown once, when it is issued; the database keeps its SHA-256. That needs no salt and no slow hash, because
the secret is 256 random bits, not a word somebody chose. Use renews a token: one that is used never ends in the field,
one that lies in a drawer ends by itself.
"""

import hashlib
import secrets
from base64 import b64decode
from datetime import timedelta

from django.db.models import TextField
from django.db.models.expressions import RawSQL
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import AccessToken, TokenPurpose, User
from accounts.readers import known_user
from places.first_look import first_look
from places.generation import MARKS_SQL, note

LIFETIMES = {TokenPurpose.DATA: timedelta(days=365), TokenPurpose.FIELD: timedelta(days=30)}
# Writing down every use would make every read a write.
BETWEEN_RENEWALS = timedelta(hours=1)
_PREFIXES = {TokenPurpose.DATA: "tqd_", TokenPurpose.FIELD: "tqf_"}


def issue_token(user: User, purpose: TokenPurpose, label: str) -> tuple[AccessToken, str]:
    """A new token and its secret, which nobody can be shown again."""
    secret = _PREFIXES[purpose] + secrets.token_urlsafe(32)
    token = AccessToken.objects.create(
        user=user,
        purpose=purpose,
        label=label.strip()[:100],
        digest=digest_of(secret),
        expires_at=timezone.now() + LIFETIMES[purpose],
    )
    return token, secret


def token_of(secret: str, purpose: TokenPurpose) -> AccessToken | None:
    """The live token behind a secret, with its user, renewed by this use; None when there is none.

    A token of another purpose, an expired or revoked one, or one whose user is no longer active, is none.
    """
    now = timezone.now()
    live = AccessToken.objects.filter(
        digest=digest_of(secret), purpose=purpose, revoked_at=None, expires_at__gt=now
    )
    token = first_look(live.annotate(marks=RawSQL(MARKS_SQL, [], output_field=TextField())).first)
    if token is None:
        return None
    note(token.marks)
    user = known_user(token.user_id)
    if user is None or not user.is_active:
        return None
    token.user = user
    if token.last_used_at is None or now - token.last_used_at > BETWEEN_RENEWALS:
        token.last_used_at, token.expires_at = now, now + LIFETIMES[purpose]
        token.save(update_fields=["last_used_at", "expires_at"])
    return token


def bearer_token(request: HttpRequest, purpose: TokenPurpose) -> AccessToken | None:
    """The token of an `Authorization: Bearer …` header, or None."""
    scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
    return token_of(secret.strip(), purpose) if scheme.lower() == "bearer" else None


def basic_token(request: HttpRequest, purpose: TokenPurpose) -> AccessToken | None:
    """The token given as the password of an `Authorization: Basic …` header under its user's name, or None."""
    scheme, _space, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        username, _colon, secret = b64decode(encoded.strip(), validate=True).decode().partition(":")
    except ValueError:  # no base64, or no text in it
        return None
    token = token_of(secret, purpose)
    return token if token is not None and token.user.username == username else None


def revoke_token(token: AccessToken) -> None:
    """End a token now; it stays on the list, so that people see that it was there."""
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])


def digest_of(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()
