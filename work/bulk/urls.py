"""Addresses of the bulk edit."""

from django.urls import path

from work.bulk import batches, runs, views

urlpatterns = [
    path("edit/", views.bulk_edit, name="bulk-edit"),
    path("edit/runs/<uuid:uid>/", runs.run_page, name="bulk-edit-run"),
    path("edit/runs/<uuid:uid>/again", runs.again, name="bulk-edit-run-again"),
    path("edit/batches/<int:number>/", batches.batch_page, name="bulk-edit-batch"),
    path("edit/batches/<int:number>/undo", batches.undo, name="bulk-edit-undo"),
]
