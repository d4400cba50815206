"""Addresses of jobs and campaigns."""

from django.urls import path, re_path

from work.jobs import campaigns, costs, following, planning, sheet, views

urlpatterns = [
    path("jobs/", views.board_page, name="jobs"),
    path("jobs/list/", views.list_page, name="job-list"),
    path("jobs/new/", planning.new_jobs, name="plan-jobs"),
    path("jobs/new/preview", planning.preview, name="plan-jobs-preview"),
    path("jobs/runs/<uuid:uid>/", following.run_page, name="jobs-run"),
    path("jobs/runs/<uuid:uid>/again", following.again, name="jobs-run-again"),
    path("jobs/change", views.change_several, name="change-jobs"),
    path("jobs/costs/", costs.costs_page, name="job-costs"),
    re_path(r"^jobs/costs\.(?P<ending>csv|xlsx)$", costs.costs_file, name="job-costs-file"),
    path("jobs/sheet/", sheet.work_order, name="job-sheet"),
    path("jobs/<int:number>/", views.job_page, name="job"),
    path("jobs/<int:number>/state", views.change_state, name="job-state"),
    path("jobs/<int:number>/done", views.complete, name="job-done"),
    path("jobs/<int:number>/edit", views.edit, name="job-edit"),
    path("jobs/<int:number>/reopen", views.reopen, name="job-reopen"),
    path("jobs/<int:number>/cost", views.cost, name="job-cost"),
    path("jobs/<int:number>/photos", views.add_photos, name="job-photos"),
    path("campaigns/", campaigns.campaign_list, name="campaigns"),
    path("campaigns/<int:number>/", campaigns.campaign_page, name="campaign"),
    path("campaigns/<int:number>/change", campaigns.change, name="change-campaign"),
]
