"""/jobs/sheet/: a crew's jobs on paper: a table, a small map, and a QR code for each asset."""

from dataclasses import dataclass
from math import cos, radians
from typing import Any

import shapely
from django.contrib.gis.geos import Polygon
from django.http import HttpResponse
from django.utils import timezone

from places.models import Road
from web.access import SignedInRequest, readers_only
from web.answers import show_page
from web.paging import ways
from work.job_filter import read_job_filter
from work.job_queries import page_of_jobs
from work.jobs.showing import cards_of
from work.plates.qr import grouped, qr_svg
from work.plates.sheets import address_of

MOST = 60
# The drawing's own units: a hundredth of its width.
WIDTH, HEIGHT = 100.0, 52.0
MARGIN = 0.08
NAME_WIDTH, NAME_HEIGHT = 9.0, 2.4  # the room that a road's name takes
SMALLEST_SIDE = 0.004  # degrees of latitude, some 450 m: one job alone still shows its surroundings


@readers_only()
def work_order(request: SignedInRequest) -> HttpResponse:
    """The open jobs that the filter leaves, due first, numbered on the map as in the table."""
    job_filter = read_job_filter(request.GET, request.user, extra=("cursor",))
    jobs = job_filter.jobs(request.user)
    page = page_of_jobs(jobs, cursor=request.GET.get("cursor"), size=MOST)
    cards = cards_of(page.rows, request.user, job_filter.asset_filter.reference.today)
    rows = [
        {
            "number": number,
            "card": card,
            "qr": qr_svg(address_of(request, "plate", card.job.asset.code)),
            "digits": grouped(card.job.asset.code),
            "position": f"{card.job.asset.point.y:.5f}, {card.job.asset.point.x:.5f}",
        }
        for number, card in enumerate(cards, 1)
    ]
    points = [(card.job.asset.point.x, card.job.asset.point.y) for card in cards]
    context: dict[str, Any] = {
        "section": "jobs",
        "rows": rows,
        "matched": jobs.count(),
        "words": job_filter.words(),
        "drawing": draw(points) if points else None,
        "pages": ways(request, page.next),
        "printed_at": timezone.localtime(),
        "query": job_filter.query_string,
    }
    return show_page(request, "jobs/sheet.html", context)


@dataclass(frozen=True)
class Drawing:
    """A small map: roads as SVG paths with their names, and the numbered points."""

    roads: list[tuple[str, str]]
    names: list[tuple[float, float, str]]
    points: list[tuple[float, float, int]]
    width: float = WIDTH
    height: float = HEIGHT


def draw(points: list[tuple[float, float]]) -> Drawing:
    """The points (WGS84) with the roads around them, in the drawing's units, north up."""
    west, east = min(x for x, _y in points), max(x for x, _y in points)
    south, north = min(y for _x, y in points), max(y for _x, y in points)
    # A degree of longitude is that much shorter than one of latitude.
    shrink = cos(radians((south + north) / 2))
    middle = ((west + east) / 2, (south + north) / 2)
    tall = max(north - south, (east - west) * shrink * HEIGHT / WIDTH, SMALLEST_SIDE) * (1 + 2 * MARGIN)
    scale = HEIGHT / tall

    def place(x: float, y: float) -> tuple[float, float]:
        across = WIDTH / 2 + (x - middle[0]) * shrink * scale
        return round(across, 2), round(HEIGHT / 2 - (y - middle[1]) * scale, 2)

    across, up = WIDTH / scale / shrink / 2, tall / 2
    edges = (middle[0] - across, middle[1] - up, middle[0] + across, middle[1] + up)
    roads: list[tuple[str, str]] = []
    names: list[tuple[float, float, str]] = []
    around = Road.objects.filter(line__bboverlaps=Polygon.from_bbox(edges)).order_by("code")
    for name, line in [(road.name, road.line) for road in around if road.line]:
        inside = shapely.clip_by_rect(shapely.from_wkb(bytes(line.wkb)), *edges)
        paths = [[place(*corner) for corner in part.coords] for part in shapely.get_parts(inside)]
        if not paths:
            continue
        roads.append((name, " ".join("M" + "L".join(f"{x} {y}" for x, y in path) for path in paths)))
        longest = max(paths, key=len)
        x, y = longest[len(longest) // 2]
        if not any(
            abs(x - other) < NAME_WIDTH and abs(y - above) < NAME_HEIGHT for other, above, _n in names
        ):
            names.append((x, y, name))
    return Drawing(roads, names, [(*place(x, y), number) for number, (x, y) in enumerate(points, 1)])
