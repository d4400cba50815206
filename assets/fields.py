"""The one declaration of the asset layer's fields (docs/design.md): whatever shows, writes or carries them derives from
it: exports, list, tiles, TileJSON, OGC API, snapshot; forms, bulk edit, panel, history in words; what ledgers bring and
their template; what a phone carries and corrects. The other layers are declared so in `assets/layers.py`.

A field says what it is called, in words and in files, its type and unit, the list its codes come from, where it comes
from in SQL, and which outputs carry it. What people write on an asset says also where (`ByHand`), and what ledgers
bring how it is headed there (`InLedger`).
"""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.permissions import EDIT
from assets.declaring import ByHand, Field, InLedger, Kind, Output, Tables, columns, sql_of
from assets.models import Condition
from assets.rules.lateness import HAS_LATE_JOB_SQL, INSPECTION_LATE_SQL

# Whoever uses the declaration finds its words here too.
__all__ = [
    "ASSET_TABLES", "BY_HAND", "CELL_COUNTS", "CONDITION_CODES", "FIELDS", "FILTERED", "IN_LEDGERS", "ON_PHONES",
    "SHORT_NAMES", "ByHand", "Field", "InLedger", "Kind", "Output", "Tables", "columns", "fields_for", "joins",
    "sql_of",
]  # fmt: skip


ASSET_TABLES = Tables(
    "assets_asset asset",
    {
        "kind": "JOIN assets_assettype kind ON kind.id = asset.type_id",
        "component": "JOIN assets_standardcode component ON component.id = kind.component_id",
        "district": "LEFT JOIN places_area district ON district.id = asset.district_id",
        "street": "LEFT JOIN places_area street ON street.id = asset.street_id",
        "community": "LEFT JOIN places_area community ON community.id = asset.community_id",
        "road": "LEFT JOIN places_road road ON road.id = asset.road_id",
        "site": "LEFT JOIN places_site site ON site.id = asset.site_id",
        "site_kind": "LEFT JOIN places_sitekind site_kind ON site_kind.id = site.kind_id",
        "artwork": "LEFT JOIN assets_artwork artwork ON artwork.id = asset.artwork_id",
        "owner": "LEFT JOIN places_unit owner ON owner.id = asset.owner_id",
        "maintainer": "LEFT JOIN places_unit maintainer ON maintainer.id = asset.maintainer_id",
        "supervisor": "LEFT JOIN places_unit supervisor ON supervisor.id = asset.supervisor_id",
        "area": "LEFT JOIN places_area area ON area.id = asset.area_id",
        "posting": "LEFT JOIN assets_posting posting"
        " ON posting.asset_id = asset.id AND posting.taken_down_on IS NULL",
    },
    {"component": frozenset({"kind"}), "site_kind": frozenset({"site"})},
)

CONDITION_CODES = f"'{{{','.join(condition.code for condition in Condition)}}}'::text[]"
_CONDITION_CODE = f"({CONDITION_CODES})[asset.condition + 1]"
# How many assets share the support, whatever the filter leaves of them.
FACES_ON_SUPPORT = (
    "CASE WHEN asset.support_id IS NULL THEN NULL ELSE (SELECT count(*) FROM assets_asset face"
    " WHERE face.support_id = asset.support_id AND face.lifecycle <> 'removed') END"
)
_THUMBNAIL = (
    "(SELECT {photo thumb} FROM assets_photo photo WHERE photo.asset_id = asset.id"
    " ORDER BY photo.taken_at DESC NULLS LAST, photo.id DESC LIMIT 1)"
)

_PHOTOS = (
    "ARRAY(SELECT '{site}' || {photo original} FROM assets_photo photo"
    " WHERE photo.asset_id = asset.id ORDER BY photo.taken_at DESC NULLS LAST, photo.id DESC)::varchar[]"
)

_FILE, _LIST, _TILE, _SNAPSHOT = Output.FILE, Output.LIST, Output.TILE, Output.SNAPSHOT


