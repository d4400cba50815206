"""Fills the demonstration once the server is up: cases, patrols, evaluations … step by step, by the worker.

The register itself is there before the first page (`load_demo`); the rest is made by the actions, one by one, which
takes minutes. A step, and the note that it was taken, are one transaction that holds the note locked: a killed worker
leaves its step undone and never half done, and no step is taken twice, however many workers there are.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from math import ceil

from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets.models import Asset, BackgroundRun, Batch, BatchKind, RunState
from cases.demonstration import make_cases
from cases.models import Case
from reports.demonstration import A_YEAR, EACH_DAY, invent_figures

FILLING = "fill_demonstration"
MOST_ATTEMPTS = 3
# Some seconds' work: whatever else waits for the worker comes in between, and whoever reports a case meanwhile does not
# wait for its number any longer.
CASES_AT_ONCE = 10
NIGHTS_AT_ONCE = 5
# The parts that follow are about the first of these; the others come when everything else is there.
FIRST_CASES, ALL_CASES = 300, 2400


@dataclass(frozen=True)
class Step:
    """One of them: what is made, in words, and what makes it."""

    title: Promise
    take: Callable[[], object]


def steps_of(size: Mapping[str, int]) -> list[Step]:
    """All steps, in their order: always the same for the same size.

    Args:
        size: `first` cases, `cases` in all, `answers` of residents, and the `seed`.
    """
    seed, first = size["seed"], size["first"]
    before, after = _cases(0, first, seed), _cases(first, size["cases"], seed)
    seeded = {"seed": seed, "if_empty": True}
    return [
        *before,
        _command(gettext_lazy("patrols"), "demo_patrols", **seeded),
        _command(gettext_lazy("campaigns"), "demo_campaigns", **seeded),
        _command(gettext_lazy("evaluations"), "demo_evaluation", **seeded),
        _command(gettext_lazy("residents' answers"), "demo_residents", answers=size["answers"], **seeded),
        _command(gettext_lazy("field work"), "demo_field_work", **seeded),
        _command(gettext_lazy("coverage"), "demo_coverage", if_empty=True),
        *after,
        # Sheets are frozen when they are published: not before there is all that they rest on.
        _command(gettext_lazy("score sheets"), "demo_assessment", if_empty=True),
        # Last: the nights of a year look back at all of that.
        *[Step(gettext_lazy("nightly figures"), _nights)] * ceil((EACH_DAY + A_YEAR / 7) / NIGHTS_AT_ONCE),
    ]


def _cases(there: int, wanted: int, seed: int) -> list[Step]:
    """The steps from so many cases to so many; each has a seed of its own."""
    return [
        Step(
            gettext_lazy("cases"),
            partial(_some_cases, min(CASES_AT_ONCE, wanted - begin), seed + begin),
        )
        for begin in range(there, wanted, CASES_AT_ONCE)
    ]


def _some_cases(count: int, seed: int) -> None:
    make_cases(count, seed, timezone.now())


def _nights() -> None:
    invent_figures(timezone.localdate(), NIGHTS_AT_ONCE)


def _command(title: Promise, name: str, **options: object) -> Step:
    return Step(title, partial(call_command, name, verbosity=0, **options))


# --- Taking them ----------------------------------------------------------------------------------------------------


def begin() -> BackgroundRun | None:
    """The note of a filling that begins; None where one has begun, or there is no demonstration, or it has cases."""
    if not settings.DEMONSTRATION or not Batch.objects.filter(kind=BatchKind.DEMONSTRATION).exists():
        return None
    if Case.objects.exists() or BackgroundRun.objects.filter(kind=FILLING).exists():
        return None
    assets = Asset.objects.count()
    size = {
        "first": min(FIRST_CASES, assets // 20),
        "cases": min(ALL_CASES, assets // 10),
        "answers": min(300, assets // 20),
        "seed": 1,
    }
    return BackgroundRun.objects.create(kind=FILLING, parameters=size, total=len(steps_of(size)))


def take_step(key: int) -> bool:
    """Take the next step of the note with this key; whether another one follows.

    None is taken where there is no demonstration any more: its note waits, in case there is one again.

    Raises:
        Exception: whatever the step raised, when it was tried for the last time.
    """
    if not settings.DEMONSTRATION:
        return False
    try:
        with transaction.atomic():
            run = BackgroundRun.objects.select_for_update().get(pk=key)
            if run.state != RunState.WAITING:
                return False
            steps = steps_of(run.parameters)
            steps[run.done].take()
            run.done, run.attempts, run.message = run.done + 1, 0, ""
            if run.done == len(steps):
                run.state, run.finished_at = RunState.DONE, timezone.now()
            run.save(update_fields=["done", "attempts", "message", "state", "finished_at"])
            return run.state == RunState.WAITING
    except Exception as error:
        if _is_given_up(key, error):
            raise
        return True


def _is_given_up(key: int, error: Exception) -> bool:
    """Count that a step failed; whether that was often enough."""
    with transaction.atomic():
        run = BackgroundRun.objects.select_for_update().get(pk=key)
        run.attempts, run.message = run.attempts + 1, f"{type(error).__name__}: {error}"[:500]
        if run.attempts >= MOST_ATTEMPTS:
            run.state, run.finished_at = RunState.FAILED, timezone.now()
        run.save(update_fields=["attempts", "message", "state", "finished_at"])
        return run.state == RunState.FAILED


def unfinished() -> BackgroundRun | None:
    """The note of the filling that goes on, if one does; nothing goes on once this is a demonstration no more."""
    if not settings.DEMONSTRATION:
        return None
    return BackgroundRun.objects.filter(kind=FILLING, state=RunState.WAITING).first()


# --- Telling --------------------------------------------------------------------------------------------------------

# Whether this process knows that there is nothing to tell any more: it does not ask again for every page.
_is_over = False


def notice() -> str:
    """What pages say while it goes on; nothing afterwards."""
    global _is_over
    if _is_over or not settings.DEMONSTRATION:
        return ""
    run = BackgroundRun.objects.filter(kind=FILLING).first()
    if run is None:
        return ""  # it may yet begin
    if run.state != RunState.WAITING:
        _is_over = True
        return ""
    steps = steps_of(run.parameters)
    return _("The demonstration is still being filled, now with %(what)s: %(percent)s%% is there.") % {
        "what": steps[min(run.done, len(steps) - 1)].title,
        "percent": 100 * run.done // len(steps),
    }
