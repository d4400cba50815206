"""`manage.py load_demo`: fills an empty register with the demonstration (`demonstration.district`)."""

from datetime import date
from time import perf_counter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from tqdm import tqdm

from assets.models import Asset
from demonstration.district.choosing import extra
from demonstration.district.loading import NotEmpty, load


class Command(BaseCommand):
    """Loads the demonstration."""

    help = "Fills an empty register with an invented, repeatable demonstration."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--assets", type=int, default=51_000, help="how many assets in use (51000)")
        parser.add_argument(
            "--seed", type=int, default=1, help="the same seed gives the same demonstration (1)"
        )
        parser.add_argument(
            "--today",
            type=date.fromisoformat,
            default=None,
            help="the day it is made for (today), as 2026-11-24",
        )
        parser.add_argument("--photos", type=int, default=300, help="about how many drawn photos (300)")
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing, quietly, if there are assets"
        )

    def handle(
        self,
        *args: Any,
        assets: int,
        seed: int,
        today: date | None,
        photos: int,
        if_empty: bool,
        verbosity: int,
        **options: Any,
    ) -> None:
        """Load, showing progress, and say what was loaded and how fast."""
        if assets < 1:
            raise CommandError(_("--assets: at least one."))
        if if_empty and Asset.objects.exists():
            return
        began = perf_counter()
        with tqdm(
            total=assets + extra(assets), unit=" assets", desc=_("Demonstration"), disable=not verbosity
        ) as bar:
            try:
                loaded = load(
                    assets,
                    seed,
                    today or timezone.localdate(),
                    accounts=settings.DEMONSTRATION,
                    photos=photos,
                    progress=bar.update,
                )
            except NotEmpty as error:
                raise CommandError(str(error)) from error
        if verbosity:
            seconds = perf_counter() - began
            rows = sum(loaded.rows.values())
            counts = ", ".join(f"{table.removeprefix('assets_')} {n:,}" for table, n in loaded.rows.items())
            self.stdout.write(
                _("%(assets)s assets in use. %(rows)s rows (%(counts)s) in %(seconds)s s, %(speed)s rows/s.")
                % {
                    "assets": f"{assets:,}",
                    "rows": f"{rows:,}",
                    "counts": counts,
                    "seconds": f"{seconds:.1f}",
                    "speed": f"{rows / seconds:,.0f}",
                }
            )
