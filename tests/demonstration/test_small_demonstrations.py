"""The demonstration in small: it loads whatever its size, and the untouched one comes back from its own exports."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db.models import F
from django.test import Client, override_settings

from accounts.models import User
from accounts.permissions import EXPORT, IMPORT, can
from assets.models import Asset, Batch
from demonstration.accounts import ACCOUNTS
from demonstration.district.invention import COMPANY, OFFICE, credit_code
from places.models import Area, Level, Site, Unit
from places.models.unit import validate_credit_code
from tests.demonstration.conftest import Kept

TODAY = date(2026, 11, 24)


SIZES = [(1, 1), (7, 2), (300, 1)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "count, seed",
    [
        pytest.param(count, seed, marks=[] if (count, seed) in SIZES else pytest.mark.slow)
        for count in (1, 2, 7, 60, 300)
        for seed in (1, 2)
    ],
)
def test_a_demonstration_of_any_size_loads_with_its_field_work(count: int, seed: int, tmp_path: Path) -> None:
    """The least, a handful and some hundreds; the sizes between, and each with another seed, are the slow ones'."""
    with override_settings(MEDIA_ROOT=tmp_path, DEMONSTRATION=True):
        call_command("load_fixtures", verbosity=0)
        call_command("load_demo", assets=count, seed=seed, today=TODAY, photos=3, verbosity=0)
        call_command("demo_field_work", stdout=io.StringIO())
    assert Asset.objects.filter(lifecycle__in=("in_use", "suspended")).count() >= count


@pytest.fixture(scope="module")
def demonstration(kept: Kept) -> Iterator[None]:
    """A small demonstration for the tests below."""
    with kept():
        call_command("load_demo", assets=600, today=TODAY, photos=0, verbosity=0)
        # As it happens in the whole one: two sites of one name, and assets outside every district.
        first, second = Site.objects.filter(assets__isnull=False).distinct().order_by("code")[:2]
        Site.objects.filter(pk=second.pk).update(name=first.name)
        assert Asset.objects.filter(district=None).exists()
        yield


def test_credit_codes_are_as_the_standard_has_them() -> None:
    codes = [credit_code(kind, number) for kind in (OFFICE, COMPANY) for number in range(1, 200)]
    for code in codes:
        validate_credit_code(code)
    assert len(set(codes)) == len(codes)
    # 91350100M000100Y43 is a code that was issued: the rule is tried on it before it is on ours.
    for code in ("91350100M000100Y43", *codes):
        signs = ["0123456789ABCDEFGHJKLMNPQRTUWXY".index(sign) for sign in code]
        assert (sum(sign * 3**place for place, sign in enumerate(signs[:-1])) + signs[-1]) % 31 == 0, code


def test_units_and_places_have_what_the_standard_s_form_asks_for(demonstration: None, db: None) -> None:
    assert not Unit.objects.filter(credit_code=None, is_crew=False).exists()
    cells = Area.objects.filter(level=Level.GRID)
    assert cells.exists()
    assert not cells.exclude(code__startswith=F("parent__code")).exists()
    assert not cells.exclude(parent__level=Level.COMMUNITY).exists()
    of_assets = Asset.objects.exclude(area=None).values_list("area__level", flat=True)
    assert sum(level == Level.GRID for level in of_assets) > 0.95 * len(of_assets)


def signed_in(username: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=username))
    return client


def test_the_standard_s_form_has_rows(demonstration: None, db: None, tmp_path: Path) -> None:
    body = signed_in("publicity").get("/export/assets.gbt47678.zip").getvalue()
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        form, incomplete = (
            list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig"))))
            for name in sorted(archive.namelist(), key=len)
        )
    assert len(form) > 0.9 * (len(form) + len(incomplete)) > 0


ADDRESSES = [
    "assets.geojson",
    "assets.geojsonl",
    "assets.geojson?titles=words",
    "assets.epsg4548.json",
    "assets.gcj02.json",
    "assets.csv",
    "assets.csv?titles=words&lang=en&crs=bd09",
    "assets.spreadsheet.csv?titles=words",
    "assets.xlsx",
    "assets.xlsx?titles=words&crs=gcj02",
    "assets.gpkg?titles=words&lang=zh",
    "assets.fgb",
    "assets.shp.zip",
    "assets.kml",
]
OFFERED = [account.username for account in ACCOUNTS]


@pytest.mark.parametrize("username", OFFERED)
@pytest.mark.parametrize("address", ADDRESSES)
def test_the_untouched_demonstration_comes_back_without_a_word(
    address: str, username: str, demonstration: None, db: None, tmp_path: Path
) -> None:
    user = User.objects.get(username=username)
    if not (can(user, EXPORT) and can(user, IMPORT)):
        pytest.skip("this account may not do both")
    everything = f"{'&' if '?' in address else '?'}lifecycle=in_use,suspended,planned,removed"
    response = signed_in(username).get(f"/export/{address}{everything}")
    file = tmp_path / address.partition("?")[0]
    file.write_bytes(response.getvalue())
    told, batches = tmp_path / "report.json", Batch.objects.count()

    options = ["--yes", "--skip-bad", "--user", username, "--report", str(told)]
    call_command("import_assets", str(file), *options, stdout=io.StringIO(), stderr=io.StringIO())

    report = json.loads(told.read_text(encoding="utf-8"))
    counts = {name: report[name] for name in ("created", "updated", "refused")}
    assert counts == dict.fromkeys(counts, 0), (report["verdicts"][:5], report["changes"])
    assert report["unchanged"] > 0
    assert report["verdicts"] == []
    assert Batch.objects.count() == batches
