"""What this room offers on pages of rooms further right: on an asset's panel, and on the page of a job."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import REPORT_PROBLEM, can
from assets.models import Asset, Lifecycle, Maintenance
from cases.models import Case
from mapping.panel_slots import Action
from work.jobs.slots import Link


def on_an_asset(asset: Asset, user: User) -> Iterable[Action]:
    """Report a problem with it, and see those that were."""
    if can(user, REPORT_PROBLEM, asset) and asset.lifecycle != Lifecycle.REMOVED:
        yield Action(_("Report a problem"), reverse("report-case", query={"asset": asset.code}))
    if Case.objects.visible_to(user).filter(asset=asset).exists():
        address = reverse("cases", query={"state": "all", "asset": asset.code})
        yield Action(_("Its cases"), address, near=False)


def on_a_job(job: Maintenance, user: User) -> Iterable[Link]:
    """The cases that go by it."""
    for case in Case.objects.visible_to(user).filter(job=job).select_related("category").order_by("pk"):
        yield Link(
            _("Case"),
            f"{case.category.name} {case.code}",
            reverse("case", args=[case.code]),
            case.get_state_display(),
            case.description,
        )
