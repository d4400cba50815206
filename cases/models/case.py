"""The case (案件): one reported problem at one place, on its way to closed."""

import uuid

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.gis.db import models
from django.contrib.postgres.functions import RandomUUID
from django.db.models import Q, Value
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import ANSWER_CASE, READ_CASES, AnyUser, scope_filter, scope_of
from assets.models import Asset, Campaign, Maintenance, Origin
from assets.models.asset import CurrentTransaction
from cases.models.lists import CaseCategory, DeadlineRule
from places.models import Area, MarksChange, Road, Site, Topic, Unit


class State(models.TextChoices):
    """How far a case is; `cases.transitions` says what leads from one to another."""

    DRAFT = "draft", _("Draft")
    REPORTED = "reported", _("Reported")
    FILED = "filed", _("Filed")
    DISPATCHED = "dispatched", _("Dispatched")
    IN_HAND = "in_hand", _("In hand")
    ON_HOLD = "on_hold", _("On hold")
    FIXED = "fixed", _("Put right")
    CLOSED = "closed", _("Closed")
    REJECTED = "rejected", _("Rejected")
    DUPLICATE = "duplicate", _("Duplicate")
    VOIDED = "voided", _("Voided")


OPEN_STATES = (
    State.REPORTED,
    State.FILED,
    State.DISPATCHED,
    State.IN_HAND,
    State.ON_HOLD,
    State.FIXED,
)


class Source(models.TextChoices):
    """Who or what brought the problem up (来源)."""

    PATROL = "patrol", _("Patrol")
    PHOTO_TEAM = "photo_team", _("Photo team")
    GRID_OFFICER = "grid_officer", _("Grid officer")
    RESIDENT = "resident", _("Resident")
    EVALUATION = "evaluation", _("Evaluation")
    COVERAGE = "coverage", _("Coverage rule")
    INSPECTION = "inspection", _("Inspection")
    HOTLINE = "hotline", _("Hotline")
    MEDIA = "media", _("Media")
    LEADER = "leader", _("Leader")


class CaseQuerySet(models.QuerySet["Case"]):
    """Cases as a reader may see them."""

    def visible_to(self, user: AnyUser) -> "CaseQuerySet":
        """Those of the districts whose cases the user reads, and those of the user's own units."""
        condition = scope_filter(scope_of(user, READ_CASES))
        own = scope_of(user, ANSWER_CASE)
        if isinstance(user, User) and not own.is_nowhere:
            condition |= Q(unit__in=user.units.values("pk")) & scope_filter(own)
        return self.filter(condition)


# What a reader cannot see changed does not count (as for assets). A step or a moved date does, whose trigger writes the
# case, though no column of it differs: an extension, an urging, a calendar that was published.
_COUNT_CHANGES = """
    NEW.version = OLD.version; NEW.changed_txid = OLD.changed_txid; NEW.updated_at = OLD.updated_at;
    IF NEW IS DISTINCT FROM OLD OR pg_trigger_depth() > 1 THEN
        NEW.version = OLD.version + 1;
        NEW.changed_txid = pg_current_xact_id()::text::bigint;
        NEW.updated_at = now();
    END IF;
    RETURN NEW;
"""


