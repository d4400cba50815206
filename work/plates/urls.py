"""Addresses of plates."""

from django.urls import path

from work.plates import sites, views

urlpatterns = [
    path("labels/", views.labels, name="labels"),
    path("labels/sites/", sites.site_labels, name="site-labels"),
]
