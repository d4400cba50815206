"""Check a ledger against the catalogue: keep what a person answered, and have the worker say what would happen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.permissions import MANAGE_LISTS, can
from assets.history import Actor
from assets.models import AssetType, Ledger, LedgerState, MeaningKind
from assets.runs import Progress, start_run
from importing.actions.apply_import import preview_import
from importing.actions.locking_ledgers import idle
from importing.actions.preparing_ledgers import prepare_ledger
from importing.answers import Answers, forget, remember, remember_columns
from importing.errors import LedgerError
from importing.headers import FIELDS
from importing.live import CHECK_SHARES, Live
from importing.locating import is_known, takes_shapes
from importing.options import MOST_NEAR_METRES, NO_POSITIONS
from importing.outlines import OutlineError
from importing.preparing import NotImportable
from importing.problems import problem_of
from importing.rows import keep_rows
from importing.staging import staged
from importing.verdicts import HELD
from places.coordinates import UnknownCRSError
from places.models import Area

CHECK_LEDGER = "check_ledger"
_LONGEST_SOURCE = 60


def answer_columns(actor: Actor, ledger: Ledger, answers: Answers) -> Ledger:
    """Keep what the columns mean, for this ledger and as this office's own words for the next.

    Raises:
        PermissionDenied: the actor may not go on with this ledger, or may not enter units.
        ValidationError: naming `columns`, `source`, `default_type`, `district`, `near_metres` or `state`.
    """
    with idle(actor, ledger, LedgerState.READ, LedgerState.CHECKED) as current:
        _check_columns(current, answers)
        if answers.create_units and (actor.user is None or not can(actor.user, MANAGE_LISTS)):
            raise PermissionDenied(_("Your role does not allow this."))
        before = Answers.of(current)
        current.answers = replace(
            before,
            columns=answers.columns,
            source=answers.source.strip(),
            default_type=answers.default_type,
            district=answers.district,
            allow_outside=answers.allow_outside,
            exchanged=False,
            positions_from_columns=answers.positions_from_columns,
            near_metres=answers.near_metres,
            strict=answers.strict,
            create_units=answers.create_units,
            # What was confirmed was confirmed of rows as they were understood before.
            confirmed=(),
        ).as_json()
        current.state, current.problem = LedgerState.READ, {}
        current.save(update_fields=["answers", "state", "problem"])
        remember_columns(current, answers.columns)
    return current


def _check_columns(ledger: Ledger, answers: Answers) -> None:
    names = {column["name"] for column in ledger.contents.get("columns", [])}
    if set(answers.columns) != names:
        raise ValidationError({"columns": _("The columns are not those of the file. Load the page again.")})
    fields = [name for name in answers.columns.values() if name]
    for name in fields:
        if name not in FIELDS:
            raise ValidationError(
                {"columns": str(LedgerError("unknown_field", name=name, names=", ".join(FIELDS)))}
            )
    twice = sorted({name for name in fields if fields.count(name) > 1})
    if twice:
        columns = [column for column, name in answers.columns.items() if name == twice[0]]
        raise ValidationError(
            {
                "columns": _("Only one column can mean the same: choose one of %(columns)s.")
                % {"columns": "、".join(columns)}
            }
        )
    if not answers.source.strip() or len(answers.source.strip()) > _LONGEST_SOURCE:
        raise ValidationError({"source": _("Say whose numbers they are, in at most 60 characters.")})
    if answers.default_type and not AssetType.objects.filter(code=answers.default_type).exists():
        raise ValidationError({"default_type": _("There is no such type.")})
    if answers.district and not Area.objects.filter(code=answers.district, boundary__isnull=False).exists():
        raise ValidationError(
            {"district": _("No boundary is known of an area %(code)s.") % {"code": answers.district}}
        )
    if not 0 <= answers.near_metres <= MOST_NEAR_METRES:
        raise ValidationError({"near_metres": _("Give metres from 0 to 1000.")})


def start_checking(
    actor: Actor, ledger: Ledger, *, crs: str | None = None, exchanged: bool = False
) -> Ledger:
    """Queue the check, with the coordinate system where one was asked for.

    Args:
        crs: what the person chose: a name or definition, or NO_POSITIONS; None leaves it as it was.
        exchanged: the two coordinates are to be taken the other way round.

    Raises:
        PermissionDenied: the actor may not go on with this ledger.
        ValidationError: naming `crs` or `state`.
    """
    with idle(actor, ledger, LedgerState.READ, LedgerState.CHECKED) as current:
        assert actor.user is not None
        answers = Answers.of(current)
        if not answers.columns:
            raise ValidationError({"columns": _("Say first what the columns mean.")})
        if crs is not None:
            if crs != NO_POSITIONS and not is_known(crs):
                raise ValidationError({"crs": str(UnknownCRSError("unknown_crs", said=crs[:80]))})
            two_columns = {"lon", "lat"} <= set(answers.fields) and not takes_shapes(current, answers)
            answers = replace(
                answers,
                crs=crs,
                exchanged=exchanged and not two_columns,
                columns=_exchange(answers.columns) if exchanged and two_columns else answers.columns,
            )
        current.answers = answers.as_json()
        _begin(actor, current)
    return current


def _exchange(columns: Any) -> dict[str, str]:
    other = {"lon": "lat", "lat": "lon"}
    return {column: other.get(name, name) for column, name in columns.items()}


def _begin(actor: Actor, ledger: Ledger) -> None:
    assert actor.user is not None
    ledger.state, ledger.problem = LedgerState.CHECKING, {}
    ledger.run = start_run(CHECK_LEDGER, actor.user, {"language": get_language()})
    ledger.save(update_fields=["answers", "state", "problem", "run"])


def answer_values(actor: Actor, ledger: Ledger, values: dict[str, dict[str, str]]) -> Ledger:
    """Keep what unknown words mean (kind → said → known), for the office too, and check again.

    Args:
        values: by the kinds of `MeaningKind.of_cells`.

    Raises:
        PermissionDenied: the actor may not go on with this ledger.
        ValidationError: naming `state`.
    """
    with idle(actor, ledger, LedgerState.CHECKED) as current:
        answers = Answers.of(current)
        together = {
            kind.value: {**answers.values.get(kind.value, {}), **values.get(kind.value, {})}
            for kind in MeaningKind.of_cells()
        }
        current.answers = replace(answers, values=together).as_json()
        for kind, meanings in values.items():
            remember(current, MeaningKind(kind), meanings)
        _begin(actor, current)
    return current


def confirm_rows(actor: Actor, ledger: Ledger, code: str) -> Ledger:
    """Take a person's word that the rows of this ledger which `code` holds are right, and check again.

    Raises:
        PermissionDenied: the actor may not go on with this ledger.
        ValidationError: naming `code` or `state`.
    """
    with idle(actor, ledger, LedgerState.CHECKED) as current:
        answers = Answers.of(current)
        if code not in HELD or not current.report.get("codes", {}).get(code):
            raise ValidationError({"code": _("No rows of this ledger are held for that reason.")})
        current.answers = replace(answers, confirmed=tuple(sorted({*answers.confirmed, code}))).as_json()
        _begin(actor, current)
    return current


def forget_answers(actor: Actor, ledger: Ledger) -> Ledger:
    """Forget what this office has said of ledgers with these headings, here and for the next.

    Raises:
        PermissionDenied: the actor may not go on with this ledger.
        ValidationError: naming `state`.
    """
    with idle(actor, ledger, LedgerState.READ, LedgerState.CHECKED) as current:
        forget(current)
        answers = Answers.of(current)
        said_here = {
            kind: {
                name: meaning
                for name, meaning in meanings.items()
                if name not in answers.recalled.get(kind, {})
            }
            for kind, meanings in answers.values.items()
        }
        current.answers = replace(answers, columns={}, values=said_here, recalled={}).as_json()
        current.state, current.problem = LedgerState.READ, {}
        current.save(update_fields=["answers", "state", "problem"])
    return current


def check_ledger(actor: Actor, ledger: Ledger, progress: Progress) -> None:
    """What the worker does then: a preview, kept row by row. Nothing of the catalogue is written."""
    try:
        (ledger.folder / "corrections.xlsx").unlink(missing_ok=True)
        live = Live(progress, ledger.contents.get("rows", 0), CHECK_SHARES)
        live.stage("reading")
        prepared = prepare_ledger(ledger, live.watch)
        live.stage("staging")
        with staged(prepared):
            live.stage("checking")
            report = preview_import(actor, prepared)
            live.all_said(report)
            live.stage("keeping")
            with transaction.atomic():
                keep_rows(ledger)
                Ledger.objects.filter(pk=ledger.pk, state=LedgerState.CHECKING).update(
                    state=LedgerState.CHECKED,
                    headers=dict(prepared.headers),
                    report={**report.as_json(verdicts_kept=0), "crs": prepared.crs},
                    problem={},
                )
    except (LedgerError, NotImportable, UnknownCRSError, OutlineError, PermissionDenied) as error:
        Ledger.objects.filter(pk=ledger.pk, state=LedgerState.CHECKING).update(
            state=LedgerState.READ, problem=problem_of(error)
        )
    progress.result = {}
