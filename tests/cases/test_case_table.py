"""Every verb × state × role × inside or outside: the table written out by hand, and the actions held to it."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import Role, User
from assets.history import Actor
from assets.models import Asset
from cases.actions.add_report import add_report
from cases.actions.dispatch_case import accept_case, dispatch_case, return_case
from cases.actions.extend_case import ask_extension, extend_case, refuse_extension
from cases.actions.file_case import file_case, merge_case, reclassify, reject_case, take_up_case
from cases.actions.fix_case import fix_case, reject_fix, reopen_case, verify_fix
from cases.actions.hand_over_case import hand_over_case
from cases.actions.hold_case import ask_hold, hold_case, refuse_hold, resume_case
from cases.actions.report_problem import report_fixed, report_problem
from cases.actions.stepping import may, verbs_for
from cases.actions.urge_case import answer_urge, urge_case
from cases.actions.void_case import ask_void, refuse_void, void_case
from cases.links import holder_of
from cases.models import Case, CaseLink, Source, State, Verb
from cases.transitions import TABLE
from places.models import Unit
from tests.cases.conftest import COMMAND, Scene, by, make_category, photo
from tests.factories import make_user

pytestmark = pytest.mark.django_db

OPEN = "reported filed dispatched in_hand on_hold fixed"
# verb: from where, to where (— stays), who anywhere in the area, who of the case's unit only.
# Letters: A administrator, P publicity, S street office, C crew, V patrol, L liaison, B leader, N planner, R viewer.
WRITTEN = {
    "add_report": (OPEN, "—", "A P S C V B", ""),
    "file": ("reported", "filed", "A P", ""),
    "reject": ("reported", "rejected", "A P", ""),
    "take_up": ("rejected", "reported", "A P", ""),
    "merge": ("reported", "duplicate", "A P", ""),
    "reclassify": ("filed dispatched in_hand on_hold", "—", "A P", ""),
    "dispatch": ("filed dispatched in_hand", "dispatched", "A P", ""),
    "hand_over": ("dispatched in_hand on_hold", "—", "A P S", ""),
    "accept": ("dispatched", "in_hand", "A S", "A S C L"),
    "return": ("dispatched", "filed", "", "A S C L"),
    "ask_hold": ("in_hand", "—", "", "A S C L"),
    "hold": ("in_hand", "on_hold", "A P B", ""),
    "refuse_hold": ("in_hand", "—", "A P B", ""),
    "resume": ("on_hold", "in_hand", "A P", "A S C L"),
    "ask_extension": ("in_hand", "—", "", "A S C L"),
    "extend": ("in_hand", "—", "A P B", ""),
    "refuse_extension": ("in_hand", "—", "A P B", ""),
    "fix": ("in_hand", "fixed", "", "A S C L"),
    "verify": ("fixed", "closed", "A P V", "not"),
    "reject_fix": ("fixed", "in_hand", "A P V", "not"),
    "reopen": ("closed", "in_hand", "A P V", ""),
    "ask_void": (OPEN, "—", "A P", ""),
    "void": (OPEN, "voided", "A P B", ""),
    "refuse_void": (OPEN, "—", "A P B", ""),
    "urge": (OPEN, "—", "A P B", ""),
    "answer_urge": ("dispatched in_hand on_hold", "—", "", "A S C L"),
}
REPORTING = {"report": "A P S C V B", "report_fixed": "A C V"}
LETTERS = {
    "A": Role.ADMINISTRATOR,
    "P": Role.PUBLICITY,
    "S": Role.STREET_EDITOR,
    "C": Role.CREW,
    "V": Role.PATROL,
    "L": Role.LIAISON,
    "B": Role.LEADER,
    "N": Role.PLANNER,
    "R": Role.VIEWER,
}
STATES = [state.value for state in State if state is not State.DRAFT]

Act = Callable[[Any, Case], Any]


def acts(scene: Scene) -> dict[str, Act]:
    """Each verb, with all it must carry."""
    other = make_category("other", "3 working_days")
    further = scene.report()
    soon = timezone.now() + timedelta(days=3)
    day = Decimal(1)
    return {
        "add_report": lambda user, case: add_report(by(user), case, "mine too"),
        "file": lambda user, case: file_case(by(user), case),
        "reject": lambda user, case: reject_case(by(user), case, "why"),
        "take_up": lambda user, case: take_up_case(by(user), case, "why"),
        "merge": lambda user, case: merge_case(by(user), case, further),
        "reclassify": lambda user, case: reclassify(by(user), case, category=other, reason="why"),
        "dispatch": lambda user, case: dispatch_case(by(user), case, scene.other_unit, "why"),
        "hand_over": lambda user, case: hand_over_case(by(user), case, scene.other_unit, "why"),
        "accept": lambda user, case: accept_case(by(user), case),
        "return": lambda user, case: return_case(by(user), case, "why", "whose"),
        "ask_hold": lambda user, case: ask_hold(by(user), case, "why", soon),
        "hold": lambda user, case: hold_case(by(user), case),
        "refuse_hold": lambda user, case: refuse_hold(by(user), case, "why"),
        "resume": lambda user, case: resume_case(by(user), case),
        "ask_extension": lambda user, case: ask_extension(by(user), case, "why", day),
        "extend": lambda user, case: extend_case(by(user), case),
        "refuse_extension": lambda user, case: refuse_extension(by(user), case, "why"),
        "fix": lambda user, case: fix_case(by(user), case, [photo(2)]),
        "verify": lambda user, case: verify_fix(by(user), case, seen=True),
        "reject_fix": lambda user, case: reject_fix(by(user), case, "why", seen=True),
        "reopen": lambda user, case: reopen_case(by(user), case, "why"),
        "ask_void": lambda user, case: ask_void(by(user), case, "why"),
        "void": lambda user, case: void_case(by(user), case),
        "refuse_void": lambda user, case: refuse_void(by(user), case, "why"),
        "urge": lambda user, case: urge_case(by(user), case, "why", answer_by=soon),
        "answer_urge": lambda user, case: answer_urge(by(user), case, "answer"),
    }


def case_in(scene: Scene, state: str, verb: str, asset: Asset | None = None) -> Case:
    """A case in a state, with what the verb answers; its steps were taken a moment ago, by a command.

    Args:
        asset: the scene's if not given; cases on one asset share its job.
    """
    soon = timezone.now() + timedelta(days=3)
    case = report_problem(COMMAND, scene.category, Source.HOTLINE, asset=asset or scene.asset)
    if state == "rejected":
        return reject_case(COMMAND, case, "why")
    if state == "duplicate":
        return merge_case(COMMAND, case, scene.report())
    if state != "reported":
        case = file_case(COMMAND, case)
    if state in ("dispatched", "in_hand", "on_hold", "fixed", "closed", "voided"):
        case = dispatch_case(COMMAND, case, scene.unit, "why")
    if state in ("in_hand", "on_hold", "fixed", "closed", "voided"):
        case = accept_case(COMMAND, case)
    if state == "on_hold":
        ask_hold(COMMAND, case, "why", soon)
        case = hold_case(COMMAND, case)
    if state in ("fixed", "closed"):
        case = fix_case(COMMAND, case, [photo(2)])
    if state == "closed":
        return verify_fix(COMMAND, case, seen=True)
    if state == "voided":
        ask_void(COMMAND, case, "why")
        return void_case(COMMAND, case)
    if state == "in_hand" and verb in ("hold", "refuse_hold"):
        ask_hold(COMMAND, case, "why", soon)
    if state == "in_hand" and verb in ("extend", "refuse_extension"):
        ask_extension(COMMAND, case, "why", Decimal(1))
    if verb in ("void", "refuse_void"):
        ask_void(COMMAND, case, "why")
    if verb == "answer_urge":
        urge_case(COMMAND, case, "why", answer_by=soon)
    return case


def cast_of(scene: Scene) -> dict[tuple[str, str], User]:
    """By letter and standing: of the unit, not of it, of the unit but in another area."""
    cast = {}
    for letter, role in LETTERS.items():
        for standing, area in (
            ("unit", scene.district.district),
            ("other", scene.district.district),
            ("away", scene.district.east),
        ):
            user = make_user(role, area, username=f"{letter}-{standing}")
            if standing != "other":
                user.units.add(scene.unit)
            cast[letter, standing] = user
    return cast


def is_allowed(verb: str, letter: str, standing: str) -> bool:
    """What the table written by hand says of somebody."""
    _before, _after, anywhere, of_the_unit = WRITTEN[verb]
    if standing == "away":
        return False
    if of_the_unit == "not":
        return standing == "other" and letter in anywhere.split()
    return letter in anywhere.split() or (standing == "unit" and letter in of_the_unit.split())


def test_the_written_table_names_every_verb_and_leads_where_the_codes_does() -> None:
    assert {*WRITTEN, *REPORTING} == {verb.value for verb in Verb} == {verb.value for verb in TABLE}
    for verb, (before, after, _anywhere, _unit) in WRITTEN.items():
        transition = TABLE[Verb(verb)]
        assert {state.value for state in transition.before} == set(before.split()), verb
        assert (transition.after.value if transition.after else "—") == after, verb


class Undone(Exception):
    """Ends the transaction of what was allowed."""


def outcome(act: Act, user: User | Actor, case: Case) -> str:
    """What comes of a try, undone: `denied`, the fields that were refused, or the state it led to."""
    try:
        with transaction.atomic():
            act(user, case)
            found = Case.objects.values_list("state", flat=True).get(pk=case.pk)
            raise Undone
    except PermissionDenied:
        return "denied"
    except ValidationError as refused:
        return f"refused: {' '.join(refused.message_dict)}"
    except Undone:
        return str(found)


@pytest.mark.parametrize("verb", WRITTEN)
def test_every_state_role_and_standing(scene: Scene, verb: str) -> None:
    act, cast = acts(scene)[verb], cast_of(scene)
    before, after, _anywhere, _unit = WRITTEN[verb]
    left = before.split()
    for state in STATES:
        case = case_in(scene, state, verb)
        assert case.state == state
        for (letter, standing), user in cast.items():
            # Nobody is of the unit before there is one.
            as_if = standing if case.unit is not None or standing == "away" else "other"
            allowed = is_allowed(verb, letter, as_if)
            # Everybody tries in the first state that the verb leaves; elsewhere the question is who may, and three try.
            if state != left[0]:
                assert may(user, Verb(verb), case) is allowed, (state, letter, standing)
                if letter not in "AL" or standing == "away":
                    continue
            led_to = state if after == "—" else after
            wanted = ("refused: state" if state not in left else led_to) if allowed else "denied"
            assert outcome(act, user, case) == wanted, (state, letter, standing)


@pytest.mark.parametrize("verb", WRITTEN)
def test_a_link_of_the_unit_does_what_a_liaison_does_and_one_of_another_case_or_unit_nothing(
    scene: Scene, verb: str
) -> None:
    act = acts(scene)[verb]
    before, after, _anywhere, of_the_unit = WRITTEN[verb]
    for state in STATES:
        case = case_in(scene, state, verb)
        # Made for whoever had the case before; it is no other's because the state went on.
        for standing, its_case, its_unit in (
            ("unit", case, scene.unit),
            ("other unit", case, scene.other_unit),
            ("other case", scene.report(), scene.unit),
            ("revoked", case, scene.unit),
            ("expired", case, scene.unit),
        ):
            link = make_link(its_case, its_unit, standing)
            allowed = "L" in of_the_unit.split() and standing == "unit" and case.unit == scene.unit
            led_to = state if after == "—" else after
            wanted = ("refused: state" if state not in before.split() else led_to) if allowed else "denied"
            assert outcome(act, holder_of(link), case) == wanted, (state, standing)
            link.refresh_from_db()
            if link.revoked_at is None:
                CaseLink.objects.filter(pk=link.pk).update(revoked_at=timezone.now())


def make_link(case: Case, unit: Unit, standing: str) -> CaseLink:
    """A link as it stands."""
    now = timezone.now()
    return CaseLink.objects.create(
        case=case,
        unit=unit,
        digest=f"{case.pk}-{unit.pk}-{standing}",
        issued_at=now - timedelta(days=15 if standing == "expired" else 1),
        expires_at=now + timedelta(days=-1 if standing == "expired" else 13),
        revoked_at=now if standing == "revoked" else None,
    )


@pytest.mark.parametrize("verb", REPORTING)
def test_who_may_report(scene: Scene, verb: str) -> None:
    for (letter, standing), user in cast_of(scene).items():
        allowed = standing != "away" and letter in REPORTING[verb].split()
        with transaction.atomic():
            try:
                if verb == "report":
                    case = report_problem(
                        by(user), scene.category, Source.PATROL, asset=scene.asset, photos=[photo()]
                    )
                else:
                    case = report_fixed(
                        by(user),
                        scene.category,
                        Source.PATROL,
                        asset=scene.asset,
                        before=[photo(1)],
                        after=[photo(2)],
                    )
                found = case.state
            except PermissionDenied:
                found = "denied"
            transaction.set_rollback(True)
        led_to = "reported" if verb == "report" else "closed"
        assert found == (led_to if allowed else "denied"), (letter, standing)


@pytest.mark.parametrize("state", STATES)
def test_a_page_offers_what_the_table_allows(scene: Scene, state: str) -> None:
    case, cast = case_in(scene, state, ""), cast_of(scene)
    unasked = {"hold", "refuse_hold", "extend", "refuse_extension", "void", "refuse_void"}
    for (letter, standing), user in cast.items():
        as_if = standing if case.unit is not None or standing == "away" else "other"
        wanted = {
            verb
            for verb, (before, *_rest) in WRITTEN.items()
            if state in before.split() and is_allowed(verb, letter, as_if)
        }
        assert {verb.value for verb in verbs_for(user, case)} == wanted - unasked, (letter, standing)
