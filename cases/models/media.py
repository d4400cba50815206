"""Media pieces (媒体稿件): what papers, stations and accounts printed of the work, in the columns it is counted by."""

import uuid

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import READ_CASES, AnyUser, scope_of
from assets.models import Campaign
from places.models import Area, Dictionary

check_link = URLValidator(schemes=["http", "https"], message=_("Give an address that begins with https://."))


class MediaColumn(Dictionary):
    """A column (专栏) that pieces appear in; the office keeps the list."""

    class Meta(Dictionary.Meta):
        verbose_name = _("media column")
        verbose_name_plural = _("media columns")


class MediaImport(models.Model):
    """One file of pieces: what was read of it, what was refused row by row, and what was entered by it."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    filename = models.CharField(_("file"), max_length=200)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", verbose_name=_("area"))
    rows = models.JSONField(_("rows"), default=list)
    refused = models.JSONField(_("refused"), default=list)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"), db_default=Now(), editable=False)
    applied_at = models.DateTimeField(_("taken over at"), null=True, blank=True)
    # Number of a piece → its values before the import; nothing for one that is new by it.
    before = models.JSONField(_("before"), default=dict)
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)

    class Meta:
        verbose_name = _("import of media pieces")
        verbose_name_plural = _("imports of media pieces")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.filename

    @property
    def scope_code(self) -> str:
        """What permission checks compare with."""
        return self.area.code


class MediaPieceQuerySet(models.QuerySet["MediaPiece"]):
    """Pieces as a reader may see them."""

    def visible_to(self, user: AnyUser) -> "MediaPieceQuerySet":
        """Those of the districts whose cases the reader reads."""
        scope = scope_of(user if isinstance(user, User) else AnonymousUser(), READ_CASES)
        return self.filter(scope.within("area__code"))

    def there(self) -> "MediaPieceQuerySet":
        """Those that were not taken out."""
        return self.filter(removed_at=None)


@pghistory.track()
class MediaPiece(models.Model):
    """One piece: title, outlet, column, day, link, and the street it is about, if it is about one."""

    title = models.CharField(_("title"), max_length=120)
    outlet = models.CharField(_("outlet"), max_length=60)
    column = models.ForeignKey(
        MediaColumn, on_delete=models.PROTECT, related_name="pieces", verbose_name=_("column")
    )
    published_on = models.DateField(_("date"))
    link = models.CharField(_("link"), max_length=500, blank=True, validators=[check_link])
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", verbose_name=_("district"))
    street = models.ForeignKey(
        Area, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("street")
    )
    campaign = models.ForeignKey(
        Campaign,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="media",
        verbose_name=_("campaign"),
    )
    brought_by = models.ForeignKey(
        MediaImport,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="pieces",
        verbose_name=_("import"),
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    entered_at = models.DateTimeField(_("entered at"), db_default=Now(), editable=False)
    removed_at = models.DateTimeField(_("taken out at"), null=True, blank=True, editable=False)

    objects = MediaPieceQuerySet.as_manager()

    class Meta:
        verbose_name = _("media piece")
        verbose_name_plural = _("media pieces")
        ordering = ["-published_on", "-id"]
        indexes = [models.Index(fields=["-published_on", "-id"], name="media_latest")]
        constraints = [
            models.UniqueConstraint(
                fields=["area", "published_on", "outlet", "title"],
                name="media_piece_once",
                condition=Q(removed_at=None),
                violation_error_message=_("This piece is entered already."),
            )
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.title

    @property
    def scope_code(self) -> str:
        """What permission checks compare with."""
        return self.area.code
