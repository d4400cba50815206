"""What pages say of a bulk edit: what is to become of the assets, and why some are left alone."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from assets.field_groups import title_of as field_title
from assets.models import Theme
from assets.sets.edits import BulkEdit, Step
from places.row_history import codes_in_words

# One of these for each reason of the kernel.


def reasons() -> dict[str, str]:
    """Why assets are left alone, in words, in the order in which pages list them."""
    return {
        "not_yours": _("in areas where you may not do this"),
        "removed": _("removed"),
        "not_in_use": _("planned, and so not to be suspended"),
        "changed_since": _("changed since"),
        "number_taken": _("their office's number belongs to another asset now"),
        "unrecorded": _("what was before is not recorded"),
    }


def refused_in_words(refused: dict[str, int], examples: dict[str, list[str]]) -> list[dict[str, Any]]:
    """For each reason: the words, how many, and some component ids."""
    words = reasons()
    return [
        {"why": words.get(code, code), "n": refused[code], "examples": examples.get(code, [])}
        for code in sorted(refused, key=lambda code: [*words].index(code) if code in words else 99)
    ]


def edit_in_words(edit: BulkEdit) -> list[tuple[str, str]]:
    """(what, what becomes of it) for each part of an edit."""
    changes = [(field_title(name), _becomes(name, value)) for name, value in edit.values.items()]
    for name, (old, new) in edit.replaced.items():
        words = _("%(old)s → %(new)s, only where it is so now")
        changes.append(
            (field_title(name), words % {"old": _in_words(name, old), "new": _in_words(name, new)})
        )
    if edit.themes_added:
        changes.append(
            (field_title("themes"), _("add %(values)s") % {"values": _in_words("themes", edit.themes_added)})
        )
    if edit.themes_removed:
        words = _("take away %(values)s")
        changes.append((field_title("themes"), words % {"values": _in_words("themes", edit.themes_removed)}))
    if edit.support is not None:
        changes.append(
            (_("Support"), _("move to %(support)s") % {"support": f"{edit.support} ({edit.support.pk})"})
        )
    if edit.step is not None:
        changes.append((_("Lifecycle"), _step_in_words(edit)))
    if edit.take_down:
        changes.append((_("Artwork"), _("take down what hangs there")))
    return changes


def title_of(edit: BulkEdit, of_what: list[tuple[str, list[str]]]) -> str:
    """What the batch is called: the fields that change, and the filter."""
    separator = pgettext("separates names", ", ")
    what = separator.join(dict.fromkeys(label for label, _becomes in edit_in_words(edit)))
    where = [separator.join(values[:3]) + ("…" if len(values) > 3 else "") for _label, values in of_what]
    return " · ".join([_("Bulk edit: %(fields)s") % {"fields": what}, *where])


def _becomes(name: str, value: Any) -> str:
    return _("clear") if value in (None, "", []) else f"→ {_in_words(name, value)}"


def _in_words(name: str, value: Any) -> str:
    if value in (None, "", []):
        return _("nothing")
    if name == "themes":
        return codes_in_words(Theme, value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _step_in_words(edit: BulkEdit) -> str:
    if edit.step == Step.SUSPEND:
        return _("suspend")
    if edit.step == Step.REOPEN:
        return _("bring into use again")
    day = edit.removed_on.isoformat() if edit.removed_on else _("today")
    return _("remove on %(day)s: %(reason)s") % {"day": day, "reason": edit.removal_reason}
