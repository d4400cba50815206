#!/usr/bin/env python3
"""How long an import takes: `benchmarks/import_assets.py [--rows 51000]`.

Makes a workbook of invented rows (20-odd columns, one in a hundred with something wrong) and imports it into a database
of its own, `bench_import`, which is emptied before each way:

* in the browser: the file is sent through Django's test client to a worker of its own, and the same addresses are asked
  as the page asks them. Times run from the click to the answer that shows it; memory is the worker's peak.
* `manage.py import_assets`: a dry run, the import, and the same file again, with the start of Python.
* django-import-export, as its manual has it for large files (`use_bulk`, no row reports): the same workbook into the
  same table, fields that are plain values, names of types, and the point. It checks little and undoes nothing.
* the yardstick: a bare COPY of the same rows into the same table, with and without the table's triggers.
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
        bad = number % 100 == 7
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
                "昨天" if bad else f"20{chance.randint(18, 25)}-{chance.randint(1, 12):02d}-15",
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
        cursor.execute(
            "TRUNCATE assets_asset, assets_batch, assets_assetevent, assets_ledger, pghistory_context,"
            " assets_rememberedmeaning, django_tasks_database_dbtaskresult CASCADE"
        )


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


# --- In the browser ---------------------------------------------------------------------------------------------------

BETWEEN_LOOKS_S = 0.3  # as ledger_progress.js


def in_the_browser(ledger: Path, folder: Path) -> tuple[dict[str, float], int]:
    """Seconds of each step as a person sees them, and the worker's peak memory in MB."""
    os.environ["VAR_DIR"] = str(folder / "var")
    import django

    django.setup()
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.test import Client

    from accounts.models import Membership, Role, User
    from assets.models import Ledger, LedgerState
    from places.models import Area

    user, _made = User.objects.get_or_create(username="bench")
    Membership.objects.get_or_create(user=user, role=Role.PUBLICITY, area=Area.objects.get(code="370105"))
    client = Client()
    client.force_login(user)
    worker = subprocess.Popen([sys.executable, ROOT / "manage.py", "db_worker", "-v0"])
    figures = {}
    try:
        _until_tidy()
        started = time.perf_counter()
        client.post("/import/", {"file": SimpleUploadedFile(ledger.name, ledger.read_bytes())})
        found = Ledger.objects.get()
        address = f"/import/{found.uid}/"

        def step(state: str) -> tuple[float, float]:
            """Seconds until the first verdicts show, and until the ledger is in a state and its page is there."""
            begun, first = time.perf_counter(), 0.0
            while True:
                answer = client.get(f"/api/ledgers/{found.uid}").json()
                first = first or (time.perf_counter() - begun if answer["codes"] else 0.0)
                if answer["state"] == state:
                    break
                assert not answer["problem"], answer
                assert answer["work"] in ("waiting", "running", "none"), answer
                time.sleep(BETWEEN_LOOKS_S)
            page = client.get(address, follow=True)
            assert page.status_code == 200, page.status_code
            return first, time.perf_counter() - begun

        step(LedgerState.READ)
        figures["file sent and read: columns on screen"] = time.perf_counter() - started
        found.refresh_from_db()
        from importing.answers import Answers
        from importing.ledgers.answering import column_choices

        answers = {
            f"column-{column.number}": column.field for column in column_choices(found, Answers.of(found))
        }
        client.post(
            f"{address}columns", {**answers, "source": "bench", "near_metres": "5", "create_units": "yes"}
        )
        begun = time.perf_counter()
        page = client.get(f"{address}position")
        assert page.status_code == 200
        figures["positions on the map"] = time.perf_counter() - begun
        client.post(f"{address}position", {"crs": "wgs84"})
        first, whole = step(LedgerState.CHECKED)
        figures["checked: first errors on screen"] = first
        figures["checked: differences on screen"] = whole
        client.post(f"{address}commit", {"skip_bad": "yes"})
        figures["imported: report on screen"] = step(LedgerState.IMPORTED)[1]
        begun = time.perf_counter()
        assert client.get(f"{address}undo").status_code == 200
        figures["what undoing would do, on screen"] = time.perf_counter() - begun
        peak = _peak(worker.pid)
        client.post(f"{address}undo")
        figures["undone: report on screen"] = step(LedgerState.IMPORTED)[1]
    finally:
        worker.terminate()
        worker.wait()
    print(f"In the browser: {found.filename}, {Ledger.objects.get().report['created']:,} rows in.")
    return figures, max(peak, 0)


