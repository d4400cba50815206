"""Runs child processes that get the signals meant for them and do not outlive this process."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

PASSED_ON = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
_AWAITED = (*PASSED_ON, signal.SIGCHLD)
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


class Children:
    """Children started together and ended together.

    Use as a context manager. Inside it the signals in PASSED_ON no longer interrupt this process: they wait
    for `until_one_ends`, and those that come while everything is being stopped change nothing.
    """

    def __init__(self) -> None:
        """No children yet."""
        self._processes: list[subprocess.Popen[bytes]] = []
        self._mask: set[signal.Signals | int] = set()

    def __enter__(self) -> Children:
        """Start to hold signals back."""
        self._mask = set(signal.pthread_sigmask(signal.SIG_BLOCK, _AWAITED))
        return self

    def __exit__(self, *exception: object) -> None:
        """End what still runs and let signals through again."""
        self.stop()
        signal.pthread_sigmask(signal.SIG_SETMASK, self._mask)

    def start(
        self,
        command: Sequence[str | Path],
        env: Mapping[str, str],
        *,
        cwd: Path | None = None,
        pass_fds: Iterable[int] = (),
        when_orphaned: signal.Signals = signal.SIGTERM,
    ) -> subprocess.Popen[bytes]:
        """Start a child, which gets the signal `when_orphaned` should this process be killed."""
        process = subprocess.Popen(
            [str(part) for part in command],
            env=dict(env),
            cwd=cwd,
            pass_fds=tuple(pass_fds),
            preexec_fn=_in_child(os.getpid(), when_orphaned, self._mask),
        )
        self._processes.append(process)
        return process

    def until_one_ends(self) -> tuple[subprocess.Popen[bytes], bool]:
        """Wait for the first child to end, passing signals on to all. Returns it and whether one was asked for."""
        asked = False
        while True:
            for process in self._processes:
                if process.poll() is not None:
                    return process, asked
            # The timeout is a net for a SIGCHLD that was merged with another.
            received = signal.sigtimedwait(_AWAITED, 1)
            if received is None or received.si_signo == signal.SIGCHLD:
                continue
            asked = True
            # si_code > 0: from the kernel, that is from the terminal, which has sent it to the children too.
            # A second SIGINT would interrupt them while they clean up after the first.
            if received.si_code <= 0:
                self._signal(received.si_signo)

    def stop(self, patience: float = 15) -> None:
        """Ask every child to end, wait, and kill those that will not."""
        self._signal(signal.SIGTERM)
        for process in self._processes:
            try:
                process.wait(patience)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _signal(self, number: int) -> None:
        for process in self._processes:
            if process.poll() is None:
                process.send_signal(number)


def exit_status(returncode: int) -> int:
    """A Popen return code as a shell would report it: 128 + n for a child ended by signal n."""
    return 128 - returncode if returncode < 0 else returncode


def _in_child(
    parent: int, when_orphaned: signal.Signals, mask: Iterable[signal.Signals | int]
) -> Callable[[], None]:
    def prepare() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(when_orphaned))
        if os.getppid() != parent:  # it died before the kernel knew what to do then
            os._exit(1)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)

    return prepare
