"""The brake on guessing passwords: a token bucket per account and address, and a wider one per address.

Kept in the database because several server processes share it. A bucket is one moment, the one at which it will be
full again (the generic cell rate algorithm): each try moves it on by one refill, and a try that would move it further
ahead than the bucket holds is refused. One statement decides and writes, so simultaneous tries cannot slip through.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from django.db import connection
from django.db.models import F
from django.utils import timezone

from accounts.models import SignInBucket


@dataclass(frozen=True)
class Bucket:
    """How many tries may come at once, and how long one takes to come back."""

    name: str
    capacity: int
    refill: timedelta


# A person who mistypes has five tries and then one a minute; an office behind one address shares thirty.
PER_ACCOUNT_AND_ADDRESS = Bucket("account", 5, timedelta(minutes=1))
PER_ADDRESS = Bucket("address", 30, timedelta(seconds=20))
# A program whose token has ended goes on asking; it must not use up what its office needs to sign in.
TOKENS_PER_ADDRESS = Bucket("token", 30, timedelta(seconds=10))
# Nobody reads plates faster on foot; a programme that counts through the numbers would need years.
PUBLIC_CARDS = Bucket("public cards", 60, timedelta(seconds=2))

# A unit opens its links a few at a time; whoever guesses at 256 bits may do so thirty times.
CASE_LINKS = Bucket("case links", 30, timedelta(seconds=10))
# What is sent by one link: somebody at work in the street, with a photo each time.
BY_ONE_LINK = Bucket("by one link", 20, timedelta(seconds=15))

# Residents: a household answers for a plate a few times, a mobile network's address reports for many people.
RESIDENT_TAPS = Bucket("resident taps", 5, timedelta(minutes=10))
RESIDENT_WORDS = Bucket("resident words", 20, timedelta(minutes=1))
# From all addresses together: a plate in a square full of people.
OF_ONE_CARD = Bucket("of one card", 60, timedelta(minutes=1))
RESIDENT_REPORTS = Bucket("resident reports", 10, timedelta(minutes=2))
RESIDENT_UPLOADS = Bucket("resident uploads", 12, timedelta(minutes=2))
RESIDENT_LOOKS = Bucket("resident looks", 20, timedelta(seconds=6))
# Pages, pieces of the plain map, and photos of before and after: a page asks for a dozen.
RESIDENT_PAGES = Bucket("resident pages", 240, timedelta(seconds=1))


def take_try(username: str, address: str, *, now: datetime | None = None) -> timedelta:
    """Take a token from both buckets before a password is looked at.

    Returns:
        How long to wait; zero when the try may go ahead. A refused try costs nothing.
    """
    moment = now or timezone.now()
    wait = take(PER_ACCOUNT_AND_ADDRESS, username, address, now=moment)
    return wait or take(PER_ADDRESS, address, now=moment)


def take_token_try(address: str, *, now: datetime | None = None) -> timedelta:
    """Count a wrong token from an address; how long to wait before the next, zero while there are tries left."""
    return take(TOKENS_PER_ADDRESS, address, now=now)


def take(bucket: Bucket, *parts: str, tokens: int = 1, now: datetime | None = None) -> timedelta:
    """Take tokens from the bucket of whatever `parts` name; how long to wait, zero when they were there."""
    return _take(bucket, _key(bucket.name, *parts), tokens, now or timezone.now())


def forgive(username: str, address: str) -> None:
    """After a right password: the account's tries from this address are forgotten, and old buckets swept up.

    The address gets back what this try took: an office of a hundred signs in of a morning behind one address.
    """
    SignInBucket.objects.filter(key=_key(PER_ACCOUNT_AND_ADDRESS.name, username, address)).delete()
    SignInBucket.objects.filter(key=_key(PER_ADDRESS.name, address)).update(
        full_at=F("full_at") - PER_ADDRESS.refill
    )
    SignInBucket.objects.filter(full_at__lt=timezone.now() - timedelta(days=1)).delete()


def network_of(address: str) -> str:
    """What counts as one address: an IPv4 address, and of IPv6 the /64 that a provider gives to one household.

    What is no address (a unix socket's is empty) counts as it is.
    """
    try:
        found = ip_address(address.split("%")[0])
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ip_network((found, 64), strict=False))
    return str(found)


def _key(*parts: str) -> str:
    """Names and addresses are not kept in the clear: a mistyped user name may be a password."""
    return hashlib.sha256("\0".join(part.casefold() for part in parts).encode()).hexdigest()


def _take(bucket: Bucket, key: str, tokens: int, now: datetime) -> timedelta:
    latest = now + bucket.refill * bucket.capacity
    taken = bucket.refill * tokens
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO accounts_signinbucket AS bucket (key, full_at)
            VALUES (%(key)s, %(now)s + %(taken)s * interval '1 second')
            ON CONFLICT (key) DO UPDATE
            SET full_at = greatest(bucket.full_at, %(now)s) + %(taken)s * interval '1 second'
            WHERE greatest(bucket.full_at, %(now)s) + %(taken)s * interval '1 second' <= %(latest)s
            RETURNING full_at
            """,
            {"key": key, "now": now, "taken": taken.total_seconds(), "latest": latest},
        )
        if cursor.fetchone():
            return timedelta(0)
    full_at = SignInBucket.objects.values_list("full_at", flat=True).get(key=key)
    return max(full_at + taken - latest, timedelta(seconds=1))
