"""The asset (处): one public-service advertisement or signboard at one point."""

import uuid
from typing import ClassVar

import pghistory
import pgtrigger
from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.contrib.postgres.indexes import GinIndex
from django.db.models import Func, Q, Value
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import READ, AnyUser, Scope, scope_filter, scope_of
from assets.models.artwork import Artwork
from assets.models.constraints import codes_exist
from assets.models.inspection import Condition
from assets.models.lists import AssetType, Theme
from assets.models.support import Support
from places.models import Area, MarksChange, Road, Site, Topic, Unit


class Lifecycle(models.TextChoices):
    """生命周期: an asset is never deleted, it is removed with a date and a reason."""

    PLANNED = "planned", _("Planned")
    IN_USE = "in_use", _("In use")
    SUSPENDED = "suspended", _("Suspended")
    REMOVED = "removed", _("Removed")


# What stands in the street.
STANDING = (Lifecycle.IN_USE, Lifecycle.SUSPENDED)


class CurrentTransaction(Func):
    """The writing transaction's 64-bit id, by which change feeds are ordered (docs/design.md)."""

    template = "pg_current_xact_id()::text::bigint"
    output_field = models.BigIntegerField()


class AssetQuerySet(models.QuerySet["Asset"]):
    """Assets as a reader may see them."""

    def visible_to(self, user: AnyUser) -> "AssetQuerySet":
        """Only what the user may read; nobody signed in sees nothing."""
        return self.within(scope_of(user, READ))

    def writable_by(self, user: User, verb: str) -> "AssetQuerySet":
        """Only what the user may do `verb` to."""
        return self.within(scope_of(user, verb))

    def within(self, scope: Scope) -> "AssetQuerySet":
        """Only what lies in a scope."""
        return self.filter(scope_filter(scope))


class SearchBigrams(Func):
    """The character pairs of everything an asset is searched by (SQL function of the first migration)."""

    function = "assets_search_bigrams"
    output_field = ArrayField(models.TextField())


SEARCHED_COLUMNS = ("code", "legacy_code", "source_id", "name", "wording", "address")

# What a reader cannot see changed does not count: version, transaction and time follow a real difference only.
_COUNT_CHANGES = """
    NEW.version = OLD.version; NEW.changed_txid = OLD.changed_txid; NEW.updated_at = OLD.updated_at;
    IF NEW IS DISTINCT FROM OLD THEN
        NEW.version = OLD.version + 1;
        NEW.changed_txid = pg_current_xact_id()::text::bigint;
        NEW.updated_at = now();
    END IF;
    RETURN NEW;
"""
_STAND_ON_SUPPORT = """
    SELECT point INTO support_point FROM assets_support WHERE id = NEW.support_id;
    IF support_point IS DISTINCT FROM NEW.point THEN
        RAISE check_violation USING MESSAGE = 'An asset stands where its support stands: move the support.';
    END IF;
    RETURN NEW;
"""


