"""GET /snapshot/assets.html: who gets the file, what is in it, and that nothing in it can run or be fetched."""

import base64
import json
import re
import zlib
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from itertools import accumulate
from urllib.parse import quote

import pytest
from django.contrib.gis.geos import LineString, MultiLineString, Point
from django.test import Client

from accounts.models import Role
from assets.models import Asset, Condition
from mapping.snapshot import making
from tests.factories import make_asset, make_road, make_theme, make_type, make_user

ADDRESS = "/snapshot/assets.html"
DAY_ZERO = date(1899, 12, 31)


def get(user, query: str = "", client: Client | None = None):
    client = client or Client()
    client.force_login(user)
    return client.get(f"{ADDRESS}?{query}")


def unpack(html: str) -> dict:
    """The document in a snapshot, its columns as plain numbers."""
    data = re.search(r'<script type="text/plain" id="snapshot-data" data-size="(\d+)">([^<]*)</script>', html)
    content = zlib.decompress(base64.b64decode(data[2]), -zlib.MAX_WBITS)
    assert len(content) == int(data[1])
    document = json.loads(content)
    document["columns"] = {name: list(accumulate(column)) for name, column in document["columns"].items()}
    return document


def read(user, query: str = "") -> tuple[str, dict]:
    response = get(user, query)
    assert response.status_code == 200
    html = response.content.decode()
    return html, unpack(html)


def codes(document: dict) -> set[str]:
    columns, texts = document["columns"], document["texts"]
    pairs = zip(columns["prefix"], columns["serial"], strict=True)
    return {f"{texts['prefix'][prefix]}{serial:06d}" for prefix, serial in pairs}


