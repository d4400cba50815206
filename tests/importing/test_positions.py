"""What the importer says about a ledger's coordinates."""

import csv
import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import shapely
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from importing.positions import (
    ABSURD,
    MISSING,
    OUTSIDE,
    SENTENCES,
    SWAPPED,
    WORLD,
    ZERO,
    check_positions,
    suggest_crs,
)
from places.coordinates import (
    BD09,
    CGCS2000_GK_117E,
    CGCS2000_GK_ZONE_39,
    GCJ02,
    WGS84,
    from_wgs84,
    parse_crs,
)

DATA = Path("/work/shared/data")
LEDGER = DATA / "ledger_jinan_charging_stations_gcj02.csv"
OUTLINE = DATA / "outline_370105.geojson"

nan = float("nan")
# A square around the railway station.
DISTRICT = shapely.box(116.9, 36.65, 117.1, 36.75)


def verdicts(*points, crs=WGS84, **options):
    x, y = np.array(points, dtype=float).T
    return check_positions(x, y, crs, district=DISTRICT, **options).verdicts.tolist()


@pytest.mark.parametrize(
    "point, verdict",
    [
        ((117.0, 36.7), None),
        ((116.9, 36.65), None),  # on the line
        ((117.2, 36.7), OUTSIDE),
        ((nan, 36.7), MISSING),
        ((nan, nan), MISSING),
        ((float("inf"), 36.7), MISSING),
        ((0, 0), ZERO),
        ((117.0, 0), ZERO),
        ((0, 36.7), ZERO),
        ((36.7, 117.0), SWAPPED),
        ((36.9, 117.3), SWAPPED),  # a neighbour's, but exchanged all the same
        ((4001000000.0, 37.17), ABSURD),
        ((117.0, 26.7), ABSURD),  # one digit wrong
        ((10.993484, 10.994035), ABSURD),
        ((-117.0, 36.7), ABSURD),
        ((498212.3, 4060999.3), ABSURD),  # metres declared as degrees
    ],
)
def test_each_row_has_one_verdict(point, verdict):
    assert verdicts(point) == [verdict]


def test_every_verdict_has_a_sentence():
    with translation.override("en"):
        assert all(
            str(SENTENCES[verdict]).endswith(".") for verdict in (MISSING, ZERO, SWAPPED, ABSURD, OUTSIDE)
        )


def test_only_good_and_outside_rows_have_a_position():
    x = np.array([117.0, 117.2, 36.7, 0.0, nan, 500.0])
    y = np.array([36.7, 36.7, 117.0, 0.0, 1.0, 500.0])
    positions = check_positions(x, y, WGS84, district=DISTRICT)
    assert np.isfinite(positions.lon).tolist() == [True, True, False, False, False, False]
    assert positions.fine.tolist() == [True, False, False, False, False, False]
    assert positions.having(SWAPPED).tolist() == [False, False, True, False, False, False]


def test_positions_are_converted_before_they_are_judged():
    # 100 m outside the square in WGS84, inside it if GCJ-02 numbers were taken for WGS84.
    lon, lat = 116.899, 36.7
    x, y = from_wgs84(lon, lat, GCJ02)
    assert verdicts((x, y), crs=GCJ02) == [OUTSIDE]
    assert verdicts((x, y), crs=WGS84) == [None]


def test_metres_are_judged_in_their_own_system():
    x, y = from_wgs84(117.0, 36.7, CGCS2000_GK_117E)
    assert verdicts((x, y), (y, x), (0, 0), crs=CGCS2000_GK_117E) == [None, SWAPPED, ZERO]


def test_without_a_district_all_of_china_is_plausible():
    positions = check_positions([117.0, 87.6, 2.35], [26.7, 43.8, 48.85], WGS84)
    assert positions.verdicts.tolist() == [None, None, ABSURD]


def test_positions_of_anywhere_are_accepted_when_that_is_said():
    montpellier = check_positions([770_000], [6_279_000], parse_crs("EPSG:2154"), plausible=WORLD)
    assert montpellier.verdicts.tolist() == [None]


def test_an_empty_ledger_has_no_verdicts_and_no_findings():
    positions = check_positions([], [], GCJ02, district=DISTRICT)
    assert positions.verdicts.tolist() == []
    assert positions.findings == ()
    assert suggest_crs([], []) == ()


# --- Findings about the whole file ---------------------------------------------------------------------------


def scattered(count=50):
    """WGS84 positions inside the square."""
    random = np.random.default_rng(7)
    return random.uniform(116.92, 117.08, count), random.uniform(36.66, 36.74, count)


def test_a_healthy_ledger_has_no_findings():
    assert check_positions(*scattered(), WGS84, district=DISTRICT).findings == ()


def test_a_ledger_whose_columns_are_exchanged_is_told_so_once():
    lon, lat = scattered()
    (finding,) = check_positions(lat, lon, WGS84, district=DISTRICT).findings
    assert (finding.code, finding.params["rows"]) == ("columns_exchanged", 50)


