"""The handbook as data: editions (手册) and their items. Nothing in code knows a threshold.

An item that somebody has answered stays as it was, so that old rounds mean what they meant: a change is another
edition (`evaluation.actions.copy_edition`).
"""

from decimal import Decimal

import pghistory
import pgtrigger
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from assets.models import AssetType, Theme
from cases.models import CaseCategory
from places.models import Changed, SiteKind
from places.models.dictionary import validate_code

LONGEST_TEXT = 300


class AnswerKind(models.TextChoices):
    """How an item is answered on the spot."""

    CONFORM = "conform", _("Conforms or not")
    COUNT = "count", _("A number counted")
    SHARE = "share", _("A share in per cent")
    MINUTES = "minutes", _("Minutes")
    ASK = "ask", _("So many of those asked")


class Direction(models.TextChoices):
    """On which side of the threshold an item conforms."""

    AT_LEAST = "at_least", _("At least")
    AT_MOST = "at_most", _("At most")


class Confidence(models.TextChoices):
    """How sure it is that an item stands so in the handbook."""

    HIGH = "high", pgettext_lazy("evaluation", "High")
    MEDIUM = "medium", pgettext_lazy("evaluation", "Medium")
    LOW = "low", pgettext_lazy("evaluation", "Low")


@pghistory.track()
class StandardEdition(models.Model):
    """One edition of the handbook for evaluations on the spot."""

    code = models.CharField(_("code"), max_length=40, unique=True, validators=[validate_code])
    name = models.CharField(_("name"), max_length=120)
    source = models.CharField(_("source"), max_length=300, blank=True)
    draft = models.BooleanField(
        _("draft"),
        default=True,
        help_text=_("Put together from what others printed; every page that shows it says so."),
    )
    third_answer = models.BooleanField(
        _("knows “mostly conforms”"), default=False, help_text=_("基本符合 as a third answer.")
    )
    partly_counts = models.DecimalField(
        _("what “mostly conforms” counts"),
        max_digits=3,
        decimal_places=2,
        default=Decimal("0.50"),
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(1))],
        help_text=_("Between 0 and 1; a plain “conforms” counts 1."),
    )
    apart_metres = models.PositiveSmallIntegerField(
        _("metres apart outdoors"),
        default=20,
        help_text=_("Pieces nearer to each other than this are counted as one."),
    )
    apart_indoors_metres = models.PositiveSmallIntegerField(_("metres apart indoors"), default=10)
    category = models.ForeignKey(
        CaseCategory,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("category of findings"),
        help_text=_("What a finding is reported as when its item names no category of its own."),
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("made by"),
    )
    made_at = models.DateTimeField(_("made at"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("edition of the handbook")
        verbose_name_plural = _("editions of the handbook")
        ordering = ["-made_at", "-id"]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.name

    @property
    def scope_code(self) -> str:
        """What permission checks compare with: an edition is everybody's."""
        return ""


# What an answer was measured against. The rest (order, source, active, the photo asked for) may be put right later.
_MEANING = ["edition", "code", "kind", "text_zh", "answer", "threshold", "direction", "asked", "critical"]
_ANSWERED = """
    IF EXISTS (SELECT 1 FROM evaluation_observation WHERE item_id = OLD.id) THEN
        RAISE check_violation USING MESSAGE = 'an item that was answered stays as it was: make another edition';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
"""


@pghistory.track()
class EvaluationItem(models.Model):
    """One line of the handbook: what is looked at, at which kind of site, and when it conforms."""

    edition = models.ForeignKey(
        StandardEdition, on_delete=models.PROTECT, related_name="items", verbose_name=_("edition")
    )
    code = models.CharField(_("code"), max_length=40)
    kind = models.ForeignKey(
        SiteKind,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="evaluation_items",
        verbose_name=_("site kind"),
        help_text=_("Empty: at sites of every kind."),
    )
    group = models.CharField(_("group"), max_length=60, blank=True)
    order = models.PositiveIntegerField(_("order"), default=0)
    text_zh = models.CharField(_("text"), max_length=LONGEST_TEXT)
    text_en = models.CharField(_("English text"), max_length=LONGEST_TEXT, blank=True)
    how = models.CharField(_("how it is checked"), max_length=LONGEST_TEXT, blank=True)
    how_en = models.CharField(_("how it is checked, in English"), max_length=LONGEST_TEXT, blank=True)
    answer = models.CharField(
        _("answered by"), max_length=8, choices=AnswerKind.choices, default=AnswerKind.CONFORM
    )
    threshold = models.DecimalField(
        _("threshold"),
        max_digits=8,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
        help_text=_("A number, per cent, minutes, or how many of those asked. Empty: the evaluator decides."),
    )
    direction = models.CharField(
        _("side of the threshold"), max_length=8, choices=Direction.choices, default=Direction.AT_LEAST
    )
    asked = models.PositiveSmallIntegerField(_("how many are asked"), null=True, blank=True)
    theme = models.ForeignKey(
        Theme, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("theme")
    )
    carrier = models.ForeignKey(
        AssetType,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("carrier"),
    )
    metres = models.PositiveSmallIntegerField(
        _("over so many metres"), null=True, blank=True, help_text=_("The phone helps to pace them.")
    )
    minutes = models.PositiveSmallIntegerField(
        _("over so many minutes"), null=True, blank=True, help_text=_("The phone helps to time them.")
    )
    category = models.ForeignKey(
        CaseCategory,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("category of findings"),
    )
    critical = models.BooleanField(_("critical"), default=False)
    weight = models.DecimalField(
        _("weight"), max_digits=5, decimal_places=2, default=1, validators=[MinValueValidator(Decimal(0))]
    )
    photo_when_failed = models.BooleanField(_("photo where it fails"), default=True)
    publicity = models.BooleanField(_("about publicity"), default=False)
    scoring = models.CharField(
        _("scoring as written"), max_length=200, blank=True, help_text=_("The words of the file.")
    )
    understood = models.BooleanField(
        _("scoring understood"), default=True, help_text=_("Whether the words could be made a rule.")
    )
    source = models.CharField(_("source"), max_length=LONGEST_TEXT, blank=True)
    confidence = models.CharField(
        _("confidence"), max_length=8, choices=Confidence.choices, default=Confidence.HIGH
    )
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("evaluation item")
        verbose_name_plural = _("evaluation items")
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "code"], name="evaluation_item_once"),
            models.CheckConstraint(
                name="evaluation_item_asks_so_many", condition=~Q(answer="ask") | Q(asked__isnull=False)
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="answered_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=Changed(*_MEANING),
                func=_ANSWERED,
            ),
            pgtrigger.Trigger(
                name="answered_not_deleted",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                func=_ANSWERED,
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        """The text in the reader's language, as far as there is one."""
        return self.text_en if _reads_english() and self.text_en else self.text_zh

    @property
    def way(self) -> str:
        """How it is checked, in the reader's language, as far as it is said."""
        return self.how_en if _reads_english() and self.how_en else self.how


def _reads_english() -> bool:
    return (get_language() or "").startswith("en")
