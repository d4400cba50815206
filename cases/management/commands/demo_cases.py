"""`manage.py demo_cases`: a year of problems for the demonstration's district (see cases/demonstration.py)."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from tqdm import tqdm

from assets.models import Batch, BatchKind
from cases.demonstration import NoDemonstration, make_cases
from cases.models import Case


class Command(BaseCommand):
    """Makes the demonstration's cases."""

    help = "Adds invented cases over a year to the demonstration; does nothing where DEMONSTRATION is off."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--cases", type=int, default=2400, help="how many (2400)")
        parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same cases (1)")
        parser.add_argument("--if-empty", action="store_true", help="do nothing, quietly, if there are cases")

    def handle(
        self, *args: Any, cases: int, seed: int, if_empty: bool, verbosity: int, **options: Any
    ) -> None:
        """Make them and say how many there are."""
        if not settings.DEMONSTRATION:
            self.stdout.write(_("No demonstration of cases: DEMONSTRATION is off."))
            return
        demonstrated = Batch.objects.filter(kind=BatchKind.DEMONSTRATION).exists()
        if if_empty and (Case.objects.exists() or not demonstrated):
            return
        try:
            if not demonstrated:
                raise NoDemonstration
            with tqdm(total=cases, unit=" cases", desc=_("Cases"), disable=not verbosity) as bar:
                there = make_cases(cases, seed, timezone.now(), bar.update)
        except NoDemonstration as error:
            raise CommandError(
                _("The demonstration's assets or the categories are missing: load_demo and load_case_lists.")
            ) from error
        if verbosity:
            self.stdout.write(_("%(cases)s cases.") % {"cases": f"{there:,}"})
