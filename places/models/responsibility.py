"""Responsibility (包挂): dated rows that say who answers for a street, community, indicator, road, site or stairwell.

A row is never deleted: it ends, or is voided when it should never have been there. So "who answered for 堤口路 on 3
March?" always has an answer (`places.answering`). Written by `work/responsibility/actions/`. A holder is a person with
a post, a unit, or a person of a unit; the person's name and telephone are told to few (`assets.answering`).
"""

import uuid
from datetime import date

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from places.models.area import Area
from places.models.generation import MarksChange, Topic
from places.models.road import Road
from places.models.site import Site
from places.models.unit import Unit


class ResponsibilityKind(models.TextChoices):
    """Who answers for what."""

    LEADER = "leader", _("Leader of a street")
    UNIT = "unit", _("Unit of a community")
    HEAD = "head", _("Head of an indicator")
    CHIEF = "chief", _("Road chief")
    KEEPER = "keeper", _("Keeper of a site")
    STAIRWELL = "stairwell", _("Stairwell head")


# The column that names what a row of each kind is about. Of a stairwell it is the community, with the building's text.
PLACE_OF_KIND: dict[str, str] = {
    ResponsibilityKind.LEADER: "area",
    ResponsibilityKind.UNIT: "area",
    ResponsibilityKind.HEAD: "indicator",
    ResponsibilityKind.CHIEF: "road",
    ResponsibilityKind.KEEPER: "site",
    ResponsibilityKind.STAIRWELL: "area",
}
# Of these, one at a time; a community may have several units.
EXACTLY_ONE = frozenset(kind for kind in ResponsibilityKind if kind is not ResponsibilityKind.UNIT)


class Computed(models.TextChoices):
    """Where an indicator's figure comes from."""

    ITEM_GROUP = "item_group", _("a group of evaluation items")
    CASE_RATE = "case_rate", _("a rate of cases")
    COVERAGE = "coverage", _("a coverage rule")
    BY_HAND = "by_hand", _("entered by hand")


@pghistory.track()
class Indicator(models.Model):
    """What a head of the department answers for: a figure with a target."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    department = models.CharField(_("department"), max_length=120, blank=True)
    target = models.CharField(_("target"), max_length=80, blank=True)
    computed = models.CharField(
        _("how it is computed"), max_length=12, choices=Computed.choices, default=Computed.BY_HAND
    )
    computed_from = models.CharField(
        _("computed from"),
        max_length=120,
        blank=True,
        help_text=_("The group of items, the rate or the coverage rule."),
    )
    district = models.ForeignKey(
        Area, on_delete=models.PROTECT, related_name="indicators", verbose_name=_("district")
    )
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        ordering = ["code"]
        triggers = [MarksChange(Topic.PLACES)]

    def __str__(self) -> str:
        return self.name

    @property
    def scope_code(self) -> str:
        """What permission checks compare with."""
        return self.district.code


@pghistory.track(exclude=["telephone"])
class Holder(models.Model):
    """Somebody who answers: a person with a post, a unit, or a person of a unit. In text it is its post and unit."""

    name = models.CharField(_("person"), max_length=40, blank=True)
    post = models.CharField(_("post"), max_length=60, blank=True)
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="holders", verbose_name=_("unit")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="holds",
        verbose_name=_("account"),
    )
    telephone = models.CharField(_("telephone"), max_length=30, blank=True)

    class Meta:
        verbose_name = _("holder of a responsibility")
        verbose_name_plural = _("holders of responsibilities")
        ordering = ["unit__name", "post", "name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="holder_is_a_person_with_a_post_or_a_unit",
                condition=~Q(name="") & ~Q(post="") | Q(name="", unit__isnull=False),
                violation_error_message=_("Name a person and the post, or a unit."),
            ),
            models.UniqueConstraint(
                fields=["name", "post", "unit"],
                name="holder_named_once",
                nulls_distinct=False,
                violation_error_message=_("There is somebody of this name and post already."),
            ),
        ]
        triggers = [
            MarksChange(Topic.PLACES),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return " · ".join(part for part in (self.unit.name if self.unit else "", self.post) if part)

    @property
    def code(self) -> str:
        """As addresses name it (`answers=p12`)."""
        return f"p{self.pk}"

    @property
    def in_full(self) -> str:
        """Post and unit with the person's name, for those who may be told it."""
        return " · ".join(part for part in (self.name, str(self)) if part)


class BatchState(models.TextChoices):
    """How far an import of responsibilities is."""

    READ = "read", _("read, not applied")
    APPLIED = "applied", _("applied")
    UNDONE = "undone", _("undone")


