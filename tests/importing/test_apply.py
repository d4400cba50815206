"""What an import writes: assets, history, batch, conditions; what it leaves alone; who may."""

import datetime as dt
from decimal import Decimal

import pghistory.models
import pytest
from django.contrib.gis.geos import Point
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.models import Role
from assets.actions.revert_batch import revert_batch
from assets.codes import component_id, take_serials
from assets.history import Actor
from assets.models import (
    Asset,
    Batch,
    BatchItem,
    Condition,
    Inspection,
    Maintenance,
    Origin,
    Posting,
)
from importing.actions.apply_import import ImportFailed
from places.models import Unit
from tests.factories import make_artwork, make_asset, make_support, make_theme, make_type, make_user
from tests.importing.written_ledgers import IN_THE_EAST, IN_THE_WEST, codes, import_file, row, write_ledger

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _lists(district):
    make_type(inspection_interval_days=90)
    make_type("mural", item="03006", name_zh="墙体彩绘（文化墙）", inspection_interval_days=120)
    make_theme("civility", name_zh="讲文明树新风")


def actor(user):
    return Actor(user, Origin.WEB)


FULL = {
    "source_id": "TQ-1",
    "name": "北园大街 419 号宣传栏（东面）",
    "type": "宣传栏",
    "themes": "讲文明树新风",
    "wording": "富强 民主\n文明\t和谐 \\ 自由",
    "address": "北园大街 419 号",
    "size": "2400×1200mm",
    "faces": "2面",
    "material": "不锈钢",
    "illuminated": "是",
    "large": "否",
    "facing": "东",
    "condition": "破损",
    "inspected_at": "2026-09-01",
    "installed_on": "2020年6月1日",
    "remarks": "",
    "lon": IN_THE_WEST[0],
    "lat": IN_THE_WEST[1],
}


def test_a_new_row_becomes_an_asset_with_everything_it_says(tmp_path, district, publicity):
    report = import_file(write_ledger(tmp_path, FULL), actor(publicity))

    assert (report.applied, report.created, report.inspections) == (True, 1, 1)
    asset = Asset.objects.get()
    assert len(asset.code) == 17
    assert asset.code.startswith("37010503008")
    assert (asset.source, asset.source_id) == ("office", "TQ-1")
    assert (asset.name, asset.wording) == (FULL["name"], FULL["wording"])
    assert (asset.width, asset.height, asset.faces) == (Decimal("2.40"), Decimal("1.20"), 2)
    assert (asset.illuminated, asset.large, asset.facing) == (True, False, 90)
    assert (asset.themes, asset.material, asset.installed_on) == (["civility"], "不锈钢", dt.date(2020, 6, 1))
    assert asset.area == district.southwest
    assert (asset.district, asset.street, asset.community) == (
        district.district,
        district.west,
        district.southwest,
    )
    assert (asset.point.x, asset.point.y) == IN_THE_WEST
    assert asset.condition == Condition.DAMAGED
    assert timezone.localdate(asset.condition_at) == dt.date(2026, 9, 1)
    assert asset.next_inspection_due == dt.date(2026, 9, 1) + dt.timedelta(days=90)


def test_the_condition_in_a_ledger_becomes_an_inspection_of_origin_import(tmp_path, publicity):
    import_file(write_ledger(tmp_path, FULL), actor(publicity))

    inspection = Inspection.objects.get()
    assert (inspection.condition, inspection.origin) == (Condition.DAMAGED, Origin.IMPORT)
    assert (inspection.inspector, inspection.batch) == (publicity, Batch.objects.get())


def test_history_knows_actor_origin_and_batch_of_every_row(tmp_path, publicity):
    import_file(write_ledger(tmp_path, FULL, row(), row()), actor(publicity))

    batch = Batch.objects.get()
    events = Asset.pgh_event_model.objects.all()
    assert [event.pgh_label for event in events] == ["insert"] * 3  # the condition comes with the row
    for event in events:
        metadata = event.pgh_context.metadata
        assert (metadata["user"], metadata["origin"], metadata["batch"]) == (publicity.pk, "import", batch.pk)


