"""What the side panel shows of one asset or one support: facts, badges, photos, siblings, and what one may do."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.permissions import EXPORT, PLAN_MAINTENANCE, can
from assets.answering import told_at
from assets.dictionaries import dictionaries, read_generation
from assets.disclosure import masked_telephones
from assets.field_groups import GROUPS_BY_NAME
from assets.fields import BY_HAND
from assets.models import Asset, Condition, Lifecycle, Maintenance, Support
from assets.rules.hanging import has_expired
from assets.rules.lateness import inspection_days_late, late_jobs
from mapping.panel_slots import (
    Action,
    offered_actions,
    offered_event_form,
    offered_fact_forms,
    offered_support_form,
)
from mapping.timeline import timeline
from places.answering import Spot
from places.models import Unit

_RELATED = (
    "type__component",
    "street",
    "community",
    "area",
    "road",
    "site__kind",
    "support",
    "artwork",
    "owner",
    "maintainer",
    "supervisor",
)
SEPARATOR = " · "


@dataclass(frozen=True)
class Badge:
    """A short mark beside the name; `tone` is a condition's code, or another of the style sheet's tones."""

    tone: str
    label: str


@dataclass(frozen=True)
class Fact:
    """One line of what is known. `form` is where its group is edited, on the group's first line only."""

    label: str
    value: str
    form: str = ""


def find_asset(code: str, user: User) -> Asset | None:
    """An asset that a user may see, with all it refers to; None when there is none."""
    return Asset.objects.visible_to(user).select_related(*_RELATED).filter(code=code).first()


def asset_context(asset: Asset, user: User) -> dict[str, Any]:
    """The context of `mapping/asset_panel.html`."""
    lists = dictionaries(read_generation())
    return {
        "asset": {
            "id": asset.pk,
            "code": asset.code,
            "name": asset.name or asset.type.name,
            "symbol": asset.type.symbol,
            "lon": asset.point.x,
            "lat": asset.point.y,
        },
        "badges": _badges(asset),
        "facts": _editable(_facts(asset, lists.themes, user), offered_fact_forms(asset, user)),
        "photos": _photos(asset),
        "siblings": faces_of(asset.support, user, but=asset) if asset.support else [],
        **_actions(asset, user),
        "timeline": timeline(asset, lists, user, partial(offered_event_form, asset, user)),
    }


def support_context(support: Support, user: User) -> dict[str, Any] | None:
    """The context of `mapping/support_panel.html`; None when the user may see nothing on the support."""
    faces = faces_of(support, user)
    if not faces:
        return None
    return {"support": support, "assets": faces, "form": offered_support_form(support, user)}


def faces_of(support: Support, user: User, *, but: Asset | None = None) -> list[dict[str, Any]]:
    """The assets on a support that a user may see, the worst first, what was removed left out."""
    faces = (
        Asset.objects.visible_to(user)
        .filter(support=support)
        .exclude(lifecycle=Lifecycle.REMOVED)
        .select_related("type")
        .order_by("-condition", "facing", "code")
    )
    if but is not None:
        faces = faces.exclude(pk=but.pk)
    return [_face(face) for face in faces]


def _face(asset: Asset) -> dict[str, Any]:
    """An asset as `mapping/face.html` shows it."""
    return {
        "code": asset.code,
        "name": asset.name or asset.type.name,
        "symbol": asset.type.symbol,
        "type_name": asset.type.name,
        "condition": Condition(asset.condition).code,
        "condition_name": str(asset.get_condition_display()),
        "lon": asset.point.x,
        "lat": asset.point.y,
    }


# More on one spot than anybody chooses from; nearer, they lie apart.
MOST_ON_A_SPOT = 100


def spot_context(codes: Collection[str], user: User) -> dict[str, Any] | None:
    """The context of `mapping/spot_panel.html`; None when the user may see none of these assets."""
    assets = (
        Asset.objects.visible_to(user)
        .filter(code__in=codes)
        .select_related("type")
        .order_by("-condition", "code")
    )
    faces = [_face(asset) for asset in assets]
    return {"assets": faces} if faces else None


def _badges(asset: Asset) -> list[Badge]:
    today = timezone.localdate()
    badges = [Badge(Condition(asset.condition).code, str(asset.get_condition_display()))]
    if asset.lifecycle != Lifecycle.IN_USE:
        badges.append(Badge("lifecycle", str(asset.get_lifecycle_display())))
    if days := inspection_days_late(asset, today):
        badges.append(Badge("overdue", _("Inspection %(days)s days overdue") % {"days": days}))
    late = (
        Maintenance.objects.filter(late_jobs(today), asset=asset)
        .order_by("due_on")
        .values_list("due_on", flat=True)
        .first()
    )
    if late:
        badges.append(
            Badge("overdue", _("Maintenance %(days)s days overdue") % {"days": (today - late).days})
        )
    if asset.artwork and has_expired(asset.artwork, today):
        badges.append(Badge("urgent", _("Artwork expired")))
    if asset.large:
        badges.append(Badge("large", _("Large")))
    return badges


def _editable(facts: Iterable[tuple[str, str, str]], forms: Mapping[str, str]) -> list[Fact]:
    """The facts that are known, with a way to the form of each group at its first line."""
    left = dict(forms)
    return [Fact(label, value, left.pop(group, "")) for group, label, value in facts if value]


