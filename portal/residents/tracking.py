"""Tracking codes: ten letters and digits that nobody can guess, easy to read aloud; kept as a digest.

A form that was shown carries a number of its own (`once`). Case and code follow from it and from our secret, so that
the same form sent twice is one report with one code, and the code can be shown again without being kept.
"""

import hmac
from hashlib import sha256
from uuid import UUID

from django.conf import settings

from accounts.tokens import digest_of
from portal.models import ResidentReport

# No 0 and O, no 1, I and L, no U: what is written down by hand is read again.
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 10  # of thirty letters: 590 million million codes


def code_of(once: UUID) -> str:
    """The code of the report that a form's number makes."""
    number = int.from_bytes(_secret("code", once))
    letters = []
    for _ in range(LENGTH):
        number, letter = divmod(number, len(LETTERS))
        letters.append(LETTERS[letter])
    return "".join(letters)


def case_uid_of(once: UUID) -> UUID:
    """The id of the case that a form's number makes; whoever sees the case cannot find the number by it."""
    return UUID(bytes=_secret("case", once)[:16], version=4)


def _secret(use: str, once: UUID) -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), f"resident {use} {once}".encode(), sha256)


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
