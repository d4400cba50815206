"""What the rows of layers are of: which filter narrows them, and which of them a reader may take away.

Exports and /ogc/ ask here, by a layer's `subject`. Assets are this room's; rooms further left offer theirs (from
`AppConfig.ready`), and their layers are then had in every format and as a collection, by the same code.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from accounts.models import User
from accounts.permissions import EXPORT
from assets.chosen_sql import Sql, chosen_ids
from assets.declared_filter import DeclaredFilter
from assets.filters import AssetFilter, read_filter
from assets.layers import EXPORTED, LAYERS, Layer
from assets.models import Asset, Lifecycle


@dataclass(frozen=True)
class Feed:
    """How a subject tells what changed of it (`mapping.exports.changes`).

    Its rows have `code`, which begins with that of the district that issued it, `changed_txid` and `updated_at`.

    Args:
        taken: what a user may take away, with all that the filter's conditions ask for.
        end: the column, and parameter of the filter, by which a row ends for good, with the value that says so.
    """

    taken: Callable[[User], QuerySet[Any]]
    end: tuple[str, str] | None = None


@dataclass(frozen=True)
class Subject:
    """One of them.

    Args:
        filter: the filter of its parameters.
        read: reads an address, for a reader, with the names of further parameters it may carry.
        ids: SQL of the keys of what a filter leaves of what a reader may take away.
        page: the name of the page that shows what a filter leaves.
        feed: how what changed is told.
        sees: what of the reader, beside the area of `export`, decides over what is seen; for cache keys.
    """

    filter: type[DeclaredFilter]
    read: Callable[[QueryDict | str, User, Collection[str]], DeclaredFilter]
    ids: Callable[[Any, User], Sql]
    page: str
    feed: Feed
    sees: Callable[[User], str] = lambda user: ""


def _asset_ids(asset_filter: AssetFilter, user: User) -> Sql:
    return chosen_ids(asset_filter.filter_queryset(Asset.objects.writable_by(user, EXPORT)))


_subjects: dict[str, Subject] = {
    "asset": Subject(
        AssetFilter,
        lambda query, user, extra: read_filter(query, extra=extra),
        _asset_ids,
        "map",
        Feed(
            lambda user: Asset.objects.writable_by(user, EXPORT), end=("lifecycle", Lifecycle.REMOVED.value)
        ),
    )
}
_layers: dict[str, Layer] = {}


def offer_subject(alias: str, subject: Subject, *layers: Layer) -> None:
    """Add a subject, whose table is called `alias` in the SQL of its layers, with these layers."""
    _subjects[alias] = subject
    _layers.update({layer.name: layer for layer in layers})


def subject_of(layer: Layer) -> Subject:
    """What the rows of a layer are of."""
    return _subjects[layer.subject]


def collections() -> dict[str, Layer]:
    """What /ogc/ serves, by name."""
    return {**LAYERS, **_layers}


def exported() -> dict[str, Layer]:
    """What files hold, by name."""
    return {**EXPORTED, **_layers}
