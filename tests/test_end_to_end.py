"""The whole of it, without a browser: a demonstration, a real ledger, every way out, every administration page.

The demonstration is loaded once for this file, in a transaction that is rolled back at its end; each test adds to it in
a savepoint of its own.
"""

import csv
import io
import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pyogrio
import pytest
from django.conf import settings as django_settings
from django.contrib import admin
from django.contrib.gis.db.models import Extent
from django.core.management import call_command
from django.db import models, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from assets.dictionaries import forget
from assets.models import Asset, Batch, BatchKind
from demonstration.accounts import make_accounts
from places.distance import metres_between
from places.models import Site
from tests.mapping.conftest import cell_total, tiles_around
from tests.mapping.test_snapshot import codes, unpack

LEDGER = (
    Path(django_settings.BASE_DIR).parent / "shared" / "data" / "ledger_jinan_charging_stations_gcj02.csv"
)
DISTRICT_TILE = "/tiles/assets/9/422/199.mvt"
BEIYUAN = "370105014"

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def demonstration(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[None]:
    """2,000 assets in the real streets, and the accounts."""
    forget()
    with (
        pytest.MonkeyPatch.context() as patch,
        django_db_blocker.unblock(),
        transaction.atomic(),
    ):
        patch.setattr(django_settings, "MEDIA_ROOT", tmp_path_factory.mktemp("media"))
        call_command("load_fixtures", verbosity=0)
        call_command("load_demo", assets=2000, photos=5, verbosity=0)
        make_accounts()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def planner(demonstration: None, db: None) -> Client:
    """Somebody who may read and export."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.get(username="planner"))
    return client


def exported(client: Client, query: str, path: Path) -> Path:
    """The export, written to a file as a browser would."""
    path.write_bytes(client.get(f"/export/assets.geojson?{query}").getvalue())
    return path


def listed(client: Client, query: str) -> list[str]:
    """The list to its end, page by page."""
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = client.get(f"/api/assets?{query}&page_size=200{cursor and f'&cursor={cursor}'}").json()
        found += [row["code"] for row in page["results"]]
        cursor = page["next"]
    return found


def shown_on_tiles(client: Client, query: str, zoom: int) -> int:
    """How many assets the tiles of a zoom stand for, over the whole register."""
    west, south, east, north = Asset.objects.aggregate(box=Extent("point"))["box"]
    return sum(
        cell_total(client.get(f"/tiles/assets/{z}/{x}/{y}.mvt?{query}").content)
        for z, x, y in tiles_around(zoom, west, south, east, north)
    )


# --- the real ledger ---------------------------------------------------------------------------------------------


def gcj02_from_wgs84(lon: float, lat: float) -> tuple[float, float]:
    """The published forward formula, written down here so that the product's own inverse is not its own judge."""
    x, y = lon - 105, lat - 35
    wave = 20 * math.sin(6 * x * math.pi) + 20 * math.sin(2 * x * math.pi)
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    north += (wave + 20 * math.sin(y * math.pi) + 40 * math.sin(y / 3 * math.pi)) * 2 / 3
    north += (160 * math.sin(y / 12 * math.pi) + 320 * math.sin(y * math.pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    east += (wave + 20 * math.sin(x * math.pi) + 40 * math.sin(x / 3 * math.pi)) * 2 / 3
    east += (150 * math.sin(x / 12 * math.pi) + 300 * math.sin(x / 30 * math.pi)) * 2 / 3
    radius, eccentricity = 6378245.0, 0.00669342162296594323
    root = 1 - eccentricity * math.sin(math.radians(lat)) ** 2
    north = math.degrees(north / (radius * (1 - eccentricity) / root**1.5))
    east = math.degrees(east / (radius / math.sqrt(root) * math.cos(math.radians(lat))))
    return lon + east, lat + north


@pytest.fixture
def imported(planner: Client, settings, tmp_path: Path) -> Batch:
    """The real ledger, imported as a person would."""
    if not LEDGER.exists():
        pytest.skip(f"{LEDGER} is not here")
    settings.VAR_DIR = tmp_path
    call_command(
        "import_assets",
        str(LEDGER),
        "--crs=gcj02",
        "--map=name=name,address=addr,lng=lng,lat=lat",
        "--type=notice_board",
        "--skip-bad",
        "--yes",
        stdout=io.StringIO(),
        stderr=io.StringIO(),
    )
    return Batch.objects.filter(kind=BatchKind.IMPORT).latest("pk")


def test_the_84_rows_of_the_real_ledger_are_on_map_legend_list_and_export(
    planner: Client, imported: Batch, tmp_path: Path
) -> None:
    query = f"batch={imported.pk}"
    legend = planner.get(f"/api/legend?{query}").json()
    assert legend["matched"] == 84
    assert legend["total"] == 2000 + 84
    assert sum(street["count"] for street in legend["groups"]["street"]) == 84
    assert {row["code"]: row["count"] for row in legend["groups"]["type"] if row["count"]} == {
        "notice_board": 84
    }
    assert cell_total(planner.get(f"{DISTRICT_TILE}?{query}").content) == 84
    assert cell_total(planner.get(DISTRICT_TILE).content) == 2000 + 84
    assert shown_on_tiles(planner, query, 14) == 84
    assert len(set(listed(planner, query))) == 84
    assert pyogrio.read_info(exported(planner, query, tmp_path / "a.geojson"))["features"] == 84


def test_the_ledger_lies_where_it_says(planner: Client, imported: Batch) -> None:
    """Every position, shifted again by the published formula, is what the ledger has; named places are near."""
    with LEDGER.open(encoding="utf-8-sig", newline="") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    assets = Asset.objects.filter(source=LEDGER.stem)
    assert len(assets) == 84
    for asset in assets:
        row = rows[asset.source_id]
        shifted = gcj02_from_wgs84(asset.point.x, asset.point.y)
        assert shifted == pytest.approx((float(row["lng"]), float(row["lat"])), abs=2e-6)  # 0.2 m
        assert asset.street is not None, row["name"]
    stations = {"896": "生产路地铁站", "688": "历山路地铁站", "844": "历山路地铁站", "1045": "历山路地铁站"}
    for number, station in stations.items():
        place = Site.objects.get(name=station).point
        assert metres_between(assets.get(source_id=number).point, place) < 1000


# --- one filter, one answer ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        f"street={BEIYUAN}&type=notice_board",
        "street=370105001,370105013&type=lamp_banner,mural",
        f"street={BEIYUAN}&condition=damaged,severe,missing",
        "family=signboard&overdue=inspection",
        "lifecycle=removed,planned",
        "q=北园",
        "artwork=none&theme=none",
        "",
    ],
)
def test_gdal_finds_as_many_as_legend_list_tiles_and_snapshot_show(
    planner: Client, tmp_path: Path, query: str
) -> None:
    file = exported(planner, query, tmp_path / "assets.geojson")
    info = pyogrio.read_info(file)
    count = info["features"]
    assert count > 0, "a filter that leaves nothing proves nothing"
    assert (info["driver"], info["crs"], info["geometry_type"]) == ("GeoJSON", "EPSG:4326", "Point")

    legend = planner.get(f"/api/legend?{query}").json()
    assert legend["matched"] == count
    assert len(listed(planner, query)) == count
    assert cell_total(planner.get(f"{DISTRICT_TILE}?{query}").content) == count
    assert shown_on_tiles(planner, query, 14) == count
    snapshot = unpack(planner.get(f"/snapshot/assets.html?{query}").content.decode())
    assert codes(snapshot) == {feature["id"] for feature in json.loads(file.read_bytes())["features"]}
    if query.startswith(f"street={BEIYUAN}&type"):
        parameters = {
            group: next(row["count"] for row in legend["groups"][group] if row["code"] == code)
            for group, code in (("street", BEIYUAN), ("type", "notice_board"))
        }
        assert parameters == {"street": count, "type": count}


# --- Chinese -----------------------------------------------------------------------------------------------------


class Words(HTMLParser):
    """What a page shows: its texts, and the attributes that are read out or shown on hovering."""

    SILENT = ("script", "style", "template", "textarea")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in self.SILENT
        self.found += [
            value for name, value in attrs if value and name in ("title", "placeholder", "aria-label", "alt")
        ]
        self.found += [dict(attrs).get("value") or ""] if dict(attrs).get("type") == "submit" else []

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in self.SILENT

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.found.append(data)


def english_left(words: list[str], data: set[str]) -> list[str]:
    """Texts without a Chinese character in which an English word stands that is nobody's data."""
    texts = {" ".join(word.split()) for word in words}
    return sorted(
        text
        for text in texts
        if re.search("[A-Za-z]{3}", text)
        and not re.search(r"[一-鿿]|^\{|\*{6}", text)  # nor a record of parameters, nor a masked password
        and text not in data | LATIN
    )


# Written in Latin letters in Chinese too, or by Django where it cannot be told otherwise: the text of the pictures for
# yes and no, and the names of password hashing.
LATIN = {"English", "SHA-256:", "True", "False", "argon2", "argon2id", "streeet"}


def held_texts() -> set[str]:
    """Every text in the tables that the administration shows: English names, codes, symbols, people's account names."""
    texts = set()
    for model in admin.site._registry:
        fields = [
            field.attname
            for field in model._meta.concrete_fields
            if isinstance(field, models.CharField | models.TextField) and not field.choices
        ]
        for values in model._default_manager.values_list("pk", *fields):
            texts.update(" ".join(value.split()) for value in values[1:] if value)
    return texts


def administration_pages() -> list[str]:
    """The index, and of every model the list, the form for a new one, and one that is there with its history."""
    pages = [reverse("admin:index"), reverse("admin:password_change")]
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        pages += [reverse(f"{name}_changelist"), reverse(f"{name}_add")]
        first = model._default_manager.order_by("pk").first()
        if first is not None:
            pages += [reverse(f"{name}_{page}", args=[first.pk]) for page in ("change", "history", "delete")]
    return pages


def test_no_page_of_the_server_speaks_english_to_chinese_readers(demonstration: None) -> None:
    client = Client()
    data = held_texts()
    faults = {}
    statuses: Counter[int] = Counter()
    public = ["/sign-in/"]
    readers = ["/map/", "/map/?streeet=1", "/assets/00000000000000000/", "/nowhere/"]
    asset = Asset.objects.filter(photos__isnull=False).first()
    assert asset is not None
    readers += [f"/assets/{asset.code}/", f"/assets/{asset.code}/panel"]
    for path in public:
        faults[path] = english_left(Words(client.get(path).content.decode()).found, data)
    client.force_login(User.objects.get(username="admin"))
    for path in [*readers, *administration_pages()]:
        response = client.get(path)
        statuses[response.status_code] += 1
        faults[path] = english_left(Words(response.content.decode()).found, data)
    assert {path: left for path, left in faults.items() if left} == {}
    assert statuses[200] > 40
    assert statuses[500] == 0
