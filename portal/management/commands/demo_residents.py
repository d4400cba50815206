"""`manage.py demo_residents`: what residents said in the demonstration's district (see portal/demonstration.py)."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from assets.models import Batch, BatchKind
from portal.demonstration import make_residents
from portal.models import ResidentAnswer


class Command(BaseCommand):
    """Makes the demonstration's residents."""

    help = "Adds invented answers and reports of residents to the demonstration; nothing where DEMONSTRATION is off."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--answers", type=int, default=300, help="how many (300)")
        parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same answers (1)")
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing, quietly, if there are answers"
        )

    def handle(
        self, *args: Any, answers: int, seed: int, if_empty: bool, verbosity: int, **options: Any
    ) -> None:
        """Make them and say how many there are."""
        demonstrated = Batch.objects.filter(kind=BatchKind.DEMONSTRATION).exists()
        if not settings.DEMONSTRATION or not demonstrated:
            self.stdout.write(_("No demonstration of residents: there is no demonstration here."))
            return
        if if_empty and ResidentAnswer.objects.exists():
            return
        made = make_residents(answers, seed, timezone.now())
        if verbosity:
            self.stdout.write(
                _("%(answers)s answers, %(remarks)s remarks and %(reports)s reports of residents.") % made
            )
