"""Addresses of plates."""

from django.urls import path

from work.plates import plates, views

urlpatterns = [
    path("labels/", views.labels, name="labels"),
    path("a/<str:code>", plates.plate, name="plate"),
]
