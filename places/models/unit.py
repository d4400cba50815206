"""Units: the offices, companies and crews that own, maintain or supervise."""

import pghistory
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from places.models.generation import MarksChange, Topic

# GB 32100-2015: 18 characters, no I, O, S, V or Z.
validate_credit_code = RegexValidator(
    r"^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$",
    _("A unified social credit code has 18 characters."),
)


@pghistory.track()
class Unit(models.Model):
    """An organisation; a crew is a unit whose members do the work in the field."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    short_name = models.CharField(_("short name"), max_length=40, blank=True)
    credit_code = models.CharField(
        _("credit code"),
        max_length=18,
        null=True,
        blank=True,
        unique=True,
        validators=[validate_credit_code],
        help_text=_("18-character unified social credit code (GB 32100-2015)."),
    )
    is_crew = models.BooleanField(_("is a crew"), default=False)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="parts",
        verbose_name=_("part of"),
    )
    contact_person = models.CharField(_("contact person"), max_length=40, blank=True)
    contact_phone = models.CharField(_("telephone"), max_length=30, blank=True)
    active = models.BooleanField(_("offered for new entries"), default=True)

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ["name"]
        triggers = [MarksChange(Topic.DICTIONARY)]

    def __str__(self) -> str:
        return self.short_name or self.name
