"""The clocks of a case, what moved them, and the cards they led to.

A date stands in one place: on its clock, written there by the row that set or moved it (`ClockMove`). The lamp of a
case follows from its clock and the time; it is stored nowhere.
"""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.deadlines import Limit, LimitUnit
from cases.models.case import Case
from cases.models.lists import UNITS
from cases.models.step import CaseStep
from places.models import Changed, MarksChange, Topic


class ClockKind(models.TextChoices):
    """What the clock gives time for."""

    FILE = "file", _("To file")
    ACCEPT = "accept", _("To accept")
    HANDLE = "handle", _("To put right")
    CHECK = "check", _("To check")


class MoveKind(models.TextChoices):
    """What set or moved a date; nothing else does."""

    SET = "set", _("Set")
    HOLD = "hold", _("Moved by a hold")
    EXTENSION = "extension", _("Moved by an extension")
    CALENDAR = "calendar", _("Dated anew by a calendar")


class Clock(models.Model):
    """Time given to a case for one thing; it runs until it is ended, but not while it is held."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="clocks", verbose_name=_("case"))
    kind = models.CharField(_("kind"), max_length=8, choices=ClockKind.choices)
    started_at = models.DateTimeField(_("started at"))
    amount = models.DecimalField(_("limit"), max_digits=9, decimal_places=2)
    unit = models.CharField(_("unit of the limit"), max_length=16, choices=UNITS)
    at_least_a_day = models.BooleanField(_("at least one working day"), default=False)
    held_at = models.DateTimeField(_("held since"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    # Written by the trigger of a move.
    due_at = models.DateTimeField(_("due"), null=True, editable=False)
    amber_at = models.DateTimeField(_("amber from"), null=True, editable=False)
    yellow_at = models.DateTimeField(_("yellow card"), null=True, editable=False)
    red_at = models.DateTimeField(_("red card"), null=True, editable=False)
    provisional = models.BooleanField(_("provisional"), default=False, editable=False)

    class Meta:
        verbose_name = _("clock")
        verbose_name_plural = _("clocks")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["due_at"], name="clock_running_due", condition=Q(ended_at__isnull=True))
        ]
        constraints = [
            # The warning of acceptance runs beside the time to put right; of all others there is one.
            models.UniqueConstraint(
                fields=["case"],
                name="one_clock_runs",
                condition=Q(ended_at__isnull=True) & ~Q(kind="accept"),
            ),
            models.UniqueConstraint(
                fields=["case"],
                name="one_acceptance_is_waited_for",
                condition=Q(ended_at__isnull=True, kind="accept"),
            ),
            models.CheckConstraint(
                name="clock_ended_is_not_held",
                condition=Q(ended_at__isnull=True) | Q(held_at__isnull=True),
            ),
        ]
        triggers = [
            MarksChange(Topic.CASES),
            pgtrigger.Protect(
                name="dates_by_moves_only",
                operation=pgtrigger.UpdateOf("due_at", "amber_at", "yellow_at", "red_at", "provisional"),
                condition=pgtrigger.Condition("pg_trigger_depth() = 0"),
            ),
            pgtrigger.Protect(
                name="begun_for_good",
                operation=pgtrigger.Update,
                condition=Changed("case", "kind", "started_at", "amount", "unit", "at_least_a_day"),
            ),
            pgtrigger.Protect(
                name="ended_for_good",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.ended_at IS NOT NULL"),
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.due_at:%Y-%m-%d %H:%M}" if self.due_at else str(self.kind)

    @property
    def limit(self) -> Limit:
        """What was given."""
        return Limit(self.amount, LimitUnit(self.unit))

    @property
    def is_late(self) -> bool:
        """Whether it ended after its date."""
        return self.ended_at is not None and self.due_at is not None and self.ended_at > self.due_at


_DATE_THE_CLOCK = """
    UPDATE cases_clock
    SET due_at = NEW.due_at, amber_at = NEW.amber_at, yellow_at = NEW.yellow_at, red_at = NEW.red_at,
        provisional = NEW.provisional
    WHERE id = NEW.clock_id;
    UPDATE cases_case SET state = state WHERE id = (SELECT case_id FROM cases_clock WHERE id = NEW.clock_id);
    RETURN NULL;
"""


class ClockMove(models.Model):
    """What set a date, or moved it: from where to where, and all it takes to say so in words."""

    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="moves", verbose_name=_("clock"))
    step = models.ForeignKey(
        CaseStep,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="moves",
        verbose_name=_("step"),
        help_text=_("None where a calendar was published."),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=MoveKind.choices)
    at = models.DateTimeField(_("at"))
    due_before = models.DateTimeField(_("due before"), null=True, blank=True)
    due_at = models.DateTimeField(_("due"))
    amber_at = models.DateTimeField(_("amber from"))
    yellow_at = models.DateTimeField(_("yellow card"), null=True, blank=True)
    red_at = models.DateTimeField(_("red card"))
    provisional = models.BooleanField(_("provisional"), default=False)
    held_from = models.DateTimeField(_("on hold from"), null=True, blank=True)
    held_until = models.DateTimeField(_("on hold until"), null=True, blank=True)
    amount = models.DecimalField(_("how much"), max_digits=9, decimal_places=2, null=True, blank=True)
    unit = models.CharField(_("of what"), max_length=16, choices=UNITS, blank=True)
    passed = models.JSONField(
        _("passed over"), default=dict, blank=True, help_text=_("Days off, and weekend days worked.")
    )

    class Meta:
        verbose_name = _("setting or moving of a date")
        verbose_name_plural = _("settings and movings of dates")
        ordering = ["clock", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["clock"], name="clock_date_set_once", condition=Q(kind=MoveKind.SET.value)
            )
        ]
        triggers = [
            MarksChange(Topic.CASES),
            pgtrigger.Trigger(
                name="date_the_clock",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                level=pgtrigger.Row,
                func=_DATE_THE_CLOCK,
            ),
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} → {self.due_at:%Y-%m-%d %H:%M}"


class CardKind(models.TextChoices):
    """What the worker puts down when time runs out."""

    ACCEPTANCE = "acceptance", _("Not accepted yet")
    YELLOW = "yellow", _("Yellow card")
    RED = "red", _("Red card")


class Card(models.Model):
    """A warning that was given, once for each date of a clock."""

    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="cards", verbose_name=_("clock"))
    kind = models.CharField(_("kind"), max_length=10, choices=CardKind.choices)
    due_at = models.DateTimeField(_("for the date"))
    at = models.DateTimeField(_("given at"))
    urging = models.ForeignKey(
        CaseStep,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="cards",
        verbose_name=_("urged by"),
    )

    class Meta:
        verbose_name = _("card")
        verbose_name_plural = _("cards")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["clock", "kind", "due_at"], name="card_once_for_a_date")
        ]
        triggers = [
            MarksChange(Topic.CASES),
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d}"
