"""One place a row: what becomes of any shape, and that none is lost without a word."""

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from importing.reading.shapes import settled
from importing.reading.table import ABOUT_GEOMETRY

NUMBERS = st.one_of(st.floats(-180, 180), st.sampled_from([float("nan"), float("inf"), 0.0]))
POINTS = st.tuples(NUMBERS, NUMBERS).map(shapely.Point)
LINES = st.lists(st.tuples(NUMBERS, NUMBERS), min_size=2, max_size=4).map(shapely.LineString)
PLACES = st.sampled_from([(117.0, 36.0), (117.1, 36.0), (117.0, 36.1)])
MANY = st.lists(PLACES, max_size=4).map(shapely.MultiPoint)
EMPTY = st.sampled_from([shapely.Point(), shapely.MultiPoint(), shapely.GeometryCollection(), None])
DEEP = st.sampled_from(shapely.from_wkt(["POINT Z (117 36 5)", "LINESTRING Z (117 36 1, 118 36 2)"]).tolist())
SIMPLE = st.one_of(POINTS, LINES, MANY, DEEP)
TOGETHER = st.lists(SIMPLE, max_size=3).map(shapely.GeometryCollection)


@given(st.lists(st.one_of(SIMPLE, EMPTY, TOGETHER), min_size=1, max_size=6))
@settings(max_examples=400)
def test_every_row_has_one_usable_shape_or_none_and_nothing_is_lost_without_a_word(shapes):
    given_ = np.empty(len(shapes), dtype=object)
    given_[:] = shapes
    rows = np.arange(1, len(shapes) + 1)
    kept, remarks = settled(given_.copy(), rows)
    remarked = {remark.row: remark.code for remark in remarks}
    assert set(remarked.values()) <= ABOUT_GEOMETRY
    assert len(remarked) == len(remarks)
    for row, before, after in zip(rows.tolist(), given_, kept, strict=True):
        if before is None or before.is_empty:
            assert after is None
            assert row not in remarked
        elif after is None:
            assert remarked[row] in ("geometry_unreadable", "several_places")
        else:
            assert after.geom_type not in ("MultiPoint", "GeometryCollection")
            assert not after.has_z
            assert np.isfinite(shapely.get_coordinates(after)).all()
            # What is there is of what was there, and all of it unless something is said.
            there = {tuple(at) for at in shapely.get_coordinates(before).tolist()}
            left = {tuple(at) for at in shapely.get_coordinates(after).tolist()}
            assert left <= there
            assert left == there or remarked[row] == "shape_parts"


def test_two_points_of_a_collection_are_told_with_their_number():
    shapes = np.array([shapely.MultiPoint([(1, 2), (3, 4), (1, 2)])], dtype=object)
    kept, (remark,) = settled(shapes, np.array([7]))
    assert kept[0] is None
    assert (remark.row, remark.code, remark.params) == (7, "several_places", {"places": 2})
