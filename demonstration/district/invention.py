"""What the demonstration draws from: artworks, units, materials, and how often each type stands where.

Every company, crew and person is invented and says so; telephone numbers are masked. Nothing here is data about
Tianqiao.
"""

from dataclasses import dataclass
from datetime import date

from assets.models import Approval, ArtworkOrigin


@dataclass(frozen=True)
class Profile:
    """How one type of asset occurs."""

    weight: float  # share among urban assets, in thousandths
    rural: float  # the same in a rural street
    settings: dict[str, float]  # kind of place -> share; "road" is along a road, others are site kinds
    group: tuple[float, ...]  # chances of 1, 2, 3, … on one support; (1.0,) stands alone
    support: str  # kind of support for groups
    sizes: tuple[tuple[float, float], ...]  # width and height in metres
    materials: dict[str, float]  # material -> how long it lasts, 1 being ordinary
    lit: float  # share that is illuminated
    life: float  # years until half of them look worn
    faces: int = 1


STEEL = {"镀锌钢板": 1.1, "不锈钢": 1.5, "铝型材": 1.25}
CLOTH = {"喷绘布": 0.7, "涤纶旗布": 0.85, "车贴": 0.8}
PAINT = {"丙烯墙绘": 1.0, "外墙乳胶漆": 1.15, "瓷砖烧制": 1.9}
BOARD = {"铝塑板": 1.1, "PVC 板": 0.75, "亚克力": 1.0, "木质": 0.8}

PROFILES: dict[str, Profile] = {
    "notice_board": Profile(
        250, 262, {"road": 0.38, "estate": 0.38, "square": 0.4, "service_hall": 0.08, "school": 0.06,
                   "back_lane": 0.1, "hospital": 0.04, "market": 0.03},
        (0.62, 0.2, 0.11, 0.07), "frame", ((2.4, 1.2), (3.6, 1.5), (1.8, 1.2), (2.4, 1.5)), STEEL, 0.12, 3.4,
    ),
    "landscape_feature": Profile(
        176, 105, {"road": 0.34, "crossing": 0.2, "park": 0.16, "square": 0.3, "estate": 0.12, "scenic_area": 0.05,
                   "station": 0.05, "mall": 0.04},
        (1.0,), "other", ((2.0, 2.2), (3.2, 2.6), (1.5, 1.8), (4.5, 3.0)), {**STEEL, **BOARD}, 0.3, 3.8,
    ),
    "mural": Profile(
        112, 250, {"road": 0.3, "back_lane": 0.3, "estate": 0.28, "school": 0.08, "square": 0.5, "other": 0.1},
        (1.0,), "wall", ((12, 2.2), (25, 2.4), (8, 2.0), (40, 2.5)), PAINT, 0.0, 2.6,
    ),
    "lamp_banner": Profile(
        120, 60, {"road": 1.0}, (0.25, 0.75), "pole", ((0.6, 1.8), (0.7, 2.0)), CLOTH, 0.0, 0.62,
    ),
    "bus_shelter": Profile(
        88, 34, {"bus_stop": 1.0}, (0.3, 0.4, 0.3), "shelter", ((3.5, 1.5), (1.2, 1.8)),
        {"不锈钢": 1.3, "铝型材": 1.2}, 0.75, 3.2,
    ),
    "hoarding": Profile(
        78, 58, {"building_site": 1.0}, (1.0,), "wall", ((6.0, 2.5), (12.0, 3.0), (24.0, 2.5)),
        {"彩钢板": 1.1, "喷绘布": 0.75, "仿真草皮": 0.85}, 0.0, 1.0,
    ),
    "unit_plaque": Profile(
        66, 48, {"road": 0.5, "service_hall": 0.2, "school": 0.08, "hospital": 0.08, "square": 0.25, "mall": 0.06,
                 "estate": 0.06},
        (1.0,), "wall", ((0.6, 2.2), (0.8, 0.6), (2.4, 0.8)), {"不锈钢": 1.5, "铜": 1.8, "亚克力": 1.0}, 0.1, 6.0,
    ),
    "slogan_sign": Profile(
        52, 96, {"road": 0.4, "crossing": 0.12, "estate": 0.2, "park": 0.1, "square": 0.3, "back_lane": 0.1},
        (1.0,), "other", ((1.2, 0.8), (4.0, 0.6), (6.0, 0.8)), {**BOARD, "镀锌钢板": 1.1}, 0.03, 2.4,
    ),
    "led_screen": Profile(
        29, 10, {"road": 0.35, "crossing": 0.1, "service_hall": 0.2, "mall": 0.16, "station": 0.1, "school": 0.06,
                 "hospital": 0.05, "square": 0.2},
        (1.0,), "frame", ((3.0, 1.5), (5.0, 3.0), (2.0, 0.5)), {"LED 模组": 1.0}, 1.0, 4.2,
    ),
    "display_board": Profile(
        38, 34, {"estate": 0.35, "road": 0.2, "park": 0.2, "service_hall": 0.15, "square": 0.3, "station": 0.05},
        (0.5, 0.3, 0.2), "frame", ((1.2, 2.4), (0.9, 1.2), (1.2, 0.9)), BOARD, 0.02, 1.7,
    ),
    "railing_ad": Profile(
        22, 4, {"road": 1.0}, (1.0,), "other", ((2.0, 0.6), (3.0, 0.7)), CLOTH, 0.0, 1.1,
    ),
    "gateway": Profile(
        5, 14, {"estate": 0.5, "park": 0.2, "square": 0.6, "other": 0.5, "scenic_area": 0.1},
        (1.0,), "other", ((8.0, 6.0), (12.0, 7.5)), {"石材": 2.0, "仿古木结构": 1.0, "不锈钢": 1.5}, 0.2, 9.0,
    ),
    "guide_sign": Profile(
        17, 8, {"road": 0.45, "crossing": 0.2, "station": 0.12, "park": 0.1, "mall": 0.1, "square": 0.2},
        (0.8, 0.2), "pole", ((0.9, 2.6), (1.2, 0.5)), {"不锈钢": 1.5, "铝型材": 1.2}, 0.15, 5.0,
    ),
    "public_notice": Profile(
        14, 18, {"building_site": 0.4, "estate": 0.3, "service_hall": 0.2, "square": 0.5},
        (1.0,), "frame", ((1.2, 0.9), (2.4, 1.2)), {**BOARD, "不锈钢": 1.5}, 0.0, 2.8,
    ),
    "scenic_sign": Profile(
        6, 4, {"scenic_area": 0.75, "park": 0.25}, (1.0,), "other", ((0.8, 1.6), (1.8, 1.2)),
        {"防腐木": 0.9, "石材": 2.0, "不锈钢": 1.5}, 0.0, 4.0,
    ),
}  # fmt: skip
# Large pillars are counted by hand: a dozen in a district of 51,000.
LARGE_PILLAR = Profile(
    0, 0, {"road": 1.0}, (1.0,), "pole", ((18.0, 6.0), (15.0, 5.0)), {"钢结构": 1.4}, 0.8, 4.5, faces=3
)  # fmt: skip
LARGE_PILLARS_PER_ASSET = 12 / 51_000


