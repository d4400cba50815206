"""`manage.py import_areas FILE`: replaces boundaries with those of a file, and finds out again what lies where."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from assets.actions.replace_boundaries import replace_boundaries
from assets.history import Actor, acting
from assets.models import Origin
from places.boundary_files import UnreadableBoundaries, fit, match, read
from places.models import Area, Level


class Command(BaseCommand):
    """Imports boundaries."""

    help = "Replaces the boundaries of areas with those of a file that GDAL reads, all or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--crs", help="wgs84, gcj02, bd09 or EPSG:n; overrides what the file says of itself"
        )
        parser.add_argument("--layer", help="which layer of a file that has several")
        parser.add_argument(
            "--level", choices=[level.code for level in Level], help="only areas of this level"
        )
        parser.add_argument("--code-field", help="the column that holds the areas' codes")
        parser.add_argument("--name-field", help="the column that holds names, for files without codes")
        status = parser.add_mutually_exclusive_group()
        status.add_argument("--official", dest="official", action="store_true", default=True)
        status.add_argument("--approximate", dest="official", action="store_false")
        parser.add_argument("--source", help="where they come from, as shown with them (the file's name)")
        parser.add_argument("--dry-run", action="store_true", help="say everything, change nothing")

    def handle(
        self,
        *args: Any,
        file: Path,
        crs: str | None,
        layer: str | None,
        level: str | None,
        code_field: str | None,
        name_field: str | None,
        official: bool,
        source: str | None,
        dry_run: bool,
        **options: Any,
    ) -> None:
        """Read, check, write, reassign, report."""
        try:
            found = read(file, crs=crs, layer=layer, code_field=code_field, name_field=name_field)
        except UnreadableBoundaries as error:
            raise CommandError(str(error)) from error
        areas = list(Area.objects.all())
        matched = match(found, areas, Level[level.upper()] if level else None)
        self.stdout.write(
            _("%(rows)s shapes read as %(crs)s.") % {"rows": len(found.shapes), "crs": found.crs.title}
        )
        for note in matched.notes:
            self.stdout.write(f"  {note}")
        if matched.problems:
            for problem in matched.problems:
                self.stderr.write(f"  {problem}")
            raise CommandError(
                _("Nothing was changed: %(count)s problems, see above.") % {"count": len(matched.problems)}
            )
        actor = Actor(None, Origin.COMMAND)
        with acting(actor):
            changed = replace_boundaries(
                actor, matched.boundaries, official=official, source=source or file.name
            )
            for sentence in fit(list(Area.objects.all())):
                self.stdout.write(f"  {sentence}")
            if dry_run:
                transaction.set_rollback(True)
        self.stdout.write(
            _("%(areas)s boundaries replaced. %(assets)s assets, %(supports)s supports and %(sites)s sites now lie in "
              "another area; %(outside)s assets lie in none.")
            % {
                "areas": len(matched.boundaries),
                "assets": changed.assets,
                "supports": changed.supports,
                "sites": changed.sites,
                "outside": changed.outside,
            }
        )  # fmt: skip
        if dry_run:
            self.stdout.write(_("That was a dry run: nothing was changed."))
