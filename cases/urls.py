"""Addresses of cases."""

from django.urls import path, re_path

from cases.desk import board, calendar, inbox, links, many, notices, printing, unit, views
from cases.exposures import files as exposure_files
from cases.exposures import views as exposures
from cases.map import views as maps
from cases.media import files
from cases.media import views as media
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
    path("cases/exposures/", exposures.list_page, name="exposures"),
    re_path(r"^cases/exposures\.(?P<ending>csv|xlsx)$", exposure_files.exposures_file, name="exposures-file"),
    path("cases/exposures/propose", exposures.propose_page, name="propose-exposure"),
    path("cases/exposures/<uuid:uid>/", exposures.exposure_page, name="exposure"),
    path("cases/exposures/<uuid:uid>/<str:verb>", exposures.decide, name="decide-exposure"),
    path("cases/exposures/<uuid:uid>/<int:number>/look", exposures.look, name="look-again"),
    path(
        "cases/exposures/<uuid:uid>/<int:number>/<str:what>/<str:size>",
        exposures.picture,
        name="exposure-picture",
    ),
    path("cases/media/", media.list_page, name="media"),
    path("cases/media/new", media.new_page, name="new-media-piece"),
    re_path(r"^cases/media/pieces\.(?P<ending>csv|xlsx)$", files.export, name="media-file"),
    path("cases/media/imports/", files.imports_page, name="media-imports"),
    path("cases/media/imports/<uuid:uid>/", files.import_page, name="media-import"),
    path("cases/media/imports/<uuid:uid>/<str:verb>", files.do_verb, name="media-import-verb"),
    path("cases/media/<int:number>/", media.piece_page, name="media-piece"),
    path("cases/media/<int:number>/remove", media.remove, name="remove-media-piece"),
    path("cases/photos/<uuid:uid>/<str:size>", views.photo, name="case-photo"),
    path("cases/<str:code>/", views.case_page, name="case"),
    path("cases/<str:code>/print", printing.print_case, name="print-case"),
    path("cases/<str:code>/make-link", links.make, name="make-case-link"),
    path("cases/<str:code>/end-link", links.end, name="end-case-link"),
    path("cases/<str:code>/<str:verb>", views.do_verb, name="case-verb"),
]
