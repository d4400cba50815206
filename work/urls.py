"""Addresses of the desk's work: writing on the map, bulk edits, jobs, artworks, what is due, plates, who answers."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("work.desk.urls")),
    path("", include("work.bulk.urls")),
    path("", include("work.campaigns.urls")),
    path("", include("work.jobs.urls")),
    path("", include("work.artworks.urls")),
    path("", include("work.due.urls")),
    path("", include("work.plates.urls")),
    path("", include("work.responsibility.urls")),
]
