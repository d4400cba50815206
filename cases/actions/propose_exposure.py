"""Propose to expose cases (曝光): what is said, where and when. A second person decides (`decide_exposure`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.permissions import EXPOSE_CASE
from assets.history import Actor, acting, authorise
from assets.models import Campaign, PhotoStage
from assets.photos import StoredPhoto
from cases.exposures.covered import covered_of
from cases.models import Case, ExposedCase, Exposure, State
from places.models import Area
from work.actions.join_campaign import check_open

MOST_CASES = 20
LONGEST_TEXT = 1000
MOST_DAYS = 366
NEVER_EXPOSED = (State.DRAFT, State.REJECTED, State.DUPLICATE, State.VOIDED)


@dataclass(frozen=True)
class Wording:
    """What is said of an exposure; fixed once it is proposed."""

    title: str
    text: str
    channel: str
    shown_from: date
    shown_to: date
    look_again_on: date
    campaign: Campaign | None = None


def propose_exposure(
    actor: Actor,
    cases: Sequence[Case],
    wording: Wording,
    copies: Mapping[str, Mapping[str, str]] | None = None,
) -> Exposure:
    """Propose one.

    Args:
        copies: number of a case → stage ("before", "after") → the covered copy's uid, as the proposer saw it; a case
            without any is shown by words alone.

    Raises:
        PermissionDenied: the actor exposes nothing where one of the cases lies.
        ValidationError: naming `cases`, `title`, `text`, `channel`, a date, `campaign` or `copies`.
    """
    authorise(actor, EXPOSE_CASE)
    for case in cases:
        authorise(actor, EXPOSE_CASE, case)
    _check(cases, wording)
    shown = {case.pk: _copies(case, (copies or {}).get(case.code, {})) for case in cases}
    with acting(actor):
        current = list(
            Case.objects.select_for_update(of=("self",)).filter(pk__in=[case.pk for case in cases])
        )
        if any(case.state in NEVER_EXPOSED for case in current):
            raise ValidationError(
                {"cases": _("A case that is rejected, a duplicate or voided is not exposed.")}
            )
        exposure = Exposure(
            title=wording.title.strip(),
            text=wording.text.strip(),
            channel=wording.channel,
            shown_from=wording.shown_from,
            shown_to=wording.shown_to,
            look_again_on=wording.look_again_on,
            campaign=wording.campaign,
            area=_district_of(cases),
            proposed_by=actor.user,
        )
        exposure.full_clean(exclude=["uid"])
        exposure.save()
        ExposedCase.objects.bulk_create(
            ExposedCase(exposure=exposure, case=case, **_columns(shown[case.pk])) for case in cases
        )
    return exposure


def _check(cases: Sequence[Case], wording: Wording) -> None:
    if not 0 < len({case.pk for case in cases}) == len(cases) <= MOST_CASES:
        raise ValidationError({"cases": _("From 1 to %(most)s cases, each once.") % {"most": MOST_CASES}})
    if len({case.scope_code[:6] for case in cases}) > 1:
        raise ValidationError({"cases": _("Cases of one district go together.")})
    if not wording.text.strip() or len(wording.text) > LONGEST_TEXT:
        raise ValidationError(
            {"text": _("Say in at most %(most)s characters what is exposed.") % {"most": LONGEST_TEXT}}
        )
    if (wording.shown_to - wording.shown_from).days > MOST_DAYS:
        raise ValidationError({"shown_to": _("It is shown for at most %(most)s days.") % {"most": MOST_DAYS}})
    if wording.campaign is not None:
        check_open(wording.campaign, _district_of(cases))


def _district_of(cases: Sequence[Case]) -> Area:
    return Area.objects.get(code=cases[0].scope_code[:6])


def _copies(case: Case, named: Mapping[str, str]) -> dict[PhotoStage, StoredPhoto]:
    """The copies that were named, if they are the last ones of the case still.

    Raises:
        ValidationError: naming `copies`.
    """
    there = covered_of(case) if named else {}
    found = {}
    for stage, uid in named.items():
        copy = there.get(PhotoStage(stage)) if stage in PhotoStage.values else None
        if copy is None or copy.uid != uid:
            raise ValidationError(
                {"copies": _("%(case)s: there is a newer copy, or none. Look at it again.") % {"case": case}}
            )
        found[PhotoStage(stage)] = copy.stored
    return found


def _columns(copies: Mapping[PhotoStage, StoredPhoto]) -> dict[str, object]:
    columns: dict[str, object] = {}
    for stage, stored in copies.items():
        columns |= {
            f"{stage.value}_sha256": stored.sha256,
            f"{stage.value}_width": stored.width,
            f"{stage.value}_height": stored.height,
        }
    return columns
