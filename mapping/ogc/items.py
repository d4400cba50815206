"""Features as the standard wants them: a collection with its counts and links, and one feature alone.

The database writes the features' JSON; it is passed on as it is, between a head and a tail that are made here.
"""

from dataclasses import dataclass
from typing import Any

import orjson
from django.utils import timezone

from assets.layer_rows import Selection, feature_sql
from mapping.ogc.crs import Offered
from mapping.ogc.parameters import Asked


@dataclass(frozen=True)
class ItemsPage:
    """A page of features, each as JSON in text."""

    features: list[str]
    matched: int
    next_cursor: str | None


def items_page(asked: Asked, matched: int) -> ItemsPage:
    """The features of one page."""
    selection = asked.selection
    select = feature_sql(selection, asked.crs.sql(selection.layer.geometry))
    features, cursor = selection.page(select, asked.limit, asked.cursor)
    return ItemsPage(features, matched, cursor)


def collection_body(page: ItemsPage, links: list[dict[str, Any]]) -> bytes:
    """The feature collection as it is sent."""
    head = orjson.dumps(
        {
            "type": "FeatureCollection",
            "timeStamp": timestamp(),
            "numberMatched": page.matched,
            "numberReturned": len(page.features),
            "links": links,
        }
    )
    return head[:-1] + b',"features":[\n' + ",\n".join(page.features).encode() + b"\n]}\n"


def feature_body(feature: str, links: list[dict[str, Any]]) -> bytes:
    """One feature as it is sent."""
    return feature[:-1].encode() + b',"links":' + orjson.dumps(links) + b"}\n"


def find_feature(selection: Selection, crs: Offered) -> str | None:
    """The first row as a feature, or None."""
    features, _cursor = selection.page(feature_sql(selection, crs.sql(selection.layer.geometry)), 1, None)
    return features[0] if features else None


def timestamp() -> str:
    """Now, as RFC 3339 writes it."""
    return timezone.now().strftime("%Y-%m-%dT%H:%M:%SZ")
