"""Addresses of the base map."""

from django.urls import path

from mapping.basemap import views

urlpatterns = [
    path("basemap/current.json", views.present, name="basemap"),
    path("basemap/<slug:build>/<int:z>/<int:x>/<int:y>.mvt", views.tile, name="basemap-tile"),
]
