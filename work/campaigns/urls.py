"""Addresses of campaigns. `/campaigns/<number>/` is what was planned together (`work.jobs.campaigns`)."""

from django.urls import path, re_path

from work.campaigns import files, views

urlpatterns = [
    path("campaigns/actions/", views.list_page, name="special-actions"),
    re_path(r"^campaigns/actions\.(?P<ending>csv|xlsx)$", files.campaigns_file, name="special-actions-file"),
    path("campaigns/actions/new", views.new_page, name="open-special-action"),
    path("campaigns/actions/<str:code>/", views.campaign_page, name="special-action"),
    path("campaigns/actions/<str:code>/edit", views.edit_page, name="edit-special-action"),
    path("campaigns/actions/<str:code>/close", views.close, name="close-special-action"),
    path("campaigns/actions/<str:code>/hanging", views.hanging_page, name="special-action-hanging"),
    path(
        "campaigns/actions/<str:code>/<str:what>/<str:way>",
        views.change_members,
        name="special-action-members",
    ),
]
