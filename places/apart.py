"""Runs a function in a process of its own, with limits of memory and time: for files that somebody else has made.

Decoders of foreign files are written in C, and a file of 300 bytes can have them work for ever, ask for all memory or
end the process. So whoever reads one does it here, and sees an exception instead. The processes are forked from one
that has Django and the readers loaded and nothing else: no threads, no database connections (`multiprocessing` calls
it a fork server; it ends with the process that started it). A call costs about 20 ms beside its work.
"""

import multiprocessing
import pickle
import resource
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from django.utils.translation import get_language, override

Result = TypeVar("Result")
_context = multiprocessing.get_context("forkserver")
_PRELOADED = ["places.apart_ready"]
_context.set_forkserver_preload(_PRELOADED)


class GaveUp(Exception):
    """The function needed more memory or time than it may have, or its process ended some other way."""


@dataclass(frozen=True)
class Limits:
    """What a function may use: bytes of addresses, seconds of a processor, seconds by the clock."""

    memory: int = 4 << 30
    processor_seconds: int = 240
    seconds: float = 400


USUAL = Limits()


def preload(module: str) -> None:
    """Have a module loaded before any process is forked; rooms say so for what they run apart (`apps.ready`)."""
    if module not in _PRELOADED:
        _PRELOADED.append(module)
        _context.set_forkserver_preload(_PRELOADED)


def run_apart(function: Callable[..., Result], *arguments: Any, limits: Limits = USUAL) -> Result:
    """What `function(*arguments)` returns, or raises; function, arguments and result must be picklable.

    Raises:
        GaveUp: it met a limit, or its process was killed.
    """
    with tempfile.TemporaryDirectory(prefix="apart-") as folder:
        answer = Path(folder) / "answer"
        # As a daemon it ends when this process does, instead of keeping it from ending.
        process = _context.Process(
            target=_answer, args=(answer, limits, get_language(), function, arguments), daemon=True
        )
        process.start()
        process.join(limits.seconds)
        if process.is_alive():
            process.kill()
            process.join()
        process.close()
        try:
            returned, value = pickle.loads(answer.read_bytes())
        except FileNotFoundError:
            raise GaveUp from None
    if returned:
        return value
    raise value


def _answer(
    answer: Path,
    limits: Limits,
    language: str | None,
    function: Callable[..., Any],
    arguments: tuple[Any, ...],
) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.processor_seconds, limits.processor_seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        with override(language):
            outcome = pickle.dumps((True, function(*arguments)), protocol=5)
    except MemoryError:
        return
    except Exception as error:
        outcome = pickle.dumps((False, error), protocol=5)
    # Whole or not at all: half an answer is none.
    half = answer.with_name("half")
    half.write_bytes(outcome)
    half.rename(answer)
