#!/usr/bin/env python3
"""How long an import takes: `benchmarks/import_assets.py [--rows 51000]`.

Makes a workbook of invented rows (20-odd columns) and imports it with `manage.py import_assets` into a database of its
own, `bench_import`, which is emptied first: a dry run, the import, and the same file again. The yardstick, in the same
run: a bare COPY of the same rows into the same table, and without the table's triggers. Times are wall-clock and
include the start of Python; memory is the command's peak.
"""

from __future__ import annotations

import argparse
import io
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTHON = str(ROOT / ".venv" / "bin" / "python")
DATABASE = "bench_import"
HEADERS = (
    "编号", "名称", "类型", "主题", "画面内容", "地址", "所在道路", "经度", "纬度", "尺寸（米）", "面数", "材质",
    "是否亮化", "朝向", "权属单位", "养护单位", "完好情况", "检查日期", "安装时间", "楼栋", "备注",
)  # fmt: skip
TYPES = (
    "宣传栏",
    "展板",
    "墙体彩绘",
    "建筑围挡",
    "灯杆道旗",
    "候车亭",
    "电子屏",
    "标语牌",
    "公示牌",
    "导视牌",
)
ROADS = ("北园大街", "济泺路", "堤口路", "二环北路")
WORDING = (
    "富强 民主 文明 和谐 自由 平等 公正 法治 爱国 敬业 诚信 友善",
    "讲文明 树新风 做文明有礼的天桥人",
    "垃圾分一分 环境美十分",
)


def make_ledger(path: Path, rows: int) -> None:
    """A workbook of invented rows, all inside the district."""
    from openpyxl import Workbook

    chance = random.Random(1)
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("台账")
    sheet.append(HEADERS)
    for number in range(1, rows + 1):
        road, kind = chance.choice(ROADS), chance.choice(TYPES)
        sheet.append(
            (
                f"TQ-{number:06d}",
                f"{road} {number % 900 + 1} 号{kind}（{chance.choice('东南西北')}面）",
                kind,
                chance.choice(("社会主义核心价值观", "讲文明树新风", "垃圾分类、文明交通")),
                chance.choice(WORDING),
                f"山东省济南市天桥区{road} {number % 900 + 1} 号",
                road,
                round(116.975 + chance.random() * 0.03, 6),
                round(36.675 + chance.random() * 0.05, 6),
                chance.choice(("2.4×1.2", "3×1.5", "6*3")),
                chance.choice((1, 2)),
                chance.choice(("不锈钢", "铝型材", "亚克力")),
                chance.choice(("是", "否")),
                chance.choice("东南西北"),
                "天桥区委宣传部",
                "天桥区养护中心",
                chance.choice(("完好", "完好", "完好", "轻微破损", "破损")),
                f"2026-{chance.randint(1, 9):02d}-{chance.randint(1, 28):02d}",
                f"20{chance.randint(18, 25)}-{chance.randint(1, 12):02d}-15",
                "",
                "",
            )
        )
    workbook.save(path)


def empty(owner: str) -> None:
    """An empty catalogue with its lists."""
    import psycopg2

    for command in (["migrate", "-v0"], ["load_fixtures", "-v0"]):
        environment = {**os.environ, "DATABASE_ROLE": "owner"}
        subprocess.run([PYTHON, ROOT / "manage.py", *command], check=True, env=environment)
    with psycopg2.connect(owner) as connection, connection.cursor() as cursor:
        cursor.execute("TRUNCATE assets_asset, assets_batch, assets_assetevent, pghistory_context CASCADE")


def measure(*arguments: str | Path) -> tuple[float, float, int]:
    """Run the command; seconds, seconds of its own processor time, peak memory in MB."""
    command = [PYTHON, ROOT / "manage.py", "import_assets", *arguments, "--yes", "--crs", "wgs84"]
    started = time.perf_counter()
    process = subprocess.Popen([*command, "--create-units", "--language", "en"], stdout=subprocess.PIPE)
    assert process.stdout is not None
    print(process.stdout.read().decode().strip().splitlines()[0])
    _pid, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    if status:
        sys.exit("The import failed.")
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024


def copy_bare(owner: str, *, triggers: bool) -> float:
    """Seconds for COPY of the imported rows, under other keys, into the same table; undone afterwards."""
    import psycopg2

    with psycopg2.connect(owner) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = 'assets_asset'::regclass AND attnum > 0"
        )
        names = [name for (name,) in cursor.fetchall()]
        other = {
            "id": "id + 10000000",
            "uid": "gen_random_uuid()",
            "code": "'999999' || substr(code, 7)",
            "source": "'copy'",
        }
        rows = io.StringIO()
        selected = ", ".join(other.get(name, name) for name in names)
        cursor.copy_expert(f"COPY (SELECT {selected} FROM assets_asset ORDER BY id) TO STDOUT", rows)
        rows.seek(0)
        if not triggers:
            cursor.execute("ALTER TABLE assets_asset DISABLE TRIGGER USER")
        started = time.perf_counter()
        cursor.copy_expert(f"COPY assets_asset ({', '.join(names)}) FROM STDIN", rows)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        seconds = time.perf_counter() - started
        connection.rollback()
    return seconds


def history(owner: str) -> tuple[int, int]:
    """History rows of assets, and those that name an actor and a batch."""
    import psycopg2

    with psycopg2.connect(owner) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(*) FILTER (WHERE c.metadata ? 'actor' AND c.metadata ? 'batch') "
            "FROM assets_assetevent e LEFT JOIN pghistory_context c ON c.id = e.pgh_context_id"
        )
        return cursor.fetchone()


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=51_000)
    rows = parser.parse_args().rows
    if "DATABASE_URL" not in os.environ:
        os.environ |= {"DATABASE_NAME": DATABASE, "DJANGO_ENV": "demo"}
        cluster = ROOT / "script" / "cluster"
        os.execv(cluster, [str(cluster), "run", "--", PYTHON, *sys.argv])
    owner = os.environ["DATABASE_OWNER_URL"]
    if f"/{DATABASE}" not in owner:
        sys.exit(f"This empties the catalogue, so it only works in a database named {DATABASE}.")
    empty(owner)
    with tempfile.TemporaryDirectory() as folder:
        ledger = Path(folder) / "ledger.xlsx"
        make_ledger(ledger, rows)
        figures = {
            "dry run": measure(ledger, "--dry-run"),
            "import": measure(ledger),
            "the same file again": measure(ledger),
        }
    events, with_actor = history(owner)
    print(
        f"\n{rows:,} rows of {len(HEADERS)} columns, XLSX; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n"
    )
    print("| | seconds | of them in Python | peak memory |\n|---|--:|--:|--:|")
    for name, (seconds, processor, memory) in figures.items():
        print(f"| {name} | {seconds:.1f} | {processor:.1f} | {memory} MB |")
    for name, triggers in (
        ("bare COPY, with the table's triggers", True),
        ("bare COPY, without triggers", False),
    ):
        print(f"| {name} | {copy_bare(owner, triggers=triggers):.1f} | | |")
    print(f"\nHistory: {events:,} rows, {with_actor:,} of them with actor and batch.")


if __name__ == "__main__":
    main()
