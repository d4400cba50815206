"""The demonstration's cases: invented problems on its assets, carried on by the actions as people would.

The same count, seed and moment give the same cases. Patrol and desk act as the demonstration's accounts where these are
there; units, most of which have no account, by the command.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache

import numpy as np
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Min
from django.utils import timezone
from PIL import Image, ImageDraw

from accounts.models import User
from assets.history import Actor
from assets.models import Asset, Origin
from assets.photos import StoredPhoto, keep_drawing
from cases.actions.dispatch_case import accept_case, dispatch_case, return_case
from cases.actions.extend_case import ask_extension, extend_case
from cases.actions.file_case import file_case, merge_case, reject_case
from cases.actions.fix_case import fix_case, reject_fix, reopen_case, verify_fix
from cases.actions.hold_case import ask_hold, hold_case, resume_case
from cases.actions.report_problem import report_fixed, report_problem
from cases.actions.urge_case import answer_urge, urge_case
from cases.actions.void_case import ask_void, void_case
from cases.calendars import the_calendar
from cases.deadlines import Calendar
from cases.models import Case, CaseCategory, Source
from cases.proposing import propose

PERIOD = timedelta(days=365)
# Of asset cases: two thirds damage or dirt, a seventh wording, a fifth unlit.
MIX = {
    "damaged": 0.34,
    "soiled": 0.20,
    "covered_other": 0.06,
    "loose": 0.06,
    "wrong_wording": 0.09,
    "outdated": 0.05,
    "unlit": 0.20,
}
SOURCES = {
    Source.PATROL: 0.46,
    Source.PHOTO_TEAM: 0.18,
    Source.GRID_OFFICER: 0.16,
    Source.RESIDENT: 0.10,
    Source.HOTLINE: 0.06,
    Source.LEADER: 0.04,
}
WORDS = {
    "damaged": ("画面破损，左下角脱落", "边框锈蚀，画面褪色", "面板开裂"),
    "soiled": ("画面积灰严重", "有泥点，看不清文字", "被涂画"),
    "covered_other": ("被小广告覆盖", "贴有多张小广告"),
    "loose": ("底座松动，有倾斜", "固定件松动"),
    "wrong_wording": ("“诚信”缺一字", "文字缺笔画", "拼音有误"),
    "outdated": ("仍为去年的活动内容", "日期已过"),
    "unlit": ("夜间不亮", "灯箱半边不亮"),
}
_ITSELF = Actor(None, Origin.COMMAND)
Progress = Callable[[int], object]


@dataclass
class _Story:
    """One case in the making: its own clock, which only goes forward and never passes the present."""

    rng: np.random.Generator
    calendar: Calendar
    now: datetime
    at: datetime

    def later(self, hours: float, spread: float = 0.6) -> datetime:
        """Some working hours later, more or less; the moment becomes the story's own."""
        hours *= float(self.rng.uniform(1 - spread, 1 + spread))
        self.at = self.calendar.after(self.at, timedelta(minutes=max(1, round(hours * 60))))
        if self.at > self.now:
            raise _NotYet
        return self.at

    def happens(self, share: float) -> bool:
        """Whether something comes about that does so in this share of cases."""
        return bool(self.rng.random() < share)


@dataclass(frozen=True)
class Cast:
    """Who acts: accounts of the demonstration, or the command where they are missing."""

    patrol: Actor
    desk: Actor


def _actor(username: str) -> Actor:
    user = User.objects.filter(username=username, is_active=True).first()
    return Actor(user, Origin.WEB) if user is not None else _ITSELF


class _NotYet(Exception):
    """The story's next step lies in the future."""


class NoDemonstration(Exception):
    """There are no assets of the demonstration, or no categories."""


def make_cases(count: int, seed: int, now: datetime, progress: Progress = lambda done: None) -> int:
    """Make so many cases over the last year; returns how many there are then.

    Raises:
        NoDemonstration: assets or categories are missing.
    """
    rng = np.random.default_rng([seed, 77])
    categories = {category.code: category for category in CaseCategory.objects.filter(code__in=MIX)}
    keys = Asset.objects.filter(lifecycle="in_use").aggregate(first=Min("pk"), last=Max("pk"))
    if keys["first"] is None or len(categories) < len(MIX):
        raise NoDemonstration
    calendar = the_calendar()
    kept_in = str(settings.MEDIA_ROOT)
    before, after = _pictures(("#8a5a44", "#5d6d7e"), kept_in), _pictures(("#2e7d5b", "#1f5fa8"), kept_in)
    # What is open is of the last days; the rest is spread over the year.
    moments = sorted(now - PERIOD * float(share**1.6) - timedelta(minutes=5) for share in rng.random(count))
    cast = Cast(_actor("patrol"), _actor("publicity"))
    for number, moment in enumerate(moments, 1):
        story = _Story(np.random.default_rng([seed, 78, number]), calendar, now, _by_day(moment, now))
        asset = _one_from(int(rng.integers(keys["first"], keys["last"] + 1)))
        code = str(story.rng.choice(list(MIX), p=list(MIX.values())))
        with transaction.atomic():
            _tell(story, cast, asset, categories[code], before, after)
        progress(1)
    return Case.objects.count()


def _one_from(key: int) -> Asset:
    """The first asset in use from a key on: there is one up to the last key."""
    found = Asset.objects.filter(lifecycle="in_use", pk__gte=key).order_by("pk")
    return found.select_related("area").defer("area__boundary")[0]