def _field(
    name: str,
    title: Promise,
    kind: Kind,
    sql: str = "",
    *outputs: Output,
    unit: str = "",
    codes: str = "",
    filter: str = "",
    column: str = "",
    by_hand: ByHand | None = None,
    ledger: InLedger | None = None,
) -> Field:
    """A field of files, or of `outputs` where they are given."""
    return Field(
        name,
        title,
        kind,
        sql or f"asset.{column or name}",
        frozenset(outputs or {_FILE}),
        unit,
        codes,
        filter=filter,
        column=column,
        by_hand=by_hand,
        ledger=ledger,
    )


def _private(name: str, title: Promise, by_hand: ByHand, ledger: InLedger) -> Field:
    """A text about a private person: in no file, and told to nobody but those who may edit the asset."""
    return Field(
        name,
        title,
        Kind.TEXT,
        f"asset.{name}",
        frozenset(),
        told_to=EDIT,
        by_hand=by_hand,
        ledger=ledger,
    )


FIELDS: tuple[Field, ...] = (
    _field("id", _("Number"), Kind.INTEGER, "", _LIST),
    _field("uid", _("Unique id"), Kind.TEXT, ledger=InLedger()),
    _field(
        "code",
        _("Component id"),
        Kind.TEXT,
        "",
        _FILE,
        _LIST,
        _TILE,
        _SNAPSHOT,
        ledger=InLedger(
            """管理部件标识码 部件标识码 标识码 部件编码 部件编号 部件代码 管理部件编码 17位编码 GLBJBSM component_id
            asset_code""",
            "管理部件标识码",
            "37010503008000001",
        ),
    ),
    _field(
        "legacy_code",
        _("Earlier component id"),
        Kind.TEXT,
        by_hand=ByHand("numbers"),
        ledger=InLedger("原标识码 旧标识码 原部件编码 旧部件编码 16位编码 旧编码 old_code"),
    ),
    _field(
        "source",
        _("Source of the office's number"),
        Kind.TEXT,
        by_hand=ByHand("numbers", panel=False),
    ),
    _field(
        "source_id",
        _("Office's own number"),
        Kind.TEXT,
        by_hand=ByHand("numbers"),
        ledger=InLedger(
            "编号 广告编号 台账编号 自编号 原编号 资产编号 设施编号 点位编号 牌匾编号 id asset_id asset_number",
            "编号",
            "WYS-0012",
        ),
    ),
    _field(
        "name",
        _("Name"),
        Kind.TEXT,
        "",
        _FILE,
        _LIST,
        _TILE,
        _SNAPSHOT,
        by_hand=ByHand("kind", panel=False, phone=True),
        ledger=InLedger(
            "名称 广告名称 设施名称 资产名称 牌匾名称 标题 title asset_name", "名称", "北园大街宣传栏"
        ),
    ),
    _field("family", _("Family"), Kind.TEXT, "kind.family", _FILE, _LIST, _TILE, codes="family"),
    _field(
        "type",
        _("Type"),
        Kind.TEXT,
        "kind.code",
        _FILE,
        _LIST,
        _TILE,
        _SNAPSHOT,
        codes="type",
        by_hand=ByHand("kind", phone=True),
        ledger=InLedger(
            """类型 类别 种类 形式 载体 载体类型 载体形式 广告类型 广告类别 广告形式 设施类型 设施类别 宣传形式
            展示形式 发布形式 媒体类型 牌匾类型 category kind asset_type""",
            "类型",
            "宣传栏",
        ),
    ),
    _field("type_name", _("Name of the type"), Kind.TEXT, "kind.{name}", _FILE, _LIST),
    _field("fixed", _("Fixed carrier"), Kind.BOOLEAN, "kind.fixed", filter="type__fixed"),
    _field("symbol", _("Symbol"), Kind.TEXT, "kind.symbol", _LIST, _TILE),
    _field("component", _("Standard component code"), Kind.TEXT, "component.code"),
    _field(
        "themes",
        _("Themes"),
        Kind.LIST,
        codes="theme",
        by_hand=ByHand("content", phone=True),
        ledger=InLedger(
            "主题 主题分类 主题类别 宣传主题 广告主题 内容分类 内容类别 主题内容分类 theme topic topics",
            "主题",
            "讲文明树新风、垃圾分类",
        ),
    ),
    _field(
        "wording",
        _("Wording"),
        Kind.TEXT,
        "",
        _FILE,
        _SNAPSHOT,
        by_hand=ByHand("content", phone=True),
        ledger=InLedger(
            """画面内容 内容 广告内容 宣传内容 文字内容 标语 标语内容 宣传语 广告词 广告语 牌匾内容 主题内容 text
            content slogan message""",
            "画面内容",
            "垃圾分一分，环境美十分",
        ),
    ),
    _field(
        "artwork",
        _("Artwork"),
        Kind.TEXT,
        "artwork.code",
        ledger=InLedger("画面名称 画面版本 画面编号 作品 作品名称 版本"),
    ),
    _field("artwork_title", _("Title of the artwork"), Kind.TEXT, "artwork.title"),
    _field(
        "artwork_origin",
        _("Origin of the artwork"),
        Kind.TEXT,
        "nullif(artwork.origin, '')",
        codes="artwork_origin",
        filter="artwork__origin",
    ),
    _field(
        "artwork_logo", _("Artwork carries the mark"), Kind.BOOLEAN, "artwork.logo", filter="artwork__logo"
    ),
    _field("artwork_valid_to", _("Artwork valid to"), Kind.DATE, "artwork.valid_to"),
    _field(
        "condition",
        _("Condition"),
        Kind.TEXT,
        _CONDITION_CODE,
        _FILE,
        _LIST,
        _TILE,
        _SNAPSHOT,
        codes="condition",
        ledger=InLedger(
            "完好情况 完好状况 完好程度 完好状态 状况 破损情况 破损程度 设施状况 设备状况 完好与否 现状 现状情况",
            "完好情况",
            "完好",
        ),
    ),
    _field(
        "inspected_at",
        _("Last inspection"),
        Kind.MOMENT,
        "asset.condition_at",
        _FILE,
        _LIST,
        _SNAPSHOT,
        ledger=InLedger(
            """巡检时间 巡检日期 巡查时间 巡查日期 检查时间 检查日期 排查时间 排查日期 普查时间 普查日期 inspected
            inspection_date last_inspected""",
            "检查日期",
            "2026-11-24",
        ),
    ),
    _field("next_inspection_due", _("Next inspection due"), Kind.DATE, "", _FILE, _LIST, _SNAPSHOT),
    _field("inspection_overdue", _("Inspection overdue"), Kind.BOOLEAN, INSPECTION_LATE_SQL, _FILE, _LIST),
    _field("maintenance_overdue", _("Maintenance overdue"), Kind.BOOLEAN, HAS_LATE_JOB_SQL, _FILE, _LIST),
    _field(
        "overdue",
        _("Overdue"),
        Kind.BOOLEAN,
        f"({INSPECTION_LATE_SQL} OR {HAS_LATE_JOB_SQL})",
        _TILE,
        _SNAPSHOT,
    ),
    _field(
        "lifecycle",
        _("Lifecycle"),
        Kind.TEXT,
        "",
        _FILE,
        _LIST,
        _SNAPSHOT,
        codes="lifecycle",
        ledger=InLedger("使用状态 使用情况 在用状态 在用情况 设施状态 生命周期", "使用状态", "在用"),
    ),
    _field("removed_on", _("Removed on"), Kind.DATE),
    _field("removal_reason", _("Reason for removal"), Kind.TEXT),
    _field("district", _("District"), Kind.TEXT, "district.code", codes="district"),
    _field(
        "street",
        _("Street"),
        Kind.TEXT,
        "street.code",
        _FILE,
        _LIST,
        _SNAPSHOT,
        codes="street",
        ledger=InLedger(
            """街道 所属街道 所在街道 街道名称 街道办 街道办事处 所属街道办 所属街道办事处 所属办事处 办事处 街办 镇街
            街镇 街道镇 镇街道 乡镇街道 街道乡镇 属地街道 所属镇街 SZJDMC subdistrict""",
            "街道",
            "无影山街道",
        ),
    ),
    _field("street_name", _("Name of the street"), Kind.TEXT, "street.name", _FILE, _LIST),
    _field(
        "community",
        _("Community"),
        Kind.TEXT,
        "community.code",
        codes="community",
        ledger=InLedger(
            """社区 所属社区 所在社区 社区名称 村居 社区村 社区村居 所属村居 居委会 村居委会 所属居委会 社区居委会 村
            SZSQMC neighbourhood""",
            "社区",
        ),
    ),
    _field("community_name", _("Name of the community"), Kind.TEXT, "community.name", _FILE, _LIST),
    _field(
        "road_name",
        _("Road"),
        Kind.TEXT,
        "road.name",
        _FILE,
        _LIST,
        column="road",
        by_hand=ByHand("place", panel=False),
        ledger=InLedger(
            "道路 所在道路 道路名称 所属道路 路名 路段 所在路段 路段名称 主次干道 road_name",
            "所在道路",
            "北园大街",
        ),
    ),
    _field(
        "site_name",
        _("Site"),
        Kind.TEXT,
        "site.name",
        column="site",
        by_hand=ByHand("place"),
        ledger=InLedger(
            "点位 所属点位 测评点位 场所 场所名称 所属场所 所在场所 小区 小区名称 所在小区 venue place",
            "所属点位",
        ),
    ),
    _field("site_kind", _("Site kind"), Kind.TEXT, "site_kind.code", codes="site_kind"),
    _field(
        "address",
        _("Address"),
        Kind.TEXT,
        "",
        _FILE,
        _LIST,
        _SNAPSHOT,
        by_hand=ByHand("place", phone=True),
        ledger=InLedger(
            """地址 详细地址 设置位置 设置地点 设置地址 安装位置 安装地点 安装地址 位置 具体位置 所在位置 详细位置
            地点 具体地点 具体地址 所在地址 所在地 点位地址 位置描述 点位位置 addr location""",
            "地址",
            "北园大街 421 号",
        ),
    ),
    _field(
        "building",
        _("Building or stairwell"),
        Kind.TEXT,
        by_hand=ByHand("place", phone=True),
        ledger=InLedger("楼栋 楼号 楼栋号 楼道 楼宇 楼栋单元 楼道号 stairwell", "楼栋", "3 号楼 2 单元"),
    ),
    _field(
        "prominent",
        _("Prominent position"),
        Kind.BOOLEAN,
        filter="prominent",
        by_hand=ByHand("place", phone=True),
        ledger=InLedger(
            "显著位置 是否显著位置 是否在显著位置 是否位于显著位置 醒目位置 是否醒目", "是否显著位置", "是"
        ),
    ),
    _field(
        "indoor",
        _("Indoors"),
        Kind.BOOLEAN,
        filter="indoor",
        by_hand=ByHand("place", phone=True),
        ledger=InLedger("室内 是否室内 室内设置 是否在室内 是否设在室内 indoors inside", "是否室内", "否"),
    ),
    _private(
        "building_contact",
        _("Stairwell contact"),
        ByHand("place", panel=False),
        InLedger("楼道长 楼栋长 楼长 楼道长姓名", "楼道长"),
    ),
    _private(
        "building_phone",
        _("Stairwell contact's telephone"),
        ByHand("place", panel=False),
        InLedger("楼道长电话 楼栋长电话 楼长电话 楼道长联系电话", "楼道长电话"),
    ),
    _field(
        "position_accuracy",
        _("Position accuracy"),
        Kind.NUMBER,
        unit="m",
        ledger=InLedger("定位精度 位置精度 坐标精度 定位误差 accuracy"),
    ),
    _field("support", _("Support"), Kind.INTEGER, "asset.support_id", _FILE, _LIST, _TILE),
    _field("faces", _("Assets on the support"), Kind.INTEGER, FACES_ON_SUPPORT, _LIST, _TILE),
    _field(
        "large",
        _("Large"),
        Kind.BOOLEAN,
        "",
        _FILE,
        _TILE,
        _SNAPSHOT,
        by_hand=ByHand("kind", panel=False, phone=True),
        ledger=InLedger("大型 是否大型 大型广告 是否大型广告", "是否大型", "否"),
    ),
    _field(
        "width",
        _("Width"),
        Kind.NUMBER,
        unit="m",
        by_hand=ByHand("make"),
        ledger=InLedger("宽 宽度 画面宽 长 长度"),
    ),
    _field(
        "height",
        _("Height"),
        Kind.NUMBER,
        unit="m",
        by_hand=ByHand("make", panel=False),
        ledger=InLedger("高 高度 画面高"),
    ),
    _field(
        "face_count",
        _("Faces"),
        Kind.INTEGER,
        column="faces",
        by_hand=ByHand("make", panel=False),
        ledger=InLedger("face_count 面数 画面数 展示面数 广告面数 画面数量 number_of_faces", "面数", "2"),
    ),
    _field(
        "material",
        _("Material"),
        Kind.TEXT,
        by_hand=ByHand("make", panel=False, phone=True),
        ledger=InLedger("材质 材料 制作材料 制作材质 材质工艺 工艺材质 材质类型", "材质", "不锈钢"),
    ),
    _field(
        "illuminated",
        _("Illuminated"),
        Kind.BOOLEAN,
        by_hand=ByHand("make", phone=True),
        ledger=InLedger(
            "是否亮化 亮化 有无亮化 照明 是否照明 有无照明 灯光 有无灯光 是否发光 是否带灯 夜间照明 lit lighting",
            "是否亮化",
            "是",
        ),
    ),
    _field(
        "facing",
        _("Facing"),
        Kind.INTEGER,
        unit="°",
        by_hand=ByHand("make", panel=False, phone=True),
        ledger=InLedger("朝向 方向 方位 面向 方位角 orientation bearing azimuth", "朝向", "南"),
    ),
    _field(
        "owner",
        _("Owner"),
        Kind.TEXT,
        "owner.name",
        by_hand=ByHand("answers"),
        ledger=InLedger(
            "权属单位 产权单位 权属 产权 业主单位 所有权单位 权属单位名称 权属人 产权人 QSDWMC", "权属单位"
        ),
    ),
    _field(
        "maintainer",
        _("Maintainer"),
        Kind.TEXT,
        "maintainer.name",
        by_hand=ByHand("answers"),
        ledger=InLedger(
            "养护单位 维护单位 管护单位 运维单位 养护单位名称 维护管理单位 管理维护单位 日常维护单位 维保单位 YHDWMC",
            "养护单位",
        ),
    ),
    _field(
        "supervisor",
        _("Supervisor"),
        Kind.TEXT,
        "supervisor.name",
        by_hand=ByHand("answers"),
        ledger=InLedger("主管单位 主管部门 监管单位 监管部门 主管部门名称 主管单位名称 ZGBMMC", "主管单位"),
    ),
    _field(
        "installed_on",
        _("Installed on"),
        Kind.DATE,
        by_hand=ByHand("make"),
        ledger=InLedger(
            """安装时间 安装日期 设置时间 设置日期 建设时间 建设日期 建成时间 投用时间 启用时间 安装年月 CSRQ
            installed install_date date_installed installation_date""",
            "安装日期",
            "2024-05-01",
        ),
    ),
    _field(
        "content_changed_on",
        _("Content changed on"),
        Kind.DATE,
        by_hand=ByHand("content", panel=False),
        ledger=InLedger(
            """更换时间 更换日期 内容更换时间 画面更换时间 画面更换日期 换画时间 画面更新时间 内容更新时间 上刊时间
            上刊日期 上画时间 content_changed contentchg""",
            "内容更换时间",
            "2026-03-01",
        ),
    ),
    _field(
        "data_source",
        _("Data source"),
        Kind.TEXT,
        by_hand=ByHand("numbers", panel=False),
        ledger=InLedger("数据来源 信息来源 SJLY"),
    ),
    _field(
        "remarks",
        _("Remarks"),
        Kind.TEXT,
        by_hand=ByHand("numbers", phone=True),
        ledger=InLedger("备注 备注说明 说明 其他说明 BZ remark note notes comment comments memo", "备注"),
    ),
    _field("thumbnail", _("Photo"), Kind.TEXT, _THUMBNAIL, _LIST),
    _field(
        "photos",
        _("Photos"),
        Kind.LIST,
        _PHOTOS,
        ledger=InLedger(
            """照片 图片 现场照片 现场图片 照片名称 照片编号 照片文件 照片文件名 照片路径 照片链接 photo image images
            picture pictures""",
            "照片",
            "WYS-0012.jpg",
        ),
    ),
    _field("version", _("Version"), Kind.INTEGER),
    _field("updated_at", _("Updated at"), Kind.MOMENT),
)