def test_a_batch_holds_every_asset_it_touched_and_the_report(tmp_path, publicity):
    asset = make_asset(source="office", source_id="A1")
    ledger = write_ledger(tmp_path, row(source_id="A1", name=asset.name), row(), row(type="飞艇"))

    report = import_file(ledger, actor(publicity), skip_bad=True)

    batch = Batch.objects.get(pk=report.batch)
    assert (batch.kind, batch.actor, batch.origin, batch.title) == ("import", publicity, "web", "ledger.csv")
    outcomes = {item.asset_id: item.outcome for item in BatchItem.objects.filter(batch=batch)}
    assert outcomes.pop(asset.pk) == "updated"
    assert list(outcomes.values()) == ["created"]
    assert (batch.report["created"], batch.report["updated"], batch.report["refused"]) == (1, 1, 1)
    assert batch.report["verdicts"][0]["code"] == "type_unknown"


def test_a_refused_row_keeps_everything_out(tmp_path):
    report = import_file(write_ledger(tmp_path, row(), row(type="飞艇")))

    assert (report.applied, report.created, report.refused) == (False, 1, 1)
    assert not Asset.objects.exists()
    assert not Batch.objects.exists()


def test_told_to_skip_bad_rows_the_others_come_in(tmp_path):
    report = import_file(write_ledger(tmp_path, row(), row(type="飞艇")), skip_bad=True)

    assert (report.applied, report.created, report.refused) == (True, 1, 1)
    assert Asset.objects.count() == 1


@pytest.mark.parametrize(
    "cells", [FULL, row(condition="完好"), row(condition="完好", inspected_at="2026-05-01"), row()]
)
def test_the_same_file_twice_changes_nothing(tmp_path, cells):
    ledger = write_ledger(tmp_path, cells, row(source_id="B"), row(name="无号"))
    first = import_file(ledger)
    before = (list(Asset.objects.values()), Asset.pgh_event_model.objects.count(), Inspection.objects.count())

    report = import_file(ledger)

    assert first.created == 3
    assert (report.unchanged, report.writes, report.batch) == (3, 0, None)
    assert (
        list(Asset.objects.values()),
        Asset.pgh_event_model.objects.count(),
        Inspection.objects.count(),
    ) == before
    assert (Batch.objects.count(), BatchItem.objects.count()) == (1, 3)


def test_rows_without_numbers_find_their_assets_in_any_order(tmp_path):
    rows = [row(wording="甲"), row(wording="乙"), {**row(), "lon": 116.985, "lat": 36.68}]
    rows.append({**rows[2], "wording": "another face"})
    import_file(write_ledger(tmp_path, *rows))

    report = import_file(write_ledger(tmp_path, *reversed(rows), name="sorted.csv"))

    assert (report.unchanged, report.writes) == (4, 0)


def test_a_corrected_wording_updates_the_row_without_number(tmp_path):
    cells = row(wording="旧")
    import_file(write_ledger(tmp_path, cells))

    report = import_file(write_ledger(tmp_path, {**cells, "wording": "新"}))

    assert (report.updated, report.created) == (1, 0)
    assert Asset.objects.get().wording == "新"


def test_an_update_is_reported_field_by_field_and_written_once(tmp_path):
    asset = make_asset(source="office", source_id="A1", name="旧名", material="木")
    cells = row(
        source_id="A1", name="新名", type="墙体彩绘", material="", lon=asset.point.x, lat=asset.point.y
    )

    report = import_file(write_ledger(tmp_path, cells))

    assert {(change.field, change.old, change.new) for change in report.changes} == {
        ("name", "旧名", "新名"),
        ("type", "宣传栏", "墙体彩绘（文化墙）"),
    }
    asset.refresh_from_db()
    assert (asset.name, asset.type.code, asset.material) == (
        "新名",
        "mural",
        "木",
    )  # an empty cell changes nothing
    assert asset.version == 2
    assert asset.code.startswith("37010503008")  # a change of type never changes the id
    assert asset.next_inspection_due == timezone.localdate() + dt.timedelta(days=120)


