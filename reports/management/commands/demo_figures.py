"""`manage.py demo_figures`: a year of nightly figures for the demonstration (see reports/demonstration.py)."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from assets.models import Batch, BatchKind
from reports.demonstration import invent_figures
from reports.models import Night


class Command(BaseCommand):
    """Makes the demonstration's nightly figures."""

    help = "Adds figures of past nights to the demonstration; does nothing where DEMONSTRATION is off."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--days", type=int, default=1000, help="how many at once (all)")
        parser.add_argument("--if-empty", action="store_true", help="do nothing if nights are kept already")

    def handle(self, *args: Any, days: int, if_empty: bool, verbosity: int, **options: Any) -> None:
        """Keep them and say how many there are."""
        if not settings.DEMONSTRATION:
            self.stdout.write(_("No demonstration of figures: DEMONSTRATION is off."))
            return
        demonstrated = Batch.objects.filter(kind=BatchKind.DEMONSTRATION).exists()
        if not demonstrated or (if_empty and Night.objects.exists()):
            return
        invent_figures(timezone.localdate(), days)
        if verbosity:
            self.stdout.write(_("Figures of %(nights)s nights.") % {"nights": Night.objects.count()})
