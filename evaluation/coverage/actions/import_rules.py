"""Take coverage rules from a file, as one edition; a row that is there already is brought up to date."""

from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from accounts.permissions import MANAGE_COVERAGE
from assets.history import Actor, acting, authorise
from evaluation.coverage.rule_files import BadRules, RuleRow, read_rules
from evaluation.models import CoverageRule


@dataclass(frozen=True)
class Remarked:
    """A rule of which something was not understood; `usable` when it can be switched on all the same."""

    number: int
    code: str
    sentences: list[str]
    usable: bool


@dataclass(frozen=True)
class ImportedRules:
    """How many rules are new, changed, as they were, how many of all can be computed; and what was not understood."""

    added: int
    changed: int
    unchanged: int
    usable: int
    remarks: list[Remarked]


def import_rules(actor: Actor, path: Path, filename: str, edition: str) -> ImportedRules:
    """Import a file. New rules are on where the file says that their wording is common and they can be computed.

    A rule of the same edition that is there takes what the file says; whether it is switched on stays, unless it cannot
    be computed any more. Rules that are not in the file stay as they are.

    Raises:
        PermissionDenied: the actor may not keep the rules.
        BadRules: the file is no such table, or the edition has no name; nothing was written then.
    """
    authorise(actor, MANAGE_COVERAGE)
    edition = edition.strip()
    if not 0 < len(edition) <= 60:
        raise BadRules([_("Give the edition a name of at most 60 characters.")])
    rows = read_rules(path, filename)
    with acting(actor):
        kept = {rule.code: rule for rule in CoverageRule.objects.select_for_update().filter(edition=edition)}
        told = [_keep(row, kept.get(row.code), edition) for row in rows]
    return ImportedRules(
        added=told.count("added"),
        changed=told.count("changed"),
        unchanged=told.count("unchanged"),
        usable=sum(not row.columns["obstacle"] for row in rows),
        remarks=[
            Remarked(row.number, row.code, row.remarks, not row.columns["obstacle"])
            for row in rows
            if row.remarks
        ],
    )


def _keep(row: RuleRow, rule: CoverageRule | None, edition: str) -> str:
    """Write one row; says what became of it."""
    usable = not row.columns["obstacle"]
    if rule is None:
        CoverageRule.objects.create(
            code=row.code, edition=edition, active=usable and row.default_on, **row.columns
        )
        return "added"
    before = {name: getattr(rule, name) for name in row.columns}
    if before == row.columns:
        return "unchanged"
    for name, value in row.columns.items():
        setattr(rule, name, value)
    rule.active = rule.active and usable
    rule.save()
    return "changed"
