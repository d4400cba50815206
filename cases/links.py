"""Links for units without an account: the secret, what it opens, and who acts by it.

The secret is 256 random bits; the database has its SHA-256 (as for the tokens of `accounts.tokens`), and no address
carries it to the server: it stands behind the `#` of the link, which browsers keep to themselves, and comes as a form
and then as a cookie (`portal/answer/`). So it is in no log, neither ours nor a proxy's.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import ANSWER_CASE
from accounts.tokens import digest_of
from assets.history import Actor
from assets.models import Origin
from cases.models import Case, CaseLink, Verb
from cases.transitions import TABLE, Standing, Who

LIFETIME = timedelta(days=14)
# Writing down every look would make every look a write.
BETWEEN_USES = timedelta(minutes=1)
# What is the unit's to do in the one table is what a link can do; nothing else.
LINK_VERBS = frozenset(
    verb for verb, transition in TABLE.items() if Who(ANSWER_CASE, Standing.OF_THE_UNIT) in transition.who
)


@dataclass(frozen=True)
class LinkHolder(Actor):
    """Whoever holds a link: nobody that we know, acting in the name of the link's unit."""

    link: CaseLink

    @property
    def name(self) -> str:
        """The unit's name, which history keeps."""
        return self.link.unit.name


def holder_of(link: CaseLink) -> LinkHolder:
    """Who acts by a link."""
    return LinkHolder(None, Origin.WEB, link)


def new_secret() -> str:
    """What the link will carry."""
    return secrets.token_urlsafe(32)


def link_of(secret: str) -> CaseLink | None:
    """The link that carries a secret, over or not; None when there is none."""
    found = CaseLink.objects.select_related("unit").filter(digest=digest_of(secret))
    return found.first()


def note_use(link: CaseLink) -> None:
    """Write down that a link was used, at most once a minute."""
    now = timezone.now()
    if link.last_used_at is None or now - link.last_used_at > BETWEEN_USES:
        CaseLink.objects.filter(pk=link.pk).update(last_used_at=now)


def why_closed(link: CaseLink, case: Case) -> str:
    """Why a link opens nothing any more, and what to do; empty while it opens its case."""
    day = f"{timezone.localtime(link.revoked_at or link.expires_at):%Y-%m-%d}"
    if link.revoked_at is not None:
        return _(
            "This link was ended by the publicity department on %(day)s. Open the latest link that you were sent "
            "for this case, or ask whoever sent it for a new one."
        ) % {"day": day}
    if link.is_over:
        return _(
            "This link was valid until %(day)s. Ask whoever sent it for a new one; what you have reported is kept."
        ) % {"day": day}
    if case.unit_id != link.unit_id:
        return _(
            "This case is with another unit by now, and you need do nothing more. If you think that it is yours, "
            "ask whoever sent the link."
        )
    return ""


def require_link(link: CaseLink, verb: Verb, case: Case) -> None:
    """Permission of whoever holds a link; the link is read anew, since it may have been revoked a moment ago.

    Raises:
        PermissionDenied: the link is another case's or over, or the verb is not the unit's to do.
    """
    current = CaseLink.objects.get(pk=link.pk)
    if current.case_id != case.pk or verb not in LINK_VERBS:
        raise PermissionDenied(_("This link is not for that."))
    if reason := why_closed(current, case):
        raise PermissionDenied(reason)
