"""Undoing a batch, as a batch of its own: what it changed gets back what it had, what was changed since stays."""

import pytest
from django.contrib.gis.geos import Point
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.utils import timezone

from assets.actions.edit_asset import edit_asset
from assets.actions.record_inspection import record_inspection
from assets.actions.revert_batch import preview_revert, revert_batch
from assets.history import Actor, acting, events_of
from assets.models import (
    Asset,
    Batch,
    BatchKind,
    Condition,
    Inspection,
    Lifecycle,
    Maintenance,
    Origin,
    Posting,
)
from places.models import Unit
from tests.factories import (
    make_artwork,
    make_asset,
    make_keeper,
    make_site,
    make_support,
    make_type,
    make_unit,
)
from tests.importing.written_ledgers import IN_THE_EAST, import_file, row, write_ledger

pytestmark = pytest.mark.django_db


@pytest.fixture
def actor(publicity):
    return Actor(publicity, Origin.WEB)


@pytest.fixture
def bring(district, actor, tmp_path):
    """Import rows; returns the batch."""
    make_type()

    def brought(*rows, by=actor, **options):
        report = import_file(write_ledger(tmp_path, *rows), by, **options)
        assert report.batch is not None, [(v.row, v.code, v.field, v.value) for v in report.verdicts]
        return Batch.objects.get(pk=report.batch)

    return brought


def state(asset: Asset) -> dict:
    """Everything of an asset but what only counts."""
    asset.refresh_from_db()
    not_compared = {"_state", "version", "changed_txid", "updated_at"}
    return {name: value for name, value in vars(asset).items() if name not in not_compared and name[0] != "_"}


def test_what_the_import_registered_is_removed_and_its_code_retired(actor, bring):
    batch = bring(row(source_id="1"), row(source_id="2"))
    codes = set(Asset.objects.values_list("code", flat=True))

    answer = revert_batch(actor, batch)

    assert (answer.removed, answer.restored, answer.left) == (2, 0, {})
    for asset in Asset.objects.all():
        assert (asset.lifecycle, asset.removed_on, asset.removal_reason) == (
            Lifecycle.REMOVED,
            timezone.localdate(),
            "导入已撤销",
        )
    undoing = Batch.objects.get(pk=answer.batch)
    assert (undoing.kind, undoing.actor, undoing.items.count()) == (BatchKind.REVERT, actor.user, 2)
    again = bring(row(source_id="3"))
    assert not codes & set(again.items.values_list("asset__code", flat=True))


def test_importing_the_same_key_again_opens_the_asset_again(actor, bring):
    ledger = [row(source_id="1", name="一号")]
    revert_batch(actor, bring(*ledger))
    bring(*ledger)
    asset = Asset.objects.get()
    assert (asset.lifecycle, asset.removed_on, asset.removal_reason) == (Lifecycle.IN_USE, None, "")


def offered() -> set[str]:
    return set(Unit.objects.filter(active=True).values_list("name", flat=True))


def test_units_that_an_import_entered_go_and_come_with_it(actor, bring):
    make_unit("区城管局")
    make_unit("旧公司", active=False)
    owned = row(source_id="1", owner="甲公司", maintainer="区城管局"), row(source_id="2", owner="旧公司")
    batch = bring(*owned, create_units=True)
    assert offered() == {"区城管局", "甲公司", "旧公司"}

    undoing = revert_batch(actor, batch)
    assert offered() == {"区城管局"}
    assert Asset.objects.get(source_id="1").owner.name == "甲公司", "history still names it"

    revert_batch(actor, Batch.objects.get(pk=undoing.batch))
    assert offered() == {"区城管局", "甲公司", "旧公司"}

    revert_batch(actor, batch, changed_too=True)
    bring(*owned, create_units=True)
    assert offered() == {"区城管局", "甲公司", "旧公司"}, "what was undone counts for nothing"


@pytest.mark.parametrize("use", ["asset", "job", "member", "answers", "part", "renamed"])
def test_a_unit_that_is_used_or_changed_by_now_stays_when_its_import_is_undone(actor, bring, district, use):
    batch = bring(row(source_id="1", owner="甲公司"), create_units=True)
    unit = Unit.objects.get()
    if use == "asset":
        make_asset(supervisor=unit)
    elif use == "job":
        Maintenance.objects.create(asset=make_asset(), kind="clean", crew=unit)
    elif use == "member":
        actor.user.units.add(unit)
    elif use == "answers":
        make_keeper(make_site(), unit)
    elif use == "part":
        make_unit("甲公司一部", parent=unit)
    else:
        Unit.objects.update(short_name="甲")
    revert_batch(actor, batch)
    assert unit.name in offered()


