"""Which asset a row means: a number alone is not believed when everything else in the row says otherwise."""

from pathlib import Path

import pytest
from django.contrib.gis.geos import Point

from assets.models import Asset, Condition, Inspection
from importing.verdicts import HELD
from tests.factories import make_asset, make_type
from tests.importing.written_ledgers import IN_THE_EAST, IN_THE_WEST, codes, import_file, row, write_ledger

pytestmark = pytest.mark.django_db

ROUNDED = "37010503008000100"
FAR = {"lon": IN_THE_EAST[0], "lat": IN_THE_EAST[1]}


@pytest.fixture(autouse=True)
def _lists(district):
    make_type()
    make_type("mural", item="03006", name_zh="墙体彩绘（文化墙）")


def stated(asset: Asset) -> dict:
    """What a ledger would say of an asset as it is."""
    return {
        "name": asset.name,
        "type": asset.type.name_zh,
        "address": asset.address,
        "lon": asset.point.x,
        "lat": asset.point.y,
    }


def registered(code: str = "37010503008000117", **fields) -> Asset:
    place = fields.pop("place", IN_THE_WEST)
    return make_asset(
        code=code,
        **{
            "name": "北园大街 9 号宣传栏",
            "address": "北园大街 9 号",
            "point": Point(*place, srid=4326),
            **fields,
        },
    )


OTHERWISE = {
    "name": {"name": "无影山路 2 号牌"},
    "type": {"type": "墙体彩绘（文化墙）"},
    "address": {"address": "无影山路 2 号"},
    "point": FAR,
}


@pytest.mark.parametrize("number", ["code", "legacy_code", "source_id"])
def test_a_number_that_leads_to_an_asset_of_which_all_is_said_otherwise_writes_nothing(tmp_path, number):
    asset = registered(legacy_code="3701050301000117", source="office", source_id="7")
    before = Asset.objects.values().get()
    ledger = write_ledger(
        tmp_path,
        {
            number: getattr(asset, number),
            "condition": "破损",
            **{name: cell for cells in OTHERWISE.values() for name, cell in cells.items()},
        },
    )

    report = import_file(ledger)

    assert (report.refused, codes(report)[2]) == (1, ["id_leads_elsewhere"])
    sentence = report.verdicts[0].sentence
    assert asset.code in sentence
    assert "名称、类型、地址" in sentence
    assert Asset.objects.values().get() == before
    assert not Inspection.objects.exists()


@pytest.mark.parametrize("key", OTHERWISE)
def test_one_thing_said_otherwise_is_a_correction(tmp_path, key):
    asset = registered()

    report = import_file(write_ledger(tmp_path, {"code": asset.code, **stated(asset), **OTHERWISE[key]}))

    assert (report.updated, codes(report)) == (1, {})


@pytest.mark.parametrize("alike", ["name", "address", "point"])
def test_one_thing_alike_that_assets_seldom_share_is_enough(tmp_path, alike):
    asset = registered()
    cells = {name: cell for key, cells in OTHERWISE.items() if key != alike for name, cell in cells.items()}

    report = import_file(write_ledger(tmp_path, {"code": asset.code, **stated(asset), **cells}))

    assert (report.updated, codes(report)) == (1, {})


def test_a_type_alike_or_a_name_that_many_bear_is_no_such_thing(tmp_path):
    asset = registered(name="宣传栏")
    registered("37010503008000118", name="宣传栏")

    report = import_file(
        write_ledger(
            tmp_path, {"code": asset.code, **stated(asset), **OTHERWISE["address"], **OTHERWISE["point"]}
        )
    )

    assert codes(report) == {2: ["id_leads_elsewhere"]}


def test_a_ledger_numbered_anew_does_not_overwrite_the_one_before(tmp_path):
    first = [row(source_id=str(n), name=f"甲路 {n} 号宣传栏", address=f"甲路 {n} 号") for n in (1, 2, 3)]
    import_file(write_ledger(tmp_path, *first))
    before = list(Asset.objects.order_by("pk").values())

    second = [
        {**cells, "name": f"乙路 {n} 号宣传栏", "address": f"乙路 {n} 号", "lon": cells["lon"] + 0.01}
        for n, cells in enumerate(first)
    ]
    report = import_file(write_ledger(tmp_path, *second))

    assert codes(report) == {line: ["id_leads_elsewhere"] for line in (2, 3, 4)}
    assert list(Asset.objects.order_by("pk").values()) == before


