"""`manage.py demo_responsibility`: who answers for what in the demonstration (`demonstration.district.answering`)."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from demonstration.accounts import lead_streets
from demonstration.district.answering import NoDistrict, make_responsibilities
from places.models import Responsibility


class Command(BaseCommand):
    """Enters the demonstration's responsibilities."""

    help = "Adds invented leaders, units, heads and keepers; does nothing where DEMONSTRATION is off."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--if-empty",
            action="store_true",
            help="do nothing, quietly, if somebody answers or nothing is there",
        )

    def handle(self, *args: Any, if_empty: bool, verbosity: int, **options: Any) -> None:
        """Make them and say how many there are."""
        if not settings.DEMONSTRATION:
            self.stdout.write(_("No demonstration of responsibility: DEMONSTRATION is off."))
            return
        if Responsibility.objects.exists():
            if if_empty:
                return
            raise CommandError(_("Somebody answers already: the demonstration begins with nobody."))
        try:
            there = make_responsibilities(timezone.localdate())
            lead_streets()
        except NoDistrict as error:
            if if_empty:
                return
            raise CommandError(_("The demonstration's areas are missing: load_demo makes them.")) from error
        if verbosity:
            self.stdout.write(_("%(rows)s responsibilities.") % {"rows": f"{there:,}"})
