"""Administration of places: positions and shapes typed or drawn, kept where the role holds."""

import json
import re
from typing import Any

import pytest
from django.contrib.gis.geos import GEOSGeometry
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from places.geometry_widgets import PointWidget, ShapeWidget
from places.models import Area, Road, Site, SiteKind, Unit
from places.row_history import changes_of
from tests.conftest import District
from tests.factories import make_road, make_site, make_user

SQUARE = {"type": "Polygon", "coordinates": [[[117, 36], [117.1, 36], [117.1, 36.1], [117, 36.1], [117, 36]]]}


@pytest.fixture
def office(client: Client, publicity: User) -> Client:
    client.force_login(publicity)
    return client


def area_form(area: Area, **values: Any) -> dict[str, Any]:
    return {
        "name": area.name,
        "parent": area.parent_id or "",
        "boundary": area.boundary.json if area.boundary else "",
        "boundary_status": area.boundary_status,
        **values,
    }


def change(client: Client, row: Any, form: dict[str, Any]) -> Any:
    return client.post(reverse(f"admin:places_{row._meta.model_name}_change", args=[row.pk]), form)


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(SQUARE),
        json.dumps({"type": "Feature", "properties": {}, "geometry": SQUARE}),
        json.dumps(
            {
                "type": "FeatureCollection",
                "features": [{"type": "Feature", "properties": {}, "geometry": SQUARE}],
            }
        ),
        "POLYGON((117 36, 117.1 36, 117.1 36.1, 117 36.1, 117 36))",
        "SRID=4326;MULTIPOLYGON(((117 36, 117.1 36, 117.1 36.1, 117 36.1, 117 36)))",
    ],
)
def test_a_boundary_comes_as_geojson_or_wkt(office: Client, district: District, text: str) -> None:
    answer = change(
        office, district.west, area_form(district.west, boundary=text, boundary_status="official")
    )
    assert answer.status_code == 302, answer.content.decode()
    district.west.refresh_from_db()
    assert district.west.boundary.equals(GEOSGeometry(json.dumps(SQUARE)))
    assert district.west.boundary.geom_type == "MultiPolygon"
    [newest, _made] = changes_of(district.west)
    assert (newest.actor, newest.origin) == ("publicity", "admin")
    assert "boundary" in [difference.name for difference in newest.differences]


@pytest.mark.parametrize(
    "text",
    [
        "nonsense",
        "{}",
        '{"type": "Point"}',
        '{"type": "FeatureCollection", "features": []}',
        "POINT(117 36)",
        "POLYGON((39500000 4060000, 39500100 4060000, 39500100 4060100, 39500000 4060000))",
        "SRID=4527;POLYGON((117 36, 117.1 36, 117.1 36.1, 117 36))",
        "POLYGON EMPTY",
        "[[117, 36]]",
    ],
)
def test_what_is_no_boundary_is_refused_and_shown_again(
    office: Client, district: District, text: str
) -> None:
    before = district.west.boundary
    answer = change(office, district.west, area_form(district.west, boundary=text))
    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()
    district.west.refresh_from_db()
    assert district.west.boundary == before


def test_a_boundary_says_whether_it_is_official(office: Client, district: District) -> None:
    answer = change(office, district.west, area_form(district.west, boundary_status="none"))
    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()


def test_an_area_s_code_and_level_stay(office: Client, district: District) -> None:
    change(office, district.west, area_form(district.west, code="370105999", level=3, name="新名"))
    district.west.refresh_from_db()
    assert (district.west.code, district.west.level, district.west.name) == ("370105001", 2, "新名")


def test_places_of_another_district_are_read_only(office: Client, district: District) -> None:
    address = reverse("admin:places_area_change", args=[district.other_street.pk])
    assert 'name="_save"' not in office.get(address).content.decode()
    assert change(office, district.other_street, area_form(district.other_street)).status_code == 403


def test_a_site_is_put_where_it_is_typed(office: Client, district: District) -> None:
    kind = SiteKind.objects.create(code="park", name_zh="公园", name_en="Park")
    answer = office.post(
        reverse("admin:places_site_add"),
        {"code": "S-1", "name": "大明湖", "kind": kind.pk, "point_lon": "117.0225", "point_lat": "36.6755"},
    )
    assert answer.status_code == 302, answer.content.decode()
    assert Site.objects.get().point.coords == (117.0225, 36.6755)


