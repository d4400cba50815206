"""What is wrong with a whole file, said once for the file instead of once for each of its rows.

The one rule by which the command's report and the pages fold what was said: the same sentence of the same field about
nine rows of ten or more. What was said of each row stays with it, for the workbook of rows to correct and the whole
report.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from importing.verdicts import Verdict

# Of fewer rows each is soon read.
_FEWEST_ROWS = 10
_SHARE = 0.9
_FIRST_NAMED = 5


@dataclass(frozen=True)
class Folded:
    """One thing said of a file: as it was said of its first row, of how many rows, and the first of them."""

    verdict: Verdict
    rows: int
    first: tuple[int, ...]

    def as_json(self) -> dict[str, Any]:
        """What reports keep."""
        verdict = self.verdict
        return {
            "code": verdict.code,
            "field": verdict.field,
            "column": verdict.column,
            "params": verdict.params,
            "rows": self.rows,
            "first": list(self.first),
        }

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Folded:
        """What `as_json` kept."""
        verdict = Verdict(
            kept["first"][0], kept["code"], kept["field"], kept["column"], params=kept["params"]
        )
        return cls(verdict, kept["rows"], tuple(kept["first"]))

    def covers(self, verdict: Verdict) -> bool:
        """Whether this was said of the row as of the whole file."""
        return _same(verdict) == _same(self.verdict)


def folded(verdicts: Sequence[Verdict], rows: int) -> tuple[Folded, ...]:
    """What was said of a whole file of so many rows; the verdicts in the order of their rows."""
    if rows < _FEWEST_ROWS:
        return ()
    about: dict[tuple[str, str, str], list[Verdict]] = {}
    for verdict in verdicts:
        about.setdefault(_same(verdict), []).append(verdict)
    return tuple(_once(verdicts) for verdicts in about.values() if len(verdicts) >= _SHARE * rows)


def kept_folded(report: Mapping[str, Any]) -> tuple[Folded, ...]:
    """What a kept report says of the whole file."""
    return tuple(map(Folded.of, report.get("whole_file", ())))


def without_folded(verdicts: Iterable[Verdict], of_the_file: Sequence[Folded]) -> list[Verdict]:
    """What is left to say of rows."""
    return [verdict for verdict in verdicts if not any(fold.covers(verdict) for fold in of_the_file)]


def _once(verdicts: Sequence[Verdict]) -> Folded:
    return Folded(verdicts[0], len(verdicts), tuple(verdict.row for verdict in verdicts[:_FIRST_NAMED]))


def _same(verdict: Verdict) -> tuple[str, str, str]:
    return verdict.code, verdict.field, verdict.params_text
