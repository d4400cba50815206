"""Addresses of the card behind a plate."""

from django.urls import path

from portal.card import views

urlpatterns = [
    path("a/<str:code>", views.plate, name="plate"),
]
