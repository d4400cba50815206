"""The map of cases: tiles, legend and list say the same, and nothing of what a reader may not see."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Role, User
from assets.fields import FILTERED
from assets.models import Defect
from cases.filters import CaseFilter, read_case_filter
from cases.map.legend import legend_of
from cases.map.shapes import shapes_of_categories
from cases.models import Case
from tests.cases.conftest import Scene, as_user, make_category
from tests.factories import make_campaign, make_user
from tests.mapping.conftest import decoded, tiles_around

__all__ = ["as_user"]
pytestmark = pytest.mark.django_db
Looking = Callable[[User | None], Client]


@pytest.fixture
def cases(scene: Scene) -> list[Case]:
    """Late with its unit, in hand, put right, and one of another category at a point that is reported just now."""
    Defect.objects.create(code="dirt", name_zh="污", name_en="Dirt", remedy="clean")
    dirty = make_category("dirty", asset_defects=["dirt"], urgent=True)
    just_now = timezone.localtime() - timedelta(minutes=2)
    return [
        scene.dispatch(),
        scene.accept(asset=scene.another()),
        scene.fix(asset=scene.another()),
        scene.report(f"{just_now:%Y-%m-%d %H:%M}", category=dirty, asset=None, point=scene.asset.point),
    ]


def tile(client: Client, scene: Scene, zoom: int, query: str = "") -> dict:
    point = scene.asset.point
    [(z, x, y)] = tiles_around(zoom, point.x, point.y, point.x, point.y)
    answer = client.get(f"/tiles/cases/{z}/{x}/{y}.mvt?{query}")
    assert answer.status_code in (200, 204), answer.content
    return decoded(answer.content) if answer.content else {}


def codes_on_the_map(client: Client, scene: Scene, query: str = "") -> set[str]:
    layer = tile(client, scene, 15, query).get("cases", {"features": []})
    return {feature["properties"]["code"] for feature in layer["features"]}


def counted(client: Client, scene: Scene, zoom: int, query: str = "") -> dict[str, int]:
    layer = tile(client, scene, zoom, query).get("case_cells", {"features": []})
    names = ("n", "red", "amber", "green", "held", "none")
    return {name: sum(feature["properties"][name] for feature in layer["features"]) for name in names}


def listed(client: Client, query: str) -> set[str]:
    answer = client.get(f"/api/cases?{query}")
    assert answer.status_code == 200
    return {row["code"] for row in answer.json()["results"]}


@pytest.mark.parametrize(
    "query",
    [
        "",
        "state=dispatched",
        "lamp=red",
        "category=dirty",
        "urgent=yes",
        "unit=none",
        "state=closed",
        "q=zz",
        "state=all",
    ],
)
def test_map_cells_list_and_legend_agree(
    scene: Scene, cases: list[Case], as_user: Looking, query: str
) -> None:
    client = as_user(scene.desk)
    expected = listed(client, query)
    assert codes_on_the_map(client, scene, query) == expected
    assert counted(client, scene, 11, query)["n"] == len(expected)
    assert legend_of(read_case_filter(query, scene.desk), scene.desk).matched == len(expected)


VALUES = {
    "state": "all",
    "lamp": "red,none",
    "category": "dirty",
    "source": "patrol",
    "unit": "mine,none",
    "urgent": "yes",
    "reported_from": "2026-01-01",
    "reported_to": "2026-12-31",
    "q": "污",
    "bbox": "116.9,36.6,117.1,36.8",
    "updated_since": "2026-01-01T00:00:00Z",
    "condition": "unknown",
    "theme": "none",
    "artwork": "none",
    "exposed": "none,approved",
    **dict.fromkeys(("street", "community", "road", "site_kind"), "none"),
    **dict.fromkeys((field.name for field in FILTERED), "none"),
}


def test_every_parameter_is_taken_by_everything_that_takes_the_filter(
    scene: Scene, cases: list[Case], as_user: Looking
) -> None:
    client = as_user(scene.desk)
    values = {
        **VALUES,
        "asset": scene.asset.code,
        "type": scene.asset.type.code,
        "family": scene.asset.type.family,
        "answers": f"u{scene.unit.pk}",
        "campaign": make_campaign(scene.district.district, "tables").code,
    }
    assert set(CaseFilter.base_filters) - set(values) == {"patrol", "team"}
    together = "&".join(f"{name}={value}" for name, value in values.items())
    for query in [*(f"{name}={value}" for name, value in values.items()), together]:
        for address in (
            "/cases/",
            "/cases/map/",
            "/cases/board/",
            "/cases/many/",
            "/cases/print/",
            "/api/cases",
        ):
            answer = client.get(f"{address}?{query}")
            assert answer.status_code in (200, 400), (address, query)
            assert answer.status_code == 200 or address in ("/cases/many/", "/cases/board/"), (address, query)
        tile(client, scene, 11, query)
        tile(client, scene, 15, query)


def test_a_symbol_says_category_group_lamp_and_urgency(
    scene: Scene, cases: list[Case], as_user: Looking
) -> None:
    told = {
        feature["properties"]["code"]: feature["properties"]
        for feature in tile(as_user(scene.desk), scene, 16)["cases"]["features"]
    }
    late, reported = told[cases[0].code], told[cases[3].code]
    assert (late["shape"], late["lamp"], late["urgent"], late["state"]) == ("other", "red", 0, "dispatched")
    assert (reported["shape"], reported["lamp"], reported["urgent"]) == ("clean", "green", 1)
    assert counted(as_user(scene.desk), scene, 9)["red"] == 3


def test_what_a_person_may_not_see_is_in_no_tile(scene: Scene, cases: list[Case], as_user: Looking) -> None:
    everyone = {case.code for case in cases}
    elsewhere = make_user(Role.PUBLICITY, scene.district.other_district, username="elsewhere")
    for user, seen in (
        (scene.desk, everyone),
        (scene.patrol, everyone),
        (scene.liaison, {case.code for case in cases[:3]}),
        (scene.other_liaison, set()),
        (elsewhere, set()),
    ):
        client = as_user(user)
        assert codes_on_the_map(client, scene) == seen, user
        assert counted(client, scene, 9)["n"] == len(seen), user
        page = client.get("/cases/map/").content.decode()
        assert {code for code in everyone if code in page} == seen
        assert legend_of(read_case_filter("", user), user).matched == len(seen)
    hidden = cases[3].code
    assert as_user(scene.liaison).get(f"/cases/map/{hidden}/").status_code == 404
    assert as_user(None).get("/tiles/cases/9/422/199.mvt").status_code in (302, 401)


def test_a_kept_tile_is_not_anothers_and_not_of_before(
    scene: Scene, cases: list[Case], as_user: Looking
) -> None:
    desk, liaison = as_user(scene.desk), as_user(scene.liaison)
    address = "/tiles/cases/9/422/199.mvt"
    first = desk.get(address)
    assert desk.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304
    assert liaison.get(address)["ETag"] != first["ETag"]
    scene.liaison.units.clear()
    assert counted(as_user(scene.liaison), scene, 9)["n"] == 0
    scene.report()
    assert desk.get(address)["ETag"] != first["ETag"]
    assert counted(desk, scene, 9)["n"] == len(cases) + 1


def test_a_group_counts_by_every_other_filter_but_its_own(scene: Scene, cases: list[Case]) -> None:
    legend = legend_of(read_case_filter("category=dirty&lamp=green", scene.desk), scene.desk)
    groups = {group.name: {row.code: row for row in group.rows} for group in legend.groups}
    assert {code: row.count for code, row in groups["category"].items()} == {"dirty": 1}
    assert groups["lamp"]["green"].count == 1
    assert groups["category"]["dirty"].is_picked
    assert groups["category"]["dirty"].query == "lamp=green"
    assert "soiled" not in groups["category"]
    alone = legend_of(read_case_filter("category=dirty", scene.desk), scene.desk)
    rows = next(group.rows for group in alone.groups if group.name == "category")
    assert {row.code: row.count for row in rows} == {"dirty": 1, "soiled": 3}
    assert next(row.query for row in rows if row.code == "soiled") == "category=dirty,soiled"


def test_the_page_has_one_address_for_filter_and_open_case(
    scene: Scene, cases: list[Case], as_user: Looking, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = as_user(scene.desk)
    client.get("/cases/map/")
    with django_assert_max_num_queries(24):
        page = client.get(f"/cases/map/{cases[0].code}/?lamp=red").content.decode()
    assert f'data-code="{cases[0].code}"' in page
    assert 'data-query="lamp=red"' in page
    assert cases[3].code not in page
    assert "/export/cases.csv?lamp=red" in page
    assert "/export/" not in as_user(scene.patrol).get("/cases/map/").content.decode().split("case-list")[0]


def test_bad_addresses_are_refused_by_name(scene: Scene, as_user: Looking) -> None:
    client = as_user(scene.desk)
    for address, name in (
        ("/cases/map/?lamp=blue", "lamp"),
        ("/cases/map/?lifecycle=removed", "lifecycle"),
        ("/tiles/cases/9/422/199.mvt?state=gone", "state"),
        ("/tiles/cases/40/1/1.mvt", "z"),
    ):
        answer = client.get(address)
        assert answer.status_code == 400
        assert name in answer.content.decode()
    assert client.get("/cases/map/370105-2026-999999/").status_code == 404


def test_the_maps_lead_to_one_another(scene: Scene, as_user: Looking) -> None:
    assert "cases/map/switch" in as_user(scene.desk).get("/map/").content.decode()
    assert 'href="/map/"' in as_user(scene.desk).get("/cases/map/").content.decode()


def test_the_shape_of_a_category_follows_what_puts_its_defects_right(scene: Scene) -> None:
    Defect.objects.create(code="typo", name_zh="错", name_en="Typo", remedy="replace_content")
    Defect.objects.create(code="look", name_zh="看", name_en="Look", remedy="inspect")
    wording, looked = (
        make_category("wording", asset_defects=["typo"]),
        make_category("looked", asset_defects=["look"]),
    )
    shapes = shapes_of_categories()
    assert (shapes[wording.pk], shapes[looked.pk], shapes[scene.category.pk]) == (
        "replace_content",
        "other",
        "other",
    )
