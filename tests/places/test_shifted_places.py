"""The browser's shift into GCJ-02 is Python's: both are held to one table, this half here, the other in tests/js."""

import json

from django.conf import settings

from places.coordinates import GCJ02, from_wgs84, to_wgs84

TABLE = settings.BASE_DIR / "tests" / "js" / "shifted_places.json"
A_DECIMETRE = 1e-6  # degrees


def test_the_table_of_shifted_places_is_what_python_says():
    places = json.loads(TABLE.read_text("utf-8"))
    assert len(places) == 60
    for place in places:
        (lon, lat), (east, north) = place["wgs84"], place["gcj02"]
        there, back = from_wgs84(lon, lat, GCJ02), to_wgs84(east, north, GCJ02)
        for found, right in ((there, (east, north)), (back, (lon, lat))):
            assert max(abs(found[0] - right[0]), abs(found[1] - right[1])) < A_DECIMETRE
