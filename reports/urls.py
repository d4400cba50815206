"""Addresses of reports."""

from django.urls import path, re_path

from reports.dashboard import views as dashboard
from reports.monthly import views as monthly
from reports.start import views as start
from reports.wall import views as wall

urlpatterns = [
    path("start/", start.start_page, name="start"),
    path("dashboard/", dashboard.dashboard_page, name="dashboard"),
    path("reports/month/", monthly.report_page, name="monthly-report"),
    re_path(r"^reports/month\.(?P<ending>xlsx|docx)$", monthly.report_file, name="monthly-report-file"),
    path("walls/", wall.walls_page, name="walls"),
    path("walls/make", wall.make, name="make-wall"),
    path("walls/<uuid:uid>/end", wall.end, name="end-wall"),
    path("wall/<str:token>/", wall.wall_page, name="wall"),
    path("wall/<str:token>/now.json", wall.wall_now, name="wall-now"),
    path("wall/<str:token>/photos/<uuid:copy>", wall.wall_photo, name="wall-photo"),
]
