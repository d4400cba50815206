"""Two at the same moment: a case takes each step once, and each card is given once."""

from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError

from cases.actions.file_case import file_case
from cases.models import Card, CardKind, Case, CaseStep, Verb
from cases.watching import look
from tests.at_once import at_once
from tests.cases.conftest import Scene, by, moment


def outcome(act: Callable[[], object]) -> Callable[[], str]:
    def told() -> str:
        try:
            act()
            return "done"
        except ValidationError as refused:
            return " ".join(refused.message_dict)

    return told


@pytest.mark.django_db(transaction=True)
def test_two_people_and_two_workers_do_each_thing_once(scene: Scene) -> None:
    case = scene.report()
    told = at_once(
        outcome(lambda: file_case(by(scene.desk), case)), outcome(lambda: file_case(by(scene.second), case))
    )
    assert sorted(told) == ["done", "state"]
    scene.dispatch()
    at_once(*[lambda: look(moment("2026-03-05 09:00"))] * 3)
    assert sorted(Card.objects.values_list("kind", flat=True)) == sorted(CardKind.values)
    assert CaseStep.objects.filter(verb=Verb.URGE).count() == 1
    numbers = at_once(*[lambda: scene.report().code] * 3)
    assert len(set(numbers)) == 3
    assert Case.objects.count() == 5
