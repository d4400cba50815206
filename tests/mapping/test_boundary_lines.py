"""The layer `boundaries` of the places tiles: an edge that two areas share is one line."""

from itertools import pairwise

import pytest
from django.test import Client

from tests.mapping.conftest import Town, decoded

pytestmark = pytest.mark.django_db


def test_an_edge_shared_by_two_streets_is_drawn_once(town: Town, reader: Client) -> None:
    layers = decoded(reader.get("/tiles/places/9/422/199.mvt").content)
    [streets] = [f for f in layers["boundaries"]["features"] if f["properties"]["level"] == "street"]
    assert streets["properties"]["approximate"] is True
    lines = streets["geometry"]["coordinates"]
    if streets["geometry"]["type"] == "LineString":
        lines = [lines]
    segments = [tuple(sorted((tuple(a), tuple(b)))) for line in lines for a, b in pairwise(line)]
    assert len(segments) == len(set(segments))
