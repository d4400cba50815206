"""Moving an asset: to a point, onto a support or off it, or with the support it hangs on."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.permissions import MOVE, READ, require
from assets.actions.hang_on_support import hang_on_support
from assets.actions.locking import locked, refuse_if_removed
from assets.actions.move_asset import move_asset
from assets.actions.move_support import move_support
from assets.actions.take_off_support import take_off_support
from assets.history import Actor, acting
from assets.models import Asset, Lifecycle, Support
from places.distance import metres_between
from web.access import SignedInRequest, admitting
from work.desk import answers
from work.desk.forms import DeskForm
from work.desk.place import OFFERED_CRS, point_of
from work.desk.views import actor_of, asset_or_404, errors_of

# What rounding in a form leaves; further off, somebody else has moved it.
_SAME_PLACE_M = 0.1


class PlacedMeanwhile(Exception):
    """Somebody else has moved the asset since the form was opened; nothing was written.

    Attributes:
        asset: as it is now.
        metres: how far from where it stood.
    """

    def __init__(self, asset: Asset, metres: float) -> None:
        super().__init__(asset.code)
        self.asset = asset
        self.metres = metres


class PositionForm(DeskForm):
    """A point on the map, as numbers that scripts fill in, and as whatever somebody types."""

    lon = forms.FloatField(widget=forms.HiddenInput, required=False)
    lat = forms.FloatField(widget=forms.HiddenInput, required=False)
    support = forms.IntegerField(widget=forms.HiddenInput, required=False)
    coordinates = forms.CharField(label=gettext_lazy("Coordinates or an address"), required=False)
    crs = forms.ChoiceField(label=gettext_lazy("Coordinate system"), required=False)
    position_accuracy = forms.FloatField(
        label=gettext_lazy("Position accuracy (m)"), required=False, min_value=0, max_value=10_000
    )

    def prepare(self) -> None:
        """The systems that are offered; more are understood in imports."""
        field: Any = self.fields["crs"]
        field.choices = [(crs.code, crs.title) for crs in OFFERED_CRS]

    def clean(self) -> dict[str, Any]:
        """A whole point, or none.

        Raises:
            ValidationError: naming `coordinates`.
        """
        cleaned = super().clean() or {}
        lon, lat = cleaned.get("lon"), cleaned.get("lat")
        cleaned["point"] = None if lon is None or lat is None else point_of(lon, lat)
        carrier = cleaned.get("support")
        cleaned["carrier"] = (
            Support.objects.select_related("area").filter(pk=carrier).first() if carrier else None
        )
        if carrier and cleaned["carrier"] is None:
            raise ValidationError({"coordinates": _("This support does not exist any more.")})
        return cleaned


class MoveForm(PositionForm):
    """Where to, and where it stood when the writer looked."""

    seen_lon = forms.FloatField(widget=forms.HiddenInput)
    seen_lat = forms.FloatField(widget=forms.HiddenInput)
    alone = forms.BooleanField(label=gettext_lazy("Move this one alone, off the support"), required=False)

    def prepare(self) -> None:
        """Begins where the asset stands."""
        super().prepare()
        if self.asset is not None:
            lon, lat = round(self.asset.point.x, 7), round(self.asset.point.y, 7)
            self.initial = {
                "lon": lon,
                "lat": lat,
                "seen_lon": lon,
                "seen_lat": lat,
                "position_accuracy": self.asset.position_accuracy,
                "coordinates": f"{lon:.7f}, {lat:.7f}",
                **self.initial,
            }
            if self.asset.support_id is None:
                del self.fields["alone"]


@admitting(READ, "GET", "HEAD", "POST")
def move_view(request: SignedInRequest, code: str) -> HttpResponse:
    """Ask where to (GET), or move it (POST)."""
    asset = asset_or_404(request, code)
    require(request.user, MOVE, asset)
    if request.method == "POST":
        return _move(request, asset, MoveForm(asset, request.user, request.POST))
    faces = (
        Asset.objects.filter(support=asset.support).exclude(lifecycle=Lifecycle.REMOVED).count()
        if asset.support_id
        else 0
    )
    context = {
        "form": MoveForm(asset, request.user),
        "asset": asset,
        "faces": faces,
        "action": reverse("desk-move", args=[asset.code]),
    }
    return answers.form_page(request, "desk/move.html", context)


def _move(request: SignedInRequest, asset: Asset, form: MoveForm) -> HttpResponse:
    if not form.is_valid():
        return answers.refused(errors_of(form))
    cleaned = form.cleaned_data
    if cleaned["point"] is None:
        return answers.refused({"coordinates": [_("Say where it stands.")]})
    seen = point_of(cleaned["seen_lon"], cleaned["seen_lat"])
    try:
        moved = _write(actor_of(request), asset, cleaned, seen)
    except PlacedMeanwhile as meanwhile:
        there = meanwhile.asset.point
        return answers.conflict(
            _(
                "Somebody else has moved it meanwhile, by %(metres)s m. Look where it stands now, then save again."
            )
            % {"metres": round(meanwhile.metres)},
            lon=round(there.x, 7),
            lat=round(there.y, 7),
        )
    except ValidationError as error:
        return answers.refused(_at_coordinates(answers.sentences_of(error)))
    metres = round(metres_between(seen, moved.point))
    return answers.done(moved, _("Moved by %(metres)s m.") % {"metres": metres})


def _write(actor: Actor, asset: Asset, cleaned: dict[str, Any], seen: Any) -> Asset:
    """Raises PlacedMeanwhile, or whatever the action says no with."""
    accuracy = cleaned.get("position_accuracy")
    with acting(actor):
        current = locked(asset)
        away = metres_between(seen, current.point)
        if away > _SAME_PLACE_M:
            raise PlacedMeanwhile(current, away)
        if cleaned["carrier"] is not None:
            return hang_on_support(actor, current, cleaned["carrier"], position_accuracy=accuracy)
        if cleaned.get("alone"):
            return take_off_support(actor, current, cleaned["point"], position_accuracy=accuracy)
        if current.support is not None:
            # The support's point counts, and how well that is known nobody keeps.
            refuse_if_removed(current)
            move_support(actor, current.support, cleaned["point"])
            current.refresh_from_db()
            return current
        return move_asset(actor, current, cleaned["point"], position_accuracy=accuracy)


def _at_coordinates(errors: dict[str, list[str]]) -> dict[str, list[str]]:
    """The actions speak of point and support, for which the form has one input."""
    sentences_by_field: dict[str, list[str]] = {}
    for name, sentences in errors.items():
        sentences_by_field.setdefault("coordinates" if name in ("point", "support") else name, []).extend(
            sentences
        )
    return sentences_by_field
