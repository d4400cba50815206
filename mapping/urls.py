"""Addresses of everything seen: map, tiles, API, exports, snapshot."""

from django.urls import URLPattern, URLResolver, include, path

from mapping import health, pages, photos
from mapping.api import api
from mapping.exports import geojson
from mapping.snapshot.views import snapshot
from mapping.tiles import views as tiles

urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.home, name="home"),
    path("map/", pages.map_page, name="map"),
    path("assets/<str:code>/", pages.asset_page, name="asset"),
    path("assets/<str:code>/panel", pages.asset_panel, name="asset-panel"),
    path("supports/<int:number>/panel", pages.support_panel, name="support-panel"),
    path("photos/<uuid:uid>/<str:size>", photos.photo, name="photo"),
    path("api/", api.urls),
    path("tiles/assets.json", tiles.assets_json, name="assets-tilejson"),
    path("tiles/places.json", tiles.places_json, name="places-tilejson"),
    path("tiles/assets/<int:z>/<int:x>/<int:y>.mvt", tiles.assets, name="assets-tile"),
    path("tiles/places/<int:z>/<int:x>/<int:y>.mvt", tiles.places, name="places-tile"),
    path("export/assets.geojson", geojson.geojson, name="export-geojson"),
    path("snapshot/assets.html", snapshot, name="snapshot"),
    path("healthz", health.healthz, name="healthz"),
    path("", include("mapping.jobs.urls")),
    path("", include("mapping.artworks.urls")),
    path("", include("mapping.due.urls")),
    path("", include("mapping.labels.urls")),
]
