"""Cases on the page of who answers somewhere (`work.responsibility.here`), which stands further right."""

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from cases.models import Case
from places.answering import Spot
from work.responsibility.here import Where


def where_of_case(user: User, code: str) -> Where | None:
    """Where a case is; None where the reader sees none of this number."""
    cases = Case.objects.visible_to(user).select_related("category", "asset__type")
    case = cases.defer("asset__footprint").filter(code=code).first()
    if case is None:
        return None
    facts = [(_("Code"), case.code), (_("Address"), case.address)]
    return Where(
        case.category.name,
        (reverse("case", args=[case.code]), _("Back to the case")),
        Spot.of(case, case.asset.building if case.asset else ""),
        [fact for fact in facts if fact[1]],
    )
