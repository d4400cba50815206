"""Addresses of importing. A ledger's own address stays: first the step it stands at, in the end the report."""

from django.urls import URLPattern, path

from importing.ledgers import downloads, tiles, uploads, views

urlpatterns: list[URLPattern] = [
    path("import/", uploads.home, name="import"),
    path("import/template.xlsx", downloads.template, name="import-template"),
    path("import/<uuid:uid>/", views.ledger, name="ledger"),
    path("import/<uuid:uid>/rows", views.rows, name="ledger-rows"),
    path("import/<uuid:uid>/sheet", views.sheet, name="ledger-sheet"),
    path("import/<uuid:uid>/columns", views.columns, name="ledger-columns"),
    path("import/<uuid:uid>/forget", views.forget, name="ledger-forget"),
    path("import/<uuid:uid>/position", views.position, name="ledger-position"),
    path("import/<uuid:uid>/values", views.values, name="ledger-values"),
    path("import/<uuid:uid>/confirm", views.confirm, name="ledger-confirm"),
    path("import/<uuid:uid>/commit", views.commit, name="ledger-commit"),
    path("import/<uuid:uid>/undo", views.undo, name="ledger-undo"),
    path("import/<uuid:uid>/again", views.again, name="ledger-again"),
    path("import/<uuid:uid>/discard", views.discard, name="ledger-discard"),
    path("import/<uuid:uid>/photos", uploads.photos, name="ledger-photos"),
    path("import/<uuid:uid>/corrections.xlsx", downloads.corrections, name="ledger-corrections"),
    path("import/<uuid:uid>/file", downloads.original, name="ledger-file"),
    path("tiles/ledgers/<uuid:uid>/<int:z>/<int:x>/<int:y>.mvt", tiles.ledger_rows, name="ledger-tile"),
]