class Page(HTMLParser):
    """Text of the page outside scripts and styles, and every address that an element names."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.addresses: list[str] = []
        self.scripts: list[dict] = []
        self.policy = ""
        self._inside = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self._inside = tag
        self.addresses += [values[name] for name in ("src", "href", "srcset", "action") if name in values]
        if values.get("http-equiv") == "Content-Security-Policy":
            self.policy = values["content"]
        if tag == "script":
            self.scripts.append(values)
        assert not any(name.startswith("on") for name in values), f"inline handler on {tag}"

    def handle_endtag(self, tag):
        self._inside = ""

    def handle_data(self, data):
        if self._inside not in ("script", "style"):
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.fixture
def three(district) -> list[Asset]:
    """Two assets in the west street, one of them damaged, and one in the east."""
    return [
        make_asset(name="西一", condition=Condition.GOOD),
        make_asset(name="西二", condition=Condition.DAMAGED),
        make_asset(Point(117.01, 36.69, srid=4326), name="东一", condition=Condition.GOOD),
    ]


# --- Who ------------------------------------------------------------------------------------------------------------


def test_a_stranger_to_the_product_is_asked_to_sign_in(three, client):
    response = client.get(ADDRESS)
    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in/?next=")


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CREW])
def test_who_may_not_export_gets_no_snapshot(role, three, district):
    assert get(make_user(role, district.district)).status_code == 403


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.PUBLICITY, Role.STREET_EDITOR, Role.PLANNER])
def test_who_may_export_gets_one(role, three, district):
    _html, document = read(make_user(role, district.district))
    assert codes(document) == {asset.code for asset in three}


def test_another_district_is_not_in_it(three, stranger):
    html, document = read(stranger)
    assert document["count"] == 0
    assert "of 0 assets" in Page(read(stranger, "lang=en")[0]).text
    assert "西一" not in html


def test_only_where_one_may_export_and_not_where_one_may_only_read(three, district):
    user = make_user(Role.PLANNER, district.other_district)
    user.memberships.create(role=Role.VIEWER, area=district.district)
    foreign = make_asset(Point(117.15, 36.68, srid=4326), name="邻区")
    assert codes(read(user)[1]) == {foreign.code}


# --- What -----------------------------------------------------------------------------------------------------------


def test_it_holds_exactly_what_the_filter_leaves(three, planner):
    assert codes(read(planner, "street=370105001&condition=damaged")[1]) == {three[1].code}


def test_it_says_how_many_of_how_many_what_was_asked_when_and_by_whom(three, planner):
    planner.display_name = "规划科 <小李>"
    planner.save()
    text = Page(read(planner, "street=370105001&lang=en")[0]).text
    assert "2 of 3 assets" in text
    assert "Street: 无影山街道" in text
    assert re.search(r"Made \d{4}-\d\d-\d\d \d\d:\d\d by 规划科 <小李>", text)


def test_every_column_can_be_read_back(district, planner):
    make_theme("civility", name_en="Civility")
    road = make_road("北园大街", district=district.district)
    asset = make_asset(
        Point(116.9876543, 36.6789012, srid=4326),
        name="北园大街 1 号",
        address="北园大街 1 号门前",
        wording="讲文明\n树新风",
        themes=["civility"],
        road=road,
        faces=2,
        condition=Condition.SEVERE,
        # Seven in the evening in London is the next day in Jinan.
        condition_at=datetime(2026, 11, 1, 19, 0, tzinfo=UTC),
        next_inspection_due=date(2026, 11, 20),
        installed_on=date(1985, 6, 1),
        lifecycle="suspended",
    )
    _html, document = read(planner, "lang=en")
    columns, texts = document["columns"], document["texts"]
    assert codes(document) == {asset.code}
    assert (columns["lon"], columns["lat"]) == ([116_987_654], [36_678_901])
    assert document["conditions"][columns["condition"][0]] == {"code": "severe", "name": "Severe damage"}
    assert document["streets"][columns["street"][0]] == {"code": "370105001", "name": "无影山街道"}
    assert document["communities"][columns["community"][0]]["name"] == "无影潭社区居民委员会"
    assert document["roads"][columns["road"][0]]["name"] == "北园大街"
    assert document["types"][columns["type"][0]]["symbol"] == "panel"
    assert document["lifecycles"][columns["lifecycle"][0]] == {
        "code": "suspended",
        "name": "Suspended",
        "stands": True,
    }
    assert [texts[name][columns[name][0]] for name in ("name", "address", "wording", "themes")] == [
        "北园大街 1 号",
        "北园大街 1 号门前",
        "讲文明\n树新风",
        "civility",
    ]
    assert columns["faces"] == [2]
    days = {name: columns[name][0] for name in ("inspected", "due", "installed", "changed")}
    assert DAY_ZERO + timedelta(days["inspected"]) == date(2026, 11, 2)
    assert DAY_ZERO + timedelta(days["due"]) == date(2026, 11, 20)
    assert DAY_ZERO + timedelta(days["installed"]) == date(1985, 6, 1)
    assert days["changed"] == 0


def test_an_asset_outside_every_street_stands_under_area_unknown(three, planner):
    make_asset(Point(117.5, 36.5, srid=4326))
    _html, document = read(planner, "lang=en")
    assert document["streets"][-1] == {"code": "none", "name": "Area unknown"}
    assert document["columns"]["street"].count(len(document["streets"]) - 1) == 1


def test_streets_and_types_come_with_the_longest_first(three, planner):
    make_asset(Point(117.01, 36.69, srid=4326), type=make_type("mural", "03006"))
    make_asset(Point(117.01, 36.69, srid=4326))
    _html, document = read(planner)
    assert [street["code"] for street in document["streets"]] == ["370105002", "370105001"]
    assert [kind["code"] for kind in document["types"]] == ["notice_board", "mural"]


def test_outlines_and_roads_are_drawn_and_called_approximate(three, district, planner):
    make_road(
        "直路",
        district=district.district,
        line=MultiLineString(LineString((116.98, 36.67), (117, 36.67))),
        approximate=True,
    )
    make_road(
        "别区路",
        district=district.other_district,
        line=MultiLineString(LineString((117.1, 36.67), (117.2, 36.67))),
    )
    _html, document = read(planner)
    assert [(outline["name"], outline["approximate"]) for outline in document["outlines"]] == [
        ("天桥区", True),
        ("无影山街道", True),
        ("天桥东街街道", True),
    ]
    assert document["roadLines"] == [
        {"name": "直路", "approximate": True, "lines": [[116_980_000, 36_670_000, 20_000, 0]]}
    ]


def test_a_filter_that_leaves_nothing_gives_a_file_that_says_so(three, planner):
    html, document = read(planner, "condition=missing&lang=en")
    assert document["count"] == 0
    assert "0 of 3 assets" in Page(html).text


def test_the_number_of_queries_does_not_grow_with_the_assets(three, planner, django_assert_max_num_queries):
    client = Client()
    get(planner, client=client)
    for _nth in range(20):
        make_asset()
    with django_assert_max_num_queries(26):
        assert get(planner, client=client).status_code == 200


# --- Language -------------------------------------------------------------------------------------------------------


def test_the_file_speaks_the_readers_language_or_the_one_asked_for(three, planner):
    assert 'lang="zh-Hans"' in read(planner)[0]
    html, document = read(planner, "lang=en")
    assert 'lang="en"' in html
    assert document["words"]["overdue"] == "Inspection overdue"
    assert document["types"][0]["name"] == "Notice board"


# --- Refusals -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["streeet=1", "street=370105999", "lang=fr", "page=2"])
def test_what_it_does_not_know_is_refused(query, three, planner):
    response = get(planner, query)
    assert response.status_code == 400
    assert query.split("=")[0] in response.content.decode()


def test_too_many_assets_are_refused_in_words_and_not_cut_off(three, planner, monkeypatch):
    monkeypatch.setattr(making, "MOST_ASSETS", 2)
    response = get(planner)
    assert response.status_code == 413
    assert re.search(r"\b3\b", Page(response.content.decode()).text)
    assert get(planner, "street=370105001").status_code == 200


# --- Nothing runs, nothing is fetched -------------------------------------------------------------------------------

HOSTILE = [
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "{{ 7*7 }}{% for a in b %}",
    "'\"><svg onload=alert(1)>",
    "]]><!--",
]


@pytest.mark.parametrize("words", HOSTILE)
def test_what_people_write_stays_text(words, district, planner):
    planner.display_name = words[:60]
    planner.save()
    make_asset(
        name=words, wording=words, address=words, type=make_type("odd", name_zh=words[:60], name_en="Odd")
    )
    district.west.name = words
    district.west.save()
    html, document = read(planner, f"street=370105001&q={quote(words.split()[0])}")
    page = Page(html)
    assert "<" not in words or words not in html
    assert f"：{words} " in page.text
    assert len(page.scripts) == 4
    assert document["texts"]["name"] == document["texts"]["wording"] == [words]
    assert document["streets"][0]["name"] == document["types"][0]["name"] == words


def test_every_script_carries_the_nonce_that_the_files_own_policy_asks_for(three, planner):
    html, _document = read(planner)
    page = Page(html)
    nonce = re.search(r"default-src 'none'; script-src 'nonce-([\w-]+)'; ", page.policy)[1]
    running = [script for script in page.scripts if script.get("type") != "text/plain"]
    assert [script["nonce"] for script in running] == [nonce] * 3
    assert nonce not in read(planner)[0]


def test_the_file_names_no_address_to_fetch(three, planner):
    html, _document = read(planner)
    assert all(address.startswith("data:") for address in Page(html).addresses)
    styles = "".join(re.findall(r"<style[^>]*>(.*?)</style>", html, re.DOTALL))
    assert all(address.startswith(("data:", "#")) for address in re.findall(r"url\(([^)]*)\)", styles))
    assert "@import" not in styles
    assert "sourceMappingURL" not in html
    # Leaflet's credit and comments, and the names of XML.
    hosts = set(re.findall(r"https?://([\w.-]+)", html))
    assert hosts <= {"leafletjs.com", "www.w3.org", "bugs.chromium.org", "bugzilla.mozilla.org"}


def test_shown_by_our_server_it_is_a_stranger_to_our_origin(three, planner):
    response = get(planner)
    policy = response["Content-Security-Policy"]
    assert policy.startswith("sandbox allow-scripts; default-src 'none'; script-src 'nonce-")
    assert "allow-same-origin" not in policy
    assert response["Content-Disposition"].startswith("inline; filename*=UTF-8''")
    assert "no-store" in response["Cache-Control"]


# --- Size -----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_51_000_assets_fit_into_five_megabytes(three, planner):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO assets_asset (code, name, type_id, point, address, wording, area_id, district_id, street_id, "
            "lifecycle, condition, installed_on, themes, faces, large, source, source_id, material, building, "
            "building_contact, building_phone, removal_reason, data_source, remarks) "
            "SELECT '37010503008' || 900000 + n, '北园大街 ' || n || ' 号宣传栏（东面）', type_id, "
            "ST_SetSRID(ST_MakePoint(116.98 + 0.04 * abs(hashint4(n) / 2147483648.0), "
            "36.67 + 0.03 * abs(hashint4(n + 60000) / 2147483648.0)), 4326), '北园大街 ' || hashint4(n) || ' 号', "
            "'讲文明树新风', area_id, district_id, street_id, 'in_use', n %% 6, date '2020-01-01' + n %% 2000, '{}', "
            "1, false, '', '', '', '', '', '', '', '', '' FROM assets_asset, generate_series(1, 51000) n WHERE id = %s",
            [three[0].pk],
        )
    html, document = read(planner)
    assert document["count"] == 51_003
    assert len(html.encode()) <= 5_000_000
