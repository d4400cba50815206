"""`manage.py demo_patrols`: invented patrols around the demonstration's cases (see cases/patrols/demonstration.py)."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.models import Patrol
from cases.patrols.demonstration import NoCases, make_patrols


class Command(BaseCommand):
    """Makes the demonstration's patrols."""

    help = "Adds invented teams and patrols to the demonstration; does nothing where DEMONSTRATION is off."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same patrols (1)")
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing, quietly, if there are patrols or no cases"
        )

    def handle(self, *args: Any, seed: int, if_empty: bool, verbosity: int, **options: Any) -> None:
        """Make them and say how many there are."""
        if not settings.DEMONSTRATION:
            self.stdout.write(_("No demonstration of patrols: DEMONSTRATION is off."))
            return
        if if_empty and Patrol.objects.exists():
            return
        try:
            there = make_patrols(seed, timezone.now())
        except NoCases as error:
            if if_empty:
                return
            raise CommandError(_("The demonstration's cases or sites are missing: demo_cases.")) from error
        if verbosity:
            self.stdout.write(_("%(patrols)s patrols.") % {"patrols": f"{there:,}"})
