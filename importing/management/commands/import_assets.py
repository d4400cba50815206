"""`manage.py import_assets FILE`: bring an office's ledger into the catalogue. docs/importing.md is its guide."""

from __future__ import annotations

import json
import sys
import time
from argparse import ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DataError, OperationalError
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from assets.history import Actor
from assets.models import MeaningKind, Origin
from importing.actions.apply_import import ImportFailed, apply_import, preview_import
from importing.apart import read_apart
from importing.collector import collector_paused
from importing.errors import LedgerError
from importing.options import DEFAULT_NEAR_METRES, MOST_NEAR_METRES, NO_POSITIONS, ImportOptions
from importing.outlines import OutlineError, read_outline
from importing.preparing import NotImportable, Prepared, prepare
from importing.reading import Table
from importing.reading.header import MOST_HEADER_ROWS
from importing.reading.layout import ENCODINGS, SEPARATORS, Layout
from importing.report import Report, in_words
from importing.staging import staged
from importing.verdicts import HELD
from places.coordinates import UnknownCRSError, parse_crs

# A person says x and y, the headers say lon and lat.
_FIELD_NAMES = {"x": "lon", "y": "lat", "lng": "lon"}
_KINDS = tuple(kind.value for kind in MeaningKind.of_cells())
# Naming the columns of positions says that these are to be taken, also when the file has shapes.
_POSITION_FIELDS = frozenset({"lon", "lat", "coordinates"})
_CORRECTIONS = ".errors"


