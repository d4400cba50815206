"""The demonstration's residents: invented, marked so, the same again for the same seed, and there once."""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone
from pytest_django import Settings

from assets.models import Batch, BatchKind
from assets.photos import store_photo
from cases.actions.dispatch_case import accept_case, dispatch_case
from cases.actions.file_case import file_case
from cases.actions.fix_case import fix_case, verify_fix
from cases.models import Case, Source
from portal.demonstration import PAIRS, REMARKS, REPORTS, make_residents
from portal.models import PublishedPair, ResidentAnswer, ResidentRemark, ResidentReport
from tests.cases.conftest import Scene, by, calendar, scene
from tests.mapping.pictures import jpeg

__all__ = ["calendar", "scene"]

pytestmark = pytest.mark.django_db


def test_all_is_marked_as_invented_and_nobody_is_named(
    scene: Scene, settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    case = scene.report(photos=[store_photo(jpeg())])
    case = dispatch_case(by(scene.desk), file_case(by(scene.desk), case), scene.unit, "x")
    case = fix_case(by(scene.liaison), accept_case(by(scene.liaison), case), [store_photo(jpeg("blue"))])
    verify_fix(by(scene.patrol), case, seen=True)
    made = make_residents(30, 1, timezone.now())
    assert made == {"answers": 30, "remarks": REMARKS, "reports": REPORTS}
    for model in (ResidentAnswer, ResidentRemark):
        assert not model.objects.exclude(invented=True, telephone="").exists()
    assert ResidentReport.objects.exclude(telephone="").count() == 0
    assert Case.objects.filter(source=Source.RESIDENT, description__contains="演示").count() == REPORTS
    assert PublishedPair.objects.count() == 1 <= PAIRS


def test_the_command_does_nothing_twice_nor_without_a_demonstration(scene: Scene, settings: Settings) -> None:
    settings.DEMONSTRATION = True
    call_command("demo_residents", answers=5, verbosity=0)
    assert not ResidentAnswer.objects.exists()
    Batch.objects.create(kind=BatchKind.DEMONSTRATION, title="x", origin="command")
    call_command("demo_residents", answers=5, if_empty=True, verbosity=0)
    call_command("demo_residents", answers=5, if_empty=True, verbosity=0)
    assert ResidentAnswer.objects.count() == 5
