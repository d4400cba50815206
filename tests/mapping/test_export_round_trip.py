"""What leaves comes back: an export imported again as it is changes nothing, in every format that can carry it."""

import io
import json
from pathlib import Path

import pytest
from django.contrib.gis.geos import Point
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.models import User
from assets.models import Asset, Batch, Condition, Theme
from assets.models.inspection import Inspection
from tests.factories import make_asset, make_unit
from tests.mapping.conftest import Town
from tests.mapping.exports import FORMATS, taken

pytestmark = pytest.mark.django_db

# What stood in a ledger, and what a spreadsheet would run.
TEXTS = (
    "=1+1",
    "'=1+1",
    "-2",
    "+86 531",
    "@all",
    "＝SUM(A1)",
    "'quoted'",
    "富强 民主\n文明 和谐",
    '"半引号',
    "制表\t符",
)


@pytest.fixture
def register(town: Town) -> list[Asset]:
    """The town, with every field filled somewhere and texts that are hard to carry."""
    unit = make_unit("天桥区养护一队")
    Theme.objects.filter(code="core_values").update(name_zh="社会主义核心价值观")
    Theme.objects.filter(code="waste_sorting").update(name_zh="垃圾分类")
    common = {
        "type": town.board.type,
        "owner": unit,
        "maintainer": unit,
        "supervisor": unit,
        "source": "街道台账 2025",
        "themes": ["core_values", "waste_sorting"],
        "width": "2.40",
        "height": "1.20",
        "faces": 2,
        "material": "铝板",
        "illuminated": True,
        "facing": 135,
        "large": True,
        "indoor": False,
        "prominent": True,
        "position_accuracy": 3.5,
        "installed_on": "2020-06-01",
        "content_changed_on": "2026-02-10",
        "data_source": "实测",
        "building": "3 号楼 2 单元",
        "road": town.board.road,
    }
    assets = [
        make_asset(
            Point(116.99 + 0.0003 * number, 36.68, srid=4326),
            **common,
            source_id=f"A-{number}",
            legacy_code=f"370105030080{number:04d}",
            name=f"第 {number} 处",
            wording=text,
            remarks=text,
            address=text.replace("\n", " ").replace("\t", " "),
        )
        for number, text in enumerate(TEXTS)
    ]
    # The condition of an asset is that of an inspection, which the town's own lack.
    for asset, condition in ((assets[0], Condition.MINOR), (town.board, Condition.GOOD)):
        Inspection.objects.create(asset=asset, condition=condition, observed_at=timezone.now(), origin="web")
    return assets


@pytest.mark.parametrize("address", FORMATS)
def test_it_comes_back_unchanged(
    address: str, register: list[Asset], client: Client, planner: User, tmp_path: Path
) -> None:
    client.force_login(planner)
    everything = f"{'&' if '?' in address else '?'}lifecycle=in_use,suspended,planned,removed"
    file = taken(client, f"/export/{address}{everything}", tmp_path)
    rows = Asset.objects.filter(code__startswith="370105").count()
    events = Asset.pgh_event_model.objects.count()
    inspections = Inspection.objects.count()

    report = imported(file, tmp_path)

    assert report["refused"] == 0, report["verdicts"]
    assert (report["created"], report["updated"], report["unchanged"]) == (0, 0, rows), report["changes"]
    assert Asset.pgh_event_model.objects.count() == events
    assert Inspection.objects.count() == inspections
    assert not Batch.objects.exists()


def imported(file: Path, folder: Path) -> dict:
    """What the importer says of a file, without a word about its coordinates from anybody."""
    told = folder / "report.json"
    options = ["--yes", "--allow-outside", "--skip-bad", "--report", str(told)]
    call_command("import_assets", str(file), *options, stdout=io.StringIO(), stderr=io.StringIO())
    return json.loads(told.read_text(encoding="utf-8"))