@pghistory.track(exclude=["changed_txid", "updated_at"])
class Case(models.Model):
    """One case. Written by `cases/actions/` only; its state by nothing but the row of a step (`CaseStep`)."""

    uid = models.UUIDField(default=uuid.uuid4, db_default=RandomUUID(), unique=True, editable=False)
    code = models.CharField(_("case number"), max_length=24, unique=True, editable=False)
    state = models.CharField(
        _("state"), max_length=12, choices=State.choices, default=State.DRAFT, editable=False
    )
    category = models.ForeignKey(
        CaseCategory, on_delete=models.PROTECT, related_name="cases", verbose_name=_("category")
    )
    urgent = models.BooleanField(_("urgent"), default=False)
    source = models.CharField(_("source"), max_length=14, choices=Source.choices)
    description = models.TextField(_("description"), blank=True)

    point = models.PointField(_("position"), srid=4326)
    asset = models.ForeignKey(
        Asset,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="cases",
        verbose_name=_("asset"),
    )
    site = models.ForeignKey(
        Site, on_delete=models.PROTECT, null=True, blank=True, related_name="cases", verbose_name=_("site")
    )
    road = models.ForeignKey(
        Road, on_delete=models.PROTECT, null=True, blank=True, related_name="cases", verbose_name=_("road")
    )
    address = models.CharField(_("address"), max_length=200, blank=True)
    area = models.ForeignKey(
        Area,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="cases_directly_in",
        editable=False,
        verbose_name=_("area"),
    )
    district = models.ForeignKey(
        Area, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    street = models.ForeignKey(
        Area,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("street"),
    )
    community = models.ForeignKey(
        Area,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("community"),
    )

    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="cases_reported",
        verbose_name=_("reported by"),
    )
    reported_at = models.DateTimeField(_("reported at"))
    origin = models.CharField(_("origin"), max_length=10, choices=Origin.choices)
    rule = models.ForeignKey(
        DeadlineRule,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="cases",
        verbose_name=_("deadline rule"),
        help_text=_("The edition that held when the case was filed; it stays with the case."),
    )
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="cases", verbose_name=_("unit")
    )
    person = models.CharField(_("responsible person"), max_length=40, blank=True)
    job = models.ForeignKey(
        Maintenance,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="cases",
        verbose_name=_("maintenance job"),
        help_text=_(
            "What puts it right. The case carries deadline and checking; nothing of the job is copied."
        ),
    )
    campaign = models.ForeignKey(
        Campaign,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="cases",
        verbose_name=_("campaign"),
    )
    duplicate_of = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="duplicates",
        verbose_name=_("duplicate of"),
    )

    version = models.PositiveIntegerField(_("version"), default=1, db_default=Value(1), editable=False)
    changed_txid = models.BigIntegerField(db_default=CurrentTransaction(), editable=False)
    updated_at = models.DateTimeField(_("updated at"), db_default=Now(), editable=False)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["changed_txid"], name="case_changed_txid"),
            models.Index(fields=["state"], name="case_state"),
            models.Index(fields=["-reported_at", "-id"], name="case_reported_last"),
        ]
        constraints = [
            models.CheckConstraint(
                name="case_duplicate_names_the_other",
                # Named a moment before the step that makes it one, in the same transaction.
                condition=Q(duplicate_of__isnull=True) & ~Q(state="duplicate")
                | Q(duplicate_of__isnull=False, state__in=["reported", "duplicate"]),
            ),
        ]
        triggers = [
            MarksChange(Topic.CASES),
            pgtrigger.Trigger(
                name="count_changes", when=pgtrigger.Before, operation=pgtrigger.Update, func=_COUNT_CHANGES
            ),
            pgtrigger.Protect(
                name="begins_as_draft",
                operation=pgtrigger.Insert,
                condition=pgtrigger.Condition("NEW.state <> 'draft'"),
            ),
            # The trigger of a step writes it, one level deep; nobody else does.
            pgtrigger.Protect(
                name="state_by_steps_only",
                operation=pgtrigger.UpdateOf("state"),
                condition=pgtrigger.Condition("OLD.state <> NEW.state AND pg_trigger_depth() = 0"),
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def scope_code(self) -> str:
        """What permission checks compare with: the deepest area, or the district that issued the number."""
        return self.area.code if self.area else self.code[:6]

    @property
    def is_open(self) -> bool:
        """Whether something is still to happen."""
        return self.state in OPEN_STATES


class CaseCounter(models.Model):
    """Next serial number of the cases of one district and year; only ever grows."""

    district_code = models.CharField(_("district code"), max_length=6)
    year = models.PositiveSmallIntegerField(_("year"))
    next_serial = models.PositiveIntegerField(_("next serial number"), default=1)

    class Meta:
        verbose_name = _("case counter")
        verbose_name_plural = _("case counters")
        constraints = [
            models.UniqueConstraint(fields=["district_code", "year"], name="one_case_counter_a_year")
        ]

    def __str__(self) -> str:
        return f"{self.district_code}-{self.year} → {self.next_serial}"
