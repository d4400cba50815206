"""Review items as the page shows them: in words, with both sides of what differs."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from assets.dictionaries import Dictionaries
from assets.models import CONDITION_BY_CODE, Asset, MaintenanceState
from field.models import Kind, Operation, PhotoClaim, PhotoUpload, Reason, ReviewItem, ReviewKind
from field.up.applying.edits import POSITION, values_now
from field.up.envelope import read_position
from field.words import title_of
from places.distance import metres_between

_LONGEST_SHOWN = 400


@dataclass(frozen=True)
class Difference:
    """One field of a held edit or job: what it was, what stands there now, what the phone says."""

    name: str
    title: str
    base: str
    now: str
    phone: str
    theirs: bool  # others changed it


@dataclass(frozen=True)
class Fact:
    """One thing that a record says."""

    title: str
    value: str
    on_map: str = ""  # address, when it is a place


@dataclass(frozen=True)
class ShownPhoto:
    """A photo of a record: where to see it, or why it cannot be seen."""

    claim: PhotoClaim
    is_here: bool


@dataclass(frozen=True)
class Card:
    """One item, ready for the template."""

    item: ReviewItem
    operation: Operation
    asset: Asset | None
    what: str
    differences: list[Difference] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    photos: list[ShownPhoto] = field(default_factory=list)
    raw: str = ""

    @property
    def can_choose(self) -> bool:
        """Whether it is a correction, to be taken field by field."""
        return bool(self.differences) and self.operation.kind == Kind.EDIT

    @property
    def has_base(self) -> bool:
        """Whether it is known how any of the fields stood when the phone changed it."""
        return any(difference.base for difference in self.differences)

    @property
    def detail(self) -> str:
        """What the reason alone does not say. The other messages are for whoever holds the phone."""
        explained = (Reason.INVALID, Reason.TOO_LARGE, Reason.DISMISSED)
        return self.operation.message if self.operation.reason in explained else ""

    @property
    def is_flag(self) -> bool:
        """Whether the record is applied, and only looked at."""
        return self.item.kind in (ReviewKind.FAR, ReviewKind.REMOVED) and self.operation.is_applied

    @property
    def can_apply(self) -> bool:
        """Whether it may be tried again as a whole."""
        return self.item.kind in (ReviewKind.REJECTED, ReviewKind.WAITING, ReviewKind.JOB_CLOSED)


def cards(items: Iterable[ReviewItem], code_lists: Dictionaries) -> list[Card]:
    """Cards of items; a fixed number of queries, however many."""
    shown = list(items)
    here = _photos_here([item.operation for item in shown])
    return [_card(item, code_lists, here) for item in shown]


def with_all_they_need(items: Any) -> Any:
    """A queryset of items with what `cards` reads."""
    return items.select_related(
        "operation__user",
        "operation__asset__type",
        "operation__asset__area",
        "operation__job__asset__type",
        "operation__rescued_by",
        "decided_by",
    ).prefetch_related(
        Prefetch("operation__claims", queryset=PhotoClaim.objects.order_by("pk"), to_attr="named_photos")
    )


def _photos_here(operations: Sequence[Operation]) -> set[tuple[int, str]]:
    users = {operation.user_id for operation in operations}
    hashes = {claim.sha256 for operation in operations for claim in operation.named_photos}  # type: ignore[attr-defined]
    if not hashes:
        return set()
    uploads = PhotoUpload.objects.filter(user__in=users, sha256__in=hashes, completed_at__isnull=False)
    return set(uploads.values_list("user_id", "sha256"))


def _card(item: ReviewItem, code_lists: Dictionaries, here: set[tuple[int, str]]) -> Card:
    operation = item.operation
    came = json.loads(operation.raw)
    asset = operation.asset
    return Card(
        item=item,
        operation=operation,
        asset=asset,
        what=_what(operation, asset),
        differences=_differences(item, asset, code_lists),
        facts=[] if item.values else _facts(came, code_lists),
        photos=[
            ShownPhoto(claim, (operation.user_id, claim.sha256) in here)
            for claim in operation.named_photos  # type: ignore[attr-defined]
        ],
        raw=json.dumps(came, ensure_ascii=False, indent=2).encode("utf-8", "replace").decode(),
    )


def _what(operation: Operation, asset: Asset | None) -> str:
    kind = str(operation.get_kind_display()) if operation.kind in Kind.values else _("Record")
    if operation.job is not None:
        kind = f"{kind} · {operation.job.get_kind_display()}"
    return kind


def _differences(item: ReviewItem, asset: Asset | None, code_lists: Dictionaries) -> list[Difference]:
    if not item.values:
        return []
    names = tuple(item.values)
    if item.operation.kind == Kind.EDIT and asset is not None and not item.decision:
        now = values_now(asset, names)
    else:
        now = {name: values.get("server") for name, values in item.values.items()}
    return [
        Difference(
            name=name,
            title=title_of(name),
            base=in_words(name, values.get("base"), code_lists),
            now=in_words(name, now[name], code_lists),
            phone=in_words(name, values.get("phone"), code_lists)
            + _apart(name, now[name], values.get("phone")),
            theirs=values.get("base") != now[name],
        )
        for name, values in item.values.items()
    ]


def _apart(name: str, first: Any, other: Any) -> str:
    """How far two positions are from each other, in words that follow the second."""
    if name != POSITION or not isinstance(first, dict) or not isinstance(other, dict):
        return ""
    here, there = (read_position(place)[0] for place in (first, other))
    if here is None or there is None:
        return ""
    return _(" (%(metres)s m from the catalogue's)") % {"metres": round(metres_between(here, there))}


def _facts(came: Any, code_lists: Dictionaries) -> list[Fact]:
    fields = came.get("fields") if isinstance(came, dict) else None
    if not isinstance(fields, dict):
        return []
    facts = []
    for name, value in fields.items():
        words = in_words(str(name), value, code_lists)
        if words:
            facts.append(Fact(title_of(str(name))[:60], words, _on_map(str(name), value)))
    return facts[:20]


def _on_map(name: str, value: Any) -> str:
    """Where the map shows a position."""
    place = read_position(value)[0] if name == POSITION else None
    return f"{reverse('map')}#17.00/{place.y:.5f}/{place.x:.5f}" if place is not None else ""


def in_words(name: str, value: Any, code_lists: Dictionaries) -> str:
    """A field's value as people read it; empty is empty."""
    if value is None or value == "" or value == []:
        return ""
    if name == POSITION and isinstance(value, dict):
        return f"{value.get('lon')}, {value.get('lat')}"
    if name == "facing" and type(value) is int:
        return f"{value}°"
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if name == "type" and value in code_lists.types:
        return str(code_lists.types[value].name)
    if name == "themes" and isinstance(value, list):
        return _listed(
            code_lists.themes[code].name if code in code_lists.themes else str(code) for code in value
        )
    if name == "defects" and isinstance(value, list):
        return _listed(
            code_lists.defects[code].name if code in code_lists.defects else str(code) for code in value
        )
    if name in ("condition", "resulting_condition") and value in CONDITION_BY_CODE:
        return str(CONDITION_BY_CODE[value].label)
    if name == "state" and value in MaintenanceState.values:
        return str(MaintenanceState(value).label)
    if isinstance(value, list):
        return _listed(str(part) for part in value)
    return str(value).encode("utf-8", "replace").decode()[:_LONGEST_SHOWN]


def _listed(words: Iterable[str]) -> str:
    return pgettext("between the items of a list", ", ").join(words)
