"""Strict reading of environment variables: a wrong value stops the start with the variable's name.

Used by `config/settings.py` only, so that settings stay one readable list.
"""

import os
from datetime import time
from ipaddress import ip_network
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str = "") -> str:
    """The variable as given, or the default when it is unset or empty."""
    return os.environ.get(name) or default


def flag(name: str, default: bool) -> bool:
    """A yes/no variable: 1/0, true/false, yes/no, on/off."""
    raw = os.environ.get(name)
    if not raw:
        return default
    if raw.lower() in ("1", "true", "yes", "on"):
        return True
    if raw.lower() in ("0", "false", "no", "off"):
        return False
    raise ImproperlyConfigured(f"{name} is {raw!r}: use true or false.")


def number(name: str, default: int) -> int:
    """A whole number."""
    raw = os.environ.get(name)
    if not raw:
        return default
    try:
        return int(raw)
    except ValueError:
        raise ImproperlyConfigured(f"{name} is {raw!r}: use a whole number.") from None


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list, blanks dropped."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def networks(name: str, default: str) -> list[str]:
    """Addresses and networks such as 10.0.0.5 or 10.0.0.0/24, comma-separated."""
    found = words(name, default)
    for address in found:
        try:
            ip_network(address, strict=False)
        except ValueError:
            raise ImproperlyConfigured(
                f"{name} is {address!r}: use addresses such as 10.0.0.5, or networks such as 10.0.0.0/24."
            ) from None
    return found


def hours(name: str, default: str) -> tuple[tuple[time, time], ...]:
    """Hours of a day such as 08:30-12:00,13:30-17:30: in order, and none within another."""
    raw = text(name, default)
    try:
        spans = [
            tuple(time.fromisoformat(part.strip()) for part in span.split("-")) for span in raw.split(",")
        ]
        edges = [edge for span in spans for edge in span]
        if any(len(span) != 2 for span in spans) or edges != sorted(set(edges)):
            raise ValueError
    except ValueError:
        raise ImproperlyConfigured(f"{name} is {raw!r}: use hours such as {default}.") from None
    return tuple((span[0], span[1]) for span in spans)


def address(name: str) -> str:
    """The beginning of addresses, with its scheme and without a slash at the end; empty when it is not given."""
    raw = text(name).strip().rstrip("/")
    if raw and not (raw.startswith(("http://", "https://")) and urlsplit(raw).hostname):
        raise ImproperlyConfigured(f"{name} is {raw!r}: begin with https:// and name a host.")
    return raw


def is_given(name: str) -> bool:
    """Whether somebody has decided it."""
    return bool(os.environ.get(name))


def choice(name: str, allowed: tuple[str, ...], default: str) -> str:
    """One of a few words."""
    raw = text(name, default)
    if raw not in allowed:
        raise ImproperlyConfigured(f"{name} is {raw!r}: use one of {', '.join(allowed)}.")
    return raw
