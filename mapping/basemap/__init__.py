"""The base map of one's own: roads, water, green, buildings, rails and names under the assets, from open map data.

`building` makes one PMTiles file of whatever an operator has (`manage.py build_basemap`): `reading` opens the files
and `tags` and `naming` decide what each feature is drawn as, `tiling` has GDAL cut tiles, `finished` takes tiles that
somebody else has cut. `archive` is the file that results, as it is written and as it is read while served; `views`
serve it. All of it only reads: nothing here touches the catalogue.
"""
