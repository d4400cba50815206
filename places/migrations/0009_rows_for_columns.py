"""Turn what areas and sites said of who answers for them into dated rows of responsibility.

A row begins on the day on which the register first said so, by its history (today where there is none), and ends the
day before it said something else. Rows that were entered by hand stand; where they and a column disagree, and where
no row or holder says what a column said (as a second telephone), it is kept in `FormerAnswer` for the department to look at.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import migrations
from django.utils import timezone

STREET, COMMUNITY = 2, 3
LEADERS_POST, PERSONS_POST, KEEPERS_POST = "包挂领导", "责任人", "点位管理员"
DOCUMENT = "原责任字段"  # "from the register's former columns"
_DAY = timedelta(days=1)
_COLUMNS = "leader, leader_unit_id, responsible_person, responsible_phone"


@dataclass(frozen=True)
class Said:
    """What a place said, and over which days."""

    leader: str
    unit: int | None
    person: str
    telephone: str
    begins_on: date
    ends_on: date | None


@dataclass(frozen=True)
class Row:
    """A row to be: kind and holder."""

    kind: str
    name: str
    post: str
    unit: int | None
    telephone: str


def rows_for(level: int | None, said: Said) -> tuple[list[Row], dict]:
    """The rows that say the same, and what no row can say, by the fields of `FormerAnswer`.

    Args:
        level: of the area; None for a site.
    """
    leader = (said.leader, LEADERS_POST, "")
    person = (said.person, KEEPERS_POST if level is None else PERSONS_POST, said.telephone)
    people = [each for each in ((person, leader) if level is None else (leader, person)) if each[0]]
    if said.leader == said.person:
        people = people[:1] and [(said.person, people[0][1], said.telephone)]
    nobody = [] if people else [("", "", said.telephone)] if said.unit is not None else []
    if level is None or level == STREET:
        kind, most = ("keeper" if level is None else "leader"), 1
    elif level == COMMUNITY and said.unit is not None:
        kind, most = "unit", 2
    else:
        kind, most = "", 0
    chosen, over = [*people, *nobody][:most], people[most:]
    rows = [Row(kind, name, post, said.unit, telephone) for name, post, telephone in chosen]
    left: dict = {}
    if not rows:
        left = {
            "leader": said.leader,
            "unit_id": said.unit,
            "person": said.person,
            "telephone": said.telephone,
        }
        return rows, left if any(left.values()) else {}
    for name, post, telephone in over:
        left["leader" if post == LEADERS_POST else "person"] = name
        if telephone:
            left["telephone"] = telephone
    if said.telephone and not said.person and people:
        left["telephone"] = said.telephone
    return rows, left


def told(cursor, table: str, today: date) -> dict[int, list[Said]]:
    """What each place said over time, in order; the last is what it says now."""
    cursor.execute(
        f"""
        SELECT event.pgh_obj_id, (event.pgh_created_at AT TIME ZONE 'Asia/Shanghai')::date,
               event.leader, event.leader_unit_id, event.responsible_person, event.responsible_phone
        FROM {table}event event JOIN {table} place ON place.id = event.pgh_obj_id
        ORDER BY event.pgh_obj_id, event.pgh_id
        """  # noqa: S608 - names of ours
    )
    said: dict[int, list[tuple]] = {}
    for place, day, *values in cursor.fetchall():
        said.setdefault(place, []).append((day, tuple(values)))
    cursor.execute(f"SELECT id, {_COLUMNS} FROM {table}")  # noqa: S608
    for place, *values in cursor.fetchall():
        states = said.setdefault(place, [])
        if not states or states[-1][1] != tuple(values):
            states.append((today, tuple(values)))
    return {place: runs for place, states in said.items() if (runs := _runs(states))}


def _runs(states: list[tuple]) -> list[Said]:
    runs: list[list] = []
    for day, values in states:
        # A telephone that was corrected makes nobody else of whoever answers.
        if runs and runs[-1][1][:3] == values[:3]:
            runs[-1][1] = values
        else:
            runs.append([day, values])
    found = []
    for (day, values), following in zip(runs, [*runs[1:], None], strict=True):
        ends_on = following[0] - _DAY if following is not None else None
        if any(values) and (ends_on is None or ends_on >= day):
            found.append(Said(*values, begins_on=day, ends_on=ends_on))
    return found


def turn_into_rows(apps, schema_editor):
    """Enter the rows, and keep what none could be made of."""
    today = timezone.localdate()
    with schema_editor.connection.cursor() as cursor:
        of_areas = told(cursor, "places_area", today)
        of_sites = told(cursor, "places_site", today)
    areas = apps.get_model("places", "Area").objects
    levels = dict(areas.filter(pk__in=of_areas).values_list("pk", "level"))
    for place, runs in of_areas.items():
        _enter(apps, {"area_id": place}, levels[place], runs)
    for place, runs in of_sites.items():
        _enter(apps, {"site_id": place}, None, runs)


def _enter(apps, place: dict, level: int | None, runs: list[Said]) -> None:
    responsibility = apps.get_model("places", "Responsibility")
    former = apps.get_model("places", "FormerAnswer")
    # Latest first: a holder has one telephone, which is to be the one of today.
    for said in reversed(runs):
        rows, left = rows_for(level, said)
        if left:
            former.objects.create(**place, **left, begins_on=said.begins_on, ends_on=said.ends_on)
        for row in rows:
            begins_on, ends_on, agrees = _beside(responsibility, place, row, said)
            if begins_on is not None:
                holder = _holder(apps, row)
                agrees = agrees and row.telephone in ("", holder.telephone)
                responsibility.objects.create(
                    **place,
                    kind=row.kind,
                    holder=holder,
                    begins_on=begins_on,
                    ends_on=ends_on,
                    document=DOCUMENT,
                )
            if not agrees:
                former.objects.create(
                    **place,
                    leader=row.name if row.post == LEADERS_POST else "",
                    person=row.name if row.post != LEADERS_POST else "",
                    unit_id=row.unit,
                    telephone=row.telephone,
                    begins_on=said.begins_on,
                    ends_on=said.ends_on,
                )


def _beside(responsibility, place: dict, row: Row, said: Said) -> tuple:
    """The days that rows entered by hand leave for one, and whether these say the same where they stand instead."""
    standing = responsibility.objects.filter(kind=row.kind, voided_at=None, **place)
    standing = standing.exclude(document=DOCUMENT).exclude(ends_on__lt=said.begins_on)
    if said.ends_on is not None:
        standing = standing.filter(begins_on__lte=said.ends_on)
    if row.kind == "unit":
        standing = standing.filter(holder__unit_id=row.unit)
    first = standing.select_related("holder").order_by("begins_on").first()
    if first is None:
        return said.begins_on, said.ends_on, True
    agrees = (
        first.holder.unit_id == row.unit
        and row.name in ("", first.holder.name)
        and row.telephone in ("", first.holder.telephone)
        and (first.ends_on is None or (said.ends_on is not None and first.ends_on >= said.ends_on))
    )
    if first.begins_on > said.begins_on:
        return said.begins_on, first.begins_on - _DAY, agrees
    return None, None, agrees


def _holder(apps, row: Row):
    holder, made = apps.get_model("places", "Holder").objects.get_or_create(
        name=row.name, post=row.post, unit_id=row.unit, defaults={"telephone": row.telephone}
    )
    if not made and row.telephone and not holder.telephone:
        holder.telephone = row.telephone
        holder.save(update_fields=["telephone"])
    return holder


class Migration(migrations.Migration):
    dependencies = [("places", "0008_former_answers")]

    operations = [migrations.RunPython(turn_into_rows, migrations.RunPython.noop)]
