"""The assessment of streets (考核): schemes, published sheets with all that is behind them, lists, appeals.

A sheet is written once, when it is published, and never again: the database refuses. It holds its numbers as text, so
that they come back to the digit whatever becomes of cases, assets, schemes and names afterwards. What is said of it
later (approval of a list, an appeal, its answer) is a row of its own.
"""

import json
import uuid
from typing import Any

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from places.models import Area

_APPEND_ONLY = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)


def _by(title: Any) -> "models.ForeignKey[Any, Any]":
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=title,
    )


@pghistory.track(exclude=["updated_at"])
class ScoreScheme(models.Model):
    """A score scheme of a district, as one edition; what it says is read by `evaluation.assessment.scheme`."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    district = models.ForeignKey(
        Area, on_delete=models.PROTECT, related_name="score_schemes", verbose_name=_("district")
    )
    edition = models.CharField(_("edition"), max_length=40)
    name = models.CharField(_("name"), max_length=100)
    source = models.CharField(
        _("source"), max_length=200, blank=True, help_text=_("Number and date of the document.")
    )
    draft = models.BooleanField(
        _("draft"), default=False, help_text=_("Put together, and confirmed by nobody yet.")
    )
    active = models.BooleanField(_("in use"), default=True)
    content = models.JSONField(_("content"))
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True, editable=False)

    class Meta:
        verbose_name = _("score scheme")
        verbose_name_plural = _("score schemes")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["district", "edition"], name="score_scheme_edition_once")
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.name} ({self.edition})"

    @property
    def scope_code(self) -> str:
        """What permission checks compare with."""
        return self.district.code


class ScoreBonus(models.Model):
    """Points that a street was given or lost in a month under the scheme's list of bonuses."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    street = models.ForeignKey(
        Area, on_delete=models.PROTECT, related_name="score_bonuses", verbose_name=_("street")
    )
    month = models.DateField(_("month"), help_text=_("Its first day."))
    code = models.CharField(_("bonus"), max_length=20)
    points = models.DecimalField(_("points"), max_digits=6, decimal_places=2)
    reason = models.CharField(_("reason"), max_length=300)
    by = _by(_("by"))
    at = models.DateTimeField(_("at"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("bonus of a street")
        verbose_name_plural = _("bonuses of streets")
        ordering = ["id"]
        indexes = [models.Index(fields=["month", "street"], name="score_bonus_of_month")]
        constraints = [
            models.CheckConstraint(name="score_bonus_month_begins", condition=Q(month__day=1)),
        ]
        # One that was given by mistake is taken back by a row of the opposite sign.
        triggers = [_APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.street} {self.month:%Y-%m} {self.points:+}"


class ScoreSheet(models.Model):
    """One month of one district as it was published: every number, as canonical JSON text with its hash."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    district = models.ForeignKey(
        Area, on_delete=models.PROTECT, related_name="score_sheets", verbose_name=_("district")
    )
    month = models.DateField(_("month"), help_text=_("Its first day."))
    scheme = models.ForeignKey(
        ScoreScheme, on_delete=models.PROTECT, related_name="sheets", verbose_name=_("score scheme")
    )
    content = models.TextField(_("content"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    published_by = _by(_("published by"))
    publisher_name = models.CharField(_("published by whom"), max_length=150)
    published_at = models.DateTimeField(_("published at"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("score sheet")
        verbose_name_plural = _("score sheets")
        ordering = ["-month"]
        constraints = [
            models.UniqueConstraint(fields=["district", "month"], name="score_sheet_once_a_month"),
            models.CheckConstraint(name="score_sheet_month_begins", condition=Q(month__day=1)),
        ]
        triggers = [_APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.district} {self.month:%Y-%m}"

    @property
    def scope_code(self) -> str:
        """What permission checks compare with."""
        return self.district.code

    @property
    def told(self) -> dict[str, Any]:
        """What it says, read anew; numbers are text."""
        read: dict[str, Any] = json.loads(self.content)
        return read


class SheetEvidence(models.Model):
    """What is behind one figure of one street on a published sheet, row by row."""

    sheet = models.ForeignKey(
        ScoreSheet, on_delete=models.PROTECT, related_name="evidence", verbose_name=_("score sheet")
    )
    street_code = models.CharField(_("street"), max_length=9)
    figure = models.CharField(_("figure"), max_length=20)
    rows = models.TextField(_("rows"))

    class Meta:
        verbose_name = _("evidence of a sheet")
        verbose_name_plural = _("evidence of sheets")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["sheet", "street_code", "figure"], name="sheet_evidence_once_a_figure"
            )
        ]
        triggers = [_APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.sheet} {self.street_code} {self.figure}"


class ListKind(models.TextChoices):
    """The two lists (红榜、黑榜)."""

    HONOUR = "honour", _("List of honour")
    CONCERN = "concern", _("List of concern")


class StreetList(models.Model):
    """A list that a published sheet proposes; nobody but who decides sees it before a second person approves."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sheet = models.ForeignKey(
        ScoreSheet, on_delete=models.PROTECT, related_name="lists", verbose_name=_("score sheet")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=ListKind.choices)
    entries = models.JSONField(_("entries"))
    proposed_by = _by(_("proposed by"))
    proposed_at = models.DateTimeField(_("proposed at"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("list of streets")
        verbose_name_plural = _("lists of streets")
        ordering = ["sheet", "kind"]
        constraints = [models.UniqueConstraint(fields=["sheet", "kind"], name="street_list_once_a_sheet")]
        triggers = [_APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.sheet}"

    @property
    def scope_code(self) -> str:
        """What permission checks compare with."""
        return self.sheet.scope_code


_SECOND_PERSON = """
    IF NEW.by_id IS NOT NULL AND EXISTS (
        SELECT 1 FROM evaluation_streetlist list WHERE list.id = NEW.list_id AND list.proposed_by_id = NEW.by_id) THEN
        RAISE check_violation USING MESSAGE = 'a list is approved by a second person';
    END IF;
    RETURN NEW;
"""


class ListDecision(models.Model):
    """What a second person said of a list, once."""

    list = models.OneToOneField(
        StreetList, on_delete=models.PROTECT, related_name="decision", verbose_name=_("list of streets")
    )
    approved = models.BooleanField(_("approved"))
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    by = _by(_("by"))
    by_name = models.CharField(_("by whom"), max_length=150)
    at = models.DateTimeField(_("at"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("decision on a list")
        verbose_name_plural = _("decisions on lists")
        constraints = [
            models.CheckConstraint(
                name="list_refused_with_a_reason", condition=Q(approved=True) | ~Q(reason="")
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="second_person",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_SECOND_PERSON,
            ),
            _APPEND_ONLY,
        ]

    def __str__(self) -> str:
        return f"{self.list}: {self.approved}"


class Appeal(models.Model):
    """A street's objection to what a published sheet says of it. The sheet stays as it is."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sheet = models.ForeignKey(
        ScoreSheet, on_delete=models.PROTECT, related_name="appeals", verbose_name=_("score sheet")
    )
    street = models.ForeignKey(
        Area, on_delete=models.PROTECT, related_name="score_appeals", verbose_name=_("street")
    )
    figure = models.CharField(_("figure"), max_length=20, blank=True)
    reason = models.TextField(_("reason"), max_length=1000)
    by = _by(_("by"))
    by_name = models.CharField(_("by whom"), max_length=150)
    at = models.DateTimeField(_("at"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        ordering = ["id"]
        triggers = [_APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.street} {self.sheet}"

    @property
    def scope_code(self) -> str:
        """What permission checks compare with."""
        return self.street.code


class AppealAnswer(models.Model):
    """The answer to an appeal, once; where it is upheld, a bonus of the next month may make it good."""

    appeal = models.OneToOneField(
        Appeal, on_delete=models.PROTECT, related_name="answer", verbose_name=_("appeal")
    )
    upheld = models.BooleanField(pgettext_lazy("appeal", "upheld"))
    text = models.TextField(_("answer"), max_length=1000)
    bonus = models.OneToOneField(
        ScoreBonus,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="answers_appeal",
        verbose_name=_("made good by"),
    )
    by = _by(_("by"))
    by_name = models.CharField(_("by whom"), max_length=150)
    at = models.DateTimeField(_("at"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("answer to an appeal")
        verbose_name_plural = _("answers to appeals")
        constraints = [
            models.CheckConstraint(
                name="appeal_made_good_is_upheld", condition=Q(upheld=True) | Q(bonus=None)
            )
        ]
        triggers = [_APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.appeal}: {self.upheld}"
