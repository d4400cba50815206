"""The editable lists: standard codes, asset types, themes, defects."""

import pghistory
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from assets.models.work import MaintenanceKind
from places.models import Dictionary, MarksChange, Topic

validate_five_digits = RegexValidator(r"^[0-9]{5}$", _("Five digits: two of class, three of item."))


class CodeKind(models.TextChoices):
    """A standard's code names a thing (部件) or something that happens (事项); the digits can be the same."""

    COMPONENT = "component", _("Component")
    EVENT = "event", _("Event")


@pghistory.track()
class StandardCode(models.Model):
    """A code of GB/T 47678.5-2026 or of an earlier edition; data, not code (docs/design.md)."""

    kind = models.CharField(_("kind"), max_length=10, choices=CodeKind.choices)
    code = models.CharField(_("code"), max_length=5, validators=[validate_five_digits])
    edition = models.CharField(_("edition"), max_length=40)
    name_zh = models.CharField(_("Chinese name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("standard code")
        verbose_name_plural = _("standard codes")
        ordering = ["edition", "kind", "code"]
        constraints = [models.UniqueConstraint(fields=["kind", "code", "edition"], name="standard_code_once")]
        triggers = [MarksChange(Topic.DICTIONARY)]

    def __str__(self) -> str:
        name = self.name_en if (get_language() or "").startswith("en") and self.name_en else self.name_zh
        return f"{self.code} {name}"


class Family(models.TextChoices):
    """The two families of the catalogue."""

    PSA = "psa", _("Public-service advertisement")
    SIGNBOARD = "signboard", _("Signboard")


@pghistory.track()
class AssetType(Dictionary):
    """Carrier form: notice board, mural, hoarding, …; decides family, symbol, component item and intervals."""

    family = models.CharField(_("family"), max_length=10, choices=Family.choices)
    symbol = models.CharField(_("symbol"), max_length=20, help_text=_("Shape on the map."))
    component = models.ForeignKey(
        StandardCode,
        on_delete=models.PROTECT,
        related_name="types",
        limit_choices_to={"kind": CodeKind.COMPONENT},
        verbose_name=_("standard component code"),
        help_text=_("Its five digits become part of the component id of new assets."),
    )
    fixed = models.BooleanField(
        _("fixed carrier"),
        default=True,
        help_text=_("Whether it counts as a fixed carrier; banners, boards on stands and hoardings do not."),
    )
    inspection_interval_days = models.PositiveSmallIntegerField(_("days between inspections"), default=90)
    design_life_months = models.PositiveSmallIntegerField(_("design life in months"), null=True, blank=True)

    class Meta(Dictionary.Meta):
        verbose_name = _("type")
        verbose_name_plural = _("types")
        triggers = [MarksChange(Topic.DICTIONARY)]


@pghistory.track()
class Theme(Dictionary):
    """What an advertisement is about: core values, waste sorting, …"""

    class Meta(Dictionary.Meta):
        verbose_name = _("theme")
        verbose_name_plural = _("themes")
        triggers = [MarksChange(Topic.DICTIONARY)]


@pghistory.track()
class Defect(Dictionary):
    """What can be wrong with an asset."""

    urgent = models.BooleanField(
        _("urgent whatever the condition"),
        default=False,
        help_text=_("Wrong wording, political errors, danger."),
    )
    remedy = models.CharField(
        _("remedy"),
        max_length=16,
        choices=MaintenanceKind.choices,
        default=MaintenanceKind.REPAIR,
        help_text=_("The kind of job that puts it right; an urgent defect raises one at once."),
    )
    event = models.ForeignKey(
        StandardCode,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="defects",
        limit_choices_to={"kind": CodeKind.EVENT},
        verbose_name=_("standard event code"),
    )

    class Meta(Dictionary.Meta):
        verbose_name = _("defect")
        verbose_name_plural = _("defects")
        triggers = [MarksChange(Topic.DICTIONARY)]
