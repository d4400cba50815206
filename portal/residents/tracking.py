"""Tracking codes: ten letters and digits that nobody can guess, easy to read aloud; kept as a digest."""

import secrets

from accounts.tokens import digest_of
from portal.models import ResidentReport

# No 0 and O, no 1, I and L, no U: what is written down by hand is read again.
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 10  # of thirty letters: 590 million million codes


def new_code() -> str:
    """A code that nobody has."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def spelled(code: str) -> str:
    """As people read it: two groups of five."""
    return f"{code[:5]}-{code[5:]}"


def tidy(typed: str) -> str:
    """What was typed, without spaces and dashes, in capitals; empty when it is no code."""
    code = "".join(letter for letter in typed.upper() if letter.isalnum())
    return code if len(code) == LENGTH and set(code) <= set(LETTERS) else ""


def report_of(typed: str) -> ResidentReport | None:
    """The report of a code; None when there is none."""
    code = tidy(typed)
    if not code:
        return None
    found = ResidentReport.objects.filter(digest=digest_of(code))
    return found.select_related("case__category", "case__unit", "case__street", "case__duplicate_of").first()
