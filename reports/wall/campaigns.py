"""The campaigns that run, as a wall shows them: what was wanted and what was counted, altogether and by street.

Numbers of the office's own plan; no cases, no places, nobody's name.
"""

from datetime import date
from typing import Any

from accounts.models import User
from assets.dictionaries import dictionaries, read_generation
from assets.models import Campaign
from work.campaigns.progress import Cell, progress_of

MOST_CAMPAIGNS = 4


def running_campaigns(reader: User, today: date) -> list[dict[str, Any]]:
    """What runs on a day, what ends first the first; as many queries however many there are."""
    running = (
        Campaign.objects.visible_to(reader)
        .filter(closed_at=None, begins_on__lte=today, ends_on__gte=today)
        .order_by("ends_on", "pk")[:MOST_CAMPAIGNS]
    )
    told = progress_of(list(running), reader, dictionaries(read_generation()))
    return [
        {
            "name": progress.campaign.name,
            "ends": progress.campaign.ends_on.isoformat(),
            "days_left": (progress.campaign.ends_on - today).days,
            "totals": [{"title": title, **_numbers(cell)} for title, cell in progress.titled],
            "streets": [
                {"name": row.name, "cells": [_numbers(cell) for cell in row.cells]} for row in progress.rows
            ],
        }
        for progress in told
    ]


def _numbers(cell: Cell) -> dict[str, int | None]:
    return {"counted": cell.counted, "wanted": cell.wanted, "percent": cell.percent}
