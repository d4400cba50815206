"""The exported GeoPackage in the programs that offices have: Debian's QGIS and GDAL, not our own wheels."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from django.test import Client

from accounts.models import User
from mapping.exports.qgis_style import COLOURS
from tests.mapping.conftest import Town
from tests.mapping.exports import taken

pytestmark = pytest.mark.django_db

# What QGIS shows of a file that somebody drags into it: the renderer that it chose by itself.
_IN_QGIS = """
import json, sys
from qgis.core import QgsApplication, QgsVectorLayer
application = QgsApplication([], False)
application.initQgis()
layer = QgsVectorLayer(sys.argv[1] + "|layername=assets", "assets", "ogr")
renderer = layer.renderer()
found = {"valid": layer.isValid(), "count": layer.featureCount(), "kind": renderer.type()}
if renderer.type() == "categorizedSymbol":
    found["by"] = renderer.classAttribute()
    found["colours"] = {
        category.value(): ",".join(str(part) for part in category.symbol().color().getRgb()[:3])
        for category in renderer.categories()
    }
    found["undrawn"] = sum(
        renderer.categoryIndexForValue(feature[found["by"]]) < 0 for feature in layer.getFeatures()
    )
print(json.dumps(found))
del renderer, layer
application.exitQgis()
"""


def in_qgis(file: Path, folder: Path) -> dict:
    """What QGIS makes of a GeoPackage; skips the test where there is no QGIS."""
    python = "/usr/bin/python3"
    if not Path("/usr/lib/python3/dist-packages/qgis").is_dir():
        pytest.skip("QGIS is not installed (Debian's package python3-qgis; script/test --slow installs it)")
    # A profile of its own, and none of our environment's GDAL.
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(folder),
        "XDG_RUNTIME_DIR": str(folder),
        "LANG": "C.UTF-8",
        "QT_QPA_PLATFORM": "offscreen",
    }
    ended = subprocess.run(
        [python, "-c", _IN_QGIS, str(file)], env=environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return dict(json.loads(ended.stdout.strip().splitlines()[-1]))


@pytest.mark.slow
@pytest.mark.parametrize(
    "query, by, words", [("", "condition", False), ("?titles=words&lang=zh&crs=gcj02", "状况", True)]
)
def test_qgis_draws_the_assets_as_the_file_says(
    query: str, by: str, words: bool, town: Town, client: Client, planner: User, tmp_path: Path
) -> None:
    client.force_login(planner)
    found = in_qgis(taken(client, f"/export/assets.gpkg{query}", tmp_path), tmp_path)

    assert (found["valid"], found["count"]) == (True, len(town.shown))
    assert (found["kind"], found["by"], found["undrawn"]) == ("categorizedSymbol", by, 0)
    if words:
        assert found["colours"]["破损"] == COLOURS["damaged"]
    else:
        assert found["colours"] == COLOURS
    assert sorted(found["colours"].values()) == sorted(COLOURS.values())


def test_debian_s_gdal_reads_it_without_a_warning(
    town: Town, client: Client, planner: User, tmp_path: Path
) -> None:
    ogrinfo = shutil.which("ogrinfo", path="/usr/bin:/bin")
    if ogrinfo is None:
        pytest.skip("GDAL's programs are not installed (Debian's package gdal-bin; script/test installs it)")
    client.force_login(planner)
    file = taken(client, "/export/assets.gpkg", tmp_path)

    outside = {name: value for name, value in os.environ.items() if not name.startswith(("GDAL_", "PROJ_"))}
    ended = subprocess.run(
        [ogrinfo, "-al", "-so", str(file)], capture_output=True, text=True, check=False, env=outside
    )

    assert (ended.returncode, ended.stderr) == (0, "")
    assert f"Feature Count: {len(town.shown)}" in ended.stdout
