"""How a webhook is spoken to: which addresses are taken, what each kind of receiver is sent, and what its answer means.

Only hosts that the operator lists in `WEBHOOK_HOSTS` are ever connected to; redirects are not followed, proxies of the
environment not used, and an answer is read to its first 64 kB within ten seconds.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from cases.models import Webhook, WebhookTemplate

SECONDS = 10
_LONGEST_ANSWER = 64 * 1024


class NotTaken(Exception):
    """The receiver did not take it, or was not reached: it can be sent again."""


class NobodyKnows(Exception):
    """It was sent, and no answer came: it may have arrived."""


def check_address(address: str) -> None:
    """Whether the operator allows an address.

    Raises:
        ValidationError: naming `address`.
    """
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise ValidationError({"address": _("This is not an address: one begins with https://.")}) from None
    host = (parts.hostname or "").lower()
    named = host if port in (None, 443) else f"{host}:{port}"
    listed = {host.lower() for host in settings.WEBHOOK_HOSTS}
    plain = parts.scheme == "http" and f"http://{named}" in listed
    if parts.username or parts.password or (parts.scheme != "https" and not plain):
        raise ValidationError({"address": _("The address has to begin with https://, without a user name.")})
    if not plain and named not in listed:
        raise ValidationError(
            {
                "address": _(
                    "“%(host)s” is not among the hosts that the operator allows (WEBHOOK_HOSTS): have it listed there."
                )
                % {"host": named[:80]}
            }
        )


def body_of(template: str, told: Mapping[str, Any]) -> bytes:
    """What a receiver is sent: a robot one text, our own all that is told."""
    if template == WebhookTemplate.PLAIN:
        body: dict[str, Any] = dict(told)
    else:
        # WeCom's and DingTalk's robots take the same form of a plain text.
        body = {"msgtype": "text", "text": {"content": told["text"]}}
    return json.dumps(body, ensure_ascii=False, sort_keys=True).encode()


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Of our own kind: HMAC-SHA-256 of the time, a full stop and the body, in hexadecimal."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def signed_query(secret: str, milliseconds: int) -> str:
    """What DingTalk wants at the end of the address: the time, and HMAC-SHA-256 of time and secret in base 64."""
    text = f"{milliseconds}\n{secret}"
    digest = hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()
    return f"timestamp={milliseconds}&sign={quote(base64.b64encode(digest), safe='')}"


def post(hook: Webhook, name: str, told: Mapping[str, Any], now: datetime) -> None:
    """Send one message.

    Args:
        name: of the message, the same at every try.

    Raises:
        NotTaken: it was not taken; it can be sent again.
        NobodyKnows: it may have been taken.
    """
    try:
        check_address(hook.address)
    except ValidationError as refused:
        raise NotTaken(" ".join(refused.messages)) from refused
    parts = urlsplit(hook.address)
    body = body_of(hook.template, told)
    path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "tianqiao-publicity-map"}
    if hook.template == WebhookTemplate.PLAIN:
        timestamp = str(int(now.timestamp()))
        headers |= {
            "Idempotency-Key": name,
            "X-Timestamp": timestamp,
            "X-Signature": f"sha256={signature(hook.secret, timestamp, body)}",
        }
    elif hook.template == WebhookTemplate.DINGTALK and hook.secret:
        path += f"{'&' if parts.query else '?'}{signed_query(hook.secret, int(now.timestamp() * 1000))}"
    status, answer = _exchange(parts.scheme, parts.hostname or "", parts.port, path, body, headers)
    if not 200 <= status < 300:
        raise NotTaken(f"HTTP {status}")
    if hook.template != WebhookTemplate.PLAIN:
        _check_robot(answer)


def _exchange(
    scheme: str, host: str, port: int | None, path: str, body: bytes, headers: Mapping[str, str]
) -> tuple[int, bytes]:
    kind = HTTPSConnection if scheme == "https" else HTTPConnection
    connection = kind(host, port, timeout=SECONDS)
    try:
        try:
            connection.connect()
        except OSError as error:
            raise NotTaken(type(error).__name__) from error
        try:
            connection.request("POST", path, body, dict(headers))
            response = connection.getresponse()
            return response.status, response.read(_LONGEST_ANSWER)
        except (OSError, HTTPException) as error:
            raise NobodyKnows(type(error).__name__) from error
    finally:
        connection.close()


def _check_robot(answer: bytes) -> None:
    """Robots answer 200 to what they refuse too, and say so by `errcode`."""
    try:
        code = json.loads(answer).get("errcode", 0)
    except (ValueError, AttributeError):
        raise NotTaken("no JSON") from None
    if code != 0:
        raise NotTaken(f"errcode {str(code)[:20]}")