def test_a_road_s_line_may_be_a_single_one(office: Client, district: District) -> None:
    road = make_road(district=district.district)
    answer = change(
        office,
        road,
        {
            "code": road.code,
            "name": road.name,
            "aliases": "济洛路,济泺",
            "district": district.district.pk,
            "line": "LINESTRING(117 36.68, 117.01 36.68)",
        },
    )
    assert answer.status_code == 302, answer.content.decode()
    road.refresh_from_db()
    assert (road.line.geom_type, road.aliases) == ("MultiLineString", ["济洛路", "济泺"])


def test_places_are_found_by_their_other_names(office: Client, district: District) -> None:
    make_road("济泺路", aliases=["济洛路"])
    Area.objects.filter(pk=district.west.pk).update(aliases=["无影山办"])
    for model, words, name in (("road", "济洛", "济泺路"), ("area", "无影山办", "无影山街道")):
        page = office.get(reverse(f"admin:places_{model}_changelist"), {"q": words}).content.decode()
        assert name in page


def test_what_is_in_use_is_not_deleted(office: Client, district: District) -> None:
    address = reverse("admin:places_area_delete", args=[district.west.pk])
    answer = office.post(address, {"post": "yes"})
    assert answer.status_code in (200, 403)
    assert Area.objects.filter(pk=district.west.pk).exists()
    road = make_road(district=district.district)
    assert (
        office.post(reverse("admin:places_road_delete", args=[road.pk]), {"post": "yes"}).status_code == 302
    )
    assert not Road.objects.exists()


@pytest.mark.parametrize("role", [Role.STREET_EDITOR, Role.CREW, Role.PLANNER, Role.VIEWER])
def test_who_does_not_keep_places_writes_none(client: Client, district: District, role: Role) -> None:
    client.force_login(make_user(role, district.district))
    unit, site = Unit.objects.create(name="单位"), make_site(area=district.west)
    for row in (district.west, unit, site, make_road()):
        name = f"admin:places_{row._meta.model_name}"
        assert change(client, row, {"name": "x"}).status_code in (302, 403)
        assert client.post(reverse(f"{name}_add"), {"name": "x"}).status_code in (302, 403)
        row.refresh_from_db()
        assert row.name != "x"


def test_typed_numbers_survive_a_refusal() -> None:
    widget = PointWidget()
    typed = widget.value_from_datadict({"p_lon": "abc", "p_lat": ""}, {}, "p")
    assert typed is not None
    assert widget.deserialize(typed) is None
    shown = widget.get_context("p", typed, {})["widget"]
    assert (shown["longitude"], shown["latitude"]) == ("abc", "")
    assert widget.value_from_datadict({"p_lon": "", "p_lat": " "}, {}, "p") is None
    assert widget.value_omitted_from_data({}, {}, "p")


def test_a_shown_point_comes_back_unchanged() -> None:
    widget = PointWidget()
    point = widget.deserialize("116.9848001 36.6712701")
    assert point is not None
    shown = widget.get_context("p", point, {})["widget"]
    assert widget.deserialize(f"{shown['longitude']} {shown['latitude']}") == point


def test_a_shown_shape_comes_back_unchanged() -> None:
    widget = ShapeWidget(geometry_type="MULTIPOLYGON")
    shape = widget.deserialize(json.dumps(SQUARE))
    assert widget.deserialize(widget.format_value(shape)) == shape
    assert widget.format_value(None) == ""


@pytest.mark.parametrize(
    "model, make",
    [("area", lambda district: district.west), ("site", lambda district: make_site(area=district.west))],
)
@pytest.mark.parametrize("system", ["wgs84", "gcj02"])
def test_the_map_of_a_form_lies_over_the_base_map_unless_all_of_ours_is_shifted(
    office: Client, district: District, settings: Any, model: str, make: Any, system: str
) -> None:
    settings.BASEMAP_CRS = system
    page = office.get(reverse(f"admin:places_{model}_change", args=[make(district).pk])).content.decode()
    assert "data-places=" in page
    assert (f'data-basemap="{reverse("basemap")}"' in page) == (system == "wgs84")


def test_a_long_history_goes_on_by_cursor(
    office: Client, district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("places.admin.CHANGES_A_PAGE", 2)
    office.cookies["django_language"] = "en"
    for number in range(3):
        district.west.kind = f"人{number}"
        district.west.save()
    address = reverse("admin:places_area_history", args=[district.west.pk])
    first = office.get(address).content.decode()
    assert "人2" in first
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following is not None
    second = office.get(address + following[1]).content.decode()
    assert "Recorded for the first time" in second
    assert "人2" not in second
    assert 'rel="next"' not in second
    for query, words in ("cursor=x", "does not belong to this list"), ("page=2", "Its name is “cursor” now."):
        answer = office.get(f"{address}?{query}")
        assert answer.status_code == 400
        assert words in answer.content.decode()
