"""Who answers for what in the demonstration: leaders, units, heads, chiefs and keepers, with a few gaps to be found.

Every person is called 演示 with a number and every unit has （演示） in its name; the telephone numbers are such as
nobody can have. The gaps are at fixed places of the lists, so the same district always has the same ones.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from assets.history import Actor, acting
from assets.models import Asset, Origin
from demonstration.district.geography import DISTRICT
from places.models import (
    Area,
    Computed,
    Holder,
    Indicator,
    Level,
    Responsibility,
    ResponsibilityKind,
    Road,
    Site,
    Unit,
)

_ITSELF = Actor(None, Origin.COMMAND)
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
_INDICATORS = (
    ("IND-01", "公益广告入户宣传率", "宣传科", "≥ 95 %", Computed.ITEM_GROUP, "psa"),
    ("IND-02", "主干道公益广告密度", "宣传科", "每 500 米 ≥ 2 处", Computed.COVERAGE, "main_road"),
    ("IND-03", "画面完好率", "宣传科", "≥ 98 %", Computed.ITEM_GROUP, "condition"),
    ("IND-04", "问题按期结案率", "督查科", "≥ 95 %", Computed.CASE_RATE, "in_time"),
    ("IND-05", "返工率", "督查科", "≤ 5 %", Computed.CASE_RATE, "rework"),
    ("IND-06", "社区宣传栏覆盖率", "社区科", "100 %", Computed.COVERAGE, "community_board"),
    ("IND-07", "未成年人宣传", "未成年人科", "≥ 90 分", Computed.ITEM_GROUP, "minors"),
    ("IND-08", "居民满意率", "综合科", "≥ 90 %", Computed.BY_HAND, ""),
    ("IND-09", "媒体刊发", "新闻科", "每月 ≥ 40 篇", Computed.BY_HAND, ""),
    ("IND-10", "志愿服务时长", "志愿服务科", "每季 ≥ 20,000 小时", Computed.BY_HAND, ""),
    ("IND-11", "建筑围挡公益广告比例", "宣传科", "≥ 30 %", Computed.COVERAGE, "hoarding"),
    ("IND-12", "农贸市场公益广告", "宣传科", "每处 ≥ 5 处", Computed.COVERAGE, "market"),
)
LEADER_TO_TRY = "演示领导"
_UNITS = 24
_STAIRWELLS = 40


class NoDistrict(Exception):
    """There are no areas of the demonstration yet."""


class _People:
    """Invented people, one after the other; every fortieth has no telephone."""

    def __init__(self) -> None:
        self.count = 0

    def named(self, post: str, unit: Unit | None = None) -> Holder:
        self.count += 1
        surname = _SURNAMES[self.count % len(_SURNAMES)]
        telephone = "" if self.count % 40 == 7 else f"0531-0000{self.count:04d}"
        return Holder.objects.create(
            name=f"{surname}演示{self.count:03d}", post=post, unit=unit, telephone=telephone
        )


def make_responsibilities(today: date) -> int:
    """Enter who answers for what; returns how many rows there are then.

    Raises:
        NoDistrict: the areas are missing.
    """
    areas = Area.objects.filter(code__startswith=DISTRICT).defer("boundary").order_by("code")
    streets = list(areas.filter(level=Level.STREET))
    communities = list(areas.filter(level=Level.COMMUNITY))
    district = areas.filter(level=Level.DISTRICT).first()
    if district is None or not streets:
        raise NoDistrict
    began = date(today.year - 1, 1, 1)
    with acting(_ITSELF):
        people = _People()
        units = [
            Unit.objects.get_or_create(
                name=f"第{number:02d}文明单位（演示）",
                defaults={
                    "contact_person": f"演示联系人{number:02d}",
                    "contact_phone": f"0531-0001{number:04d}",
                },
            )[0]
            for number in range(1, _UNITS + 1)
        ]
        rows = [
            *_leaders(streets, people, began, today),
            *_units_of(communities, units, people, began),
            *_heads(district, people, began),
            *_chiefs(people, units, began),
            *_keepers(people, units, began, today),
            *_stairwells(people, began),
        ]
        Responsibility.objects.bulk_create(rows)
    return Responsibility.objects.count()


def _row(kind: ResponsibilityKind, holder: Holder, begins_on: date, **values: object) -> Responsibility:
    return Responsibility(
        kind=kind, holder=holder, begins_on=begins_on, document="演示文件〔演〕1 号", **values
    )


def _leaders(streets: Sequence[Area], people: _People, began: date, today: date) -> list[Responsibility]:
    """One for each street; the last but one has nobody any more, the last never had, and the second has two.

    The third and the fourth are led by whom the account "leader" is for (`demonstration.accounts`).
    """
    rows = []
    to_try = Holder.objects.create(name=LEADER_TO_TRY, post="区级包挂领导", telephone="0531-00009999")
    for place, street in enumerate(streets[:-1]):
        leader = to_try if place in (2, 3) else people.named("区级包挂领导")
        row = _row(ResponsibilityKind.LEADER, leader, began, area=street)
        if place == len(streets) - 2:
            row.ends_on = today - timedelta(days=20)
        if place == 0:
            # Handed over in spring: "who answered in February?" has another answer than today.
            row.ends_on = date(today.year, 4, 30)
            after = people.named("区级包挂领导")
            rows.append(_row(ResponsibilityKind.LEADER, after, date(today.year, 5, 1), area=street))
        if place == 1:
            second = people.named("区级包挂领导")
            rows.append(_row(ResponsibilityKind.LEADER, second, date(today.year, 3, 1), area=street))
        rows.append(row)
    return rows


def _units_of(
    communities: Sequence[Area], units: Sequence[Unit], people: _People, began: date
) -> list[Responsibility]:
    """A unit for each community but every thirtieth, two for every seventh."""
    rows = []
    of_unit = {unit.pk: people.named("文明单位包挂负责人", unit) for unit in units}
    for place, community in enumerate(communities):
        if place % 30 == 17:
            continue
        for unit in {
            units[place % len(units)],
            *([units[(place + 5) % len(units)]] if place % 7 == 0 else []),
        }:
            rows.append(_row(ResponsibilityKind.UNIT, of_unit[unit.pk], began, area=community))
    return rows


def _heads(district: Area, people: _People, began: date) -> list[Responsibility]:
    """One for each indicator but the last."""
    rows = []
    for code, name, department, target, computed, computed_from in _INDICATORS:
        indicator, _made = Indicator.objects.get_or_create(
            code=code,
            defaults={
                "name": name,
                "department": department,
                "target": target,
                "computed": computed,
                "computed_from": computed_from,
                "district": district,
            },
        )
        if code != _INDICATORS[-1][0]:
            head = people.named(f"{department}科长")
            rows.append(_row(ResponsibilityKind.HEAD, head, began, indicator=indicator))
    return rows


def _chiefs(people: _People, units: Sequence[Unit], began: date) -> list[Responsibility]:
    """Every road but each twelfth; a chief has several."""
    chiefs = [people.named("路长", unit) for unit in units]
    roads = Road.objects.filter(district__code=DISTRICT).defer("line").order_by("code")
    return [
        _row(ResponsibilityKind.CHIEF, chiefs[place % len(chiefs)], began, road=road)
        for place, road in enumerate(roads)
        if place % 12 != 11
    ]


def _keepers(people: _People, units: Sequence[Unit], began: date, today: date) -> list[Responsibility]:
    """Every site but each fifteenth; every hundredth keeper's time has run out."""
    keepers = [people.named("点位管理员", units[number % len(units)]) for number in range(60)]
    sites = Site.objects.filter(area__code__startswith=DISTRICT).defer("outline").order_by("code")
    rows = []
    for place, site in enumerate(sites):
        if place % 15 == 14:
            continue
        row = _row(ResponsibilityKind.KEEPER, keepers[place % len(keepers)], began, site=site)
        if place % 100 == 50:
            row.ends_on = today - timedelta(days=3)
        rows.append(row)
    return rows


def _stairwells(people: _People, began: date) -> list[Responsibility]:
    """Heads of the first stairwells that assets name."""
    named = (
        Asset.objects.filter(community__code__startswith=DISTRICT)
        .exclude(building="")
        .order_by("community_id", "building")
        .values_list("community_id", "building")
        .distinct()[:_STAIRWELLS]
    )
    return [
        _row(
            ResponsibilityKind.STAIRWELL, people.named("楼道长"), began, area_id=community, building=building
        )
        for community, building in named
    ]
