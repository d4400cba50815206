"""Enter an indicator, or change one."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.permissions import MANAGE_RESPONSIBILITY
from assets.history import Actor, acting, authorise
from places.models import Area, Computed, Indicator


def keep_indicator(
    actor: Actor,
    indicator: Indicator | None,
    *,
    code: str,
    name: str,
    district: Area,
    department: str = "",
    target: str = "",
    computed: str = Computed.BY_HAND,
    computed_from: str = "",
    active: bool = True,
) -> Indicator:
    """Enter one, or write what it is now; its code stays.

    Raises:
        PermissionDenied: the actor keeps no indicators of the district.
        ValidationError: naming the field.
    """
    authorise(actor, MANAGE_RESPONSIBILITY, district)
    if indicator is not None:
        authorise(actor, MANAGE_RESPONSIBILITY, indicator)
        if code.strip() != indicator.code:
            raise ValidationError({"code": _("A code stays as it is.")})
    with acting(actor):
        kept = (
            Indicator.objects.select_for_update(of=("self",)).get(pk=indicator.pk)
            if indicator is not None
            else Indicator(code=code.strip())
        )
        kept.name, kept.district, kept.department = name.strip(), district, department.strip()
        kept.target, kept.computed, kept.computed_from = target.strip(), computed, computed_from.strip()
        kept.active = active
        kept.full_clean()
        kept.save()
    return kept
