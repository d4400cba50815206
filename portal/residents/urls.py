"""Addresses of residents without an account."""

from django.urls import path

from portal.residents import following, pairs, placing, reporting, saying

PLATE, SITE = {"kind": "plate"}, {"kind": "site"}
urlpatterns = [
    path("a/<str:code>/answer", saying.answer, PLATE, name="answer-plate"),
    path("a/<str:code>/remark", saying.remark_page, PLATE, name="remark-plate"),
    path("s/<str:code>", saying.site_card, name="site-card"),
    path("s/<str:code>/answer", saying.answer, SITE, name="answer-site"),
    path("s/<str:code>/remark", saying.remark_page, SITE, name="remark-site"),
    path("thanks/", saying.thanks, name="resident-thanks"),
    path("answers/<uuid:uid>/more", saying.more, name="answer-more"),
    path("report/", reporting.report, name="resident-report"),
    path("report/sent", reporting.sent, name="resident-sent"),
    path("report/place", placing.place_page, name="resident-place"),
    path("report/map.svg", placing.picture, name="resident-map"),
    path("progress/", following.progress, name="resident-progress"),
    path("progress/solved", following.solved, name="resident-solved"),
    path("before-after/", pairs.pairs_page, name="public-pairs"),
    path("before-after/<uuid:uid>/<str:size>", pairs.pair_photo, name="public-pair-photo"),
]
