"""What visits come to: score rates with their n, which every page, file, bulletin and score sheet reads here.

All take visits that the caller has narrowed (`Visit.objects.visible_to(user).standing()` for a reader; a score sheet
takes `Visit.objects.standing()` of a month). Rates count visits and observations as they were recorded: the kind and
street of a site are those it had then.

`rates(visits, By.SITE)`, by kind, street, view (area · line · point), evaluator, round, theme or item;
`by_item_and_theme(visits)` both at once; `overall(visits)`; `worst_items(visits)`; `critical_findings(visits)`;
`compare(before, after, by)`; `trend(rounds, visits)`.
"""

from evaluation.results.findings import critical_findings, worst_items
from evaluation.results.rates import (
    By,
    Change,
    Group,
    Rate,
    by_item_and_theme,
    compare,
    overall,
    rates,
    trend,
)

__all__ = [
    "By",
    "Change",
    "Group",
    "Rate",
    "by_item_and_theme",
    "compare",
    "critical_findings",
    "overall",
    "rates",
    "trend",
    "worst_items",
]
