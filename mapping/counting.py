"""What is counted for the map page and kept when it takes long (`web.kept_answers`): legend, numbers, counted tiles.

Apart from the views that ask, since the worker counts too and knows no addresses.
"""

import json

from accounts.models import User
from assets.chosen_sql import settled_transaction
from assets.filters import AssetFilter
from assets.legend import legend_of
from mapping.tiles.asset_tiles import asset_tile
from mapping.tiles.grid import Tile
from web.kept_answers import counts

LEGEND, MATCHED, CELLS = "legend", "matched", "cells"


@counts(LEGEND)
def legend(asset_filter: AssetFilter, user: User, _asked: str) -> bytes:
    """The legend as JSON, with the state of the data it was counted in."""
    settled = settled_transaction()
    answer = {
        **legend_of(asset_filter, user),
        "generation": asset_filter.generation.key,
        "updated_since": f"x{settled:x}",
    }
    return json.dumps(answer).encode()


@counts(MATCHED)
def matched(asset_filter: AssetFilter, user: User, _asked: str) -> bytes:
    """How many assets the filter leaves, in digits."""
    return str(asset_filter.assets(user).order_by().count()).encode()


@counts(CELLS)
def cells(asset_filter: AssetFilter, user: User, asked: str) -> bytes:
    """The tile `asked` ("z/x/y"), which counts the assets of each of its cells."""
    z, x, y = map(int, asked.split("/"))
    return asset_tile(asset_filter, user, Tile(z, x, y))
