"""The demonstration's assessment: a scheme, and the sheets of the last months as the desk would have published them.

All numbers come from the demonstration's cases, inspections and answers; only scheme, bonuses and appeals are invented,
and say so. Each sheet is worked out as of the third day of the month after it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from accounts.models import User
from assets.history import Actor
from assets.models import Origin
from evaluation.assessment.actions.appeal_score import answer_appeal, appeal_score
from evaluation.assessment.actions.decide_list import decide_list
from evaluation.assessment.actions.give_bonus import give_bonus
from evaluation.assessment.actions.keep_scheme import keep_scheme
from evaluation.assessment.actions.publish_sheet import publish_sheet
from evaluation.assessment.forms import read_requests, request_lines
from evaluation.assessment.measuring import Period
from evaluation.assessment.scheme import Bonus, Scheme, StreetClass, usual_scheme
from evaluation.assessment.sheets import scheme_in_use, work_out
from evaluation.models import ListKind, ScoreScheme, ScoreSheet
from places.models import Area, Level
from web.months import before

MONTHS = 6
_ITSELF = Actor(None, Origin.COMMAND)


def make_sheets(district: Area, now: datetime, months: int = MONTHS) -> int:
    """Publish the months that have ended before `now` and are not published; returns how many sheets there are."""
    streets = list(
        Area.objects.filter(level=Level.STREET, code__startswith=district.code)
        .defer("boundary")
        .order_by("code")
    )
    desk = _actor("publicity")
    scheme = scheme_in_use(district) or _scheme(desk, district, streets)
    wanted = [before(timezone.localdate(now))]
    while len(wanted) < months:
        wanted.append(before(wanted[-1]))
    for month in reversed(wanted):
        if ScoreSheet.objects.filter(district=district, month=month).exists():
            continue
        period = Period.of(district, month, now)
        if month == wanted[1 % len(wanted)]:
            give_bonus(desk, streets[0], month, "media", Decimal(1), "省级媒体报道一次（演示）")
        at = min(period.end + timedelta(days=2, hours=10), now)
        told = work_out(scheme, month, at).told
        requests = read_requests(request_lines(told, timezone.localdate(at) + timedelta(days=14)))
        _decide(publish_sheet(desk, scheme, month, requests=requests, now=at), is_last=month == wanted[0])
    _appeals(district, streets)
    return ScoreSheet.objects.filter(district=district).count()


def demonstration_scheme(streets: Sequence[Area]) -> Scheme:
    """The usual weights; a case or two are enough in a demonstration, and inner streets are of a class of their own."""
    usual = usual_scheme()
    parts = tuple(
        replace(part, figures=tuple(replace(rule, fewest=1) for rule in part.figures))
        if part.code == "rectification"
        else part
        for part in usual.parts
    )
    inner = tuple(area.code for area in streets[: len(streets) // 2])
    outer = tuple(area.code for area in streets[len(streets) // 2 :])
    classes = (
        StreetClass("1", "一类街道", Decimal("1.00"), inner),
        StreetClass("2", "二类街道", Decimal("1.02"), outer),
    )
    bonuses = (
        Bonus("media", "省级以上媒体正面报道", Decimal(1), Decimal(3)),
        Bonus("late_report", "月报迟交", Decimal("-0.5"), Decimal(2)),
    )
    return replace(usual, parts=parts, classes=classes, bonuses=bonuses)


def _scheme(desk: Actor, district: Area, streets: Sequence[Area]) -> ScoreScheme:
    told = {
        "edition": "2026 演示",
        "name": "街道文明创建考核办法（演示）",
        "source": "演示数据，非正式文件",
        "draft": True,
        "active": True,
    }
    return keep_scheme(desk, district, demonstration_scheme(streets), told)


def _actor(username: str) -> Actor:
    user = User.objects.filter(username=username, is_active=True).first()
    return Actor(user, Origin.WEB) if user is not None else _ITSELF


def _decide(sheet: ScoreSheet, *, is_last: bool) -> None:
    """A leader approved them all, but for the last list of concern, which waits."""
    leader = _actor("leader")
    for street_list in sheet.lists.select_related("sheet__district"):
        if not (is_last and street_list.kind == ListKind.CONCERN):
            decide_list(leader, street_list, approved=True)


def _appeals(district: Area, streets: Sequence[Area]) -> None:
    """One that was upheld, and one that waits."""
    desk, street = _actor("publicity"), _actor("beiyuan")
    place = next((area for area in streets if area.code == "370105014"), streets[0])
    sheets = list(ScoreSheet.objects.filter(district=district, appeals=None).order_by("-month")[:2])
    if len(sheets) < 2 or street.user is None:
        return
    earlier = appeal_score(street, sheets[1], place, "两件案件属市政管养，已说明（演示）", figure="in_time")
    answer_appeal(desk, earlier, "情况属实，下月补记（演示）。", upheld=True, points=Decimal("0.5"))
    appeal_score(street, sheets[0], place, "一件案件因雨停工，请核实（演示）", figure="in_time")
