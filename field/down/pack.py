"""The pack: everything a phone needs in some areas, in one document, and the cursor from which changes follow."""

from typing import Any

import orjson
from django.utils import timezone

from assets.chosen_sql import settled_transaction
from assets.dictionaries import Dictionaries, Generation
from field.down import rows
from field.down.cursor import Cursor, digest


def pack(reach: rows.Reach, code_lists: Dictionaries, generation: Generation) -> bytes:
    """The whole document. What is committed while it is made may be in it or in the first changes, or in both."""
    since = settled_transaction()
    assets, jobs = rows.assets(reach), rows.jobs(reach)
    codes = [area.code for area in reach.areas]
    cursor = Cursor.starting(generation, codes, since=since, jobs=digest(jobs.text))
    body: dict[str, Any] = {
        "cursor": cursor.text,
        "areas": codes,
        "generated_at": timezone.localtime(),
        "lists": rows.lists(code_lists),
        "places": rows.places(reach),
        "assets": assets.json,
        "jobs": jobs.json,
        "counts": {"assets": assets.count, "jobs": jobs.count},
    }
    return orjson.dumps(body)
