"""Administration of what happened to assets: inspections, maintenance jobs, postings, photos."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.permissions import (
    DO_MAINTENANCE,
    INSPECT,
    PLAN_MAINTENANCE,
    READ,
    VOID,
    Placed,
    can,
    scope_filter,
    scope_of,
)
from assets.actions.change_maintenance_state import change_maintenance_state
from assets.actions.complete_maintenance import complete_maintenance
from assets.actions.plan_maintenance import plan_maintenance
from assets.actions.record_inspection import record_inspection
from assets.actions.void_inspection import void_inspection
from assets.admin.assets import SEEN_CONDITIONS, defect_choices
from assets.admin.base import CatalogueAdmin, RefusableForm, ThroughActions, actor_of, refusals
from assets.admin.verbs import ObjectVerb, WithVerbs
from assets.models import (
    Condition,
    Inspection,
    Maintenance,
    MaintenanceKind,
    MaintenanceState,
    Photo,
    Posting,
    Priority,
)
from assets.models.maintenance import OPEN_STATES, TRANSITIONS
from places.models import Unit


class OfAnAsset(CatalogueAdmin):
    """Rows that belong to an asset: seen where the asset is seen, found by its code or name."""

    also_shown: tuple[str, ...] = ()  # relations that the list names beside the asset
    search_fields = ["=asset__code", "asset__name"]
    search_help_text = _("The whole component id, or part of the asset's name.")
    autocomplete_fields = ["asset"]
    ordering = ["-id"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Of assets the reader may see."""
        scope = scope_of(request.user, READ)
        seen = super().get_queryset(request).select_related("asset__area", *self.also_shown)
        return seen.defer("asset__area__boundary").filter(scope_filter(scope, through="asset__"))

    def placed(self, row: Any) -> Placed:
        """Permission is asked for the asset."""
        return row.asset


class InspectionForm(RefusableForm):
    """A look at an asset."""

    condition = forms.TypedChoiceField(
        label=_("condition"), choices=SEEN_CONDITIONS, coerce=lambda value: Condition(int(value))
    )
    defects = forms.MultipleChoiceField(
        label=_("defects"), choices=defect_choices, widget=forms.CheckboxSelectMultiple, required=False
    )


class VoidForm(forms.Form):
    """Why it is void."""

    void_reason = forms.CharField(label=_("reason for voiding"), max_length=200)


@admin.register(Inspection)
class InspectionAdmin(OfAnAsset, WithVerbs, ThroughActions):
    """Inspections: added, and voided; never edited."""

    menu_order = 3
    form = InspectionForm
    verbs = (
        ObjectVerb(
            "void",
            _("Void"),
            VOID,
            lambda actor, inspection, cleaned: void_inspection(actor, inspection, cleaned["void_reason"]),
            VoidForm,
            lambda inspection: inspection.voided_at is None,
        ),
    )
    list_display = ["asset", "condition", "effective_at", "inspector", "origin", "voided"]
    list_filter = ["condition", "origin", ("voided_at", admin.EmptyFieldListFilter)]
    also_shown = ("inspector",)
    fields = ["asset", "condition", "defects", "note", "observed_at"]
    told = [
        "asset",
        "condition",
        "defects",
        "note",
        "observed_at",
        "received_at",
        "effective_at",
        "inspector",
        "inspector_name",
        "origin",
        "batch",
        "distance",
        "position_accuracy",
        "voided_at",
        "voided_by",
        "void_reason",
    ]

    @admin.display(boolean=True, description=_("void"))
    def voided(self, inspection: Inspection) -> bool:
        """Whether it no longer counts."""
        return inspection.voided_at is not None

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What is asked for; afterwards everything that is known."""
        return self.told if obj else self.fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whoever may inspect anywhere; where is checked by the action."""
        return can(request.user, INSPECT)

    def save_model(self, request: HttpRequest, obj: Inspection, form: Any, change: bool) -> None:
        """Record it."""
        cleaned = form.cleaned_data
        with refusals():
            recorded = record_inspection(
                actor_of(request),
                cleaned["asset"],
                cleaned["condition"],
                defects=cleaned["defects"],
                note=cleaned["note"],
                observed_at=cleaned["observed_at"],
                uid=obj.uid,
            )
        obj.pk = recorded.pk
        obj._state.adding = False
        obj.refresh_from_db()


class AssignForm(forms.Form):
    """Who gets the job."""

    crew = forms.ModelChoiceField(Unit.objects.filter(is_crew=True, active=True), label=_("crew"))


