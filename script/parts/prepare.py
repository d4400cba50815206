"""Run by script/server under the clone's own Python: static files, database, demonstration, base map.

    python script/parts/prepare.py ASSETS

One process instead of one for each command, because starting Django takes longer than finding that there is nothing
to do. It connects as the owner of the tables. `migrate` runs every time, even with nothing to apply: it also grants
the runtime role its rights, which a run killed between the two would lack.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

CLONE = Path(__file__).resolve().parent.parent.parent


def main(assets: int) -> None:
    """Collect the static files and bring the database up to date; into one without assets load so many."""
    sys.path.insert(0, str(CLONE))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django
    from django.conf import settings
    from django.core.management import CommandError, call_command
    from django.db import OperationalError

    django.setup()
    if not settings.STATIC_FROM_SOURCE:
        call_command("collectstatic", interactive=False, verbosity=0)
    try:
        call_command("migrate", verbosity=0)
        call_command("load_fixtures")
        call_command("load_case_lists")
        call_command("load_coverage_rules")
        if assets:
            call_command("load_demo", assets=assets, seed=1, if_empty=True)
            call_command("demo_responsibility", if_empty=True)
        call_command("demo_accounts")
        if assets:
            # By the actions, one by one, which takes minutes: the worker does it while one looks around.
            call_command("fill_demonstration")
        draw_base_map()
    except CommandError as error:
        sys.exit(str(error))
    except OperationalError as error:
        variable = "DATABASE_OWNER_URL" if "DATABASE_OWNER_URL" in os.environ else "DATABASE_URL"
        sys.exit(f"The database that {variable} names failed: {str(error).strip()}")


def draw_base_map() -> None:
    """Build the base map that comes with the product unless there is one; without one the map is plainer, no more."""
    from mapping.basemap.errors import BasemapError
    from mapping.basemap.shipped import build_shipped_if_none

    try:
        built = build_shipped_if_none()
    except BasemapError as error:
        print(
            f"The base map could not be built, so the map shows areas and roads of the register only: {error}"
        )
        return
    if built is not None:
        print(f"Built the base map: real roads of Jinan, {built.size / 1e6:.2f} MB.")


if __name__ == "__main__":
    main(int(sys.argv[1]))
