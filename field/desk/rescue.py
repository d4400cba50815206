"""/fieldwork/rescue/: a file of unsent work, when a phone cannot send it."""

from typing import Any, BinaryIO, cast

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.permissions import REVIEW_FIELD_WORK
from field.actions.load_rescue_file import load_rescue_file
from field.desk.access import SignedInRequest, office_only
from field.up.attempting import sentence


@office_only(REVIEW_FIELD_WORK, "GET", "HEAD", "POST")
def rescue(request: SignedInRequest) -> HttpResponse:
    """The form; after a file, what came of each record in it."""
    context: dict[str, Any] = {"section": "fieldwork", "tab": "rescue"}
    status = 200
    if request.method == "POST":
        file = request.FILES.get("file")
        if file is None:
            context["problem"], status = _("Choose a file."), 400
        else:
            try:
                report = load_rescue_file(request.user, cast(BinaryIO, file))
                context["report"] = report
            except ValidationError as error:
                context["problem"], status = sentence(error), 400
    return render(request, "field/desk/rescue.html", context, status=status)
