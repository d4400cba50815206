"""Administration of assets: found by code, wording or address; written by the actions."""

import uuid
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import (
    EDIT,
    INSPECT,
    MOVE,
    PLAN_MAINTENANCE,
    POST_ARTWORK,
    REGISTER,
    REMOVE,
    can,
)
from assets.actions.attach_photo import attach_photo
from assets.actions.edit_asset import edit_asset
from assets.actions.move_asset import move_asset
from assets.actions.plan_maintenance import plan_maintenance
from assets.actions.post_artwork import post_artwork
from assets.actions.record_inspection import record_inspection
from assets.actions.register_asset import register_asset
from assets.actions.remove_asset import remove_asset
from assets.actions.reopen_asset import reopen_asset
from assets.actions.revert_change import revert_change
from assets.actions.suspend_asset import suspend_asset
from assets.actions.take_down_artwork import take_down_artwork
from assets.admin.base import RefusableForm, ThroughActions, actor_of, refusals
from assets.admin.verbs import DayInput, ObjectVerb, WithVerbs
from assets.disclosure import may_be_told
from assets.editing import EDITABLE_FIELDS
from assets.field_groups import GROUPS
from assets.filters import read_filter
from assets.models import (
    Approval,
    Artwork,
    Asset,
    Condition,
    Defect,
    Lifecycle,
    MaintenanceKind,
    PhotoStage,
    Priority,
    Theme,
)
from places.models import Area, Level, Unit
from places.row_history import Change

SEEN_CONDITIONS = [("", "—")] + [
    (value, label) for value, label in Condition.choices if value != Condition.UNKNOWN
]


def theme_choices() -> list[tuple[str, str]]:
    """Themes by code, in the reader's language."""
    return [(theme.code, theme.name) for theme in Theme.objects.all()]


def defect_choices() -> list[tuple[str, str]]:
    """Defects by code, in the reader's language."""
    return [(defect.code, defect.name) for defect in Defect.objects.filter(active=True)]


