"""What a person sees of a check or an import while it runs: the stage, how far it is, and what was said so far."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from assets.runs import Progress
from importing.preparing import STEPS
from importing.report import Report
from importing.verdicts import Verdict

# At which share of the whole each stage begins; measured with 51,000 rows. "parsing" goes on to where the next begins.
CHECK_SHARES = {"reading": 0.0, "parsing": 0.08, "staging": 0.5, "checking": 0.65, "keeping": 0.85}
IMPORT_SHARES = {
    "reading": 0.0,
    "parsing": 0.05,
    "staging": 0.25,
    "waiting": 0.32,
    "checking": 0.32,
    "creating": 0.42,
    "updating": 0.7,
    "inspections": 0.8,
    "committing": 0.95,
}
_SHOWN_OF_EACH = 8
_SHOWN = 60


class Live:
    """Fills a run's progress and its result-to-be: {stage, codes: {code: times}, first: [verdicts]}."""

    def __init__(self, progress: Progress, rows: int, shares: dict[str, float]) -> None:
        self._progress = progress
        self._rows = max(rows, 1)
        self._shares = shares
        self._counts: Counter[str] = Counter()
        self._first: list[dict[str, Any]] = []
        self._heard = 0

    def stage(self, name: str, _done: int = 0, _total: int = 0) -> None:
        """Another stage has begun; it shows at once."""
        self._progress.result = {**self._result_so_far(), "stage": name}
        self._progress.run.total = self._rows
        self._progress.run.done = int(self._rows * self._shares[name])
        self._progress.write()

    def watch(self, step: int, verdicts: Sequence[Verdict]) -> None:
        """A step of `prepare` is done (its `Watch`)."""
        begins, ends = self._shares["parsing"], self._shares["staging"]
        news = verdicts[self._heard :]
        self._heard = len(verdicts)
        self._hear(news)
        self._progress.result = {**self._result_so_far(), "stage": "parsing"}
        self._progress.run.total = self._rows
        self._progress.run.done = int(self._rows * (begins + (ends - begins) * step / STEPS))
        self._progress.write()

    def all_said(self, report: Report) -> None:
        """The check is done: what it said takes the place of what was said so far."""
        self._counts.clear()
        self._first.clear()
        self._hear(report.verdicts)

    def _hear(self, news: Sequence[Verdict]) -> None:
        for verdict in news:
            self._counts[verdict.code] += 1
            if self._counts[verdict.code] <= _SHOWN_OF_EACH and len(self._first) < _SHOWN:
                self._first.append(
                    {
                        "row": verdict.row,
                        "code": verdict.code,
                        "column": verdict.column,
                        "value": verdict.value,
                        "params": verdict.params,
                    }
                )

    def _result_so_far(self) -> dict[str, Any]:
        return {"codes": dict(self._counts.most_common()), "first": self._first}
