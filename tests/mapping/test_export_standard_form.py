"""/export/assets.gbt47678.csv: the standard's 18 attributes, and beside them the rows that lack a mandatory one."""

import csv
import io
import zipfile

import pytest
from django.core.management import call_command
from django.test import Client

from accounts.models import User
from assets.models import Asset, ComponentState, Lifecycle
from tests.factories import make_area, make_unit, square
from tests.mapping.conftest import Town

pytestmark = pytest.mark.django_db

ATTRIBUTES = [
    "GLBJBSM",
    "GLBJMC",
    "ZGBMDM",
    "ZGBMMC",
    "QSDWDM",
    "QSDWMC",
    "YHDWDM",
    "YHDWMC",
    "SZDYWGBSM",
    "GLBJZT",
    "CSRQ",
    "BGRQ",
    "SJLY",
    "BZ",
    "SZJDDM",
    "SZJDMC",
    "SZSQDM",
    "SZSQMC",
]
ADDRESS, BESIDE, BOTH = (f"/export/assets.gbt47678{ending}" for ending in (".csv", "-incomplete.csv", ".zip"))


@pytest.fixture
def exporter(client: Client, planner: User) -> Client:
    client.force_login(planner)
    return client


@pytest.fixture
def complete(town: Town) -> Asset:
    """The board, with everything that is mandatory."""
    for lifecycle, condition, state in (
        ("in_use", "good", "完好"),
        ("in_use", "damaged", "破损"),
        ("suspended", "", "废弃"),
        ("suspended", "missing", "丢失"),
        ("removed", "", "移除"),
    ):
        ComponentState.objects.create(lifecycle=lifecycle, condition=condition, state=state)
    unit = make_unit("中共济南市天桥区委宣传部", credit_code="11370105004188270P")
    cell = make_area("370105001008001", "单元网格", square(116.98, 36.67, 116.99, 36.68))
    Asset.objects.filter(pk=town.board.pk).update(
        supervisor=unit, area=cell, installed_on="2020-06-01", data_source="实测", remarks="=甲"
    )
    return town.board


def rows(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline="")))


def test_it_has_the_attributes_in_their_order(complete: Asset, exporter: Client) -> None:
    body = exporter.get(ADDRESS).getvalue()
    [row] = rows(body)
    assert list(row) == ATTRIBUTES
    assert (row["GLBJBSM"], row["GLBJMC"]) == (complete.code, "宣传栏")
    assert (row["ZGBMDM"], row["ZGBMMC"]) == ("11370105004188270P", "中共济南市天桥区委宣传部")
    assert (row["SZDYWGBSM"], row["GLBJZT"], row["CSRQ"]) == ("370105001008001", "完好", "20200601")
    assert (row["SZJDDM"], row["SZJDMC"], row["SZSQDM"]) == ("370105001", "无影山街道", "370105001008")
    assert (row["SJLY"], row["BZ"]) == ("实测", "'=甲")
    assert len(row["BGRQ"]) == 8


def test_rows_that_lack_something_are_listed_beside_it(complete: Asset, town: Town, exporter: Client) -> None:
    listed = {row["GLBJBSM"]: row for row in rows(exporter.get(f"{BESIDE}?lang=zh").getvalue())}
    assert set(listed) == {asset.code for asset in town.shown} - {complete.code}
    problems = listed[town.mural.code]["问题"]
    assert "缺少主管部门代码" in problems
    assert "缺少所在单元网格标识码" in problems
    assert "状态" not in problems
    assert "Supervisor's code is missing" in exporter.get(f"{BESIDE}?lang=en").getvalue().decode()


def test_what_is_too_long_is_listed_and_not_cut(complete: Asset, exporter: Client) -> None:
    Asset.objects.filter(pk=complete.pk).update(remarks="长" * 1001)
    assert rows(exporter.get(f"{ADDRESS}?q={complete.code}").getvalue()) == []
    [row] = rows(exporter.get(f"{BESIDE}?q={complete.code}&lang=zh").getvalue())
    assert row["问题"] == "备注超过 1000 个字符"
    assert len(row["BZ"]) == 1001


def test_the_state_follows_from_an_editable_table(complete: Asset, exporter: Client) -> None:
    ComponentState.objects.filter(lifecycle="in_use", condition="good").update(state="良好")
    [row] = rows(exporter.get(ADDRESS).getvalue())
    assert row["GLBJZT"] == "良好"
    ComponentState.objects.all().delete()
    assert rows(exporter.get(ADDRESS).getvalue()) == []
    [row] = rows(exporter.get(f"{BESIDE}?q={complete.code}&lang=zh").getvalue())
    assert row["问题"] == "缺少管理部件状态"


def test_a_condition_of_its_own_goes_before_any_other(complete: Asset, exporter: Client) -> None:
    Asset.objects.filter(pk=complete.pk).update(lifecycle=Lifecycle.SUSPENDED)
    [row] = rows(exporter.get(ADDRESS).getvalue())
    assert row["GLBJZT"] == "废弃"
    Asset.objects.filter(pk=complete.pk).update(condition=5)
    [row] = rows(exporter.get(ADDRESS).getvalue())
    assert row["GLBJZT"] == "丢失"


def test_both_come_in_one_file(complete: Asset, town: Town, exporter: Client) -> None:
    with zipfile.ZipFile(io.BytesIO(exporter.get(BOTH).getvalue())) as archive:
        assert len(rows(archive.read("assets.gbt47678.csv"))) == 1
        assert len(rows(archive.read("assets.gbt47678-incomplete.csv"))) == len(town.shown) - 1


def test_the_fixtures_bring_states_and_every_lifecycle_has_one(db: None) -> None:
    call_command("load_fixtures", verbosity=0)
    assert set(ComponentState.objects.values_list("lifecycle", flat=True)) == set(Lifecycle.values)
    before = ComponentState.objects.count()
    call_command("load_fixtures", verbosity=0)
    assert ComponentState.objects.count() == before


def test_the_table_is_edited_in_the_administration(
    complete: Asset, client: Client, publicity: User, owner: User
) -> None:
    from django.urls import reverse

    state = ComponentState.objects.get(lifecycle="removed")
    address = reverse("admin:assets_componentstate_change", args=[state.pk])
    client.force_login(publicity)
    assert client.post(address, {"state": "拆除"}).status_code == 302
    state.refresh_from_db()
    assert state.state == "拆除"
    client.force_login(owner)
    assert client.post(address, {"state": "其他"}).status_code == 403
