"""Addresses of cases."""

from django.urls import path

from cases.desk import board, calendar, inbox, links, many, notices, printing, unit, views
from cases.map import views as maps
from cases.patrols import hours, pages, planning, reach, teams

urlpatterns = [
    path("cases/", views.list_page, name="cases"),
    path("cases/map/", maps.map_page, name="cases-map"),
    path("cases/map/<str:code>/", maps.map_page, name="cases-map-one"),
    path("tiles/cases/<int:z>/<int:x>/<int:y>.mvt", maps.tile, name="cases-tile"),
    path("cases/new/", views.report_page, name="report-case"),
    path("cases/inbox/", inbox.inbox_page, name="case-inbox"),
    path("cases/inbox/<str:code>/<str:verb>", inbox.decide, name="decide-case"),
    path("cases/many/", many.many_page, name="many-cases"),
    path("cases/batches/<uuid:uid>/", many.batch_page, name="case-batch"),
    path("cases/board/", board.board_page, name="case-board"),
    path("cases/views/", board.save_view, name="save-case-view"),
    path("cases/views/<uuid:uid>/delete", board.delete_view, name="delete-case-view"),
    path("cases/print/", printing.print_list, name="print-cases"),
    path("cases/calendar/", calendar.calendar_page, name="case-calendar"),
    path("cases/calendar/<int:year>/", calendar.year_page, name="case-calendar-year"),
    path("cases/notices/", notices.notices_page, name="case-notices"),
    path("cases/notices/read", notices.read_all, name="read-case-notices"),
    path("cases/notices/choose", notices.choose, name="choose-case-notices"),
    path("cases/unit/", unit.unit_page, name="case-unit"),
    path("cases/links/", links.list_page, name="case-links"),
    path("cases/patrols/", pages.list_page, name="patrols"),
    path("cases/patrols/plan/", planning.plan_page, name="plan-patrol"),
    path("cases/patrols/teams/", teams.teams_page, name="patrol-teams"),
    path("cases/patrols/teams/new/", teams.team_page, name="new-patrol-team"),
    path("cases/patrols/teams/<uuid:uid>/", teams.team_page, name="patrol-team"),
    path("cases/patrols/unvisited/", reach.unvisited_page, name="unvisited-sites"),
    path("cases/patrols/unvisited.<str:ending>", reach.unvisited_file, name="unvisited-sites-file"),
    path("cases/patrols/hours/", hours.hours_page, name="patrol-hours"),
    path("cases/patrols/hours.csv", hours.hours_file, name="patrol-hours-file"),
    path("cases/patrols/<uuid:uid>/", pages.patrol_page, name="patrol"),
    path("cases/patrols/<uuid:uid>/plan", planning.change_page, name="change-patrol"),
    path("cases/patrols/<uuid:uid>/draw", pages.draw, name="draw-patrol"),
    path("cases/patrols/<uuid:uid>/<str:verb>", pages.do_verb, name="patrol-verb"),
    path("cases/photos/<uuid:uid>/<str:size>", views.photo, name="case-photo"),
    path("cases/<str:code>/", views.case_page, name="case"),
    path("cases/<str:code>/print", printing.print_case, name="print-case"),
    path("cases/<str:code>/make-link", links.make, name="make-case-link"),
    path("cases/<str:code>/end-link", links.end, name="end-case-link"),
    path("cases/<str:code>/<str:verb>", views.do_verb, name="case-verb"),
]
