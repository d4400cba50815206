"""The results an address asks for, as XLSX, CSV or GeoJSON; noted among the exports, as every file that leaves is."""

import json
from collections.abc import Iterator

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.permissions import EXPORT, READ_COVERAGE, can
from assets.dictionaries import dictionaries, read_generation
from evaluation.coverage.asked import ResultsAsked
from evaluation.coverage.results import street_names
from evaluation.coverage.showing import Card, cards_of, names_of_defects, reason_in_words
from evaluation.models import CoverageResult
from mapping.exports import audit
from mapping.exports.table_files import Content, answer_with
from mapping.exports.tables import Table, Value
from mapping.exports.views import attachment
from mapping.models import ExportOutcome
from web.access import SignedInRequest, readers_only
from web.answers import private

LAYER = "coverage"
ENDINGS = ("xlsx", "csv", "geojson")
# More than any district has; a file is made in one go.
MOST_IN_A_FILE = 50_000


@readers_only(READ_COVERAGE)
def results_file(request: SignedInRequest, ending: str) -> HttpResponse:
    """The file of the results that the address asks for."""
    user = request.user
    if ending not in ENDINGS or not can(user, EXPORT):
        raise Http404
    asked = ResultsAsked.read(request, dictionaries(read_generation()))
    found = asked.results(user).select_related("rule").order_by("ok", "pk")[:MOST_IN_A_FILE]
    cards = cards_of(found, street_names())
    if ending != "geojson":
        about = _("Coverage: wanted and found, by rule and place")
        content = Content(LAYER, _("Coverage"), table_of(cards), about, asked.but())
        return answer_with(content, ending, user)
    line = audit.begin_plain(user, layer=LAYER, format=ending, filter=asked.but(), language=get_language())
    data = json.dumps(collection_of(cards), ensure_ascii=False).encode()
    audit.finish(line, ExportOutcome.COMPLETE, rows=len(cards), size=len(data))
    response = HttpResponse(data, content_type="application/geo+json")
    response["Content-Disposition"] = attachment(_("Coverage"), "coverage.geojson")
    return private(response)


def table_of(cards: list[Card]) -> Table:
    """Results as a table."""
    defects = names_of_defects()
    rows: list[list[Value]] = [
        [
            card.result.rule.code,
            card.result.rule.edition,
            card.result.rule.name,
            card.where,
            card.kind,
            card.streets,
            card.wanted,
            card.found,
            _("yes") if card.result.ok else _("no"),
            card.result.counted_number,
            reasons_of(card.result, defects),
            card.case.code if card.case else "",
            f"{card.result.point.x:.6f}",
            f"{card.result.point.y:.6f}",
            f"{timezone.localtime(card.result.computed_at):%Y-%m-%d %H:%M}",
        ]
        for card in cards
    ]
    headings = [
        _("Rule"),
        _("Edition"),
        _("Wording"),
        _("Place"),
        _("Kind of place"),
        _("Street"),
        _("Wanted"),
        _("Found"),
        _("Fulfilled"),
        _("Pieces counted"),
        _("Pieces left out"),
        _("Open case"),
        _("Longitude (WGS84)"),
        _("Latitude (WGS84)"),
        _("Computed at"),
    ]
    return Table(_("Coverage"), headings, rows, [8, 20, 50, 34, 14, 20, 16, 10, 10, 10, 40, 20, 14, 14, 18])


def reasons_of(result: CoverageResult, defects: dict[str, str]) -> str:
    """How many pieces are left out, by reason."""
    return "; ".join(
        f"{reason_in_words(reason, defects)}: {len(keys)}" for reason, keys in result.left_out.items()
    )


def collection_of(cards: list[Card]) -> dict[str, object]:
    """Results as GeoJSON: a stretch of road is its line, everything else its point."""
    return {"type": "FeatureCollection", "name": LAYER, "features": list(_features(cards))}


def _features(cards: list[Card]) -> Iterator[dict[str, object]]:
    for card in cards:
        result = card.result
        if result.shape:
            line = [[round(x, 7), round(y, 7)] for x, y in result.shape.coords]
            geometry: dict[str, object] = {"type": "LineString", "coordinates": line}
        else:
            at = [round(result.point.x, 7), round(result.point.y, 7)]
            geometry = {"type": "Point", "coordinates": at}
        yield {
            "type": "Feature",
            "id": str(result.uid),
            "geometry": geometry,
            "properties": {
                "rule": result.rule.code,
                "edition": result.rule.edition,
                "wording": result.rule.name,
                "place": result.name,
                "kind": result.kind,
                "site_kind": result.site_kind,
                "streets": result.streets,
                "from_m": result.from_m,
                "to_m": result.to_m,
                "operator": result.rule.operator,
                "wanted": float(result.wanted),
                "found": float(result.found),
                "unit": result.rule.unit,
                "ok": result.ok,
                "counted": result.counted_number,
                "left_out": {reason: len(keys) for reason, keys in result.left_out.items()},
                "case": card.case.code if card.case else None,
                "computed_at": result.computed_at.isoformat(),
            },
        }
