"""Administration of users and their memberships.

Nobody hands out more than they hold: an administrator of one district neither touches accounts with roles elsewhere
nor gives a role there. Rights come from memberships alone, so Django's groups and permissions are not shown.
"""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms import PasswordForSomebodyForm
from accounts.models import Membership, User
from accounts.permissions import ADMINISTER, MANAGE_USERS, can, scope_of
from places.admin import WithRowHistory
from places.field_names import name_fields_of_row
from places.models import Area

admin.site.unregister(Group)


class MembershipFormSet(BaseInlineFormSet):
    """Refuses roles outside the area in which the editor manages users."""

    editor: User

    def clean(self) -> None:
        """Check each new, changed or deleted membership.

        Raises:
            ValidationError: one of them lies outside the editor's area.
        """
        super().clean()
        scope = scope_of(self.editor, MANAGE_USERS)
        for form in self.forms:
            if not form.has_changed() or not getattr(form, "cleaned_data", None):
                continue
            areas: list[Area | None] = [form.cleaned_data.get("area")]
            if form.instance.pk:
                areas.append(Membership.objects.select_related("area").get(pk=form.instance.pk).area)
            if not all(scope.covers(area.code if area else "") for area in areas):
                raise ValidationError(_("You cannot give or take a role outside your own area."))

    def add_fields(self, form: Any, index: int | None) -> None:
        """Give every field a name with the number of its role; the pattern for new ones has none."""
        super().add_fields(form, index)
        name_fields_of_row(
            form, _("role %(number)s") % {"number": index + 1} if index is not None else _("new role")
        )


class MembershipInline(admin.TabularInline):
    """A user's roles, each in an area."""

    model = Membership
    formset = MembershipFormSet
    extra = 0
    autocomplete_fields = ["area"]

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """The formset that knows who is editing."""
        return type(
            "EditorsFormSet", (super().get_formset(request, obj, **kwargs),), {"editor": request.user}
        )


@admin.register(User)
class AccountAdmin(WithRowHistory, UserAdmin):
    """Users: name, telephone, units, roles; switched off, never deleted, since history names them."""

    list_display = ["username", "display_name", "phone", "roles", "is_active", "last_login"]
    list_filter = ["is_active", "memberships__role"]
    search_fields = ["username", "display_name", "phone"]
    ordering = ["username"]
    filter_horizontal = []
    autocomplete_fields = ["units"]
    inlines = [MembershipInline]
    readonly_fields = ["must_change_password", "last_login", "date_joined"]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (gettext_lazy("Person"), {"fields": ["display_name", "phone", "email", "units"]}),
        (
            gettext_lazy("Account"),
            {"fields": ["is_active", "must_change_password", "last_login", "date_joined"]},
        ),
    ]
    add_fieldsets = [
        (
            None,
            {
                "classes": ["wide"],
                "fields": ["username", "display_name", "usable_password", "password1", "password2"],
            },
        ),
    ]
    show_full_result_count = False
    change_password_form = PasswordForSomebodyForm

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Save; who is new has to choose a password of their own first."""
        if not change:
            obj.must_change_password = True
        super().save_model(request, obj, form, change)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """Set somebody's password; one's own is changed where the old one is asked for."""
        if id == str(request.user.pk):
            return HttpResponseRedirect(reverse("own-password"))
        return super().user_change_password(request, id, form_url)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """With memberships, for the list's column of roles."""
        return super().get_queryset(request).prefetch_related("memberships__area")

    @admin.display(description=gettext_lazy("roles"))
    def roles(self, user: User) -> str:
        """Roles with their areas, in words."""
        return "; ".join(
            f"{membership.get_role_display()} · {membership.area or _('everywhere')}"
            for membership in user.memberships.all()
        )

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only accounts whose every role lies where the editor manages users."""
        editor: Any = request.user
        if not can(editor, MANAGE_USERS):
            return False
        if obj is None or editor.is_superuser or obj.pk == editor.pk:
            return True
        scope = scope_of(editor, MANAGE_USERS)
        return not obj.is_superuser and all(
            scope.covers(membership.area.code if membership.area else "")
            for membership in obj.memberships.select_related("area")
        )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: history names its people."""
        return False

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """After the roles are saved, let Django's own staff flag say what they say."""
        super().save_related(request, form, formsets, change)
        saved = User.objects.get(pk=form.instance.pk)  # afresh: permissions remember what they read
        staff = can(saved, ADMINISTER)
        if saved.is_staff != staff:
            saved.is_staff = staff
            saved.save(update_fields=["is_staff"])