def test_what_a_person_confirms_comes_in_and_is_still_named(tmp_path):
    asset = registered()
    ledger = write_ledger(
        tmp_path, {"code": asset.code, "type": "宣传栏", **OTHERWISE["name"], **OTHERWISE["point"]}
    )

    report = import_file(ledger, confirmed=frozenset({"id_leads_elsewhere"}))

    assert (report.updated, report.doubtful, codes(report)) == (1, 1, {2: ["id_leads_elsewhere"]})
    asset.refresh_from_db()
    assert asset.name == "无影山路 2 号牌"


# --- Ids that a spreadsheet rounded ---------------------------------------------------------------------------------


@pytest.mark.parametrize("key", OTHERWISE)
def test_in_a_file_of_rounded_ids_one_thing_otherwise_holds_a_row(tmp_path, key):
    asset = registered(ROUNDED)

    report = import_file(
        write_ledger(
            tmp_path,
            {"code": asset.code, **stated(asset), **OTHERWISE[key]},
            {"code": "37010503008000200", **row()},
        )
    )

    assert codes(report) == {2: ["id_leads_elsewhere"], 3: ["id_rounded"]}


def test_a_condition_alone_does_not_go_to_whatever_asset_a_rounded_id_leads_to(tmp_path):
    registered(ROUNDED)

    report = import_file(write_ledger(tmp_path, {"code": ROUNDED, "condition": "破损"}))

    assert codes(report) == {2: ["id_rounded"]}
    assert not Inspection.objects.exists()


def test_an_id_that_really_ends_in_00_among_whole_ones_is_nothing_special(tmp_path):
    assets = [registered(code) for code in (ROUNDED, "37010503008000117", "37010503008000118")]

    report = import_file(
        write_ledger(tmp_path, *({"code": asset.code, "condition": "破损"} for asset in assets))
    )

    assert (report.updated, codes(report)) == (3, {})
    assert set(Asset.objects.values_list("condition", flat=True)) == {Condition.DAMAGED}


@pytest.mark.parametrize(
    "shown",
    ["3.70105E+16", "3.7010503008E+16", "3.70105E+017", "3.70105030080001E+016", "３．７０１０５Ｅ＋１６",
     "3.70105e16", "3,70105E+16", "4E+16"],
)  # fmt: skip
@pytest.mark.parametrize("number", ["code", "legacy_code", "source_id"])
def test_a_number_that_a_spreadsheet_shows_shortened_is_no_number(tmp_path, number, shown):
    report = import_file(write_ledger(tmp_path, {**row(), number: shown}))

    assert codes(report) == {2: ["digits_lost"]}


def test_an_offices_own_number_may_look_like_a_power(tmp_path):
    assert import_file(write_ledger(tmp_path, row(source_id="2E10"))).created == 1


# --- Our own export that comes back ---------------------------------------------------------------------------------


def exported(asset: Asset, **changed) -> dict:
    return {"uid": str(asset.uid), "code": asset.code, **stated(asset), **changed}


def test_the_unique_id_finds_the_asset_whose_component_id_was_rounded(tmp_path):
    mine, other = (
        registered("37010503008000117", name="我的牌"),
        registered(ROUNDED, name="别人的牌", place=IN_THE_EAST),
    )
    before = Asset.objects.values().get(pk=other.pk)

    report = import_file(
        write_ledger(
            tmp_path, exported(mine, code=ROUNDED, name="我的新牌"), exported(other, name="别人的牌")
        )
    )

    assert (report.updated, report.unchanged, codes(report)) == (1, 1, {2: ["id_rounded_uid_known"]})
    mine.refresh_from_db()
    assert (mine.code, mine.name) == ("37010503008000117", "我的新牌")
    assert Asset.objects.values().get(pk=other.pk) == before


