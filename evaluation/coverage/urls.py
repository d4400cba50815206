"""Addresses of coverage."""

from django.urls import path

from evaluation.coverage import files, results, rules, tiles

urlpatterns = [
    path("coverage/", results.overview_page, name="coverage"),
    path("coverage/results/", results.list_page, name="coverage-results"),
    path("coverage/results/cases", results.raise_many, name="raise-coverage-gaps"),
    path("coverage/results.<str:ending>", files.results_file, name="coverage-file"),
    path("coverage/results/<uuid:uid>/", results.result_page, name="coverage-result"),
    path("coverage/results/<uuid:uid>/case", results.raise_one, name="raise-coverage-gap"),
    path("coverage/rules/", rules.rules_page, name="coverage-rules"),
    path("coverage/rules/import/", rules.import_page, name="import-coverage-rules"),
    path("coverage/rules/<int:key>/", rules.rule_page, name="coverage-rule"),
    path("tiles/coverage/<int:z>/<int:x>/<int:y>.mvt", tiles.tile, name="coverage-tile"),
]
