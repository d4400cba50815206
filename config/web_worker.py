"""gunicorn's worker with threads, which gives none of them to a request that has only begun to arrive.

A few dozen connections that send half a head and then nothing would otherwise hold every thread of every process, and
nobody else would be answered. Here a thread is given to a connection when the whole head is there; until then it waits
in the main loop, and is closed after `SECONDS_FOR_A_HEAD`. A body that stops arriving, or a reader who stops reading,
ends after `SECONDS_OF_SILENCE`. What comes slowly but steadily is the proxy's to collect (docs/operator.md).

Used as `--worker-class config.web_worker.Worker`; it builds on the internals of the gunicorn that is pinned.
"""

from __future__ import annotations

import struct
import time
from collections import deque
from concurrent.futures import Future
from select import select
from socket import MSG_DONTWAIT, MSG_PEEK, SO_RCVTIMEO, SO_SNDTIMEO, SOL_SOCKET, socket
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

SECONDS_FOR_A_HEAD = 10
SECONDS_OF_SILENCE = 30
# More heads than anybody's browsers have under way at once: the oldest goes.
MOST_HALF_HEADS = 200
_END = b"\r\n\r\n"
# As much as is looked at; gunicorn refuses heads as long as that.
_LONGEST_HEAD = 64 * 1024
# A head in two packets is no attack: so long a thread waits for the second.
_A_MOMENT = 0.05
_HALF = object()


class Worker(ThreadWorker):
    """Connections whose head is not whole wait without a thread."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._half: deque[Any] = deque()

    def handle(self, conn: Any) -> Any:
        """In a thread: answer a request whose head is there, or say that it is not."""
        _limit_silence(conn.sock)
        read_ahead = conn.parser is not None and conn.parser.unreader.buf.getvalue()
        if not read_ahead and not _head_is_there(conn.sock, _A_MOMENT):
            return _HALF
        return super().handle(conn)

    def finish_request(self, conn: Any, fs: Future[Any]) -> None:
        """In the main loop: what becomes of a connection that a thread is done with."""
        if fs.cancelled() or fs.exception() is not None or fs.result() is not _HALF:
            super().finish_request(conn, fs)
            return
        conn.head_until = time.monotonic() + SECONDS_FOR_A_HEAD
        self._half.append(conn)
        if len(self._half) > MOST_HALF_HEADS:
            self._let_go(self._half.popleft())

    def murder_pending(self) -> None:
        """In the main loop, at least once a second: go on with heads that are whole now, close what never comes."""
        super().murder_pending()
        waiting, self._half = self._half, deque()
        for conn in waiting:
            if _head_is_there(conn.sock, 0):
                conn.data_ready = True
                self.enqueue_req(conn)
            elif time.monotonic() > conn.head_until:
                self._let_go(conn)
            else:
                self._half.append(conn)

    def _let_go(self, conn: Any) -> None:
        self.nr_conns -= 1
        conn.close()


def _head_is_there(sock: socket, seconds: float) -> bool:
    """Whether a whole head has arrived, or arrives within so many seconds; or there is nothing more to wait for."""
    until = time.monotonic() + seconds
    while True:
        seen = _seen(sock)
        if seen is not None and (seen == b"" or _END in seen or len(seen) >= _LONGEST_HEAD):
            return True
        left = until - time.monotonic()
        if left <= 0:
            return False
        if seen is None:
            select([sock], [], [], left)
        else:
            time.sleep(min(left, 0.01))  # bytes that were seen keep the socket readable


def _seen(sock: socket) -> bytes | None:
    """What has arrived, without taking it; empty when the other side has gone, None when nothing is there yet."""
    try:
        return sock.recv(_LONGEST_HEAD, MSG_PEEK | MSG_DONTWAIT)
    except BlockingIOError:
        return None
    except OSError:
        return b""


def _limit_silence(sock: socket) -> None:
    """Have the system end a read or a write that nothing comes of; gunicorn's own sockets wait for ever."""
    limit = struct.pack("ll", SECONDS_OF_SILENCE, 0)
    sock.setsockopt(SOL_SOCKET, SO_RCVTIMEO, limit)
    sock.setsockopt(SOL_SOCKET, SO_SNDTIMEO, limit)
