"""`manage.py fill_demonstration`: has the worker make what goes on in the demonstration (`demonstration.filling`)."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _
from tqdm import tqdm

from demonstration.filling import begin, take_step, unfinished
from demonstration.tasks import begin_filling


class Command(BaseCommand):
    """Begins, or does it all."""

    help = (
        "Fills the demonstration with cases, patrols, evaluations …; does nothing where DEMONSTRATION is off."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--now", action="store_true", help="all of it here, instead of by the worker")

    def handle(self, *args: Any, now: bool, verbosity: int, **options: Any) -> None:
        """Begin, unless that was done; or go on to the end."""
        if not settings.DEMONSTRATION:
            self.stdout.write(_("Nothing is filled: DEMONSTRATION is off."))
            return
        if not now:
            if begin_filling() and verbosity:
                self.stdout.write(_("The worker fills the demonstration while you look around."))
            return
        run = unfinished() or begin()
        if run is None:
            return
        with tqdm(total=run.total, initial=run.done, unit=" steps", disable=not verbosity) as bar:
            while take_step(run.pk):
                bar.update()
