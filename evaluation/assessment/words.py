"""What parts, figures and outcomes are called; sheets keep codes, pages and documents say these words."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assets.models import Condition
from evaluation.assessment.actions.give_bonus import MADE_GOOD

PARTS: Mapping[str, Promise] = {
    "evaluation": _("On-site evaluation"),
    "rectification": _("Rectification"),
    "upkeep": _("Upkeep"),
    "residents": pgettext_lazy("assessment", "Residents’ views"),
}
FIGURES: Mapping[str, Promise] = {
    "score_rate": _("Score rate"),
    "in_time": _("Closed in time"),
    "first_time_right": _("Right the first time"),
    "condition": pgettext_lazy("assessment", "In order"),
    "looked_at": _("Inspected when due"),
    "coverage": _("Coverage rules kept"),
    "satisfied": _("Satisfied or mostly so"),
}
# How each is reckoned, under its name.
FORMULAS: Mapping[str, Promise] = {
    "score_rate": _("conforming ÷ (conforming + not conforming) observations"),
    "in_time": _("closed in time ÷ (due in the month − on hold)"),
    "first_time_right": _("1 − sent back to the same unit by a check ÷ (due in the month − on hold)"),
    "condition": _("good or with minor damage ÷ those whose condition is known"),
    "looked_at": _("not overdue for inspection ÷ all that stand"),
    "coverage": _("rules kept ÷ rules checked, place by place"),
    "satisfied": _("satisfied or mostly so ÷ all who answered"),
}
STANDINGS: Mapping[str, Promise] = {
    "counted": _("Counted"),
    "short": _("Too few to rank"),
    "not_measured": _("Not measured"),
}
OUTCOMES: Mapping[str, Promise] = {
    "in_time": pgettext_lazy("case", "In time"),
    "late": pgettext_lazy("case", "Late"),
    "held": _("On hold"),
    "right": _("Right the first time"),
    "sent_back": _("Sent back by a check"),
    "overdue": _("Inspection overdue"),
    "yes": _("Satisfied"),
    "fairly": _("Mostly satisfied"),
    "no": _("Not satisfied"),
    "kept": pgettext_lazy("coverage rule", "Kept"),
    "gap": pgettext_lazy("coverage rule", "Gap"),
    "conform": pgettext_lazy("observation", "Conforming"),
    "fail": pgettext_lazy("observation", "Not conforming"),
    **{condition.code: condition.label for condition in Condition},
}
BONUSES: Mapping[str, Promise] = {MADE_GOOD: _("Made good after an appeal")}