@dataclass(frozen=True)
class InventedArtwork:
    """One artwork of the demonstration."""

    code: str
    title: str
    wording: str
    themes: tuple[str, ...]
    valid_from: date
    valid_to: date | None
    approval: Approval = Approval.APPROVED
    weight: float = 1.0

    @property
    def origin(self) -> ArtworkOrigin:
        """Campaigns of the whole country come as a release of the centre, the rest is drawn here."""
        return ArtworkOrigin.LOCAL if _DRAWN_HERE & set(self.themes) else ArtworkOrigin.CENTRAL

    @property
    def logo(self) -> bool | None:
        """Nearly all carry the mark; a layout that was withdrawn for lacking it, and drafts nobody has looked at."""
        if self.approval == Approval.DRAFT:
            return None
        return self.approval == Approval.APPROVED and "fire_safety" not in self.themes


_DRAWN_HERE = frozenset({"yellow_river", "volunteering", "fire_safety", "table_manners", "traffic_manners"})
_CORE = "富强 民主 文明 和谐 自由 平等 公正 法治 爱国 敬业 诚信 友善"


def artworks(today: date) -> list[InventedArtwork]:
    """The artworks: each campaign in the version of last year, run out by now, and mostly in this year's."""
    year = today.year
    campaigns = (
        ("core", "社会主义核心价值观", _CORE, ("core_values",), 5.0),
        ("civil", "讲文明树新风", "讲文明 树新风 做文明有礼的天桥人", ("civility",), 4.0),
        ("health", "文明健康 有你有我", "文明健康 有你有我", ("healthy_living",), 3.0),
        ("waste", "垃圾分类 从我做起", "垃圾分一分 环境美十分", ("waste_sorting",), 3.0),
        ("traffic", "文明交通 礼让斑马线", "车让人 让出一份文明", ("traffic_manners",), 2.5),
        ("minors", "关爱未成年人", "同在一片蓝天下 共护少年成长", ("minors",), 1.6),
        ("table", "文明餐桌", "光盘行动 从我做起", ("table_manners", "thrift"), 1.6),
        ("honest", "诚信建设", "人无信不立 业无信不兴", ("integrity",), 1.4),
        ("help", "志愿服务", "奉献 友爱 互助 进步", ("volunteering",), 1.4),
        ("river", "黄河文化", "保护母亲河 讲好黄河故事", ("yellow_river",), 1.0),
        ("fire", "消防安全", "消除火患 共享平安", ("fire_safety",), 0.9),
        ("fraud", "反诈防骗", "不轻信 不透露 不转账", ("fraud_prevention",), 1.1),
    )
    found = []
    for code, title, wording, themes, weight in campaigns:
        for version in (year - 1, year):
            current = version == year
            # Not every campaign had its old posters replaced in time: those are the office's daily question.
            left_over = weight * 0.07
            found.append(
                InventedArtwork(
                    f"{code}-{version}",
                    f"{title} {version} 版",
                    wording,
                    themes,
                    date(version, 1, 1),
                    date(version, 12, 31),
                    weight=weight if current else left_over,
                )
            )
    holidays = (
        ("spring", "我们的节日·春节", "欢欢喜喜过大年", date(year, 1, 15), date(year, 3, 5), 0.12),
        ("qingming", "我们的节日·清明", "文明祭扫 绿色清明", date(year, 3, 20), date(year, 4, 10), 0.06),
        ("dragon", "我们的节日·端午", "浓情端午 粽叶飘香", date(year, 5, 20), date(year, 6, 25), 0.06),
        ("autumn", "我们的节日·中秋", "月圆中秋 家国同庆", date(year, 9, 10), date(year, 10, 8), 0.1),
        ("newyear", "我们的节日·元旦", "辞旧迎新 共贺元旦", date(year, 12, 15), date(year + 1, 1, 15), 0.0),
    )
    found += [
        InventedArtwork(
            f"{code}-{year}", f"{title} {year}", wording, ("festivals",), start, end, weight=weight
        )
        for code, title, wording, start, end, weight in holidays
    ]
    found.append(
        InventedArtwork(
            f"civil-{year}-old-layout",
            f"讲文明树新风 {year} 版（旧版式，已撤回）",
            "讲文明 树新风",
            ("civility",),
            date(year, 1, 1),
            date(year, 12, 31),
            Approval.WITHDRAWN,
            weight=0.12,
        )
    )
    found.append(
        InventedArtwork(
            f"core-{year + 1}",
            f"社会主义核心价值观 {year + 1} 版（送审）",
            _CORE,
            ("core_values",),
            date(year + 1, 1, 1),
            date(year + 1, 12, 31),
            Approval.DRAFT,
            weight=0.0,
        )
    )
    return found


