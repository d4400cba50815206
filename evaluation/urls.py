"""Addresses of evaluation."""

from django.urls import include, path

urlpatterns = [
    path("", include("evaluation.assessment.urls")),
]
