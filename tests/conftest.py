"""What all tests share: a small district with two streets, and a cast that plays every permission test.

The district (370105) is a rectangle; the west half is street …001, the east half …002; …001 has two communities, south
and north. A second district (370999) lies beside it. `owner` may write in street …001, `colleague` in …002,
`stranger` only in the other district.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

import hypothesis
import pytest
from django.core.cache import cache
from django.db import connection
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker, Settings
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

from accounts import readers
from accounts.models import Role, User
from assets import dictionaries, filters
from assets.chosen_sql import settled_transaction
from assets.filter_searches import OldestRunning
from places.models import Area
from tests.factories import make_area, make_user, square
from tests.kept_database import migrated_database
from web import patience

# A busy machine is no failure: no test is judged by the clock.
hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")


@dataclass(frozen=True)
class District:
    """The areas of the small district."""

    district: Area
    west: Area
    east: Area
    southwest: Area
    northwest: Area
    other_district: Area
    other_street: Area


# What migrating fills for every database alike; Django would empty them too, and fill them again after each test.
_KEPT_TABLES = {"django_migrations", "django_content_type", "auth_permission"}


@pytest.fixture(scope="session", autouse=True)
def quick_emptying() -> Iterator[None]:
    """After a test that commits only empty the tables; Django's flush would also do all that migrating ends with."""

    def empty_tables(_case: TransactionTestCase) -> None:
        names = connection.introspection.django_table_names(only_existing=True, include_views=False)
        quoted = ", ".join(connection.ops.quote_name(name) for name in sorted(set(names) - _KEPT_TABLES))
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {quoted}")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty_tables)
        yield


@pytest.fixture(scope="session", autouse=True)
def static_files_listed_once() -> Iterator[None]:
    """Each test client makes its own middlewares, and WhiteNoise lists every static file: a seventh of all time."""
    listed: dict[str, StaticFile] = {}
    add_files = WhiteNoiseMiddleware.add_files_from_finders

    def add_listed(middleware: WhiteNoiseMiddleware) -> None:
        if not listed:
            add_files(middleware)
            listed.update(middleware.files)
        middleware.files.update(listed)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", add_listed)
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: DjangoDbBlocker
) -> None:
    """A test database is a copy of one that is kept."""
    with django_db_blocker.unblock():
        connection.settings_dict["TEST"]["TEMPLATE"] = migrated_database()


@pytest.fixture(autouse=True)
def forget_what_other_tests_saw() -> Iterator[None]:
    """A process keeps lists and answers by generation, which begins anew in every test, and a connection its limit."""
    dictionaries.forget()
    filters.forget()
    readers.forget()
    cache.clear()
    yield
    patience.lift()


@pytest.fixture(autouse=True)
def no_base_map(settings: Settings, tmp_path: Path) -> None:
    """The one of a try-out in this clone is none of the tests'."""
    settings.BASEMAP_ROOT = tmp_path / "basemap"


# Of the transactions of this database alone the oldest; none running, the next one.
_OLDEST_HERE = """(
    SELECT coalesce(min(backend_xid::text::bigint), pg_snapshot_xmax(pg_current_snapshot())::text::bigint)
    FROM pg_stat_activity WHERE datname = current_database() AND backend_xid IS NOT NULL
)"""


@pytest.fixture
def settle(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Call it to wait until all that was written is settled, so that feeds of changes serve it (docs/design.md).

    The product waits for every transaction of the cluster. Those of the tests that run beside this one, in databases of
    their own, do not matter here and would keep it waiting for as long as they take.
    """
    monkeypatch.setattr(OldestRunning, "template", _OLDEST_HERE)

    def wait() -> None:
        deadline = monotonic() + 60
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id()::text::bigint")
            written = cursor.fetchone()[0]
            while settled_transaction() <= written:
                assert monotonic() < deadline, "a transaction of this database does not end"
                sleep(0.02)

    return wait


@pytest.fixture
def district(db: None) -> District:
    """The small district and its neighbour."""
    whole = make_area("370105", "天桥区", square(116.98, 36.67, 117.02, 36.70))
    west = make_area("370105001", "无影山街道", square(116.98, 36.67, 117.00, 36.70))
    east = make_area("370105002", "天桥东街街道", square(117.00, 36.67, 117.02, 36.70))
    southwest = make_area("370105001008", "无影潭社区居民委员会", square(116.98, 36.67, 117.00, 36.685))
    northwest = make_area("370105001009", "运输新村社区居民委员会", square(116.98, 36.685, 117.00, 36.70))
    other = make_area("370999", "邻区", square(117.10, 36.67, 117.20, 36.70))
    other_street = make_area("370999001", "邻街道", square(117.10, 36.67, 117.20, 36.70))
    return District(whole, west, east, southwest, northwest, other, other_street)


@pytest.fixture
def owner(district: District) -> User:
    """A street editor of the west street."""
    return make_user(Role.STREET_EDITOR, district.west, username="owner")


@pytest.fixture
def colleague(district: District) -> User:
    """A street editor of the east street: reads the whole district, writes in the east only."""
    return make_user(Role.STREET_EDITOR, district.east, username="colleague")


@pytest.fixture
def stranger(district: District) -> User:
    """Publicity staff of another district."""
    return make_user(Role.PUBLICITY, district.other_district, username="stranger")


@pytest.fixture
def publicity(district: District) -> User:
    """Publicity staff of the district."""
    return make_user(Role.PUBLICITY, district.district, username="publicity")


@pytest.fixture
def administrator(district: District) -> User:
    """The district's administrator."""
    return make_user(Role.ADMINISTRATOR, district.district, username="administrator")


@pytest.fixture
def crew(district: District) -> User:
    """A crew member of the district."""
    return make_user(Role.CREW, district.district, username="crew")


@pytest.fixture
def planner(district: District) -> User:
    """A planner of the district."""
    return make_user(Role.PLANNER, district.district, username="planner")


@pytest.fixture
def viewer(district: District) -> User:
    """A viewer of the district."""
    return make_user(Role.VIEWER, district.district, username="viewer")