def test_the_component_id_is_the_first_key_and_takes_the_offices_number(tmp_path):
    asset = make_asset()

    import_file(write_ledger(tmp_path, row(code=asset.code, source_id="A1", name=asset.name)))

    asset.refresh_from_db()
    assert (asset.source, asset.source_id) == ("office", "A1")


def test_an_asset_keeps_the_number_it_has(tmp_path):
    asset = make_asset(source="elsewhere", source_id="Z9")

    report = import_file(write_ledger(tmp_path, row(code=asset.code, source_id="A1", name=asset.name)))

    asset.refresh_from_db()
    assert (asset.source, asset.source_id) == ("elsewhere", "Z9")
    assert "own_number_differs" in codes(report)[2]


def test_a_16_digit_id_is_a_key_too(tmp_path):
    asset = make_asset(legacy_code="3701050301000001")

    report = import_file(write_ledger(tmp_path, {"code": "3701050301000001", "name": "新名"}))

    assert report.updated == 1
    asset.refresh_from_db()
    assert asset.name == "新名"


def test_a_ledgers_own_component_id_is_kept_and_never_issued_again(tmp_path):
    ahead = take_serials("370105", "03008", 1)[0] + 500

    import_file(write_ledger(tmp_path, row(code=component_id("370105", "03008", ahead))))
    import_file(write_ledger(tmp_path, row(name="另一处")))

    issued = [component_id("370105", "03008", ahead), component_id("370105", "03008", ahead + 1)]
    assert list(Asset.objects.order_by("code").values_list("code", flat=True)) == issued


def test_a_known_asset_needs_no_position_and_no_type(tmp_path):
    asset = make_asset()

    report = import_file(write_ledger(tmp_path, {"code": asset.code, "name": "新名"}), crs=None)

    assert (report.updated, codes(report)) == (1, {})


def test_units_are_entered_only_when_asked_for(tmp_path, publicity):
    asset = make_asset(source="office", source_id="A1")
    ledger = write_ledger(
        tmp_path,
        row(source_id="A1", name=asset.name, owner="甲公司"),
        row(owner="甲公司", maintainer="乙公司"),
    )

    report = import_file(ledger, actor(publicity), create_units=True)

    assert report.applied
    assert any("乙公司, 甲公司" in note or "甲公司, 乙公司" in note for note in report.notes), report.notes
    asset.refresh_from_db()
    assert asset.owner.name == "甲公司"
    assert set(Unit.objects.values_list("name", flat=True)) == {"甲公司", "乙公司"}
    assert import_file(ledger, actor(publicity), create_units=True).unchanged == 2


# --- Moving, removing, reopening ----------------------------------------------------------------------------------


def test_a_new_position_moves_the_asset_into_its_new_areas(tmp_path, district):
    asset = make_asset(source="office", source_id="A1")
    lon, lat = IN_THE_EAST

    report = import_file(write_ledger(tmp_path, row(source_id="A1", name=asset.name, lon=lon, lat=lat)))

    assert report.moved == 1
    asset.refresh_from_db()
    assert (asset.point.x, asset.area, asset.street, asset.community) == (
        lon,
        district.east,
        district.east,
        None,
    )


def test_a_position_with_fewer_digits_is_no_move(tmp_path):
    asset = make_asset(source="office", source_id="A1")

    report = import_file(
        write_ledger(
            tmp_path, row(source_id="A1", name=asset.name, lon=asset.point.x + 5e-7, lat=asset.point.y)
        )
    )

    assert report.unchanged == 1


