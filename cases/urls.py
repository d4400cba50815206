"""Addresses of cases."""

from django.urls import path

from cases.desk import views

urlpatterns = [
    path("cases/", views.list_page, name="cases"),
    path("cases/new/", views.report_page, name="report-case"),
    path("cases/photos/<uuid:uid>/<str:size>", views.photo, name="case-photo"),
    path("cases/<str:code>/", views.case_page, name="case"),
    path("cases/<str:code>/<str:verb>", views.do_verb, name="case-verb"),
]