class ResponsibilityBatch(models.Model):
    """One import: what the file said until it is applied, then what came of it."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    filename = models.CharField(_("file"), max_length=200)
    state = models.CharField(_("state"), max_length=8, choices=BatchState.choices, default=BatchState.READ)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    at = models.DateTimeField(_("at"), db_default=Now(), editable=False)
    # Names and telephones of persons: emptied when the import is applied.
    rows = models.JSONField(_("rows"), default=list, blank=True)
    # [key, the last day it had before or None, the last day it was given]
    ended = models.JSONField(_("rows it ended"), default=list, blank=True)
    # Keys of rows that began on the day of the import and gave way to it whole; undoing enters them again.
    replaced = models.JSONField(_("rows it replaced"), default=list, blank=True)
    # [key of a holder, the number it had before, the number it was given]; told to nobody, emptied when undone.
    telephones = models.JSONField(_("telephones it changed"), default=list, blank=True)

    class Meta:
        verbose_name = _("import of responsibilities")
        verbose_name_plural = _("imports of responsibilities")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.filename


class ResponsibilityQuerySet(models.QuerySet["Responsibility"]):
    """Rows by day."""

    def standing(self) -> "ResponsibilityQuerySet":
        """Those that were not voided."""
        return self.filter(voided_at=None)

    def on(self, day: date) -> "ResponsibilityQuerySet":
        """Those that held on a day, its first and last day included."""
        return self.standing().filter(Q(ends_on=None) | Q(ends_on__gte=day), begins_on__lte=day)

    def told(self) -> "ResponsibilityQuerySet":
        """With all that a line about a row names, without boundaries."""
        return self.select_related(
            "holder__unit", "area", "road__district", "site__area", "site__kind", "indicator__district"
        ).defer(
            "area__boundary",
            "road__line",
            "road__district__boundary",
            "site__outline",
            "site__area__boundary",
            "indicator__district__boundary",
        )


@pghistory.track()
class Responsibility(models.Model):
    """One holder answers for one thing, from one day to another, both included."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=ResponsibilityKind.choices)
    area = models.ForeignKey(
        Area,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="responsibilities",
        verbose_name=_("street or community"),
    )
    road = models.ForeignKey(
        Road,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="responsibilities",
        verbose_name=_("road"),
    )
    site = models.ForeignKey(
        Site,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="responsibilities",
        verbose_name=_("site"),
    )
    indicator = models.ForeignKey(
        Indicator,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="responsibilities",
        verbose_name=_("indicator"),
    )
    building = models.CharField(_("building or stairwell"), max_length=80, blank=True)
    holder = models.ForeignKey(
        Holder, on_delete=models.PROTECT, related_name="responsibilities", verbose_name=_("who answers")
    )
    begins_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to, included"), null=True, blank=True)
    document = models.CharField(_("source document"), max_length=200, blank=True)
    batch = models.ForeignKey(
        ResponsibilityBatch,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="made",
        verbose_name=_("import"),
    )
    voided_at = models.DateTimeField(_("voided at"), null=True, blank=True, editable=False)
    void_reason = models.CharField(_("why it was voided"), max_length=300, blank=True)

    objects = ResponsibilityQuerySet.as_manager()

    class Meta:
        verbose_name = _("responsibility")
        verbose_name_plural = _("responsibilities")
        ordering = ["kind", "-begins_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="responsibility_names_what_its_kind_is_for",
                condition=Q(kind__in=["leader", "unit"], area__isnull=False, building="")
                & Q(road=None, site=None, indicator=None)
                | Q(kind="head", indicator__isnull=False, building="") & Q(area=None, road=None, site=None)
                | Q(kind="chief", road__isnull=False, building="") & Q(area=None, site=None, indicator=None)
                | Q(kind="keeper", site__isnull=False, building="") & Q(area=None, road=None, indicator=None)
                | Q(kind="stairwell", area__isnull=False)
                & ~Q(building="")
                & Q(road=None, site=None, indicator=None),
                violation_error_message=_("Name what this kind of responsibility is for, and nothing else."),
            ),
            models.CheckConstraint(
                name="responsibility_ends_after_it_begins",
                condition=Q(ends_on=None) | Q(ends_on__gte=models.F("begins_on")),
                violation_error_message=_("It ends before it begins."),
            ),
            models.CheckConstraint(
                name="responsibility_void_says_why", condition=Q(voided_at=None) | ~Q(void_reason="")
            ),
        ]
        triggers = [
            MarksChange(Topic.PLACES),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="voided_for_good",
                operation=pgtrigger.UpdateOf("voided_at"),
                condition=pgtrigger.Condition("OLD.voided_at IS NOT NULL"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.what}"

    @property
    def place(self) -> Area | Road | Site | Indicator:
        """What it is about."""
        found: Area | Road | Site | Indicator = getattr(self, PLACE_OF_KIND[self.kind])
        return found

    @property
    def what(self) -> str:
        """What it is about, in words."""
        return f"{self.place} {self.building}".strip()

    @property
    def scope_code(self) -> str:
        """What permission checks compare with.

        Leaders, indicators and roads are the district's to give; the rest belongs to the street that it lies in.
        """
        return scope_of_place(self.kind, self.place)

    def holds_on(self, day: date) -> bool:
        """Whether it held on a day."""
        return (
            self.voided_at is None and self.begins_on <= day and (self.ends_on is None or day <= self.ends_on)
        )


def scope_of_place(kind: str, place: Area | Road | Site | Indicator) -> str:
    """Whose it is to say who answers for something: an area's code."""
    if isinstance(place, Area):
        return place.district_code if kind == ResponsibilityKind.LEADER else place.code
    if isinstance(place, Road):
        return place.district.code if place.district else ""
    return place.scope_code
