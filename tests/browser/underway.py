"""Which requests the tests' own server is still answering: a page that is closed leaves some behind it.

The tables are emptied after a browser test, and a request that is still reading them then makes that a deadlock.
"""

import threading
from time import monotonic

from django.core.signals import request_finished, request_started

PATIENCE_SECONDS = 60


class Underway:
    """Counts the requests that threads of a live server have begun and not ended; a test's own client is not one."""

    def __init__(self) -> None:
        self._count = 0
        self._changed = threading.Condition()
        request_started.connect(self._started)
        request_finished.connect(self._finished)

    def wait_for_none(self) -> None:
        """Return when nothing is being answered.

        Raises:
            TimeoutError: something is, a minute later.
        """
        deadline = monotonic() + PATIENCE_SECONDS
        with self._changed:
            while self._count:
                left = deadline - monotonic()
                if left <= 0:
                    raise TimeoutError(f"{self._count} requests are still being answered.")
                self._changed.wait(left)

    def _started(self, **_signal: object) -> None:
        self._count_by(1)

    def _finished(self, **_signal: object) -> None:
        self._count_by(-1)

    def _count_by(self, number: int) -> None:
        # The server names its threads so; the test itself runs in the main one.
        if "process_request_thread" in threading.current_thread().name:
            with self._changed:
                self._count += number
                self._changed.notify_all()


UNDERWAY = Underway()
