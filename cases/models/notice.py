"""Notices: what people are told about cases, what each wants to be told, and what goes out by e-mail and webhook.

A notice and what is to be sent of it are rows, written in the transaction of what they tell of; sending comes later
(`cases.sending`). So nothing is told that did not happen, and nothing that happened is forgotten by a crash.
"""

import uuid

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case
from cases.models.clock import Card
from cases.models.exposure import ExposedCase
from cases.models.step import CaseStep
from places.models import Changed


class NoticeKind(models.TextChoices):
    """What is told."""

    ACCEPTANCE = "acceptance", _("Not accepted yet")
    YELLOW = "yellow", _("Yellow card")
    RED = "red", _("Red card")
    URGED = "urged", _("Urged")
    LOOK_AGAIN = "look_again", _("Look again")


def every_kind() -> list[str]:
    """All there are: what somebody gets who never chose."""
    return [kind.value for kind in NoticeKind]


def _kinds() -> ArrayField:
    kind = models.CharField(max_length=12, choices=NoticeKind.choices)
    return ArrayField(kind, verbose_name=_("kinds"), default=every_kind, blank=True)


class NoticeChoice(models.Model):
    """What one person wants to be told, and whether by e-mail too."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="notice_choice",
        verbose_name=_("user"),
    )
    kinds = _kinds()
    by_email = models.BooleanField(_("by e-mail too"), default=False)

    class Meta:
        verbose_name = _("choice of notices")
        verbose_name_plural = _("choices of notices")

    def __str__(self) -> str:
        return str(self.user)


class Notice(models.Model):
    """Something one person is told about one case; read on the page."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices", verbose_name=_("user")
    )
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notices", verbose_name=_("case"))
    kind = models.CharField(_("kind"), max_length=12, choices=NoticeKind.choices)
    card = models.ForeignKey(
        Card, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("card")
    )
    step = models.ForeignKey(
        CaseStep, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("step")
    )
    exposed = models.ForeignKey(
        ExposedCase,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="notices",
        verbose_name=_("exposed case"),
    )
    at = models.DateTimeField(_("at"))
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["user"], name="notice_unread", condition=Q(read_at__isnull=True)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind", "card"], name="notice_once_a_card", condition=Q(card__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["user", "kind", "step"], name="notice_once_a_step", condition=Q(step__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["user", "kind", "exposed"],
                name="notice_once_an_exposure",
                condition=Q(exposed__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.case}"


class WebhookTemplate(models.TextChoices):
    """Whose JSON a webhook takes."""

    PLAIN = "plain", _("Our own, signed")
    WECOM = "wecom", _("WeCom group robot")
    DINGTALK = "dingtalk", _("DingTalk group robot")


@pghistory.track(exclude=["address", "secret"])
class Webhook(models.Model):
    """An address that is told of cases; only hosts that the operator lists (`WEBHOOK_HOSTS`)."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    template = models.CharField(
        _("takes"), max_length=10, choices=WebhookTemplate.choices, default=WebhookTemplate.PLAIN
    )
    address = models.CharField(
        _("address"), max_length=500, help_text=_("https://…, as the robot’s page shows it; it is a secret.")
    )
    secret = models.CharField(
        _("secret to sign with"),
        max_length=200,
        blank=True,
        help_text=_("Needed for our own; DingTalk’s “additional signature” begins with SEC; WeCom has none."),
    )
    kinds = _kinds()
    district_code = models.CharField(
        _("district"), max_length=6, blank=True, help_text=_("Cases of this district only; empty for all.")
    )
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Sending(models.TextChoices):
    """How far what goes out is."""

    WAITING = "waiting", _("Waiting")
    UNDERWAY = "underway", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed for good")
    UNKNOWN = "unknown", _("Not known whether it arrived")


class Outgoing(models.Model):
    """One message to one address, in the outbox until it is sent, has failed for good, or nobody can know.

    `uid` is its name for ever: a receiver of our own webhook can tell by it what came twice.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    notice = models.OneToOneField(
        Notice,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="email",
        verbose_name=_("notice"),
    )
    webhook = models.ForeignKey(
        Webhook,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="outgoing",
        verbose_name=_("webhook"),
    )
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+", verbose_name=_("case"))
    kind = models.CharField(_("kind"), max_length=12, choices=NoticeKind.choices)
    # The card or the step that it tells of: with the webhook, what makes it one of a kind.
    about = models.CharField(_("about"), max_length=40)
    state = models.CharField(_("state"), max_length=8, choices=Sending.choices, default=Sending.WAITING)
    made_at = models.DateTimeField(_("made at"), db_default=Now(), editable=False)
    next_at = models.DateTimeField(_("next try"))
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    claimed_at = models.DateTimeField(_("begun at"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    trouble = models.CharField(_("trouble"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("message going out")
        verbose_name_plural = _("messages going out")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["next_at"], name="outgoing_waiting", condition=Q(state__in=["waiting", "underway"])
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["webhook", "kind", "about"],
                name="outgoing_once_a_hook",
                condition=Q(notice__isnull=True),
            ),
            models.CheckConstraint(
                name="outgoing_to_one", condition=Q(notice__isnull=True) ^ Q(webhook__isnull=True)
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="addressed_for_good",
                operation=pgtrigger.Update,
                condition=Changed("uid", "notice", "webhook", "case", "kind", "about"),
            ),
            # What is sent, or may have been, is never sent again, whoever tries.
            pgtrigger.Protect(
                name="ended_for_good",
                operation=pgtrigger.UpdateOf("state"),
                condition=pgtrigger.Condition(
                    "OLD.state = 'sent' OR OLD.state = 'failed' OR OLD.state = 'unknown'"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.case}"
