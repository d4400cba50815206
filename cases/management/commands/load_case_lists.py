"""`manage.py load_case_lists`: what a new register's cases begin with: calendars, draft categories, media columns.

With nothing to do it writes nothing, so it can run at every start. Years that are there stay as they are; the draft is
loaded only where there is no category at all.
"""

import csv
from typing import Any

from django.core.management.base import BaseCommand

from assets.history import Actor, acting
from assets.models import Origin
from cases.actions.import_rules import import_rules
from cases.actions.publish_calendar import publish_calendar
from cases.models import CalendarYear, CaseCategory, MediaColumn
from cases.published import SOURCE, published_exceptions
from places.fixture_files import FOLDER

DRAFT = "draft_deadline_rules.csv"
COLUMNS = "media_columns.csv"
EDITION = "草案 draft 2026"


class Command(BaseCommand):
    """Loads what is missing."""

    help = "Loads the published calendars, and the draft of categories and deadlines into a register without any."

    def handle(self, *args: Any, verbosity: int, **options: Any) -> None:
        """Load."""
        actor = Actor(None, Origin.COMMAND)
        years_kept = set(CalendarYear.objects.values_list("year", flat=True))
        for year, exceptions in sorted(published_exceptions().items()):
            if year not in years_kept:
                publish_calendar(actor, year, exceptions, SOURCE)
                if verbosity > 1:
                    self.stdout.write(f"calendar of {year} added")
        if not MediaColumn.objects.exists():
            with (FOLDER / COLUMNS).open(encoding="utf-8", newline="") as file:
                columns = [MediaColumn(**row) for row in csv.DictReader(file)]
            with acting(actor):
                MediaColumn.objects.bulk_create(columns)
            if verbosity:
                self.stdout.write(f"{COLUMNS}: {len(columns)} added")
        if not CaseCategory.objects.exists():
            done = import_rules(actor, (FOLDER / DRAFT).read_bytes(), EDITION)
            if verbosity:
                self.stdout.write(f"{DRAFT}: {done.added} added")