def _until_tidy() -> None:
    """The worker has started and done what it does at every start."""
    from django_tasks_db.models import DBTaskResult

    while not DBTaskResult.objects.filter(task_path="assets.tasks.tidy", status="SUCCESSFUL").exists():
        time.sleep(0.1)


def _peak(pid: int) -> int:
    """Peak memory of a process in MB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) // 1024
    return 0


# --- django-import-export ---------------------------------------------------------------------------------------------


def import_with_django_import_export(path: Path) -> None:
    """The same workbook, as django-import-export's manual has it; run in a process of its own (`--with-peer`)."""
    import django

    django.setup()
    from django.contrib.gis.geos import Point
    from import_export import fields, resources, widgets
    from import_export.formats.base_formats import XLSX

    from assets.codes import take_serials
    from assets.models import Asset, AssetType

    class TypeWidget(widgets.ForeignKeyWidget):
        types: dict = {}

        def clean(self, value, row=None, **kwargs):
            if not self.types:
                self.types.update({type_.name_zh: type_ for type_ in AssetType.objects.all()})
                self.types.update({type_.name_zh.split("（")[0]: type_ for type_ in AssetType.objects.all()})
            return self.types[value]

    class AssetResource(resources.ModelResource):
        source_id = fields.Field("source_id", "编号")
        name = fields.Field("name", "名称")
        type = fields.Field("type", "类型", widget=TypeWidget(AssetType, "name_zh"))
        wording = fields.Field("wording", "画面内容")
        address = fields.Field("address", "地址")
        faces = fields.Field("faces", "面数", widget=widgets.IntegerWidget())
        material = fields.Field("material", "材质")

        class Meta:
            model = Asset
            import_id_fields = ("source_id",)
            fields = ("source_id", "name", "type", "wording", "address", "faces", "material")
            use_bulk = True
            batch_size = 1000
            skip_unchanged = False
            report_skipped = False
            skip_diff = True
            skip_html_diff = True
            force_init_instance = True

        def before_import(self, dataset, **kwargs):
            self.serials = iter(take_serials("370105", "03008", len(dataset)))

        def before_save_instance(self, instance, row, **kwargs):
            instance.source = "peer"
            instance.code = f"37010503008{next(self.serials):06d}"
            instance.point = Point(float(row["经度"]), float(row["纬度"]), srid=4326)

    dataset = XLSX().create_dataset(path.read_bytes())
    result = AssetResource().import_data(dataset, raise_errors=True)
    print(f"django-import-export: {result.totals['new']:,} rows in.")


def measure_peer(ledger: Path) -> tuple[float, float, int]:
    """Seconds, seconds of its own processor time, peak memory in MB."""
    started = time.perf_counter()
    # It sets the sequence of the keys anew, which the runtime role may not.
    environment = {**os.environ, "DATABASE_ROLE": "owner"}
    process = subprocess.Popen([sys.executable, __file__, "--with-peer", str(ledger)], env=environment)
    _pid, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit("django-import-export failed.")
    return time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024


# --- The yardstick ----------------------------------------------------------------------------------------------------


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
    parser.add_argument("--with-peer", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    rows = arguments.rows
    if "DATABASE_URL" not in os.environ:
        os.environ |= {"DATABASE_NAME": DATABASE, "DJANGO_ENV": "demo"}
        cluster = ROOT / "script" / "cluster"
        os.execv(cluster, [str(cluster), "run", "--", PYTHON, *sys.argv])
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if arguments.with_peer:
        import_with_django_import_export(arguments.with_peer)
        return
    owner = os.environ["DATABASE_OWNER_URL"]
    if f"/{DATABASE}" not in owner:
        sys.exit(f"This empties the catalogue, so it only works in a database named {DATABASE}.")
    empty(owner)
    with tempfile.TemporaryDirectory() as folder:
        ledger = Path(folder) / "ledger.xlsx"
        make_ledger(ledger, rows)
        seen, worker_memory = in_the_browser(ledger, Path(folder))
        empty(owner)
        peer = measure_peer(ledger)
        empty(owner)
        figures = {
            "command: dry run": measure(ledger, "--dry-run"),
            "command: import": measure(ledger, "--skip-bad"),
            "command: the same file again": measure(ledger, "--skip-bad"),
            "django-import-export: import of 9 of the columns, without check": peer,
        }
    events, with_actor = history(owner)
    print(
        f"\n{rows:,} rows of {len(HEADERS)} columns, XLSX; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n"
    )
    print("| | seconds | of them in Python | peak memory |\n|---|--:|--:|--:|")
    for name, seconds in seen.items():
        print(f"| browser: {name} | {seconds:.1f} | | |")
    print(f"| browser: the worker, up to the report | | | {worker_memory} MB |")
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
