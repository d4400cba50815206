"""The fixtures: loaded once, never in the way of what the office edits."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.test.utils import CaptureQueriesContext

from assets.models import AssetType, CodeKind, Defect, StandardCode, Theme
from places.fixture_files import rows_of
from places.models import Area, BoundaryStatus, Level, Road, Site, SiteKind

pytestmark = pytest.mark.django_db

MODELS = (StandardCode, AssetType, Theme, Defect, SiteKind, Area, Road, Site)


def load(*arguments: str) -> str:
    """What the command prints."""
    out = StringIO()
    call_command("load_fixtures", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def loaded() -> None:
    load()


def test_the_gazetteer_is_whole(loaded: None) -> None:
    counts = {level: Area.objects.filter(level=level).count() for level in Level}

    assert counts == {Level.DISTRICT: 1, Level.STREET: 15, Level.COMMUNITY: 277, Level.GRID: 0}
    assert (Road.objects.count(), Site.objects.count()) == (56, 16)


def test_every_area_is_part_of_the_one_its_code_names(loaded: None) -> None:
    parents = Area.objects.exclude(level=Level.DISTRICT).values_list("code", "parent__code")

    assert all(
        parent is not None and code.startswith(parent) and len(code) - len(parent) == 3
        for code, parent in parents
    )


def test_streets_have_their_everyday_names_and_offices(loaded: None) -> None:
    street = Area.objects.get(code="370105004")

    assert street.aliases == ["工人新村北村街道"]
    assert Area.objects.filter(level=Level.STREET, office__isnull=True).count() == 0


def test_a_community_is_found_by_its_committees_full_name_too(loaded: None) -> None:
    community = Area.objects.get(code="370105001008")

    assert (community.name, community.aliases) == ("无影潭社区", ["无影潭社区居民委员会"])


def test_the_districts_outline_is_approximate_and_credited(loaded: None) -> None:
    district = Area.objects.get(code="370105")

    assert district.boundary_status == BoundaryStatus.APPROXIMATE
    assert "CC BY 4.0" in district.boundary_source
    assert "not an official boundary" in district.boundary_source


def test_no_street_gets_a_boundary_from_the_fixtures(loaded: None) -> None:
    assert Area.objects.filter(level__gte=Level.STREET, boundary__isnull=False).count() == 0


def test_the_misspelling_that_ledgers_contain_is_an_alias(loaded: None) -> None:
    assert Road.objects.get(name="济泺路").aliases == ["济洛路"]


def test_the_same_digits_name_a_component_and_an_event(loaded: None) -> None:
    kinds = StandardCode.objects.filter(code="03006").values_list("kind", flat=True)

    assert set(kinds) == {CodeKind.COMPONENT, CodeKind.EVENT}


def test_wrong_wording_political_errors_and_hazards_are_urgent(loaded: None) -> None:
    urgent = Defect.objects.filter(urgent=True).values_list("code", flat=True)

    assert set(urgent) == {"wrong_wording", "political_error", "hazard"}


def test_every_type_has_a_symbol_of_its_own_an_interval_and_a_life(loaded: None) -> None:
    types = AssetType.objects.all()

    assert len({entry.symbol for entry in types}) == len(types) == 16
    assert all(entry.inspection_interval_days and entry.design_life_months for entry in types)


def test_everything_has_both_names(loaded: None) -> None:
    for model in (AssetType, Theme, Defect, SiteKind, StandardCode):
        assert not model.objects.filter(name_zh="").exists()
        assert not model.objects.filter(name_en="").exists()


def test_loading_again_writes_nothing(loaded: None) -> None:
    from django.db import connection

    with CaptureQueriesContext(connection) as queries:
        printed = load()

    writing = [query["sql"] for query in queries if "INSERT" in query["sql"] or "UPDATE" in query["sql"]]
    assert (printed, writing) == ("", [])


def test_what_the_office_edited_stays(loaded: None) -> None:
    AssetType.objects.filter(code="mural").update(name_zh="文化墙", inspection_interval_days=45)
    Theme.objects.filter(code="thrift").delete()

    printed = load()

    mural = AssetType.objects.get(code="mural")
    assert (mural.name_zh, mural.inspection_interval_days) == ("文化墙", 45)
    assert "themes: 1 added" in printed


def test_update_restores_names_and_only_names(loaded: None) -> None:
    AssetType.objects.filter(code="mural").update(name_zh="文化墙", inspection_interval_days=45)
    Road.objects.filter(name="济泺路").update(aliases=[])

    load("--update")

    mural = AssetType.objects.get(code="mural")
    assert (mural.name_zh, mural.inspection_interval_days) == ("墙体彩绘（文化墙）", 45)
    assert Road.objects.get(name="济泺路").aliases == ["济洛路"]


def test_history_says_that_a_command_did_it(loaded: None) -> None:
    from pghistory.models import Events

    event = Events.objects.tracks(Area.objects.get(code="370105001")).get()

    assert event.pgh_context["origin"] == "command"


def test_codes_in_the_files_are_unique() -> None:
    for name in ("areas", "roads", "sites", "asset_types", "themes", "defects", "site_kinds"):
        codes = [row["code"] for row in rows_of(name)]
        assert len(set(codes)) == len(codes), name
