"""What is kept of answers that take long to make."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class KeptAnswer(models.Model):
    """A count that took long (`web.kept_answers`), for all who ask the same; before `counted_at` it has no body."""

    question = models.CharField(
        _("question"), max_length=64, unique=True, help_text=_("A digest of all of it.")
    )
    kind = models.CharField(_("kind"), max_length=20)
    filter = models.TextField(_("filter"), blank=True)
    asked = models.CharField(_("asked besides"), max_length=60, blank=True)
    scope = models.TextField(_("areas"), help_text=_("What the reader sees, as a key of its own."))
    language = models.CharField(_("language"), max_length=10)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("asked by")
    )
    edition = models.CharField(_("edition"), max_length=200, blank=True)
    body = models.BinaryField(_("answer"), default=b"")
    seconds = models.FloatField(_("seconds it took"), default=0)
    counted_at = models.DateTimeField(_("counted at"), null=True)
    asked_at = models.DateTimeField(_("last asked for at"))
    waiting_since = models.DateTimeField(_("waits for the worker since"), null=True)

    class Meta:
        verbose_name = _("kept answer")
        verbose_name_plural = _("kept answers")

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"
