"""Addresses of the office's pages about field work."""

from django.urls import path
from django.views.generic import RedirectView

from field.desk import activity, devices, rescue, review

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="fieldwork-review"), name="fieldwork"),
    path("review/", review.review, name="fieldwork-review"),
    path("review/<int:number>/", review.decide, name="fieldwork-decide"),
    path("review/<int:number>/photos/<int:claim>/<str:size>", review.photo, name="fieldwork-photo"),
    path("rescue/", rescue.rescue, name="fieldwork-rescue"),
    path("activity/", activity.activity, name="fieldwork-activity"),
    path("activity.<slug:ending>", activity.activity_file, name="fieldwork-activity-file"),
    path("activity/<str:username>/<str:day>/", activity.day, name="fieldwork-day"),
    path("devices/", devices.devices, name="fieldwork-devices"),
    path("devices/<uuid:uid>/revoke", devices.revoke, name="fieldwork-revoke"),
]