def _facts(asset: Asset, themes: dict[str, Any], user: User) -> Iterable[tuple[str, str, str]]:
    """Group (`assets.field_groups`, or a verb's own), label and value."""
    places = [str(place) for place in (asset.street, asset.community, asset.road) if place]
    yield "", _("Place"), SEPARATOR.join(places) or _("Area unknown")
    yield from _written("place", asset, themes)
    yield from _written("kind", asset, themes)
    yield "artwork", _("Artwork"), _artwork(asset)
    for group in ("content", "make", "answers"):
        yield from _written(group, asset, themes)
    for answering in told_at(user, Spot.of(asset, asset.building), timezone.localdate()):
        yield (
            "",
            answering.kind,
            SEPARATOR.join(part for part in (answering.who, answering.telephone) if part),
        )
    due = asset.next_inspection_due
    yield "", _("Next inspection due"), due.isoformat() if due else ""
    if asset.removed_on:
        yield "", _("Removed"), f"{asset.removed_on.isoformat()}{SEPARATOR}{asset.removal_reason}"
    yield "position", _("Position"), _position(asset)
    yield from _written("numbers", asset, themes)


def _written(group: str, asset: Asset, themes: dict[str, Any]) -> Iterable[tuple[str, str, str]]:
    """What is written by hand in a group and has a line in the panel, as the fields are declared."""
    for name in GROUPS_BY_NAME[group].fields:
        declared = BY_HAND[name]
        if declared.by_hand is None or not declared.by_hand.panel:
            continue
        if name == "themes":
            value = SEPARATOR.join(themes[code].name for code in asset.themes if code in themes)
        elif name in _IN_WORDS:
            value = _IN_WORDS[name](asset)
        else:
            value = _plain(getattr(asset, name), declared.unit)
        yield group, str(_LABELS.get(name, declared.title)), value


def _plain(value: Any, unit: str) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return f"{value} {unit}" if unit else str(value)


def _type(asset: Asset) -> str:
    faces = _("%(faces)s faces") % {"faces": asset.faces} if asset.faces > 1 else ""
    kind = f"{asset.type} ({asset.type.component.code})"
    movable = "" if asset.type.fixed else _("no fixed carrier")
    return SEPARATOR.join(part for part in (kind, faces, movable) if part)


def _site(asset: Asset) -> str:
    return f"{asset.site} ({asset.site.kind})" if asset.site else ""


def _size_and_material(asset: Asset) -> str:
    return SEPARATOR.join(part for part in (_size(asset), asset.material) if part)


def _own_number(asset: Asset) -> str:
    return " ".join(part for part in (asset.source, asset.source_id) if part)


def _artwork(asset: Asset) -> str:
    artwork = asset.artwork
    if artwork is None:
        return ""
    title = artwork.title
    if artwork.valid_to:
        title = _("%(title)s, valid to %(day)s") % {"title": title, "day": artwork.valid_to.isoformat()}
    mark = {None: "", True: _("with the mark"), False: _("without the mark")}[artwork.logo]
    return SEPARATOR.join(part for part in (title, str(artwork.get_origin_display()), mark) if part)


def _size(asset: Asset) -> str:
    if asset.width is None or asset.height is None:
        return ""
    return _("%(width)s × %(height)s m") % {
        "width": asset.width.normalize().__format__("f"),
        "height": asset.height.normalize().__format__("f"),
    }


def _unit(unit: Unit | None) -> str:
    """A unit with whom to ask; a telephone number is shown in part, the rest is in the administration."""
    if unit is None:
        return ""
    phone = masked_telephones(unit.contact_phone)
    return " ".join(part for part in (unit.name, unit.contact_person, phone) if part)


# Lines that say more than one field, or one otherwise than it is written.
_IN_WORDS: dict[str, Callable[[Asset], str]] = {
    "type": _type,
    "site": _site,
    "width": _size_and_material,
    "source_id": _own_number,
    "owner": lambda asset: _unit(asset.owner),
    "maintainer": lambda asset: _unit(asset.maintainer),
    "supervisor": lambda asset: _unit(asset.supervisor),
}
_LABELS: dict[str, Promise] = {"width": gettext_lazy("Size and material")}


def _position(asset: Asset) -> str:
    position = f"{asset.point.x:.6f}, {asset.point.y:.6f}"
    if asset.position_accuracy is not None:
        return f"{position} ± {asset.position_accuracy:g} m"
    return position


def _photos(asset: Asset) -> list[dict[str, Any]]:
    return [
        {
            "url": reverse("photo", args=[photo.uid, "original"]),
            "medium": reverse("photo", args=[photo.uid, "medium"]),
            "alt": f"{photo.get_stage_display()}{SEPARATOR}{asset.name or asset.type.name}",
            "taken_at": timezone.localtime(photo.taken_at) if photo.taken_at else None,
        }
        for photo in asset.photos.order_by("-taken_at", "-id")
    ]


def _actions(asset: Asset, user: User) -> dict[str, list[Action]]:
    """Buttons, and what the menu "More" beside them holds."""
    actions = offered_actions(asset, user)
    if can(user, PLAN_MAINTENANCE, asset) and asset.lifecycle != Lifecycle.REMOVED:
        actions.append(Action(_("Plan a job"), reverse("plan-jobs", query={"asset": asset.code})))
    if asset.maintenance.exists():
        actions.append(Action(_("Its jobs"), reverse("job-list", query={"asset": asset.code}), near=False))
    if can(user, EXPORT, asset):
        actions.append(Action(_("Plate"), reverse("labels", query={"asset": asset.code}), near=False))
    # A plain link: the reader's own map programme opens, nothing is fetched from it.
    query = urlencode(
        {
            "position": f"{asset.point.x:.6f},{asset.point.y:.6f}",
            "name": asset.name or asset.type.name,
            "coordinate": "wgs84",
        }
    )
    actions.append(Action(_("Navigate"), f"https://uri.amap.com/marker?{query}"))
    return {
        "actions": [action for action in actions if action.near],
        "further_actions": [action for action in actions if not action.near],
    }