class AssetForm(RefusableForm):
    """What is written by hand on an asset, with the version the writer was looking at."""

    base_version = forms.IntegerField(label="", widget=forms.HiddenInput, required=False)
    registration = forms.UUIDField(label="", widget=forms.HiddenInput, required=False)
    themes = forms.MultipleChoiceField(
        label=_("themes"), choices=theme_choices, widget=forms.CheckboxSelectMultiple, required=False
    )

    class Meta:
        model = Asset
        fields = [*EDITABLE_FIELDS, "point", "position_accuracy", "support", "lifecycle"]
        widgets = {name: forms.Textarea(attrs={"rows": 3, "cols": 70}) for name in ("wording", "remarks")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["base_version"] = self.instance.version
        self.initial["registration"] = uuid.uuid4()  # of a new asset: the form sent twice registers once
        if "point" in self.fields:
            # A support's point may count instead; the action says when there is neither.
            self.fields["point"].required = self.fields["point"].widget.is_required = False
        if "lifecycle" in self.fields:
            self.fields["lifecycle"].widget.choices = [
                (value, label)
                for value, label in Lifecycle.choices
                if value in (Lifecycle.IN_USE, Lifecycle.PLANNED)
            ]


class InspectForm(forms.Form):
    """What somebody saw."""

    condition = forms.TypedChoiceField(
        label=_("condition"), choices=SEEN_CONDITIONS, coerce=lambda value: Condition(int(value))
    )
    defects = forms.MultipleChoiceField(
        label=_("defects"), choices=defect_choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    note = forms.CharField(label=_("note"), widget=forms.Textarea(attrs={"rows": 3}), required=False)


class PlanForm(forms.Form):
    """A job to be done."""

    kind = forms.ChoiceField(label=_("kind"), choices=MaintenanceKind.choices)
    due_on = forms.DateField(label=_("due on"), widget=DayInput, required=False)
    crew = forms.ModelChoiceField(
        Unit.objects.filter(is_crew=True, active=True), label=_("crew"), required=False
    )
    priority = forms.TypedChoiceField(
        label=_("priority"), choices=Priority.choices, coerce=lambda value: Priority(int(value))
    )
    artwork = forms.ModelChoiceField(
        Artwork.objects.filter(approval=Approval.APPROVED), label=_("artwork to post"), required=False
    )
    description = forms.CharField(
        label=_("description"), widget=forms.Textarea(attrs={"rows": 3}), required=False
    )


class PostForm(forms.Form):
    """What goes up, and when."""

    artwork = forms.ModelChoiceField(Artwork.objects.filter(approval=Approval.APPROVED), label=_("artwork"))
    posted_on = forms.DateField(label=_("posted on"), widget=DayInput, initial=timezone.localdate)


class TakeDownForm(forms.Form):
    """When it came down."""

    taken_down_on = forms.DateField(label=_("taken down on"), widget=DayInput, initial=timezone.localdate)


class RemoveForm(forms.Form):
    """When it went, and why."""

    removed_on = forms.DateField(label=_("removed on"), widget=DayInput, initial=timezone.localdate)
    removal_reason = forms.CharField(label=_("reason for removal"), max_length=200)


class PhotoForm(forms.Form):
    """A photo and what it shows."""

    photo = forms.FileField(
        label=_("photo"), widget=forms.ClearableFileInput(attrs={"accept": "image/*,.heic,.heif"})
    )
    stage = forms.ChoiceField(label=_("stage"), choices=PhotoStage.choices)


class UndoForm(forms.Form):
    """Which change."""

    version = forms.IntegerField(
        label=_("version"), min_value=1, help_text=_("The change that led to this version is undone.")
    )


def _stands(asset: Asset) -> bool:
    return asset.lifecycle != Lifecycle.REMOVED


ASSET_VERBS = (
    ObjectVerb(
        "inspect",
        _("Record an inspection"),
        INSPECT,
        lambda actor, asset, cleaned: record_inspection(actor, asset, **cleaned),
        InspectForm,
        _stands,
    ),
    ObjectVerb(
        "photo",
        _("Attach a photo"),
        INSPECT,
        lambda actor, asset, cleaned: attach_photo(
            actor, asset, cleaned["photo"], stage=PhotoStage(cleaned["stage"])
        ),
        PhotoForm,
        _stands,
    ),
    ObjectVerb(
        "plan",
        _("Plan a job"),
        PLAN_MAINTENANCE,
        lambda actor, asset, cleaned: plan_maintenance(
            actor, asset, MaintenanceKind(cleaned.pop("kind")), **cleaned
        ),
        PlanForm,
        _stands,
    ),
    ObjectVerb(
        "post",
        _("Post an artwork"),
        POST_ARTWORK,
        lambda actor, asset, cleaned: post_artwork(
            actor, asset, cleaned["artwork"], posted_on=cleaned["posted_on"]
        ),
        PostForm,
        _stands,
    ),
    ObjectVerb(
        "take-down",
        _("Take the artwork down"),
        POST_ARTWORK,
        lambda actor, asset, cleaned: take_down_artwork(actor, asset, **cleaned),
        TakeDownForm,
        lambda asset: asset.artwork_id is not None,
    ),
    ObjectVerb(
        "suspend",
        _("Suspend"),
        EDIT,
        lambda actor, asset, cleaned: suspend_asset(actor, asset),
        applies=lambda asset: asset.lifecycle == Lifecycle.IN_USE,
    ),
    ObjectVerb(
        "reopen",
        _("Bring into use"),
        EDIT,
        lambda actor, asset, cleaned: reopen_asset(actor, asset),
        applies=lambda asset: asset.lifecycle != Lifecycle.IN_USE,
    ),
    ObjectVerb(
        "remove",
        _("Remove"),
        REMOVE,
        lambda actor, asset, cleaned: remove_asset(
            actor, asset, reason=cleaned["removal_reason"], removed_on=cleaned["removed_on"]
        ),
        RemoveForm,
        _stands,
    ),
)
UNDO = ObjectVerb(
    "undo",
    _("Undo a change"),
    EDIT,
    lambda actor, asset, cleaned: revert_change(actor, asset, cleaned["version"]),
    UndoForm,
    # Reached from the history page, which knows the version.
    applies=lambda asset: False,
)


class InStreet(admin.SimpleListFilter):
    """Assets of one street, or of none."""

    title = _("street")
    parameter_name = "street"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The streets by code, and "area unknown"."""
        streets = Area.objects.filter(level=Level.STREET).values_list("code", "name")
        return [*streets, ("none", str(_("Area unknown")))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """Only the chosen street's."""
        if self.value() == "none":
            return queryset.filter(street__isnull=True)
        return queryset.filter(street__code=self.value()) if self.value() else queryset


@admin.register(Asset)
class AssetAdmin(WithVerbs, ThroughActions):
    """Assets: registered, edited and moved by the actions, never deleted."""

    menu_order = 1

    class Media:
        css = {"all": ["assets/admin.css"]}

    form = AssetForm
    verbs = (*ASSET_VERBS, UNDO)
    list_display = [
        "code",
        "name",
        "type",
        "condition",
        "lifecycle",
        "next_inspection_due",
        "street",
        "community",
        "address",
    ]
    list_display_links = ["code", "name"]
    list_filter = [
        "lifecycle",
        "condition",
        InStreet,
        "type",
        "large",
        ("artwork", admin.EmptyFieldListFilter),
    ]
    list_select_related = ["type", "street", "community"]
    ordering = ["code"]
    search_fields = ["code"]  # `get_search_results` looks in all that is searched
    search_help_text = _(
        "Component id, office's number, name, wording or address; two characters are enough."
    )
    autocomplete_fields = ["support", "road", "site", "owner", "maintainer", "supervisor"]
    readonly_fields = [
        "code",
        "condition",
        "condition_at",
        "next_inspection_due",
        "removed_on",
        "removal_reason",
        "artwork",
        "area",
        "street",
        "community",
        "version",
        "created_at",
        "updated_at",
    ]
    kept_by_actions = ("lifecycle", "support")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """What the reader may see; boundaries stay in the database."""
        assets = Asset.objects.visible_to(request.user).select_related("area")
        return assets.defer("area__boundary", "street__boundary", "community__boundary").select_related(
            "street", "community", "type"
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        """As the map and the list search: by code, wording, address, road, through the character-pair index."""
        query = QueryDict(mutable=True)
        query["q"] = search_term
        return queryset.filter(read_filter(query).conditions.get("q", Q())), False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whoever may register anywhere; where is checked by the action."""
        return can(request.user, REGISTER)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Where the asset lies."""
        return can(request.user, EDIT, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Lifecycle and support have verbs; on a support so has the point."""
        if obj is None:
            return list(self.readonly_fields)
        fixed = [*self.readonly_fields, *self.kept_by_actions]
        if obj.support_id is not None or not can(request.user, MOVE, obj):
            fixed += ["point", "position_accuracy"]
        return fixed

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The page's sections; what follows from facts only once there is an asset."""
        hidden = ["base_version"] if obj else ["registration"]
        may_write = self.has_change_permission(request, obj) if obj else True
        head = ["code"] if obj else []
        position = ["point", "support", "position_accuracy", *(["area"] if obj else [])]
        beside = {"content": ["artwork"] if obj else [], "make": ["footprint"]}
        first, *others = GROUPS
        sections: list[tuple[Any, dict[str, Any]]] = [
            (None, {"fields": [*head, *first.fields, *(hidden if may_write else [])]}),
            (_("Position"), {"fields": position}),
        ]
        for group in others:
            told = [name for name in group.fields if obj is None or may_be_told(name, request.user, obj)]
            sections.append((group.title, {"fields": [*told, *beside.get(group.name, [])]}))
        state = ["lifecycle"]
        if obj:
            state += ["removed_on", "removal_reason"] if obj.lifecycle == Lifecycle.REMOVED else []
            state += [
                "condition",
                "condition_at",
                "next_inspection_due",
                "version",
                "created_at",
                "updated_at",
            ]
        sections.insert(1, (_("State"), {"fields": state}))
        return sections

    def save_model(self, request: HttpRequest, obj: Asset, form: Any, change: bool) -> None:
        """Register, or edit and move, by the actions."""
        actor = actor_of(request)
        with refusals():
            if change:
                self._write_changes(actor, obj, form)
            else:
                self._register(actor, obj, form.cleaned_data)

    def _register(self, actor: Any, obj: Asset, cleaned: dict[str, Any]) -> None:
        registered = register_asset(
            actor,
            cleaned["type"],
            cleaned["point"],
            support=cleaned["support"],
            lifecycle=Lifecycle(cleaned["lifecycle"]),
            position_accuracy=cleaned["position_accuracy"],
            fields={name: cleaned[name] for name in EDITABLE_FIELDS if name != "type"},
            uid=cleaned["registration"],
        )
        obj.pk = registered.pk
        obj._state.adding = False
        obj.refresh_from_db()

    def _write_changes(self, actor: Any, obj: Asset, form: Any) -> None:
        cleaned = form.cleaned_data
        stored = Asset.objects.get(pk=obj.pk)
        changes = {name: cleaned[name] for name in form.changed_data if name in EDITABLE_FIELDS}
        if changes:
            edit_asset(actor, stored, changes, base_version=cleaned["base_version"])
        if {"point", "position_accuracy"} & set(form.changed_data):
            move_asset(actor, stored, cleaned["point"], position_accuracy=cleaned["position_accuracy"])
        obj.refresh_from_db()

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """With a link to the asset's place on the map."""
        asset = self.get_object(request, object_id)
        map_url = reverse("asset", args=[asset.code]) if asset is not None else ""
        return super().change_view(
            request, object_id, form_url, {**(extra_context or {}), "map_url": map_url}
        )

    def told_changes(self, request: HttpRequest, row: Model, changes: list[Change]) -> list[Change]:
        """Without private persons, for those who may not edit the asset."""
        return [change.telling(lambda name: may_be_told(name, request.user, row)) for change in changes]  # type: ignore[arg-type]

    def history_context(self, request: HttpRequest, row: Model) -> dict[str, Any]:
        """Where a change is undone, for those who may."""
        user: Any = request.user
        if not isinstance(user, User) or not can(user, EDIT, row):  # type: ignore[arg-type]
            return {}
        return {"revert_url": reverse("admin:assets_asset_do", args=[row.pk, UNDO.slug])}