def test_an_asset_on_a_support_stays_there_and_is_named(tmp_path):
    asset = make_asset(support=make_support(), source="office", source_id="A1", material="木")

    report = import_file(write_ledger(tmp_path, row(source_id="A1", name=asset.name, material="钢")))

    assert codes(report) == {2: ["stands_on_support"]}
    asset.refresh_from_db()
    assert (asset.material, asset.point) == ("钢", asset.support.point)


def test_importing_the_key_of_a_removed_asset_opens_it_again(tmp_path):
    asset = make_asset(
        source="office", source_id="A1", lifecycle="removed", removed_on="2026-01-01", removal_reason="拆除"
    )

    report = import_file(write_ledger(tmp_path, row(source_id="A1", name=asset.name)))

    assert (report.reopened, codes(report)[2]) == (1, ["reopened"])
    asset.refresh_from_db()
    assert (asset.lifecycle, asset.removed_on, asset.removal_reason) == ("in_use", None, "")


def test_a_ledger_can_remove_an_asset_with_all_that_belongs_to_it(tmp_path, publicity):
    artwork = make_artwork()
    asset = make_asset(source="office", source_id="A1", artwork=artwork)
    Posting.objects.create(asset=asset, artwork=artwork, posted_on="2026-01-01")
    Maintenance.objects.create(asset=asset, kind="repair", state="planned")
    ledger = write_ledger(tmp_path, row(source_id="A1", name=asset.name, lifecycle="已拆除"))

    import_file(ledger, actor(publicity))

    asset.refresh_from_db()
    assert (asset.lifecycle, asset.removed_on, asset.artwork) == ("removed", timezone.localdate(), None)
    assert asset.removal_reason
    assert asset.postings.get().taken_down_on == timezone.localdate()
    assert asset.maintenance.get().state == "cancelled"
    assert import_file(ledger, actor(publicity)).unchanged == 1


# --- Conditions ---------------------------------------------------------------------------------------------------


def test_an_old_condition_never_overwrites_a_newer_one(tmp_path):
    asset = make_asset(source="office", source_id="A1")
    Inspection.objects.create(
        asset=asset, condition=Condition.GOOD, observed_at=timezone.now(), origin=Origin.PHONE
    )

    import_file(
        write_ledger(
            tmp_path, row(source_id="A1", name=asset.name, condition="破损", inspected_at="2024-01-01")
        )
    )

    asset.refresh_from_db()
    assert asset.condition == Condition.GOOD
    assert asset.inspections.count() == 2


def test_an_undated_condition_is_no_news_the_second_time(tmp_path):
    ledger = write_ledger(tmp_path, row(source_id="A1", condition="完好"))
    import_file(ledger)
    asset = Asset.objects.get()
    Inspection.objects.create(
        asset=asset, condition=Condition.DAMAGED, observed_at=timezone.now(), origin=Origin.PHONE
    )

    report = import_file(ledger)

    assert (report.unchanged, report.inspections) == (1, 0)
    asset.refresh_from_db()
    assert asset.condition == Condition.DAMAGED


@pytest.mark.parametrize("inspected_at", ["2026-05-01", ""], ids=["dated", "undated"])
def test_a_voided_condition_counts_for_nothing_when_the_ledger_comes_again(tmp_path, publicity, inspected_at):
    ledger = write_ledger(tmp_path, row(source_id="A1", condition="破损", inspected_at=inspected_at))
    import_file(ledger)
    Inspection.objects.update(voided_at=timezone.now(), voided_by=publicity, void_reason="看错")

    assert import_file(ledger).inspections == 1
    assert Asset.objects.get().condition == Condition.DAMAGED


