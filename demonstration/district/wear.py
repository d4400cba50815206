"""What a year and some weeks did to the demonstration's assets: inspections, defects, repairs.

An asset ages from its last renewal, faster in poor material and neglected communities. Every inspection sees how far
that has gone; what is found damaged is mostly repaired, which renews it and is itself inspected. Works on arrays, one
step for all assets at a time.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

# How far back inspections go, as often as each type asks: the year of nightly figures; the first of all lies before
# it, so that the earliest night knows when everything was last looked at.
DAYS = 370
STEPS = 18
# Share of inspections that come late, and by how much of their interval in the mean: at any time about one asset in
# sixteen is overdue, as it is today.
LATE_SHARE = 0.13
LATE_BY = 0.45
GOOD, MINOR, DAMAGED, SEVERE, MISSING = 1, 2, 3, 4, 5
# Share of its expected life at which wear is seen as minor damage, damage, severe damage.
THRESHOLDS = np.array([0.94, 1.22, 1.75])
# In so many days so many assets are damaged by an accident, and so many get lost.
EXPOSED_DAYS = 125
DAMAGED_BY_ACCIDENT = 0.024
LOST = 0.0045
REPAIR_CHANCE = np.array([0, 0, 0.5, 0.94, 0.97, 0.92])
# After an asset's latest inspection less is in hand, and a part of that is behind its time.
LATEST_JOB_CHANCE = np.array([0, 0, 0.1, 0.72, 0.9, 0.8])
BEHIND_SHARE = 0.45
MINUTES_A_DAY = 24 * 60

FOUND_BY_CONDITION: dict[int, tuple[str, ...]] = {
    MINOR: ("faded", "soiled", "covered_by_stickers", "obstructed"),
    DAMAGED: ("broken", "faded", "missing_characters", "loose", "soiled"),
    SEVERE: ("broken", "leaning", "hazard", "missing_characters"),
}
LIT_DEFECT = "unlit"


@dataclass
class Wear:
    """Facts about assets, numbered by position; times are minutes before today began."""

    inspected: Integers  # the asset
    seen_minutes_ago: Integers
    condition: Integers
    after_repair: NDArray[np.bool_]
    repaired: Integers  # the asset of each maintenance job
    planned_days_ago: Integers
    done_days_ago: Integers  # -1 while open
    found: Integers  # condition that led to the job
    latest_condition: Integers  # per asset; 0 when never inspected
    latest_minutes_ago: Integers


def wear(
    ages: Floats, lives: Floats, intervals: Integers, inspected: NDArray[np.bool_], rng: np.random.Generator
) -> Wear:
    """A year and some weeks of looking and repairing.

    Args:
        ages: days since installation.
        lives: days until an asset of this type, material and neighbourhood looks worn.
        intervals: days between inspections.
        inspected: False for what nobody has inspected yet.
    """
    count = len(ages)
    seen = _inspection_days(ages, intervals, inspected, rng)
    # Nobody knows when the older ones were last renewed: some time in their last life.
    renewed = np.minimum(ages, seen[:, 0] + lives * rng.uniform(0, 1.02, count))
    latest_condition = np.zeros(count, dtype=np.int64)
    latest_minutes = np.full(count, -1, dtype=np.int64)
    inspections: list[tuple[Integers, Integers, Integers, NDArray[np.bool_]]] = []
    jobs: list[tuple[Integers, Integers, Integers, Integers]] = []
    last_step = np.where(inspected, (seen >= 0).sum(axis=1) - 1, -1)
    for step in range(STEPS):
        due = np.flatnonzero(seen[:, step] >= 0)
        # The first step is taken by nobody too, so that there is always something to put together.
        if len(due) == 0 and step > 0:
            break
        day = seen[due, step]
        passed = np.where(step == 0, EXPOSED_DAYS, seen[due, max(step - 1, 0)] - day)
        condition = _seen_condition((renewed[due] - day) / lives[due], passed, rng)
        minutes = (day * MINUTES_A_DAY).astype(np.int64) - rng.integers(8 * 60, 18 * 60, len(due))
        inspections.append((due, minutes, condition, np.zeros(len(due), dtype=bool)))
        latest_condition[due], latest_minutes[due] = condition, minutes
        is_last = last_step[due] == step
        delay = rng.integers(3, 26, len(due))
        next_day = np.where(is_last, 0, seen[due, np.minimum(step + 1, STEPS - 1)])
        chance = np.where(is_last, LATEST_JOB_CHANCE[condition], REPAIR_CHANCE[condition])
        wanted = rng.random(len(due)) < chance
        in_time = day - delay > next_day + 1
        done = wanted & in_time & (~is_last | (rng.random(len(due)) > BEHIND_SHARE))
        done_day = (day - delay).astype(np.int64)
        jobs.append((due[done], day[done].astype(np.int64), done_day[done], condition[done]))
        still_open = wanted & is_last & ~done
        jobs.append(
            (
                due[still_open],
                day[still_open].astype(np.int64),
                np.full(int(still_open.sum()), -1, dtype=np.int64),
                condition[still_open],
            )
        )
        renewed[due[done]] = done_day[done]
        after = done_day[done] * MINUTES_A_DAY - rng.integers(10 * 60, 17 * 60, int(done.sum()))
        inspections.append((due[done], after, np.full(len(after), GOOD), np.ones(len(after), dtype=bool)))
        latest_condition[due[done]], latest_minutes[due[done]] = GOOD, after
    order = np.concatenate([part[0] for part in inspections])
    return Wear(
        inspected=order,
        seen_minutes_ago=np.concatenate([part[1] for part in inspections]),
        condition=np.concatenate([part[2] for part in inspections]),
        after_repair=np.concatenate([part[3] for part in inspections]),
        repaired=np.concatenate([part[0] for part in jobs]),
        planned_days_ago=np.concatenate([part[1] for part in jobs]),
        done_days_ago=np.concatenate([part[2] for part in jobs]),
        found=np.concatenate([part[3] for part in jobs]),
        latest_condition=latest_condition,
        latest_minutes_ago=latest_minutes,
    )


def _inspection_days(
    ages: Floats, intervals: Integers, inspected: NDArray[np.bool_], rng: np.random.Generator
) -> Floats:
    """Days ago of each asset's inspections, oldest first, -1 after the last; shape (assets, STEPS)."""
    count = len(ages)
    late = rng.random(count) < 0.065
    latest = np.where(
        late,
        intervals * (1 + rng.exponential(LATE_BY, count)),
        intervals * rng.uniform(0.02, 0.97, count),
    )
    latest = np.clip(np.round(latest), 1, None)
    shape = (count, STEPS - 1)
    shares = np.where(
        rng.random(shape) < LATE_SHARE, 1 + rng.exponential(LATE_BY, shape), rng.uniform(0.75, 1, shape)
    )
    gaps = np.round(intervals[:, None] * shares)
    days = np.column_stack([latest, latest[:, None] + np.cumsum(gaps, axis=1)])
    # The last one of all is the first beyond those days.
    wanted = np.column_stack([np.ones(count, dtype=bool), days[:, :-1] < DAYS])
    possible = wanted & (days < ages[:, None]) & inspected[:, None]
    # What was put up a few days ago was at least looked at when it was put up.
    fresh = inspected & ~possible[:, 0]
    days[fresh, 0] = np.maximum(np.floor(ages[fresh]), 1)
    possible[fresh, 0] = True
    days = np.where(possible, days, -1)
    number = possible.sum(axis=1)
    place = number[:, None] - 1 - np.arange(STEPS)[None, :]
    return np.where(place >= 0, np.take_along_axis(days, np.maximum(place, 0), axis=1), -1)


