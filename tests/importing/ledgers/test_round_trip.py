"""Our own exports, sent to the import page as they are: nothing new, changed or refused, and nothing to say."""

import time
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client

from accounts.models import Role
from assets.models import Asset, Ledger
from places.models import Area
from tests.factories import make_user
from tests.importing.ledgers.conftest import checked, work
from tests.mapping.exports import FORMATS

EVERYTHING = "lifecycle=in_use,suspended,planned,removed"
LARGE = (
    "assets.geojson",
    "assets.csv",
    "assets.csv?titles=words&lang=zh&crs=gcj02",
    "assets.spreadsheet.csv?titles=words&lang=zh",
    "assets.xlsx?titles=words&lang=zh",
    "assets.gpkg?crs=EPSG:4548",
    "assets.fgb",
    "assets.shp.zip",
    "assets.kml",
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _lists() -> None:
    """The demonstration brings its own."""


def sent_back(client: Client, address: str, folder: Path) -> Ledger:
    """An export of everything after its check."""
    return checked(client, exported(client, address, folder), crs="", allow_outside="yes")


def exported(client: Client, address: str, folder: Path) -> Path:
    """The file at an address; a large one is made by the worker and fetched then."""
    whole = f"/export/{address}{'&' if '?' in address else '?'}{EVERYTHING}"
    answer = client.get(whole)
    if answer.status_code == 202:
        work()
        answer = client.get(answer.json()["download"])
    assert answer.status_code == 200, answer.content
    path = folder / address.partition("?")[0]
    path.write_bytes(answer.getvalue())
    return path


def whatever_was_said(ledger: Ledger) -> dict[str, object]:
    """What is not as it should be."""
    rows = ledger.report.get("rows") or Asset.objects.count()
    expected = {"created": 0, "updated": 0, "refused": 0, "doubtful": 0, "unchanged": rows}
    wrong: dict[str, object] = {
        name: ledger.report.get(name) for name, right in expected.items() if ledger.report.get(name) != right
    }
    if wrong:
        wrong["codes"] = ledger.report.get("codes")
        wrong["problem"] = ledger.problem
        wrong["rows"] = [
            (row.row, row.verdicts, row.changes) for row in ledger.rows.exclude(verdicts=[], changes=[])[:5]
        ]
    remarks = [
        *ledger.report.get("notes", ()),
        *(remark["code"] for remark in ledger.contents.get("remarks", ())),
    ]
    return wrong | ({"said": remarks} if remarks else {})


def round_trips(as_user, assets: int, folder: Path, pairs) -> dict[tuple[str, str], dict[str, object]]:
    """What came of each format by each role."""
    call_command("load_fixtures", verbosity=0)
    call_command("load_demo", assets=assets, photos=0, verbosity=0)
    found = {}
    for address, role in pairs:
        area = Area.objects.get(code="370105001" if role == Role.STREET_EDITOR else "370105")
        client = as_user(make_user(role, area, username=f"{role}-{len(found)}"))
        began = time.monotonic()
        wrong = whatever_was_said(sent_back(client, address, folder))
        print(f"{address} · {role} · {time.monotonic() - began:.1f} s · {wrong}")
        found[address, str(role)] = wrong
    return found


def test_every_format_of_a_small_demonstration_comes_back_unchanged(as_user, tmp_path):
    """What so few rows do not have, and what only many rows do to a file, is the slow one's below."""
    pairs = [(address, Role.PUBLICITY) for address in FORMATS]
    pairs += [("assets.csv", Role.ADMINISTRATOR), ("assets.csv?street=370105001", Role.STREET_EDITOR)]
    found = round_trips(as_user, 250, tmp_path, pairs)
    assert {key: wrong for key, wrong in found.items() if wrong} == {}


@pytest.mark.slow
def test_every_format_of_the_whole_demonstration_comes_back_unchanged(as_user, tmp_path):
    pairs = [(address, Role.PUBLICITY) for address in LARGE]
    found = round_trips(as_user, 51_000, tmp_path, pairs)
    assert {key: wrong for key, wrong in found.items() if wrong} == {}
