"""Why something came to nothing, kept as data with a ledger and said again in whichever language it is read in."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from importing.errors import LedgerError

_SENTENCES = {
    "changed_since": _(
        "Nothing was written: the catalogue has changed since the preview, and now rows are refused that were not."
        " Look at the preview again."
    ),
}


def problem_of(error: Exception) -> dict[str, Any]:
    """What a ledger keeps of an error."""
    if isinstance(error, LedgerError):
        return {"code": error.code, "params": {name: _plain(value) for name, value in error.params.items()}}
    return {"code": getattr(error, "code", ""), "sentence": str(error)}


def in_words(problem: dict[str, Any]) -> str:
    """The sentence in the active language; empty when there is no problem."""
    if not problem:
        return ""
    if "sentence" in problem:
        return str(problem["sentence"])
    if problem["code"] in _SENTENCES:
        return str(_SENTENCES[problem["code"]])
    return str(LedgerError(problem["code"], **problem.get("params", {})))


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | list | type(None)) else str(value)
