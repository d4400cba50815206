"""Addresses of the assessment of streets."""

from django.urls import path

from evaluation.assessment import bulletin, doing, pages, schemes

urlpatterns = [
    path("assessment/", pages.home, name="assessment"),
    path("assessment/lists/<uuid:uid>/decide", doing.decide, name="decide-street-list"),
    path("assessment/appeals/<uuid:uid>/answer", doing.answer, name="answer-appeal"),
    path("assessment/<str:district>/", pages.newest, name="assessment-of"),
    path("assessment/<str:district>/schemes/", schemes.list_page, name="score-schemes"),
    path("assessment/<str:district>/schemes/new/", schemes.scheme_page, name="new-score-scheme"),
    path("assessment/<str:district>/schemes/import/", schemes.import_page, name="import-score-scheme"),
    path("assessment/<str:district>/schemes/<uuid:uid>/", schemes.scheme_page, name="score-scheme"),
    path("assessment/<str:district>/schemes/<uuid:uid>.csv", schemes.scheme_file, name="score-scheme-file"),
    path("assessment/<str:district>/dry-run/", pages.dry_run_page, name="dry-run"),
    path("assessment/<str:district>/dry-run/<str:month>/", pages.dry_run_page, name="dry-run-of"),
    path("assessment/<str:district>/dry-run/<str:month>/publish", doing.publish, name="publish-sheet"),
    path("assessment/<str:district>/dry-run/<str:month>/bonus", doing.bonus, name="give-score-bonus"),
    path(
        "assessment/<str:district>/dry-run/<str:month>/<str:street>/",
        pages.dry_street_page,
        name="dry-run-street",
    ),
    path(
        "assessment/<str:district>/dry-run/<str:month>/<str:street>/<str:figure>/",
        pages.dry_evidence_page,
        name="dry-run-evidence",
    ),
    path("assessment/<str:district>/<str:month>/", pages.sheet_page, name="score-sheet"),
    path("assessment/<str:district>/<str:month>/bulletin/", bulletin.print_page, name="bulletin"),
    path("assessment/<str:district>/<str:month>/bulletin.docx", bulletin.document, name="bulletin-file"),
    path("assessment/<str:district>/<str:month>/<str:street>/", pages.street_page, name="score-of-street"),
    path("assessment/<str:district>/<str:month>/<str:street>/appeal", doing.appeal, name="appeal-score"),
    path(
        "assessment/<str:district>/<str:month>/<str:street>/<str:figure>/",
        pages.evidence_page,
        name="score-evidence",
    ),
]
