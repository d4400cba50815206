"""Rounds (测评): which sites are compared with the handbook, drawn or all of them, and who goes where."""

import uuid
from typing import Any

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from accounts.permissions import (
    EVALUATE,
    MANAGE_EVALUATION,
    READ_EVALUATION,
    AnyUser,
    can,
    scope_of,
)
from cases.models.patrol import DrawOfSites
from evaluation.models.edition import StandardEdition
from places.models import Area, Changed, Site, SiteKind


class Choice(models.TextChoices):
    """How the sites of a round are chosen."""

    DRAW = "draw", _("Drawn")
    SWEEP = "sweep", _("Every site")


class By(models.TextChoices):
    """Whose round it is; a self-evaluation is compared with one from outside."""

    OWN = "own", _("Own evaluation")
    OUTSIDE = "outside", _("Evaluation from outside")


class RoundState(models.TextChoices):
    """How far a round is; follows from its dates."""

    PLANNED = "planned", pgettext_lazy("evaluation round", "Planned")
    OPEN = "open", pgettext_lazy("evaluation round", "Under way")
    CLOSED = "closed", pgettext_lazy("evaluation round", "Closed")


class RoundQuerySet(models.QuerySet["Round"]):
    """Rounds as a reader may see them."""

    def visible_to(self, user: AnyUser) -> "RoundQuerySet":
        """Those of the reader's districts; unannounced ones only once closed, but for the desk and its evaluators."""
        condition = scope_of(user, MANAGE_EVALUATION).within("area__code")
        condition |= scope_of(user, READ_EVALUATION).within("area__code") & (
            Q(announced=True) | Q(closed_at__isnull=False)
        )
        if isinstance(user, User) and user.is_active and can(user, EVALUATE):
            condition |= Q(pk__in=RoundSite.objects.filter(evaluator=user).values("round"))
        return self.filter(condition)


_MEANS_ONE_THING = """
    IF OLD.opened_at IS NOT NULL THEN
        RAISE check_violation USING MESSAGE = 'a round that has opened keeps its edition, area and announcement';
    END IF;
    RETURN NEW;
"""


@pghistory.track()
class Round(models.Model):
    """One round of an evaluation, by one edition."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=80)
    edition = models.ForeignKey(
        StandardEdition, on_delete=models.PROTECT, related_name="rounds", verbose_name=_("edition")
    )
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", verbose_name=_("area"))
    choice = models.CharField(_("sites"), max_length=6, choices=Choice.choices, default=Choice.DRAW)
    by = models.CharField(_("whose"), max_length=8, choices=By.choices, default=By.OWN)
    announced = models.BooleanField(
        _("announced"),
        default=False,
        help_text=_("Streets see an unannounced round when it has been closed."),
    )
    raises_cases = models.BooleanField(
        _("findings become cases"),
        default=True,
        help_text=_("Each “does not conform” becomes one case. Off for mock rounds."),
    )
    publicity_only = models.BooleanField(_("only the items about publicity"), default=False)
    starts_on = models.DateField(_("from"), db_index=True)
    ends_on = models.DateField(_("to"))
    remarks = models.CharField(_("remarks"), max_length=300, blank=True)
    planned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("planned by"),
    )
    opened_at = models.DateTimeField(_("opened at"), null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True, editable=False)

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("evaluation round")
        verbose_name_plural = _("evaluation rounds")
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.CheckConstraint(
                name="evaluation_round_ends_after_it_begins", condition=Q(ends_on__gte=models.F("starts_on"))
            ),
            models.CheckConstraint(
                name="evaluation_round_closes_after_it_opens",
                condition=Q(closed_at=None) | Q(opened_at__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="means_one_thing",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=Changed("uid", "edition", "area", "announced", "choice"),
                func=_MEANS_ONE_THING,
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def scope_code(self) -> str:
        """What permission checks compare with."""
        return self.area.code

    @property
    def state(self) -> RoundState:
        """How far it is."""
        if self.closed_at is not None:
            return RoundState.CLOSED
        return RoundState.OPEN if self.opened_at is not None else RoundState.PLANNED

    def is_visible_to(self, user: AnyUser) -> bool:
        """Whether a reader may know of it, asked of one round (`visible_to` asks of many)."""
        if can(user, MANAGE_EVALUATION, self):
            return True
        if can(user, READ_EVALUATION, self) and (self.announced or self.closed_at is not None):
            return True
        return isinstance(user, User) and can(user, EVALUATE) and self.stops.filter(evaluator=user).exists()


class Draw(DrawOfSites):
    """A draw of the sites of a round."""

    round = models.ForeignKey(
        Round, on_delete=models.PROTECT, related_name="draws", verbose_name=_("evaluation round")
    )

    class Meta(DrawOfSites.Meta):
        verbose_name = _("draw of an evaluation")
        verbose_name_plural = _("draws of evaluations")

    def __str__(self) -> str:
        return f"{self.round} #{self.seed}"


# Which sites a round has is fixed when it opens, whatever writes to the table; who goes there may change.
_FROZEN = """
    IF EXISTS (SELECT 1 FROM evaluation_round r WHERE r.opened_at IS NOT NULL
               AND r.id = CASE WHEN TG_OP = 'DELETE' THEN OLD.round_id ELSE NEW.round_id END) THEN
        RAISE check_violation USING MESSAGE = 'the sites of a round that has opened stay as they are';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
"""


def _frozen(name: str, operation: pgtrigger.Operation, condition: Any = None) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name, when=pgtrigger.Before, operation=operation, condition=condition, func=_FROZEN
    )


class RoundSite(models.Model):
    """A site that a round is to compare, with whoever goes there; the site's kind and street as they are then."""

    round = models.ForeignKey(
        Round, on_delete=models.PROTECT, related_name="stops", verbose_name=_("evaluation round")
    )
    site = models.ForeignKey(
        Site, on_delete=models.PROTECT, related_name="evaluation_stops", verbose_name=_("site")
    )
    kind = models.ForeignKey(SiteKind, on_delete=models.PROTECT, related_name="+", verbose_name=_("kind"))
    street = models.ForeignKey(
        Area, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("street")
    )
    place = models.PositiveIntegerField(_("place in the order"))
    evaluator = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="evaluation_stops",
        verbose_name=_("evaluator"),
    )

    class Meta:
        verbose_name = _("site of a round")
        verbose_name_plural = _("sites of rounds")
        ordering = ["round", "place"]
        constraints = [models.UniqueConstraint(fields=["round", "site"], name="evaluation_round_site_once")]
        triggers = [
            _frozen("frozen", pgtrigger.Insert | pgtrigger.Delete),
            _frozen("stays_frozen", pgtrigger.Update, Changed("round", "site", "kind", "street", "place")),
        ]

    def __str__(self) -> str:
        return f"{self.place}. {self.site}"
