"""Jobs in the small town, in every state, for the tests of the office's pages."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from assets.models import Batch, BatchKind, Maintenance, MaintenanceKind
from places.models import Unit
from tests.factories import make_unit
from tests.mapping.conftest import Town


@dataclass
class Jobs:
    """What is to be done and was done."""

    late: Maintenance  # repainting the mural (west), planned, two days late
    assigned: Maintenance  # cleaning the board (west), the first crew's
    underway: Maintenance  # repairing the plaque (east), the second crew's
    done: Maintenance  # cleaning a face (east), cost 120.50
    verified: Maintenance  # repairing the board (west), cost 99.99
    cancelled: Maintenance
    foreign: Maintenance  # in the other district
    crew: Unit
    other_crew: Unit
    batch: Batch  # holds `assigned` and `done`


def make_jobs(town: Town) -> Jobs:
    """One job in each state."""
    now, today = timezone.now(), timezone.localdate()
    crew, other = (make_unit(name, is_crew=True) for name in ("养护一班", "养护二班"))
    batch = Batch.objects.create(
        kind=BatchKind.JOBS,
        title="秋季清洗",
        origin="web",
        report={"asked": 3, "planned": 2, "skipped": {"open_already": 1}},
    )

    def job(asset, kind, state, **values):
        return Maintenance.objects.create(asset=asset, kind=kind, state=state, **values)

    finished = {"started_at": now, "completed_at": now}
    return Jobs(
        late=town.mural.maintenance.get(),
        assigned=job(
            town.board,
            MaintenanceKind.CLEAN,
            "assigned",
            crew=crew,
            due_on=today + timedelta(days=5),
            batch=batch,
        ),
        underway=job(
            town.plaque, MaintenanceKind.REPAIR, "in_progress", crew=other, priority=3, started_at=now
        ),
        done=job(
            town.faces[0],
            MaintenanceKind.CLEAN,
            "done",
            crew=crew,
            cost=Decimal("120.50"),
            batch=batch,
            **finished,
        ),
        verified=job(
            town.board,
            MaintenanceKind.REPAIR,
            "verified",
            crew=crew,
            cost=Decimal("99.99"),
            verified_at=now,
            **finished,
        ),
        cancelled=job(town.faces[1], MaintenanceKind.REMOVE, "cancelled"),
        foreign=job(town.foreign, MaintenanceKind.CLEAN, "planned"),
        crew=crew,
        other_crew=other,
        batch=batch,
    )