def test_the_unique_id_finds_the_asset_whose_component_id_was_shortened(tmp_path):
    asset = registered()

    report = import_file(write_ledger(tmp_path, exported(asset, code="3.70105E+16", name="新名")))

    assert (report.updated, codes(report)) == (1, {2: ["id_rounded_uid_known"]})


def test_a_shortened_id_beside_a_unique_id_nobody_has_is_refused(tmp_path):
    asset = registered()
    cells = exported(asset, code="3.70105E+16") | {"uid": "0198c5b7-1111-7000-8000-000000000000"}

    assert "digits_lost" in codes(import_file(write_ledger(tmp_path, cells)))[2]


def test_a_unique_id_and_a_component_id_of_two_assets_write_neither(tmp_path):
    mine, other = registered("37010503008000117"), registered("37010503008000234", place=IN_THE_EAST)
    before = list(Asset.objects.order_by("pk").values())

    report = import_file(write_ledger(tmp_path, exported(mine, code=other.code, name="新名")))

    assert codes(report) == {2: ["ids_disagree"]}
    assert list(Asset.objects.order_by("pk").values()) == before


def test_another_unique_id_than_the_assets_holds_the_row(tmp_path):
    asset = registered()
    cells = exported(asset, name="新名") | {"uid": "0198c5b7-1111-7000-8000-000000000000"}

    assert codes(import_file(write_ledger(tmp_path, cells))) == {2: ["id_leads_elsewhere"]}


def test_a_column_uid_of_another_office_is_none_of_ours(tmp_path):
    ledger = write_ledger(
        tmp_path, row(uid="0198c5b7-1111-7000-8000-000000000000", 编号="A1", 奇="x", 怪="y")
    )
    import_file(ledger)

    assert import_file(ledger).unchanged == 1


def test_every_held_code_can_be_confirmed_by_the_command(tmp_path):
    from importing.management.commands.import_assets import Command

    parser = Command().create_parser("manage.py", "import_assets")
    assert set(parser.parse_args(["x.csv", *(f"--confirm={code}" for code in HELD)]).confirm) == set(HELD)


CASES = Path(__file__).parents[3] / "shared" / "data" / "cases"


@pytest.mark.skipif(not CASES.exists(), reason="the shared cases are not on this machine")
def test_a_table_that_a_spreadsheet_saved_writes_nothing_by_itself():
    registered(ROUNDED, name="别处的牌", address="别处", type=make_type("mural"))
    before = list(Asset.objects.values())

    report = import_file(CASES / "14_saved_by_a_spreadsheet.csv", skip_bad=True, allow_outside=True)

    assert codes(report) == {2: ["digits_lost"], 3: ["id_leads_elsewhere"], 4: ["digits_lost"]}
    assert list(Asset.objects.values()) == before


# --- Zeros before a number ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("first, second", [("12", "0012"), ("0012", "12"), ("0", "000")])
def test_a_number_that_lost_or_got_zeros_registers_no_twin(tmp_path, first, second):
    cells = row(source_id=first)
    import_file(write_ledger(tmp_path, cells))

    report = import_file(write_ledger(tmp_path, {**cells, "source_id": second}))

    assert codes(report)[2][-1] == "number_of_zeros"
    assert Asset.objects.count() == 1


def test_two_numbers_of_one_ledger_may_differ_by_zeros(tmp_path):
    ledger = write_ledger(tmp_path, row(source_id="12"), row(source_id="0012"))

    assert import_file(ledger).created == 2
    assert import_file(ledger).unchanged == 2


@pytest.mark.skipif(not CASES.exists(), reason="the shared cases are not on this machine")
def test_zeros_by_format_as_text_and_in_a_csv_are_the_same_three_assets():
    reports = [
        import_file(CASES / name, allow_outside=True, default_type="notice_board")
        for name in ("08a_zeros_by_number_format.xlsx", "08b_zeros_as_text.xlsx", "08c_zeros.csv")
    ]

    assert [(report.created, report.unchanged) for report in reports] == [(3, 0), (0, 3), (0, 3)]
    assert set(Asset.objects.values_list("source_id", flat=True)) == {"0012", "0013", "0101"}
