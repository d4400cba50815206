"""The whole table: every role, every verb, every place."""

from dataclasses import dataclass

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import permissions
from accounts.models import Membership, Role, User
from accounts.permissions import can, require, scope_filter, scope_of
from assets.models import Asset
from tests.conftest import District
from tests.factories import make_asset, make_user

WRITES = frozenset(
    {
        "register",
        "edit",
        "move",
        "remove",
        "record_inspection",
        "void_inspection",
        "plan_maintenance",
        "do_maintenance",
        "post_artwork",
        "import",
        "review_field_work",
        "supervise_crews",
        "manage_responsibility",
        "see_holders",
    }
)
# The desk's work on cases; what is for those outside it is said with each role.
CASES = frozenset(
    {
        "read_cases",
        "report_problem",
        "file_case",
        "dispatch_case",
        "hold_case",
        "extend_case",
        "verify_case",
        "void_case",
        "urge_case",
        "manage_patrols",
        "do_patrol",
        "publish_pair",
        "manage_campaigns",
        "expose_case",
        "keep_media",
        "show_on_walls",
        "read_coverage",
        "manage_coverage",
    }
)
EVALUATION = frozenset({"read_evaluation", "evaluate", "manage_evaluation"})
SHEETS = frozenset({"read_sheets", "prepare_sheets", "publish_sheet", "approve_list"})
ANSWERS = frozenset({"report_fixed", "answer_case", "accept_for_street", "approve_case"})
MAY: dict[str, frozenset[str]] = {
    "administrator": WRITES
    | CASES
    | EVALUATION
    | ANSWERS
    | SHEETS
    | {"appeal_score", "read", "export", "manage_lists", "manage_places", "manage_users", "administer"},
    "publicity": WRITES
    | CASES
    | EVALUATION
    | SHEETS
    | {"read", "export", "manage_lists", "manage_places", "administer"},
    "street_editor": WRITES
    | {
        "read",
        "export",
        "administer",
        "read_cases",
        "report_problem",
        "answer_case",
        "accept_for_street",
        "read_coverage",
        "read_evaluation",
        "read_sheets",
        "appeal_score",
    },
    "crew": frozenset(
        {
            "read",
            "register",
            "record_inspection",
            "do_maintenance",
            "read_cases",
            "report_problem",
            "report_fixed",
            "answer_case",
            "do_patrol",
        }
    ),
    "patrol": frozenset({"read", "read_cases", "report_problem", "report_fixed", "verify_case", "do_patrol"}),
    "evaluator": frozenset(
        {
            "read",
            "read_cases",
            "report_problem",
            "register",
            "record_inspection",
            "read_evaluation",
            "evaluate",
        }
    ),
    "liaison": frozenset({"read", "answer_case"}),
    "leader": frozenset(
        {
            "read",
            "read_cases",
            "report_problem",
            "approve_case",
            "urge_case",
            "see_holders",
            "read_coverage",
            "read_evaluation",
            "read_sheets",
            "prepare_sheets",
            "approve_list",
        }
    ),
    "planner": frozenset({"read", "export", "read_cases", "read_coverage", "read_evaluation", "read_sheets"}),
    "viewer": frozenset({"read", "read_cases", "read_coverage", "read_evaluation"}),
}
VERBS = sorted(MAY["administrator"])
READING = ("read", "export", "read_cases", "read_evaluation", "read_sheets", "prepare_sheets")
# What has no place is everybody's, so that one street does not reach it.
OF_A_WHOLE_DISTRICT = ("manage_lists", "manage_coverage")


@dataclass(frozen=True)
class Somewhere:
    scope_code: str


def test_the_table_names_every_role_and_every_verb() -> None:
    assert set(MAY) == set(Role.values)
    declared = {
        value
        for name, value in vars(permissions).items()
        if name.isupper() and isinstance(value, str) and value and not name.startswith("_")
    }
    assert declared == set(VERBS)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("role", sorted(MAY))
def test_a_role_may_exactly_this_where_it_holds(district: District, role: str, verb: str) -> None:
    user = make_user(role, district.west)
    allowed = verb in MAY[role] and verb not in OF_A_WHOLE_DISTRICT
    assert can(user, verb) is allowed
    for place, inside in (
        (district.west, True),
        (district.northwest, True),
        (district.east, verb in READING),
        (district.district, verb in READING),
        (district.other_street, False),
        (Somewhere(""), False),
    ):
        assert can(user, verb, place) is (allowed and inside), place.scope_code


