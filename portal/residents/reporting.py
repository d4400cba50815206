"""A resident reports a problem: a plain form; where it is, is said by a plate, a site, the device or the plain map."""

from django.conf import settings
from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms import client_address
from accounts.throttle import OF_ONE_CARD, RESIDENT_REPORTS
from assets.filter_values import component_id_in
from cases.desk.views import add_errors
from portal.actions.report_as_resident import report_as_resident
from portal.actions.say import Place, place_of_asset, place_of_site
from portal.residents.doors import show, unhurried, wait_for, where_open
from portal.residents.forms import ResidentReportForm
from portal.residents.tracking import spelled, tidy
from web.answers import private

_COOKIE = "report-code"
_SHOWN_FOR = 600  # seconds: for whoever loads the page again, not for whoever has the telephone next
_FROM_ADDRESS = ("plate", "site", "longitude", "latitude", "address")


@where_open
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """Report a problem; the tracking code is shown once."""
    if request.method != "POST":
        given = {name: request.GET.get(name, "")[:200] for name in _FROM_ADDRESS}
        return _show(request, ResidentReportForm(initial=given))
    if wait := wait_for(request, RESIDENT_REPORTS, client_address(request)):
        return wait
    form = ResidentReportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, form, 422)
    if form.cleaned_data["website"]:
        # As if it were taken: a program learns nothing from it.
        return _lead_on("2" * 10)
    try:
        return _take(request, form)
    except ValidationError as error:
        # Where it is was said by fields that are not shown: the sentence stands at the one that is.
        told = error.message_dict
        seen = {"address" if name in ("point", "site") else name: told[name] for name in told}
        add_errors(form, ValidationError(seen))
        return _show(request, form, 422)


def _take(request: HttpRequest, form: ResidentReportForm) -> HttpResponse:
    given = form.cleaned_data
    place = _named(given["plate"], given["site"])
    if place is not None and (wait := wait_for(request, OF_ONE_CARD, place.key)):
        return wait
    _case, code = report_as_resident(
        given["category"],
        once=given["once"],
        asset=place.asset if place else None,
        site=place.site if place else None,
        point=_point_of(given["longitude"], given["latitude"]),
        description=given["description"],
        address=given["address"],
        telephone=given["telephone"],
        photos=given["photos"],
    )
    return _lead_on(code)


@where_open
@require_safe
@unhurried
def sent(request: HttpRequest) -> HttpResponse:
    """The tracking code, to whoever has just reported; a page of its own, so that loading it again reports nothing."""
    code = tidy(request.get_signed_cookie(_COOKIE, default="", salt=_COOKIE, max_age=_SHOWN_FOR))
    if not code:
        return private(HttpResponseRedirect(reverse("resident-progress")))
    return show(request, "residents/reported.html", {"code": spelled(code)})


def _lead_on(code: str) -> HttpResponse:
    """On to the page with the code, which comes in a cookie of that page: addresses stand in logs."""
    response = HttpResponseRedirect(reverse("resident-sent"))
    response.set_signed_cookie(
        _COOKIE,
        code,
        salt=_COOKIE,
        max_age=_SHOWN_FOR,
        path=reverse("resident-sent"),
        httponly=True,
        secure=settings.HTTPS,
        samesite="Lax",
    )
    return private(response)


def _show(request: HttpRequest, form: ResidentReportForm, status: int = 200) -> HttpResponse:
    site = place_of_site(str(form["site"].value() or ""))
    context = {
        "form": form,
        "hotline": settings.PUBLIC_HOTLINE,
        "site": site.site if site else None,
        "placed": bool(form["longitude"].value()) and bool(form["latitude"].value()),
    }
    return show(request, "residents/report.html", context, status)


def _named(plate: str, site: str) -> Place | None:
    given = plate.strip()
    if given:
        found = place_of_asset(component_id_in(given) or given.replace(" ", ""))
        if found is None:
            sentence = _(
                "There is no plate with this number: it has seventeen digits. Leave it empty if there is none."
            )
            raise ValidationError({"plate": sentence})
        return found
    return place_of_site(site) if site else None


def _point_of(longitude: float | None, latitude: float | None) -> Point | None:
    if longitude is None or latitude is None or not (abs(longitude) <= 180 and abs(latitude) <= 90):
        return None
    return Point(longitude, latitude, srid=4326)
