"""/cases/notices/: what a person is told, and what they want to be told."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.permissions import READ, URGE_CASE, can
from assets.history import Actor
from assets.models import Origin
from assets.paging import PARAMETER, Key, Keyset
from cases.actions.read_notices import choose_notices, read_notices
from cases.models import Case, NoticeChoice, NoticeKind, Outgoing, Sending
from cases.notifying import mail_is_set
from web.access import SignedInRequest, admitting, readers_only
from web.answers import show_page
from web.paging import only_parameters, ways

SHOWN = 50
_NEWEST_FIRST = Keyset("notices", (Key("pk", int, descending=True),))


class ChoiceForm(forms.ModelForm):
    """What one wants to be told."""

    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Tell me of"),
        choices=NoticeKind.choices,
        widget=forms.CheckboxSelectMultiple(),
        required=False,
    )

    class Meta:
        model = NoticeChoice
        fields = ["kinds", "by_email"]


@readers_only()
def notices_page(request: SignedInRequest) -> HttpResponse:
    """The reader's notices, the newest first, of cases that they still see."""
    only_parameters(request, PARAMETER)
    seen = Case.objects.visible_to(request.user)
    notices = request.user.notices.filter(case__in=seen).select_related(
        "case__category", "case__unit", "card", "step", "exposed__exposure"
    )
    page = _NEWEST_FIRST.page_of(notices, request.GET.get(PARAMETER), SHOWN)
    choice = NoticeChoice.objects.filter(user=request.user).first() or NoticeChoice(user=request.user)
    context: dict[str, Any] = {
        "notices": page.rows,
        "pages": ways(request, page.next),
        "unread": notices.filter(read_at=None).count(),
        "form": ChoiceForm(instance=choice),
        "mail_is_set": mail_is_set(),
        "address": request.user.email,
        "troubles": _troubles() if can(request.user, URGE_CASE) else [],
    }
    return show_page(request, "cases/notices.html", context)


@admitting(READ, "POST")
def read_all(request: SignedInRequest) -> HttpResponse:
    """Mark all of one's own as read."""
    read_notices(Actor(request.user, Origin.WEB))
    return HttpResponseRedirect(reverse("case-notices"))


@admitting(READ, "POST")
def choose(request: SignedInRequest) -> HttpResponse:
    """Choose what one is told from now on."""
    form = ChoiceForm(request.POST, instance=NoticeChoice(user=request.user))
    if form.is_valid():
        choices = form.cleaned_data
        choose_notices(Actor(request.user, Origin.WEB), choices["kinds"], by_email=choices["by_email"])
        messages.success(request, _("Saved. It holds for what happens from now on."))
    else:
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    return HttpResponseRedirect(reverse("case-notices"))


def _troubles() -> list[Outgoing]:
    """What went out and did not surely arrive, for the office: the last few."""
    troubled = Outgoing.objects.filter(state__in=(Sending.FAILED, Sending.UNKNOWN))
    return list(troubled.select_related("webhook", "case")[:10])
