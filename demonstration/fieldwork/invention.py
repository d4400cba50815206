"""What the demonstration's field work draws from: phones, notes, and what goes wrong. All of it is invented."""

from dataclasses import dataclass

from assets.models import Condition


@dataclass(frozen=True)
class InventedPhone:
    """A phone that was given a token. Days are days before today."""

    label: str
    since: int
    lost: int | None = None  # the office ended its token then


@dataclass(frozen=True)
class Person:
    """Somebody who goes out, by the account's user name."""

    username: str
    phones: tuple[InventedPhone, ...]  # the last one is in use
    weekdays: tuple[int, ...]  # Monday is 0
    records: tuple[int, int]  # a day, from and to
    street: str = ""  # code; else another one of the busiest streets every other day


PEOPLE = (
    Person(
        "crew",
        (InventedPhone("荣耀 畅玩 50", 190, lost=9), InventedPhone("红米 12C", 46)),
        (0, 1, 2, 3, 4, 5),
        (8, 13),
    ),
    Person("crew2", (InventedPhone("vivo Y36", 121),), (0, 1, 2, 3, 4), (6, 10)),
    Person("beiyuan", (InventedPhone("iPhone SE", 88),), (1, 3), (5, 8), "370105014"),
)
# Lies in a drawer: nobody has used it for longer than a token lives.
FORGOTTEN = ("crew2", InventedPhone("OPPO A58", 240), 63)

# Of ten things that were good, seven still are.
STAYS = 0.72
FOUND_ANEW = ((Condition.MINOR, 0.6), (Condition.DAMAGED, 0.33), (Condition.SEVERE, 0.07))
NOTES: dict[Condition, tuple[str, ...]] = {
    Condition.GOOD: ("已擦拭", "画面完整，灯光正常", "周边杂草已清理"),
    Condition.MINOR: ("边角翘起，已压平", "画面轻微褪色", "张贴了小广告，已清除大部分", "玻璃有划痕"),
    Condition.DAMAGED: ("右下角开裂，约 20 厘米", "喷绘布撕裂，需更换", "缺两个字，需补字", "底座松动"),
    Condition.SEVERE: ("框架变形，已拉警戒带", "整幅脱落一半，建议尽快拆换", "立柱倾斜，影响通行"),
    Condition.MISSING: ("现场未找到，只剩底座", "已被拆走，询问社区未知去向"),
}
NOTE_SHARE = 0.4
JOB_NOTES = ("已更换画面", "重新喷漆，字迹清晰", "加固底座，更换螺栓 4 个", "清洗并补字", "更换破损面板一块")

# Found on the way: type, what it is called after the asset nearby, wording, themes.
FOUND = (
    ("notice_board", "新设宣传栏", "垃圾分一分 环境美十分", ("waste_sorting",)),
    ("slogan_sign", "草坪提示牌", "小草微微笑 请您绕一绕", ("civility",)),
    ("mural", "围墙彩绘", "富强 民主 文明 和谐", ("core_values",)),
    ("display_board", "移动展板", "不轻信 不透露 不转账", ("fraud_prevention",)),
    ("lamp_banner", "灯杆道旗", "讲文明 树新风", ("civility",)),
)

# The same field, changed by the office at its desk and by the street on the spot: field by field.
CONFLICTS: tuple[tuple[dict[str, object], dict[str, object]], ...] = (
    (
        {"wording": "文明交通 车让人 人快走"},
        {"wording": "文明交通 礼让斑马线 车让人 让出一份文明"},
    ),
    (
        {"address": "路北公交站东侧"},
        {"address": "路口西北角，便利店门前", "remarks": "站牌已迁，公交站不在此处"},
    ),
    (
        {"material": "不锈钢", "facing": 180},
        {"material": "铝型材", "facing": 135},
    ),
    (
        {"name": "社区便民宣传栏（东）", "themes": ["civility"]},
        {"name": "社区党群服务宣传栏", "themes": ["core_values", "civility"]},
    ),
)
# What the office changed and what the street changed at the same time, without meeting.
SIDE_BY_SIDE: tuple[dict[str, object], dict[str, object]] = ({"remarks": "列入明年更新计划"}, {"facing": 90})
# By those who may only propose: the crew's user name and what they noticed.
PROPOSALS: tuple[tuple[str, dict[str, object]], ...] = (
    ("crew", {"wording": "人无信不立 业无信不兴", "remarks": "现场文字与台账不一致"}),
    ("crew2", {"illuminated": True, "material": "亚克力"}),
)
CORRECTIONS: tuple[dict[str, object], ...] = (
    {"remarks": "产权单位已核实"},
    {"address": "社区服务中心门前"},
    {"building": "3 号楼 2 单元"},
    {"material": "镀锌钢板"},
)
# A list on a phone that has not been fetched for long.
OLD_DEFECT = "graffiti_2023"
REMOVAL_REASON = "道路改造拆除"
CANCELLED_BECAUSE = "与街道更新工程重复，取消"
SEEN_FROM_AFAR = (430.0, 820.0, 1_650.0, 2_300.0)  # metres
