"""The root address table: each room lists its own addresses."""

from django.contrib import admin
from django.urls import include, path
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import conditional_page
from django.views.i18n import JavaScriptCatalog, set_language

urlpatterns = [
    path("admin/", admin.site.urls),
    path("i18n/setlang/", set_language, name="set_language"),
    path("jsi18n/", gzip_page(conditional_page(JavaScriptCatalog.as_view())), name="javascript-catalog"),
    # What is asked for most stands first: a map asks for dozens of tiles.
    path("", include("mapping.urls")),
    path("", include("work.urls")),
    path("", include("cases.urls")),
    path("", include("evaluation.urls")),
    path("", include("reports.urls")),
    path("", include("importing.urls")),
    path("", include("web.urls")),
    path("", include("accounts.urls")),
    path("", include("field.urls")),
    path("", include("portal.urls")),
]

handler400 = "web.problems.bad_request"
handler403 = "web.problems.forbidden"
handler404 = "web.problems.not_found"
handler500 = "web.problems.fault"
