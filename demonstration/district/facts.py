"""What has happened to the assets of one district of the demonstration, as rows: postings, inspections and jobs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assets.models import Lifecycle, MaintenanceKind, MaintenanceState
from demonstration.district import staging
from demonstration.district.choosing import DrawnAssets
from demonstration.district.invention import CREWS, INSPECTORS
from demonstration.district.staging import NULL, Rows
from demonstration.district.wear import GOOD, MINUTES_A_DAY, defects_for

DAYS_UNTIL_VERIFIED = 20


@dataclass(frozen=True)
class OwnedRows:
    """Rows about assets, in the order of these; `owners` has the position of each row's asset."""

    owners: NDArray[np.int64]
    rows: Rows


def postings(assets: DrawnAssets) -> OwnedRows:
    """Today's posting of each asset, and last year's version before it."""
    now, before = np.flatnonzero(assets.artwork >= 0), np.flatnonzero(assets.previous >= 0)
    asset = np.concatenate([before, now])
    works = np.concatenate([assets.previous[before], assets.artwork[now]])
    gone = assets.lifecycle[now] == Lifecycle.REMOVED.value
    posted = np.concatenate([assets.previous_posted[before], assets.posted[now]])
    ended = np.where(
        gone, np.maximum(assets.posted[now], assets.today - np.timedelta64(1, "D")), np.datetime64("NaT")
    )
    taken_down = np.concatenate([assets.posted[before], ended])
    order = np.lexsort([posted, asset])
    rows = {
        "asset_id": staging.texts(assets.key[asset[order]].tolist()),
        "artwork_id": staging.texts(assets.keys.artworks[assets.artworks[i].code] for i in works[order].tolist()),
        "posted_on": staging.days(posted[order]),
        "taken_down_on": staging.days(taken_down[order]),
    }  # fmt: skip
    return OwnedRows(asset[order], rows)


def inspections(assets: DrawnAssets) -> OwnedRows:
    """What was seen of each asset over the years, and who saw it."""
    found, rng = assets.wear, assets.rng
    order = np.lexsort([-found.seen_minutes_ago, found.inspected])
    asset, condition = found.inspected[order], found.condition[order]
    minutes, repaired = found.seen_minutes_ago[order], found.after_repair[order]
    count = len(order)
    seen_at = assets.today.astype("datetime64[m]") - minutes.astype("timedelta64[m]")
    received = seen_at + rng.integers(0, 40, count).astype("timedelta64[m]")
    names = rng.integers(len(INSPECTORS), size=count).tolist()
    recent = minutes < 150 * MINUTES_A_DAY
    by_phone = recent | (rng.random(count) < 0.3)
    away = np.abs(rng.normal(0, 5, count)) + 0.5
    angle = rng.uniform(0, 2 * np.pi, count)
    offset = np.column_stack([np.sin(angle), np.cos(angle)]) * away[:, None]
    positions = staging.point_texts(
        np.round(assets.geography.plane.degrees(assets.standing.flat[asset] + offset) + assets.shift, 7)
    )
    located = (recent & (rng.random(count) < 0.8)).tolist()
    own = ((rng.random(count) < 0.08) & recent).tolist()
    outdated = assets.outdated[asset] & recent & ~repaired
    notes = defects_for(condition, assets.lit[asset], outdated, rng)
    rows = {
        "uid": staging.uuids(count, rng),
        "asset_id": staging.texts(assets.key[asset].tolist()),
        "condition": staging.texts(condition.tolist()),
        "defects": staging.arrays(notes),
        "note": ["维修后复查" if after else "" for after in repaired.tolist()],
        "observed_at": staging.moments(seen_at),
        "received_at": staging.moments(received),
        "inspector_id": staging.texts(assets.keys.inspector if mine else None for mine in own),
        "inspector_name": [
            "" if mine and assets.keys.inspector else INSPECTORS[i] for mine, i in zip(own, names, strict=True)
        ],
        "origin": ["phone" if phone else "import" for phone in by_phone.tolist()],
        "position": [at if yes else NULL for at, yes in zip(positions, located, strict=True)],
        "position_accuracy": ["4" if yes else NULL for yes in located],
        "distance": [f"{metres:.1f}" if yes else NULL for metres, yes in zip(away.tolist(), located, strict=True)],
        "void_reason": [""] * count,
    }  # fmt: skip
    return OwnedRows(asset, rows)


