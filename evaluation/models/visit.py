"""Visits to sites and what was observed there: facts, append-only. A wrong visit is voided, never edited.

A visit keeps what its site was (kind, street) and what its observations come to, so that results of twelve rounds are
read from visits alone. `conforming`, `partly`, `failing` and `critical` are counted by the action that writes both.
"""

import uuid

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.permissions import EVALUATE, MANAGE_EVALUATION, READ_EVALUATION, AnyUser, can, scope_of
from assets.models import Asset, Origin
from assets.photos import StoredPhoto
from cases.models import Case
from evaluation.models.edition import EvaluationItem
from evaluation.models.round import Round
from places.models import Area, Changed, Site, SiteKind


class Answer(models.TextChoices):
    """What was found of one item."""

    YES = "yes", _("Conforms")
    PARTLY = "partly", _("Mostly conforms")
    NO = "no", _("Does not conform")
    NOT_APPLICABLE = "na", _("Not applicable")


class VisitQuerySet(models.QuerySet["Visit"]):
    """Visits as a reader may see them."""

    def standing(self) -> "VisitQuerySet":
        """Those that have not been voided: what every figure counts."""
        return self.filter(voided_at=None)

    def visible_to(self, user: AnyUser) -> "VisitQuerySet":
        """Those of the reader's districts; of unannounced rounds only once closed, but for the desk and oneself."""
        condition = scope_of(user, MANAGE_EVALUATION).within("round__area__code")
        seen = Q(round__announced=True) | Q(round__closed_at__isnull=False)
        condition |= scope_of(user, READ_EVALUATION).within("round__area__code") & seen
        if user.is_authenticated and can(user, EVALUATE):
            condition |= Q(evaluator=user.pk)
        return self.filter(condition)


