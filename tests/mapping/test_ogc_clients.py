"""Real clients against a live server: GDAL's OAPIF driver, OWSLib, and the recipes of /connect/ as they are printed.

GDAL runs in a process of its own: within this one it would hold what the server's thread needs to answer it.
"""

import html
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyogrio
import pytest
from django.test import Client
from owslib.ogcapi.features import Features
from owslib.util import Authentication

from accounts.models import TokenPurpose, User
from accounts.tokens import issue_token
from assets.models import Condition, Inspection
from mapping.subjects import collections
from tests.mapping.conftest import Town

pytestmark = pytest.mark.django_db(transaction=True)

READ = """
import json, sys
import config.geolibs, os
os.environ.update({name: str(value) for name, value in config.geolibs.library_paths().items()})
import numpy, pyogrio
address, layer, options = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
options |= {"bbox": tuple(options["bbox"])} if "bbox" in options else {}
meta, fids, geometry, values = pyogrio.raw.read(address, layer=layer, **options)
rows = [{name: str(column[i]) for name, column in zip(meta["fields"], values)} for i in range(len(geometry))]
print(json.dumps({"crs": meta["crs"], "type": meta["geometry_type"], "rows": rows,
                  "layers": pyogrio.list_layers(address).tolist(),
                  "info": {k: str(v) for k, v in pyogrio.read_info(address, layer=layer).items()},
                  "kinds": dict(zip(meta["fields"], map(str, meta["ogr_types"])))}))
"""


@pytest.fixture
def secret(planner: User) -> str:
    return issue_token(planner, TokenPurpose.DATA, "GDAL")[1]


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "GDAL_HTTP_TIMEOUT": "60", "NO_PROXY": "*", "no_proxy": "*", **more}


