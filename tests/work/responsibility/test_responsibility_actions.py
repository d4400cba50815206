"""Appointing, ending, correcting, voiding, handing over: who may, what is refused, and who answered on a day."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisTestCase

from accounts.models import Role, User
from places.answering import Spot, answering_at, streets_led_by
from places.models import Holder, Responsibility, ResponsibilityKind
from tests.factories import make_area, make_unit, make_user
from tests.work.responsibility.conftest import COMMAND, JUNE, MARCH, Offices, by
from work.responsibility.actions.appoint import appoint
from work.responsibility.actions.checking import Named, Thing
from work.responsibility.actions.correct_responsibility import correct_responsibility
from work.responsibility.actions.end_responsibility import end_responsibility
from work.responsibility.actions.hand_over import hand_over
from work.responsibility.actions.void_responsibility import void_responsibility

pytestmark = pytest.mark.django_db
KINDS = [kind.value for kind in ResponsibilityKind]
# What belongs to a street is its office's to say; leaders, roads and indicators are the district's.
OF_THE_STREET = {"unit", "keeper", "stairwell"}


@pytest.mark.parametrize("kind", KINDS)
def test_only_those_who_answer_for_the_place_may_appoint(
    offices: Offices, owner: User, colleague: User, stranger: User, publicity: User, kind: str
) -> None:
    named = Named("张三", "书记", offices.unit)
    for user in (colleague, stranger, *([] if kind in OF_THE_STREET else [owner])):
        with pytest.raises(PermissionDenied):
            appoint(by(user), offices.thing(kind), named, MARCH)
    may = owner if kind in OF_THE_STREET else publicity
    assert appoint(by(may), offices.thing(kind), named, MARCH).holds_on(MARCH)


@pytest.mark.parametrize(
    "role", [Role.CREW, Role.PATROL, Role.LIAISON, Role.LEADER, Role.PLANNER, Role.VIEWER]
)
def test_whoever_only_reads_or_works_outside_appoints_nobody(offices: Offices, role: Role) -> None:
    user = make_user(role, offices.district.district, username="somebody")
    with pytest.raises(PermissionDenied):
        appoint(by(user), offices.thing("unit"), Named("", "", offices.unit), MARCH)


def test_a_street_has_one_leader_at_a_time_and_a_community_several_units(offices: Offices) -> None:
    offices.appointed("leader")
    with pytest.raises(ValidationError) as refused:
        offices.appointed("leader", JUNE, named=Named("李四", "副书记"))
    assert set(refused.value.message_dict) == {"begins_on"}
    offices.appointed("unit")
    offices.appointed("unit", named=Named("", "", offices.other))
    with pytest.raises(ValidationError):
        offices.appointed("unit", JUNE, named=Named("", "", offices.other))


@pytest.mark.parametrize(
    "values, field",
    [
        ({"named": Named()}, "name"),
        ({"named": Named("张三")}, "post"),
        ({"named": Named("张" * 41, "书记")}, "name"),
        ({"ends_on": MARCH - timedelta(days=1)}, "ends_on"),
        ({"begins_on": date(1900, 1, 1)}, "begins_on"),
        ({"document": "文" * 201}, "document"),
    ],
)
def test_what_is_wrong_is_named(offices: Offices, values: dict, field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        offices.appointed("keeper", **values)
    assert set(refused.value.message_dict) == {field}
    assert not Responsibility.objects.exists()


def test_a_leader_is_of_a_street_and_a_stairwell_needs_its_building(offices: Offices) -> None:
    wrong = Thing(ResponsibilityKind.LEADER, offices.district.southwest)
    with pytest.raises(ValidationError, match="街道"):
        appoint(COMMAND, wrong, Named("张三", "书记"), MARCH)
    with pytest.raises(ValidationError) as refused:
        appoint(
            COMMAND,
            Thing(ResponsibilityKind.STAIRWELL, offices.district.southwest),
            Named("张三", "长"),
            MARCH,
        )
    assert set(refused.value.message_dict) == {"building"}


def test_who_answered_on_a_day_has_an_answer(offices: Offices) -> None:
    row = offices.appointed("chief", MARCH)
    done = hand_over(COMMAND, row, Named("李四", "路长", offices.other), JUNE)
    spot = Spot(road=offices.road.pk)
    assert answering_at(spot, MARCH - timedelta(days=1)) == []
    assert answering_at(spot, MARCH) == answering_at(spot, JUNE - timedelta(days=1)) == [row]
    assert answering_at(spot, JUNE) == answering_at(spot, timezone.localdate()) == [done.begun]
    void_responsibility(COMMAND, done.begun, "wrong")
    assert answering_at(spot, JUNE) == []


def test_the_nearest_stands_first(offices: Offices) -> None:
    for kind in ("leader", "unit", "keeper", "stairwell", "chief"):
        offices.appointed(kind)
    whole = Spot(
        offices.district.west.pk, offices.district.southwest.pk, offices.road.pk, offices.site.pk, "3 号楼"
    )
    found = [row.kind for row in answering_at(whole, JUNE)]
    assert found == ["stairwell", "keeper", "chief", "unit", "leader"]


def test_ending_correcting_and_voiding_are_the_places_own(
    offices: Offices, owner: User, colleague: User, stranger: User
) -> None:
    row = offices.appointed("unit")
    named = Named("", "", offices.other)
    for user in (colleague, stranger):
        for refused in (
            lambda user=user: end_responsibility(by(user), row, JUNE),
            lambda user=user: correct_responsibility(by(user), row, named, MARCH),
            lambda user=user: hand_over(by(user), row, named, JUNE),
            lambda user=user: void_responsibility(by(user), row, "why"),
        ):
            with pytest.raises(PermissionDenied):
                refused()
    assert correct_responsibility(by(owner), row, named, JUNE).holder.unit == offices.other
    assert not end_responsibility(by(owner), row, JUNE).holds_on(JUNE + timedelta(days=1))
    with pytest.raises(ValidationError):
        end_responsibility(by(owner), row, MARCH)
    void_responsibility(by(owner), row, "why")
    with pytest.raises(ValidationError) as gone:
        end_responsibility(by(owner), row, JUNE)
    assert set(gone.value.message_dict) == {"row"}


def test_handing_over_is_one_action_or_none(offices: Offices) -> None:
    row = offices.appointed("leader", MARCH)
    tomorrow = timezone.localdate() + timedelta(days=1)
    for successor, day, field in (
        (Named("李四", "副书记"), MARCH, "from_day"),
        (Named("李四", "副书记"), tomorrow, "from_day"),
        (Named("张三", "书记", offices.unit), JUNE, "name"),
        (Named("李四"), JUNE, "post"),
    ):
        with pytest.raises(ValidationError) as refused:
            hand_over(COMMAND, row, successor, day)
        assert set(refused.value.message_dict) == {field}
    row.refresh_from_db()
    assert row.ends_on is None
    assert Responsibility.objects.count() == 1


def test_nobody_gives_another_telephone_to_whom_another_street_has_too(
    offices: Offices, owner: User, colleague: User, publicity: User
) -> None:
    kept = Named("张三", "书记", offices.unit, "13800001234")
    row = appoint(by(publicity), offices.thing("unit"), kept, MARCH)
    elsewhere = Thing(ResponsibilityKind.UNIT, make_area("370105002001", "东社区"))
    with pytest.raises(ValidationError) as refused:
        appoint(by(colleague), elsewhere, Named("张三", "书记", offices.unit, "13999999999"), MARCH)
    assert set(refused.value.message_dict) == {"telephone"}
    appoint(by(colleague), elsewhere, Named("张三", "书记", offices.unit), MARCH)
    with pytest.raises(ValidationError):
        appoint(
            by(owner), offices.thing("stairwell"), Named("张三", "书记", offices.unit, "13777777777"), MARCH
        )
    row.holder.refresh_from_db()
    assert row.holder.telephone == "13800001234"
    appoint(
        by(publicity), offices.thing("stairwell"), Named("张三", "书记", offices.unit, "13666666666"), MARCH
    )
    row.holder.refresh_from_db()
    assert row.holder.telephone == "13666666666"


def test_history_knows_who_did_it_and_never_a_telephone(offices: Offices, owner: User) -> None:
    row = appoint(by(owner), offices.thing("unit"), Named("张三", "书记", offices.unit, "13800001234"), MARCH)
    event = row.events.select_related("pgh_context").get()  # type: ignore[attr-defined]
    assert event.pgh_context.metadata["user"] == owner.pk
    assert "telephone" not in {
        field.name
        for field in Holder.pgh_event_model._meta.fields  # type: ignore[attr-defined]
    }


class OneAtATime(HypothesisTestCase):
    """Whatever is appointed in whatever order: on no day has a street two leaders."""

    @settings(max_examples=15)
    @given(
        st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(0, 3)), min_size=1, max_size=8)
    )
    def test_no_day_has_two(self, spans: list[tuple[int, int, int]]) -> None:
        make_area("370105")
        street = make_area("370105001")
        unit = make_unit("单位")
        for begin, length, who in spans:
            days = MARCH + timedelta(days=begin), MARCH + timedelta(days=begin + length)
            thing = Thing(ResponsibilityKind.LEADER, street)
            try:
                appoint(COMMAND, thing, Named(f"某{who}", "书记", unit), days[0], ends_on=days[1])
            except ValidationError:
                continue
        # Where one begins, another would still be there.
        for begin, _length, _who in spans:
            day = MARCH + timedelta(days=begin)
            assert len(answering_at(Spot(street=street.pk), day)) <= 1


def test_an_account_is_a_persons_and_entered_where_one_may(
    offices: Offices, owner: User, publicity: User, viewer: User
) -> None:
    with pytest.raises(ValidationError) as refused:
        offices.appointed("unit", named=Named("", "", offices.unit, user=viewer))
    assert set(refused.value.message_dict) == {"account"}
    row = offices.appointed("leader", named=Named("李四", "书记"))
    # The street's office cannot make the leader's entry somebody's by naming the same person for a building of its own.
    with pytest.raises(ValidationError) as refused:
        appoint(by(owner), offices.thing("stairwell"), Named("李四", "书记", user=owner), MARCH)
    assert set(refused.value.message_dict) == {"account"}
    appoint(by(owner), offices.thing("stairwell"), Named("赵六", "楼道长", user=viewer), MARCH)
    correct_responsibility(by(publicity), row, Named("李四", "书记", user=viewer), MARCH)
    assert streets_led_by(viewer, JUNE) == [offices.district.west.code]
    assert streets_led_by(viewer, MARCH - timedelta(days=1)) == []
    end_responsibility(by(publicity), row, JUNE)
    assert streets_led_by(viewer, JUNE + timedelta(days=1)) == []
    void_responsibility(by(publicity), row, "错了")
    assert streets_led_by(viewer, JUNE) == []


def test_a_correction_takes_away_what_it_leaves_empty(
    offices: Offices, publicity: User, viewer: User, owner: User
) -> None:
    row = offices.appointed("leader", named=Named("李四", "书记", telephone="13800001234", user=viewer))
    whole = Named("李四", "书记", telephone="13800001234", user=viewer)
    correct_responsibility(by(publicity), row, whole, MARCH)
    row.holder.refresh_from_db()
    assert (row.holder.telephone, row.holder.user) == ("13800001234", viewer)
    # Somebody else's row leaves this holder as they are.
    other = offices.appointed("stairwell", named=Named("赵六", "楼道长"))
    corrected = correct_responsibility(by(publicity), other, Named("李四", "书记"), MARCH)
    assert corrected.holder == row.holder
    row.holder.refresh_from_db()
    assert row.holder.user == viewer
    # The street's office is not asked what the leader's account is.
    with pytest.raises(ValidationError) as refused:
        correct_responsibility(by(owner), corrected, Named("李四", "书记"), MARCH)
    assert set(refused.value.message_dict) == {"account", "telephone"}
    correct_responsibility(by(publicity), row, Named("李四", "书记"), MARCH)
    row.holder.refresh_from_db()
    assert (row.holder.telephone, row.holder.user) == ("", None)