def test_every_field_that_was_changed_gets_back_what_it_had(actor, bring):
    make_type("mural", name_zh="墙体彩绘")
    make_unit("养护中心")
    before = {
        "source_id": "1",
        "name": "旧名",
        "wording": "旧词",
        "type": "宣传栏",
        "width": 2,
        "address": "甲",
    }
    bring(row(**before))
    asset = Asset.objects.get()
    was = state(asset)
    changed = dict(
        before, name="新名", wording="新词", type="墙体彩绘", width=3.5, maintainer="养护中心", 备注="新"
    )
    changed |= {"lon": IN_THE_EAST[0], "lat": IN_THE_EAST[1]}
    batch = bring(changed)
    assert state(asset)["name"] == "新名"
    assert asset.street.code == "370105002"
    version = asset.version

    answer = revert_batch(actor, batch)

    assert (answer.removed, answer.restored) == (0, 1)
    assert state(asset) == was
    assert asset.version == version + 1, "undoing is a change like any other"
    context = events_of(asset)[0].pgh_context.metadata
    assert (context["actor"], context["origin"], context["batch"]) == ("publicity", "web", answer.batch)


def test_what_others_changed_in_other_fields_counts_as_changed_since(actor, bring):
    bring(row(source_id="1", name="旧名"))
    batch = bring(row(source_id="1", name="新名"))
    asset = Asset.objects.get()
    edit_asset(actor, asset, {"remarks": "现场核实"})

    seen = preview_revert(actor, batch)
    assert (seen.writes, seen.left) == (0, {"changed_since": 1})
    assert [(refusal.code, refusal.reason) for refusal in seen.listed] == [(asset.code, "changed_since")]
    with pytest.raises(ValidationError, match="没有可撤销的内容"):
        revert_batch(actor, batch)

    answer = revert_batch(actor, batch, changed_too=True)
    assert answer.restored == 1
    asset.refresh_from_db()
    assert (asset.name, asset.remarks) == ("旧名", "现场核实"), "only what the import changed is put back"


def test_a_new_asset_that_a_crew_has_seen_since_is_left_alone(actor, bring):
    seen_row, other = row(source_id="1"), row(source_id="2")
    batch = bring(seen_row, other)
    seen = Asset.objects.get(source_id="1")
    record_inspection(actor, seen, condition=Condition.GOOD)

    answer = revert_batch(actor, batch)

    assert (answer.removed, answer.left) == (1, {"changed_since": 1})
    seen.refresh_from_db()
    assert seen.lifecycle == Lifecycle.IN_USE


def test_inspections_that_came_with_the_import_are_voided(actor, bring):
    bring(row(source_id="1", condition="完好"))
    asset = Asset.objects.get()
    batch = bring(row(source_id="1", condition="破损"))
    asset.refresh_from_db()
    assert asset.condition == Condition.DAMAGED

    answer = revert_batch(actor, batch)

    assert answer.inspections == 1
    asset.refresh_from_db()
    assert asset.condition == Condition.GOOD
    void = Inspection.objects.get(batch=batch)
    assert (void.voided_by, bool(void.void_reason)) == (actor.user, True)


def test_a_removal_by_ledger_is_undone_and_what_hung_there_hangs_again(actor, bring):
    bring(row(source_id="1"))
    asset = Asset.objects.get()
    artwork = make_artwork()
    Posting.objects.create(asset=asset, artwork=artwork, posted_on=timezone.localdate())
    Asset.objects.update(artwork=artwork)
    batch = bring(row(source_id="1", lifecycle="已拆除"))
    asset.refresh_from_db()
    assert (asset.lifecycle, asset.artwork) == (Lifecycle.REMOVED, None)

    revert_batch(actor, batch)

    asset.refresh_from_db()
    assert (asset.lifecycle, asset.removed_on, asset.artwork) == (Lifecycle.IN_USE, None, artwork)
    assert asset.postings.filter(taken_down_on=None).count() == 1


