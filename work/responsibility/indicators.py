"""/responsibility/indicators/: the figures that heads of the department answer for, and entering or changing one."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.permissions import MANAGE_RESPONSIBILITY, READ, can, scope_of
from assets.answering import told_to
from assets.history import Actor
from assets.models import Origin
from places.models import Area, Computed, Indicator, Level, Responsibility, ResponsibilityKind
from web.access import SignedInRequest, admitting, readers_only
from web.paging import only_parameters
from work.responsibility.actions.keep_indicator import keep_indicator
from work.responsibility.showing import show
from work.responsibility.views import add_errors

MOST = 500


class IndicatorForm(forms.Form):
    """An indicator."""

    code = forms.CharField(label=gettext_lazy("Code"), max_length=40)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    district = forms.ModelChoiceField(
        Area.objects.none(), label=gettext_lazy("District"), to_field_name="code", empty_label=None
    )
    department = forms.CharField(label=gettext_lazy("Department"), max_length=120, required=False)
    target = forms.CharField(label=gettext_lazy("Target"), max_length=80, required=False)
    computed = forms.ChoiceField(label=gettext_lazy("How it is computed"), choices=Computed.choices)
    computed_from = forms.CharField(
        label=gettext_lazy("Computed from (group of items, rate or rule)"), max_length=120, required=False
    )
    active = forms.BooleanField(label=gettext_lazy("In use"), required=False, initial=True)

    def __init__(self, user: User, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        scope = scope_of(user, MANAGE_RESPONSIBILITY)
        within = Q() if scope.is_everywhere else Q(code__in=scope.prefixes)
        districts = Area.objects.filter(within, level=Level.DISTRICT).defer("boundary")
        self.fields["district"].queryset = districts  # type: ignore[attr-defined]


@readers_only()
def indicators_page(request: SignedInRequest) -> HttpResponse:
    """The indicators of the reader's districts, with who heads each today."""
    only_parameters(request)
    scope = scope_of(request.user, READ)
    seen = Indicator.objects.select_related("district").defer("district__boundary")
    if not scope.is_everywhere:
        seen = seen.filter(district__code__in=scope.prefixes)
    found = list(seen[:MOST])
    rows = Responsibility.objects.on(timezone.localdate()).filter(
        kind=ResponsibilityKind.HEAD, indicator__in=found
    )
    heads: dict[int | None, list[object]] = {}
    for row in rows.told():
        heads.setdefault(row.indicator_id, []).append(told_to(request.user, row))
    context = {
        "rows": [
            (indicator, heads.get(indicator.pk, []), can(request.user, MANAGE_RESPONSIBILITY, indicator))
            for indicator in found
        ],
        "may_keep": any(len(code) <= 6 for code in scope_of(request.user, MANAGE_RESPONSIBILITY).prefixes),
    }
    return show(request, "indicators", context)


@admitting(MANAGE_RESPONSIBILITY, "GET", "HEAD", "POST")
def indicator_page(request: SignedInRequest, number: int | None = None) -> HttpResponse:
    """Enter an indicator, or change one."""
    indicator = None
    if number is not None:
        indicator = Indicator.objects.select_related("district").filter(pk=number).first()
        if indicator is None or not can(request.user, MANAGE_RESPONSIBILITY, indicator):
            raise Http404
    if request.method != "POST":
        initial = (
            {name: getattr(indicator, name) for name in IndicatorForm.base_fields if name != "district"}
            | {"district": indicator.district.code}
            if indicator
            else {"active": True}
        )
        form = IndicatorForm(request.user, initial=initial)
        return show(request, "indicator", {"form": form, "indicator": indicator})
    form = IndicatorForm(request.user, request.POST)
    if form.is_valid():
        try:
            kept = keep_indicator(Actor(request.user, Origin.WEB), indicator, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Saved: %(name)s.") % {"name": kept})
            return HttpResponseRedirect(reverse("indicators"))
    context = {"form": form, "indicator": indicator}
    return show(request, "indicator", context, status=422)
