"""Half-sent heads, silent bodies and readers who do not read hold no thread of the web server."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from socket import create_connection, socket
from typing import Any

import pytest

from config import web_worker

ROOT = Path(__file__).resolve().parents[1]
THREADS = 2
WHOLE = b"GET /%d HTTP/1.1\r\nHost: here\r\n\r\n"
PATIENCE = 30.0


def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """What the server below serves: the path, and the length of the body."""
    body = environ["wsgi.input"].read()
    content = f"{environ['PATH_INFO']} {len(body)}".encode()
    start_response("200 OK", [("Content-Length", str(len(content)))])
    return [content]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """gunicorn with one process of two threads over `answer`."""
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = int(probe.getsockname()[1])
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "tests.test_web_worker:answer",
        "--bind",
        f"127.0.0.1:{free}",
    ]
    shape = ["--worker-class", "config.web_worker.Worker", "--workers", "1", "--threads", str(THREADS)]
    # The half heads of the last test are nothing to wait for.
    shape += ["--graceful-timeout", "1"]
    server = subprocess.Popen([*command, *shape, "--no-control-socket", "--log-level", "error"], cwd=ROOT)
    try:
        for _try in range(300):
            with suppress(OSError):
                create_connection(("127.0.0.1", free), timeout=1).close()
                break
            time.sleep(0.1)
        yield free
    finally:
        server.terminate()
        server.wait(20)


def connected(port: int) -> socket:
    return create_connection(("127.0.0.1", port), timeout=PATIENCE)


def answered(wire: socket) -> bytes:
    """One whole answer of a connection."""
    received = b""
    while b"\r\n\r\n" not in received or not received.split(b"\r\n\r\n", 1)[1]:
        piece = wire.recv(4096)
        assert piece, received
        received += piece
    return received.split(b"\r\n\r\n", 1)[1]


def is_closed(wire: socket) -> bool:
    """Whether the server ends a connection, in whatever way."""
    try:
        return wire.recv(100) == b""
    except ConnectionResetError:
        return True


def test_many_half_sent_heads_keep_nobody_from_being_answered(port: int) -> None:
    with ExitStack() as stack:
        for _number in range(20 * THREADS):
            wire = stack.enter_context(connected(port))
            wire.sendall(b"GET / HTTP/1.1\r\nHost: he")
        time.sleep(0.3)
        began = time.monotonic()
        other = stack.enter_context(connected(port))
        other.sendall(WHOLE % 1)
        assert answered(other) == b"/1 0"
        # The half heads would have held the threads until they are given up.
        assert time.monotonic() - began < web_worker.SECONDS_FOR_A_HEAD / 2


def test_connections_that_say_nothing_at_all_hold_no_thread(port: int) -> None:
    with ExitStack() as stack:
        for _number in range(20 * THREADS):
            stack.enter_context(connected(port))
        other = stack.enter_context(connected(port))
        other.sendall(WHOLE % 2)
        assert answered(other) == b"/2 0"


def test_a_head_that_comes_in_pieces_is_answered_once_it_is_whole(port: int) -> None:
    with connected(port) as wire:
        for piece in (b"GET /3 HT", b"TP/1.1\r\nHo", b"st: here\r\n", b"\r", b"\n"):
            wire.sendall(piece)
            time.sleep(0.2)
        assert answered(wire) == b"/3 0"


def test_a_connection_serves_one_request_after_the_other(port: int) -> None:
    with connected(port) as wire:
        for number in (4, 5, 6):
            wire.sendall(WHOLE % number)
            assert answered(wire) == b"/%d 0" % number


def test_requests_sent_at_once_are_answered_in_turn(port: int) -> None:
    with connected(port) as wire:
        wire.sendall(WHOLE % 7 + WHOLE % 8)
        received = b""
        while b"/8 0" not in received:
            received += wire.recv(4096)
        assert received.index(b"/7 0") < received.index(b"/8 0")


def test_a_body_arrives_whole(port: int) -> None:
    with connected(port) as wire:
        wire.sendall(b"POST /9 HTTP/1.1\r\nHost: here\r\nContent-Length: 300000\r\n\r\n")
        wire.sendall(b"x" * 300000)
        assert answered(wire) == b"/9 300000"


def test_a_half_head_is_given_up(port: int) -> None:
    with connected(port) as wire:
        wire.sendall(b"GET / HTTP/1.1\r\n")
        assert is_closed(wire)


def test_more_half_heads_than_fit_push_out_the_oldest(port: int) -> None:
    with ExitStack() as stack:
        oldest = stack.enter_context(connected(port))
        oldest.sendall(b"GET ")
        time.sleep(0.3)
        for _number in range(web_worker.MOST_HALF_HEADS + 5):
            stack.enter_context(connected(port)).sendall(b"GET ")
        assert is_closed(oldest)