@pytest.mark.parametrize("inspected_at", ["2026-05-01", ""], ids=["dated", "undated"])
def test_an_import_that_was_undone_brings_every_condition_when_it_comes_again(
    tmp_path, publicity, inspected_at
):
    words = {"A1": "破损", "A2": "完好", "A3": "严重破损"}
    ledger = write_ledger(
        tmp_path,
        *(row(source_id=key, condition=word, inspected_at=inspected_at) for key, word in words.items()),
    )

    def conditions():
        return list(Asset.objects.order_by("source_id").values_list("condition", flat=True))

    report = import_file(ledger, actor(publicity))
    before = conditions()
    for _again in range(2):
        revert_batch(actor(publicity), Batch.objects.get(pk=report.batch))
        assert conditions() == [Condition.UNKNOWN] * 3
        report = import_file(ledger, actor(publicity))
        assert conditions() == before == [Condition.DAMAGED, Condition.GOOD, Condition.SEVERE]
    assert import_file(ledger, actor(publicity)).unchanged == 3


# --- Permission ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.CREW, Role.PLANNER, Role.VIEWER, None])
def test_who_may_not_import_gets_nothing_in(tmp_path, district, role):
    user = make_user(role, district.district)
    ledger = write_ledger(tmp_path, row())

    with pytest.raises(PermissionDenied):
        import_file(ledger, actor(user))
    with pytest.raises(PermissionDenied):
        import_file(ledger, actor(user), dry_run=True)
    assert not Asset.objects.exists()


def test_nobody_signed_in_imports_nothing(tmp_path):
    with pytest.raises(PermissionDenied):
        import_file(write_ledger(tmp_path, row()), Actor(None, Origin.WEB))


def test_a_street_editor_creates_in_their_street_only(tmp_path, owner):
    lon, lat = IN_THE_EAST

    report = import_file(write_ledger(tmp_path, row(), row(lon=lon, lat=lat)), actor(owner), skip_bad=True)

    assert codes(report) == {3: ["not_your_area"]}
    assert [asset.street.code for asset in Asset.objects.all()] == ["370105001"]


def test_a_street_editor_can_neither_change_nor_take_what_is_in_another_street(tmp_path, owner):
    make_asset(Point(*IN_THE_EAST, srid=4326), source="office", source_id="E1", name="东", material="木")
    taken = row(source_id="E1", name="东", material="钢")  # would move it into the editor's own street

    report = import_file(write_ledger(tmp_path, taken), actor(owner))

    assert codes(report) == {2: ["not_your_area"]}
    assert report.changes == ()  # nor does the report show what it holds
    assert Asset.objects.get().material == "木"


def test_a_street_editor_cannot_move_an_asset_out_of_their_street(tmp_path, owner):
    asset = make_asset(source="office", source_id="A1")
    lon, lat = IN_THE_EAST

    report = import_file(
        write_ledger(tmp_path, row(source_id="A1", name=asset.name, lon=lon, lat=lat)), actor(owner)
    )

    assert codes(report) == {2: ["not_your_area"]}


def test_what_is_unchanged_asks_for_no_right(tmp_path, owner, publicity):
    lon, lat = IN_THE_EAST
    ledger = write_ledger(tmp_path, row(source_id="A1", lon=lon, lat=lat))
    import_file(ledger, actor(publicity))

    assert import_file(ledger, actor(owner)).unchanged == 1


def test_a_street_editor_cannot_enter_units(tmp_path, owner):
    with pytest.raises(PermissionDenied):
        import_file(write_ledger(tmp_path, row(owner="甲公司")), actor(owner), create_units=True)


# --- When the database objects --------------------------------------------------------------------------------------


def test_what_the_database_refuses_rolls_everything_back_with_a_sentence(tmp_path):
    # Somebody put in an id that the counter is still to give out.
    last = take_serials("370105", "03008", 1)[0]
    make_asset(code=component_id("370105", "03008", last + 2))
    ledger = write_ledger(tmp_path, row(name="甲"), row(name="乙"), row(name="丙"))

    with pytest.raises(ImportFailed) as caught:
        import_file(ledger)

    assert component_id("370105", "03008", last + 2) in str(caught.value)
    assert (Asset.objects.count(), Batch.objects.count()) == (1, 0)
    assert not pghistory.models.Context.objects.filter(metadata__origin="import").exists()
    assert import_file(ledger).applied  # the numbers it took are lost, nothing else
