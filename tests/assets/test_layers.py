"""The declared layers: every field has a title, can be selected and is of its kind; rows stay with their readers."""

from datetime import date

import pytest
from django.contrib.gis.geos import LineString, MultiLineString
from django.db import connection

from accounts.models import User
from accounts.permissions import READ
from assets.code_lists import code_list, code_lists
from assets.dictionaries import dictionaries, read_generation
from assets.fields import FIELDS, Kind
from assets.layers import LAYERS, Layer
from assets.models import Condition, Inspection, Maintenance, MaintenanceKind
from places.models import Holder, Responsibility
from tests.assets.column_types import COLUMN_TYPES
from tests.conftest import District
from tests.factories import make_asset, make_keeper, make_road, make_site, make_unit

TODAY = date(2026, 11, 24)
EVERY = [pytest.param(layer, id=name) for name, layer in LAYERS.items()]


def rows(layer: Layer, user: User, language: str = "en") -> list[dict]:
    select = layer.columns(language=language, today=TODAY)
    visible, params = layer.visible(user, READ)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {select}, ST_AsText({layer.geometry}) AS geometry"
            f" FROM {layer.rows(select, visible, layer.geometry)} WHERE {visible}",
            params,
        )
        names = [column.name for column in cursor.description]
        return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]


@pytest.mark.parametrize("layer", EVERY)
def test_names_are_used_once_and_titles_are_in_both_languages(layer: Layer) -> None:
    names = [field.name for field in layer.fields]
    assert len(names) == len(set(names))
    assert layer.field(layer.key) is not None
    for field in layer.fields:
        assert all(field.titles().values())


@pytest.mark.django_db
@pytest.mark.parametrize("layer", EVERY)
def test_values_are_of_the_declared_kind(layer: Layer) -> None:
    select = layer.columns(language="zh-hans", today=TODAY)
    interval = ", ".join(layer.interval or ("now()", "now()"))
    with connection.cursor() as cursor:
        rows_of = layer.rows(select, layer.geometry, interval)
        cursor.execute(f"SELECT {select}, {interval}, {layer.geometry} FROM {rows_of} LIMIT 0")
        types = [column.type_code for column in cursor.description]
        cursor.execute("SELECT oid, typname FROM pg_type WHERE oid = ANY(%s)", [types])
        named = dict(cursor.fetchall())
    for field, type_code in zip(layer.fields, types, strict=False):
        assert named[type_code] in COLUMN_TYPES[field.kind], field.name
    assert [named[type_] for type_ in types[-3:]] == ["timestamptz", "timestamptz", "geometry"]


@pytest.mark.django_db
def test_every_code_list_that_a_field_names_is_there_and_titled() -> None:
    make_asset()
    lists = dictionaries(read_generation())
    named = {field.codes for layer in LAYERS.values() for field in layer.fields} | {
        field.codes for field in FIELDS
    }
    assert named - {""} <= set(code_lists())
    for name in code_lists():
        for entry in code_list(name, lists):
            assert all((entry.code, entry.zh, entry.en))
    assert [entry.code for entry in code_list("condition", lists)][:2] == ["unknown", "good"]
    assert [entry.title("en") for entry in code_list("priority", lists)] == ["Normal", "High", "Urgent"]


@pytest.mark.django_db
def test_codes_of_rows_are_in_their_lists_and_rows_stay_with_their_readers(
    district: District, viewer: User, stranger: User
) -> None:
    asset = make_asset(name="北园大街宣传栏")
    Inspection.objects.create(
        asset=asset, condition=Condition.SEVERE, observed_at="2026-11-01T08:00+08:00", origin="phone"
    )
    Maintenance.objects.create(asset=asset, kind=MaintenanceKind.REPAIR, priority=3, due_on=date(2026, 11, 1))
    make_road(
        district=district.district,
        line=MultiLineString(LineString((116.98, 36.68), (117.0, 36.68)), srid=4326),
    )
    make_site(area=district.southwest)
    lists = dictionaries(read_generation())
    for layer in LAYERS.values():
        mine, others = rows(layer, viewer), rows(layer, stranger)
        assert mine, layer.name
        assert not {str(row[layer.key]) for row in mine} & {str(row[layer.key]) for row in others}
        for field in layer.fields:
            if field.codes:
                codes = {entry.code for entry in code_list(field.codes, lists)}
                used = [row[field.name] for row in mine if row[field.name] is not None]
                for value in used:
                    assert set(value if field.kind is Kind.LIST else [value]) <= codes, field.name
    [job] = rows(LAYERS["maintenance"], viewer)
    assert (job["overdue"], job["priority"], job["asset"]) == (True, "urgent", asset.code)
    [seen] = rows(LAYERS["inspections"], viewer)
    assert (seen["condition"], seen["type_name"]) == ("severe", "Notice board")
    assert not any("phone" in field.name for layer in LAYERS.values() for field in layer.fields)


@pytest.mark.django_db
def test_areas_and_sites_say_post_and_unit_of_who_answers_on_the_day(
    district: District, viewer: User
) -> None:
    unit = make_unit("车站")
    site = make_site(area=district.southwest)
    make_keeper(site, unit, "张三", post="站长", telephone="13900000000")
    make_keeper(site, make_unit("旧单位"), begins_on=date(2020, 1, 1), ends_on=date(2020, 12, 31))
    make_keeper(site, make_unit("以后"), begins_on=date(2030, 1, 1))
    holder = Holder.objects.create(name="李四", post="书记", telephone="13900000001")
    Responsibility.objects.create(
        kind="leader", area=district.west, holder=holder, begins_on=date(2026, 1, 1)
    )
    [told] = rows(LAYERS["sites"], viewer)
    assert (told["leader"], told["leader_unit"]) == ("站长", "车站")
    areas = {row["code"]: row for row in rows(LAYERS["areas"], viewer)}
    assert (areas["370105001"]["leader"], areas["370105001"]["leader_unit"]) == ("书记", None)
    assert areas["370105002"]["leader"] is None
    for secret in ("张三", "李四", "1390000000"):
        assert secret not in str([told, areas])
