"""A table is parsed and resolved once: importing takes what the check prepared, unless it could come out otherwise."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from assets.models import Asset, Ledger, LedgerState
from importing.actions import preparing_ledgers
from importing.actions.preparing_ledgers import prepare_ledger, prepared_ledger
from importing.preparing import Prepared, nobody_watches, prepare
from places.models import Area, Unit
from tests.conftest import District
from tests.factories import make_site, make_theme, make_type, square
from tests.importing.ledgers.conftest import checked, work
from tests.importing.written_ledgers import row, write_ledger

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def times(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """One entry for each time that a table is prepared."""
    sources: list[str] = []

    def counted(table: Any, options: Any, watch: Any) -> Prepared:
        sources.append(options.source)
        return prepare(table, options, watch)

    monkeypatch.setattr(preparing_ledgers, "prepare", counted)
    return sources


def commit(client: Client, ledger: Ledger) -> Ledger:
    client.post(f"/import/{ledger.uid}/commit", {"skip_bad": "yes"})
    work()
    ledger.refresh_from_db()
    return ledger


def test_importing_takes_what_the_check_prepared(client: Client, tmp_path: Path, times: list[str]) -> None:
    rows = [row(source_id=str(number), condition="完好") for number in range(5)]
    ledger = checked(client, write_ledger(tmp_path, *rows))
    kept = ledger.folder / "table" / "prepared"
    assert kept.exists()
    assert commit(client, ledger).state == LedgerState.IMPORTED
    assert len(times) == 1
    assert Asset.objects.filter(condition=1).count() == 5
    assert not kept.exists()


def test_what_was_kept_is_what_would_be_prepared(client: Client, tmp_path: Path) -> None:
    make_theme("minors", name_zh="关爱未成年人")
    rows = [
        row(source_id="1", themes="关爱未成年人", installed_on="2024-05-01", width="2.5", remarks="甲\t乙"),
        row(source_id="2", condition="完好", inspected_at="2026-01-02", lit="是"),
        row(source_id="3", type="飞碟", owner="某单位", lon="", lat=""),
        row(source_id="", name="没有编号", installed_on="三月"),
    ]
    ledger = checked(client, write_ledger(tmp_path, *rows))
    # As the worker that imports begins: from what the database has of it.
    ledger = Ledger.objects.get(pk=ledger.pk)
    kept, anew = prepared_ledger(ledger, nobody_watches), prepare_ledger(ledger, nobody_watches)
    assert anew.verdicts
    assert kept == anew


def a_unit(_district: District) -> None:
    Unit.objects.create(name="某单位")


def a_site(_district: District) -> None:
    make_site()


def a_theme(_district: District) -> None:
    make_theme("minors", name_zh="关爱未成年人")


def a_type(_district: District) -> None:
    make_type("mural", name_zh="墙体彩绘")


def a_boundary(district: District) -> None:
    Area.objects.filter(pk=district.east.pk).update(boundary=square(117.0, 36.66, 117.03, 36.71))


@pytest.mark.parametrize("change", [a_unit, a_site, a_theme, a_type, a_boundary])
def test_lists_that_have_changed_are_looked_up_again(
    client: Client, tmp_path: Path, times: list[str], district: District, change: Callable[[District], None]
) -> None:
    ledger = checked(client, write_ledger(tmp_path, row(source_id="1", owner="某单位")))
    change(district)
    assert commit(client, ledger).state == LedgerState.IMPORTED
    assert len(times) == 2
    assert Asset.objects.filter(owner__name="某单位").count() == (1 if change is a_unit else 0)


@pytest.mark.parametrize(
    "patch",
    [
        lambda patch, _settings: patch.setattr(preparing_ledgers, "_PROGRAM", "another"),
        lambda patch, _settings: patch.setattr(
            timezone, "localdate", lambda *_arguments: timezone.now().date() + timedelta(days=2)
        ),
        lambda _patch, settings: setattr(settings, "MANAGING_DISTRICT", "370112"),
    ],
    ids=["program", "day", "managing district"],
)
def test_under_another_program_day_or_district_it_is_prepared_again(
    client: Client,
    tmp_path: Path,
    times: list[str],
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
    patch: Any,
) -> None:
    ledger = checked(client, write_ledger(tmp_path, row(source_id="1")))
    patch(monkeypatch, settings)
    prepared_ledger(Ledger.objects.get(pk=ledger.pk), nobody_watches)
    assert len(times) == 2


def test_what_somebody_else_writes_in_assets_is_no_reason(
    client: Client, tmp_path: Path, times: list[str], publicity: User
) -> None:
    """An asset with the row's number appears in between: the check under the locks finds it, prepared once."""
    path = write_ledger(tmp_path, row(source_id="1", name="新的名称"))
    first, second = checked(client, path), checked(client, path)
    commit(client, first)
    assert second.report["created"] == 1
    commit(client, second)
    assert second.state == LedgerState.IMPORTED
    assert (second.report["created"], second.report["unchanged"]) == (0, 1)
    assert len(times) == 2
    assert Asset.objects.count() == 1


def test_a_day_that_has_not_come_is_not_kept(client: Client, tmp_path: Path, times: list[str]) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    rows = [row(source_id="1"), row(source_id="2", installed_on=tomorrow.isoformat())]
    ledger = checked(client, write_ledger(tmp_path, *rows))
    assert not (ledger.folder / "table" / "prepared").exists()
    commit(client, ledger)
    assert len(times) == 2
