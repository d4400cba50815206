"""Makes a snapshot: from a filter and what may be seen to one HTML file. Used by the view and the command."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.permissions import EXPORT, AnyUser, Scope, scope_filter, scope_of
from assets.dictionaries import Bounds
from assets.filter_parameters import DEFAULT_LIFECYCLE
from assets.filters import AssetFilter
from assets.models import Asset, AssetQuerySet, AssetType, Lifecycle, Theme
from mapping.extent import bounds_of
from mapping.snapshot import context, page, words
from mapping.snapshot.ground import ground
from mapping.snapshot.page import Facts
from mapping.snapshot.payload import DEGREE, differences, pack
from mapping.snapshot.rows import DAY_ZERO, Coded, Columns, read
from places.models import Area, Road

# A browser holds 300,000 assets with ease; the file then has about 8 MB. More than that belongs into a GIS.
MOST_ASSETS = 300_000

# The short names of the languages a file can be made in.
LANGUAGES = {"zh": "zh-hans", "en": "en"}


class TooManyAssets(Exception):
    """The filter leaves more assets than a snapshot may hold; the message is for the reader."""

    def __init__(self, matched: int) -> None:
        self.matched = matched
        super().__init__(
            _(
                "The filter leaves %(matched)s assets, and a snapshot holds at most %(most)s. "
                "Narrow the filter, for example to some streets, or export GeoJSON instead."
            )
            % {"matched": f"{matched:,}", "most": f"{MOST_ASSETS:,}"}
        )


@dataclass(frozen=True)
class Snapshot:
    """A finished file."""

    html: str
    count: int
    nonce: str
    filename: str


def exportable_by(user: AnyUser) -> AssetQuerySet:
    """What may leave the house with a user."""
    return Asset.objects.visible_to(user).filter(scope_filter(scope_of(user, EXPORT)))


def make_snapshot(asset_filter: AssetFilter, scope: AssetQuerySet, made_by: str) -> Snapshot:
    """Make a snapshot in the active language.

    Args:
        asset_filter: which assets.
        scope: every asset that may leave the house with whoever asks.
        made_by: whom the file names as its maker.

    Raises:
        TooManyAssets: more than MOST_ASSETS match; nothing is left out silently.
    """
    assets = asset_filter.filter_queryset(scope)
    matched = assets.count()
    if matched > MOST_ASSETS:
        raise TooManyAssets(matched)
    made_at = timezone.localtime()
    columns = read(assets)
    total = scope.filter(lifecycle__in=DEFAULT_LIFECYCLE).count()
    # Where nothing is found, the map still shows a place.
    district = Scope(frozenset({settings.MANAGING_DISTRICT}))
    bounds = _bounds(columns) if columns.count else bounds_of(asset_filter.reference.lists, district)
    document = _document(columns)
    document["today"] = (asset_filter.reference.today - DAY_ZERO).days
    document["ground"] = ground(bounds)
    colon, comma = ("：", "、") if get_language() == "zh-hans" else (": ", ", ")
    facts = Facts(
        language="zh-Hans" if get_language() == "zh-hans" else str(get_language()),
        title=_("Publicity asset map of Tianqiao"),
        kind=_("Snapshot"),
        matched=f"{columns.count:,}",
        of_total=_("of %(total)s assets") % {"total": f"{total:,}"},
        filter=[f"{label}{colon}{comma.join(values)}" for label, values in asset_filter.in_words()],
        made=_("Made %(time)s by %(person)s")
        % {"time": date_format(made_at, "Y-m-d H:i"), "person": made_by},
        layers=_("Layers"),
        close=_("Close"),
        show_everything=_("Show everything"),
        nothing=_("No asset is shown. Switch a layer on again."),
        not_running=_("The map is being drawn. If nothing appears, open this file in a newer browser."),
    )
    built = page.build(facts, pack(document), bounds)
    filename = f"{slugify(facts.title, allow_unicode=True)}-{made_at:%Y%m%d-%H%M}.html"
    return Snapshot(built.render(), columns.count, built.nonce, filename)


def _document(columns: Columns) -> dict[str, Any]:
    """What `browser/payload.js` reads: the columns, the entries their positions stand for, and what lies underneath."""
    coded = columns.coded
    types = AssetType.objects.in_bulk(coded["type"].values)
    areas = Area.objects.in_bulk(
        [key for name in ("street", "community") for key in coded[name].values if key]
    )
    roads = Road.objects.in_bulk([key for key in coded["road"].values if key])
    districts = {parent for key in coded["street"].values if key and (parent := areas[key].parent_id)}
    if not districts:
        districts = set(Area.objects.filter(code=settings.MANAGING_DISTRICT).values_list("pk", flat=True))

    type_positions, type_keys = _ranked(coded["type"])
    street_positions, street_keys = _ranked(coded["street"])
    positions: dict[str, Any] = {name: column.positions for name, column in coded.items()}
    positions |= {"type": type_positions, "street": street_positions}
    unknown_area = {"code": "none", "name": _("Area unknown")}
    return {
        "count": columns.count,
        "columns": {name: differences(column) for name, column in (columns.numbers | positions).items()},
        "texts": {name: coded[name].values for name in ("prefix", "name", "address", "wording", "themes")},
        "conditions": words.conditions(),
        "lifecycles": [
            {"code": code, "name": str(Lifecycle(code).label), "stands": code in DEFAULT_LIFECYCLE}
            for code in coded["lifecycle"].values
        ],
        "types": [
            {"code": types[key].code, "name": types[key].name, "symbol": types[key].symbol}
            for key in type_keys
        ],
        "streets": [
            {"code": areas[key].code, "name": areas[key].name} if key else unknown_area for key in street_keys
        ],
        "communities": [{"name": areas[key].name if key else ""} for key in coded["community"].values],
        "roads": [{"name": roads[key].name if key else ""} for key in coded["road"].values],
        "themes": {theme.code: theme.name for theme in Theme.objects.all()},
        "outlines": context.outlines(districts),
        "roadLines": context.roads(districts),
        "symbols": page.symbols(),
        "words": words.page_words(),
    }


def _ranked(column: Coded) -> tuple[np.ndarray, list[Any]]:
    """A column with its distinct values put in order: the most frequent first, None last."""
    counts = np.bincount(column.positions, minlength=len(column.values)) if column.values else np.zeros(0)
    order = sorted(
        range(len(column.values)), key=lambda position: (column.values[position] is None, -counts[position])
    )
    new_positions = np.empty(len(order), dtype=np.int64)
    new_positions[order] = np.arange(len(order))
    return new_positions[np.asarray(column.positions, dtype=np.int64)], [column.values[at] for at in order]


def _bounds(columns: Columns) -> Bounds:
    """West, south, east, north of the assets; WGS84 degrees."""
    lon, lat = (np.asarray(columns.numbers[name]) / DEGREE for name in ("lon", "lat"))
    return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())
