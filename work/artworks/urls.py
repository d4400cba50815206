"""Addresses of artworks."""

from django.urls import path

from work.artworks import views

urlpatterns = [
    path("artworks/", views.artwork_list, name="artworks"),
    path("artworks/<str:code>/", views.artwork_page, name="artwork"),
    path("artworks/<str:code>/picture", views.artwork_picture, name="artwork-picture"),
]
