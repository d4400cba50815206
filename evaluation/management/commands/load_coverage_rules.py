"""`manage.py load_coverage_rules`: the draft of coverage rules for a register without any, or a file as an edition.

With nothing to do it writes nothing, so it can run at every start.
"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assets.history import Actor
from assets.models import Origin
from evaluation.coverage.actions.import_rules import import_rules
from evaluation.coverage.rule_files import BadRules
from evaluation.models import CoverageRule
from places.fixture_files import FOLDER

DRAFT = "draft_coverage_rules.csv"
EDITION = "草案 draft 2026"


class Command(BaseCommand):
    """Loads what is missing, or what is named."""

    help = (
        "Loads the draft of coverage rules where there is none, or a file as an edition (docs/coverage.md)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        parser.add_argument("file", type=Path, nargs="?", help="a CSV or XLSX file instead of the draft")
        parser.add_argument("--edition", default="", help="what the edition of the file is called")

    def handle(self, *args: Any, file: Path | None, edition: str, verbosity: int, **options: Any) -> None:
        """Load, and say what was not understood."""
        if file is None and CoverageRule.objects.exists():
            return
        path = file or FOLDER / DRAFT
        try:
            done = import_rules(
                Actor(None, Origin.COMMAND), path, path.name, edition if file is not None else EDITION
            )
        except BadRules as error:
            raise CommandError(str(error)) from error
        if verbosity:
            self.stdout.write(
                f"{path.name}: {done.added} added, {done.changed} changed, {done.usable} can be computed"
            )
        if verbosity > 1:
            for remark in done.remarks:
                self.stdout.write(f"  {remark.code}: {'; '.join(remark.sentences)}")
