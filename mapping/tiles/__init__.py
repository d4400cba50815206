"""Vector tiles of assets and places: raw SQL around ST_AsMVT, so that the database does the work.

* `grid`: tiles and cells of the web-mercator square.
* `positions`: where an asset stands on the map (shifted over a GCJ-02 base map).
* `asset_tiles`, `place_tiles`: the SQL of the two tile sets.
* `views`: their addresses, with TileJSON.
"""
