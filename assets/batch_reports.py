"""What a batch's report says in words: whoever writes reports tells how they are read (from its `AppConfig.ready`)."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

_tellers: list[Callable[[Mapping[str, Any]], Iterable[str]]] = []


def tell_reports(in_words: Callable[[Mapping[str, Any]], Iterable[str]]) -> None:
    """Have reports read by a function that answers lines of text, or none for a report that is not its own."""
    _tellers.append(in_words)


def report_in_words(report: Mapping[str, Any]) -> str:
    """A report, for reading; a dash where the batch's title says all there is."""
    return "\n".join(line for in_words in _tellers for line in in_words(report)) or "—"
