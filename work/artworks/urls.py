"""Addresses of artworks."""

from django.urls import path

from work.artworks import views, writing

urlpatterns = [
    path("artworks/", views.artwork_list, name="artworks"),
    path("artworks/new/", writing.new_view, name="artwork-new"),
    path("desk/artworks/assets", writing.assets_view, name="artwork-assets"),
    # A code is any text that somebody gave, with a slash in it perhaps.
    path("artworks/<path:code>/picture", views.artwork_picture, name="artwork-picture"),
    path("artworks/<path:code>/edit/", writing.edit_view, name="artwork-edit"),
    path("artworks/<path:code>/version/", writing.version_view, name="artwork-version"),
    path("artworks/<path:code>/approve/", writing.approve_view, name="artwork-approve"),
    path("artworks/<path:code>/withdraw/", writing.withdraw_view, name="artwork-withdraw"),
    path("artworks/<path:code>/post/", writing.post_view, name="artwork-post"),
    path("artworks/<path:code>/", views.artwork_page, name="artwork"),
]
