"""Where a photo is looked at: the address that the room with the view has given the name `photo`, in SQL too.

Lists and exports make rows by the thousand, so the database puts their addresses together.
"""

import re
from uuid import UUID

from django.urls import reverse

_ANY = UUID(int=0)


def around_uid(size: str, view: str = "photo") -> tuple[str, str]:
    """What stands before and behind a photo's uid in its address; `size` is one of `assets.photos.SIZES`."""
    before, _uid, behind = reverse(view, args=[_ANY, size]).partition(str(_ANY))
    return before, behind


def with_addresses(sql: str) -> str:
    """SQL with `{photo thumb}`, `{photo original}` … replaced by an expression: the address of the row `photo`.

    `{case-photo original}` is that of a row whose view is called so; every view of photos takes uid and size.
    """

    def address(found: re.Match[str]) -> str:
        before, behind = around_uid(found[2], found[1])
        return f"'{before}' || photo.uid || '{behind}'"

    return re.sub(r"\{([a-z-]*photo) (original|medium|thumb)\}", address, sql)
