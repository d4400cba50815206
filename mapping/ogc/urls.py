"""Addresses of OGC API – Features, below /ogc/."""

from django.urls import path

from mapping.ogc import views

urlpatterns = [
    path("", views.landing, name="ogc"),
    path("api", views.api, name="ogc-api"),
    path("conformance", views.conformance, name="ogc-conformance"),
    path("collections", views.collections, name="ogc-collections"),
    path("collections/<str:name>", views.collection, name="ogc-collection"),
    path("collections/<str:name>/queryables", views.queryables, name="ogc-queryables"),
    path("collections/<str:name>/sortables", views.sortables, name="ogc-sortables"),
    path("collections/<str:name>/schema", views.schema, name="ogc-schema"),
    path("collections/<str:name>/feature-schema", views.feature_schema, name="ogc-feature-schema"),
    path("collections/<str:name>/items", views.features, name="ogc-items"),
    path("collections/<str:name>/items/<str:key>", views.feature, name="ogc-item"),
]
