"""Where things are on this machine: the clone, and its private var/ directory."""

from __future__ import annotations

import os
from pathlib import Path

CLONE = Path(__file__).resolve().parent.parent.parent


class Trouble(Exception):
    """Something the person at the keyboard has to know or do; shown as its message, without a traceback."""


def var_directory() -> Path:
    """The private directory of this clone: database, secret key, locks.

    `VAR_DIR` puts it elsewhere (config/settings.py reads it too); the tests of these scripts use that.
    """
    var = Path(os.environ.get("VAR_DIR") or CLONE / "var").absolute()
    try:
        var.mkdir(parents=True, exist_ok=True)
    except PermissionError as error:
        raise Trouble(f"Cannot make {var}: {error.strerror}. Run as the owner of the clone.") from error
    var = var.resolve()
    if not os.access(var, os.W_OK | os.X_OK):
        raise Trouble(f"{var} is not writable for you (it belongs to user id {var.stat().st_uid}).")
    return var
