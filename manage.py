#!/usr/bin/env python3
"""Django's command line for the publicity asset map. See README.md for the everyday commands.

Run by hand in a clone, with nothing in the environment, it uses the clone's own virtual environment and private
database (the one `script/server` shows), starting that database for as long as the command runs. On a district's
server DATABASE_URL, SECRET_KEY and the like are set, and nothing of this happens.
"""

import importlib.util
import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
WITHOUT_DATABASE = {"makemessages", "compilemessages", "collectstatic", "help"}


def use_own_python() -> None:
    """Continue under the clone's virtual environment when this Python has no Django."""
    own = HERE / ".venv" / "bin" / "python"
    if importlib.util.find_spec("django") is None and own.exists():
        os.execv(own, [str(own), *sys.argv])


def use_private_database() -> None:
    """Continue with the clone's private database, unless the environment names one or the command needs none."""
    if "DATABASE_URL" in os.environ or "DJANGO_ENV" in os.environ:
        return
    os.environ["DJANGO_ENV"] = "demo"
    if len(sys.argv) > 1 and sys.argv[1] not in WITHOUT_DATABASE:
        if sys.argv[1] == "migrate":
            os.environ["DATABASE_ROLE"] = "owner"
        cluster = HERE / "script" / "cluster"
        os.execv(cluster, [str(cluster), "run", "--", sys.executable, str(HERE / "manage.py"), *sys.argv[1:]])


def main() -> None:
    """Run the named management command."""
    use_own_python()
    use_private_database()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
