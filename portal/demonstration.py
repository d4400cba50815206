"""The demonstration's residents: invented answers, praise, suggestions and reports, marked as invented, and some pairs.

The same count, seed and moment give the same answers. Nothing here depends on `PUBLIC_REPORTS`: the desk's pages show
it all, and the public pages do as soon as the operator opens them.
"""

from datetime import datetime, timedelta
from uuid import uuid4

import numpy as np
from django.db import transaction

from accounts.models import User
from accounts.tokens import digest_of
from assets.history import Actor, acting
from assets.models import Asset, Lifecycle, Origin, PhotoStage
from cases.actions.report_problem import report_problem
from cases.models import Case, CaseCategory, Source, State
from portal.actions.publish_pair import publish_pair, redact_photo
from portal.models import About, RemarkKind, ResidentAnswer, ResidentRemark, ResidentReport, Satisfied
from portal.residents.tracking import code_of

PERIOD = timedelta(days=120)
REPORTS, REMARKS, PAIRS = 8, 24, 6
_SHARES = {Satisfied.YES: 0.62, Satisfied.FAIRLY: 0.25, Satisfied.NO: 0.13}
_WORDS = {
    Satisfied.YES: ("画面很漂亮", "干净整洁", "内容贴近生活", "孩子很喜欢"),
    Satisfied.FAIRLY: ("字有点小", "有些旧了", "晚上看不清", "可以多换换内容"),
    Satisfied.NO: ("脏了很久没人擦", "画面褪色", "挡住盲道了", "内容过时"),
}
_ABOUT = {
    Satisfied.YES: (About.CONTENT, About.LOOKS),
    Satisfied.FAIRLY: (About.LOOKS, About.STATE, About.OTHER),
    Satisfied.NO: (About.STATE, About.PLACE, About.CONTENT),
}
_REMARKS = {
    RemarkKind.PRAISE: ("上次反映的破损很快修好了，点赞", "志愿者擦洗得很干净", "新换的公益广告很有泉城特色"),
    RemarkKind.SUGGESTION: (
        "建议在公交站增加垃圾分类宣传",
        "建议夜间照明再亮一些",
        "建议增加关爱老年人的内容",
    ),
}
_REPORTS = ("宣传栏玻璃裂了", "贴满小广告", "灯箱晚上不亮", "展板歪了，怕砸到人", "字掉了一个")
_ITSELF = Actor(None, Origin.COMMAND)


def make_residents(count: int, seed: int, now: datetime) -> dict[str, int]:
    """Make so many answers, and some of the rest; returns how many of each there are then."""
    rng = np.random.default_rng([seed, 91])
    keys = list(Asset.objects.filter(lifecycle=Lifecycle.IN_USE).order_by("pk").values_list("pk", flat=True))
    with transaction.atomic():
        _answers(rng, keys, count, now)
        _remarks(rng, keys, now)
        _reports(rng, keys, now)
        _followed(rng)
        _pairs()
    return {
        "answers": ResidentAnswer.objects.count(),
        "remarks": ResidentRemark.objects.count(),
        "reports": ResidentReport.objects.count(),
    }


def _some_assets(rng: np.random.Generator, keys: list[int], count: int) -> list[Asset]:
    """Mostly from the same few plates: people answer where they wait."""
    busy = rng.choice(keys, size=min(len(keys), max(1, count // 4)))
    drawn_keys = [int(key) for key in rng.choice(busy, size=count)]
    found = Asset.objects.select_related("area").defer("area__boundary", "footprint").in_bulk(set(drawn_keys))
    return [found[key] for key in drawn_keys]


def _moment(rng: np.random.Generator, now: datetime) -> datetime:
    return now - PERIOD * float(rng.random()) - timedelta(minutes=5)


def _answers(rng: np.random.Generator, keys: list[int], count: int, now: datetime) -> None:
    made = []
    for asset in _some_assets(rng, keys, count):
        answer = Satisfied(str(rng.choice([verdict.value for verdict in _SHARES], p=list(_SHARES.values()))))
        at = _moment(rng, now)
        more = rng.random() < 0.3
        made.append(
            ResidentAnswer(
                asset=asset,
                scope_code=asset.scope_code,
                street_id=asset.street_id,
                answer=answer,
                at=at,
                about=str(rng.choice(_ABOUT[answer])) if more else "",
                words=str(rng.choice(_WORDS[answer])) if more else "",
                followed_at=at if more else None,
                invented=True,
            )
        )
    with acting(_ITSELF):
        ResidentAnswer.objects.bulk_create(made)


def _remarks(rng: np.random.Generator, keys: list[int], now: datetime) -> None:
    made = []
    for asset in _some_assets(rng, keys, REMARKS):
        kind = RemarkKind(str(rng.choice(RemarkKind.values)))
        made.append(
            ResidentRemark(
                asset=asset,
                scope_code=asset.scope_code,
                street_id=asset.street_id,
                kind=kind,
                words=str(rng.choice(_REMARKS[kind])),
                at=_moment(rng, now),
                invented=True,
            )
        )
    with acting(_ITSELF):
        ResidentRemark.objects.bulk_create(made)


def _reports(rng: np.random.Generator, keys: list[int], now: datetime) -> None:
    """Fresh ones, which wait in the desk's inbox."""
    categories = list(CaseCategory.objects.filter(active=True).order_by("pk"))
    for number, asset in enumerate(_some_assets(rng, keys, REPORTS if categories else 0)):
        with acting(_ITSELF):
            case = report_problem(
                _ITSELF,
                categories[int(rng.integers(len(categories)))],
                Source.RESIDENT,
                asset=asset,
                description=f"{rng.choice(_REPORTS)}（演示）",
                at=now - timedelta(minutes=20 * (number + 1)),
            )
            ResidentReport.objects.create(case=case, digest=digest_of(code_of(uuid4())))


def _followed(rng: np.random.Generator) -> None:
    """Earlier cases of residents, some with what they said afterwards."""
    earlier = Case.objects.filter(source=Source.RESIDENT, resident_report=None).order_by("pk")[:40]
    with acting(_ITSELF):
        for case in earlier:
            says = bool(rng.random() < 0.85) if case.state == State.CLOSED and rng.random() < 0.6 else None
            ResidentReport.objects.create(case=case, digest=digest_of(code_of(uuid4())), solved=says)


def _pairs() -> None:
    """A few closed cases, their drawn photos covered at one corner, shown to everybody."""
    user = User.objects.filter(username="publicity", is_active=True).first()
    actor = Actor(user, Origin.WEB) if user is not None else _ITSELF
    closed = Case.objects.filter(state=State.CLOSED, photos__stage=PhotoStage.AFTER, published_pairs=None)
    for case in closed.select_related("area", "category").distinct().order_by("-pk")[:PAIRS]:
        photos = list(case.photos.select_related("case__area").order_by("id"))
        before = next((photo for photo in photos if photo.stage == PhotoStage.BEFORE), None)
        if before is None:
            continue
        after = [photo for photo in photos if photo.stage == PhotoStage.AFTER][-1]
        copies = [redact_photo(actor, photo, [[0.05, 0.8, 0.2, 0.95]]) for photo in (before, after)]
        words = f"{case.category.name_zh}：已整改（演示）"
        publish_pair(actor, case, copies[0], copies[1], words, looked_at=True)
