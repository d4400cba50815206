"""Change a coverage rule, or switch it on or off."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.permissions import MANAGE_COVERAGE
from assets.history import Actor, acting, authorise
from assets.models import AssetType, Theme
from evaluation.coverage.parameters import PARAMETERS, missing
from evaluation.models import CoverageRule, Metric, Operator
from places.models import SiteKind

EDITED = (
    "name_zh",
    "name_en",
    "metric",
    "operator",
    "threshold",
    "unit",
    "parameters",
    "site_kinds",
    "carriers",
    "themes",
    "active",
)
WITHOUT_THRESHOLD = (Metric.FIXED_ONLY, Metric.SOUND_ONLY)


def edit_rule(actor: Actor, rule: CoverageRule, **changes: Any) -> CoverageRule:
    """Write what a rule says now; of `EDITED` whatever is given.

    Raises:
        PermissionDenied: the actor may not keep the rules.
        ValidationError: naming the field.
    """
    authorise(actor, MANAGE_COVERAGE)
    with acting(actor):
        kept = CoverageRule.objects.select_for_update().get(pk=rule.pk)
        changed = changed_rule(kept, changes)
        changed.save()
    return changed


def changed_rule(rule: CoverageRule, changes: dict[str, Any]) -> CoverageRule:
    """The rule with other values, checked and not saved: what a dry run takes.

    Raises:
        ValidationError: naming the field.
    """
    for name in EDITED:
        if name in changes:
            setattr(rule, name, changes[name])
    _check(rule)
    # Whoever fills in what was missing has cleared the way.
    rule.obstacle = ""
    rule.full_clean(exclude=["edition", "code"], validate_unique=False)
    return rule


def _check(rule: CoverageRule) -> None:
    if rule.metric not in Metric.values:
        raise ValidationError({"metric": _("Choose what is measured.")})
    if rule.metric not in WITHOUT_THRESHOLD and rule.threshold is None:
        raise ValidationError({"threshold": _("Give the number that is wanted.")})
    if rule.threshold is not None and rule.threshold < 0:
        raise ValidationError({"threshold": _("From 0 on.")})
    if rule.metric == Metric.COUNT_ALONG_ROAD and rule.operator != Operator.AT_LEAST:
        raise ValidationError({"operator": _("Along a road only “at least” is asked.")})
    if rule.metric == Metric.THEME_SHARE and not rule.themes:
        raise ValidationError({"themes": _("Say whose share it is.")})
    for parameter in PARAMETERS:
        value = rule.parameters.get(parameter.name)
        if value is not None and not parameter.least <= value <= parameter.most:
            raise ValidationError(
                {
                    parameter.name: _("Between %(least)s and %(most)s.")
                    % {"least": f"{parameter.least:g}", "most": f"{parameter.most:g}"}
                }
            )
    for parameter in missing(rule.metric, rule.parameters):
        raise ValidationError({parameter.name: _("This metric needs it.")})
    for name, model in (("site_kinds", SiteKind), ("carriers", AssetType), ("themes", Theme)):
        known_codes = set(model.objects.filter(code__in=getattr(rule, name)).values_list("code", flat=True))
        if unknown := sorted(set(getattr(rule, name)) - known_codes):
            raise ValidationError({name: _("“%(value)s” does not exist.") % {"value": unknown[0][:60]}})