def _seen_condition(wear_share: Floats, passed: Floats, rng: np.random.Generator) -> Integers:
    """What is seen of assets worn so far; `passed` is how many days accidents had to happen in."""
    count = len(wear_share)
    seen = wear_share * np.exp(rng.normal(0, 0.16, count))
    condition = np.searchsorted(THRESHOLDS, seen) + GOOD
    accident = rng.random(count) / np.clip(passed / EXPOSED_DAYS, 0.2, 1)
    condition = np.where(
        accident < DAMAGED_BY_ACCIDENT, np.maximum(condition, rng.choice([2, 3, 3, 4], count)), condition
    )
    lost = (accident >= DAMAGED_BY_ACCIDENT) & (accident < DAMAGED_BY_ACCIDENT + LOST)
    return np.where(lost, MISSING, condition)


def defects_for(
    condition: Integers, lit: NDArray[np.bool_], outdated: NDArray[np.bool_], rng: np.random.Generator
) -> list[tuple[str, ...]]:
    """What each inspection noted: one or two defects that fit the condition, and an artwork that has run out."""
    first, second, chance = rng.random(len(condition)), rng.random(len(condition)), rng.random(len(condition))
    found: list[tuple[str, ...]] = []
    for index, code in enumerate(condition.tolist()):
        noted: tuple[str, ...] = ()
        if possible := FOUND_BY_CONDITION.get(code):
            noted = (possible[int(first[index] * len(possible))],)
            other = possible[int(second[index] * len(possible))]
            if chance[index] < 0.3 and other not in noted:
                noted += (other,)
            if lit[index] and chance[index] > 0.6:
                noted += (LIT_DEFECT,)
        if outdated[index] and chance[index] < 0.55:
            noted += ("outdated",)
        if chance[index] > 0.99985:
            noted += ("wrong_wording",)
        found.append(noted)
    return found
