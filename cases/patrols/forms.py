"""What people fill in about patrols. What a value means is checked by the actions; forms only read it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.permissions import DO_PATROL, MANAGE_PATROLS, VERBS_OF_ROLE, scope_of
from assets.models import Campaign
from cases.actions.draw_sites import MOST_PER_GROUP
from cases.models import Patrol, Team, TeamKind
from places.models import Area, Level, Road, Site, SiteKind, Unit


class MomentInput(forms.DateTimeInput):
    """The browser's own calendar and clock."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class Several(forms.ModelMultipleChoiceField):
    """Several rows; a value that no database takes is none of the choices."""

    def clean(self, value: Any) -> Any:
        """The rows.

        Raises:
            ValidationError: naming a value that is none.
        """
        for key in value or ():
            if "\0" in str(key):
                raise ValidationError(
                    self.error_messages["invalid_choice"], code="invalid_choice", params={"value": "\\0"}
                )
        return super().clean(value)


class TeamForm(forms.Form):
    """A team."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=TeamKind.choices)
    area = forms.ModelChoiceField(
        Area.objects.none(), label=gettext_lazy("Area"), to_field_name="code", empty_label=None
    )
    unit = forms.ModelChoiceField(
        Unit.objects.filter(active=True), label=gettext_lazy("Unit"), required=False
    )
    leader = forms.CharField(label=gettext_lazy("Team leader"), max_length=40, required=False)
    phone = forms.CharField(
        label=gettext_lazy("Telephone (seen by the team and the desk only)"), max_length=30, required=False
    )
    headcount = forms.IntegerField(
        label=gettext_lazy("Headcount"), min_value=0, max_value=1_000_000, required=False
    )
    confirms = forms.ModelChoiceField(
        User.objects.none(), label=gettext_lazy("Account that confirms the hours"), required=False
    )
    members = Several(User.objects.none(), label=gettext_lazy("Accounts that carry a phone"), required=False)
    active = forms.BooleanField(label=gettext_lazy("In use"), required=False, initial=True)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scope = scope_of(user, MANAGE_PATROLS)
        areas = Area.objects.filter(scope.within("code"), level__in=(Level.DISTRICT, Level.STREET))
        self.fields["area"].queryset = areas.defer("boundary")  # type: ignore[attr-defined]
        roles = [role for role, verbs in VERBS_OF_ROLE.items() if DO_PATROL in verbs]
        people = User.objects.filter(
            scope.within("memberships__area__code"), memberships__role__in=roles, is_active=True
        )
        people = people.distinct().order_by("display_name", "username")
        self.fields["confirms"].queryset = people  # type: ignore[attr-defined]
        self.fields["members"].queryset = people  # type: ignore[attr-defined]
        self.fields["members"].widget.attrs["size"] = 5

    def clean_headcount(self) -> int:
        """None is nobody."""
        return self.cleaned_data["headcount"] or 0


class DrawForm(forms.Form):
    """How sites are drawn."""

    per_group = forms.IntegerField(
        label=gettext_lazy("Draw so many sites of each kind in each street"),
        min_value=1,
        max_value=MOST_PER_GROUP,
    )
    kinds = Several(
        SiteKind.objects.filter(active=True),
        label=gettext_lazy("Of these kinds (of all when none is chosen)"),
        to_field_name="code",
        required=False,
    )
    seed = forms.IntegerField(
        label=gettext_lazy("Seed (made by chance when empty)"), min_value=1, required=False
    )
    reason = forms.CharField(label=gettext_lazy("Why it is drawn again"), max_length=300, required=False)

    def __init__(self, *args: Any, again: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kinds"].widget.attrs["size"] = 6
        if not again:
            del self.fields["reason"]
        else:
            self.fields["reason"].required = True


class PlanForm(forms.Form):
    """An outing: who, when, how, where; and how many sites to draw, if any."""

    team = forms.ModelChoiceField(
        Team.objects.none(), label=gettext_lazy("Patrol team"), to_field_name="uid", empty_label=None
    )
    planned_for = forms.DateTimeField(
        label=gettext_lazy("Planned start"), widget=MomentInput(), input_formats=["%Y-%m-%dT%H:%M"]
    )
    campaign = forms.ModelChoiceField(
        Campaign.objects.none(), label=gettext_lazy("Campaign"), to_field_name="code", required=False
    )
    announced = forms.BooleanField(
        label=gettext_lazy("Announced (an unannounced one is hidden from streets until it has ended)"),
        required=False,
        initial=True,
    )
    concentrated = forms.BooleanField(label=gettext_lazy("Concentrated (many teams at once)"), required=False)
    regular = forms.BooleanField(label=gettext_lazy("Regular"), required=False, initial=True)
    areas = Several(Area.objects.none(), label=gettext_lazy("Areas"), to_field_name="code", required=False)
    roads = Several(Road.objects.none(), label=gettext_lazy("Roads"), to_field_name="code", required=False)
    sites = forms.CharField(
        label=gettext_lazy("Sites, one code or name a line"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    per_group = forms.IntegerField(
        label=gettext_lazy("Draw so many sites of each kind in each street (none when empty)"),
        min_value=1,
        max_value=MOST_PER_GROUP,
        required=False,
    )
    kinds = Several(
        SiteKind.objects.filter(active=True),
        label=gettext_lazy("Of these kinds (of all when none is chosen)"),
        to_field_name="code",
        required=False,
    )
    remarks = forms.CharField(label=gettext_lazy("Remarks"), max_length=300, required=False)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scope = scope_of(user, MANAGE_PATROLS)
        levels = (Level.DISTRICT, Level.STREET, Level.COMMUNITY)
        querysets = {
            "campaign": Campaign.objects.visible_to(user).filter(closed_at=None),
            "team": Team.objects.filter(self.scope.within("area__code"), active=True),
            "areas": Area.objects.filter(self.scope.within("code"), level__in=levels).defer("boundary"),
            "roads": Road.objects.filter(self.scope.within("district__code")).defer("line").order_by("name"),
        }
        for name, queryset in querysets.items():
            self.fields[name].queryset = queryset  # type: ignore[attr-defined]
        for name in ("areas", "roads", "kinds"):
            self.fields[name].widget.attrs["size"] = 7

    def clean_sites(self) -> list[Site]:
        """The sites that the lines name.

        Raises:
            ValidationError: naming the lines that are none, or are several.
        """
        lines = [line.strip() for line in self.cleaned_data["sites"].splitlines() if line.strip()][:500]
        found = Site.objects.filter(
            self.scope.within("area__code"), Q(code__in=lines) | Q(name__in=lines)
        ).select_related("area")
        by_line: dict[str, list[Site]] = {}
        for site in found.defer("outline", "area__boundary"):
            for line in {site.code, site.name}:
                by_line.setdefault(line, []).append(site)
        wrong = [line for line in lines if len(by_line.get(line, [])) != 1]
        if wrong:
            raise ValidationError(
                _("These are no sites, or several have this name: %(lines)s. Give their codes.")
                % {"lines": "、".join(wrong[:10])}
            )
        return list({by_line[line][0].pk: by_line[line][0] for line in lines}.values())


class ChangeForm(PlanForm):
    """What of a plan may be changed before the patrol has begun, and why it is."""

    reason = forms.CharField(label=gettext_lazy("Why it is changed"), max_length=300)

    def __init__(self, user: User, patrol: Patrol, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        # Its own stays, though it was closed meanwhile.
        campaigns = Campaign.objects.visible_to(user).filter(Q(closed_at=None) | Q(pk=patrol.campaign_id))
        self.fields["campaign"].queryset = campaigns  # type: ignore[attr-defined]
        for name in ("team", "announced", "per_group", "kinds"):
            del self.fields[name]
        self.fields["sites"].label = _("Sites, one code or name a line (what was drawn by lot stays)")


class StartForm(forms.Form):
    """Setting out."""

    people = forms.IntegerField(label=gettext_lazy("People present"), min_value=1)


class SiteForm(forms.Form):
    """A site of the route."""

    site = forms.CharField(max_length=24, widget=forms.HiddenInput())


class HoursForm(forms.Form):
    """How many people, and for how long each."""

    people = forms.IntegerField(label=gettext_lazy("People"), min_value=1)
    minutes = forms.IntegerField(label=gettext_lazy("Minutes each"), min_value=1)


class VoidForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=gettext_lazy("Why"), max_length=300)
