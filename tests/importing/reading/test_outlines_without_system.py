"""Outlines and boundaries in a file that says nothing of its coordinate system."""

import numpy as np
import pyogrio
import pytest
import shapely


def without_system(tmp_path):
    """A polygon in a GeoPackage that says its system is undefined."""
    path = tmp_path / "outline.gpkg"
    path.unlink(missing_ok=True)
    pyogrio.raw.write(
        path,
        shapely.to_wkb(np.array([shapely.box(116.9, 36.6, 117.1, 36.8)])),
        [np.array(["370105"], dtype=object)],
        ["code"],
        geometry_type="Polygon",
        crs=None,
    )
    return path


def test_an_outline_in_no_system_is_refused(tmp_path):
    from importing.outlines import OutlineError, read_outline

    with pytest.raises(OutlineError, match=r"outline\.gpkg"):
        read_outline(str(without_system(tmp_path)))


def test_boundaries_in_an_undefined_system_are_refused(tmp_path):
    from places.boundary_files import UnreadableBoundaries, read

    with pytest.raises(UnreadableBoundaries, match="--crs"):
        read(without_system(tmp_path))
    assert read(without_system(tmp_path), crs="wgs84").codes == ["370105"]
