"""Where a photo is looked at: the address that the room with the view has given the name `photo`, in SQL too.

Lists and exports make rows by the thousand, so the database puts their addresses together.
"""

from uuid import UUID

from django.urls import reverse

_ANY = UUID(int=0)


def around_uid(size: str) -> tuple[str, str]:
    """What stands before and behind a photo's uid in its address; `size` is one of `assets.photos.SIZES`."""
    before, _uid, behind = reverse("photo", args=[_ANY, size]).partition(str(_ANY))
    return before, behind


def with_addresses(sql: str) -> str:
    """SQL with `{photo thumb}`, `{photo original}` … replaced by an expression: the address of the row `photo`."""
    for size in ("original", "medium", "thumb"):
        if f"{{photo {size}}}" in sql:
            before, behind = around_uid(size)
            sql = sql.replace(f"{{photo {size}}}", f"'{before}' || photo.uid || '{behind}'")
    return sql