def test_a_ledger_on_one_point_is_told_so():
    lon, lat = scattered()
    lon[:40], lat[:40] = 117.0, 36.7
    (finding,) = check_positions(lon, lat, WGS84, district=DISTRICT).findings
    assert finding.code == "all_on_one_point"
    assert finding.params == {"lon": 117.0, "lat": 36.7, "rows": 40, "of": 50}
    with translation.override("en"):
        assert str(finding) == "40 of 50 rows share one position, 117.000000, 36.700000."


def test_four_faces_on_one_pole_are_no_finding():
    assert check_positions([117.0] * 4, [36.7] * 4, WGS84, district=DISTRICT).findings == ()


def test_zeros_are_not_called_a_shared_position():
    lon, lat = scattered()
    lon[:40], lat[:40] = 0.0, 0.0
    assert check_positions(lon, lat, WGS84, district=DISTRICT).findings == ()


@pytest.mark.parametrize("crs", [CGCS2000_GK_117E, CGCS2000_GK_ZONE_39, parse_crs("EPSG:3857")])
@pytest.mark.parametrize("exchanged", [False, True])
def test_metres_declared_as_degrees_are_recognised(crs, exchanged):
    x, y = from_wgs84(*scattered(), crs)
    if exchanged:
        x, y = y, x
    positions = check_positions(x, y, GCJ02, district=DISTRICT)
    assert positions.having(ABSURD).all()
    (finding,) = positions.findings
    assert finding.code == "crs_does_not_fit"
    assert [(fit.crs, fit.exchanged, fit.inside) for fit in finding.fits] == [(crs, exchanged, 50)]


def test_an_easting_with_the_zone_s_number_is_not_taken_for_one_without():
    x, y = from_wgs84(*scattered(), CGCS2000_GK_ZONE_39)
    assert np.all((x > 39_000_000) & (x < 40_000_000))
    (finding,) = check_positions(x, y, CGCS2000_GK_117E, district=DISTRICT).findings
    assert [fit.crs for fit in finding.fits] == [CGCS2000_GK_ZONE_39]


@pytest.mark.parametrize("truth", [WGS84, GCJ02, BD09])
def test_between_wgs84_and_the_chinese_systems_it_never_chooses(truth):
    x, y = from_wgs84(*scattered(), truth)
    fits = suggest_crs(x, y, district=DISTRICT)
    assert [(fit.crs, fit.exchanged) for fit in fits] == [(WGS84, False), (GCJ02, False), (BD09, False)]


def test_a_suggestion_says_how_many_rows_it_fits():
    with translation.override("en"):
        fits = suggest_crs(*from_wgs84(*scattered(), CGCS2000_GK_117E)[::-1], district=DISTRICT)
        assert [str(fit) for fit in fits] == [
            "CGCS2000, 3-degree zone, central meridian 117° E, columns exchanged: "
            "50 of 50 rows lie in the district"
        ]
        assert str(suggest_crs(*scattered())[0]).endswith("50 of 50 rows make sense")


def test_nonsense_suggests_nothing():
    assert suggest_crs(np.arange(10.0) * 1e12, np.arange(10.0) * 1e12) == ()


@given(
    st.lists(st.tuples(st.floats(), st.floats()), max_size=30),
    st.sampled_from([WGS84, GCJ02, BD09, CGCS2000_GK_117E]),
)
def test_any_numbers_get_verdicts_and_readable_findings(points, crs):
    x, y = np.array(points, dtype=float).reshape(-1, 2).T
    positions = check_positions(x, y, crs, district=DISTRICT)
    assert set(positions.verdicts.tolist()) <= {None, *SENTENCES}
    located = positions.fine | positions.having(OUTSIDE)
    assert (np.isfinite(positions.lon) == located).all()
    assert all(str(finding) for finding in positions.findings)


# --- A real ledger -------------------------------------------------------------------------------------------


@pytest.mark.skipif(not LEDGER.exists(), reason=f"{LEDGER} is not on this machine")
@pytest.mark.parametrize("crs, inside", [(GCJ02, 84), (WGS84, 86)])
def test_every_row_of_a_real_ledger_is_judged_rightly(crs, inside):
    with LEDGER.open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    outline = shapely.from_geojson(json.dumps(json.loads(OUTLINE.read_text())["features"][0]["geometry"]))
    x, y = np.array([(row["lng"], row["lat"]) for row in rows], dtype=float).T
    positions = check_positions(x, y, crs, district=outline)
    assert Counter(positions.verdicts.tolist()) == {
        None: inside,
        ZERO: 41,
        SWAPPED: 4,
        ABSURD: 5,
        OUTSIDE: 992 - 41 - 4 - 5 - inside,
    }
    ids = np.array([row["id"] for row in rows])
    assert ids[positions.having(SWAPPED)].tolist() == ["574", "646", "870", "1121"]
    assert ids[positions.having(ABSURD)].tolist() == ["1", "547", "601", "602", "633"]
    assert positions.findings == ()
