"""Covering what is nobody's business on photos of a case, and showing before and after to everybody.

Two steps, both by a person: boxes are drawn over a photo and burnt into a copy; then both copies are looked at and
approved. One approval is enough for a pair; exposing somebody takes a second person and is another matter.
"""

import json
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.permissions import PUBLISH_PAIR, scope_filter, scope_of
from assets.history import Actor
from assets.models import Origin, Photo, PhotoStage
from assets.paging import PARAMETER, Key, Keyset
from cases.desk.views import add_errors
from cases.models import Case, CasePhoto, CaseQuerySet, State
from portal.actions.publish_pair import LONGEST_WORDS, publish_pair, redact_photo, withdraw_pair
from portal.models import PublishedPair, Redaction
from web.access import SignedInRequest, admitting, readers_only
from web.answers import private, show_page
from web.paging import only_parameters, ways
from web.photos import photo_answer

A_PAGE = 20
_LATEST_FIRST = Keyset("pairs", (Key("pk", int, descending=True),))


class PublishForm(forms.Form):
    """What everybody reads below the pair, and that somebody has looked."""

    words = forms.CharField(
        label=gettext_lazy("What was put right, in words for everybody"), max_length=LONGEST_WORDS
    )
    looked_at = forms.BooleanField(
        label=gettext_lazy("I have looked at both: no face, number plate or telephone is to be seen"),
        required=False,
    )


@readers_only(PUBLISH_PAIR)
def pairs_page(request: SignedInRequest) -> HttpResponse:
    """What is shown to everybody now, and what was."""
    only_parameters(request, PARAMETER)
    pairs = PublishedPair.objects.filter(case__in=_cases(request.user)).select_related(
        "case__category", "before", "after", "approved_by", "withdrawn_by"
    )
    page = _LATEST_FIRST.page_of(pairs, request.GET.get(PARAMETER), A_PAGE)
    context = {"rows": page.rows, "pages": ways(request, page.next)}
    return show_page(request, "residents_desk/pairs.html", context)


@admitting(PUBLISH_PAIR, "GET", "HEAD", "POST")
def publish_page(request: SignedInRequest, code: str) -> HttpResponse:
    """The photos of a closed case with their copies; approve two of them."""
    case = _case(request.user, code)
    if request.method != "POST":
        return _show(request, case, PublishForm(initial={"words": case.category.name}))
    form = PublishForm(request.POST)
    if form.is_valid():
        before, after = _latest(case, PhotoStage.BEFORE), _latest(case, PhotoStage.AFTER)
        if before is None or after is None:
            form.add_error(None, _("Make a copy of one photo from before and of one from afterwards first."))
        elif {str(before.uid), str(after.uid)} != {request.POST.get("before"), request.POST.get("after")}:
            form.add_error(None, _("There is a newer copy meanwhile: look at both again."))
        else:
            try:
                publish_pair(Actor(request.user, Origin.WEB), case, before, after, **form.cleaned_data)
            except ValidationError as error:
                add_errors(form, error)
    if form.errors:
        return _show(request, case, form, 422)
    messages.success(request, _("%(case)s: before and after are shown to everybody.") % {"case": case})
    return HttpResponseRedirect(reverse("desk-pairs"))