def gdal_reads(url: str, layer: str, env: dict[str, str], **options: Any) -> dict[str, Any]:
    command = [sys.executable, "-c", READ, f"OAPIF:{url}/ogc/", layer, json.dumps(options)]
    done = subprocess.run(command, capture_output=True, text=True, env=env, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def test_gdal_reads_every_row_of_every_page_with_a_password(
    town: Town, live_server: Any, planner: User, secret: str
) -> None:
    env = environment(GDAL_HTTP_USERPWD=f"{planner.username}:{secret}")
    read = gdal_reads(live_server.url, "assets", env, PAGE_SIZE=2)
    assert {row[0] for row in read["layers"]} == set(collections())
    assert {row["code"] for row in read["rows"]} == {asset.code for asset in town.shown}
    assert len(read["rows"]) == len(town.shown)
    [board] = [row for row in read["rows"] if row["code"] == town.board.code]
    assert (board["name"], board["wording"]) == ("北园大街 419 号宣传栏", "讲文明树新风")
    assert "core_values" in board["themes"]
    assert "WGS 84" in read["crs"] or read["crs"] in ("EPSG:4326", "OGC:CRS84")
    assert read["type"] == "Point"
    # By the schema, not by the values: none of these rows has any of them.
    kinds = {
        "removed_on": "OFTDate",
        "facing": "OFTInteger",
        "width": "OFTReal",
        "inspected_at": "OFTDateTime",
    }
    assert {name: read["kinds"][name] for name in kinds} == kinds
    assert read["info"]["features"] == str(len(town.shown))


def test_gdal_reads_every_layer_with_a_bearer_token(town: Town, live_server: Any, secret: str) -> None:
    Inspection.objects.create(
        asset=town.board, condition=Condition.GOOD, observed_at="2026-11-01T08:00+08:00", origin="web"
    )
    env = environment(GDAL_HTTP_AUTH="BEARER", GDAL_HTTP_BEARER=secret)
    expected = {"inspections": 1, "maintenance": 1, "areas": 5, "roads": 1, "sites": 1}
    for layer, count in expected.items():
        assert len(gdal_reads(live_server.url, layer, env)["rows"]) == count, layer


def test_gdal_leaves_conditions_and_rectangles_to_the_server(
    town: Town, live_server: Any, secret: str
) -> None:
    env = environment(GDAL_HTTP_AUTH="BEARER", GDAL_HTTP_BEARER=secret)
    read = gdal_reads(live_server.url, "assets", env, where="condition = 'damaged'")
    assert [row["code"] for row in read["rows"]] == [town.mural.code]
    read = gdal_reads(live_server.url, "assets", env, bbox=[116.985, 36.675, 116.986, 36.676])
    assert [row["code"] for row in read["rows"]] == [town.board.code]


def test_gdal_is_refused_without_a_token(town: Town, live_server: Any) -> None:
    command = [sys.executable, "-c", READ, f"OAPIF:{live_server.url}/ogc/", "assets", "{}"]
    done = subprocess.run(
        command, capture_output=True, text=True, env=environment(), timeout=120, check=False
    )
    assert done.returncode != 0
    assert "401" in done.stderr


def test_owslib(town: Town, live_server: Any, planner: User, secret: str) -> None:
    service = Features(f"{live_server.url}/ogc/", auth=Authentication(planner.username, secret))
    assert service.feature_collections() == list(collections())
    assert (
        "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in service.conformance()["conformsTo"]
    )
    assert service.api()["openapi"].startswith("3.0")
    assert service.collection("assets")["id"] == "assets"
    queryables = service.collection_queryables("assets")["properties"]
    assert "damaged" in queryables["condition"]["enum"]
    page = service.collection_items("assets", limit=2, sortby=("name", "desc"), filter="lifecycle = 'in_use'")
    assert (page["numberReturned"], page["numberMatched"]) == (2, 5)
    page = service.collection_items("assets", bbox=[116.985, 36.675, 116.986, 36.676])
    assert page["features"][0]["id"] == town.board.code
    assert service.collection_item("assets", town.mural.code)["properties"]["name"] == "鹊华烟雨"


# --- Recipes --------------------------------------------------------------------------------------------------------


@pytest.fixture
def recipes(town: Town, live_server: Any, planner: User) -> dict[str, str]:
    """What the page prints after a token was made, by name."""
    client = Client(headers={"host": live_server.url.removeprefix("http://")})
    client.force_login(planner)
    answer = client.post("/connect/", {"label": "recipes"})
    assert answer.status_code == 201
    printed = re.findall(
        r'<(?:pre|code) id="recipe-(\w+)"[^>]*>(.*?)</(?:pre|code)>', answer.content.decode(), re.S
    )
    return {name: html.unescape(text) for name, text in printed}


def test_the_recipes_for_gdal_work_as_printed(town: Town, recipes: dict[str, str], tmp_path: Path) -> None:
    script = "set -e\n" + recipes["gdal"]
    done = subprocess.run(
        ["bash", "-c", script],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environment(),
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert f"Feature Count: {len(town.shown)}" in done.stdout
    meta, _fids, geometry, _values = pyogrio.raw.read(tmp_path / "assets.gpkg")
    assert len(geometry) == len(town.shown)
    meta, _fids, geometry, values = pyogrio.raw.read(tmp_path / "damaged.gpkg")
    assert (meta["crs"], len(geometry)) == ("EPSG:4548", 1)
    assert values[list(meta["fields"]).index("name")][0] == "鹊华烟雨"


def test_the_recipe_for_python_works_as_printed(town: Town, recipes: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", recipes["requests"]],
        capture_output=True,
        text=True,
        env=environment(),
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout.strip()) == (0, "2"), done.stderr[-3000:]


def test_the_recipe_for_geopandas_names_what_gdal_can_read(
    town: Town, live_server: Any, recipes: dict[str, str]
) -> None:
    found = re.search(r'read_file\("OAPIF:(.*?)/ogc/", layer="(\w+)", PAGE_SIZE=(\d+)\)', recipes["python"])
    token = re.search(r'GDAL_HTTP_USERPWD"\] = "(\w+:tqd_[\w-]+)"', recipes["python"])
    assert found
    assert token
    assert found[1] == live_server.url
    env = environment(GDAL_HTTP_USERPWD=token[1])
    assert len(gdal_reads(found[1], found[2], env, PAGE_SIZE=int(found[3]))["rows"]) == len(town.shown)


def test_every_recipe_holds_the_token(recipes: dict[str, str]) -> None:
    for name in ("gdal", "python", "requests", "excel"):
        assert "tqd_" in recipes[name], name
    assert recipes["qgis"].endswith("/ogc/")
