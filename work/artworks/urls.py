"""Addresses of artworks."""

from django.urls import path

from work.artworks import views

urlpatterns = [
    path("artworks/", views.artwork_list, name="artworks"),
    # A code is any text that somebody gave, with a slash in it perhaps.
    path("artworks/<path:code>/picture", views.artwork_picture, name="artwork-picture"),
    path("artworks/<path:code>/", views.artwork_page, name="artwork"),
]
