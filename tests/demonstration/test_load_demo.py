"""The demonstration: believable, repeatable, consistent with what the database derives, all or nothing."""

from collections.abc import Iterator
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import override_settings

from accounts.models import Membership, Role
from assets.actions.reassign_areas import reassign_areas
from assets.history import Actor
from assets.models import (
    Approval,
    Asset,
    Batch,
    BatchKind,
    Condition,
    Inspection,
    Lifecycle,
    Maintenance,
    Origin,
    Photo,
    Posting,
    Support,
)
from assets.photos import photo_file
from demonstration.accounts import ACCOUNTS
from demonstration.district import loading, staging
from demonstration.district.choosing import extra
from demonstration.district.geography import CELLS_A_COMMUNITY
from places.models import Area, BoundaryStatus, Level, Road, Site, Unit
from tests.demonstration.conftest import Kept

TODAY = date(2026, 11, 24)
COUNT = 2_000
NAMED_BY_THE_EXTRACT = [
    "济泺路",
    "堤口路",
    "北园大街",
    "二环北路",
    "历山路",
    "明湖西路",
    "济齐路",
    "生产路",
    "粟山路",
    "小清河南路",
    "西工商河路",
    "泺口马家庄南路",
    "七一路",
    "纬北路",
]
SHOWN = (Lifecycle.IN_USE, Lifecycle.SUSPENDED)


def load(count: int = COUNT, seed: int = 1, photos: int = 0) -> loading.Loaded:
    """A register with fixtures and the demonstration."""
    call_command("load_fixtures", verbosity=0)
    return loading.load(count, seed, TODAY, accounts=True, photos=photos)


@pytest.fixture(scope="module")
def demonstration(kept: Kept) -> Iterator[loading.Loaded]:
    """One demonstration for all tests that only look at it."""
    with kept():
        yield load(photos=8)


def value_of(statement: str) -> object:
    """The only value a statement gives."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


# Everything but the serial numbers: those never come again, not even after a load that was rolled back.
DIGEST = """
    SELECT md5(string_agg(line, E'\\n' ORDER BY line)) FROM (
        SELECT concat_ws('|', left(code, 11), name, wording, themes, material, width, height, facing, large,
                         illuminated, ST_AsEWKT(point), ST_AsText(footprint), address, lifecycle, condition,
                         condition_at, next_inspection_due, installed_on, content_changed_on, source_id, uid) AS line
        FROM assets_asset
        UNION ALL
        SELECT concat_ws('|', asset.uid, seen.condition, seen.defects, seen.observed_at, seen.inspector_name, seen.uid)
        FROM assets_inspection seen JOIN assets_asset asset ON asset.id = seen.asset_id
        UNION ALL
        SELECT concat_ws('|', asset.uid, job.kind, job.state, job.due_on, job.cost, job.completed_at)
        FROM assets_maintenance job JOIN assets_asset asset ON asset.id = job.asset_id
        UNION ALL
        SELECT concat_ws('|', asset.uid, work.code, posted_on, taken_down_on)
        FROM assets_posting JOIN assets_asset asset ON asset.id = asset_id
        JOIN assets_artwork work ON work.id = assets_posting.artwork_id
        UNION ALL SELECT concat_ws('|', code, name, ST_AsText(boundary)) FROM places_area
        UNION ALL SELECT concat_ws('|', code, name, ST_AsText(line)) FROM places_road
        UNION ALL SELECT concat_ws('|', code, name, ST_AsText(point)) FROM places_site
    ) everything