@pghistory.track(pghistory.UpdateEvent())
class Visit(models.Model):
    """One visit of one evaluator to one site in one round. History keeps its voiding only."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    round = models.ForeignKey(
        Round, on_delete=models.PROTECT, related_name="visits", verbose_name=_("evaluation round")
    )
    site = models.ForeignKey(
        Site, on_delete=models.PROTECT, related_name="evaluation_visits", verbose_name=_("site")
    )
    kind = models.ForeignKey(SiteKind, on_delete=models.PROTECT, related_name="+", verbose_name=_("kind"))
    street = models.ForeignKey(
        Area,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="evaluation_visits",
        verbose_name=_("street"),
    )
    evaluator = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="evaluation_visits",
        verbose_name=_("evaluator"),
    )
    began_at = models.DateTimeField(_("began at"))
    ended_at = models.DateTimeField(_("ended at"))
    received_at = models.DateTimeField(_("received at"), db_default=Now())
    origin = models.CharField(_("origin"), max_length=10, choices=Origin.choices)
    position = models.PointField(_("recorded at"), srid=4326, null=True, blank=True, spatial_index=False)
    distance = models.FloatField(_("metres from the site"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True)

    conforming = models.PositiveIntegerField(_("conforming"), default=0)
    partly = models.PositiveIntegerField(_("mostly conforming"), default=0)
    failing = models.PositiveIntegerField(_("not conforming"), default=0)
    critical = models.PositiveIntegerField(_("critical findings"), default=0)

    voided_at = models.DateTimeField(_("voided at"), null=True, blank=True)
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("voided by"),
    )
    void_reason = models.CharField(_("reason for voiding"), max_length=200, blank=True)

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        ordering = ["-ended_at", "-id"]
        indexes = [models.Index(fields=["site", "-ended_at"], name="evaluation_visit_of_site")]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "site", "evaluator"],
                condition=Q(voided_at=None),
                name="evaluation_visit_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="evaluation_visit_ends_after_it_begins",
                condition=Q(ended_at__gte=models.F("began_at")),
            ),
            models.CheckConstraint(
                name="evaluation_visit_void_says_why",
                condition=Q(voided_at__isnull=True, void_reason="")
                | (Q(voided_at__isnull=False) & ~Q(void_reason="")),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="only_voided",
                operation=pgtrigger.Update,
                condition=Changed(exclude=["voided_at", "voided_by", "void_reason"]),
            ),
            pgtrigger.Protect(
                name="voided_for_good",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.voided_at IS NOT NULL"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.site} {self.ended_at:%Y-%m-%d}"

    @property
    def scope_code(self) -> str:
        """What permission checks compare with: the round's area, since a street voids nothing of the district's."""
        return self.round.scope_code

    @property
    def answered(self) -> int:
        """How many observations its score rate rests on."""
        return self.conforming + self.partly + self.failing


class Observation(models.Model):
    """What was found of one item on one visit. Its `uid` is not needed: visit and item name it."""

    visit = models.ForeignKey(
        Visit, on_delete=models.PROTECT, related_name="observations", verbose_name=_("visit")
    )
    item = models.ForeignKey(
        EvaluationItem, on_delete=models.PROTECT, related_name="observations", verbose_name=_("item")
    )
    answer = models.CharField(_("answer"), max_length=6, choices=Answer.choices)
    value = models.DecimalField(
        _("counted or measured"), max_digits=8, decimal_places=2, null=True, blank=True
    )
    asked = models.PositiveSmallIntegerField(_("how many were asked"), null=True, blank=True)
    catalogued = models.PositiveIntegerField(
        _("what the catalogue showed"), null=True, blank=True, help_text=_("On the phone, at that time.")
    )
    missing = models.ManyToManyField(
        Asset, blank=True, related_name="+", verbose_name=_("pieces that were not there")
    )
    photo_names = ArrayField(
        models.CharField(max_length=64), verbose_name=_("photos named by the phone"), default=list, blank=True
    )
    note = models.CharField(_("note"), max_length=500, blank=True)
    case = models.ForeignKey(
        Case,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="observations",
        verbose_name=_("case"),
    )

    class Meta:
        verbose_name = _("observation")
        verbose_name_plural = _("observations")
        ordering = ["visit", "item__order", "id"]
        constraints = [models.UniqueConstraint(fields=["visit", "item"], name="evaluation_observation_once")]
        indexes = [
            models.Index(fields=["item", "answer"], condition=Q(answer="no"), name="evaluation_failed_items")
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.item.code} {self.answer}"


class FoundPiece(models.Model):
    """A piece that the catalogue did not know, registered at a site of a round: a finding by itself.

    It names round and site and not the visit, for it is mostly sent before the visit: `of_visit` finds them together.
    """

    asset = models.OneToOneField(
        Asset, on_delete=models.PROTECT, related_name="found_piece", verbose_name=_("asset")
    )
    round = models.ForeignKey(
        Round, on_delete=models.PROTECT, related_name="found_pieces", verbose_name=_("evaluation round")
    )
    site = models.ForeignKey(
        Site, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("site")
    )
    found_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("found by"),
    )
    found_at = models.DateTimeField(_("found at"))

    class Meta:
        verbose_name = _("piece found on a visit")
        verbose_name_plural = _("pieces found on visits")
        ordering = ["found_at", "id"]
        indexes = [models.Index(fields=["round", "site", "found_by"], name="evaluation_found_on_visit")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return str(self.asset)

    @classmethod
    def of_visit(cls, visit: Visit) -> models.QuerySet["FoundPiece"]:
        """Those that whoever made a visit registered at its site."""
        return cls.objects.filter(round=visit.round_id, site=visit.site_id, found_by=visit.evaluator_id)

    def visits(self) -> VisitQuerySet:
        """The visits it belongs to: one that stands, and any that were voided."""
        return Visit.objects.filter(round=self.round_id, site=self.site_id, evaluator=self.found_by_id)


class ObservationPhoto(models.Model):
    """One photo of what was found. The files are those of `assets/photos.py`."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    observation = models.ForeignKey(
        Observation, on_delete=models.PROTECT, related_name="photos", verbose_name=_("observation")
    )
    sha256 = models.CharField(_("SHA-256"), max_length=64, db_index=True)
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    taken_at = models.DateTimeField(_("taken at"), null=True, blank=True)
    drawn = models.BooleanField(_("drawn for the demonstration"), default=False)
    uploaded_at = models.DateTimeField(_("uploaded at"), db_default=Now())

    class Meta:
        verbose_name = _("photo of an observation")
        verbose_name_plural = _("photos of observations")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["observation", "sha256"], name="evaluation_photo_once")
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return str(self.uid)

    @property
    def stored(self) -> StoredPhoto:
        """Where its file is found."""
        return StoredPhoto(self.sha256, self.width, self.height, self.taken_at)
