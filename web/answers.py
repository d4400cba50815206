"""Answers that are a reader's own: pages and files that no cache keeps, in one place for every room."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

Answer = TypeVar("Answer", bound=HttpResponseBase)


def show_page(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """A page, or a piece of one, as its reader may see it now."""
    return private(render(request, template, dict(context or {}), status=status))


def private(response: Answer) -> Answer:
    """An answer that nobody keeps: it is its reader's own, and true at this moment only."""
    response["Cache-Control"] = "private, no-store"
    return response
