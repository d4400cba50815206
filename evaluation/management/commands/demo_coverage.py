"""`manage.py demo_coverage`: switches a few rules of the draft on in the demonstration, and has them computed."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from assets.history import Actor
from assets.models import BackgroundRun, Batch, BatchKind, Origin
from evaluation.coverage.actions.edit_rule import edit_rule
from evaluation.coverage.tasks import COVERAGE, start_computing
from evaluation.management.commands.load_coverage_rules import EDITION
from evaluation.models import CoverageRule

# Along roads, at markets and bus stops, and of a street's themes: one of each kind of metric.
SHOWN = ("C08", "C09", "C18", "C24", "C34", "C47")


class Command(BaseCommand):
    """Switches rules on."""

    help = "Switches a few draft rules of coverage on; does nothing where DEMONSTRATION is off."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing, quietly, if coverage was computed before"
        )

    def handle(self, *args: Any, if_empty: bool, verbosity: int, **options: Any) -> None:
        """Switch on, and say how many are on."""
        if not settings.DEMONSTRATION:
            self.stdout.write(_("No demonstration of coverage: DEMONSTRATION is off."))
            return
        demonstrated = Batch.objects.filter(kind=BatchKind.DEMONSTRATION).exists()
        if if_empty and (BackgroundRun.objects.filter(kind=COVERAGE).exists() or not demonstrated):
            return
        actor = Actor(None, Origin.COMMAND)
        for rule in CoverageRule.objects.filter(edition=EDITION, code__in=SHOWN, active=False, obstacle=""):
            edit_rule(actor, rule, active=True)
        start_computing()
        if verbosity:
            on = CoverageRule.objects.filter(active=True).count()
            self.stdout.write(_("%(rules)s coverage rules are switched on.") % {"rules": on})
