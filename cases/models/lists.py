"""What a case can be about, and how long each may take: lists with an edition and a source, never code."""

from decimal import Decimal
from typing import Any, ClassVar

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.fields import NOT_PROVIDED
from django.utils.translation import gettext_lazy as _

from assets.models import CodeKind, Defect, StandardCode
from assets.models.constraints import codes_exist
from cases.deadlines import Limit, LimitUnit
from places.models import Dictionary, MarksChange, Topic
from places.models.dictionary import validate_code

UNITS = [
    (LimitUnit.CLOCK_HOURS.value, _("hours, day and night")),
    (LimitUnit.WORKING_HOURS.value, _("working hours")),
    (LimitUnit.WORKING_DAYS.value, _("working days")),
]


def _amount(title: Any, default: Any = NOT_PROVIDED) -> Any:
    """A limit's number."""
    smallest = MinValueValidator(Decimal("0.25"))
    return models.DecimalField(title, max_digits=6, decimal_places=2, validators=[smallest], default=default)


def _unit(title: Any, default: Any = NOT_PROVIDED) -> Any:
    """What a limit is counted in."""
    return models.CharField(title, max_length=16, choices=UNITS, default=default)


class Confidence(models.TextChoices):
    """How far a rule may be trusted: what is not the district's own is a draft, and shown as one."""

    HIGH = "high", _("high")
    MEDIUM = "medium", _("medium")
    LOW = "low", _("low")


@pghistory.track()
class DeadlineRule(models.Model):
    """How long everything may take, in one edition. Cases keep the rule they were given; a new edition is a new row."""

    code = models.CharField(_("code"), max_length=40, validators=[validate_code])
    edition = models.CharField(_("edition"), max_length=60)
    file_limit = _amount(_("limit to file"), 4)
    file_unit = _unit(_("unit of the limit to file"), LimitUnit.WORKING_HOURS.value)
    accept_limit = _amount(_("warning of acceptance after"), 4)
    accept_unit = _unit(_("unit of the warning of acceptance"), LimitUnit.WORKING_HOURS.value)
    return_limit = _amount(_("limit to return"), 2)
    return_unit = _unit(_("unit of the limit to return"), LimitUnit.WORKING_DAYS.value)
    handle_limit = _amount(_("limit to put right"))
    handle_unit = _unit(_("unit of the limit to put right"))
    check_limit = _amount(_("limit to check"))
    check_unit = _unit(_("unit of the limit to check"))
    source = models.CharField(_("source"), max_length=200, blank=True)
    confidence = models.CharField(
        _("confidence"), max_length=8, choices=Confidence.choices, default=Confidence.HIGH
    )

    class Meta:
        verbose_name = _("deadline rule")
        verbose_name_plural = _("deadline rules")
        ordering = ["code", "edition"]
        constraints = [
            models.UniqueConstraint(fields=["code", "edition"], name="deadline_rule_once_per_edition")
        ]
        triggers = [MarksChange(Topic.DICTIONARY)]

    def __str__(self) -> str:
        return f"{self.code} ({self.edition})"

    def limit(self, step: str) -> Limit:
        """One of its limits: `file`, `accept`, `return`, `handle` or `check`."""
        return Limit(Decimal(getattr(self, f"{step}_limit")), LimitUnit(getattr(self, f"{step}_unit")))

    def clean(self) -> None:
        """Working days are whole ones.

        Raises:
            ValidationError: naming the limit.
        """
        for step in ("file", "accept", "return", "handle", "check"):
            amount, unit = getattr(self, f"{step}_limit"), getattr(self, f"{step}_unit")
            if amount is not None and unit == LimitUnit.WORKING_DAYS and amount % 1:
                raise ValidationError({f"{step}_limit": _("Working days are whole ones.")})


class Responsible(models.TextChoices):
    """Whose it usually is; where nobody is named, the next one in this order answers."""

    MAINTAINER = "maintainer", _("who maintains the asset")
    SITE = "site", _("the unit of the site")
    ROAD = "road", _("the unit of the road's chief")
    COMMUNITY = "community", _("the unit of the community")
    STREET = "street", _("the street office")


@pghistory.track()
class CaseCategory(Dictionary):
    """What a case is about: a tree of categories with urgency, deadline rule, standard event code."""

    codes_from: ClassVar = {"asset_defects": Defect}

    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("part of"),
    )
    urgent = models.BooleanField(_("urgent"), default=False)
    rule = models.ForeignKey(
        DeadlineRule, on_delete=models.PROTECT, related_name="categories", verbose_name=_("deadline rule")
    )
    responsible = models.CharField(
        _("usually answered by"),
        max_length=12,
        choices=Responsible.choices,
        default=Responsible.MAINTAINER,
    )
    event = models.ForeignKey(
        StandardCode,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="categories",
        limit_choices_to={"kind": CodeKind.EVENT},
        verbose_name=_("standard event code"),
    )
    asset_defects = ArrayField(
        models.CharField(max_length=40), verbose_name=_("defects of assets"), default=list, blank=True
    )

    class Meta(Dictionary.Meta):
        verbose_name = _("case category")
        verbose_name_plural = _("case categories")
        triggers = [MarksChange(Topic.DICTIONARY), *codes_exist("asset_defects", "assets_defect")]
