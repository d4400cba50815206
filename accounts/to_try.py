"""Accounts that the sign-in page lists for whoever tries the product; the demonstration, where it is, says which."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise

from accounts.models import Role

_listed: list["AccountToTry"] = []


@dataclass(frozen=True)
class AccountToTry:
    """One account to try the product with; its password is public by design."""

    username: str
    display_name: str
    role: Role
    area_code: str
    description: str | Promise
    unit: str = ""  # name of the unit whose jobs are this account's
    password: str = ""


def list_accounts(accounts: Sequence[AccountToTry]) -> None:
    """Have the sign-in page list these too (from an `AppConfig.ready`)."""
    _listed.extend(accounts)


def accounts_to_try() -> tuple[AccountToTry, ...]:
    """What the sign-in page lists: nothing where DEMONSTRATION is off."""
    return tuple(_listed) if settings.DEMONSTRATION else ()
