"""What rooms further left put into this one's pages: buttons and forms of the side panel, and scripts of the map page.

This room only reads. Whoever writes registers here (from its `AppConfig.ready`) what it offers beside an asset, a fact
or an event, and which script and style sheet the map page loads for those who may write at all.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from accounts.models import User
from accounts.permissions import can
from assets.models import Asset, Support


@dataclass(frozen=True)
class Action:
    """Something the reader may do next.

    `url` is a page; `form` instead is the address of a form that opens in the panel. What is not `primary` or `near`
    at hand stands in the menu "More".
    """

    label: str
    url: str = ""
    form: str = ""
    primary: bool = False
    near: bool = True


@dataclass(frozen=True)
class Writing:
    """What a room offers on the panel of one asset, to one reader.

    `actions`: its buttons. `fact_forms`: address of the form that changes the facts of a group, by the group's name.
    `event_form`: address of the form that takes back a change (by version) or an inspection (by number), or "".
    `support_form`: address of the form that registers another asset on a support, or "".
    """

    actions: Callable[[Asset, User], Iterable[Action]]
    fact_forms: Callable[[Asset, User], Mapping[str, str]] = lambda asset, user: {}
    event_form: Callable[[Asset, User, str, int], str] = lambda asset, user, kind, number: ""
    support_form: Callable[[Support, User], str] = lambda support, user: ""


@dataclass(frozen=True)
class MapExtension:
    """A script module and a style sheet of the map page, for readers who may do one of some verbs anywhere.

    `told` is what the script is told, by the reader; it stands in the page's configuration under `name`.
    """

    name: str
    module: str
    style: str
    verbs: tuple[str, ...]
    told: Callable[[HttpRequest], dict[str, Any]]


_writings: list[Writing] = []
_extensions: list[MapExtension] = []


def offer_writing(writing: Writing) -> None:
    """Add a room's buttons and forms to the panel."""
    _writings.append(writing)


def extend_map(extension: MapExtension) -> None:
    """Add a script and a style sheet to the map page."""
    _extensions.append(extension)


def extensions_for(request: HttpRequest) -> list[MapExtension]:
    """What the map page loads for a reader."""
    return [
        extension for extension in _extensions if any(can(request.user, verb) for verb in extension.verbs)
    ]


def offered_actions(asset: Asset, user: User) -> list[Action]:
    """The buttons of all rooms."""
    return [action for writing in _writings for action in writing.actions(asset, user)]


def offered_fact_forms(asset: Asset, user: User) -> dict[str, str]:
    """The forms of all rooms, by group of facts."""
    return {group: form for writing in _writings for group, form in writing.fact_forms(asset, user).items()}


def offered_event_form(asset: Asset, user: User, kind: str, number: int) -> str:
    """Where an event can be taken back; empty where nobody offers it."""
    forms = (writing.event_form(asset, user, kind, number) for writing in _writings)
    return next((form for form in forms if form), "")


def offered_support_form(support: Support, user: User) -> str:
    """Where another asset on a support is registered; empty where nobody offers it."""
    forms = (writing.support_form(support, user) for writing in _writings)
    return next((form for form in forms if form), "")
