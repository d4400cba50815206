"""/answer/: a unit without an account sees its case, answers for it and sends photos, in any telephone's browser.

What can be done is what the table of steps gives the unit; the actions check the link again, with the case locked.
"""

from math import ceil
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms import client_address
from accounts.throttle import BY_ONE_LINK, CASE_LINKS, Bucket, take
from assets.models import PhotoStage
from cases.actions.stepping import verbs_by_link
from cases.desk.forms import VerbForm
from cases.desk.showing import card_of, forms_of
from cases.desk.verbs import WAYS
from cases.desk.views import add_errors
from cases.filters import with_clock
from cases.links import LINK_VERBS, holder_of, note_use, why_closed
from cases.models import Case, CaseLink, CasePhoto, State, Verb
from cases.queries import with_all_it_names
from cases.telling import timeline
from portal.answer.coming_in import find, keep, shown_by
from web.photos import photo_answer

# What the unit is told of what happened: its own steps, and those that answer it or that it has to answer.
_TOLD = {
    *(verb.value for verb in LINK_VERBS),
    *(
        verb.value
        for verb in (
            Verb.DISPATCH,
            Verb.HOLD,
            Verb.REFUSE_HOLD,
            Verb.EXTEND,
            Verb.REFUSE_EXTENSION,
            Verb.VERIFY,
            Verb.REJECT_FIX,
            Verb.REOPEN,
            Verb.URGE,
        )
    ),
}
MOST_PHOTOS = 9


@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Where a link leads: the page sends on what stands behind its `#`, which only the browser knows."""
    if request.method != "POST":
        return _page(request, "answer/enter.html", {})
    if wait := _wait(request, CASE_LINKS, client_address(request)):
        return wait
    secret = request.POST.get("secret", "")
    link = find(secret)
    if link is None:
        sentence = _(
            "This link opens nothing. Look whether you have all of it, up to its last letter, or ask whoever sent it."
        )
        return _page(request, "answer/enter.html", {"wrong": sentence}, status=404)
    if why_closed(link, link.case):
        return _case_page(request, link)
    response = HttpResponseRedirect(reverse("answer-case", args=[link.uid]))
    keep(response, link, secret)
    return _unseen(response)


@require_safe
def show(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The case, and what the unit may do next."""
    link = shown_by(request, uid)
    return _asking_again(request) if link is None else _case_page(request, link)


@require_POST
def do_verb(request: HttpRequest, uid: UUID, verb: str) -> HttpResponse:
    """Do one of the unit's verbs to the link's case."""
    if wait := _wait(request, BY_ONE_LINK, str(uid)):
        return wait
    link = shown_by(request, uid)
    if link is None:
        return _asking_again(request)
    if verb not in Verb.values or Verb(verb) not in LINK_VERBS:
        raise Http404
    case_verb = Verb(verb)
    way = WAYS[case_verb]
    form = way.form(request.POST, request.FILES, auto_id=f"{verb}-%s")
    if form.is_valid():
        given = {name: value for name, value in form.cleaned_data.items() if value is not None}
        try:
            _not_too_many(given)
            way.act(holder_of(link), link.case, given)
        except PermissionDenied:
            return _case_page(request, link)
        except ValidationError as error:
            add_errors(form, error)
        else:
            note_use(link)
            response = HttpResponseRedirect(f"{reverse('answer-case', args=[uid])}?done={verb}")
            return _unseen(response)
    return _case_page(request, link, (case_verb, form))


@require_safe
def photo(request: HttpRequest, uid: UUID, photo: UUID, size: str) -> HttpResponseBase:
    """A photo of the link's case."""
    link = shown_by(request, uid)
    if link is None or why_closed(link, link.case):
        raise Http404
    found = CasePhoto.objects.filter(uid=photo, case=link.case_id).first()
    if found is None:
        raise Http404
    response = photo_answer(found.stored, size)
    response["Cache-Control"] = "private, max-age=3600"
    return response


def _case_page(
    request: HttpRequest, link: CaseLink, refused: tuple[Verb, VerbForm] | None = None
) -> HttpResponse:
    case = with_all_it_names(with_clock(Case.objects.filter(pk=link.case_id))).get()
    if reason := why_closed(link, case):
        return _page(request, "answer/over.html", {"reason": reason, "code": case.code}, status=410)
    note_use(link)
    verbs = verbs_by_link(case)
    left_over = refused is not None and refused[0] not in verbs
    done = request.GET.get("done", "")
    photos = list(case.photos.order_by("id"))
    context = {
        "link": link,
        "case": case,
        "card": card_of(case, timezone.now()),
        "steps": forms_of(case, verbs, refused),
        # What was refused and has no place on the page any more is said above.
        "problems": [sentence for sentences in refused[1].errors.values() for sentence in sentences]
        if refused is not None and left_over
        else [],
        "done": str(Verb(done).label) if done in LINK_VERBS else "",
        "rest": _what_now(case),
        "stages": [
            (stage, [photo for photo in photos if photo.stage == stage.value])
            for stage in (PhotoStage.BEFORE, PhotoStage.AFTER)
        ],
        "events": [event for event in timeline(case, AnonymousUser()) if event.kind in _TOLD],
    }
    return _page(request, "answer/case.html", context, status=422 if refused else 200)


def _what_now(case: Case) -> str:
    """What the unit has to know where there is nothing for it to do."""
    return {
        State.FILED: _("You have returned it. The publicity department dispatches it anew."),
        State.FIXED: _("Thank you. Somebody will look whether it is good; you will be told if it is not."),
        State.CLOSED: _("The case is closed. There is nothing more to do."),
    }.get(State(case.state), "")


def _not_too_many(given: dict[str, Any]) -> None:
    if len(given.get("photos", ())) > MOST_PHOTOS:
        raise ValidationError({"photo": _("At most %(most)s photos at once.") % {"most": MOST_PHOTOS}})


def _asking_again(request: HttpRequest) -> HttpResponse:
    sentence = _("Open the link that you were sent once more: this telephone does not have it any longer.")
    return _page(request, "answer/enter.html", {"wrong": sentence}, status=403)


def _wait(request: HttpRequest, bucket: Bucket, part: str) -> HttpResponse | None:
    """The answer to whoever comes too often."""
    wait = take(bucket, part)
    if not wait:
        return None
    seconds = ceil(wait.total_seconds())
    response = _page(request, "answer/too_often.html", {"seconds": seconds}, status=429)
    response["Retry-After"] = str(seconds)
    return response


def _page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return _unseen(render(request, template, context, status=status))


def _unseen(response: HttpResponse) -> HttpResponse:
    """Kept by nobody, found by no search."""
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "same-origin"
    return response
