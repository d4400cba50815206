"""Whether an answer conforms: the one rule, for the server.

Pure: it looks into no database. The phone has it too (`field/static/field/js/down/judging.js`); the two are held
together by one table of examples (`tests/evaluation/judging.json`).
"""

from decimal import Decimal

from evaluation.models import Answer, AnswerKind, Direction


def judge(
    kind: AnswerKind | str, threshold: Decimal | None, direction: Direction | str, value: Decimal
) -> Answer | None:
    """What a value means; None when the item leaves that to the evaluator.

    Args:
        value: a count, per cent, minutes, or how many of those asked knew.
    """
    if kind == AnswerKind.CONFORM or threshold is None:
        return None
    conforms = value <= threshold if direction == Direction.AT_MOST else value >= threshold
    return Answer.YES if conforms else Answer.NO
