"""Trying to apply one operation: what cannot be applied leaves nothing behind but its reason."""

import logging

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.db import DataError, IntegrityError, InterfaceError, OperationalError, transaction
from django.utils.translation import gettext as _

from field.models import Reason
from field.up.applying import apply
from field.up.applying.work import Applied, NotApplied, Refused, Work
from field.words import title_of

End = Applied | NotApplied

log = logging.getLogger(__name__)


def attempt(work: Work) -> End:
    """Apply an operation in a savepoint; what cannot be applied leaves nothing behind but its reason.

    Raises:
        OperationalError, InterfaceError: the database cannot now.
    """
    try:
        if work.envelope.problems:
            raise ValidationError(work.envelope.problems)
        if work.is_own and work.envelope.claimed_user != work.author.pk:
            raise Refused(
                Reason.OTHER_USER,
                _("This was recorded by somebody else; only they can send it."),
            )
        with transaction.atomic():
            return apply(work)
    except NotApplied as error:
        return error
    except PermissionDenied as error:
        return Refused(Reason.NOT_PERMITTED, str(error))
    except ValidationError as error:
        reason = Reason.TOO_LARGE if "size" in work.envelope.problems else Reason.INVALID
        return Refused(reason, sentence(error))
    except (DataError, IntegrityError) as error:
        log.warning("Field operation %s: %s", work.envelope.op_id, error)
        return Refused(Reason.INVALID, _("The database does not accept what is in it."))
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        # Whatever is wrong with one record must not keep the others from arriving.
        log.exception("Field operation %s could not be applied", work.envelope.op_id)
        return Refused(
            Reason.SERVER_FAULT, _("A fault in the system. The record is kept, and the office sees it.")
        )


def sentence(error: ValidationError) -> str:
    """All that is wrong, each after the name of its field."""
    if not hasattr(error, "error_dict"):
        return " ".join(error.messages)
    return " ".join(
        " ".join(messages)
        if name == NON_FIELD_ERRORS
        else _("%(field)s: %(problem)s") % {"field": title_of(name), "problem": " ".join(messages)}
        for name, messages in error.message_dict.items()
    )
