"""How the commands in script/ speak: one line a step, one clear sentence when something is in the way."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from parts.clone import Trouble
from parts.interpreter import leave_old_python


def say(text: str) -> None:
    """Tell what is being done."""
    print(text, flush=True)


def run(main: Callable[[], int]) -> None:
    """Run a command's main function and leave with its exit status; Trouble is shown as its sentence."""
    try:
        leave_old_python()
        status = main()
    except Trouble as trouble:
        sys.stdout.flush()
        sys.exit(f"script/{Path(sys.argv[0]).name}: {trouble}")
    except KeyboardInterrupt:
        status = 130
    sys.exit(status)
