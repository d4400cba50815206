"""`manage.py import_case_rules FILE --edition NAME`: categories of cases and their limits, from a CSV file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assets.history import Actor
from assets.models import Origin
from cases.actions.import_rules import import_rules
from cases.rule_files import BadRules


class Command(BaseCommand):
    """Imports one edition."""

    help = "Imports the categories of cases and their deadlines as one edition (docs/cases.md)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        parser.add_argument("file", type=Path, help="a CSV file in UTF-8")
        parser.add_argument("--edition", required=True, help="what this edition is called")

    def handle(self, *args: Any, file: Path, edition: str, verbosity: int, **options: Any) -> None:
        """Import, and say what changed."""
        try:
            done = import_rules(Actor(None, Origin.COMMAND), file.read_bytes(), edition)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        except BadRules as error:
            raise CommandError(str(error)) from error
        if verbosity:
            self.stdout.write(
                f"{file.name}: {done.added} added, {done.changed} changed, {done.unchanged} unchanged"
            )
