"""What the log says of a request that was refused: the address and why, in a line.

Django adds the traceback of the exception by which a view refused. A refusal is no fault: whoever sends nonsense would
fill the log with our source lines, and faults would drown in it.
"""

import logging

_FIRST_FAULT = 500
# Where Django logs what it refused: requests, and each kind of suspicion under its own name.
REFUSALS = (
    "django.request",
    *(
        f"django.security.{suspicion}"
        for suspicion in (
            "DisallowedHost",
            "DisallowedModelAdminLookup",
            "DisallowedModelAdminToField",
            "DisallowedRedirect",
            "InvalidSessionKey",
            "RequestDataTooBig",
            "SuspiciousFileOperation",
            "SuspiciousMultipartForm",
            "SuspiciousOperation",
            "SuspiciousSession",
            "TooManyFieldsSent",
            "TooManyFilesSent",
        )
    ),
)


class RefusalsInOneLine(logging.Filter):
    """For the logger `django.request`: only faults keep their traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let everything through, a refusal without its traceback."""
        if getattr(record, "status_code", _FIRST_FAULT) < _FIRST_FAULT:
            record.exc_info = None
            record.exc_text = None
        return True
