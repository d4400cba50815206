"""Administration of supports: registered, corrected and moved by the actions."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.permissions import EDIT, MOVE, REGISTER, can
from assets.actions.edit_support import edit_support
from assets.actions.move_support import move_support
from assets.actions.register_support import register_support
from assets.admin.base import ThroughActions, actor_of, refusals
from assets.models import Asset, Support, SupportKind
from assets.placing import standing


class FacesInline(admin.TabularInline):
    """What the support carries; each face has its own page."""

    model = Asset
    fields = ["code", "type", "name", "facing", "condition", "lifecycle"]
    readonly_fields = ["code", "type", "name", "facing", "condition", "lifecycle"]
    show_change_link = True
    can_delete = False
    extra = 0
    verbose_name_plural = _("faces")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """What the reader may see."""
        return Asset.objects.visible_to(request.user).select_related("type").order_by("code")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As the support."""
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Faces are registered as assets."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Faces are edited as assets."""
        return False


@admin.register(Support)
class SupportAdmin(ThroughActions):
    """Supports, with the number of faces."""

    menu_order = 2
    list_display = ["id", "kind", "name", "area", "number_of_faces"]
    list_display_links = ["id", "kind"]
    list_filter = ["kind"]
    list_select_related = ["area"]
    search_fields = ["=id", "name", "assets__code"]
    ordering = ["-id"]
    fields = ["kind", "name", "point", "area"]
    inlines = [FacesInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """With the count of faces."""
        return (
            super()
            .get_queryset(request)
            .select_related("area")
            .defer("area__boundary")
            .annotate(face_count=Count("assets", distinct=True))
        )

    @admin.display(description=_("faces"))
    def number_of_faces(self, support: Any) -> int:
        """How many assets it carries."""
        return support.face_count

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whoever may register anywhere; where is checked by the action."""
        return can(request.user, REGISTER)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Where the support stands."""
        return can(request.user, EDIT, obj and standing(obj))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Its area follows from its point."""
        return ["area"] if obj is None or can(request.user, MOVE, standing(obj)) else ["area", "point"]

    def save_model(self, request: HttpRequest, obj: Support, form: Any, change: bool) -> None:
        """Register, or correct and move, by the actions."""
        actor = actor_of(request)
        cleaned = form.cleaned_data
        with refusals():
            if not change:
                made = register_support(
                    actor, SupportKind(cleaned["kind"]), cleaned["point"], name=cleaned["name"]
                )
                obj.pk = made.pk
                obj._state.adding = False
            if change and {"kind", "name"} & set(form.changed_data):
                edit_support(actor, obj, kind=SupportKind(cleaned["kind"]), name=cleaned["name"])
            if change and "point" in form.changed_data:
                move_support(actor, obj, cleaned["point"])
        obj.refresh_from_db()
