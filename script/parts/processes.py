"""Runs child processes that get the signals meant for them and do not outlive this process."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

PASSED_ON = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
_AWAITED = (*PASSED_ON, signal.SIGCHLD)
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


@contextmanager
def signals_held() -> Iterator[None]:
    """Let no signal in PASSED_ON interrupt the block, so that its cleaning up is never cut short.

    They wait until `Children` looks at them.
    """
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, _AWAITED)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


class Children:
    """Children that end when the block does, or when this process is killed. To be used within `signals_held`."""

    def __init__(self) -> None:
        """No children yet."""
        self.interrupted = False  # whether a signal asked to end
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Children:
        """Nothing to do before the first child."""
        return self

    def __exit__(self, *exception: object) -> None:
        """End what still runs."""
        self.stop()

    def start(
        self,
        command: Sequence[str | Path],
        env: Mapping[str, str],
        *,
        cwd: Path | None = None,
        pass_fds: Collection[int] = (),
        when_orphaned: signal.Signals = signal.SIGTERM,
        own_group: bool = False,
    ) -> subprocess.Popen[bytes]:
        """Start a child, which gets the signal `when_orphaned` should this process be killed.

        With `own_group` the terminal's Ctrl-C does not reach it. It cannot then read from the terminal.
        """
        process = subprocess.Popen(
            [str(part) for part in command],
            env=dict(env),
            cwd=cwd,
            pass_fds=pass_fds,
            process_group=0 if own_group else None,
            preexec_fn=dying_with_parent(when_orphaned),
        )
        self._processes.append(process)
        return process

    def follow(self, process: subprocess.Popen[bytes]) -> int:
        """Wait for one child to end, passing signals on to it. Returns its exit status as a shell would."""
        while process.poll() is None:
            received = self._next_signal()
            # si_code > 0: from the kernel, that is from the terminal, which has sent it to the child too.
            # A second SIGINT would interrupt it while it cleans up after the first.
            if received is not None and received.si_code <= 0 and process.poll() is None:
                process.send_signal(received.si_signo)
        return self._forget(process)

    def complete(self, process: subprocess.Popen[bytes]) -> int:
        """Wait for one child to end, asking it to at the first signal. Returns its exit status likewise."""
        while process.poll() is None:
            if self._next_signal() is not None and process.poll() is None:
                process.terminate()
        return self._forget(process)

    def ended(self) -> subprocess.Popen[bytes] | None:
        """A child that has ended by itself, if there is one."""
        return next((process for process in self._processes if process.poll() is not None), None)

    def until_stopped(self, meanwhile: Callable[[], None]) -> subprocess.Popen[bytes] | None:
        """Wait for a signal (returns None) or for a child that ends by itself (returns that, and forgets it).

        `meanwhile` is called at least once a second.
        """
        while not self.interrupted:
            process = self.ended()
            if process is not None:
                self._processes.remove(process)
                return process
            meanwhile()
            self._next_signal()
        return None

    def pause(self, seconds: float) -> None:
        """Wait, but no longer than until a signal asks to end."""
        deadline = time.monotonic() + seconds
        while not self.interrupted and time.monotonic() < deadline:
            self._next_signal(deadline - time.monotonic())

    def stop(self) -> None:
        """Ask every child to end; ask again after a while; then, or at another signal, kill."""
        for patience, number in ((10.0, signal.SIGTERM), (5.0, signal.SIGTERM), (0.0, signal.SIGKILL)):
            for process in self._running():
                process.send_signal(number)
            deadline = time.monotonic() + patience
            while self._running() and time.monotonic() < deadline:
                if self._next_signal(deadline - time.monotonic()) is not None:
                    break
        for process in self._processes:
            process.wait()
        self._processes.clear()

    def _forget(self, process: subprocess.Popen[bytes]) -> int:
        self._processes.remove(process)
        return 128 - process.returncode if process.returncode < 0 else process.returncode

    def _running(self) -> list[subprocess.Popen[bytes]]:
        return [process for process in self._processes if process.poll() is None]

    def _next_signal(self, seconds: float = 1.0) -> signal.struct_siginfo | None:
        """The next signal to this process; None when it was only about a child, or none came."""
        # At most a second: a SIGCHLD may have been merged with another.
        received = signal.sigtimedwait(_AWAITED, max(0.0, min(seconds, 1.0)))
        if received is None or received.si_signo == signal.SIGCHLD:
            return None
        self.interrupted = True
        return received


def dying_with_parent(when_orphaned: signal.Signals) -> Callable[[], None]:
    """A `preexec_fn` that has the kernel send the child a signal when this process ends, however it ends."""
    parent = os.getpid()

    def prepare() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(when_orphaned))
        if os.getppid() != parent:  # it died before the kernel knew what to do then
            os._exit(1)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _AWAITED)

    return prepare
