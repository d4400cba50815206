"""Addresses of the desk."""

from django.urls import path

from portal.desk import hearing, publishing

urlpatterns = [
    path("residents/", hearing.answers_page, name="resident-answers"),
    path("residents/remarks/", hearing.remarks_page, name="resident-remarks"),
    path("residents/reports/", hearing.reports_page, name="resident-reports"),
    path("residents/reports/<str:code>/<str:verdict>", hearing.decide_report, name="decide-report"),
    path("residents/pairs/", publishing.pairs_page, name="desk-pairs"),
    path("residents/pairs/<uuid:uid>/withdraw", publishing.withdraw, name="withdraw-pair"),
    path("residents/publish/<str:code>/", publishing.publish_page, name="publish-pair"),
    path("residents/redact/<uuid:uid>/", publishing.redact_page, name="redact-photo"),
    path("residents/redact/<str:code>/<uuid:uid>/", publishing.redact_job_photo, name="redact-job-photo"),
    path("residents/copies/<uuid:uid>/<str:size>", publishing.copy_photo, name="copy-photo"),
    path("residents/photos/<str:kind>/<uuid:uid>/<str:size>", hearing.photo, name="said-photo"),
    path("residents/<str:kind>/<uuid:uid>/<str:verdict>", hearing.decide, name="decide-said"),
]
