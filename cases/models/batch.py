"""What the desk did to many cases at once, and the views of the list that people keep."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from places.models import Changed


class CaseBatch(models.Model):
    """One order for many cases; each of them has its own step, which names the batch."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    verb = models.CharField(_("step"), max_length=18)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    at = models.DateTimeField(_("at"), db_default=Now(), editable=False)
    query = models.TextField(_("filter"), blank=True)
    # [number of the case, why it was left as it is]; written when the order has been carried out.
    refused = models.JSONField(_("left as they are"), default=list, blank=True)

    class Meta:
        verbose_name = _("order for many cases")
        verbose_name_plural = _("orders for many cases")
        ordering = ["-id"]
        triggers = [
            pgtrigger.Protect(
                name="given_for_good",
                operation=pgtrigger.Update,
                condition=Changed("uid", "verb", "actor", "query"),
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.verb}"


class SavedView(models.Model):
    """A filter of the list under a name, for whoever saved it."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="case_views", verbose_name=_("user")
    )
    name = models.CharField(_("name"), max_length=40)
    query = models.TextField(_("filter"), blank=True)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="one_view_a_name")]

    def __str__(self) -> str:
        return self.name