@dataclass(frozen=True)
class InventedUnit:
    """An organisation of the demonstration."""

    name: str
    short_name: str
    is_crew: bool = False
    contact: str = ""
    phone: str = ""


# Who registered a unit, by the first two characters of its credit code (GB 32100).
OFFICE, COMPANY = "11", "91"
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def credit_code(registered: str, number: int) -> str:
    """A unified social credit code that is right in itself and that nobody has: its number of organisation is tiny."""
    body = f"{number:08d}"
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    rest = 11 - sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11
    whole = f"{registered}370105{body}{'X' if rest == 10 else rest % 11}"
    total = sum(_CREDIT_ALPHABET.index(sign) * 3**place for place, sign in enumerate(whole))
    return whole + _CREDIT_ALPHABET[-total % 31]


PUBLICITY = "天桥区委宣传部（演示）"
CITY_MANAGEMENT = "天桥区城市管理局（演示）"
MAINTAINERS = (
    InventedUnit("环宇标识制作公司（演示）", "环宇标识", contact="王师傅", phone="138****0001"),
    InventedUnit("新风广告工程公司（演示）", "新风广告", contact="李师傅", phone="139****0002"),
    InventedUnit("明湖景观养护公司（演示）", "明湖景观", contact="张师傅", phone="137****0003"),
    InventedUnit("泺源市政养护公司（演示）", "泺源市政", contact="刘师傅", phone="136****0004"),
    InventedUnit("鹊华文化传播公司（演示）", "鹊华文化", contact="陈师傅", phone="135****0005"),
    InventedUnit("公交站台管理公司（演示）", "公交站台", contact="赵师傅", phone="150****0006"),
)
CREWS = tuple(
    InventedUnit(f"养护{number}班（演示）", f"养护{number}班", True, f"{name}班长", f"151****00{tens}")
    for number, name, tens in (("一", "周", 11), ("二", "吴", 12), ("三", "郑", 13), ("四", "孙", 14))
)
INSPECTORS = tuple(f"{surname}网格员" for surname in "王李张刘陈杨赵黄周吴徐孙马朱胡郭何林高罗")
# How well a street looks after its assets; 1 is ordinary.
STREET_CARE = {
    "370105003": 1.15,
    "370105007": 1.2,
    "370105006": 0.88,
    "370105012": 1.1,
    "370105013": 0.9,
    "370105014": 1.05,
    "370105016": 0.72,
    "370105017": 0.82,
}
REMOVAL_REASONS = ("道路改造拆除", "工地竣工，围挡拆除", "破损严重，不再恢复", "画面到期，撤除")
SUSPENSION_REMARKS = ("道路施工，暂停展示", "待更换画面", "电路检修")
DATA_SOURCES = ("2025 年普查", "街道台账", "手机采集")
