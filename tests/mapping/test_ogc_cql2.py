"""CQL2, text and JSON, against real rows: every family of operators, every refusal, and no way into the statement."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from assets.filter_parameters import FilterError
from assets.layers import ASSETS, LAYERS, Layer
from assets.models import Asset, Condition, Inspection
from mapping.ogc.cql2 import compile_filter
from mapping.ogc.crs import CRS84
from tests.mapping.conftest import Town

pytestmark = pytest.mark.django_db

ITEMS = "/ogc/collections/assets/items"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
BOARD, MURAL, PLAQUE, EAST_FACE, WEST_FACE, OUTSIDE = "board", "mural", "plaque", "east", "west", "outside"


@pytest.fixture
def exporter(planner: User, as_user: Callable[[User], Client]) -> Client:
    return as_user(planner)


@pytest.fixture
def measured(town: Town) -> Town:
    """With sizes and dates to compare."""
    Asset.objects.filter(pk=town.board.pk).update(
        width="4.00", height="2.00", installed_on=date(2024, 3, 1), content_changed_on=date(2025, 3, 1)
    )
    Asset.objects.filter(pk=town.mural.pk).update(
        width="10.00", height="2.50", installed_on=date(2025, 6, 15)
    )
    return town


def names_of(town: Town) -> dict[str, str]:
    return {
        town.board.code: BOARD,
        town.mural.code: MURAL,
        town.plaque.code: PLAQUE,
        town.faces[0].code: EAST_FACE,
        town.faces[1].code: WEST_FACE,
        town.outside.code: OUTSIDE,
    }


def left_by(client: Client, town: Town, filter_: str | dict[str, Any], more: str = "") -> set[str]:
    text = filter_ if isinstance(filter_, str) else json.dumps(filter_)
    language = "cql2-text" if isinstance(filter_, str) else "cql2-json"
    response = client.get(f"{ITEMS}?filter-lang={language}&filter={quote(text)}{more}")
    assert response.status_code == 200, response.content.decode()
    features = response.json()["features"]
    assert response.json()["numberMatched"] == len(features)
    return {names_of(town).get(feature["id"], feature["id"]) for feature in features}


EVERYTHING = {BOARD, MURAL, PLAQUE, EAST_FACE, WEST_FACE, OUTSIDE}

TEXTS: list[tuple[str, set[str]]] = [
    # comparison
    ("condition = 'damaged'", {MURAL}),
    ("'damaged' = condition", {MURAL}),
    ("condition <> 'unknown'", {BOARD, MURAL, EAST_FACE, WEST_FACE}),
    ("large = TRUE", {MURAL}),
    ("large", {MURAL}),
    ("width > 4", {MURAL}),
    ("width >= 4.0", {BOARD, MURAL}),
    ("width < height", set()),
    ("name = '鹊华烟雨'", {MURAL}),
    ("name = 'it''s; DROP TABLE assets_asset; --'", set()),
    # a code that does not exist is a text like any other
    ("condition = 'dameged'", set()),
    ("condition <> 'dameged'", EVERYTHING),
    ("condition IN ('dameged','damaged')", {MURAL}),
    ("A_CONTAINS(themes, ('unheard_of'))", set()),
    ("street = ''", {OUTSIDE}),
    # no text and an empty one are one thing
    ("wording = ''", EVERYTHING - {BOARD}),
    ("wording <> ''", {BOARD}),
    ("road_name = ''", EVERYTHING - {BOARD}),
    ("NOT (road_name = '北园大街')", EVERYTHING - {BOARD}),
    ("road_name <> '北园大街'", EVERYTHING - {BOARD}),
    ("site_kind NOT LIKE 'sta%'", EVERYTHING - {MURAL}),
    ("installed_on = DATE('2024-03-01')", {BOARD}),
    ("installed_on > '2025-01-01'", {MURAL}),
    ("installed_on < TIMESTAMP('2025-01-01T00:00:00Z')", {BOARD}),
    # logic
    ("condition = 'damaged' OR type = 'notice_board'", {BOARD, MURAL, OUTSIDE}),
    ("type = 'notice_board' AND NOT (condition = 'good')", {OUTSIDE}),
    ("NOT large = TRUE AND (condition = 'severe' OR condition = 'missing')", {EAST_FACE, WEST_FACE}),
    # advanced comparison
    ("name LIKE '道旗%'", {EAST_FACE, WEST_FACE}),
    ("name LIKE '道旗_'", {EAST_FACE, WEST_FACE}),
    ("name NOT LIKE '%旗%' AND name LIKE '%宣传栏'", {BOARD, OUTSIDE}),
    ("width BETWEEN 4 AND 9", {BOARD}),
    ("width NOT BETWEEN 4 AND 9", {MURAL}),
    ("condition IN ('severe','missing')", {EAST_FACE, WEST_FACE}),
    ("condition NOT IN ('severe','missing','unknown')", {BOARD, MURAL}),
    ("width IN (4, 10)", {BOARD, MURAL}),
    ("width IS NULL", EVERYTHING - {BOARD, MURAL}),
    ("width IS NOT NULL", {BOARD, MURAL}),
    ("wording IS NULL", EVERYTHING - {BOARD}),
    ("themes IS NULL", EVERYTHING - {BOARD, MURAL}),
    ("geometry IS NULL", set()),
    # case
    ("CASEI(type) = CASEI('NOTICE_BOARD')", {BOARD, OUTSIDE}),
    ("CASEI(site_kind) LIKE casei('STA%')", {MURAL}),
    # arithmetic
    ("width * height = 8", {BOARD}),
    ("width / height > 3", {MURAL}),
    ("width - 2 * height = 5", {MURAL}),
    ("width % 3 = 1 AND width div 3 = 3", {MURAL}),
    ("height ^ 2 = 4", {BOARD}),
    ("width / (height - height) = 1", set()),
    ("-width < -4", {MURAL}),
    # space
    ("S_INTERSECTS(geometry, BBOX(116.985,36.675,116.986,36.676))", {BOARD}),
    (
        "S_WITHIN(geometry, POLYGON((117 36.67,117.02 36.67,117.02 36.7,117 36.7,117 36.67)))",
        {PLAQUE, EAST_FACE, WEST_FACE},
    ),
    ("S_DISJOINT(geometry, BBOX(116.98,36.67,117.02,36.70))", {OUTSIDE}),
    ("S_EQUALS(geometry, POINT(116.9851 36.6753))", {BOARD}),
    ("S_CONTAINS(BBOX(116.985,36.675,116.986,36.676), geometry)", {BOARD}),
    ("S_TOUCHES(geometry, LINESTRING(116.9851 36.6753, 117 36.7))", {BOARD}),
    ("S_CROSSES(geometry, LINESTRING(116 36, 117 37))", set()),
    ("S_OVERLAPS(geometry, MULTIPOINT((116.9851 36.6753),(117 37)))", set()),
    # time
    ("T_BEFORE(installed_on, DATE('2025-01-01'))", {BOARD}),
    ("T_AFTER(installed_on, DATE('2025-01-01'))", {MURAL}),
    ("T_AFTER(installed_on, DATE('2024-03-01'))", {MURAL}),
    ("T_DURING(installed_on, INTERVAL('2024-01-01','2024-12-31'))", {BOARD}),
    ("T_INTERSECTS(installed_on, INTERVAL('..','2024-03-01'))", {BOARD}),
    ("T_EQUALS(installed_on, DATE('2025-06-15'))", {MURAL}),
    ("T_DISJOINT(installed_on, INTERVAL('2025-01-01','..'))", {BOARD}),
    ("T_INTERSECTS(INTERVAL(installed_on, content_changed_on), DATE('2024-09-01'))", {BOARD}),
    ("T_STARTS(installed_on, INTERVAL('2024-03-01','2026-01-01'))", {BOARD}),
    ("T_FINISHEDBY(INTERVAL('2020-01-01', content_changed_on), content_changed_on)", {BOARD}),
    ("T_AFTER(updated_at, TIMESTAMP('2001-01-01T00:00:00Z')) AND large", {MURAL}),
    # lists
    ("A_CONTAINS(themes, ('core_values'))", {BOARD, MURAL}),
    ("A_CONTAINS(themes, ('core_values','waste_sorting'))", {MURAL}),
    ("A_CONTAINEDBY(themes, ('core_values')) AND NOT themes IS NULL", {BOARD}),
    ("A_OVERLAPS(themes, ('waste_sorting'))", {MURAL}),
    ("A_EQUALS(themes, ('waste_sorting','core_values'))", {MURAL}),
    ("A_EQUALS(('core_values'), themes)", {BOARD}),
]


@pytest.mark.parametrize("text, expected", TEXTS, ids=[text for text, _expected in TEXTS])
def test_text(measured: Town, exporter: Client, text: str, expected: set[str]) -> None:
    assert left_by(exporter, measured, text) == expected


JSONS: list[tuple[dict[str, Any], set[str]]] = [
    ({"op": "=", "args": [{"property": "condition"}, "damaged"]}, {MURAL}),
    (
        {
            "op": "and",
            "args": [
                {"op": ">", "args": [{"property": "width"}, 3]},
                {"op": "like", "args": [{"property": "name"}, "北园%"]},
            ],
        },
        {BOARD},
    ),
    ({"op": "not", "args": [{"op": "isNull", "args": [{"property": "width"}]}]}, {BOARD, MURAL}),
    ({"op": "in", "args": [{"property": "condition"}, ["severe", "missing"]]}, {EAST_FACE, WEST_FACE}),
    ({"op": "between", "args": [{"property": "width"}, 4, 9]}, {BOARD}),
    (
        {
            "op": "s_intersects",
            "args": [
                {"property": "geometry"},
                {"type": "Point", "coordinates": [116.9851, 36.6753]},
            ],
        },
        {BOARD},
    ),
    ({"op": "t_after", "args": [{"property": "installed_on"}, {"date": "2025-01-01"}]}, {MURAL}),
    (
        {"op": "t_during", "args": [{"property": "installed_on"}, {"interval": ["2024-01-01", ".."]}]},
        {BOARD, MURAL},
    ),
    ({"op": "a_overlaps", "args": [{"property": "themes"}, ["waste_sorting"]]}, {MURAL}),
    (
        {"op": "=", "args": [{"op": "*", "args": [{"property": "width"}, {"property": "height"}]}, 25]},
        {MURAL},
    ),
]


@pytest.mark.parametrize("filter_, expected", JSONS)
def test_json(measured: Town, exporter: Client, filter_: dict[str, Any], expected: set[str]) -> None:
    assert left_by(exporter, measured, filter_) == expected
    # Told apart by its first character, since some clients leave the language out.
    response = exporter.get(f"{ITEMS}?filter={quote(json.dumps(filter_))}")
    assert response.json()["numberMatched"] == len(expected)


def test_geometries_may_be_in_another_system(town: Town, exporter: Client) -> None:
    box = "S_INTERSECTS(geometry, BBOX(36.675,116.985,36.676,116.986))"
    assert left_by(exporter, town, box, f"&filter-crs={EPSG}4326") == {BOARD}
    # In the default system these would lie beyond the pole.
    assert exporter.get(f"{ITEMS}?filter={quote(box)}").status_code == 400


def test_a_filter_narrows_beside_other_parameters(town: Town, exporter: Client) -> None:
    assert left_by(exporter, town, "type = 'notice_board'", "&street=370105001") == {BOARD}


def test_codes_of_other_layers(town: Town, exporter: Client) -> None:
    Inspection.objects.create(
        asset=town.board,
        condition=Condition.GOOD,
        observed_at=timezone.now() - timedelta(days=3),
        origin="web",
    )
    for layer, text, count in (
        ("inspections", "condition='good' AND T_AFTER(effective_at, DATE('2020-01-01'))", 1),
        ("maintenance", "overdue AND asset_name='鹊华烟雨' AND cost IS NULL", 1),
        ("areas", "level='street' AND S_CONTAINS(geometry, POINT(116.99 36.68))", 1),
        ("roads", "A_CONTAINS(other_names, ('北圆大街'))", 1),
        ("sites", "kind='station' AND NOT approximate", 1),
    ):
        response = exporter.get(f"/ogc/collections/{layer}/items?filter={quote(text)}")
        assert response.json().get("numberMatched") == count, (layer, response.content)


WRONG: list[tuple[str, str]] = [
    ("condition = ", "cql2-text"),
    ("condition = 'damaged' AND", "cql2-text"),
    ("", "cql2-text"),
    ("{", "cql2-json"),
    ("[]", "cql2-json"),
    ("null", "cql2-json"),
    ('{"op":"nothing","args":[1]}', "cql2-json"),
    ('{"op":"=","args":[]}', "cql2-json"),
    ('{"op":"=","args":[{"property":"name"},{"property":7}]}', "cql2-json"),
    ('{"op":"and","args":[]}', "cql2-json"),
    ('{"op":"=","args":[{"property":"name"},null]}', "cql2-json"),
    ('{"op":"s_intersects","args":[{"property":"geometry"},{"bbox":["a",2,3,4]}]}', "cql2-json"),
    ('{"op":"s_intersects","args":[{"property":"geometry"},{"type":"Point","coordinates":[]}]}', "cql2-json"),
    ("unheard_of = 1", "cql2-text"),
    ("asset.id = 1", "cql2-text"),
    ("building_phone = '1'", "cql2-text"),
    ("width = 'wide'", "cql2-text"),
    ("name = 1", "cql2-text"),
    ("themes = 'core_values'", "cql2-text"),
    ("name", "cql2-text"),
    ("geometry = 1", "cql2-text"),
    ("name LIKE 1", "cql2-text"),
    ("width LIKE '1%'", "cql2-text"),
    ("name LIKE '\\'", "cql2-text"),
    ("installed_on = DATE('2026-13-01')", "cql2-text"),
    ("installed_on = DATE('yesterday')", "cql2-text"),
    ("T_AFTER(name, DATE('2026-01-01'))", "cql2-text"),
    ("T_AFTER(installed_on, 'soon')", "cql2-text"),
    ("S_INTERSECTS(name, POINT(1 2))", "cql2-text"),
    ("S_INTERSECTS(geometry, name)", "cql2-text"),
    ("S_INTERSECTS(geometry, POLYGON((0 0,1 1,1 0,0 1,0 0)))", "cql2-text"),
    ("S_INTERSECTS(geometry, POINT(200 100))", "cql2-text"),
    ("A_CONTAINS(name, ('x'))", "cql2-text"),
    ("A_CONTAINS(themes, (1,2))", "cql2-text"),
    ("CASEI(width) = 'x'", "cql2-text"),
    ("ACCENTI(name) = 'x'", "cql2-text"),
    ("pg_sleep(10) = 1", "cql2-text"),
    ("name + 1 = 2", "cql2-text"),
    ("width = 1e400", "cql2-text"),
    ("width ^ 10000 > 1", "cql2-text"),
    ("(" * 500 + "large" + ")" * 500, "cql2-text"),
    ("NOT " * 300 + "large", "cql2-text"),
    ("width = " + "-" * 300 + "1", "cql2-text"),
    ("large OR " * 600 + "large", "cql2-text"),
    ('{"op":"not","args":[' * 90 + '{"property":"large"}' + "]}" * 90, "cql2-json"),
]


@pytest.mark.parametrize("text, language", WRONG, ids=[text[:60] for text, _language in WRONG])
def test_what_cannot_be_computed_is_refused(
    measured: Town, exporter: Client, text: str, language: str
) -> None:
    response = exporter.get(f"{ITEMS}?filter-lang={language}&filter={quote(text)}")
    body = response.json()
    assert (response.status_code, body["parameter"]) == (400, "filter"), body
    assert body["detail"]


def test_a_long_chain_is_answered_or_refused_but_no_fault(measured: Town, exporter: Client) -> None:
    for text in ("large OR " * 400 + "large", "width > 1" + "+1" * 1500, "width = 4 AND " * 250 + "large"):
        assert exporter.get(f"{ITEMS}?filter={quote(text)}").status_code in (200, 400)


@pytest.mark.parametrize(
    "written, meant",
    [
        (r"it\'s", "it's"),
        ("it''s", "it's"),
        (r"two\nlines", "two\nlines"),
        (r"tab\there", "tab\there"),
        (r"C:\\x", r"C:\\x"),
        (r"100\%", r"100\%"),
        (r"\'", "'"),
        (r"' AND name = \'", None),
    ],
)
def test_escapes_in_texts_are_those_of_the_standard(written: str, meant: str | None) -> None:
    def compiled(text: str) -> Any:
        return compile_filter(text, None, ASSETS, names="zh", today=date(2026, 11, 24), crs=CRS84)

    if meant is None:
        with pytest.raises(FilterError):
            compiled(f"name = '{written}'")
        return
    assert compiled(f"name = '{written}'")[1] == (meant,)
    assert compiled(f"name = '{written}' OR name = 'after'")[1] == (meant, "after")
    name_in_quotes = compiled(f"\"name\" = '{written}'")
    assert name_in_quotes[1] == (meant,)


@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\\"), max_size=30))
def test_every_text_that_is_escaped_arrives_as_it_was(text: str) -> None:
    escaped = text.replace("'", r"\'").replace("\n", r"\n").replace("\t", r"\t")
    written = f"name = '{escaped}'"
    _sql, params = compile_filter(written, None, ASSETS, names="zh", today=date(2026, 11, 24), crs=CRS84)
    assert params == (text,)


def test_what_is_written_never_becomes_part_of_the_statement() -> None:
    hostile = "x'); DROP TABLE assets_asset; --%s %(name)s"
    sql, params = compile_filter(
        f"name = '{hostile.replace(chr(39), chr(39) * 2)}' AND width > 12345.5",
        None,
        ASSETS,
        names="zh",
        today=date(2026, 11, 24),
        crs=CRS84,
    )
    assert "DROP" not in sql
    assert "12345" not in sql
    assert params == (hostile, 12345.5)


FIELD_NAMES = sorted({field.name for layer in LAYERS.values() for field in layer.fields} | {"geometry"})
OPERATORS = (
    *(
        "and",
        "or",
        "not",
        "=",
        "<>",
        "<",
        ">=",
        "like",
        "between",
        "in",
        "isNull",
        "casei",
        "+",
        "/",
        "^",
        "%",
    ),
    *("s_intersects", "s_within", "t_after", "t_during", "t_meets", "a_contains", "a_equals", "avg"),
)
LITERALS = st.one_of(
    st.booleans(),
    st.floats(),
    st.integers(-(2**70), 2**70),
    st.text(max_size=8),
    st.sampled_from(["good", "core_values", "2026-11-24", "..", "%", "\\", "\0"]),
    st.builds(
        lambda value: {"date": value}, st.sampled_from(["2026-11-24", "0001-01-01", "9999-12-31", "x"])
    ),
    st.builds(lambda value: {"timestamp": value}, st.sampled_from(["2026-11-24T08:00:00Z", "x"])),
    st.builds(
        lambda a, b: {"interval": [a, b]}, st.sampled_from(["..", "2026-01-01"]), st.just("2026-02-01")
    ),
    st.builds(lambda name: {"property": name}, st.sampled_from(FIELD_NAMES)),
    st.just({"type": "Point", "coordinates": [117.0, 36.7]}),
    st.just({"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [117.0, 36.7]}]}),
    st.just({"bbox": [116, 36, 118, 37]}),
    st.lists(st.sampled_from(["core_values", "good", "x"]), max_size=3),
)
EXPRESSIONS = st.recursive(
    LITERALS,
    lambda children: st.builds(
        lambda op, args: {"op": op, "args": args}, st.sampled_from(OPERATORS), st.lists(children, max_size=3)
    ),
    max_leaves=8,
)


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(expression=EXPRESSIONS)
def test_anything_at_all_is_answered_or_refused(town: Town, exporter: Client, expression: Any) -> None:
    text = json.dumps(expression)
    response = exporter.get(f"{ITEMS}?filter-lang=cql2-json&filter={quote(text)}")
    assert response.status_code in (200, 400), (text, response.content)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(expression=EXPRESSIONS)
def test_anything_at_all_compiles_or_is_a_named_refusal(town: Town, expression: Any) -> None:
    for layer in LAYERS.values():
        compiled = compiled_or_refused(layer, expression)
        assert compiled == "filter" or compiled[0].count("%s") == len(compiled[1])


def compiled_or_refused(layer: Layer, expression: Any) -> Any:
    """SQL with its parameters, or the name of the parameter that is refused."""
    try:
        sql = compile_filter(
            json.dumps(expression),
            "cql2-json",
            layer,
            names="en",
            today=date(2026, 11, 24),
            crs=CRS84,
        )
    except FilterError as refusal:
        return refusal.parameter
    return sql
