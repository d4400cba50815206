"""Take the categories of cases and their limits from a file, as one edition."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.permissions import MANAGE_LISTS
from assets.history import Actor, acting, authorise
from assets.models import CodeKind, StandardCode
from cases.models import CaseCategory, DeadlineRule
from cases.rule_files import STEPS, BadRules, RuleRow, read_rules


@dataclass(frozen=True)
class ImportedRules:
    """How many categories are new, how many were changed, how many are as they were."""

    added: int
    changed: int
    unchanged: int


def import_rules(actor: Actor, content: bytes, edition: str) -> ImportedRules:
    """Import a file; categories that are not in it stay as they are, and so do the rules of cases already filed.

    Args:
        edition: the name of this edition of the rules. The same edition imported again must say the same.

    Raises:
        PermissionDenied: the actor may not keep lists.
        BadRules: what is wrong, row by row. Nothing was written then.
    """
    authorise(actor, MANAGE_LISTS)
    edition = edition.strip()
    if not 0 < len(edition) <= 60:
        raise BadRules([_("Give the edition a name of at most 60 characters.")])
    rows = read_rules(content)
    with acting(actor):
        categories = {category.code: category for category in CaseCategory.objects.select_for_update()}
        rules = {rule.code: rule for rule in DeadlineRule.objects.filter(edition=edition)}
        events = dict(
            StandardCode.objects.filter(kind=CodeKind.EVENT).order_by("edition").values_list("code", "pk")
        )
        problems = _problems(rows, categories, rules, events)
        if problems:
            raise BadRules(problems)
        added = changed = 0
        for place, row in enumerate(rows, 1):
            rule = rules.get(row.code)
            if rule is None:
                rule = _rule_of(row, edition)
                rule.save()
            category = categories.get(row.code)
            if category is None:
                category = CaseCategory(code=row.code, order=place * 10, responsible=row.responsible)
                added += 1
            elif _as_row(category) == _wanted(row, rule):
                continue
            else:
                changed += 1
            category.name_zh, category.name_en = row.name_zh, row.name_en
            category.urgent, category.rule = row.urgent, rule
            category.asset_defects = row.defects
            category.responsible = row.responsible
            category.event_id = events.get(row.event)
            category.save()
            categories[row.code] = category
        for row in rows:
            parent = categories[row.parent] if row.parent else None
            if categories[row.code].parent != parent:
                categories[row.code].parent = parent
                categories[row.code].save(update_fields=["parent"])
    return ImportedRules(added, changed, len(rows) - added - changed)


def _as_row(category: CaseCategory) -> tuple:
    return (
        category.name_zh,
        category.name_en,
        category.urgent,
        category.rule_id,
        list(category.asset_defects),
        category.responsible,
    )


def _wanted(row: RuleRow, rule: DeadlineRule) -> tuple:
    return (row.name_zh, row.name_en, row.urgent, rule.pk, row.defects, row.responsible)


def _rule_of(row: RuleRow, edition: str) -> DeadlineRule:
    rule = DeadlineRule(code=row.code, edition=edition, source=row.source, confidence=row.confidence)
    for step, (amount, unit) in row.limits.items():
        setattr(rule, f"{step}_limit", amount)
        setattr(rule, f"{step}_unit", unit.value)
    return rule


def _problems(
    rows: list[RuleRow],
    categories: dict[str, CaseCategory],
    rules: dict[str, DeadlineRule],
    events: dict[str, int],
) -> list[str]:
    """What only shows beside what is there already."""
    problems = []
    codes = {row.code for row in rows} | set(categories)
    for row in rows:
        placeholders = {"row": row.number, "code": row.code}
        if row.parent and (row.parent not in codes or row.parent == row.code):
            problems.append(
                _("Row %(row)s: there is no category “%(parent)s”.") % {**placeholders, "parent": row.parent}
            )
        if row.event and row.event not in events:
            problems.append(
                _("Row %(row)s: there is no event code “%(event)s”.") % {**placeholders, "event": row.event}
            )
        rule = rules.get(row.code)
        if rule and any(
            (getattr(rule, f"{step}_limit"), getattr(rule, f"{step}_unit")) != row.limits[step]
            for step in STEPS
        ):
            problems.append(
                _(
                    "Row %(row)s: this edition has other limits for “%(code)s”. Give a new edition another name."
                )
                % placeholders
            )
    return problems
