import uuid
from contextlib import suppress

import pytest
from django.contrib.gis.geos import Point
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.models import User
from assets.actions.register_asset import register_asset
from assets.codes import LAST_SERIAL, CodesExhausted, take_serials
from assets.history import Actor, events_of
from assets.models import Asset, Lifecycle, Origin
from tests.conftest import District
from tests.days import DAY, dated
from tests.factories import make_road, make_support, make_theme, make_type, make_unit

WEST = Point(116.995, 36.690, srid=4326)
EAST = Point(117.010, 36.690, srid=4326)
NOWHERE = Point(117.500, 36.690, srid=4326)


def web(user: User) -> Actor:
    return Actor(user, Origin.WEB)


def test_an_asset_gets_an_id_areas_and_a_due_date(district: District, owner: User) -> None:
    asset = register_asset(web(owner), make_type(inspection_interval_days=30), WEST)
    assert asset.code.startswith("37010503008")
    assert len(asset.code) == 17
    assert (asset.area, asset.community) == (district.northwest, district.northwest)
    assert (asset.street, asset.district) == (district.west, district.district)
    assert asset.next_inspection_due == timezone.localdate() + timezone.timedelta(days=30)
    assert asset.version == 1


def test_the_due_date_counts_from_the_installation(owner: User) -> None:
    installed = timezone.localdate() - timezone.timedelta(days=100)
    asset = register_asset(
        web(owner), make_type(inspection_interval_days=30), WEST, fields={"installed_on": installed}
    )
    assert asset.next_inspection_due == installed + timezone.timedelta(days=30)


def test_everything_written_is_kept(owner: User) -> None:
    road = make_road()
    unit = make_unit()
    make_theme("core_values")
    asset = register_asset(
        web(owner),
        make_type(),
        WEST,
        position_accuracy=3.5,
        lifecycle=Lifecycle.PLANNED,
        fields={
            "name": "牌",
            "themes": ["core_values"],
            "road": road,
            "owner": unit,
            "width": 2,
            "facing": 90,
        },
    )
    asset.refresh_from_db()
    assert (asset.name, asset.themes, asset.road, asset.owner) == ("牌", ["core_values"], road, unit)
    assert (asset.lifecycle, asset.position_accuracy, asset.facing) == ("planned", 3.5, 90)


def test_history_names_who_registered_it_and_from_where(owner: User) -> None:
    asset = register_asset(web(owner), make_type(), WEST)
    [event] = events_of(asset)
    assert event.pgh_label == "insert"
    assert event.pgh_context.metadata["user"] == owner.pk
    assert event.pgh_context.metadata["actor"] == "owner"
    assert event.pgh_context.metadata["origin"] == "web"


def test_outside_every_area_the_managing_district_numbers_it(publicity: User) -> None:
    asset = register_asset(web(publicity), make_type(), NOWHERE)
    assert asset.code.startswith("370105")
    assert asset.area is None


def test_a_neighbouring_district_numbers_its_own(stranger: User) -> None:
    asset = register_asset(web(stranger), make_type(), Point(117.15, 36.69, srid=4326))
    assert asset.code.startswith("370999")


def test_an_asset_on_a_support_stands_where_the_support_stands(owner: User) -> None:
    support = make_support(WEST)
    face = register_asset(web(owner), make_type(), support=support)
    other = register_asset(web(owner), make_type(), EAST, support=support)
    assert face.point == other.point == WEST
    assert face.code != other.code


def test_the_same_uid_is_registered_once(owner: User) -> None:
    uid = uuid.uuid4()
    first = register_asset(web(owner), make_type(), WEST, uid=uid)
    again = register_asset(web(owner), make_type(), WEST, uid=uid, fields={"name": "other"})
    assert again.pk == first.pk
    assert Asset.objects.count() == 1


def test_a_foreign_registration_is_not_handed_out_for_its_uid(owner: User, colleague: User) -> None:
    asset = register_asset(web(owner), make_type(), WEST)
    with pytest.raises(PermissionDenied):
        register_asset(web(colleague), make_type(), EAST, uid=asset.uid)


def test_a_street_editor_cannot_register_in_another_street(colleague: User) -> None:
    with pytest.raises(PermissionDenied):
        register_asset(web(colleague), make_type(), WEST)
    assert not Asset.objects.exists()


def test_a_street_editor_cannot_register_outside_every_area(owner: User) -> None:
    with pytest.raises(PermissionDenied):
        register_asset(web(owner), make_type(), NOWHERE)


@pytest.mark.parametrize("name", ["viewer", "planner", "stranger"])
def test_those_who_only_read_cannot_register(name: str, request: pytest.FixtureRequest) -> None:
    with pytest.raises(PermissionDenied):
        register_asset(web(request.getfixturevalue(name)), make_type(), WEST)


def test_a_crew_registers_what_is_missing(crew: User) -> None:
    assert register_asset(Actor(crew, Origin.PHONE), make_type(), WEST).pk


def test_nobody_signed_in_cannot_register_through_the_web(district: District) -> None:
    with pytest.raises(PermissionDenied):
        register_asset(Actor(None, Origin.WEB), make_type(), WEST)


@pytest.mark.parametrize(
    "field, value",
    [
        ("width", 0),
        ("faces", 0),
        ("facing", 360),
        ("legacy_code", "123"),
        ("themes", ["no_such_theme"]),
        ("installed_on", 2 * DAY),
        ("footprint", WEST),
        ("name", "x" * 201),
        ("lifecycle", "removed"),
        ("condition", 1),
    ],
)
def test_wrong_values_are_refused_by_name(publicity: User, field: str, value: object) -> None:
    with pytest.raises(ValidationError) as refused:
        register_asset(web(publicity), make_type(), WEST, fields=dated({field: value}))
    assert list(refused.value.message_dict) == [field]


@pytest.mark.parametrize(
    "point",
    [None, Point(0, 0, srid=4326), Point(117, 91, srid=4326), Point(39500000, 4060000, srid=4527)],
)
def test_impossible_positions_are_refused(publicity: User, point: Point | None) -> None:
    with pytest.raises(ValidationError) as refused:
        register_asset(web(publicity), make_type(), point)
    assert list(refused.value.message_dict) == ["point"]


def test_a_number_of_the_office_is_taken_once(publicity: User) -> None:
    fields = {"source": "北园街道台账", "source_id": "7"}
    register_asset(web(publicity), make_type(), WEST, fields=fields)
    with pytest.raises(ValidationError):
        register_asset(web(publicity), make_type(), WEST, fields=fields)


def test_a_refused_registration_costs_no_number(publicity: User) -> None:
    first = register_asset(web(publicity), make_type(), WEST)
    with pytest.raises(ValidationError):
        register_asset(web(publicity), make_type(), WEST, fields={"faces": 0})
    second = register_asset(web(publicity), make_type(), WEST)
    assert int(second.code) == int(first.code) + 1


def test_a_district_that_has_run_out_of_numbers_says_so(publicity: User) -> None:
    with suppress(CodesExhausted):  # taken in an earlier run on this database: numbers are never given back
        take_serials("370105", "03997", LAST_SERIAL)
    with pytest.raises(ValidationError) as refused:
        register_asset(web(publicity), make_type("full", "03997"), WEST)
    assert list(refused.value.message_dict) == ["type"]
