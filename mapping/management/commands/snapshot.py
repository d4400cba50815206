"""`manage.py snapshot`: writes the shareable map file (see mapping/snapshot/)."""

import sys
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from accounts.permissions import EXPORT, can
from assets.filter_parameters import FilterError
from assets.filters import read_filter
from assets.models import Asset, AssetQuerySet
from mapping.snapshot.making import LANGUAGES, TooManyAssets, exportable_by, make_snapshot


class Command(BaseCommand):
    """One self-contained HTML file with the filtered assets."""

    help = "Writes the assets that a filter leaves as one HTML file that opens without a network."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--filter",
            default="",
            help='the query string of the map, such as "street=370105014&condition=damaged"',
        )
        parser.add_argument(
            "--output", type=Path, default=Path("snapshot.html"), help="file to write; - is standard output"
        )
        parser.add_argument(
            "--language", choices=sorted(LANGUAGES), default="zh", help="language of the file"
        )
        parser.add_argument(
            "--user", help="leave out what this user may not export, and name them as the maker"
        )

    def scope(self, username: str | None) -> tuple[AssetQuerySet, str]:
        """What may be exported, and who is named: everything, unless a user is given."""
        if username is None:
            return Asset.objects.all(), _("the command line")
        user = User.objects.filter(username=username).first()
        if user is None or not can(user, EXPORT):
            raise CommandError(f"There is no user {username} who may export.")
        return exportable_by(user), str(user)

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file and say how large it became."""
        started = time.perf_counter()
        with override(LANGUAGES[options["language"]]):
            scope, made_by = self.scope(options["user"])
            try:
                made = make_snapshot(read_filter(options["filter"]), scope, made_by)
            except (FilterError, TooManyAssets) as problem:
                raise CommandError(str(problem)) from problem
        content = made.html.encode()
        output = Path(options["output"])
        if str(output) == "-":
            sys.stdout.buffer.write(content)
            return
        try:
            output.write_bytes(content)
        except OSError as problem:
            raise CommandError(f"{output}: {problem.strerror}") from problem
        seconds = time.perf_counter() - started
        self.stdout.write(f"{output}: {made.count:,} assets, {len(content) / 1e6:.2f} MB, {seconds:.1f} s")
