"""What a case's timeline says of exposures that show it, as far as a reader may see exposures."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.permissions import AnyUser
from cases.models import Case, ExposedCase, Exposure


@dataclass(frozen=True)
class Told:
    """One thing that happened: proposed, decided, or looked at again."""

    kind: str
    at: datetime
    title: str
    lines: list[str]
    actor: str


def exposures_of(case: Case, reader: AnyUser) -> Iterable[Told]:
    """All of it, in no order; two queries."""
    shown = (
        ExposedCase.objects.filter(case=case, exposure__in=Exposure.objects.visible_to(reader).order_by())
        .select_related(
            "exposure__proposed_by", "exposure__approved_by", "exposure__refused_by", "exposure__withdrawn_by"
        )
        .prefetch_related("looks__by")
    )
    for item in shown:
        yield from _of_exposure(item.exposure)
        for look in item.looks.all():
            words = [str(look.get_result_display()), *([look.words] if look.words else [])]
            yield Told("exposure looked", look.at, _("Looked at again"), words, str(look.by or ""))


def _of_exposure(exposure: Exposure) -> Iterable[Told]:
    where = (
        f"{exposure.get_channel_display()} · {exposure.shown_from:%Y-%m-%d} – {exposure.shown_to:%Y-%m-%d}"
    )
    yield Told(
        "exposure proposed",
        exposure.proposed_at,
        _("Proposed to be exposed"),
        [exposure.title, where],
        str(exposure.proposed_by or ""),
    )
    decided = (
        ("approved", exposure.approved_at, exposure.approved_by, _("Exposure approved")),
        ("refused", exposure.refused_at, exposure.refused_by, _("Exposure refused")),
        ("withdrawn", exposure.withdrawn_at, exposure.withdrawn_by, _("Exposure withdrawn")),
    )
    for kind, at, who, title in decided:
        if at is not None:
            why = [exposure.reason] if exposure.reason and kind != "approved" else []
            yield Told(f"exposure {kind}", at, title, [exposure.title, *why], str(who or ""))
