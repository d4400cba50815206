"""Addresses of responsibilities."""

from django.urls import path

from work.responsibility import files, former, gap_pages, here, indicators, views

urlpatterns = [
    path("responsibility/", views.list_page, name="responsibilities"),
    path("responsibility/people/", views.people_page, name="holders"),
    path("responsibility/people/<int:number>/", views.holder_page, name="holder"),
    path("responsibility/gaps/", gap_pages.gaps_page, name="gaps"),
    path("responsibility/gaps.geojson", gap_pages.gaps_layer, name="gaps-layer"),
    path("responsibility/here/", here.here_page, name="answers-here"),
    path("responsibility/former/", former.former_page, name="responsibility-former"),
    path("responsibility/indicators/", indicators.indicators_page, name="indicators"),
    path("responsibility/indicators/new/", indicators.indicator_page, name="new-indicator"),
    path("responsibility/indicators/<int:number>/", indicators.indicator_page, name="indicator"),
    path("responsibility/new/", views.appoint_page, name="appoint"),
    path("responsibility/responsibilities.xlsx", files.export, name="responsibilities-file"),
    path("responsibility/template.xlsx", files.template_file, name="responsibility-template"),
    path("responsibility/import/", files.import_page, name="responsibility-import"),
    path("responsibility/import/<uuid:uid>/", files.batch_page, name="responsibility-batch"),
    path("responsibility/<uuid:uid>/", views.row_page, name="responsibility"),
    path("responsibility/<uuid:uid>/<str:verb>", views.do_verb, name="responsibility-verb"),
]