def maintenance(assets: DrawnAssets) -> OwnedRows:
    """Jobs on what was found worn, and how far they are."""
    found, rng = assets.wear, assets.rng
    order = np.lexsort([-found.planned_days_ago, found.repaired])
    asset, condition = found.repaired[order], found.found[order]
    planned, done = found.planned_days_ago[order], found.done_days_ago[order]
    count = len(order)
    finished = done >= 0
    kinds = _job_kinds(condition, rng)
    stage = rng.random(count)
    verified = (done > DAYS_UNTIL_VERIFIED) | (stage < 0.35)
    states = np.where(
        finished,
        np.where(verified, MaintenanceState.VERIFIED.value, MaintenanceState.DONE.value),
        np.where(
            stage < 0.3,
            MaintenanceState.PLANNED.value,
            np.where(stage < 0.75, MaintenanceState.ASSIGNED.value, MaintenanceState.IN_PROGRESS.value),
        ),
    )
    midnight = assets.today.astype("datetime64[m]")
    created = midnight - (planned * MINUTES_A_DAY - rng.integers(1080, 1200, count)).astype("timedelta64[m]")
    completed = midnight - (done * MINUTES_A_DAY - rng.integers(540, 600, count)).astype("timedelta64[m]")
    never = np.datetime64("NaT")
    begun = finished | (states == MaintenanceState.IN_PROGRESS.value)
    started = np.where(finished, completed - np.timedelta64(90, "m"), created + np.timedelta64(1, "D"))
    started = np.minimum(started, midnight)
    cost = np.exp(rng.normal(5.2, 0.6, count)) * (0.7 + 0.35 * condition)
    crews = [assets.keys.units[crew.name] for crew in CREWS]
    who = rng.integers(len(crews), size=count).tolist()
    rows = {
        "asset_id": staging.texts(assets.key[asset].tolist()),
        "kind": kinds,
        "state": states.tolist(),
        "priority": staging.texts(np.clip(condition - 2, 1, 3).tolist()),
        "description": [""] * count,
        "due_on": staging.days(assets.today - (planned - rng.integers(10, 45, count)).astype("timedelta64[D]")),
        "crew_id": [
            NULL if state == MaintenanceState.PLANNED.value else str(crews[i])
            for state, i in zip(states.tolist(), who, strict=True)
        ],
        "cost": [
            f"{yuan:.2f}" if over else NULL for yuan, over in zip(cost.tolist(), finished.tolist(), strict=True)
        ],
        "resulting_condition": [str(GOOD) if over else NULL for over in finished.tolist()],
        "created_at": staging.moments(created),
        "started_at": staging.moments(np.where(begun, started, never)),
        "completed_at": staging.moments(np.where(finished, completed, never)),
        "verified_at": staging.moments(
            np.where(states == MaintenanceState.VERIFIED.value, completed + np.timedelta64(150, "m"), never)
        ),
    }  # fmt: skip
    return OwnedRows(asset, rows)


def _job_kinds(condition: NDArray[np.int64], rng: np.random.Generator) -> list[str]:
    by_condition = {
        2: (MaintenanceKind.CLEAN, MaintenanceKind.REPAINT),
        3: (MaintenanceKind.REPAIR, MaintenanceKind.REPAIR, MaintenanceKind.REPAINT),
        4: (MaintenanceKind.REPAIR, MaintenanceKind.INSTALL),
        5: (MaintenanceKind.INSTALL,),
    }
    chance = rng.random(len(condition)).tolist()
    return [
        by_condition[found][int(draw * len(by_condition[found]))].value
        for found, draw in zip(condition.tolist(), chance, strict=True)
    ]
