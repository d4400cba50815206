"""Addresses of reports."""

from django.urls import path

from reports.dashboard import views as dashboard
from reports.start import views as start

urlpatterns = [
    path("start/", start.start_page, name="start"),
    path("dashboard/", dashboard.dashboard_page, name="dashboard"),
]
