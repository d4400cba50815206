"""One operation about to be applied, and the ways it can end."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from assets.history import Actor
from assets.models import Asset, Maintenance
from field.models import Reason, ReviewKind, Status
from field.up.envelope import LONGEST_NOTE, Envelope, clean


@dataclass(frozen=True)
class Work:
    """One operation: whose it is, and under whose rights it is applied (`actor`; mostly the same)."""

    envelope: Envelope
    author: User
    actor: Actor
    happened_at: datetime

    @property
    def is_own(self) -> bool:
        """Whether its author applies it, as opposed to somebody in the office."""
        return self.actor.user == self.author


@dataclass(frozen=True)
class Applied:
    """It was applied."""

    status: Status = Status.APPLIED
    reason: Reason | str = ""
    message: str = ""
    asset: Asset | None = None
    job: Maintenance | None = None
    version_before: int | None = None
    distance: float | None = None
    fields: tuple[str, ...] = ()
    flags: tuple[ReviewKind, ...] = ()


class NotApplied(Exception):
    """It was not applied.

    Attributes:
        reason: why, for programs; `str()` says it to people.
        asset, job: what it is about, as far as that is known.
    """

    def __init__(
        self, reason: Reason, message: str, *, asset: Asset | None = None, job: Maintenance | None = None
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.asset = asset
        self.job = job


class Refused(NotApplied):
    """It cannot be applied as it is."""


class Held(NotApplied):
    """It waits: for the office, or for an asset to arrive.

    Attributes:
        kind: what the office has to look at.
        values: by field: what it was when edited, what the server has, what came.
    """

    def __init__(
        self,
        kind: ReviewKind,
        reason: Reason,
        message: str,
        *,
        asset: Asset | None = None,
        job: Maintenance | None = None,
        values: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(reason, message, asset=asset, job=job)
        self.kind = kind
        self.values = dict(values or {})


@dataclass
class Reading:
    """Reads an operation's fields, noting what is wrong with each, and that all of them are known."""

    fields: Mapping[str, Any]
    problems: dict[str, str] = field(default_factory=dict)

    def only(self, allowed: Iterable[str]) -> None:
        """Every field must be one of these."""
        for name in self.fields:
            if name not in allowed:
                self.problems[clean(str(name))[:40]] = _("There is no such field.")

    def text(self, name: str, most: int = LONGEST_NOTE) -> str:
        """A text; null and absent are empty."""
        value = self.fields.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            self.problems[name] = _("Give a text.")
            return ""
        text = clean(value)
        if len(text) > most:
            self.problems[name] = _("At most %(most)s characters.") % {"most": most}
            return ""
        return text

    def codes(self, name: str, most: int = 40) -> list[str]:
        """A list of codes, each once; null and absent are empty."""
        value = self.fields.get(name)
        if value is None:
            return []
        if (
            not isinstance(value, list)
            or len(value) > most
            or not all(isinstance(code, str) for code in value)
        ):
            self.problems[name] = _("Give a list of codes.")
            return []
        return list(dict.fromkeys(clean(code)[:40] for code in value))

    def done(self) -> None:
        """All has been read.

        Raises:
            ValidationError: naming every field with a problem.
        """
        if self.problems:
            raise ValidationError(self.problems)
