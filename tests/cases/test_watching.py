"""Cards, urging and the end of holds: each once, whenever and however often the worker looks."""

from decimal import Decimal

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from cases.actions.dispatch_case import accept_case
from cases.actions.extend_case import ask_extension, extend_case
from cases.actions.hold_case import ask_hold, hold_case
from cases.actions.stepping import take_step
from cases.models import Card, CardKind, CaseStep, ClockMove, MoveKind, State, Verb
from cases.tasks import watch
from cases.watching import look
from tests.cases.conftest import COMMAND, Scene, by, moment

pytestmark = pytest.mark.django_db


def cards() -> list[str]:
    return list(Card.objects.order_by("id").values_list("kind", flat=True))


def test_each_card_falls_once_at_its_time(scene: Scene) -> None:
    scene.dispatch()  # Monday 10:00, two working days: Wednesday 17:30; to accept by 15:30
    for at, expected in (
        ("2026-03-02 15:29", []),
        ("2026-03-02 15:30", [CardKind.ACCEPTANCE]),
        ("2026-03-03 17:29", [CardKind.ACCEPTANCE]),
        ("2026-03-03 17:30", [CardKind.ACCEPTANCE, CardKind.YELLOW]),
        ("2026-03-05 08:29", [CardKind.ACCEPTANCE, CardKind.YELLOW]),
        ("2026-03-05 08:30", [CardKind.ACCEPTANCE, CardKind.YELLOW, CardKind.RED]),
        ("2026-03-05 08:35", [CardKind.ACCEPTANCE, CardKind.YELLOW, CardKind.RED]),
        ("2026-04-01 08:30", [CardKind.ACCEPTANCE, CardKind.YELLOW, CardKind.RED]),
    ):
        look(moment(at))
        assert cards() == expected, at


def test_a_red_card_urges_once_whoever_answers_for_the_case(scene: Scene) -> None:
    case = scene.accept()
    for _ in range(3):
        look(moment("2026-03-05 09:00"))
    urging = CaseStep.objects.get(verb=Verb.URGE)
    assert (urging.case, urging.actor, urging.person) == (case, None, "王师傅")
    assert urging.until == moment("2026-03-06 17:30")
    assert "2026-03-04 17:30" in urging.reason
    assert Card.objects.get(kind=CardKind.RED).urging == urging


def test_what_is_accepted_put_right_or_on_hold_gets_no_card(scene: Scene) -> None:
    scene.fix()
    held = scene.accept()
    ask_hold(by(scene.liaison), held, "rain", moment("2026-03-20 09:00"), at=moment("2026-03-02 11:00"))
    hold_case(by(scene.desk), held, at=moment("2026-03-02 11:30"))
    look(moment("2026-03-06 09:00"))
    assert cards() == []


def test_a_date_that_moved_has_its_cards_once_more(scene: Scene) -> None:
    case = scene.accept()
    look(moment("2026-03-03 17:30"))
    ask_extension(by(scene.liaison), case, "paint", Decimal(3), at=moment("2026-03-04 09:00"))
    extend_case(by(scene.desk), case, at=moment("2026-03-04 10:00"))
    look(moment("2026-03-05 09:00"))
    assert cards() == [CardKind.YELLOW]
    look(moment("2026-03-06 17:30"))
    assert cards() == [CardKind.YELLOW, CardKind.YELLOW]


def test_a_hold_ends_when_it_was_to_however_late_that_is_noticed(scene: Scene) -> None:
    case = scene.accept()
    ask_hold(by(scene.liaison), case, "rain", moment("2026-03-04 09:00"), at=moment("2026-03-02 11:00"))
    hold_case(by(scene.desk), case, at=moment("2026-03-02 11:30"))
    assert look(moment("2026-03-04 08:59")) == 0
    look(moment("2026-03-04 13:00"))
    case.refresh_from_db()
    step = case.steps.last()
    assert (case.state, step.verb, step.at) == (State.IN_HAND, Verb.RESUME, moment("2026-03-04 09:00"))
    move = ClockMove.objects.get(kind=MoveKind.HOLD)
    assert move.due_at == moment("2026-03-06 17:30")  # the closes of Monday and Tuesday
    assert look(moment("2026-03-04 13:05")) == 0


def test_steps_taken_after_a_hold_was_to_end_keep_their_order(scene: Scene) -> None:
    case = scene.accept()
    ask_hold(by(scene.liaison), case, "rain", moment("2026-03-04 09:00"), at=moment("2026-03-02 11:00"))
    case = hold_case(by(scene.desk), case, at=moment("2026-03-02 11:30"))
    take_step(COMMAND, case, Verb.URGE, moment("2026-03-04 10:00"))
    look(moment("2026-03-04 13:00"))
    assert case.steps.last().at == moment("2026-03-04 10:00")


def test_acceptance_meanwhile_saves_from_the_card(scene: Scene) -> None:
    case = scene.dispatch()
    accept_case(by(scene.liaison), case, at=moment("2026-03-02 15:29"))
    look(moment("2026-03-02 16:00"))
    assert cards() == []


def test_one_look_waits_in_the_queue(scene: Scene) -> None:
    for _ in range(2):
        watch.func()
    waiting = DBTaskResult.objects.get(task_path=watch.module_path)
    assert waiting.run_after > timezone.now()
