"""Addresses of evaluation."""

from django.urls import URLPattern, URLResolver, include, path

from evaluation.editions import pages as editions
from evaluation.results import pages as results
from evaluation.rounds import pages as rounds
from evaluation.sites import pages as sites

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("evaluation.coverage.urls")),
    path("evaluation/", rounds.list_page, name="evaluation"),
    path("evaluation/plan/", rounds.plan_page, name="plan-evaluation"),
    path("evaluation/rounds/<uuid:uid>/", rounds.round_page, name="evaluation-round"),
    path("evaluation/rounds/<uuid:uid>/<str:verb>", rounds.do_verb, name="evaluation-round-verb"),
    path("evaluation/visits/<uuid:uid>/", rounds.visit_page, name="evaluation-visit"),
    path("evaluation/visits/<uuid:uid>/void", rounds.void, name="void-evaluation-visit"),
    path("evaluation/photos/<uuid:uid>/<str:size>", rounds.photo, name="evaluation-photo"),
    path("evaluation/results/", results.results_page, name="evaluation-results"),
    path("evaluation/results.<str:ending>", results.results_file, name="evaluation-results-file"),
    path("evaluation/editions/", editions.list_page, name="evaluation-editions"),
    path("evaluation/editions/<str:code>/", editions.edition_page, name="evaluation-edition"),
    path("evaluation/editions/<str:code>/copy", editions.copy, name="copy-evaluation-edition"),
    path(
        "evaluation/editions/<str:code>/items.<str:ending>",
        editions.edition_file,
        name="evaluation-edition-file",
    ),
    path("evaluation/items/<int:pk>/", editions.item_page, name="evaluation-item"),
    path("evaluation/sites/", sites.sites_page, name="evaluation-sites"),
    path("evaluation/sites.<str:ending>", sites.sites_file, name="evaluation-sites-file"),
    path("", include("evaluation.assessment.urls")),
]
