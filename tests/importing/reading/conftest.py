"""What all tests of reading share."""

import json

import pytest

from importing.reading import read_table
from importing.reading.layout import Layout


@pytest.fixture
def read(tmp_path):
    def read(contents, name="ledger.geojson", **options):
        path = tmp_path / name
        path.write_bytes(contents if isinstance(contents, bytes) else json.dumps(contents).encode())
        return read_table(path, layout=Layout(**options))

    return read