"""


def digest_of(count: int, seed: int) -> object:
    """A digest of everything in a fresh register; nothing of it stays."""
    with transaction.atomic():
        load(count, seed)
        found = value_of(DIGEST)
        transaction.set_rollback(True)
    return found


@pytest.mark.django_db
def test_the_same_seed_gives_the_same_demonstration_and_another_seed_another() -> None:
    first, again, other = digest_of(200, 1), digest_of(200, 1), digest_of(200, 2)

    assert first == again
    assert first != other


def test_as_many_assets_are_shown_as_were_asked_for(demonstration: loading.Loaded) -> None:
    assert Asset.objects.filter(lifecycle__in=SHOWN).count() == COUNT
    assert Asset.objects.count() == COUNT + extra(COUNT)
    assert Asset.objects.filter(lifecycle=Lifecycle.PLANNED).exists()
    assert Asset.objects.filter(lifecycle=Lifecycle.REMOVED, removed_on__lte=TODAY).exists()


def test_conditions_are_what_the_database_derives_from_the_inspections(
    demonstration: loading.Loaded,
) -> None:
    differing = value_of(
        """
        SELECT count(*) FROM assets_asset asset
        JOIN assets_assettype kind ON kind.id = asset.type_id
        LEFT JOIN LATERAL (
            SELECT condition, effective_at FROM assets_inspection WHERE asset_id = asset.id
            ORDER BY effective_at DESC, id DESC LIMIT 1) latest ON true
        WHERE asset.lifecycle <> 'planned' AND (asset.condition, asset.condition_at, asset.next_inspection_due)
              IS DISTINCT FROM (coalesce(latest.condition, 0)::smallint, latest.effective_at,
                  coalesce((latest.effective_at AT TIME ZONE 'Asia/Shanghai')::date, asset.installed_on)
                      + kind.inspection_interval_days)
        """
    )

    assert differing == 0


def test_every_condition_occurs_and_most_are_good(demonstration: loading.Loaded) -> None:
    shown = Asset.objects.filter(lifecycle__in=SHOWN)
    counts = {condition: shown.filter(condition=condition).count() for condition in Condition}

    assert all(counts.values())
    assert 0.75 < counts[Condition.GOOD] / COUNT < 0.9
    assert counts[Condition.MINOR] > counts[Condition.SEVERE]


def test_some_are_overdue_and_some_jobs_too(demonstration: loading.Loaded) -> None:
    overdue = Asset.objects.filter(lifecycle__in=SHOWN, next_inspection_due__lt=TODAY).count()

    assert 0.03 < overdue / COUNT < 0.15
    assert Maintenance.objects.filter(state="assigned", due_on__lt=TODAY).exists()


def test_work_went_on_until_yesterday(demonstration: loading.Loaded) -> None:
    month_ago, today = TODAY - timedelta(days=30), TODAY
    lately = Maintenance.objects.filter(completed_at__date__gt=month_ago, completed_at__date__lt=today)
    waiting = Maintenance.objects.filter(state="done")

    assert lately.filter(state="verified").exists()
    assert waiting.exists()
    assert not waiting.filter(completed_at__date__lt=month_ago).exists()


def test_what_nobody_has_inspected_was_put_up_within_the_year(demonstration: loading.Loaded) -> None:
    never = Asset.objects.filter(lifecycle__in=SHOWN, condition=Condition.UNKNOWN)

    assert never.exists()
    assert not never.filter(installed_on__lt=TODAY - timedelta(days=365)).exists()


def test_nothing_happened_in_the_future_or_before_its_asset_was_there(demonstration: loading.Loaded) -> None:
    from django.db.models import F

    assert not Inspection.objects.filter(received_at__date__gt=TODAY).exists()
    assert not Inspection.objects.filter(observed_at__date__lt=F("asset__installed_on")).exists()
    assert not Posting.objects.filter(posted_on__gt=TODAY).exists()
    assert not Posting.objects.filter(posted_on__lt=F("asset__installed_on")).exists()
    assert not Maintenance.objects.filter(completed_at__date__gt=TODAY).exists()
    assert not Maintenance.objects.filter(completed_at__lt=F("started_at")).exists()


def test_areas_are_what_the_set_based_statement_finds(demonstration: loading.Loaded) -> None:
    with transaction.atomic():
        changed = reassign_areas(Actor(None, Origin.COMMAND))

    assert (changed.assets, changed.supports, changed.sites) == (0, 0, 0)
    assert changed.outside < COUNT * 0.01


def test_every_street_has_assets_and_beiyuan_most(demonstration: loading.Loaded) -> None:
    counts = {
        street.code: Asset.objects.filter(street=street).count()
        for street in Area.objects.filter(level=Level.STREET)
    }

    assert min(counts.values()) > 0
    assert max(counts, key=lambda code: counts[code]) == "370105014"


def test_every_history_row_says_that_a_command_did_it_in_which_batch(demonstration: loading.Loaded) -> None:
    batch = Batch.objects.get(kind=BatchKind.DEMONSTRATION)

    with_context = value_of(
        f"""
        SELECT count(*) FROM assets_assetevent event JOIN pghistory_context context ON context.id = event.pgh_context_id
        WHERE context.metadata->>'origin' = 'command' AND context.metadata->>'batch' = '{batch.pk}'
        """
    )

    assert with_context == Asset.objects.count()
    assert value_of("SELECT count(*) FROM assets_assetevent") == with_context


def test_what_comes_by_a_plain_copy_has_no_history_of_being_made(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE 'pgtrigger_insert_insert_%'"
        )
        tracked = {table for (table,) in cursor.fetchall()}
    assert {"assets_asset", "assets_support", "assets_maintenance"} <= tracked
    assert tracked.isdisjoint(loading.MADE_WITHOUT_HISTORY)


def test_whatever_was_invented_is_flagged_approximate(demonstration: loading.Loaded) -> None:
    drawn = Area.objects.filter(boundary__isnull=False)

    cells = drawn.filter(level=Level.GRID)
    assert drawn.count() - cells.count() == 293
    assert cells.count() == CELLS_A_COMMUNITY * drawn.filter(level=Level.COMMUNITY).count()
    assert not drawn.exclude(boundary_status=BoundaryStatus.APPROXIMATE).exists()
    real = Road.objects.filter(line__isnull=False, approximate=False)
    assert set(real.values_list("name", flat=True)) == set(NAMED_BY_THE_EXTRACT)
    assert not Site.objects.filter(code__startswith="370105D", approximate=False).exists()
    assert Site.objects.filter(approximate=False).count() == 16


def test_nobody_who_exists_is_named(demonstration: loading.Loaded) -> None:
    phones = [
        *Unit.objects.exclude(contact_phone="").values_list("contact_phone", flat=True),
        *Asset.objects.exclude(building_phone="").values_list("building_phone", flat=True),
    ]

    assert phones
    assert all("****" in phone for phone in phones)
    assert all("演示" in name for name in Unit.objects.values_list("name", flat=True))


def test_faces_on_one_support_share_its_point(demonstration: loading.Loaded) -> None:
    assert Support.objects.count() > COUNT / 20
    assert value_of(
        "SELECT count(*) FROM assets_asset JOIN assets_support ON assets_support.id = support_id "
        "WHERE NOT assets_asset.point = assets_support.point"
    ) == 0  # fmt: skip
    assert value_of("SELECT min(n) FROM (SELECT count(*) n FROM assets_asset GROUP BY support_id) faces") > 1  # type: ignore[operator]


def test_what_hangs_was_approved_once_and_some_of_it_has_run_out(demonstration: loading.Loaded) -> None:
    hanging = Asset.objects.exclude(artwork=None).exclude(lifecycle=Lifecycle.REMOVED)

    assert not hanging.filter(artwork__approval=Approval.DRAFT).exists()
    assert hanging.filter(artwork__valid_to__lt=TODAY).exists()
    assert hanging.filter(artwork__approval=Approval.WITHDRAWN).exists()
    assert value_of(
        "SELECT count(*) FROM assets_asset asset LEFT JOIN assets_posting posting "
        "ON posting.asset_id = asset.id AND posting.taken_down_on IS NULL "
        "WHERE lifecycle <> 'removed' AND asset.artwork_id IS DISTINCT FROM posting.artwork_id"
    ) == 0  # fmt: skip


def test_some_have_footprints_and_few_are_large(demonstration: loading.Loaded) -> None:
    assert Asset.objects.exclude(footprint=None).exists()
    assert 1 <= Asset.objects.filter(large=True).count() <= 3


def test_photos_are_drawn_and_on_disk(demonstration: loading.Loaded) -> None:
    photos = list(Photo.objects.all())

    assert photos
    assert all(photo.drawn for photo in photos)
    assert all(photo_file(photo, "thumb").is_file() for photo in photos)


def test_there_is_an_account_in_every_role(demonstration: loading.Loaded) -> None:
    roles = Membership.objects.filter(user__username__in=[account.username for account in ACCOUNTS])

    assert {membership.role for membership in roles} == set(Role)
    editor = roles.get(role=Role.STREET_EDITOR)
    assert editor.area is not None
    assert editor.area.name == "北园街道"


@pytest.mark.django_db
def test_more_than_a_district_holds_goes_to_fictional_neighbours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "ASSETS_A_DISTRICT", 100)

    load(300)

    codes = ["370105", "990001", "990002"]
    districts = Area.objects.filter(level=Level.DISTRICT).order_by("code")
    assert [area.code for area in districts] == codes
    assert all("虚构" in area.name for area in districts[1:])
    assert Asset.objects.filter(lifecycle__in=SHOWN).count() == 300
    assert {code[:6] for code in Asset.objects.values_list("code", flat=True)} == set(codes)
    assert reassign_areas(Actor(None, Origin.COMMAND)).assets == 0


@pytest.mark.django_db
def test_a_register_with_assets_is_left_alone() -> None:
    load(100)
    out = StringIO()

    with pytest.raises(CommandError):
        call_command("load_demo", "--assets", "100", verbosity=0)
    call_command("load_demo", "--assets", "100", "--if-empty", stdout=out)

    assert out.getvalue() == ""
    assert Asset.objects.filter(lifecycle__in=SHOWN).count() == 100


@pytest.mark.django_db
def test_a_load_that_fails_leaves_nothing_and_can_be_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    call_command("load_fixtures", verbosity=0)

    def fail(table: str, columns: staging.Columns) -> int:
        if table == "assets_maintenance":
            raise RuntimeError("the power went out")
        return genuine(table, columns)

    genuine = staging.insert
    with monkeypatch.context() as patch:
        patch.setattr(staging, "insert", fail)
        with pytest.raises(RuntimeError):
            loading.load(100, 1, TODAY, accounts=True, photos=0)

    assert not Asset.objects.exists()
    assert not Inspection.objects.exists()
    assert not Batch.objects.exists()
    assert not Area.objects.filter(level=Level.STREET, boundary__isnull=False).exists()
    load(100)


@pytest.mark.django_db
def test_the_departments_own_boundaries_are_kept(tmp_path: Path) -> None:
    call_command("load_fixtures", verbosity=0)
    street = Area.objects.get(code="370105014")
    street.boundary = Area.objects.get(code="370105").boundary
    street.boundary_status = BoundaryStatus.OFFICIAL
    street.save()

    loading.load(100, 1, TODAY, accounts=False, photos=0)

    assert Area.objects.get(code="370105014").boundary_status == BoundaryStatus.OFFICIAL


@pytest.mark.django_db
def test_accounts_are_printed_only_where_this_is_a_demonstration() -> None:
    call_command("load_fixtures", verbosity=0)
    shown, hidden = StringIO(), StringIO()

    with override_settings(DEMONSTRATION=True):
        call_command("demo_accounts", stdout=shown)
        call_command("demo_accounts", stdout=StringIO())
    with override_settings(DEMONSTRATION=False):
        call_command("demo_accounts", stdout=hidden)

    assert all(account.username in shown.getvalue() for account in ACCOUNTS)
    assert ACCOUNTS[0].password not in hidden.getvalue()
    assert Membership.objects.count() == len(ACCOUNTS)
