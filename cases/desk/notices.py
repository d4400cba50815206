"""/cases/notices/: what a person is told, and what they want to be told."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.permissions import READ, URGE_CASE, can
from cases.models import Case, NoticeChoice, NoticeKind, Outgoing, Sending
from cases.notifying import mail_is_set
from web.access import SignedInRequest, admitting, readers_only
from web.answers import show_page

SHOWN = 50


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
    seen = Case.objects.visible_to(request.user)
    notices = request.user.notices.filter(case__in=seen).select_related(
        "case__category", "case__unit", "card", "step", "exposed__exposure"
    )
    page = Paginator(notices, SHOWN).get_page(request.GET.get("page"))
    choice = NoticeChoice.objects.filter(user=request.user).first() or NoticeChoice(user=request.user)
    context: dict[str, Any] = {
        "notices": page,
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
    request.user.notices.filter(read_at=None).update(read_at=timezone.now())
    return HttpResponseRedirect(reverse("case-notices"))


@admitting(READ, "POST")
def choose(request: SignedInRequest) -> HttpResponse:
    """Choose what one is told from now on."""
    choice = NoticeChoice.objects.filter(user=request.user).first() or NoticeChoice(user=request.user)
    form = ChoiceForm(request.POST, instance=choice)
    if form.is_valid():
        form.save()
        messages.success(request, _("Saved. It holds for what happens from now on."))
    else:
        messages.error(request, " ".join(str(each) for errors in form.errors.values() for each in errors))
    return HttpResponseRedirect(reverse("case-notices"))


def _troubles() -> list[Outgoing]:
    """What went out and did not surely arrive, for the office: the last few."""
    troubled = Outgoing.objects.filter(state__in=(Sending.FAILED, Sending.UNKNOWN))
    return list(troubled.select_related("webhook", "case")[:10])
