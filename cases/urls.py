"""Addresses of cases."""

from django.urls import path

from cases.desk import views
from cases.map import views as maps

urlpatterns = [
    path("cases/", views.list_page, name="cases"),
    path("cases/map/", maps.map_page, name="cases-map"),
    path("cases/map/<str:code>/", maps.map_page, name="cases-map-one"),
    path("tiles/cases/<int:z>/<int:x>/<int:y>.mvt", maps.tile, name="cases-tile"),
    path("cases/new/", views.report_page, name="report-case"),
    path("cases/photos/<uuid:uid>/<str:size>", views.photo, name="case-photo"),
    path("cases/<str:code>/", views.case_page, name="case"),
    path("cases/<str:code>/<str:verb>", views.do_verb, name="case-verb"),
]
