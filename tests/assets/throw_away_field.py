"""Run by `test_one_declaration.py` in a copy of the product whose `assets/` declares one field more, `throw_away`.

Looks for the field in everything that shows, writes or carries fields and prints where it found it, as JSON. Everything
is done in one transaction that is taken back, the column too.
"""

import csv
import io
import json
import sys
from pathlib import Path
from typing import Any

import django
import orjson
from django.conf import settings

settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()

from django.contrib.admin import site as administration  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import RequestFactory  # noqa: E402
from django.utils import timezone, translation  # noqa: E402
from openpyxl import load_workbook  # noqa: E402

from assets.actions.edit_asset import edit_asset  # noqa: E402
from assets.dictionaries import dictionaries, read_generation  # noqa: E402
from assets.disclosure import TOLD_TO_READERS  # noqa: E402
from assets.field_groups import GROUPS  # noqa: E402
from assets.filter_parameters import Reference  # noqa: E402
from assets.filters import read_filter  # noqa: E402
from assets.history import Actor  # noqa: E402
from assets.layer_filters import field_conditions  # noqa: E402
from assets.layers import ASSETS  # noqa: E402
from assets.legend import legend_of  # noqa: E402
from assets.models import Asset, Origin  # noqa: E402
from assets.sets.edits import BulkEdit, source_of  # noqa: E402
from assets.sets.planning import plan  # noqa: E402
from field.attributes import attributes  # noqa: E402
from field.down.rows import nearest  # noqa: E402
from field.up.applying.attributes import read_attributes  # noqa: E402
from field.up.applying.work import Reading  # noqa: E402
from field.words import title_of  # noqa: E402
from importing.actions.apply_import import apply_import  # noqa: E402
from importing.headers import guess_columns  # noqa: E402
from importing.options import ImportOptions  # noqa: E402
from importing.preparing import prepare  # noqa: E402
from importing.reading import read_table  # noqa: E402
from importing.staging import staged  # noqa: E402
from importing.template import template  # noqa: E402
from importing.titles import GROUPS as IMPORT_GROUPS  # noqa: E402
from importing.titles import title  # noqa: E402
from mapping.ogc.documents import Linking, queryables  # noqa: E402
from mapping.panel import asset_context  # noqa: E402
from places.coordinates import WGS84  # noqa: E402
from tests.factories import make_area, make_asset, make_user, square  # noqa: E402
from work.bulk.forms import BulkEditForm  # noqa: E402
from work.desk.fields_form import FieldsForm  # noqa: E402

NAME, WORDS = "throw_away", "随手一填"
found: dict[str, Any] = {}


def add_the_column() -> None:
    """What its migration would do."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE assets_asset ADD COLUMN throw_away boolean")
        cursor.execute("ALTER TABLE assets_assetevent ADD COLUMN throw_away boolean")
    for trigger in Asset._meta.triggers:
        if "THROW_AWAY" in trigger.compile(Asset).install_sql.upper():
            trigger.install(Asset)


def look() -> None:
    """At each place in turn."""
    district = make_area("370105", "天桥区", square(116.95, 36.65, 117.05, 36.75))
    user: Any = make_user(area=district)
    actor = Actor(user, Origin.WEB)
    asset = make_asset(district=district, area=district, source="office", source_id="T-1")

    form = FieldsForm(GROUPS, asset, user)
    found["editing form"] = [str(form.fields[NAME].label), f'name="{NAME}"' in str(form[NAME])]
    asset = edit_asset(actor, asset, {NAME: True})
    context = asset_context(asset, user)
    found["panel"] = [fact.value for fact in context["facts"] if fact.label == "Throw-away"]
    found["timeline"] = [event.detail for event in context["timeline"] if "Throw-away" in event.detail]
    found["told to readers"] = NAME in TOLD_TO_READERS
    request = RequestFactory(HTTP_HOST="127.0.0.1").get("/")
    request.user = user
    sections = administration._registry[Asset].get_fieldsets(request, asset)
    found["administration"] = any(NAME in section["fields"] for _title, section in sections)

    found["bulk edit's form"] = [row.label for _title, rows in BulkEditForm().groups for row in rows].count(
        "Throw-away"
    )
    edit = BulkEdit(values={NAME: False})
    with connection.cursor() as cursor:
        found["bulk edit's plan"] = plan(cursor, actor, source_of(edit, [asset.pk], timezone.now())).written

    rows = orjson.loads(nearest(user, asset.point, 10).text)
    found["phone's pack"] = [row[NAME] for row in rows]
    found["phone's form"] = [
        (attribute["kind"], attribute["en"]) for attribute in attributes() if attribute["name"] == NAME
    ]
    found["phone's records"] = [read_attributes(Reading({NAME: False}), [NAME]), title_of(NAME)]

    declared = ASSETS.field(NAME)
    found["files"] = declared is not None
    with connection.cursor() as cursor:
        select = ASSETS.columns(language="en", today=timezone.localdate())
        cursor.execute(f"SELECT * FROM (SELECT {select} FROM {ASSETS.rows(select)}) AS r")
        place = [column.name for column in cursor.description].index(NAME)
        found["rows of files"] = [row[place] for row in cursor.fetchall()]
    lists = dictionaries(read_generation())
    found["OGC queryables"] = NAME in queryables(Linking(request, "en"), ASSETS, lists)["properties"]
    reference = Reference(lists, timezone.localdate())
    found["filters of the APIs"] = len(field_conditions(ASSETS, {NAME: "true"}, reference, "en"))

    wanted, others = read_filter(f"{NAME}=true"), read_filter(f"{NAME}=false,none")
    found["the one filter"] = [
        wanted.assets(user).count(),
        [words for words in wanted.in_words() if words[0] == "Throw-away"],
        others.assets(user).count(),
    ]

    rows = legend_of(others, user)["groups"][NAME]
    found["legend"] = {row["code"]: row["count"] for row in rows}

    found["ledgers' headings"] = guess_columns([WORDS, "编号"]).columns
    found["choice of columns"] = [str(name) for name, fields in IMPORT_GROUPS if NAME in fields] + [
        title(NAME)
    ]
    with translation.override("zh-hans"):
        workbook = load_workbook(io.BytesIO(template()))
    cells = [str(cell.value) for sheet in workbook for row in sheet.iter_rows() for cell in row if cell.value]
    found["template"] = sum(WORDS in cell for cell in cells)
    found["import"] = imported(actor, asset)


def imported(actor: Actor, asset: Asset) -> list[Any]:
    """A ledger says otherwise; then the same again."""
    path = Path("ledger.csv")
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["编号", "名称", WORDS], ["T-1", asset.name, "否"]])
    updates = []
    for _time in range(2):
        prepared = prepare(read_table(path), ImportOptions(source="office", crs=WGS84))
        with staged(prepared):
            updates.append(apply_import(actor, prepared, title="ledger").updated)
    asset.refresh_from_db()
    return [*updates, asset.throw_away]  # type: ignore[attr-defined]


with translation.override("en"), transaction.atomic():
    add_the_column()
    look()
    transaction.set_rollback(True)
assert read_filter("").is_default
print(json.dumps(found, ensure_ascii=False))
