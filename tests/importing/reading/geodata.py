"""Files of geodata as tests write them: two points with their names, in the form of any ending."""

import io
import zipfile

import numpy as np
import pyogrio
import pytest
import shapely
from django.utils import translation

from importing.reading import LedgerError

POINTS = shapely.points([[117.01, 36.68], [117.02, 36.69]])
NAMES = ["北园大街宣传栏", "济泺路展板"]


def error_of(read, *arguments, **options):
    with pytest.raises(LedgerError) as raised, translation.override("en"):
        read(*arguments, **options)
    assert str(raised.value)
    return raised.value


def remarked(table):
    """The codes of a table's remarks, by row."""
    codes = {}
    for remark in table.remarks:
        codes.setdefault(remark.row, []).append(remark.code)
    return codes


def written(path, *, layer=None, crs="EPSG:4326", append=False, geometry=POINTS, names=NAMES, **options):
    """A file in the format of the path's ending, with two points and their names."""
    pyogrio.raw.write(
        path,
        None if geometry is None else shapely.to_wkb(geometry),
        [np.array(names, dtype=object), np.array([1, 2]), np.array([2.4, np.nan])],
        ["名称", "面数", "宽"],
        geometry_type=None if geometry is None else "Point",
        crs=crs,
        layer=layer,
        append=append,
        **options,
    )
    return path


def zipped(*paths, folder=""):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in paths:
            archive.write(path, folder + path.name)
    return out.getvalue()


def feature(properties=None, geometry=None, **members):
    return {"type": "Feature", "properties": properties, "geometry": geometry, **members}


def collection(*features, **members):
    return {"type": "FeatureCollection", "features": list(features), **members}


POINT = {"type": "Point", "coordinates": [117.01, 36.68]}