class CompleteForm(forms.Form):
    """What was done."""

    resulting_condition = forms.TypedChoiceField(
        label=_("condition afterwards"),
        choices=SEEN_CONDITIONS,
        coerce=lambda value: Condition(int(value)),
        empty_value=None,
        required=False,
    )
    cost = forms.DecimalField(
        label=_("cost in yuan"), min_value=0, max_digits=12, decimal_places=2, required=False
    )
    note = forms.CharField(label=_("note"), widget=forms.Textarea(attrs={"rows": 3}), required=False)


def _step(
    slug: str, title: Any, permission: str, state: MaintenanceState, form: type[forms.Form] | None = None
) -> ObjectVerb:
    return ObjectVerb(
        slug,
        title,
        permission,
        lambda actor, job, cleaned: change_maintenance_state(actor, job, state, **cleaned),
        applies=lambda job: state in TRANSITIONS[job.state],
        **({"form": form} if form else {}),
    )


@admin.register(Maintenance)
class MaintenanceAdmin(OfAnAsset, WithVerbs, ThroughActions):
    """Jobs: planned, taken step by step to their end."""

    menu_order = 4
    verbs = (
        _step("assign", _("Assign"), PLAN_MAINTENANCE, MaintenanceState.ASSIGNED, AssignForm),
        _step("start", _("Start"), DO_MAINTENANCE, MaintenanceState.IN_PROGRESS),
        ObjectVerb(
            "complete",
            _("Complete"),
            DO_MAINTENANCE,
            lambda actor, job, cleaned: complete_maintenance(actor, job, **cleaned),
            CompleteForm,
            lambda job: job.state in OPEN_STATES,
        ),
        _step("verify", _("Verify"), PLAN_MAINTENANCE, MaintenanceState.VERIFIED),
        _step("unassign", _("Take back"), PLAN_MAINTENANCE, MaintenanceState.PLANNED),
        _step("cancel", _("Cancel the job"), PLAN_MAINTENANCE, MaintenanceState.CANCELLED),
    )
    list_display = ["id", "asset", "kind", "state", "priority", "due_on", "crew", "cost"]
    list_display_links = ["id", "asset"]
    list_filter = ["state", "kind", "priority", ("crew", admin.RelatedOnlyFieldListFilter)]
    also_shown = ("crew",)
    autocomplete_fields = ["asset", "crew", "artwork"]
    fields = ["asset", "kind", "due_on", "crew", "priority", "description", "artwork"]
    told = [
        *fields,
        "state",
        "cost",
        "resulting_condition",
        "created_by",
        "created_at",
        "started_at",
        "completed_at",
        "verified_at",
    ]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What is asked for; afterwards everything that is known."""
        return self.told if obj else self.fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whoever may plan anywhere; where is checked by the action."""
        return can(request.user, PLAN_MAINTENANCE)

    def save_model(self, request: HttpRequest, obj: Maintenance, form: Any, change: bool) -> None:
        """Plan it."""
        cleaned = form.cleaned_data
        with refusals():
            planned = plan_maintenance(
                actor_of(request),
                cleaned["asset"],
                MaintenanceKind(cleaned["kind"]),
                due_on=cleaned["due_on"],
                crew=cleaned["crew"],
                priority=Priority(int(cleaned["priority"])),
                description=cleaned["description"],
                artwork=cleaned["artwork"],
            )
        obj.pk = planned.pk
        obj._state.adding = False
        obj.refresh_from_db()


@admin.register(Posting)
class PostingAdmin(OfAnAsset):
    """Postings: read only; an asset's page posts and takes down."""

    menu_order = 5
    list_display = ["asset", "artwork", "posted_on", "taken_down_on"]
    list_filter = [("taken_down_on", admin.EmptyFieldListFilter)]
    also_shown = ("artwork",)
    search_fields = ["=asset__code", "asset__name", "artwork__title", "=artwork__code"]
    fields = ["asset", "artwork", "posted_on", "taken_down_on"]


@admin.register(Photo)
class PhotoAdmin(OfAnAsset):
    """Photos: read only; an asset's page attaches them."""

    menu_order = 6
    list_display = ["picture", "asset", "stage", "taken_at", "uploaded_by", "drawn"]
    list_display_links = ["picture", "asset"]
    list_filter = ["stage", "drawn"]
    also_shown = ("uploaded_by", "inspection", "maintenance")
    fields = [
        "picture",
        "asset",
        "inspection",
        "maintenance",
        "stage",
        "taken_at",
        "uploaded_by",
        "uploaded_at",
        "drawn",
        "sha256",
    ]

    @admin.display(description=_("photo"))
    def picture(self, photo: Photo) -> str:
        """The small size, through the view that checks permission."""
        address = reverse("photo", args=[photo.uid, "thumb"])
        return format_html('<img src="{}" alt="{}" width="96" loading="lazy">', address, photo)
