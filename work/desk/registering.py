"""Registering a new asset on the map: where, what, whether it is on record already, and the few fields that matter."""

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import model_to_dict
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.permissions import INSPECT, REGISTER, can
from assets.actions.attach_photo import attach_photo
from assets.actions.record_inspection import record_inspection
from assets.actions.register_asset import register_asset
from assets.actions.register_support import register_support
from assets.field_groups import GROUPS, FieldGroup
from assets.history import Actor, acting, authorise
from assets.models import Asset, AssetType, Condition, Lifecycle, PhotoStage, Support, SupportKind
from assets.placing import placement_at, standing
from web.access import SignedInRequest, admitting
from work.desk import answers
from work.desk.fields_form import FieldsForm
from work.desk.forms import SEEN_CONDITIONS
from work.desk.moving import PositionForm
from work.desk.verbs import stored_photos
from work.desk.views import actor_of, asset_or_404, errors_of
from work.desk.widgets import PhotosField

# What is asked at once; the rest is folded.
FIRST = ("name", "wording", "address")
ASKED_APART = ("type",)
# What no two assets share, nor anybody but those who edit may be told (`desk/register.js` has the list too).
ITS_OWN = frozenset(
    {
        "name",
        "address",
        "building",
        "building_contact",
        "building_phone",
        "legacy_code",
        "source_id",
        "content_changed_on",
        "remarks",
    }
)


def folded_groups() -> list[FieldGroup]:
    """The groups without what is asked at once."""
    left = [
        FieldGroup(
            group.name,
            group.title,
            tuple(name for name in group.fields if name not in (*FIRST, *ASKED_APART)),
        )
        for group in GROUPS
    ]
    return [group for group in left if group.fields]


class RegisterForm(FieldsForm, PositionForm):
    """A new asset: its place, its fields, and how it is when somebody has looked."""

    uid = forms.UUIDField(widget=forms.HiddenInput)
    new_support = forms.ChoiceField(
        label=gettext_lazy("New support"), choices=[("", "—"), *SupportKind.choices], required=False
    )
    condition = forms.TypedChoiceField(
        label=gettext_lazy("Condition"),
        choices=[("", gettext_lazy("Not seen")), *SEEN_CONDITIONS],
        coerce=lambda value: Condition(int(value)),
        required=False,
        empty_value=None,
    )
    photos = PhotosField(label=gettext_lazy("Photos"), required=False)
    planned = forms.BooleanField(label=gettext_lazy("It is planned and does not stand yet"), required=False)

    def prepare(self) -> None:
        """All the asset's fields; the same form sent twice registers once."""
        PositionForm.prepare(self)
        FieldsForm.prepare(self)
        kinds: Any = self.fields["type"]
        kinds.queryset = AssetType.objects.filter(active=True)
        kinds.error_messages["required"] = _("Choose its type.")
        self.fields["faces"].required = False
        self.initial.setdefault("uid", uuid.uuid4())
        self.initial.setdefault("faces", 1)


@admitting(REGISTER, "GET", "HEAD", "POST")
def new_view(request: SignedInRequest) -> HttpResponse:
    """The form (GET), or the new asset (POST)."""
    if request.method == "POST":
        return _register(request, RegisterForm(GROUPS, None, request.user, request.POST, request.FILES))
    form = RegisterForm(GROUPS, None, request.user, initial=_begun(request))
    kinds: Any = form.fields["type"]
    context = {
        "form": form,
        "types": list(kinds.queryset),
        "first": [form[name] for name in FIRST],
        "folded": [(group, [form[name] for name in group.fields]) for group in folded_groups()],
        "action": reverse("desk-new"),
    }
    return answers.form_page(request, "desk/new.html", context)


def _begun(request: SignedInRequest) -> dict[str, Any]:
    """What is known of the new asset already: it hangs on a support (`?support=`), or is like another (`?like=`)."""
    if "like" in request.GET:
        return _like(request)
    number = request.GET.get("support", "")
    found = Support.objects.filter(pk=number).first() if number.isascii() and number.isdigit() else None
    # Who may not register there is not told where it stands.
    if found is None or not can(request.user, REGISTER, standing(found)):
        return {}
    return {"support": found.pk, "lon": found.point.x, "lat": found.point.y}


def _like(request: SignedInRequest) -> dict[str, Any]:
    """What a new asset takes over from one that stands there: its support, and what faces share."""
    asset = asset_or_404(request, request.GET["like"])
    shared = [name for group in GROUPS for name in group.fields if name not in ITS_OWN]
    values = model_to_dict(asset, fields=shared)
    if asset.support_id is not None:
        values |= {"support": asset.support_id, "lon": asset.point.x, "lat": asset.point.y}
    return values


def _register(request: SignedInRequest, form: RegisterForm) -> HttpResponse:
    if not form.is_valid():
        return answers.refused(errors_of(form))
    cleaned = form.cleaned_data
    if cleaned["point"] is None and cleaned["carrier"] is None:
        return answers.refused(
            {"coordinates": [_("Say where it stands: press the map, or give coordinates.")]}
        )
    try:
        asset = register_here(actor_of(request), cleaned, form.written())
    except ValidationError as error:
        errors = answers.sentences_of(error)
        if "point" in errors:
            errors.setdefault("coordinates", []).extend(errors.pop("point"))
        return answers.refused(errors)
    # The form goes on with the next one, which is another registration.
    sentence = _("Registered: %(code)s") % {"code": asset.code}
    return answers.done(asset, sentence, title=asset.name or asset.type.name, uid=str(uuid.uuid4()))


def register_here(actor: Actor, cleaned: dict[str, Any], fields: dict[str, Any]) -> Asset:
    """A new asset with the support it needs, its condition and its photos: all of it or nothing.

    Sent twice (by `uid`), the first is returned and nothing is added.

    Raises:
        PermissionDenied: the actor may not register (or inspect, where a condition or photos are given) there.
        ValidationError: naming the fields.
    """
    carrier, point = cleaned["carrier"], cleaned["point"]
    registered = Asset.objects.select_related("area").filter(uid=cleaned["uid"]).first()
    if registered is not None:
        authorise(actor, REGISTER, registered)
        return registered
    placement = placement_at(carrier.point if carrier else point)
    authorise(actor, REGISTER, placement)
    seen = cleaned["condition"] is not None
    if seen or cleaned["photos"]:
        authorise(actor, INSPECT, placement)
    photos = stored_photos(cleaned["photos"])
    values = {name: value for name, value in fields.items() if name != "type" and value is not None}
    with acting(actor):
        if carrier is None and cleaned["new_support"]:
            carrier = register_support(actor, SupportKind(cleaned["new_support"]), point)
        asset = register_asset(
            actor,
            cleaned["type"],
            point,
            support=carrier,
            lifecycle=Lifecycle.PLANNED if cleaned["planned"] else Lifecycle.IN_USE,
            position_accuracy=cleaned["position_accuracy"],
            fields=values,
            uid=cleaned["uid"],
        )
        inspection = record_inspection(actor, asset, cleaned["condition"]) if seen else None
        for photo in photos:
            attach_photo(actor, asset, photo, stage=PhotoStage.OVERVIEW, inspection=inspection)
    return asset
