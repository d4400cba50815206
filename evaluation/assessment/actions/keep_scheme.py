"""Keep a score scheme: a new edition, or a change of one; published sheets keep the scheme they were made by."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.permissions import PUBLISH_SHEET
from assets.history import Actor, acting, authorise
from evaluation.assessment.scheme import Scheme
from evaluation.models import ScoreScheme
from places.models import Area

_LONGEST = {"edition": 40, "name": 100, "source": 200}


def keep_scheme(
    actor: Actor,
    district: Area,
    scheme: Scheme,
    told: Mapping[str, Any],
    *,
    kept: ScoreScheme | None = None,
    version: int | None = None,
) -> ScoreScheme:
    """Write a new edition, or another content of one.

    Args:
        told: `edition`, `name`, `source`, `draft`, `active`.
        kept: the edition that is changed.
        version: what the editor had before them; when somebody else was quicker, nothing is written.

    Raises:
        PermissionDenied: the actor publishes no sheets for the district.
        ValidationError: naming `edition`, `name`, `source` or `version`.
    """
    authorise(actor, PUBLISH_SHEET, district)
    values = {name: str(told.get(name, "")).strip() for name in _LONGEST}
    problems = {
        name: _("Between 1 and %(most)s characters.") % {"most": most}
        for name, most in _LONGEST.items()
        if len(values[name]) > most or (name != "source" and not values[name])
    }
    taken = ScoreScheme.objects.filter(district=district, edition=values["edition"])
    if (taken.exclude(pk=kept.pk) if kept else taken).exists():
        problems["edition"] = _("There is an edition “%(edition)s” already.") % values
    if problems:
        raise ValidationError(problems)
    flags = {name: bool(told.get(name)) for name in ("draft", "active")}
    with acting(actor):
        if kept is None:
            return ScoreScheme.objects.create(district=district, content=scheme.as_json(), **values, **flags)
        current = ScoreScheme.objects.select_for_update(of=("self",)).get(pk=kept.pk)
        if version is not None and version != current.version:
            raise ValidationError(
                {"version": _("Somebody else changed this edition meanwhile: look at it again, then save.")}
            )
        for name, value in {**values, **flags, "content": scheme.as_json()}.items():
            setattr(current, name, value)
        current.version += 1
        current.save()
        return current
