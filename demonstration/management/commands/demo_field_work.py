"""`manage.py demo_field_work`: lets the demonstration's crews have worked for two weeks (`demonstration.fieldwork`)."""

from time import perf_counter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from assets.models import Batch, BatchKind
from demonstration.fieldwork.making import NoDemonstration, make
from field.models import Operation


class Command(BaseCommand):
    """Makes the demonstration's field work."""

    help = (
        "Adds two weeks of invented field work to the demonstration; does nothing where DEMONSTRATION is off."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same work (1)")
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing, quietly, if phones have sent anything yet"
        )

    def handle(self, *args: Any, seed: int, if_empty: bool, verbosity: int, **options: Any) -> None:
        """Make it and say how much."""
        if not settings.DEMONSTRATION:
            self.stdout.write(_("No demonstration of field work: DEMONSTRATION is off."))
            return
        demonstrated = Batch.objects.filter(kind=BatchKind.DEMONSTRATION).exists()
        if if_empty and (Operation.objects.exists() or not demonstrated):
            return
        if Operation.objects.exists():
            raise CommandError(
                _("Phones have sent something already: the demonstration begins with nothing.")
            )
        began = perf_counter()
        try:
            if not demonstrated:
                raise NoDemonstration
            made = make(seed, timezone.now())
        except NoDemonstration as error:
            raise CommandError(
                _("The demonstration's assets or accounts are missing: load_demo makes them.")
            ) from error
        if verbosity:
            self.stdout.write(
                _(
                    "Field work: %(operations)s records, %(photos)s photos, %(items)s to decide, in %(seconds)s s."
                )
                % {
                    "operations": made.operations,
                    "photos": made.photos,
                    "items": made.open_items,
                    "seconds": f"{perf_counter() - began:.1f}",
                }
            )
