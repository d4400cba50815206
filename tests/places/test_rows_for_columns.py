"""The migration that turned the register's columns of who answers into dated rows."""

from datetime import date
from importlib import import_module
from typing import Any

import pgtrigger
import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from places.models import FormerAnswer, Responsibility, ResponsibilityKind, Site
from tests.conftest import District
from tests.factories import make_keeper, make_site, make_unit

pytestmark = pytest.mark.django_db
migration = import_module("places.migrations.0009_rows_for_columns")

MARCH, JUNE = date(2026, 3, 1), date(2026, 6, 1)
_COLUMNS = """
    ALTER TABLE {table} ADD COLUMN leader varchar(40) DEFAULT '', ADD COLUMN leader_unit_id bigint,
        ADD COLUMN responsible_person varchar(40) DEFAULT '', ADD COLUMN responsible_phone varchar(30) DEFAULT ''
"""


@pytest.fixture
def columns(district: District) -> None:
    """The columns as they were; the transaction of the test takes them away again."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("places_area", "places_areaevent", "places_site", "places_siteevent"):
            cursor.execute(_COLUMNS.format(table=table))


def say(table: str, key: int, day: date, **values: Any) -> None:
    """Write what a place says from a day on, in its row and in its history."""
    names = {"unit": "leader_unit_id", "person": "responsible_person", "telephone": "responsible_phone"}
    given = {"leader": "", "unit": None, "person": "", "telephone": "", **values}
    # The trigger of today knows nothing of these columns: the state that it would write is written below.
    with (
        pgtrigger.ignore("places.Site:update_update", "places.Area:update_update"),
        connection.cursor() as cursor,
    ):
        for column, value in given.items():
            cursor.execute(
                f"UPDATE {table} SET {names.get(column, column)} = %s WHERE id = %s",
                [value, key],
            )
        cursor.execute(
            f"SELECT array_agg(column_name::text) FROM information_schema.columns"
            f" WHERE table_name = '{table}event' AND column_name NOT IN ('pgh_id', 'pgh_created_at', 'leader',"
            f" 'leader_unit_id', 'responsible_person', 'responsible_phone')"
        )
        rest = ", ".join(cursor.fetchone()[0])
        cursor.execute(
            f"INSERT INTO {table}event ({rest}, pgh_created_at, leader, leader_unit_id, responsible_person,"
            f" responsible_phone) SELECT {rest}, %s, %s, %s, %s, %s FROM {table}event WHERE pgh_obj_id = %s"
            " ORDER BY pgh_id DESC LIMIT 1",
            [f"{day} 12:00+08", *(given[name] for name in ("leader", "unit", "person", "telephone")), key],
        )


def migrate() -> None:
    with connection.schema_editor() as editor:
        migration.turn_into_rows(apps, editor)


def rows() -> list[tuple]:
    found = Responsibility.objects.select_related("holder__unit").order_by("kind", "begins_on", "pk")
    return [
        (row.kind, row.holder.name, row.holder.post, row.holder.unit, row.begins_on, row.ends_on)
        for row in found
    ]


def test_what_a_site_says_becomes_its_keeper_since_it_was_first_said(columns: None) -> None:
    site, unit = make_site(), make_unit("车站")
    say("places_site", site.pk, MARCH, unit=unit.pk, person="张三", telephone="139")
    say("places_site", site.pk, JUNE, unit=unit.pk, person="张三", telephone="138")
    migrate()
    assert rows() == [("keeper", "张三", "点位管理员", unit, MARCH, None)]
    assert Responsibility.objects.get().holder.telephone == "138"
    assert not FormerAnswer.objects.exists()


def test_what_it_said_before_ends_the_day_before(columns: None) -> None:
    site, unit, other = make_site(), make_unit("车站"), make_unit("新车站")
    say("places_site", site.pk, MARCH, unit=unit.pk)
    say("places_site", site.pk, JUNE, unit=other.pk)
    migrate()
    assert rows() == [
        ("keeper", "", "", unit, MARCH, date(2026, 5, 31)),
        ("keeper", "", "", other, JUNE, None),
    ]


def test_without_history_it_begins_today(columns: None) -> None:
    site = make_site()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE places_site SET leader = '李四' WHERE id = %s", [site.pk])
        cursor.execute("DELETE FROM places_changemark")  # nothing to do with it, and nothing is lost
    migrate()
    assert rows() == [("keeper", "李四", "包挂领导", None, timezone.localdate(), None)]


def test_streets_have_leaders_and_communities_units(columns: None, district: District) -> None:
    unit = make_unit("宣传单位")
    say("places_area", district.west.pk, MARCH, leader="王书记", unit=unit.pk)
    say("places_area", district.southwest.pk, MARCH, leader="赵主任", person="钱大姐", unit=unit.pk)
    migrate()
    assert rows() == [
        ("leader", "王书记", "包挂领导", unit, MARCH, None),
        ("unit", "赵主任", "包挂领导", unit, MARCH, None),
        ("unit", "钱大姐", "责任人", unit, MARCH, None),
    ]


def test_what_cannot_be_a_row_is_kept(columns: None, district: District) -> None:
    site, unit = make_site(), make_unit("车站")
    say("places_site", site.pk, MARCH, leader="李四", unit=unit.pk, person="张三", telephone="139")
    say("places_area", district.southwest.pk, MARCH, person="钱大姐", telephone="138")  # no unit
    say("places_area", district.district.pk, MARCH, leader="区长", unit=unit.pk)  # a district is nobody's
    say("places_area", district.west.pk, MARCH, telephone="137")  # nobody to call there
    migrate()
    assert rows() == [("keeper", "张三", "点位管理员", unit, MARCH, None)]
    kept = FormerAnswer.objects.order_by("telephone", "leader")
    assert [(row.place, row.leader, row.unit, row.person, row.telephone) for row in kept] == [
        (district.district, "区长", unit, "", ""),
        (site, "李四", None, "", ""),
        (district.west, "", None, "", "137"),
        (district.southwest, "", None, "钱大姐", "138"),
    ]


@pytest.mark.parametrize("same", [True, False])
def test_rows_that_were_entered_by_hand_stand(columns: None, same: bool) -> None:
    site, unit = make_site(), make_unit("车站")
    make_keeper(site, unit if same else make_unit("别的单位"), begins_on=JUNE)
    say("places_site", site.pk, MARCH, unit=unit.pk)
    migrate()
    assert rows()[0] == ("keeper", "", "", unit, MARCH, date(2026, 5, 31))
    assert len(rows()) == 2
    assert FormerAnswer.objects.count() == (0 if same else 1)


def test_a_row_from_before_leaves_nothing_to_enter(columns: None) -> None:
    site, unit = make_site(), make_unit("车站")
    make_keeper(site, make_unit("别的单位"), begins_on=MARCH)
    say("places_site", site.pk, JUNE, unit=unit.pk)
    migrate()
    assert len(rows()) == 1
    assert FormerAnswer.objects.get().unit == unit


def test_a_second_telephone_of_the_same_name_is_kept(columns: None) -> None:
    site, other = make_site(), make_site()
    say("places_site", site.pk, MARCH, person="王伟", telephone="139")
    say("places_site", other.pk, MARCH, person="王伟", telephone="138")
    migrate()
    holder = Responsibility.objects.first().holder
    kept = FormerAnswer.objects.get()
    assert {holder.telephone, kept.telephone} == {"139", "138"}
    assert (kept.person, kept.begins_on) == ("王伟", MARCH)


def test_todays_telephone_wins_over_one_of_before(columns: None) -> None:
    site = make_site()
    say("places_site", site.pk, MARCH, person="张三", telephone="139")
    say("places_site", site.pk, date(2026, 4, 1), person="李四")
    say("places_site", site.pk, JUNE, person="张三", telephone="138")
    migrate()
    assert [row[1] for row in rows()] == ["张三", "李四", "张三"]
    assert Responsibility.objects.get(ends_on=None).holder.telephone == "138"
    assert FormerAnswer.objects.get().telephone == "139"


def test_a_telephone_that_a_row_entered_by_hand_lacks_is_kept(columns: None) -> None:
    site, unit = make_site(), make_unit("车站")
    make_keeper(site, unit, begins_on=MARCH)
    say("places_site", site.pk, MARCH, unit=unit.pk, telephone="139")
    migrate()
    assert len(rows()) == 1
    assert FormerAnswer.objects.get().telephone == "139"


def test_what_is_said_after_a_row_entered_by_hand_has_ended_is_kept(columns: None) -> None:
    site, unit = make_site(), make_unit("车站")
    make_keeper(site, unit, begins_on=MARCH, ends_on=JUNE)
    say("places_site", site.pk, MARCH, unit=unit.pk)
    migrate()
    assert len(rows()) == 1
    assert FormerAnswer.objects.get().unit == unit


def test_nothing_said_is_nothing(columns: None) -> None:
    make_site()
    migrate()
    assert rows() == []
    assert not FormerAnswer.objects.exists()
    assert Site.objects.count() == 1


def told(values: dict[str, Any]) -> set[str]:
    return {str(value) for value in values.values() if value}


@pytest.mark.parametrize("level", [None, 1, 2, 3, 4])
@pytest.mark.parametrize("leader", ["", "李四"])
@pytest.mark.parametrize("unit", [None, 5])
@pytest.mark.parametrize("person", ["", "张三", "李四"])
@pytest.mark.parametrize("telephone", ["", "139"])
def test_no_value_is_lost_whatever_is_combined(
    level: int | None, leader: str, unit: int | None, person: str, telephone: str
) -> None:
    found, left = migration.rows_for(level, migration.Said(leader, unit, person, telephone, MARCH, None))
    values = {str(value) for value in (leader, unit, person, telephone) if value}
    kept = told(left)
    for row in found:
        assert row.kind in ResponsibilityKind.values
        assert row.name or row.unit
        assert bool(row.name) == bool(row.post)
        kept |= told({"name": row.name, "unit": row.unit, "telephone": row.telephone})
    assert kept == values
