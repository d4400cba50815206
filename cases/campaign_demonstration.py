"""The demonstration's campaigns, media pieces and exposures: all invented, and marked so where a reader could doubt it.

Three campaigns with targets by street, which some of the demonstration's cases, patrols and jobs belong to; 480 pieces
in the five columns; exposures in every state. The same cases, seed and day give the same.
"""

from datetime import date, datetime, timedelta

import numpy as np
from django.utils import timezone

from accounts.models import User
from assets.history import Actor, acting
from assets.models import (
    STANDING,
    Approval,
    Artwork,
    Asset,
    Campaign,
    CampaignKind,
    CampaignTarget,
    Maintenance,
    Origin,
)
from cases.models import (
    Case,
    ExposedCase,
    Exposure,
    LookAgain,
    LookResult,
    MediaColumn,
    MediaPiece,
    Patrol,
    State,
)
from places.models import Area, Level

DISTRICT = "370105"
PIECES = 480
EXPOSURES = 8
_ITSELF = Actor(None, Origin.COMMAND)
OUTLETS = (
    "天桥融媒（演示）",
    "泉城日报（演示）",
    "鹊华广播（演示）",
    "黄河岸视频号（演示）",
    "文明天桥公众号（演示）",
)
_WORDS = {
    "civilised_district": ("{street}：公益广告焕新颜", "{street}把文明画在墙上", "{street}文明创建进行时"),
    "street_scenes": ("{street}背街小巷变了样", "{street}：老墙面上的新风景", "走进{street}的口袋公园"),
    "volunteers": ("{street}志愿者擦亮宣传栏", "周末里的{street}红马甲", "{street}巡访团走街串巷"),
    "our_festivals": ("{street}：我们的节日·邻里一家亲", "{street}里的中秋味道", "{street}：书香伴端午"),
    "model_citizens": ("{street}好邻居的一天", "{street}：楼道长的三本账", "{street}的热心肠"),
}
# Code, names, kind, days from today to beginning and end, share of cases and patrols, what of cases belongs to it.
CAMPAIGNS = (
    ("clean-home", "清洁家园专项行动（演示）", "Clean home (invented)", CampaignKind.SPECIAL_ACTION, -60, 20),
    ("our-festivals", "我们的节日（演示）", "Our festivals (invented)", CampaignKind.THEME, -25, 12),
    ("civilised-table", "文明餐桌（演示）", "Civilised table (invented)", CampaignKind.THEME, -200, -110),
)


class NoCampaignCases(Exception):
    """There is no district, or there are no cases or columns of the demonstration."""


def make_campaigns(seed: int, now: datetime) -> dict[str, int]:
    """Make campaigns, pieces and exposures; returns how many of each there are then.

    Raises:
        NoCampaignCases: there is nothing yet that could belong to one.
    """
    district = Area.objects.filter(code=DISTRICT).first()
    columns = list(MediaColumn.objects.all())
    if district is None or not columns or not Case.objects.exists():
        raise NoCampaignCases
    rng = np.random.default_rng([seed, 137])
    streets = list(
        Area.objects.filter(parent=district, level=Level.STREET).defer("boundary").order_by("code")
    )
    today = timezone.localdate(now)
    with acting(_ITSELF):
        campaigns = [_campaign(district, today, *told) for told in CAMPAIGNS]
        for campaign in campaigns:
            _let_join(campaign, rng)
        _festival(campaigns[1], today)
        _targets(campaigns, streets)
        _close(campaigns[2], now)
        _media(rng, district, streets, columns, campaigns, today)
        _exposures(district, campaigns[0], now)
    return {
        "campaigns": Campaign.objects.count(),
        "pieces": MediaPiece.objects.count(),
        "exposures": Exposure.objects.count(),
    }


def _campaign(
    district: Area, today: date, code: str, zh: str, en: str, kind: CampaignKind, first: int, last: int
) -> Campaign:
    return Campaign.objects.create(
        code=code,
        name_zh=zh,
        name_en=en,
        kind=kind,
        area=district,
        begins_on=today + timedelta(days=first),
        ends_on=today + timedelta(days=last),
        words="演示数据：虚构的专项行动。",
        document="演示〔2026〕0号",
    )


def _let_join(campaign: Campaign, rng: np.random.Generator) -> None:
    """Some of the cases, patrols and jobs of its days."""
    begin, end = campaign.begins_on, campaign.ends_on
    free_cases = Case.objects.filter(campaign=None, reported_at__date__range=(begin, end)).exclude(
        state=State.DRAFT
    )
    free_patrols = Patrol.objects.filter(campaign=None, planned_for__date__range=(begin, end))
    free_jobs = Maintenance.objects.filter(campaign=None, due_on__range=(begin, end))
    for model, free, share in (
        (Case, free_cases, 0.4),
        (Patrol, free_patrols, 0.5),
        (Maintenance, free_jobs, 0.3),
    ):
        keys = [key for key in free.order_by("pk").values_list("pk", flat=True) if rng.random() < share]
        model.objects.filter(pk__in=keys).update(campaign=campaign)