@admitting(PUBLISH_PAIR, "POST")
def withdraw(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """Show a pair no longer."""
    pairs = PublishedPair.objects.filter(case__in=_cases(request.user), uid=uid)
    pair = pairs.select_related("case__area").first()
    if pair is None:
        raise Http404
    withdraw_pair(Actor(request.user, Origin.WEB), pair)
    messages.success(request, _("%(case)s is no longer shown.") % {"case": pair.case})
    return HttpResponseRedirect(reverse("desk-pairs"))


@admitting(PUBLISH_PAIR, "GET", "HEAD", "POST")
def redact_page(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """Draw boxes over a photo, and have them burnt into a copy."""
    photos = CasePhoto.objects.filter(uid=uid, case__in=_cases(request.user))
    photo = photos.select_related("case__area", "case__category").first()
    if photo is None:
        raise Http404
    return _redact(request, photo.case, photo, reverse("case-photo", args=[uid, "original"]))


@admitting(PUBLISH_PAIR, "GET", "HEAD", "POST")
def redact_job_photo(request: SignedInRequest, code: str, uid: UUID) -> HttpResponse:
    """The same with a photo of the maintenance job that put a case right."""
    case = _case(request.user, code)
    photo = _of_its_job(case).filter(uid=uid).first()
    if photo is None:
        raise Http404
    return _redact(request, case, photo, reverse("photo", args=[uid, "original"]))


def _redact(request: SignedInRequest, case: Case, photo: CasePhoto | Photo, picture: str) -> HttpResponse:
    problems: list[str] = []
    drawn = request.POST.get("boxes", "[]")
    if request.method == "POST":
        try:
            redact_photo(Actor(request.user, Origin.WEB), photo, _read(drawn))
        except ValidationError as error:
            problems = error.messages
        else:
            messages.success(request, _("The copy is made. Look at it before you approve it."))
            return HttpResponseRedirect(reverse("publish-pair", args=[case.code]))
    context = {
        "photo": photo,
        "picture": picture,
        "case": case,
        "problems": problems,
        "boxes": json.dumps(_last_boxes(photo)),
    }
    return show_page(request, "residents_desk/redact.html", context, status=422 if problems else 200)


@readers_only(PUBLISH_PAIR)
def copy_photo(request: SignedInRequest, uid: UUID, size: str) -> HttpResponseBase:
    """One size of a covered copy, approved or not."""
    cases = _cases(request.user)
    copies = Redaction.objects.filter(
        Q(photo__case__in=cases) | Q(of_job__maintenance__in=cases.filter(job__isnull=False).values("job")),
        uid=uid,
    )
    copy = copies.first()
    if copy is None:
        raise Http404
    return private(photo_answer(copy.stored, size))


def _read(drawn: str) -> list[list[float]]:
    try:
        boxes = json.loads(drawn[:20_000])
    except ValueError:
        boxes = None
    if not isinstance(boxes, list) or not all(isinstance(box, list) for box in boxes):
        raise ValidationError({"boxes": _("A box is four numbers: left, top, right, bottom.")})
    return boxes


def _last_boxes(photo: CasePhoto | Photo) -> list:
    """Whoever comes back goes on from the last copy."""
    last = photo.redactions.first()
    return last.boxes if last is not None else []


def _show(request: SignedInRequest, case: Case, form: PublishForm, status: int = 200) -> HttpResponse:
    context = {
        "case": case,
        "form": form,
        "closed": case.state == State.CLOSED,
        "sides": [
            (stage, _shots(case, stage), _latest(case, stage))
            for stage in (PhotoStage.BEFORE, PhotoStage.AFTER)
        ],
        "shown": case.published_pairs.filter(withdrawn_at__isnull=True).first(),
    }
    return show_page(request, "residents_desk/publish.html", context, status=status)


def _latest(case: Case, stage: PhotoStage) -> Redaction | None:
    """The last copy made of a photo of a stage: the one that would be shown."""
    theirs = Q(photo__case=case, photo__stage=stage)
    if case.job_id is not None:
        theirs |= Q(of_job__maintenance=case.job_id, of_job__stage=stage)
    return Redaction.objects.filter(theirs).select_related("photo", "of_job").first()


def _of_its_job(case: Case) -> QuerySet[Photo]:
    """Photos of the maintenance job that put a case right."""
    return Photo.objects.filter(
        maintenance__isnull=False,
        maintenance=case.job_id,
        stage__in=(PhotoStage.BEFORE, PhotoStage.AFTER),
    )


def _shots(case: Case, stage: PhotoStage) -> list[tuple[str, str]]:
    """Where each photo of a stage is covered, and its small picture: the case's own, then those of its job."""
    own = case.photos.filter(stage=stage).order_by("id")
    theirs = _of_its_job(case).filter(stage=stage).order_by("id")
    return [
        (reverse("redact-photo", args=[photo.uid]), reverse("case-photo", args=[photo.uid, "thumb"]))
        for photo in own
    ] + [
        (
            reverse("redact-job-photo", args=[case.code, photo.uid]),
            reverse("photo", args=[photo.uid, "thumb"]),
        )
        for photo in theirs
    ]


def _cases(user: User) -> CaseQuerySet:
    return Case.objects.filter(scope_filter(scope_of(user, PUBLISH_PAIR)))


def _case(user: User, code: str) -> Case:
    found = _cases(user).select_related("category", "area").defer("area__boundary").filter(code=code).first()
    if found is None:
        raise Http404
    return found
