"""Addresses of connecting a program."""

from django.urls import path

from web.connect import views

urlpatterns = [
    path("connect/", views.connect, name="connect"),
    path("connect/tokens/<uuid:uid>/revoke", views.end_token, name="end-token"),
]
