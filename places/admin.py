"""Administration of places: areas, roads, sites and units.

Who may do what is asked of Django's permission hooks, which `accounts.backends` answers from the roles; this room
cannot ask there itself. The base classes here are shared by the other rooms' administration.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.contrib.gis.db import models
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.forms import Field
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from places.field_names import NamesHalves, NamesRows
from places.geometry_widgets import PointWidget, ShapeWidget
from places.models import Area, Level, Road, Site, SiteKind, Unit
from places.parameters import ParameterError
from places.row_history import (
    Change,
    codes_from,
    codes_in_words,
    geometry_in_words,
    page_of_changes,
)
from places.signals import boundary_changed
from places.two_editors import KeepsOthersChanges

CHANGES_A_PAGE = 50


def _with(form: Any, *more: type) -> Any:
    """A form class that does more besides."""
    return type(form)(form.__name__, (*more, form), {"__module__": form.__module__})


class WithRowHistory(admin.ModelAdmin):
    """Shows what the database recorded about a row, instead of Django's own log of form submissions.

    Its forms put back nothing that somebody else has changed meanwhile, and every field in them has a name.
    """

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form of a row, which keeps what others have changed since it was shown."""
        return _with(super().get_form(request, obj, change=change, **kwargs), KeepsOthersChanges, NamesHalves)

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        """A row of a list that is edited in place, likewise."""
        return _with(super().get_changelist_form(request, **kwargs), KeepsOthersChanges, NamesRows)

    def get_formsets_with_inlines(self, request: HttpRequest, obj: Any = None) -> Iterator[tuple[Any, Any]]:
        """The rows that are edited on another's page, likewise."""
        for formset, inline in super().get_formsets_with_inlines(request, obj):
            formset.form = _with(formset.form, KeepsOthersChanges)
            yield formset, inline

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """A page of changes, newest first: who, when, from where, before and after."""
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        # As every list is paged (`assets.paging`, which lies to the left of this room).
        if "page" in request.GET:
            raise ParameterError("page", gettext("Its name is “%(name)s” now.") % {"name": "cursor"})
        cursor = request.GET.get("cursor")
        page = page_of_changes(row, cursor=cursor, limit=CHANGES_A_PAGE)
        context = {
            **self.admin_site.each_context(request),
            "title": _("History: %(row)s") % {"row": row},
            "opts": self.opts,
            "object": row,
            "is_first": cursor is None,
            "older": page.next,
            "changes": self.told_changes(request, row, page.changes),
            **self.history_context(request, row),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/row_history.html", context)

    def told_changes(self, request: HttpRequest, row: Model, changes: list[Change]) -> list[Change]:
        """What of a row's changes the reader may be told; all of it by default."""
        return changes

    def history_context(self, request: HttpRequest, row: Model) -> dict[str, Any]:
        """More for the history page; nothing by default."""
        return {}


class OurForms(admin.ModelAdmin):
    """Map widgets for geometry columns; no deleting of another row from beside a field that names it.

    What may only be read on a form is put into words where Django would show how it is stored.
    """

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Field | None:
        """Points get a marker, other geometries a text field with a map."""
        if isinstance(db_field, models.PointField):
            kwargs["widget"] = PointWidget
            kwargs["error_messages"] = {
                "invalid_geom": _("Give longitude and latitude as two numbers of degrees.")
            }
        elif isinstance(db_field, models.GeometryField):
            kwargs["widget"] = ShapeWidget(geometry_type=db_field.geom_type)
            kwargs["error_messages"] = {"invalid_geom": _("Give GeoJSON or WKT in degrees.")}
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget.can_delete_related = False
        return field

    def _words(self) -> Mapping[str, Callable[[Any], str]]:
        """What puts a field's value into words, by field: geometries, and codes of the lists."""
        geometries = {
            field.name: geometry_in_words
            for field in self.opts.concrete_fields
            if isinstance(field, models.GeometryField)
        }
        return geometries | {
            name: partial(codes_in_words, entries) for name, entries in codes_from(self.model).items()
        }

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Django's page, with words for the fields that are not to be written."""
        form = context["adminform"]
        readers = {
            name: self._reader(name, in_words)
            for name, in_words in self._words().items()
            if name in form.readonly_fields
        }
        form.readonly_fields = [*form.readonly_fields, *readers.values()]
        form.fieldsets = [
            (title, {**options, "fields": [readers.get(name, name) for name in options["fields"]]})
            for title, options in form.fieldsets
        ]
        return super().render_change_form(request, context, *args, **kwargs)

    def _reader(self, name: str, in_words: Callable[[Any], str]) -> Callable[[Model], str]:
        def read(row: Model) -> str:
            return in_words(getattr(row, name))

        read.__name__ = name
        label = cast("models.Field", self.opts.get_field(name)).verbose_name
        return admin.display(description=label)(read)


class PlaceAdmin(WithRowHistory, OurForms):
    """What the four kinds of place have in common: permission where the place lies, modest lists."""

    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # one count for each filter entry

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As the role allows where the place lies."""
        return request.user.has_perm(f"{self.opts.app_label}.change_{self.opts.model_name}", obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As the role allows where the place lies; what is in use the database keeps."""
        return request.user.has_perm(f"{self.opts.app_label}.delete_{self.opts.model_name}", obj)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """No deleting by the dozen."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions


def _is_form(request: HttpRequest) -> bool:
    return request.resolver_match is not None and "object_id" in request.resolver_match.kwargs


class WithAnswers(PlaceAdmin):
    """Says who answers for a place today, by unit and post; it is entered on the pages of responsibility."""

    @admin.display(description=_("Today"))
    def answered_by(self, obj: Area | Site) -> str:
        """Whoever answers, with the way to the page that has every day; a place that is new has nobody yet."""
        if obj._state.adding:
            return "—"
        rows = obj.responsibilities.on(timezone.localdate()).select_related("holder__unit")
        posts = "、".join(str(row.holder) for row in rows.order_by("kind", "begins_on", "pk"))
        asked = {"site" if isinstance(obj, Site) else "area": obj.code}
        return format_html(
            '{} · <a href="{}">{}</a>',
            posts or gettext("Nobody"),
            reverse("answers-here", query=asked),
            gettext("Who answered here"),
        )


class OfLevel(admin.SimpleListFilter):
    """Areas by level."""

    title = _("level")
    parameter_name = "level"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The levels by their code words."""
        return [(level.code, str(level.label)) for level in Level]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """Only the chosen level."""
        level = next((level for level in Level if level.code == self.value()), None)
        return queryset if level is None else queryset.filter(level=level)


@admin.register(Area)
class AreaAdmin(WithAnswers):
    """Areas with their boundaries."""

    menu_order = 1
    list_display = ["code", "name", "level", "parent", "boundary_status"]
    list_display_links = ["code", "name"]
    list_filter = [OfLevel, "boundary_status"]
    list_select_related = ["parent"]
    search_fields = ["code", "name", "aliases"]
    autocomplete_fields = ["parent"]
    fieldsets = [
        (None, {"fields": ["code", "level", "name", "aliases", "kind", "parent"]}),
        (_("Boundary"), {"fields": ["boundary", "boundary_status", "boundary_source", "office"]}),
        (_("Who answers for it"), {"fields": ["answered_by"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Lists leave the boundaries in the database."""
        areas = super().get_queryset(request)
        return areas if _is_form(request) else areas.defer("boundary", "parent__boundary")

    def save_model(self, request: HttpRequest, obj: Area, form: Any, change: bool) -> None:
        """Save, and have those told who keep something by boundary."""
        super().save_model(request, obj, form, change)
        if "boundary" in form.changed_data:
            boundary_changed.send(Area, area=obj, user=request.user)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """An area's code and level are what everything else hangs on."""
        return ["code", "level", "answered_by"] if obj else ["answered_by"]


@admin.register(Road)
class RoadAdmin(PlaceAdmin):
    """Roads with the spellings that ledgers use."""

    menu_order = 2
    list_display = ["code", "name", "aliases", "district", "approximate"]
    list_display_links = ["code", "name"]
    list_filter = ["approximate"]
    list_select_related = ["district"]
    search_fields = ["code", "name", "aliases"]
    autocomplete_fields = ["district"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Lists leave the geometries in the database."""
        roads = super().get_queryset(request)
        return roads if _is_form(request) else roads.defer("line", "district__boundary")


@admin.register(SiteKind)
class SiteKindAdmin(PlaceAdmin):
    """Kinds of site."""

    menu_order = 4
    list_display = ["code", "name_zh", "name_en", "symbol", "view", "order", "active"]
    list_editable = ["view", "order", "active"]
    search_fields = ["code", "name_zh", "name_en"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Entries are retired, not deleted: old rows keep their meaning."""
        return False


@admin.register(Site)
class SiteAdmin(WithAnswers):
    """Sites with those who answer for them."""

    menu_order = 3
    list_display = ["code", "name", "kind", "area", "address", "approximate"]
    list_display_links = ["code", "name"]
    list_filter = ["kind", "approximate"]
    list_select_related = ["kind", "area"]
    search_fields = ["code", "name", "address"]
    autocomplete_fields = ["area"]
    readonly_fields = ["answered_by"]
    fieldsets = [
        (None, {"fields": ["code", "name", "kind", "address"]}),
        (_("Position"), {"fields": ["point", "area", "outline", "approximate"]}),
        (_("Who answers for it"), {"fields": ["answered_by"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Lists leave the geometries in the database."""
        sites = super().get_queryset(request)
        return sites if _is_form(request) else sites.defer("outline", "area__boundary")


@admin.register(Unit)
class UnitAdmin(PlaceAdmin):
    """Units and crews."""

    menu_order = 5
    list_display = ["name", "short_name", "is_crew", "parent", "contact_person", "contact_phone", "active"]
    list_filter = ["is_crew", "active"]
    list_select_related = ["parent"]
    search_fields = ["name", "short_name", "credit_code", "contact_person"]
    autocomplete_fields = ["parent"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        """Forms offer only what is offered for new entries; the list of units finds all."""
        found, has_duplicates = super().get_search_results(request, queryset, search_term)
        is_offered = request.path == reverse("admin:autocomplete")
        return (found.filter(active=True) if is_offered else found), has_duplicates

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Units stay: assets and jobs of the past name them."""
        return False
