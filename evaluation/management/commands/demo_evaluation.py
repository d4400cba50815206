"""`manage.py demo_evaluation`: the draft edition and invented rounds (see evaluation/demonstration.py)."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from evaluation.demonstration import NoSites, make_evaluations
from evaluation.models import Round


class Command(BaseCommand):
    """Makes the demonstration's evaluations."""

    help = (
        "Adds an edition and invented rounds to the demonstration; does nothing where DEMONSTRATION is off."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same rounds (1)")
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing, quietly, if there are rounds or no sites"
        )

    def handle(self, *args: Any, seed: int, if_empty: bool, verbosity: int, **options: Any) -> None:
        """Make them and say how many observations there are."""
        if not settings.DEMONSTRATION:
            self.stdout.write(_("No demonstration of evaluations: DEMONSTRATION is off."))
            return
        if if_empty and Round.objects.exists():
            return
        try:
            there = make_evaluations(seed, timezone.now())
        except NoSites as error:
            if if_empty:
                return
            raise CommandError(_("The demonstration's sites or accounts are missing: load_demo.")) from error
        if verbosity:
            self.stdout.write(_("%(n)s observations.") % {"n": f"{there:,}"})