def _by_day(moment: datetime, now: datetime) -> datetime:
    """The same day between eight and six, when people are out; the order of the day stays."""
    local = timezone.localtime(moment)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return min(midnight + timedelta(hours=8) + (local - midnight) * (10 / 24), now - timedelta(minutes=5))


def _tell(
    story: _Story,
    cast: Cast,
    asset: Asset,
    category: CaseCategory,
    before: list[StoredPhoto],
    after: list[StoredPhoto],
) -> None:
    """One case as far as it has come."""
    rng = story.rng
    source = Source(str(rng.choice([source.value for source in SOURCES], p=list(SOURCES.values()))))
    words = str(rng.choice(WORDS[category.code]))
    shot, shown = before[int(rng.integers(len(before)))], after[int(rng.integers(len(after)))]
    if source in (Source.PATROL, Source.GRID_OFFICER) and story.happens(0.12):
        report_fixed(
            cast.patrol,
            category,
            source,
            asset=asset,
            before=[_taken(shot, story.at)],
            after=[_taken(shown, story.at)],
            description=words,
            at=story.at,
            drawn=True,
        )
        return
    case = report_problem(
        cast.patrol,
        category,
        source,
        asset=asset,
        description=words,
        photos=[_taken(shot, story.at)],
        at=story.at,
        drawn=True,
    )
    try:
        _carry_on(story, cast, case, shown)
    except (_NotYet, ValidationError):
        return  # that is how far it has come


def _carry_on(story: _Story, cast: Cast, case: Case, shown: StoredPhoto) -> None:
    if story.happens(0.05):
        reject_case(cast.desk, case, "现场未发现所述问题", at=story.later(2))
        return
    other = Case.objects.filter(asset=case.asset, state="dispatched").exclude(pk=case.pk).first()
    if other is not None and story.happens(0.5):
        merge_case(cast.desk, case, other, at=story.later(2))
        return
    case = file_case(cast.desk, case, at=story.later(1.5))
    if story.happens(0.01):
        ask_void(cast.desk, case, "测试数据", at=story.later(1))
        void_case(_ITSELF, case, at=story.later(2))
        return
    found = propose(case)
    if found is None:
        return
    person = found.person or "值班员"
    case = dispatch_case(cast.desk, case, found.unit, found.why, person=person, at=story.later(1))
    if story.happens(0.06):
        return_case(_ITSELF, case, "不属于本单位养护范围", "街道办事处", at=story.later(4))
        case = dispatch_case(
            cast.desk, case, found.unit, "经核实仍属该单位", person=person, at=story.later(3)
        )
    case = accept_case(_ITSELF, case, at=story.later(2, 0.95))
    if story.happens(0.07):
        ask_hold(_ITSELF, case, "连续降雨，无法施工", story.at + timedelta(days=6), at=story.later(4))
        hold_case(cast.desk, case, at=story.later(2))
        resume_case(cast.desk, case, at=story.later(22))
    if story.happens(0.08):
        ask_extension(_ITSELF, case, "定制画面尚未到货", Decimal(2), at=story.later(1))
        extend_case(cast.desk, case, at=story.later(2))
    if story.happens(0.06):
        by = story.calendar.after(story.at, timedelta(hours=12))
        urge_case(cast.desk, case, "请加快处置", answer_by=by, at=story.later(1))
        answer_urge(_ITSELF, case, "已安排人员，明日完成", at=story.later(4))
    _put_right(story, cast, case, shown)


def _put_right(story: _Story, cast: Cast, case: Case, shown: StoredPhoto) -> None:
    """Until somebody finds it good; most in time, some late, some twice."""
    days = {"clock_hours": 0.2, "working_hours": 0.5}.get(case.category.rule.handle_unit)
    allowed = 7.5 * (days or float(case.category.rule.handle_limit))
    case = _fixed(case, shown, "已处置", story.later(allowed * 0.62, 0.9))
    if story.happens(0.09):
        reject_fix(cast.patrol, case, "仍有残留，未处置到位", seen=True, at=story.later(4))
        case = _fixed(case, shown, "重新处置", story.later(5))
    case = verify_fix(cast.patrol, case, seen=True, note="现场核查合格", at=story.later(4))
    if story.happens(0.03):
        case = reopen_case(cast.patrol, case, "同一位置再次出现", at=story.later(20))
        case = _fixed(case, shown, "已处置", story.later(8))
        verify_fix(cast.patrol, case, seen=True, at=story.later(4))


def _fixed(case: Case, shown: StoredPhoto, note: str, at: datetime) -> Case:
    return fix_case(_ITSELF, case, [_taken(shown, at)], note=note, at=at, drawn=True)


def _taken(picture: StoredPhoto, at: datetime) -> StoredPhoto:
    """A drawn picture as if a camera had taken it then: before and after stand months apart, as their case does."""
    return replace(picture, taken_at=at)


@lru_cache(maxsize=4)
def _pictures(colours: tuple[str, ...], kept_in: str) -> list[StoredPhoto]:
    """A few drawn pictures, which many cases share; stored once in a folder, since cases are made a few at a time."""
    stored = []
    for place, colour in enumerate(colours):
        picture = Image.new("RGB", (720, 540), "#d9dee3")
        draw = ImageDraw.Draw(picture)
        draw.rectangle((0, 420, 720, 540), fill="#9aa5b1")
        draw.rectangle((150, 130, 570, 340), fill=colour)
        draw.rectangle((190 + 40 * place, 180, 530, 200), fill="#f4f1e6")
        draw.rectangle((190, 240, 470, 256), fill="#f4f1e6")
        draw.rectangle((340, 340, 380, 430), fill="#6d7985")
        stored.append(keep_drawing(picture))
    return stored
