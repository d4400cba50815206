"""What the words of a file's scoring column mean: "count ≥ 3", "share ≥ 1/3", "≤ 15 min", "rate, target 100 %".

Handbooks in Chinese say the same in words (不少于3处, 每500米不少于1处, 占比不低于30%, 15分钟内, 知晓率≥90%).

Words that fit no pattern leave the item to the evaluator (conforms or not), and the report of the import names them.
Pure: it looks into no database.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from evaluation.models import AnswerKind, Direction

USUAL_ASKED = 10
_NUMBER = r"(\d+(?:\.\d+)?)"


@dataclass(frozen=True)
class Rule:
    """How an item is answered.

    Attributes:
        understood: whether the words said so; else it was left to the evaluator.
    """

    answer: AnswerKind
    threshold: Decimal | None = None
    direction: Direction = Direction.AT_LEAST
    asked: int | None = None
    metres: int | None = None
    minutes: int | None = None
    critical: bool = False
    understood: bool = True


_BINARY = re.compile(
    r"^(符合/不符合|conforms?\b|binary|not counted if temporary|each present|every side|scope)"
)
_PER_METRES = re.compile(rf"^count ≥ {_NUMBER} per (\d+) m$")
_COUNT = re.compile(rf"^(?:count|forms) ≥ {_NUMBER}$")
_SEVERAL_COUNTS = re.compile(rf"^count ≥ {_NUMBER} (?:each|/)")
_SHARE = re.compile(rf"^(?:share|rate) ≥ {_NUMBER} ?%$")
_FRACTION = re.compile(r"^(?:share ≥ )?(\d+)(?:/| in )(\d+)$")
_RATE = re.compile(rf"^rate, target {_NUMBER} ?%$")
_WITHIN = re.compile(rf"^(?:time limit |≤ ){_NUMBER} ?(min|h)\b")
_OVER_MINUTES = re.compile(r"^count(?:ed)? over (\d+) minutes$")
_PARTS = re.compile(r"^(\d+) (?:parts|kinds)$")
_ONE_FAILS = "one finding fails the item"
_ALSO_COUNTED = re.compile(rf"; count ≥ {_NUMBER}$")
_WALK = re.compile(r"(?:walk|步行|沿路|走) ?(?:\d+ × )?(\d+) ?(?:m\b|米)")
_IN_MINUTES = re.compile(r"(\d+) ?(?:minutes\b|分钟)")

# What Chinese handbooks write, whole, and how the patterns above have it.
_AT_LEAST, _AT_MOST = "(?:应?不少于|应?不低于|至少|不小于|应?达到|≥|>=)", "(?:应?不超过|不多于|不大于|≤|<=)"
_PIECES = "(?:处|个|块|幅|条|面|种|类|件|组|盏|辆|名|人)"
_IN_CHINESE = tuple(
    (re.compile(pattern), noted)
    for pattern, noted in (
        (r"(?:是/否|合格/不合格|达标/不达标|有/无)", r"符合/不符合"),
        (
            rf"(?:发现|出现|有)?(?:一|1){_PIECES}(?:问题|不符合|不合格|错误)?即?(?:为|判为?)?(?:不符合|不合格|不达标|不得分)",
            _ONE_FAILS,
        ),
        (rf"每(\d+)米(?:内|范围内)?(?:设置|张贴)?{_AT_LEAST}{_NUMBER}{_PIECES}", r"count ≥ \2 per \1 m"),
        (rf"(?:数量|总数)?{_AT_LEAST}{_NUMBER}{_PIECES}", r"count ≥ \1"),
        (rf"{_NUMBER}{_PIECES}(?:及|或)?以上", r"count ≥ \1"),
        (
            rf"(?:知晓率|满意度|满意率|支持率|参与率|认可度|知晓度){_AT_LEAST}{_NUMBER}[%％](?:以上)?",
            r"rate, target \1 %",
        ),
        (rf"(?:占比|比例|比率|覆盖率|完好率|达标率|合格率)?{_AT_LEAST}{_NUMBER}[%％]", r"share ≥ \1 %"),
        (rf"(?:占比|比例|覆盖率)?{_AT_LEAST}(?:三分之一|1/3)", r"1/3"),
        (rf"{_AT_MOST}{_NUMBER}分钟", r"≤ \1 min"),
        (rf"{_NUMBER}分钟(?:之|以)?内", r"≤ \1 min"),
        (rf"{_AT_MOST}{_NUMBER}小时", r"≤ \1 h"),
        (rf"{_NUMBER}小时(?:之|以)?内", r"≤ \1 h"),
    )
)


def rule_of(scoring: str, how: str = "") -> Rule:
    """The rule that a file's words mean, with the window that its way of checking names."""
    words = _noted(scoring.strip())
    found = _rule(words)
    walked, timed = _WALK.search(how), _IN_MINUTES.search(how)
    return Rule(
        found.answer,
        found.threshold,
        found.direction,
        found.asked,
        found.metres or (int(walked[1]) if walked else None),
        found.minutes or (int(timed[1]) if timed else None),
        found.critical,
        found.understood,
    )


def _noted(words: str) -> str:
    """Chinese words as the patterns have them; other words as they are."""
    close = re.sub(r"\s", "", words).rstrip("。；;.")
    for pattern, noted in _IN_CHINESE:
        if found := pattern.fullmatch(close):
            return found.expand(noted)
    return words


def _rule(words: str) -> Rule:
    if not words:
        return Rule(AnswerKind.CONFORM, understood=False)
    if words == _ONE_FAILS or "any one of the list" in words:
        return Rule(AnswerKind.CONFORM)
    if also := _ALSO_COUNTED.search(words):
        return Rule(AnswerKind.COUNT, Decimal(also[1]))
    if _BINARY.match(words):
        return Rule(AnswerKind.CONFORM)
    if per := _PER_METRES.match(words):
        return Rule(AnswerKind.COUNT, Decimal(per[1]), metres=int(per[2]))
    if (count := _COUNT.match(words)) or (count := _PARTS.match(words)):
        return Rule(AnswerKind.COUNT, Decimal(count[1]))
    if share := _SHARE.match(words):
        return Rule(AnswerKind.SHARE, Decimal(share[1]))
    if part := _FRACTION.match(words):
        percent = Fraction(int(part[1]) * 100, int(part[2]))
        return Rule(AnswerKind.SHARE, round(Decimal(percent.numerator) / percent.denominator, 2))
    if rate := _RATE.match(words):
        wanted = Decimal(rate[1]) * USUAL_ASKED / 100
        return Rule(AnswerKind.ASK, wanted, asked=USUAL_ASKED)
    if words == "asked on the spot":
        return Rule(AnswerKind.ASK, Decimal(USUAL_ASKED), asked=USUAL_ASKED)
    if within := _WITHIN.match(words):
        minutes = Decimal(within[1]) * (60 if within[2] == "h" else 1)
        return Rule(AnswerKind.MINUTES, minutes, Direction.AT_MOST)
    if over := _OVER_MINUTES.match(words):
        return Rule(AnswerKind.COUNT, minutes=int(over[1]))
    # Of several numbers the first is a rule and the rest is the evaluator's; a bare "counted" has no threshold.
    if several := _SEVERAL_COUNTS.match(words):
        return Rule(AnswerKind.COUNT, Decimal(several[1]), understood=False)
    if words.startswith(("counted", "counts", "count ")):
        return Rule(AnswerKind.COUNT, understood=False)
    return Rule(AnswerKind.CONFORM, understood=False)