class Command(BaseCommand):
    """Imports a ledger: all of it or nothing, unless told to leave out the rows that are refused."""

    help = "Imports a ledger of assets (CSV, XLSX, XLS, GeoJSON, GeoPackage, Shapefile, KML …)."
    # They load every page of the product, which takes half a second; the server has made them when it started.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--crs",
            help="wgs84, gcj02, bd09, cgcs2000, EPSG:n, a WKT or a PROJ string; required when the file does not carry"
            " one. none takes no positions from the file",
        )
        parser.add_argument(
            "--exchange", action="store_true", help="the file's first number is latitude or northing"
        )
        parser.add_argument(
            "--map",
            type=_column_map,
            default={},
            metavar='"name=名称,x=lng,y=lat"',
            help="which column is which field, over and above what the headers say",
        )
        parser.add_argument(
            "--ignore", action="append", default=[], metavar="COLUMN", help="leave this column out"
        )
        parser.add_argument(
            "--meaning",
            type=_meaning,
            action="append",
            default=[],
            metavar='"KIND:NAME=ENTRY"',
            help="what a name in the file means: the code of a type or theme, or the name of a unit, such as"
            ' "type:飞艇=notice_board" (kinds: ' + ", ".join(_KINDS) + ")",
        )
        parser.add_argument("--sheet", "--layer", dest="layer", help="which sheet or layer to read")
        parser.add_argument(
            "--header-row", type=int, metavar="N", help="the number of the first row of column names"
        )
        parser.add_argument(
            "--header-rows", type=int, metavar="N", help="how many rows of column names there are"
        )
        parser.add_argument(
            "--delimiter",
            type=_separator,
            metavar="SIGN",
            help="what stands between the cells of a text file: tab, blank, or one of "
            + " ".join(SEPARATORS.split()),
        )
        parser.add_argument("--encoding", choices=ENCODINGS, help="what the texts of the file are written in")
        parser.add_argument(
            "--type", default="", metavar="CODE", help="type of rows that do not name a known one"
        )
        parser.add_argument(
            "--source", help="whose numbers the ledger's own numbers are (default: the file's name)"
        )
        parser.add_argument("--dry-run", action="store_true", help="check and report, write nothing")
        parser.add_argument(
            "--skip-bad", action="store_true", help="import the other rows when some are refused"
        )
        parser.add_argument("--strict", action="store_true", help="refuse doubtful rows too")
        parser.add_argument(
            "--allow-outside", action="store_true", help="take assets outside every known district too"
        )
        parser.add_argument(
            "--district",
            metavar="FILE|CODE",
            help="outline that rows must lie in (default: every known district)",
        )
        parser.add_argument(
            "--near",
            type=_near_metres,
            default=DEFAULT_NEAR_METRES,
            metavar="METRES",
            help="a new row this near to an asset of its type is doubtful; 0 asks for no check (default: %(default)g)",
        )
        parser.add_argument(
            "--create-units",
            action="store_true",
            help="enter owners and maintainers that are not in the list",
        )
        parser.add_argument(
            "--confirm",
            action="append",
            default=[],
            choices=sorted(HELD),
            metavar="CODE",
            help="let rows in that are held for this reason: somebody has looked at them (%(choices)s)",
        )
        parser.add_argument(
            "--report", type=Path, metavar="FILE", help="write the whole report: .json, or text"
        )
        parser.add_argument(
            "--errors", type=Path, metavar="FILE", help="where to write the rows to correct (XLSX)"
        )
        parser.add_argument("--user", metavar="NAME", help="import as this user, with their rights")
        parser.add_argument("--yes", "--no-input", dest="ask", action="store_false", help="do not ask")
        parser.add_argument(
            "--language", choices=[code for code, _name in settings.LANGUAGES], help="of messages"
        )

    def handle(self, *args: Any, file: Path, language: str | None, **options: Any) -> None:
        """Read, check, show, ask, apply."""
        self.started = time.monotonic()
        self.verbosity = options["verbosity"]
        with translation.override(language or settings.LANGUAGE_CODE):
            try:
                self._import(file, options)
            except (LedgerError, UnknownCRSError, OutlineError, NotImportable, ImportFailed) as error:
                raise CommandError(str(error)) from error
            except (PermissionDenied, OperationalError, DataError) as error:
                raise CommandError(str(error).strip()) from error
            except OSError as error:
                raise CommandError(f"{file}: {error.strerror or error}") from error

    def _import(self, file: Path, options: dict[str, Any]) -> None:
        actor = _actor(options["user"])
        import_options = ImportOptions(
            source=options["source"] or file.stem.removesuffix(_CORRECTIONS),
            columns=options["map"],
            ignored=frozenset(options["ignore"]),
            values={
                kind: {text: entry for of, text, entry in options["meaning"] if of == kind} for kind in _KINDS
            },
            crs=parse_crs(options["crs"]) if options["crs"] not in (None, "", NO_POSITIONS) else None,
            exchanged=options["exchange"],
            positions_from_columns=not _POSITION_FIELDS.isdisjoint(options["map"]),
            without_positions=options["crs"] == NO_POSITIONS,
            default_type=options["type"],
            district=read_outline(options["district"]) if options["district"] else None,
            allow_outside=options["allow_outside"],
            near_metres=options["near"],
            strict=options["strict"],
            create_units=options["create_units"],
            confirmed=frozenset(options["confirm"]),
        )
        self._progress("reading", 0, 0)
        with collector_paused():
            table = read_apart(file, layout=_layout(options))
            self._progress("parsing", 0, len(table))
            prepared = prepare(table, import_options)
        self._progress("staging", 0, len(table))
        with staged(prepared):
            ask = options["ask"] and not options["dry_run"] and sys.stdin.isatty()
            report = None
            if options["dry_run"] or ask:
                self._progress("checking", 0, len(table))
                report = preview_import(actor, prepared)
            if ask and report is not None and self._wanted(report, skip_bad=options["skip_bad"]):
                report = None
            if not options["dry_run"] and report is None:
                report = apply_import(
                    actor,
                    prepared,
                    title=file.name,
                    skip_bad=options["skip_bad"],
                    facts={"file": file.name, "source": import_options.source, "crs": prepared.crs},
                    progress=self._progress,
                )
        assert report is not None
        self._tell(report, table, prepared, file, options)

    def _wanted(self, report: Report, *, skip_bad: bool) -> bool:
        """Show what would happen, and ask; there is nothing to ask when nothing would be written."""
        if not report.writes or (report.refused and not skip_bad):
            return False
        for line in in_words(report):
            self._say(line)
        return input(_("Go ahead? [y/N] ")).strip().lower() in ("y", "yes", "是")

    def _tell(
        self, report: Report, table: Table, prepared: Prepared, file: Path, options: dict[str, Any]
    ) -> None:
        for line in in_words(report):
            self.stdout.write(line)
        if report.verdicts:
            errors = options["errors"] or settings.VAR_DIR / "imports" / f"{file.stem}{_CORRECTIONS}.xlsx"
            self._progress("correcting", 0, 0)
            # Loads openpyxl, which a clean ledger need not wait for.
            from importing.corrections import write_corrections

            with self._said_when_unwritable(errors):
                rows = write_corrections(errors, table, prepared.position_columns, report.verdicts)
                self.stdout.write(
                    _("Rows to correct: %(rows)s, in %(file)s. Import that file with --source %(source)s.")
                    % {"rows": rows, "file": errors, "source": prepared.options.source}
                )
        if options["report"]:
            with self._said_when_unwritable(options["report"]):
                _write_report(options["report"], report)
        self._progress("done", report.rows, report.rows)
        if report.applied:
            self.stdout.write(_("Imported as batch #%(batch)s.") % {"batch": report.batch})
        elif options["dry_run"]:
            self.stdout.write(_("Dry run: nothing was written."))
        elif report.refused and not options["skip_bad"]:
            raise CommandError(
                _("Nothing was written: %(refused)s rows are refused. Correct them, or give --skip-bad.")
                % {"refused": report.refused}
            )
        elif report.writes:
            self.stdout.write(_("Nothing was written."))
        else:
            self.stdout.write(_("Nothing to write: every row that comes in is there already."))

    @contextmanager
    def _said_when_unwritable(self, path: Path) -> Iterator[None]:
        """What has been imported stays imported when a file about it cannot be written."""
        try:
            yield
        except OSError as error:
            sentence = _("%(file)s cannot be written: %(reason)s")
            self.stderr.write(sentence % {"file": path, "reason": error.strerror or error})

    def _progress(self, stage: str, done: int, total: int) -> None:
        if self.verbosity:
            seconds = time.monotonic() - self.started
            rows = f" {total}" if total else ""
            self._say(f"{seconds:6.2f} s  {_stage_in_words(stage)}{rows}")

    def _say(self, line: str) -> None:
        """To stderr, but not in the colour of errors."""
        self.stderr.write(line, style_func=str)