def test_undoing_the_undoing_brings_everything_back_and_can_be_undone_again(actor, bring):
    bring(row(source_id="1", name="旧名"))
    batch = bring(row(source_id="1", name="新名", condition="破损"), row(source_id="2", name="二号"))
    imported = {asset.source_id: state(asset) for asset in Asset.objects.all()}

    undone = Batch.objects.get(pk=revert_batch(actor, batch).batch)
    assert Asset.objects.get(source_id="2").lifecycle == Lifecycle.REMOVED
    assert Asset.objects.get(source_id="1").condition == Condition.UNKNOWN

    back = revert_batch(actor, undone)
    assert (back.restored, back.left) == (2, {})
    assert {asset.source_id: state(asset) for asset in Asset.objects.all()} == imported

    assert revert_batch(actor, batch).writes == 2
    assert Asset.objects.get(source_id="1").name == "旧名"


def test_undone_twice_there_is_nothing_left(actor, bring):
    batch = bring(row(source_id="1"))
    revert_batch(actor, batch)
    with pytest.raises(ValidationError) as raised:
        revert_batch(actor, batch)
    assert "batch" in raised.value.message_dict


def test_open_jobs_of_what_is_removed_are_cancelled_only_when_asked_for(actor, bring):
    batch = bring(row(source_id="1"))
    asset = Asset.objects.get()
    Maintenance.objects.create(asset=asset, kind="repair", description="补")
    assert preview_revert(actor, batch).left == {"changed_since": 1}
    revert_batch(actor, batch, changed_too=True)
    assert Maintenance.objects.get().state == "cancelled"


def test_each_asset_is_asked_for_permission(actor, bring, owner, colleague, stranger, viewer):
    batch = bring(
        row(source_id="west"), {**row(source_id="east"), "lon": IN_THE_EAST[0], "lat": IN_THE_EAST[1]}
    )

    for user, removed in ((owner, 1), (colleague, 1), (stranger, 0)):
        seen = preview_revert(Actor(user, Origin.WEB), batch)
        assert (seen.removed, seen.left.get("not_yours", 0)) == (removed, 2 - removed), user
    with pytest.raises(PermissionDenied):
        preview_revert(Actor(viewer, Origin.WEB), batch)

    answer = revert_batch(Actor(owner, Origin.WEB), batch)
    assert (answer.removed, answer.left) == (1, {"not_yours": 1})
    assert Asset.objects.get(source_id="east").lifecycle == Lifecycle.IN_USE


def test_both_ends_of_a_move_are_asked_for(actor, bring, owner):
    bring({**row(source_id="1"), "lon": IN_THE_EAST[0], "lat": IN_THE_EAST[1]})
    batch = bring(row(source_id="1"))
    assert Asset.objects.get().street.code == "370105001"
    assert preview_revert(Actor(owner, Origin.WEB), batch).left == {"not_yours": 1}


def test_a_number_that_another_asset_has_taken_meanwhile_is_no_failure(actor, bring):
    listed = make_asset(Point(116.9951, 36.6801, srid=4326))
    batch = bring({**row(source_id="7", name=listed.name), "code": listed.code})
    listed.refresh_from_db()
    assert (listed.source, listed.source_id) == ("office", "7")
    undone = revert_batch(actor, batch)
    assert undone.restored == 1
    bring(row(source_id="7"))
    seen = preview_revert(actor, Batch.objects.get(pk=undone.batch))
    assert seen.left == {"number_taken": 1}


def test_a_row_that_was_written_without_history_is_left_alone(actor, bring):
    bring(row(source_id="1", name="旧名"))
    batch = bring(row(source_id="1", name="新名"))
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE assets_assetevent DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM assets_assetevent WHERE version = 1")
        cursor.execute("ALTER TABLE assets_assetevent ENABLE TRIGGER USER")
    assert preview_revert(actor, batch).left == {"unrecorded": 1}


def test_an_asset_hung_on_a_support_since_stays_where_its_support_stands(actor, bring):
    bring(row(source_id="1"))
    batch = bring({**row(source_id="1"), "lon": IN_THE_EAST[0], "lat": IN_THE_EAST[1]})
    pole = make_support(Point(*IN_THE_EAST, srid=4326))
    with acting(actor):
        Asset.objects.update(support=pole)
    assert preview_revert(actor, batch).left == {"changed_since": 1}
    with pytest.raises(ValidationError, match="batch"):
        revert_batch(actor, batch, changed_too=True)
    asset = Asset.objects.get()
    assert asset.support == pole
    assert asset.point.coords == pytest.approx(IN_THE_EAST)
