"""The metric of roads: pieces in any so many metres along a road's line."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import shapely
import shapely.ops

from evaluation.coverage.ground import REACH, Line, degrees
from evaluation.coverage.metrics import Finding, Measuring
from evaluation.coverage.windows import Stretch, walk
from evaluation.models import PlaceKind


def count_along_road(measuring: Measuring) -> Iterator[Finding]:
    """Pieces in every window of a road's line: each stretch where windows have too few, or the road when none has.

    The register knows no classes of roads: every road with a line is measured. Parts of a line that do not meet, the
    two carriageways of a divided road say, are walked each by itself; a piece within reach of both counts on both. A
    part shorter than the window has none and is not judged.
    """
    by_road: dict[int, list[Finding]] = {}
    for line in measuring.ground.lines:
        by_road.setdefault(line.road, []).extend(_part(measuring, line))
    for found in by_road.values():
        gaps = [finding for finding in found if not finding.ok]
        if gaps:
            yield from gaps
        elif found:
            # Kept in every window of every part: one row for the road.
            yield min(found, key=lambda finding: finding.found)


def _part(measuring: Measuring, line: Line) -> Iterator[Finding]:
    rule, pieces = measuring.rule, measuring.ground.pieces
    window = float(rule.parameters["window_m"])
    if line.line.length < window:
        return
    reach = float(rule.parameters.get("reach_m", REACH))
    rows = pieces.tree.query(line.line, predicate="dwithin", distance=reach)
    rows = np.array([row for row in rows if pieces.roads[row] in (None, line.road)], np.int64)
    along = (
        shapely.line_locate_point(line.line, shapely.points(pieces.xy[rows])) if len(rows) else np.empty(0)
    )
    order = np.lexsort((rows, along))
    place_of = {int(rows[index]): float(along[index]) for index in order}
    count = measuring.count(list(place_of))
    walked = walk([place_of[row] for row in count.counted], line.line.length, window, measuring.wanted)
    if walked is None:
        return
    whole = Stretch(0.0, line.line.length, walked.fewest)
    for stretch in walked.gaps or [whole]:
        inside = {row for row, at in place_of.items() if stretch.from_m <= at <= stretch.to_m}
        left_out = {why: [row for row in those if row in inside] for why, those in count.left_out.items()}
        shape = shapely.ops.substring(line.line, stretch.from_m, stretch.to_m)
        finding = _finding(line, stretch, shape, ok=not walked.gaps)
        streets = tuple(measuring.ground.streets_along(shape))
        yield replace(
            finding,
            streets=streets,
            district=streets[0][:6] if streets else line.district,
            counted=measuring.keys([row for row in count.counted if row in inside]),
            counted_number=sum(row in inside for row in count.counted),
            left_out={why: measuring.keys(those) for why, those in left_out.items() if those},
        )


def _finding(line: Line, stretch: Stretch, shape: shapely.LineString, *, ok: bool) -> Finding:
    drawn = degrees(shape)
    middle = degrees(shape.interpolate(0.5, normalized=True))
    return Finding(
        PlaceKind.ROAD,
        f"road:{line.road}:{line.part}",
        line.name,
        (middle.x, middle.y),
        line.district,
        (),
        stretch.found,
        ok,
        road=line.road,
        from_m=round(stretch.from_m, 1),
        to_m=round(stretch.to_m, 1),
        shape=drawn,
    )
