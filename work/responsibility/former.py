"""/responsibility/former/: what the register's old columns said and no row could, for whoever may enter it there."""

from django.contrib import messages
from django.db.models import Case, F, QuerySet, When
from django.db.models.functions import Left
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.permissions import MANAGE_RESPONSIBILITY, AnyUser, scope_of
from assets.history import Actor
from assets.models import Origin
from assets.paging import PARAMETER, Key, Keyset
from places.models import FormerAnswer, Level, ResponsibilityKind, Site
from web.access import SignedInRequest, admitting
from web.paging import only_parameters, ways
from work.responsibility.actions.settle_former import settle_former
from work.responsibility.showing import show

PAGE = 100
_BY_KEY = Keyset("former_answers", (Key("pk", int),))
_KINDS = {Level.STREET: ResponsibilityKind.LEADER, Level.COMMUNITY: ResponsibilityKind.UNIT}


def unsettled(user: AnyUser) -> QuerySet[FormerAnswer]:
    """What nobody has looked at yet, where the reader says who answers (and so may know names)."""
    scope = scope_of(user, MANAGE_RESPONSIBILITY)
    # As `FormerAnswer.scope_code`: a street's leader is the district's to say.
    code = Case(When(area__level=Level.STREET, then=Left("area__code", 6)), default=F("area__code"))
    found = FormerAnswer.objects.annotate(told_by=code).filter(
        scope.within("told_by", "site__area__code"), settled_at=None
    )
    return found.select_related("area", "site__area", "unit").defer(
        "area__boundary", "site__outline", "site__area__boundary"
    )


@admitting(MANAGE_RESPONSIBILITY, "GET", "HEAD", "POST")
def former_page(request: SignedInRequest) -> HttpResponse:
    """The list; taking one off it."""
    only_parameters(request, PARAMETER)
    found = unsettled(request.user)
    if request.method == "POST":
        key = request.POST.get("former", "")
        former = (
            found.filter(pk=int(key)).first() if key.isascii() and key.isdigit() and len(key) < 19 else None
        )
        if former is None:
            raise Http404
        settle_former(Actor(request.user, Origin.WEB), former)
        messages.success(request, _("Taken off the list: %(name)s.") % {"name": former})
        return HttpResponseRedirect(reverse("responsibility-former"))
    page = _BY_KEY.page_of(found, request.GET.get(PARAMETER), PAGE)
    context = {
        "former": [{"said": former, "appoint": _appoint(former)} for former in page.rows],
        "matched": found.count(),
        "pages": ways(request, page.next),
    }
    return show(request, "former", context)


def _appoint(former: FormerAnswer) -> str:
    """Where it can be entered; nothing for what nobody can answer for, as a district."""
    place = former.place
    kind = ResponsibilityKind.KEEPER if isinstance(place, Site) else _KINDS.get(Level(place.level))
    return reverse("appoint", query={"kind": kind.value, "place": place.code}) if kind else ""