@pghistory.track(exclude=["changed_txid", "updated_at"])
class Asset(models.Model):
    """One asset. Written by `assets/actions/` only; history, version and condition are kept by the database.

    `area` is the deepest area its point falls in; district, street and community are that area's ancestors, kept
    beside it for filtering and counting.
    """

    codes_from: ClassVar = {"themes": Theme}

    uid = models.UUIDField(default=uuid.uuid4, db_default=RandomUUID(), unique=True, editable=False)
    code = models.CharField(_("component id"), max_length=17, unique=True, editable=False)
    legacy_code = models.CharField(
        _("earlier component id"), max_length=16, null=True, blank=True, unique=True
    )
    source = models.CharField(_("source of the office's number"), max_length=60, blank=True)
    source_id = models.CharField(_("office's own number"), max_length=80, blank=True)

    name = models.CharField(_("name"), max_length=200, blank=True)
    type = models.ForeignKey(
        AssetType, on_delete=models.PROTECT, related_name="assets", verbose_name=_("type")
    )
    themes = ArrayField(models.CharField(max_length=40), verbose_name=_("themes"), default=list, blank=True)
    wording = models.TextField(_("wording"), blank=True)
    width = models.DecimalField(_("width in metres"), max_digits=7, decimal_places=2, null=True, blank=True)
    height = models.DecimalField(_("height in metres"), max_digits=7, decimal_places=2, null=True, blank=True)
    faces = models.PositiveSmallIntegerField(_("faces"), default=1)
    material = models.CharField(_("material"), max_length=60, blank=True)
    illuminated = models.BooleanField(_("illuminated"), null=True, blank=True)
    large = models.BooleanField(_("large"), default=False)
    prominent = models.BooleanField(_("prominent position"), null=True, blank=True)
    indoor = models.BooleanField(_("indoors"), null=True, blank=True)
    facing = models.PositiveSmallIntegerField(
        _("facing"), null=True, blank=True, help_text=_("Degrees clockwise from north, 0 to 359.")
    )
    artwork = models.ForeignKey(
        Artwork,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="assets",
        verbose_name=_("artwork"),
    )

    point = models.PointField(_("point"), srid=4326)
    footprint = models.GeometryField(
        _("footprint"),
        srid=4326,
        null=True,
        blank=True,
        spatial_index=False,
        help_text=_("A line or polygon, for hoardings and murals."),
    )
    position_accuracy = models.FloatField(_("position accuracy in metres"), null=True, blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    building = models.CharField(_("building or stairwell"), max_length=80, blank=True)
    building_contact = models.CharField(_("stairwell contact"), max_length=60, blank=True)
    building_phone = models.CharField(_("stairwell contact's telephone"), max_length=30, blank=True)
    road = models.ForeignKey(
        Road, on_delete=models.PROTECT, null=True, blank=True, related_name="assets", verbose_name=_("road")
    )
    site = models.ForeignKey(
        Site, on_delete=models.PROTECT, null=True, blank=True, related_name="assets", verbose_name=_("site")
    )
    support = models.ForeignKey(
        Support,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="assets",
        verbose_name=_("support"),
    )
    area = models.ForeignKey(
        Area, on_delete=models.PROTECT, null=True, blank=True, related_name="assets", verbose_name=_("area")
    )
    district = models.ForeignKey(
        Area,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("district"),
    )
    street = models.ForeignKey(
        Area, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("street")
    )
    community = models.ForeignKey(
        Area, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("community")
    )

    owner = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="assets_owned",
        db_index=False,
        verbose_name=_("owner"),
    )
    maintainer = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="assets_maintained",
        db_index=False,
        verbose_name=_("maintainer"),
    )
    supervisor = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="assets_supervised",
        db_index=False,
        verbose_name=_("supervisor"),
    )

    lifecycle = models.CharField(
        _("lifecycle"), max_length=10, choices=Lifecycle.choices, default=Lifecycle.IN_USE
    )
    removed_on = models.DateField(_("removed on"), null=True, blank=True)
    removal_reason = models.CharField(_("reason for removal"), max_length=200, blank=True)
    condition = models.SmallIntegerField(
        _("condition"), choices=Condition.choices, default=Condition.UNKNOWN, editable=False
    )
    condition_at = models.DateTimeField(_("condition as of"), null=True, blank=True, editable=False)
    next_inspection_due = models.DateField(_("next inspection due"), null=True, blank=True, editable=False)
    installed_on = models.DateField(_("installed on"), null=True, blank=True)
    content_changed_on = models.DateField(_("content changed on"), null=True, blank=True)
    data_source = models.CharField(_("data source"), max_length=60, blank=True)
    remarks = models.TextField(_("remarks"), blank=True)

    version = models.PositiveIntegerField(_("version"), default=1, db_default=Value(1), editable=False)
    changed_txid = models.BigIntegerField(db_default=CurrentTransaction(), editable=False)
    created_at = models.DateTimeField(_("created at"), db_default=Now(), editable=False)
    updated_at = models.DateTimeField(_("updated at"), db_default=Now(), editable=False)

    objects = AssetQuerySet.as_manager()

    class Meta:
        verbose_name = _("asset")
        verbose_name_plural = _("assets")
        ordering = ["code"]
        indexes = [
            models.Index(fields=["changed_txid"], name="asset_changed_txid"),
            models.Index(fields=["next_inspection_due"], name="asset_next_inspection_due"),
            GinIndex(SearchBigrams(*SEARCHED_COLUMNS), name="asset_search_bigrams"),
        ]
        constraints = [
            models.CheckConstraint(
                name="asset_code_is_17_digits",
                condition=Q(code__regex=r"^[0-9]{17}$"),
                violation_error_message=_("A component id has 17 digits."),
            ),
            models.CheckConstraint(
                name="asset_legacy_code_is_16_digits",
                condition=Q(legacy_code__isnull=True) | Q(legacy_code__regex=r"^[0-9]{16}$"),
                violation_error_message=_("An earlier component id has 16 digits."),
            ),
            models.UniqueConstraint(
                fields=["source", "source_id"], name="asset_source_id_once", condition=~Q(source_id="")
            ),
            models.CheckConstraint(
                name="asset_sizes_are_positive",
                condition=(Q(width__isnull=True) | Q(width__gt=0))
                & (Q(height__isnull=True) | Q(height__gt=0))
                & Q(faces__gte=1),
                violation_error_message=_("Sizes are larger than zero."),
            ),
            models.CheckConstraint(
                name="asset_facing_is_a_bearing",
                condition=Q(facing__isnull=True) | Q(facing__lte=359),
                violation_error_message=_("A bearing lies between 0 and 359 degrees."),
            ),
            models.CheckConstraint(
                name="asset_removed_says_when_and_why",
                condition=Q(lifecycle="removed", removed_on__isnull=False) & ~Q(removal_reason="")
                | ~Q(lifecycle="removed") & Q(removed_on__isnull=True, removal_reason=""),
                violation_error_message=_("A removed asset has a date and a reason; no other has."),
            ),
            models.CheckConstraint(
                name="asset_condition_known", condition=Q(condition__gte=0, condition__lte=5)
            ),
        ]
        triggers = [
            MarksChange(Topic.ASSETS),
            *codes_exist("themes", "assets_theme"),
            pgtrigger.Trigger(
                name="count_changes", when=pgtrigger.Before, operation=pgtrigger.Update, func=_COUNT_CHANGES
            ),
            pgtrigger.Trigger(
                name="stand_on_support",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("point", "support_id"),
                condition=pgtrigger.Condition("NEW.support_id IS NOT NULL"),
                declare=[("support_point", "geometry")],
                func=_STAND_ON_SUPPORT,
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.name or self.code

    @property
    def scope_code(self) -> str:
        """What permission checks compare with: the deepest area, or the district that issued the code."""
        return self.area.code if self.area else self.code[:6]
