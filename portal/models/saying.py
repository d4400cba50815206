"""What residents say: whether they are satisfied with an asset or a site, praise (表扬) and suggestions (建议).

Who they are is not asked. Words, photo and telephone, where somebody leaves them, are for the desk alone and in no
public answer. What was said stays as it was said; only whether it is spam may change, and that has a history.
"""

import uuid
from typing import ClassVar

import pghistory
import pgtrigger
from django.contrib.gis.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from assets.models import Asset
from assets.photos import StoredPhoto
from places.models import Area, Changed, Site


class Satisfied(models.TextChoices):
    """What is tapped (满意、基本满意、不满意)."""

    YES = "yes", _("Satisfied")
    FAIRLY = "fairly", _("Mostly satisfied")
    NO = "no", _("Not satisfied")


class About(models.TextChoices):
    """What an answer is for."""

    CONTENT = "content", _("What it says")
    LOOKS = "looks", _("How it looks")
    STATE = "state", _("Damage or dirt")
    PLACE = "place", _("Where it stands")
    OTHER = "other", _("Something else")


class RemarkKind(models.TextChoices):
    """What a remark is: neither asks for anything to be put right."""

    PRAISE = "praise", _("Praise")
    SUGGESTION = "suggestion", _("Suggestion")


# What nobody writes twice, with what makes a row one of a plate or of a site.
_WRITTEN_ONCE = ("uid", "asset", "site", "scope_code", "street", "at", "invented")
_TOLD = ("words", "telephone", "sha256", "width", "height")
_UNTRACKED = ["words", "telephone", "sha256", "width", "height"]


class ResidentStatement(models.Model):
    """Something a resident said about one asset or one site. Abstract."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    asset = models.ForeignKey(
        Asset, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("asset")
    )
    site = models.ForeignKey(
        Site, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("site")
    )
    # Where that was when it was said: permission and counting by street go by these.
    scope_code = models.CharField(max_length=15, editable=False, db_index=True)
    street = models.ForeignKey(
        Area, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("street")
    )
    words = models.CharField(_("words"), max_length=500, blank=True)
    telephone = models.CharField(_("telephone"), max_length=30, blank=True)
    sha256 = models.CharField(_("photo"), max_length=64, blank=True, editable=False)
    width = models.PositiveIntegerField(default=0, editable=False)
    height = models.PositiveIntegerField(default=0, editable=False)
    at = models.DateTimeField(_("at"), db_default=Now(), db_index=True)
    spam = models.BooleanField(_("spam"), default=False)
    invented = models.BooleanField(_("invented for the demonstration"), default=False, editable=False)

    class Meta:
        abstract = True

    @property
    def stored(self) -> StoredPhoto:
        """Where its photo is found; only where there is one."""
        return StoredPhoto(self.sha256, self.width, self.height, None)

    @property
    def what(self) -> str:
        """What it is about."""
        if self.asset is not None:
            return self.asset.name or self.asset.type.name
        return self.site.name if self.site is not None else ""


class _ChangedAfterMore(Changed):
    """True when a field changes after more was said."""

    def resolve(self, model: type[models.Model]) -> str:
        """The condition in SQL."""
        return f"(OLD.followed_at IS NOT NULL AND {super().resolve(model)})"


def _about_one(name: str) -> models.CheckConstraint:
    """Of an asset or of a site."""
    asset_or_site = Q(asset__isnull=False, site__isnull=True) | Q(asset__isnull=True, site__isnull=False)
    return models.CheckConstraint(name=name, condition=asset_or_site)


@pghistory.track(exclude=_UNTRACKED)
class ResidentAnswer(ResidentStatement):
    """One tap on a card; what for, words, photo and telephone may follow, once."""

    answer = models.CharField(_("answer"), max_length=8, choices=Satisfied.choices)
    about = models.CharField(_("what for"), max_length=8, choices=About.choices, blank=True)
    followed_at = models.DateTimeField(_("more was said at"), null=True, editable=False)

    class Meta:
        verbose_name = _("resident’s answer")
        verbose_name_plural = _("residents’ answers")
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [_about_one("answer_of_an_asset_or_a_site")]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="said_for_good", operation=pgtrigger.Update, condition=Changed(*_WRITTEN_ONCE, "answer")
            ),
            pgtrigger.Protect(
                name="more_once",
                operation=pgtrigger.Update,
                condition=_ChangedAfterMore(*_TOLD, "about", "followed_at"),
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.get_answer_display()} · {self.what}"


@pghistory.track(exclude=_UNTRACKED)
class ResidentRemark(ResidentStatement):
    """Praise or a suggestion: kept and counted."""

    kind = models.CharField(_("kind"), max_length=12, choices=RemarkKind.choices)

    class Meta:
        verbose_name = _("resident’s remark")
        verbose_name_plural = _("residents’ remarks")
        ordering: ClassVar = ["-id"]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="said_for_good",
                operation=pgtrigger.Update,
                condition=Changed(*_WRITTEN_ONCE, *_TOLD, "kind"),
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.what}"
