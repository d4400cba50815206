"""What the panel's forms are answered with: what was done, or problem details that name the fields."""

from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from assets.models import Asset
from web.answers import show_page
from web.problems import problem


def done(asset: Asset, sentence: str, **members: Any) -> JsonResponse:
    """It was written: which asset to show now, where it stands, and a sentence; `members` besides."""
    answer = JsonResponse(
        {
            "code": asset.code,
            "url": reverse("asset", args=[asset.code]),
            "said": sentence,
            "lon": asset.point.x,
            "lat": asset.point.y,
            "support": asset.support_id,
            **members,
        }
    )
    answer["Cache-Control"] = "no-store"
    return answer


def refused(errors: dict[str, list[str]]) -> JsonResponse:
    """Nothing was written: sentences by the field they are about, and in `detail` those about none."""
    about_none = errors.get(NON_FIELD_ERRORS, [])
    fields = {name: sentences for name, sentences in errors.items() if name != NON_FIELD_ERRORS}
    detail = " ".join(about_none) or _("Nothing was saved. See the fields that are marked.")
    return problem(422, detail, title=_("Not saved"), errors=fields)


def sentences_of(error: ValidationError) -> dict[str, list[str]]:
    """An action's sentences by field."""
    return error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}


def conflict(detail: str, **members: Any) -> JsonResponse:
    """Nothing was written: somebody else has changed the same meanwhile."""
    return problem(409, detail, title=_("Changed by somebody else"), **members)


def form_page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """A form as the panel shows it."""
    return show_page(request, template, context)
