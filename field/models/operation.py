"""Operations: everything a phone ever sent, word for word, and what became of it."""

import json
import uuid

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import AccessToken, User
from accounts.permissions import Scope, scope_of
from assets.models import Asset, Maintenance
from places.models import Changed


class Kind(models.TextChoices):
    """What somebody did."""

    INSPECT = "inspect", _("Inspection")
    EDIT = "edit", _("Correction")
    CREATE = "create", _("New asset")
    JOB_START = "job_start", _("Job begun")
    JOB_PAUSE = "job_pause", _("Job put aside")
    JOB_DONE = "job_done", _("Job done")
    PATROL_START = "patrol_start", _("Patrol begun")
    PATROL_VISIT = "patrol_visit", _("Site without a problem")
    PATROL_END = "patrol_end", _("Patrol ended")
    PROBLEM = "problem", _("Problem reported")
    EVALUATION = "evaluation", _("Site compared with the handbook")


# What these say of where somebody was is the district's: a street learns of what is unannounced when it has ended.
OF_THE_DISTRICT = (Kind.PATROL_START, Kind.PATROL_VISIT, Kind.PATROL_END, Kind.PROBLEM, Kind.EVALUATION)


class Status(models.TextChoices):
    """What became of it. (A duplicate is not kept: it is the first one's answer again.)"""

    APPLIED = "applied", _("Applied")
    MERGED = "merged", _("Merged")
    CONFLICT = "conflict", _("With the office")
    REJECTED = "rejected", _("Not applied")


class Reason(models.TextChoices):
    """Why it was not simply applied (docs/field-sync.md)."""

    SUPERSEDED = "superseded", _("The same phone had sent something newer")
    ALREADY_DONE = "already_done", _("It was so already")
    SAME_FIELD = "same_field", _("Changed by others meanwhile")
    ASSET_REMOVED = "asset_removed", _("The asset was removed meanwhile")
    NEEDS_APPROVAL = "needs_approval", _("Proposed by somebody who may not edit")
    UNKNOWN_ASSET = "unknown_asset", _("The asset has not arrived yet")
    JOB_CLOSED = "job_closed", _("The job was closed meanwhile")
    INVALID = "invalid", _("Something in it is not valid")
    TOO_LARGE = "too_large", _("Too large")
    NOT_PERMITTED = "not_permitted", _("The role does not allow it there")
    OTHER_USER = "other_user", _("Sent by somebody else than who did it")
    UNKNOWN_JOB = "unknown_job", _("There is no such job")
    UNKNOWN_KIND = "unknown_kind", _("Of a kind this server does not know")
    SERVER_FAULT = "server_fault", _("A fault in the system")
    DISMISSED = "dismissed", _("Dismissed by the office")


class OperationQuerySet(models.QuerySet["Operation"]):
    """Operations as the office may see them."""

    def within(self, scope: Scope) -> "OperationQuerySet":
        """Those that belong to the areas of a scope."""
        condition = models.Q(pk__in=[])
        for prefix in scope.prefixes:
            condition |= models.Q(scope_code__startswith=prefix)
        return self.filter(condition)

    def supervised_by(self, user: User, verb: str) -> "OperationQuerySet":
        """Those where a user may do `verb`."""
        return self.within(scope_of(user, verb))


# What came stays what it was; what became of it may change.
_CAME = [
    "user",
    "op_id",
    "phone",
    "seq",
    "token",
    "rescued_by",
    "kind",
    "asset_uid",
    "raw",
    "at",
    "happened_at",
]
_CAME += ["received_at", "position", "accuracy"]


@pghistory.track(
    pghistory.UpdateEvent(),
    fields=["status", "reason", "message", "asset", "job", "applied_by", "version_before", "version_after"],
)
class Operation(models.Model):
    """One operation of one person. `(user, op_id)` is what makes a repeat a repeat."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="operations", verbose_name=_("who")
    )
    op_id = models.UUIDField()
    phone = models.UUIDField(null=True, blank=True)
    seq = models.BigIntegerField(null=True, blank=True)
    token = models.ForeignKey(
        AccessToken, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    rescued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("rescued by"),
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, blank=True)
    asset_uid = models.UUIDField(null=True, blank=True, db_index=True)
    raw = models.TextField(help_text=_("What came, as JSON in ASCII."))
    at = models.DateTimeField(_("phone's clock"), null=True, blank=True)
    happened_at = models.DateTimeField(_("happened at"), db_index=True)
    received_at = models.DateTimeField(_("received at"), db_default=Now())
    position = models.PointField(_("recorded at"), srid=4326, null=True, blank=True, spatial_index=False)
    accuracy = models.FloatField(_("position accuracy in metres"), null=True, blank=True)

    status = models.CharField(_("status"), max_length=10, choices=Status.choices)
    reason = models.CharField(_("reason"), max_length=20, choices=Reason.choices, blank=True)
    message = models.TextField(blank=True)
    fields = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    asset = models.ForeignKey(
        Asset, on_delete=models.PROTECT, null=True, blank=True, related_name="operations"
    )
    job = models.ForeignKey(
        Maintenance, on_delete=models.PROTECT, null=True, blank=True, related_name="operations"
    )
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("applied by"),
    )
    version_before = models.PositiveIntegerField(null=True, blank=True)
    version_after = models.PositiveIntegerField(null=True, blank=True)
    distance = models.FloatField(_("metres from the asset"), null=True, blank=True)
    scope_code = models.CharField(max_length=15, blank=True)

    objects = OperationQuerySet.as_manager()

    class Meta:
        verbose_name = _("field operation")
        verbose_name_plural = _("field operations")
        ordering = ["id"]
        indexes = [models.Index(fields=["user", "happened_at"], name="operation_of_user_by_time")]
        constraints = [models.UniqueConstraint(fields=["user", "op_id"], name="operation_once")]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(name="what_came_stays", operation=pgtrigger.Update, condition=Changed(*_CAME)),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.op_id}"

    @property
    def is_applied(self) -> bool:
        """Whether it has had its effect."""
        return self.status in (Status.APPLIED, Status.MERGED)

    @property
    def case_uid(self) -> uuid.UUID:
        """The uid of the case that it makes, if it reports a problem: always the same, so it is made once."""
        return uuid.uuid5(self.op_id, f"{self.user_id}:case")

    def inspection_uids(self) -> list[uuid.UUID]:
        """The uids of the inspections it has made (`inspection_uid` of every asset it names)."""
        fields = json.loads(self.raw).get("fields") or {}
        others = fields.get("also") or []
        return [inspection_uid(self.op_id, self.user_id, uid) for uid in (self.asset_uid, *others) if uid]


def inspection_uid(op_id: uuid.UUID, user_id: int, asset_uid: uuid.UUID | str) -> uuid.UUID:
    """The uid of the inspection which an operation makes of an asset: always the same, so it is made once."""
    return uuid.uuid5(op_id, f"{user_id}:{uuid.UUID(str(asset_uid))}")
