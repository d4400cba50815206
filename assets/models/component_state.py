"""What 管理部件状态 of the standard's form follows from; editable, since offices and editions differ."""

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from assets.models.asset import Lifecycle
from assets.models.inspection import Condition
from places.models import MarksChange, Topic


@pghistory.track()
class ComponentState(models.Model):
    """管理部件状态, as the standard's form wants it, for a lifecycle and a condition (empty: any other)."""

    lifecycle = models.CharField(_("lifecycle"), max_length=10, choices=Lifecycle.choices)
    condition = models.CharField(
        _("condition"),
        max_length=10,
        blank=True,
        choices=[(condition.code, condition.label) for condition in Condition],
        help_text=_("Empty: any condition that has no row of its own."),
    )
    state = models.CharField(
        _("component state"),
        max_length=10,
        blank=True,
        help_text=_("For example 完好, 破损, 丢失, 废弃 or 移除. Empty: not to be handed in."),
    )

    class Meta:
        verbose_name = _("component state")
        verbose_name_plural = _("component states")
        ordering = ["lifecycle", "condition"]
        constraints = [
            models.UniqueConstraint(fields=["lifecycle", "condition"], name="component_state_once")
        ]
        triggers = [MarksChange(Topic.DICTIONARY)]

    def __str__(self) -> str:
        parts = (self.get_lifecycle_display(), self.get_condition_display() if self.condition else "")
        return f"{' '.join(filter(None, parts))} → {self.state}"