@pytest.mark.parametrize("role", sorted(MAY))
def test_lists_of_all_are_kept_by_who_answers_for_a_whole_district(district: District, role: str) -> None:
    assert can(make_user(role, district.district), "manage_lists") is ("manage_lists" in MAY[role])
    assert not can(make_user(role, district.west), "manage_lists")


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("role", sorted(MAY))
def test_a_role_everywhere_reaches_every_place(district: District, role: str, verb: str) -> None:
    user = make_user(role, None)
    for place in (district.west, district.other_street, Somewhere("370105"), Somewhere("")):
        assert can(user, verb, place) is (verb in MAY[role])


@pytest.mark.parametrize("verb", VERBS)
def test_without_a_membership_nothing_is_allowed(district: District, verb: str) -> None:
    inactive = make_user(Role.ADMINISTRATOR, None, is_active=False)
    for nobody in (AnonymousUser(), make_user(None), inactive):
        assert not can(nobody, verb)
        assert not can(nobody, verb, district.west)


@pytest.mark.parametrize("verb", VERBS)
def test_a_superuser_may_everything(district: District, verb: str) -> None:
    root = make_user(None, is_superuser=True)
    assert can(root, verb, district.other_street)


def test_memberships_add_up(district: District) -> None:
    user = make_user(Role.STREET_EDITOR, district.west)
    Membership.objects.create(user=user, role=Role.CREW, area=district.other_district)
    assert can(user, "edit", district.west)
    assert not can(user, "edit", district.other_street)
    assert can(user, "record_inspection", district.other_street)
    assert can(user, "read", district.other_street)
    assert not can(user, "export", district.other_street)


def test_an_area_whose_code_only_begins_alike_by_number_is_no_part(district: District) -> None:
    user = make_user(Role.STREET_EDITOR, district.west)  # 370105001
    assert can(user, "edit", Somewhere("370105001008"))
    assert not can(user, "edit", Somewhere("37010500"))
    assert not can(user, "edit", Somewhere("370105010008"))


def test_a_refusal_is_said_in_words(district: District, viewer: User) -> None:
    with pytest.raises(PermissionDenied) as refused:
        require(viewer, "edit", district.west)
    assert str(refused.value)
    require(viewer, "read", district.west)


def test_permission_is_read_once_for_a_request(district: District) -> None:
    user = User.objects.get(pk=make_user(Role.VIEWER, district.west).pk)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        for verb in VERBS:
            can(user, verb, district.west)
    assert len(queries) == 1


def test_sets_are_cut_like_single_questions(
    district: District, owner: User, colleague: User, stranger: User, viewer: User
) -> None:
    from django.contrib.gis.geos import Point

    assets = [make_asset(Point(longitude, 36.69, srid=4326)) for longitude in (116.99, 117.01, 117.15, 118.0)]
    everyone = [owner, colleague, stranger, viewer, make_user(Role.ADMINISTRATOR, None), make_user(None)]
    for user in everyone:
        for verb in ("read", "edit"):
            one_by_one = {asset.pk for asset in assets if can(user, verb, asset)}
            as_a_set = Asset.objects.filter(scope_filter(scope_of(user, verb)))
            assert set(as_a_set.values_list("pk", flat=True)) == one_by_one, (str(user), verb)
        assert set(Asset.objects.visible_to(user)) == {a for a in assets if can(user, "read", a)}


def test_a_whole_district_is_found_without_looking_at_every_asset_s_area(viewer: User, owner: User) -> None:
    """Else a district's page took longer with every other district of its province."""
    read = str(Asset.objects.visible_to(viewer).query)
    written = str(Asset.objects.filter(scope_filter(scope_of(owner, "edit"))).query)

    assert "JOIN" not in read
    assert "JOIN" not in written


def test_a_scope_s_key_is_stable_and_tells_scopes_apart(
    owner: User, colleague: User, publicity: User
) -> None:
    assert scope_of(owner, "edit").key == scope_of(owner, "edit").key == "370105001"
    assert scope_of(colleague, "edit").key != scope_of(owner, "edit").key
    assert scope_of(owner, "read").key == scope_of(publicity, "read").key == "370105"
    assert scope_of(make_user(Role.VIEWER, None), "read").key == "*"
