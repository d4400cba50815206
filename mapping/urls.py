"""Addresses of everything seen: map, tiles, API, exports, snapshot."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from mapping import pages, photos
from mapping.api import api
from mapping.api.reference import reference
from mapping.basemap.urls import urlpatterns as basemap_urls
from mapping.exports import views as exports
from mapping.snapshot.views import snapshot
from mapping.tiles import views as tiles

urlpatterns: list[URLPattern | URLResolver] = [
    path("tiles/assets/<int:z>/<int:x>/<int:y>.mvt", tiles.assets, name="assets-tile"),
    path("tiles/places/<int:z>/<int:x>/<int:y>.mvt", tiles.places, name="places-tile"),
    *basemap_urls,
    path("", pages.home, name="home"),
    path("map/", pages.map_page, name="map"),
    path("assets/<str:code>/", pages.asset_page, name="asset"),
    path("assets/<str:code>/panel", pages.asset_panel, name="asset-panel"),
    path("supports/<int:number>/panel", pages.support_panel, name="support-panel"),
    path("spots/<str:codes>/panel", pages.spot_panel, name="spot-panel"),
    path("photos/<uuid:uid>/<str:size>", photos.photo, name="photo"),
    path("api/docs", reference, name="api-docs"),
    path("api/", api.urls),
    path("tiles/assets.json", tiles.assets_json, name="assets-tilejson"),
    path("tiles/places.json", tiles.places_json, name="places-tilejson"),
    path("export/options.json", exports.options, name="export-options"),
    path("export/counts.json", exports.counts, name="export-counts"),
    path("export/files.json", exports.files, name="export-files"),
    path("export/files/<uuid:uid>", exports.file, name="export-file"),
    re_path(r"^export/changes\.(?P<ending>geojsonl?)$", exports.changes, name="export-changes"),
    re_path(
        r"^export/(?P<layer>[a-z]+)/changes\.(?P<ending>geojsonl?)$",
        exports.changes,
        name="export-changes-of",
    ),
    re_path(r"^export/(?P<layer>[a-z]+)\.(?P<ending>[a-z0-9.\-]+)$", exports.export, name="export"),
    path("ogc/", include("mapping.ogc.urls")),
    path("snapshot/assets.html", snapshot, name="snapshot"),
]