def _festival(campaign: Campaign, today: date) -> None:
    """It hangs an artwork that many assets show."""
    showing = Asset.objects.filter(lifecycle__in=STANDING, artwork__isnull=False)
    codes = showing.order_by().values_list("artwork", flat=True)[:4000]
    artwork = Artwork.objects.filter(pk__in=set(codes), approval=Approval.APPROVED).order_by("code").first()
    if artwork is not None:
        campaign.artworks.add(artwork)
    campaign.post_by, campaign.take_down_by = today - timedelta(days=20), today + timedelta(days=12)
    campaign.save(update_fields=["post_by", "take_down_by"])


def _targets(campaigns: list[Campaign], streets: list[Area]) -> None:
    """Somewhat more than there is, in each street that has any."""
    rows = []
    for campaign in campaigns:
        closed = list(campaign.cases.exclude(street=None).values_list("street", flat=True))
        for place, street in enumerate(streets):
            there = closed.count(street.pk)
            if there:
                wanted = there + 1 + place % 4
                rows.append(
                    CampaignTarget(campaign=campaign, counts="cases_closed", street=street, wanted=wanted)
                )
        visits = 10 * max(1, campaign.patrols.count())
        rows.append(CampaignTarget(campaign=campaign, counts="visits", wanted=visits))
        rows.append(CampaignTarget(campaign=campaign, counts="media", wanted=40))
    CampaignTarget.objects.bulk_create(rows)


def _close(campaign: Campaign, now: datetime) -> None:
    campaign.closed_at, campaign.outcome = now - timedelta(days=100), "演示：按计划完成。"
    campaign.save(update_fields=["closed_at", "outcome"])


def _media(
    rng: np.random.Generator,
    district: Area,
    streets: list[Area],
    columns: list[MediaColumn],
    campaigns: list[Campaign],
    today: date,
) -> None:
    pieces = []
    for number in range(1, PIECES + 1):
        column = columns[int(rng.choice(len(columns)))]
        street = streets[int(rng.integers(len(streets)))] if rng.random() < 0.85 else None
        words = _WORDS.get(column.code, ("{street}新闻",))
        day = today - timedelta(days=int(rng.integers(1, 365)))
        campaign = next(
            (
                campaign
                for campaign in campaigns
                if campaign.begins_on <= day <= campaign.ends_on and rng.random() < 0.5
            ),
            None,
        )
        title = words[int(rng.integers(len(words)))].format(street=street.name if street else "天桥区")
        pieces.append(
            MediaPiece(
                title=f"{title}（演示{number:03d}）",
                outlet=OUTLETS[int(rng.integers(len(OUTLETS)))],
                column=column,
                published_on=day,
                link=f"https://media.example/{number}",
                area=district,
                street=street,
                campaign=campaign,
            )
        )
    MediaPiece.objects.bulk_create(pieces)


def _exposures(district: Area, campaign: Campaign, now: datetime) -> None:
    """Proposed by one account of the demonstration and approved by another; none where there are no two."""
    people = {
        user.username: user for user in User.objects.filter(username__in=("publicity", "leader", "admin"))
    }
    first, second = people.get("publicity"), people.get("leader") or people.get("admin")
    cases = Case.objects.filter(state__in=(State.CLOSED, State.IN_HAND)).select_related("category", "street")
    if first is None or second is None:
        return
    for place, case in enumerate(cases.defer("street__boundary").order_by("-pk")[:EXPOSURES]):
        begins = timezone.localdate(now) - timedelta(days=3 * place)
        decided = now - timedelta(days=3 * place)
        where = case.street.name if case.street else "天桥区"
        exposure = Exposure.objects.create(
            title=f"{where}：{case.category.name_zh}（演示{place + 1}）",
            text="演示数据：虚构的曝光。请责任单位限期处置，逾期通报。",
            channel=("bulletin", "wechat", "website", "screen")[place % 4],
            shown_from=begins,
            shown_to=begins + timedelta(days=14),
            look_again_on=begins + timedelta(days=7),
            area=district,
            campaign=campaign if place % 2 else None,
            proposed_by=first,
            proposed_at=decided - timedelta(hours=5),
        )
        item = ExposedCase.objects.create(exposure=exposure, case=case)
        if place < 2:
            continue  # waits for the second person
        exposure.approved_by, exposure.approved_at = second, decided
        exposure.save(update_fields=["approved_by", "approved_at"])
        if place == EXPOSURES - 1:
            exposure.withdrawn_by, exposure.withdrawn_at, exposure.reason = first, decided, "演示：图文有误"
            exposure.save(update_fields=["withdrawn_by", "withdrawn_at", "reason"])
        elif place > 3:
            seen = LookAgain.objects.create(
                item=item,
                result=LookResult.STILL_GOOD,
                words="保持良好",
                by=first,
                at=now - timedelta(hours=place),
            )
            exposure.ended_at = seen.at
            exposure.save(update_fields=["ended_at"])
