"""`manage.py demo_campaigns`: campaigns, media and exposures of the demonstration (cases/campaign_demonstration.py)."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from assets.models import Batch, BatchKind
from cases.campaign_demonstration import NoCampaignCases, make_campaigns
from cases.models import MediaPiece


class Command(BaseCommand):
    """Makes what belongs to the demonstration's campaigns."""

    help = "Adds invented campaigns, media and exposures; does nothing where DEMONSTRATION is off."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same (1)")
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing, quietly, if there are pieces"
        )

    def handle(self, *args: Any, seed: int, if_empty: bool, verbosity: int, **options: Any) -> None:
        """Make them and say how many there are."""
        if not settings.DEMONSTRATION:
            self.stdout.write(_("No demonstration of campaigns: DEMONSTRATION is off."))
            return
        if if_empty and (
            MediaPiece.objects.exists() or not Batch.objects.filter(kind=BatchKind.DEMONSTRATION).exists()
        ):
            return
        try:
            made = make_campaigns(seed, timezone.now())
        except NoCampaignCases as error:
            if if_empty:
                return
            raise CommandError(
                _("There are no cases of the demonstration yet: load_case_lists, then demo_cases.")
            ) from error
        if verbosity:
            self.stdout.write(
                _("%(campaigns)s campaigns, %(pieces)s media pieces, %(exposures)s exposures.") % made
            )
