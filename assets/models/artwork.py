"""Artworks (画面): what is printed, and the postings that say where and when it hung."""

from typing import ClassVar

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from assets.models.constraints import codes_exist
from assets.models.lists import Theme
from places.models import MarksChange, Topic


class Approval(models.TextChoices):
    """审核: only an approved artwork may be posted."""

    DRAFT = "draft", _("Draft")
    APPROVED = "approved", _("Approved")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ArtworkOrigin(models.TextChoices):
    """Where a design comes from: the centre's common release (通稿), or the district's own (本地)."""

    CENTRAL = "central", _("Central release")
    LOCAL = "local", _("Local")


@pghistory.track()
class Artwork(models.Model):
    """One design in one version, with its approval and the days it may hang.

    A later version is an artwork of its own that `replaces` the earlier one: each has its own approval and its own
    days, and what hung where stays true.
    """

    codes_from: ClassVar = {"themes": Theme}

    code = models.CharField(_("code"), max_length=40, unique=True)
    title = models.CharField(_("title"), max_length=120)
    wording = models.TextField(_("wording"), blank=True)
    themes = ArrayField(models.CharField(max_length=40), verbose_name=_("themes"), default=list, blank=True)
    picture = models.FileField(_("picture"), upload_to="artworks", blank=True)
    approval = models.CharField(
        _("approval"), max_length=10, choices=Approval.choices, default=Approval.DRAFT
    )
    origin = models.CharField(_("origin"), max_length=10, choices=ArtworkOrigin.choices, blank=True)
    logo = models.BooleanField(
        _("carries the mark"),
        null=True,
        blank=True,
        help_text=_("The mark of “讲文明树新风”, which public-service advertisements have to carry."),
    )
    # Who signed, on which day, under which number: as the office's paper says. Who wrote it down is in the history.
    approved_by = models.CharField(_("approved by"), max_length=120, blank=True)
    approved_on = models.DateField(_("approved on"), null=True, blank=True)
    approval_document = models.CharField(_("approval document no."), max_length=80, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    replaces = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="replaced_by",
        verbose_name=_("new version of"),
    )

    class Meta:
        verbose_name = _("artwork")
        verbose_name_plural = _("artworks")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="artwork_valid_in_order",
                condition=models.Q(valid_from__isnull=True)
                | models.Q(valid_to__isnull=True)
                | models.Q(valid_to__gte=models.F("valid_from")),
                violation_error_message=_("An artwork cannot end before it begins."),
            )
        ]
        triggers = [MarksChange(Topic.ASSETS), *codes_exist("themes", "assets_theme")]

    def __str__(self) -> str:
        return self.title


class Posting(models.Model):
    """上刊 and 下刊: one artwork on one asset from one day to another. Written by the action `post_artwork`."""

    asset = models.ForeignKey(
        "assets.Asset", on_delete=models.PROTECT, related_name="postings", verbose_name=_("asset")
    )
    artwork = models.ForeignKey(
        Artwork, on_delete=models.PROTECT, related_name="postings", verbose_name=_("artwork")
    )
    posted_on = models.DateField(_("posted on"))
    taken_down_on = models.DateField(_("taken down on"), null=True, blank=True)

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        ordering = ["-posted_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["asset"],
                condition=models.Q(taken_down_on__isnull=True),
                name="one_open_posting_per_asset",
            ),
            models.CheckConstraint(
                name="posting_days_in_order",
                condition=models.Q(taken_down_on__isnull=True)
                | models.Q(taken_down_on__gte=models.F("posted_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.artwork} {self.posted_on}"
