"""Sends what waits in the outbox, and sends nothing twice.

A message is claimed in a transaction of its own, then sent, then marked. Where a worker dies in between, nobody can
know whether it arrived; e-mail and robots have no way to ask, so such a message is not sent again: it is marked as not
known, and listed. Only our own kind of webhook, whose receiver knows each message by its `Idempotency-Key`, gets it
once more under the same key. What was surely not taken is tried again after pauses, and fails for good after the last.
"""

import logging
from datetime import datetime, timedelta
from smtplib import SMTPRecipientsRefused, SMTPResponseException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from cases.models import Outgoing, Sending, WebhookTemplate
from cases.webhooks import NobodyKnows, NotTaken, post

PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=12),
)
# Longer than any sending takes: what is claimed that long is nobody's any more.
LEFT_BEHIND = timedelta(minutes=10)
AT_ONCE = 100
logger = logging.getLogger(__name__)


def send_what_waits(now: datetime | None = None) -> int:
    """Send what is due; returns how many were sent."""
    moment = now or timezone.now()
    settle_left_behind(moment)
    due = Outgoing.objects.filter(state=Sending.WAITING, next_at__lte=moment).order_by("next_at", "pk")
    with translation.override(settings.LANGUAGE_CODE):
        return sum(_send(key, moment) for key in list(due.values_list("pk", flat=True)[:AT_ONCE]))


def settle_left_behind(now: datetime) -> None:
    """What a worker claimed and did not mark before it died: known again by its key, or never sent again."""
    left = Outgoing.objects.filter(state=Sending.UNDERWAY, claimed_at__lte=now - LEFT_BEHIND)
    recognised = Q(webhook__template=WebhookTemplate.PLAIN)
    left.filter(recognised).update(state=Sending.WAITING, next_at=now, tries=F("tries") + 1)
    left.update(state=Sending.UNKNOWN, trouble="the worker ended while it was sent")


def _send(key: int, now: datetime) -> bool:
    claimed = Outgoing.objects.filter(pk=key, state=Sending.WAITING).update(
        state=Sending.UNDERWAY, claimed_at=timezone.now()
    )
    if not claimed:
        return False
    message = Outgoing.objects.select_related(
        "webhook", "notice__user", "case__category", "case__unit", "case__street"
    ).get(pk=key)
    try:
        _deliver(message, now)
    except NotTaken as error:
        _try_again(message, str(error), now)
        return False
    except NobodyKnows as error:
        hook = message.webhook
        if hook is not None and hook.template == WebhookTemplate.PLAIN:
            _try_again(message, str(error), now)
        else:
            mark(message, Sending.UNKNOWN, str(error))
        return False
    mark(message, Sending.SENT)
    return True


def mark(message: Outgoing, state: Sending, trouble: str = "") -> None:
    """Write down what came of a try."""
    message.state, message.trouble = state, trouble[:300]
    message.tries += 1
    message.sent_at = timezone.now() if state is Sending.SENT else None
    message.save(update_fields=["state", "trouble", "tries", "sent_at"])


def _try_again(message: Outgoing, trouble: str, now: datetime) -> None:
    if message.tries >= len(PAUSES):
        logger.warning(
            "Given up after %s tries: %s to %s (%s)",
            message.tries + 1,
            message.kind,
            message.webhook,
            trouble,
        )
        mark(message, Sending.FAILED, trouble)
        return
    message.state, message.trouble = Sending.WAITING, trouble[:300]
    message.next_at = now + PAUSES[message.tries]
    message.tries += 1
    message.save(update_fields=["state", "trouble", "next_at", "tries"])


def _deliver(message: Outgoing, now: datetime) -> None:
    told = told_of(message)
    if message.webhook is not None:
        post(message.webhook, str(message.uid), told, now)
        return
    assert message.notice is not None
    user = message.notice.user
    if not user.is_active or not user.email:
        raise NotTaken("no address any more")
    mail = EmailMessage(
        subject=told["text"].partition("\n")[0],
        body=told["text"],
        to=[user.email],
        headers={"Message-ID": f"<{message.uid}@{settings.EMAIL_DOMAIN}>"},
    )
    try:
        connection = get_connection()
        connection.open()
    except OSError as error:
        raise NotTaken(type(error).__name__) from error
    try:
        connection.send_messages([mail])
    except (SMTPResponseException, SMTPRecipientsRefused) as error:
        raise NotTaken(type(error).__name__) from error
    except OSError as error:  # of which smtplib's own are
        raise NobodyKnows(type(error).__name__) from error
    finally:
        connection.close()


def told_of(message: Outgoing) -> dict[str, Any]:
    """What is told: case, kind, place and unit, and all of it as a text; no person's name, no telephone."""
    case = message.case
    address = (
        f"{settings.PUBLIC_URL.rstrip('/')}{reverse('case', args=[case.code])}" if settings.PUBLIC_URL else ""
    )
    place = case.address or (case.street.name if case.street else "")
    lines = [
        _("[%(kind)s] %(case)s %(category)s")
        % {"kind": message.get_kind_display(), "case": case.code, "category": case.category.name},
        place,
        case.unit.name if case.unit else "",
        address,
    ]
    return {
        "id": str(message.uid),
        "kind": message.kind,
        "case": case.code,
        "category": case.category.code,
        "unit": case.unit.name if case.unit else "",
        "place": place,
        "address": address,
        "text": "\n".join(filter(None, lines)),
    }
