"""Addresses of plates."""

from django.urls import path

from work.plates import views

urlpatterns = [
    path("labels/", views.labels, name="labels"),
]