FILTERED = tuple(field for field in FIELDS if field.filter)
"""What the one filter asks for by the field's own name (`assets.filters`)."""

BY_HAND: dict[str, Field] = {field.written_as: field for field in FIELDS if field.by_hand}
"""What people write on an asset, by the name of its column."""

ON_PHONES: dict[str, Field] = {
    name: field for name, field in BY_HAND.items() if field.by_hand and field.by_hand.phone
}
"""What phones carry and correct, by the name of its column."""

IN_LEDGERS: dict[str, Field] = {field.written_as: field for field in FIELDS if field.ledger}
"""What ledgers bring, by the name that the importer calls it."""

# Numbers of one cell in tiles that aggregate; the rest of a cell is its dominant type and that type's symbol.
SHORT_NAMES: dict[str, str] = {
    "legacy_code": "legacycode",
    "artwork_title": "art_title",
    "artwork_wording": "art_word",
    "artwork_themes": "art_theme",
    "artwork_origin": "art_origin",
    "artwork_logo": "art_logo",
    "artwork_valid_to": "art_until",
    "inspected_at": "inspected",
    "next_inspection_due": "next_due",
    "inspection_overdue": "insp_late",
    "maintenance_overdue": "maint_late",
    "removal_reason": "rem_reason",
    "street_name": "street_nam",
    "community_name": "comm_name",
    "position_accuracy": "accuracy",
    "illuminated": "lit",
    "installed_on": "installed",
    "content_changed_on": "contentchg",
    "data_source": "datasource",
    "effective_at": "effective",
    "observed_at": "observed",
    "received_at": "received",
    "void_reason": "voidreason",
    "description": "descript",
    "resulting_condition": "result",
    "completed_at": "completed",
    "verified_at": "verified",
}
"""How a shapefile, whose columns have ten letters, calls fields that are longer. docs/exporting.md lists them."""

CELL_COUNTS: tuple[tuple[str, Promise], ...] = (
    ("n", _("Number of assets")),
    *((condition.code, condition.label) for condition in Condition),
)


def fields_for(output: Output) -> list[Field]:
    """The fields of one output, in order."""
    return [field for field in FIELDS if output in field.outputs]


def joins(fields: Iterable[Field]) -> str:
    """The joins that some fields need, to follow `FROM assets_asset asset`."""
    return ASSET_TABLES.joins(field.sql for field in fields)
