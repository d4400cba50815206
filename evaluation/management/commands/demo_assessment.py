"""`manage.py demo_assessment`: published sheets of the demonstration (see evaluation/assessment/demonstration.py)."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from assets.models import Batch, BatchKind
from evaluation.assessment.demonstration import MONTHS, make_sheets
from evaluation.models import ScoreSheet
from places.models import Area, Level


class Command(BaseCommand):
    """Makes the demonstration's sheets."""

    help = "Publishes the demonstration's last months; nothing where DEMONSTRATION is off."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--months", type=int, default=MONTHS, help="how many (6)")
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing, quietly, if there are sheets"
        )

    def handle(self, *args: Any, months: int, if_empty: bool, verbosity: int, **options: Any) -> None:
        """Make them and say how many there are."""
        demonstrated = Batch.objects.filter(kind=BatchKind.DEMONSTRATION).exists()
        if not settings.DEMONSTRATION or not demonstrated:
            self.stdout.write(_("No demonstration of sheets: there is no demonstration here."))
            return
        if if_empty and ScoreSheet.objects.exists():
            return
        district = Area.objects.filter(level=Level.DISTRICT, children__isnull=False).order_by("code").first()
        if district is None:
            return
        made = make_sheets(district, timezone.now(), months)
        if verbosity:
            self.stdout.write(_("%(sheets)s score sheets.") % {"sheets": made})
