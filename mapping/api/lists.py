"""The lists that codes come from, for programs that want to show what a code means."""

from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema

from assets.code_lists import Entry, code_list, code_lists
from assets.dictionaries import dictionaries, read_generation
from mapping.api.application import no_parameters

router = Router()


class CodeEntry(Schema):
    """One code with what it means in both languages."""

    code: str
    zh: str
    en: str


class CodeList(Schema):
    """A list of codes in its own order."""

    name: str
    entries: list[CodeEntry]


@router.get("/lists", response=list[CodeList])
def lists(request: HttpRequest) -> list[dict[str, Any]]:
    """All lists: types, themes, conditions, streets and so on."""
    no_parameters(request)
    dictionaries_now = dictionaries(read_generation())
    return [_described(name, code_list(name, dictionaries_now)) for name in code_lists()]


@router.get("/lists/{name}", response=CodeList)
def one_list(request: HttpRequest, name: str) -> dict[str, Any]:
    """One list."""
    no_parameters(request)
    if name not in code_lists():
        raise Http404(_("There is no such list."))
    return _described(name, code_list(name, dictionaries(read_generation())))


def _described(name: str, entries: list[Entry]) -> dict[str, Any]:
    return {"name": name, "entries": entries}
