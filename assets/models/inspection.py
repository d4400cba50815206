"""Inspections: dated facts about condition, append-only; an asset's condition follows from them."""

import uuid
from typing import ClassVar

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.db.models.functions import Least, Now
from django.utils.translation import gettext_lazy as _

from assets.models.batch import Batch
from assets.models.constraints import codes_exist
from assets.models.lists import Defect
from assets.models.origin import Origin
from assets.rules.due import next_due_sql
from places.models import Changed, MarksChange, Topic


class Condition(models.IntegerChoices):
    """状况, ordered from good to missing; UNKNOWN (未检) stands outside the order and is left out of rates."""

    UNKNOWN = 0, _("Not inspected")
    GOOD = 1, _("Good")
    MINOR = 2, _("Minor damage")
    DAMAGED = 3, _("Damaged")
    SEVERE = 4, _("Severe damage")
    MISSING = 5, _("Missing")

    @property
    def code(self) -> str:
        """The word used in addresses, tiles and files: unknown, good, minor, damaged, severe, missing."""
        return self.name.lower()


CONDITION_BY_CODE = {condition.code: condition for condition in Condition}

_DUE = next_due_sql(
    seen="fact.effective_at",
    installed="target.installed_on",
    registered="target.created_at",
    interval="kind.inspection_interval_days",
)
# An asset's condition is that of its latest unvoided inspection, latest by (effective_at, id). The assets are locked
# before the facts are read, each in a statement (and so a snapshot) of its own: two crews reporting on one asset at
# once cannot leave the older fact behind.
_DERIVE = f"""
    PERFORM 1 FROM assets_asset WHERE id IN (SELECT asset_id FROM new_values) ORDER BY id FOR NO KEY UPDATE;
    UPDATE assets_asset asset
    SET condition = latest.condition,
        condition_at = latest.effective_at,
        next_inspection_due = latest.due
    FROM (
        SELECT target.id,
               coalesce(fact.condition, 0) AS condition,
               fact.effective_at,
               {_DUE} AS due
        FROM assets_asset target
        JOIN assets_assettype kind ON kind.id = target.type_id
        LEFT JOIN LATERAL (
            SELECT condition, effective_at FROM assets_inspection
            WHERE asset_id = target.id AND voided_at IS NULL
            ORDER BY effective_at DESC, id DESC LIMIT 1) fact ON true
        WHERE target.id IN (SELECT asset_id FROM new_values)
    ) latest
    WHERE asset.id = latest.id
      AND (asset.condition, asset.condition_at, asset.next_inspection_due)
          IS DISTINCT FROM (latest.condition, latest.effective_at, latest.due);
    RETURN NULL;
"""  # noqa: S608 (an expression of the rules)


def _derives_condition(event: str, operation: pgtrigger.Operation) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=f"derive_condition_on_{event}",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(new="new_values"),
        func=_DERIVE,
    )


@pghistory.track(pghistory.UpdateEvent())
class Inspection(models.Model):
    """One look at one asset. Never edited: a wrong one is voided, saying who and why.

    History keeps its changes (voiding) only: the row itself already says who recorded it, when and from where.
    """

    codes_from: ClassVar = {"defects": Defect}

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    asset = models.ForeignKey(
        "assets.Asset",
        on_delete=models.PROTECT,
        related_name="inspections",
        db_index=False,
        verbose_name=_("asset"),
    )
    condition = models.SmallIntegerField(_("condition"), choices=Condition.choices)
    defects = ArrayField(models.CharField(max_length=40), verbose_name=_("defects"), default=list, blank=True)
    note = models.TextField(_("note"), blank=True)
    observed_at = models.DateTimeField(_("observed at"), help_text=_("The device's own clock."))
    received_at = models.DateTimeField(_("received at"), db_default=Now())
    effective_at = models.GeneratedField(
        expression=Least("observed_at", "received_at"),
        output_field=models.DateTimeField(),
        db_persist=True,
        verbose_name=_("effective at"),
    )
    inspector = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="inspections",
        verbose_name=_("inspector"),
    )
    inspector_name = models.CharField(_("inspector as written"), max_length=60, blank=True)
    origin = models.CharField(_("origin"), max_length=10, choices=Origin.choices)
    batch = models.ForeignKey(
        Batch,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="inspections",
        verbose_name=_("batch"),
    )
    position = models.PointField(_("recorded at"), srid=4326, null=True, blank=True, spatial_index=False)
    position_accuracy = models.FloatField(_("position accuracy in metres"), null=True, blank=True)
    distance = models.FloatField(_("metres from the asset"), null=True, blank=True)
    voided_at = models.DateTimeField(_("voided at"), null=True, blank=True)
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="voided_inspections",
        verbose_name=_("voided by"),
        db_index=False,
    )
    void_reason = models.CharField(_("reason for voiding"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("inspection")
        verbose_name_plural = _("inspections")
        ordering = ["-effective_at", "-id"]
        indexes = [models.Index(fields=["asset", "-effective_at", "-id"], name="inspection_latest_first")]
        constraints = [
            models.CheckConstraint(
                name="inspection_sees_a_condition", condition=models.Q(condition__gte=1, condition__lte=5)
            ),
            models.CheckConstraint(
                name="inspection_void_says_why",
                condition=models.Q(voided_at__isnull=True, void_reason="")
                | (models.Q(voided_at__isnull=False) & ~models.Q(void_reason="")),
            ),
        ]
        triggers = [
            MarksChange(Topic.ASSETS),
            _derives_condition("insert", pgtrigger.Insert),
            _derives_condition("void", pgtrigger.Update),
            *codes_exist("defects", "assets_defect"),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            # A generated column is not yet filled in when the trigger looks, so it is left out of the comparison.
            pgtrigger.Protect(
                name="only_voided",
                operation=pgtrigger.Update,
                condition=Changed(exclude=["voided_at", "voided_by", "void_reason", "effective_at"]),
            ),
            pgtrigger.Protect(
                name="voided_for_good",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.voided_at IS NOT NULL"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_condition_display()} {self.effective_at:%Y-%m-%d}"
