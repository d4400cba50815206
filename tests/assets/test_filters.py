"""The one filter: what each parameter leaves, and what it refuses."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.gis.geos import Point
from django.db import connection
from django.utils import timezone

from accounts.models import User
from assets import filters
from assets.chosen_sql import settled_transaction
from assets.filter_parameters import FilterError
from assets.filters import read_filter
from assets.models import Asset, Batch, BatchItem, Condition, Lifecycle, Maintenance
from tests.conftest import District
from tests.factories import (
    make_artwork,
    make_asset,
    make_road,
    make_site,
    make_support,
    make_theme,
    make_type,
    make_unit,
)

pytestmark = pytest.mark.django_db


def left(query: str, user: User) -> set[str]:
    """Names of the assets that a query string leaves."""
    return set(read_filter(query).assets(user).values_list("name", flat=True))


def test_streets_are_alternatives_and_none_is_one_of_them(district: District, viewer: User) -> None:
    make_asset(Point(116.985, 36.68, srid=4326), name="west")
    make_asset(Point(117.015, 36.68, srid=4326), name="east")
    make_asset(Point(116.5, 36.5, srid=4326), name="nowhere")
    assert left("street=370105001", viewer) == {"west"}
    assert left("street=370105001,370105002", viewer) == {"west", "east"}
    assert left("street=none", viewer) == {"nowhere"}
    assert left("street=370105002,none", viewer) == {"east", "nowhere"}


def test_parameters_add_up(district: District, viewer: User) -> None:
    make_asset(Point(116.985, 36.68, srid=4326), name="a", condition=Condition.GOOD)
    make_asset(Point(116.985, 36.68, srid=4326), name="b", condition=Condition.SEVERE)
    make_asset(Point(117.015, 36.68, srid=4326), name="c", condition=Condition.SEVERE)
    assert left("street=370105001&condition=severe,missing", viewer) == {"b"}


def test_a_community(district: District, viewer: User) -> None:
    make_asset(Point(116.985, 36.68, srid=4326), name="south")
    make_asset(Point(116.985, 36.69, srid=4326), name="north")
    make_asset(Point(117.015, 36.68, srid=4326), name="east")
    assert left("community=370105001008", viewer) == {"south"}
    assert left("community=none", viewer) == {"east"}


def test_a_road(district: District, viewer: User) -> None:
    make_asset(name="on", road=make_road(code="R-1"))
    make_asset(name="off")
    assert left("road=R-1", viewer) == {"on"}
    assert left("road=none", viewer) == {"off"}


def test_a_site_kind(district: District, viewer: User) -> None:
    make_asset(name="at the station", site=make_site(kind="station"))
    make_asset(name="in the street")
    assert left("site_kind=station", viewer) == {"at the station"}
    assert left("site_kind=station,none", viewer) == {"at the station", "in the street"}


def test_family_and_type(district: District, viewer: User) -> None:
    make_asset(name="board", type=make_type("notice_board"))
    make_asset(name="plaque", type=make_type("unit_plaque", family="signboard"))
    assert left("family=signboard", viewer) == {"plaque"}
    assert left("type=notice_board", viewer) == {"board"}
    assert left("family=psa&type=unit_plaque", viewer) == set()


def test_themes_overlap(district: District, viewer: User) -> None:
    make_theme("core_values")
    make_theme("minors")
    make_asset(name="both", themes=["core_values", "minors"])
    make_asset(name="one", themes=["minors"])
    make_asset(name="without")
    assert left("theme=core_values", viewer) == {"both"}
    assert left("theme=minors", viewer) == {"both", "one"}
    assert left("theme=none,core_values", viewer) == {"both", "without"}


def test_what_the_declaration_says_how_to_ask_for(district: District, viewer: User) -> None:
    local = make_artwork("river", origin="local", logo=False)
    make_asset(name="inside", indoor=True, artwork=local)
    make_asset(name="outside", indoor=False, type=make_type("lamp_banner", fixed=False))
    make_asset(name="nobody said", artwork=make_artwork("core"))
    assert left("indoor=true", viewer) == {"inside"}
    assert left("indoor=false,none", viewer) == {"outside", "nobody said"}
    assert left("fixed=false", viewer) == {"outside"}
    assert left("artwork_origin=local&artwork_logo=false", viewer) == {"inside"}
    assert left("artwork_origin=none", viewer) == {"outside", "nobody said"}
    with pytest.raises(FilterError, match="indoor"):
        left("indoor=yes", viewer)


def test_what_stands_in_the_street_shows_by_default(district: District, viewer: User) -> None:
    for lifecycle in Lifecycle:
        removal = (
            {"removed_on": timezone.localdate(), "removal_reason": "old"} if lifecycle == "removed" else {}
        )
        make_asset(name=lifecycle.value, lifecycle=lifecycle, **removal)
    assert left("", viewer) == {"in_use", "suspended"}
    assert left("lifecycle=planned,removed", viewer) == {"planned", "removed"}


def test_overdue_inspections_are_those_of_yesterday(district: District, viewer: User) -> None:
    today = timezone.localdate()
    make_asset(name="late", next_inspection_due=today - timedelta(days=1))
    make_asset(name="today", next_inspection_due=today)
    make_asset(name="planned", next_inspection_due=today - timedelta(days=1), lifecycle=Lifecycle.PLANNED)
    assert left("overdue=inspection&lifecycle=in_use,planned", viewer) == {"late"}


def test_overdue_jobs_are_the_open_ones(district: District, viewer: User) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    late, done = make_asset(name="late"), make_asset(name="done")
    for _ in range(2):
        Maintenance.objects.create(asset=late, kind="repair", due_on=yesterday)
    Maintenance.objects.create(
        asset=done, kind="repair", due_on=yesterday, state="done", completed_at=timezone.now()
    )
    assert left("overdue=maintenance", viewer) == {"late"}
    # Two jobs on one asset do not make two assets of it.
    assert read_filter("overdue=maintenance,inspection").assets(viewer).count() == 1


def test_artworks_by_code_expired_and_none(district: District, viewer: User) -> None:
    today = timezone.localdate()
    make_asset(name="old", artwork=make_artwork("old", valid_to=today - timedelta(days=1)))
    make_asset(name="last day", artwork=make_artwork("last", valid_to=today))
    make_asset(name="bare")
    assert left("artwork=expired", viewer) == {"old"}
    assert left("artwork=none,last", viewer) == {"last day", "bare"}


def test_support_and_batch(district: District, viewer: User) -> None:
    pole = make_support()
    make_asset(name="on the pole", support=pole)
    imported = make_asset(name="imported")
    batch = Batch.objects.create(kind="import", title="2025", origin="import")
    BatchItem.objects.create(batch=batch, asset=imported, outcome="created")
    assert left(f"support={pole.pk}", viewer) == {"on the pole"}
    assert left(f"batch={batch.pk}", viewer) == {"imported"}


@pytest.mark.parametrize(
    "words",
    [
        "鹊华",  # two characters
        "华",  # one
        "鹊华烟雨",
        "ＡＢＣ",  # full width
        "abc",
        "烟雨 abc",  # two words, anywhere
        "泺口 烟雨",
        "100%_\\",  # no wildcards
        "000417",  # end of the component id
        "37010503008000417",
        "1234567890123456",  # the earlier id
        "L-77",  # the office's own number
        "北园大街",  # the road
        "北圆大街",  # the road as ledgers spell it
        "北圆 烟雨",
    ],
)
def test_search_finds(district: District, viewer: User, words: str) -> None:
    make_asset(
        name="鹊华烟雨 Abc",
        code="37010503008000417",
        legacy_code="1234567890123456",
        source="2025",
        source_id="L-77",
        wording="讲文明 100%_\\ 树新风",
        address="泺口街 1 号",
        road=make_road("北园大街", aliases=["北圆大街"]),
    )
    make_asset(name="another")
    assert left(f"q={words.replace('%', '%25')}", viewer) == {"鹊华烟雨 Abc"}


def test_search_takes_all_words(district: District, viewer: User) -> None:
    make_asset(name="鹊山")
    assert left("q=鹊山 华山", viewer) == set()
    assert left("q=鹊%25", viewer) == set()


def test_blank_words_look_for_nothing(district: District, viewer: User) -> None:
    make_asset(name="a")
    assert left("q=", viewer) == left("q=%20%E3%80%80", viewer) == {"a"}


def test_edges_of_a_rectangle_belong_to_it(district: District, viewer: User) -> None:
    make_asset(Point(116.99, 36.68, srid=4326), name="corner")
    make_asset(Point(116.9900001, 36.68, srid=4326), name="beyond")
    assert left("bbox=116.98,36.68,116.99,36.69", viewer) == {"corner"}


def test_changes_since_a_moment(district: District, viewer: User) -> None:
    make_asset(name="old")
    connection.cursor().execute("SELECT 1")
    now = timezone.now()
    assert left(f"updated_since={(now - timedelta(minutes=1)).isoformat().replace('+', '%2B')}", viewer) == {
        "old"
    }
    assert (
        left(f"updated_since={(now + timedelta(minutes=1)).isoformat().replace('+', '%2B')}", viewer) == set()
    )
    # A plus sign that nobody escaped is understood too.
    assert left(f"updated_since={(now + timedelta(minutes=1)).isoformat()}", viewer) == set()


@pytest.mark.django_db(transaction=True)
def test_a_cursor_gives_each_settled_change_once(
    district: District, viewer: User, settle: Callable[[], None]
) -> None:
    make_asset(name="before")
    settle()
    first = settled_transaction()
    assert left(f"updated_since=x{first:x}", viewer) == set()
    make_asset(name="after")
    settle()
    assert left(f"updated_since=x{first:x}", viewer) == {"after"}
    second = settled_transaction()
    assert left(f"updated_since=x{second:x}", viewer) == set()


@pytest.mark.django_db(transaction=True)
def test_a_cursor_waits_for_a_transaction_that_still_runs(
    district: District, viewer: User, settle: Callable[[], None]
) -> None:
    cursor = settled_transaction()
    slow = connection.copy()
    try:
        slow.set_autocommit(False)
        with slow.cursor() as running:
            running.execute("SELECT pg_current_xact_id()")
        make_asset(name="quick")
        # The slow import began before: what it writes will sort before `quick`, so `quick` has to wait.
        assert left(f"updated_since=x{cursor:x}", viewer) == set()
        slow.rollback()
    finally:
        slow.close()
    settle()
    assert left(f"updated_since=x{cursor:x}", viewer) == {"quick"}


@pytest.mark.parametrize(
    "query, parameter",
    [
        ("streeet=370105001", "streeet"),
        ("street=370105099", "street"),
        ("street=", "street"),
        ("street=370105001,", "street"),
        ("street=370105001&street=370105002", "street"),
        ("street=370105001008", "street"),
        ("community=370105001", "community"),
        ("road=none,x", "road"),
        ("site_kind=castle", "site_kind"),
        ("family=PSA", "family"),
        ("type=none", "type"),
        ("type=宣传栏", "type"),
        ("theme=love", "theme"),
        ("condition=none", "condition"),
        ("condition=1", "condition"),
        ("lifecycle=gone", "lifecycle"),
        ("overdue=yes", "overdue"),
        ("artwork=unknown", "artwork"),
        ("support=1", "support"),
        ("support=x", "support"),
        ("batch=99999999999999999999", "batch"),
        ("bbox=1,2,3", "bbox"),
        ("bbox=1,2,3,nan", "bbox"),
        ("bbox=117,36,116,37", "bbox"),
        ("bbox=-181,36,116,37", "bbox"),
        ("within=1,2,3,4", "within"),
        ("within=116,36,117,36,117", "within"),
        ("within=116,36,117,37,117,36,116,37", "within"),
        ("within=116,36,117,36,nan,37", "within"),
        ("within=116,36,117,36,117,99", "within"),
        ("within=" + ",".join(["116,36"] * 101), "within"),
        ("asset=1", "asset"),
        ("asset=" + ",".join(f"370105030080{n:05d}" for n in range(201)), "asset"),
        ("updated_since=yesterday", "updated_since"),
        ("updated_since=2026-02-30", "updated_since"),
        ("updated_since=xyz", "updated_since"),
        ("q=%00", "q"),
        ("q=" + "长" * 201, "q"),
        ("cursor=x", "cursor"),
    ],
)
def test_what_does_not_exist_is_refused_by_name(district: District, query: str, parameter: str) -> None:
    with pytest.raises(FilterError) as refused:
        read_filter(query)
    assert refused.value.parameter == parameter
    assert refused.value.sentence


def test_an_endpoint_names_its_own_parameters(district: District) -> None:
    assert read_filter("cursor=x", extra=("cursor",)).is_default


def test_a_polygon_and_what_stands_on_its_edge(district: District, viewer: User) -> None:
    make_asset(Point(116.985, 36.675, srid=4326), name="inside")
    make_asset(Point(116.98, 36.675, srid=4326), name="edge")
    make_asset(Point(116.999, 36.699, srid=4326), name="beyond")
    query = "within=116.98,36.67,117.0,36.67,116.98,36.7"
    assert left(query, viewer) == {"inside", "edge"}
    spelled = read_filter(query).query_string
    assert read_filter(spelled).values == read_filter(query).values


def test_assets_picked_by_hand(district: District, viewer: User) -> None:
    first, two = make_asset(name="one"), make_asset(name="two")
    make_asset(name="three")
    assert left(f"asset={first.code},{two.code}", viewer) == {"one", "two"}
    assert left("asset=37010503008999999", viewer) == set()


def test_one_set_has_one_spelling(district: District) -> None:
    first = read_filter("street=370105002,370105001,370105002&lifecycle=suspended,in_use")
    other = read_filter("street=370105001,370105002")
    assert first.query_string == other.query_string == "street=370105001,370105002"
    assert read_filter(first.query_string).query_string == first.query_string


def test_the_spelling_survives_reading(district: District) -> None:
    make_type("mural")
    query = "bbox=116.9,36.6,117.1,36.8&q=鹊华 %26 a%3Db&type=mural&updated_since=2026-11-24T08:00:00%2B08:00"
    spelled = read_filter(query).query_string
    again = read_filter(spelled)
    assert again.query_string == spelled
    assert again.values == read_filter(query).values


def test_a_filter_in_words(district: District) -> None:
    make_type("mural", name_zh="墙体彩绘", name_en="Mural")
    words = dict(read_filter("street=370105001,none&type=mural").in_words())
    assert "无影山街道" in next(iter(words.values()))
    assert ["墙体彩绘"] in words.values()


def test_times_without_a_zone_are_local(district: District) -> None:
    since = read_filter("updated_since=2026-11-24T08:00:00").values["updated_since"]
    assert isinstance(since, datetime)
    assert since.utcoffset() == timedelta(hours=8)


def test_nobody_sees_anything(district: District, stranger: User) -> None:
    make_asset(name="here")
    assert left("", stranger) == set()
    assert read_filter("").assets(AnonymousUser()).count() == 0
    assert Asset.objects.count() == 1


# --- Kept between requests --------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_filter_is_understood_once_and_carries_each_requests_own_generation(district: District) -> None:
    asset = make_asset()
    first, again = read_filter("street=370105001"), read_filter("street=370105001")
    assert again.conditions is first.conditions
    Asset.objects.filter(pk=asset.pk).update(name="another")
    later = read_filter("street=370105001")
    assert later.generation != first.generation
    assert later.conditions is first.conditions


@pytest.mark.django_db(transaction=True)
def test_parameters_beside_the_filter_are_each_requests_own(district: District) -> None:
    first = read_filter("street=370105001&page=1", extra=["page"])
    second = read_filter("street=370105001&page=2", extra=["page"])
    assert (first.data["page"], second.data["page"]) == ("1", "2")
    with pytest.raises(FilterError):
        read_filter("street=370105001&page=1")


@pytest.mark.django_db(transaction=True)
def test_what_the_lists_say_now_decides_whether_a_value_exists(district: District) -> None:
    kind = make_type(code="kept")
    assert read_filter("type=kept").conditions
    kind.delete()
    with pytest.raises(FilterError):
        read_filter("type=kept")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["artwork", "support", "batch", "bbox", "within", "answers"])
def test_what_the_lists_do_not_tell_is_never_kept(name: str) -> None:
    artwork, support, batch = make_artwork(), make_support(), Batch.objects.create(kind="import")
    values = {
        "artwork": artwork.code,
        "support": str(support.pk),
        "batch": str(batch.pk),
        "bbox": "116,36,118,37",
        "within": "116,36,118,36,117,37",
        "answers": f"u{make_unit().pk}",
    }
    query = f"{name}={values[name]}"
    assert read_filter(query).conditions is not read_filter(query).conditions


@pytest.mark.django_db(transaction=True)
def test_no_more_filters_are_kept_than_fit(district: District) -> None:
    for number in range(300):
        read_filter(f"q=word{number}")
    assert len(filters._kept_for(filters._kept[0])) <= filters._MOST_KEPT


@pytest.mark.django_db(transaction=True)
def test_the_statement_of_a_filter_is_each_readers_own(
    district: District, viewer: User, stranger: User
) -> None:
    make_asset()
    asset_filter = read_filter("")
    mine, theirs = asset_filter.statement(viewer), asset_filter.statement(stranger)
    assert mine is asset_filter.statement(viewer)
    assert mine != theirs
    assert asset_filter.statement(AnonymousUser()) is None
