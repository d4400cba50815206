"""Point to area: in SQL and in memory the same answer, on edges and corners too."""

from collections.abc import Sequence

import numpy as np
import pytest
import shapely
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg2 import sql

from places.boundaries import cells
from places.models import Area
from places.resolving import NOWHERE, AreaKeys, Resolver, resolving
from tests.conftest import District
from tests.factories import make_area, square

pytestmark = pytest.mark.django_db


def in_sql(points: Sequence[tuple[float, float]]) -> list[AreaKeys]:
    """What the SQL statement says of each point."""
    asked = sql.SQL(
        "SELECT key, ST_SetSRID(ST_MakePoint(x, y), 4326) AS point "
        "FROM unnest(%s::float8[], %s::float8[]) WITH ORDINALITY AS given (x, y, key)"
    )
    with connection.cursor() as cursor:
        statement = sql.SQL("SELECT * FROM ({}) found ORDER BY key").format(resolving(asked))
        cursor.execute(
            statement.as_string(cursor.connection), [[x for x, _y in points], [y for _x, y in points]]
        )
        return [AreaKeys(*row[1:]) for row in cursor.fetchall()]


def in_memory(points: Sequence[tuple[float, float]]) -> list[AreaKeys]:
    """What shapely says of each point."""
    return Resolver().resolve([x for x, _y in points], [y for _x, y in points])


def both(points: Sequence[tuple[float, float]]) -> list[AreaKeys]:
    """The one answer of both."""
    answer = in_sql(points)
    assert in_memory(points) == answer
    return answer


def test_a_point_lies_in_the_deepest_area_and_its_ancestors(district: District) -> None:
    (found,) = both([(116.99, 36.68)])

    assert found == AreaKeys(
        area=district.southwest.pk,
        district=district.district.pk,
        street=district.west.pk,
        community=district.southwest.pk,
    )


def test_a_street_without_communities_is_the_deepest_area_itself(district: District) -> None:
    (found,) = both([(117.01, 36.68)])

    assert found == AreaKeys(area=district.east.pk, district=district.district.pk, street=district.east.pk)


def test_a_point_outside_every_area_lies_nowhere(district: District) -> None:
    assert both([(118.0, 36.68), (116.97, 36.68)]) == [NOWHERE, NOWHERE]


def test_a_point_on_a_common_edge_lies_in_the_area_with_the_lower_code(district: District) -> None:
    on_edge_of_communities, on_edge_of_streets, on_corner = both(
        [(116.99, 36.685), (117.0, 36.68), (117.0, 36.685)]
    )

    assert on_edge_of_communities.community == district.southwest.pk
    # A community is deeper than a street, so it wins over the street on the other side.
    assert on_edge_of_streets.community == district.southwest.pk
    assert on_corner.community == district.southwest.pk


def test_the_outer_edge_of_a_district_belongs_to_it(district: District) -> None:
    (found,) = both([(117.02, 36.68)])

    assert found.area == district.east.pk


def test_areas_without_boundary_hold_nothing_and_still_count_as_ancestors(db: None) -> None:
    whole = make_area("370105")
    street = make_area("370105001")
    community = make_area("370105001008", boundary=square(116.98, 36.67, 117.00, 36.70))

    (found,) = both([(116.99, 36.68)])

    assert found == AreaKeys(community.pk, whole.pk, street.pk, community.pk)


def test_no_areas_and_no_points_are_no_trouble(db: None) -> None:
    assert in_memory([]) == []
    assert both([(117.0, 36.7)]) == [NOWHERE]


def test_a_hole_is_outside_and_its_rim_is_inside(db: None) -> None:
    ring = shapely.difference(
        shapely.box(116.9, 36.6, 117.1, 36.8), shapely.box(116.95, 36.65, 117.05, 36.75)
    )
    make_area("370105", boundary=MultiPolygon(GEOSGeometry(ring.wkt), srid=4326))

    inside, hole, rim = both([(116.92, 36.62), (117.0, 36.7), (116.95, 36.7)])

    assert (inside.district is None, hole, rim.district is None) == (False, NOWHERE, False)


# Rounding is coarse against the differences of coordinates in Jinan, and fine near zero: there PostGIS's arithmetic
# sees many more points on an edge than there are.
@pytest.fixture(params=[(116.9, 36.66), (0.0, 0.0)], ids=["Jinan", "near zero"])
def voronoi(request: pytest.FixtureRequest, db: None) -> list[shapely.MultiPolygon]:
    """A district of twelve streets that meet in crooked edges and odd corners."""
    rng = np.random.default_rng(7)
    outline = shapely.Polygon(
        np.array([(0.0123, 0.0011), (0.1787, -0.0057), (0.1911, 0.1119), (0.0777, 0.1431), (0.0017, 0.0703)])
        + request.param
    )
    shapes = cells(rng.uniform((0.02, 0.01), (0.16, 0.10), (12, 2)) + request.param, outline)
    make_area("370105", boundary=MultiPolygon(GEOSGeometry(memoryview(outline.wkb)), srid=4326))
    for number, shape in enumerate(shapes, 1):
        boundary = MultiPolygon(*GEOSGeometry(memoryview(shape.wkb)), srid=4326)
        make_area(f"370105{number:03d}", boundary=boundary)
    return shapes


@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_sql_and_memory_agree_on_edges_corners_and_one_rounding_beside_them(
    voronoi: list[shapely.MultiPolygon], data: st.DataObject
) -> None:
    corners = np.vstack([shapely.get_coordinates(shape) for shape in voronoi])
    edges = [
        (a, b)
        for shape in voronoi
        for polygon in shape.geoms
        for a, b in zip(polygon.exterior.coords[:-1], polygon.exterior.coords[1:], strict=True)
    ]
    nudge = st.sampled_from([-np.inf, 0.0, np.inf])

    def point(kind: str) -> tuple[float, float]:
        if kind == "anywhere":
            west, south, east, north = shapely.union_all(voronoi).bounds
            return (data.draw(st.floats(west, east)), data.draw(st.floats(south, north)))
        if kind == "corner":
            x, y = corners[data.draw(st.integers(0, len(corners) - 1))]
        else:
            (x1, y1), (x2, y2) = edges[data.draw(st.integers(0, len(edges) - 1))]
            share = data.draw(st.floats(0, 1))
            x, y = x1 + (x2 - x1) * share, y1 + (y2 - y1) * share
        to_x, to_y = data.draw(nudge), data.draw(nudge)
        return (
            float(x if to_x == 0 else np.nextafter(x, to_x)),
            float(y if to_y == 0 else np.nextafter(y, to_y)),
        )

    kinds = data.draw(
        st.lists(st.sampled_from(["anywhere", "corner", "edge", "edge"]), min_size=1, max_size=40)
    )
    both([point(kind) for kind in kinds])


def test_ten_thousand_points_on_edges_get_the_same_answer(voronoi: list[shapely.MultiPolygon]) -> None:
    rng = np.random.default_rng(3)
    lines = np.array([ring for shape in voronoi for polygon in shape.geoms for ring in [polygon.exterior]])
    drawn = rng.choice(lines, 10_000)
    at = shapely.get_coordinates(shapely.line_interpolate_point(drawn, rng.random(10_000), normalized=True))

    answer = both([tuple(pair) for pair in at.tolist()])

    # Rounding puts some of them a hair outside the district; every other one lies in a street.
    streets = Area.objects.filter(level=2).count()
    assert len({placement.street for placement in answer} - {None}) == streets
