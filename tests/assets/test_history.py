"""History nobody can bypass: whatever changes a row leaves the change, with who and from where."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pghistory
import pytest
from django.contrib.gis.geos import Point
from django.db import connection, transaction
from django.db.models import F
from django.db.utils import DatabaseError
from django.utils import timezone

from accounts.models import User
from assets.actions.record_inspection import record_inspection
from assets.actions.void_inspection import void_inspection
from assets.history import Actor, acting, changed_fields, events_of
from assets.models import Asset, Batch, Condition, Inspection, Origin, Theme
from places.row_history import changes_of, page_of_changes
from tests.factories import make_asset, make_road, make_theme, make_type


def context_of(asset: Asset) -> dict[str, Any]:
    return events_of(asset)[0].pgh_context.metadata


@pytest.fixture
def batch(publicity: User) -> Batch:
    return Batch.objects.create(kind="import", title="台账", actor=publicity, origin="import")


def test_a_bulk_update_leaves_a_row_for_each(publicity: User, batch: Batch) -> None:
    assets = [make_asset() for _ in range(5)]
    with acting(Actor(publicity, Origin.IMPORT), batch=batch):
        Asset.objects.update(remarks="bulk")
    for asset in assets:
        assert [event.remarks for event in events_of(asset)] == ["bulk", ""]
        assert context_of(asset) == {
            "actor": "publicity",
            "origin": "import",
            "user": publicity.pk,
            "batch": batch.pk,
        }


def test_bulk_create_and_bulk_update_are_recorded(publicity: User) -> None:
    make_asset()
    kind = make_type()
    with acting(Actor(publicity, Origin.IMPORT)):
        made = Asset.objects.bulk_create(
            Asset(code=f"3701050300890000{number}", type=kind, point=Point(117, 36.7, srid=4326))
            for number in range(3)
        )
        for asset in made:
            asset.name = "named"
        Asset.objects.bulk_update(made, ["name"])
    for asset in made:
        assert [event.name for event in events_of(asset)] == ["named", ""]
        assert context_of(asset)["actor"] == "publicity"


def test_raw_sql_is_recorded_with_its_author(publicity: User) -> None:
    asset = make_asset()
    with acting(Actor(publicity, Origin.COMMAND)), connection.cursor() as cursor:
        cursor.execute("UPDATE assets_asset SET remarks = 'raw' WHERE id = %s", [asset.pk])
    assert events_of(asset)[0].remarks == "raw"
    assert context_of(asset)["origin"] == "command"


def test_insert_from_a_staging_table_is_recorded_with_its_author(publicity: User, batch: Batch) -> None:
    kind = make_type()
    with acting(Actor(publicity, Origin.IMPORT), batch=batch), connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE staged (code text) ON COMMIT DROP")
        cursor.execute(
            "INSERT INTO staged SELECT '37010503008' || (900000 + n) FROM generate_series(1, 100) n"
        )
        cursor.execute(
            """
            INSERT INTO assets_asset (code, type_id, point, legacy_code, source, source_id, name, themes, wording,
                faces, material, large, address, building, building_contact, building_phone, lifecycle,
                removal_reason, condition, data_source, remarks)
            SELECT code, %s, ST_SetSRID(ST_MakePoint(117, 36.7), 4326), NULL, '', '', '', '{}', '', 1, '', false,
                '', '', '', '', 'in_use', '', 0, '', '' FROM staged
            """,
            [kind.pk],
        )
    recorded = events_of(Asset.objects.first()).model.objects.filter(pgh_context__metadata__batch=batch.pk)  # type: ignore[arg-type]
    assert recorded.count() == 100
    assert set(recorded.values_list("pgh_label", flat=True)) == {"insert"}


def test_nested_actions_share_one_context(publicity: User, owner: User) -> None:
    asset = make_asset()
    with acting(Actor(owner, Origin.PHONE)):
        Asset.objects.update(remarks="one")
        with acting(Actor(owner, Origin.PHONE)):
            Asset.objects.update(remarks="two")
    contexts = {event.pgh_context_id for event in events_of(asset)[:2]}
    assert len(contexts) == 1


def test_an_update_that_changes_nothing_leaves_no_row_and_no_version(publicity: User) -> None:
    asset = make_asset(remarks="same")
    before = Asset.objects.values("version", "updated_at", "changed_txid").get()
    with acting(Actor(publicity, Origin.WEB)):
        Asset.objects.update(remarks="same")
    assert Asset.objects.values("version", "updated_at", "changed_txid").get() == before
    assert events_of(asset).count() == 1


def test_the_version_counts_changes_and_cannot_be_set(publicity: User) -> None:
    asset = make_asset()
    for number in range(3):
        Asset.objects.update(remarks=str(number))
    Asset.objects.update(version=1)
    Asset.objects.update(version=F("version") + 100, remarks="x")
    asset.refresh_from_db()
    assert asset.version == 5


def test_recorded_rows_are_neither_changed_nor_deleted(publicity: User) -> None:
    asset = make_asset()
    events = events_of(asset)
    for attempt in (lambda: events.update(name="forged"), lambda: events.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()
    with (
        pytest.raises(DatabaseError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM assets_assetevent")


def test_an_asset_and_an_inspection_are_never_deleted(owner: User) -> None:
    asset = make_asset()
    record_inspection(Actor(owner, Origin.WEB), asset, Condition.GOOD)
    for rows in (Asset.objects.all(), Inspection.objects.all()):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows._raw_delete(rows.db)


def test_an_inspection_is_voided_once_and_otherwise_not_touched(owner: User) -> None:
    inspection = record_inspection(Actor(owner, Origin.WEB), make_asset(), Condition.GOOD)
    rows = Inspection.objects.filter(pk=inspection.pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(condition=Condition.MISSING)
    void_inspection(Actor(owner, Origin.WEB), inspection, "why")
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(voided_at=None, voided_by=None, void_reason="")


def test_a_void_is_recorded_with_its_author(owner: User) -> None:
    inspection = record_inspection(Actor(owner, Origin.WEB), make_asset(), Condition.GOOD)
    void_inspection(Actor(owner, Origin.WEB), inspection, "why")
    [change] = changes_of(inspection)
    assert (change.actor, change.origin, change.created) == ("owner", "web", False)


def test_changes_are_told_in_words(publicity: User) -> None:
    make_theme("core_values")
    road = make_road("北园大街")
    asset = make_asset(name="before")
    with acting(Actor(publicity, Origin.PHONE)):
        Asset.objects.update(name="after", road=road, large=True, lifecycle="suspended", facing=90)
        Asset.objects.update(themes=["core_values"])
    themed, newest, first = changes_of(asset)
    told = {difference.name: (difference.before, difference.after) for difference in newest.differences}
    assert told["name"] == ("before", "after")
    assert told["road"] == ("—", "北园大街")
    assert told["facing"] == ("—", "90")
    assert set(told) == {"name", "road", "large", "lifecycle", "facing"}
    [difference] = themed.differences
    assert (difference.before, difference.after) == ("—", Theme.objects.get().name_zh)
    assert (newest.actor, newest.origin, newest.version) == ("publicity", "phone", 2)
    assert first.created


def test_history_is_read_in_few_queries(publicity: User, django_assert_max_num_queries: Any) -> None:
    asset = make_asset()
    for number in range(30):
        Asset.objects.update(road=make_road(f"路{number}"))
    with django_assert_max_num_queries(3):
        assert len(changes_of(asset)) == 31


def test_pages_of_history_meet_without_gap_or_overlap(publicity: User) -> None:
    asset = make_asset()
    for number in range(9):
        Asset.objects.update(remarks=str(number))
    versions: list[int] = []
    cursor = None
    for length in (4, 4, 2):
        page = page_of_changes(asset, cursor=cursor, limit=4)
        assert len(page.changes) == length
        versions += [change.version for change in page.changes]
        cursor = page.next
    assert cursor is None
    assert versions == list(range(10, 0, -1))


# --- Condition follows from facts


def see(asset: Asset, condition: Condition, hours_ago: float) -> Inspection:
    moment = timezone.now() - timedelta(hours=hours_ago)
    return Inspection.objects.create(
        asset=asset, condition=condition, observed_at=moment, received_at=moment, origin="web"
    )


def test_a_whole_import_of_inspections_sets_each_asset_by_its_latest(owner: User) -> None:
    assets = [make_asset() for _ in range(3)]
    now = timezone.now()
    Inspection.objects.bulk_create(
        Inspection(
            asset=asset,
            condition=condition,
            observed_at=now - timedelta(hours=hours),
            origin="import",
        )
        for asset in assets
        for condition, hours in ((Condition.SEVERE, 3), (Condition.MINOR, 1), (Condition.GOOD, 2))
    )
    assert set(Asset.objects.values_list("condition", flat=True)) == {Condition.MINOR}


def test_of_two_facts_of_one_moment_the_later_recorded_counts(owner: User) -> None:
    asset = make_asset()
    moment = timezone.now() - timedelta(hours=1)
    for condition in (Condition.GOOD, Condition.SEVERE):
        Inspection.objects.create(asset=asset, condition=condition, observed_at=moment, origin="web")
    asset.refresh_from_db()
    assert asset.condition == Condition.SEVERE


def test_an_asset_counts_a_version_only_when_its_condition_or_date_changes(owner: User) -> None:
    asset = make_asset()
    see(asset, Condition.GOOD, 1)
    see(asset, Condition.MINOR, 5)
    asset.refresh_from_db()
    assert (asset.version, asset.condition) == (2, Condition.GOOD)


@pytest.mark.django_db(transaction=True)
def test_two_crews_reporting_at_once_leave_the_newer_fact() -> None:
    for _round in range(5):
        asset = make_asset()
        moments = [timezone.now() - timedelta(minutes=number) for number in range(8)]

        def report(number: int, asset: Asset = asset, moments: list = moments) -> None:
            try:
                Inspection.objects.create(
                    asset_id=asset.pk,
                    condition=Condition.GOOD if number == 0 else Condition.SEVERE,
                    observed_at=moments[number],
                    origin="phone",
                )
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(report, [5, 0, 3, 1, 7, 2, 6, 4]))
        asset.refresh_from_db()
        assert asset.condition == Condition.GOOD
        assert asset.condition_at == moments[0]


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_action_leaves_no_history() -> None:
    asset = make_asset()
    with acting(Actor(None, Origin.COMMAND)):
        Asset.objects.update(remarks="gone")
        transaction.set_rollback(True)
    assert events_of(asset).count() == 1
    asset.refresh_from_db()
    assert (asset.remarks, asset.version) == ("", 1)


def test_compared_states_name_what_differs(publicity: User) -> None:
    asset = make_asset(name="before")
    with pghistory.context(actor="somebody"):
        Asset.objects.update(name="after", remarks="x")
    after, before = events_of(asset)
    assert sorted(changed_fields(before, after)) == ["name", "remarks", "version"]