def _layout(options: dict[str, Any]) -> Layout:
    for name, most in (("header_row", 1_000), ("header_rows", MOST_HEADER_ROWS)):
        if options[name] is not None and not 1 <= options[name] <= most:
            raise CommandError(
                _("--%(name)s takes a number from 1 to %(most)s.")
                % {"name": name.replace("_", "-"), "most": most}
            )
    return Layout(
        layer=options["layer"],
        header_row=options["header_row"],
        header_rows=options["header_rows"],
        delimiter=options["delimiter"],
        encoding=options["encoding"],
    )


def _stage_in_words(stage: str) -> str:
    return {
        "reading": _("Reading the file"),
        "parsing": _("Reading its cells"),
        "staging": _("Laying it beside the catalogue"),
        "waiting": _("Waiting for another import to finish"),
        "checking": _("Checking"),
        "creating": _("Creating assets"),
        "updating": _("Updating assets"),
        "inspections": _("Recording conditions"),
        "committing": _("Making it permanent"),
        "correcting": _("Writing the rows to correct"),
        "done": _("Done"),
    }[stage]


def _column_map(text: str) -> dict[str, str]:
    columns = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, equals, column = part.partition("=")
        if not equals or not name.strip() or not column.strip():
            raise ArgumentTypeError(_("“%(part)s”: write FIELD=COLUMN.") % {"part": part})
        columns[_FIELD_NAMES.get(name.strip(), name.strip())] = column.strip()
    return columns


def _separator(text: str) -> str:
    sign = {"tab": "\t", "\\t": "\t", "blank": " "}.get(text, text)
    if len(sign) != 1 or sign not in SEPARATORS:
        raise ArgumentTypeError(
            _("“%(part)s” is no separator: give tab, blank, or one of %(signs)s.")
            % {"part": text, "signs": " ".join(SEPARATORS.split())}
        )
    return sign


def _meaning(text: str) -> tuple[str, str, str]:
    kind, _colon, rest = text.partition(":")
    name, _equals, entry = rest.rpartition("=")
    if kind not in _KINDS or not name.strip() or not entry.strip():
        raise ArgumentTypeError(_("“%(part)s”: write KIND:NAME=ENTRY.") % {"part": text})
    return kind, name.strip(), entry.strip()


def _near_metres(text: str) -> float:
    try:
        metres = float(text)
    except ValueError:
        metres = -1.0
    if not 0 <= metres <= MOST_NEAR_METRES:
        raise ArgumentTypeError(_("Give metres from 0 to 1000."))
    return metres


def _actor(name: str | None) -> Actor:
    if name is None:
        return Actor(None, Origin.COMMAND)
    user = User.objects.filter(username=name, is_active=True).first()
    if user is None:
        raise CommandError(_("There is no active user “%(name)s”.") % {"name": name})
    return Actor(user, Origin.COMMAND)


def _write_report(path: Path, report: Report) -> None:
    if path.suffix.lower() == ".json":
        path.write_text(json.dumps(report.as_json(), ensure_ascii=False, indent=1), encoding="utf-8")
    else:
        path.write_text("\n".join(in_words(report, shown_per_code=None)) + "\n", encoding="utf-8")
