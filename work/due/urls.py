"""The address of due inspections."""

from django.urls import path

from work.due import views

urlpatterns = [path("due/", views.due_page, name="due")]
