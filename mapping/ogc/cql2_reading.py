"""The first half of understanding CQL2: a text or JSON becomes CQL2 JSON, or is refused before the parser meets it."""

import re
from typing import Any

import cql2
from django.utils.translation import gettext as _

TEXT, JSON = "cql2-text", "cql2-json"
LANGUAGES = (TEXT, JSON)

# The parser is recursive and not guarded: some thousand brackets would end the process.
LONGEST = 4000
DEEPEST = 60


class NotSupported(Exception):
    """The filter cannot be computed; the sentence says why, in the reader's language."""


def parsed(text: str, language: str | None) -> Any:
    """The filter as CQL2 JSON.

    Raises:
        NotSupported: it cannot be read, or is longer or deeper than anybody writes.
    """
    if len(text) > LONGEST:
        raise NotSupported(_("More than %(most)s characters.") % {"most": LONGEST})
    if "\0" in text:
        raise NotSupported(_("This contains a NUL character."))
    if language is None:
        language = JSON if text.lstrip().startswith("{") else TEXT
    if language == TEXT:
        text = _unescaped(text)
    _refuse_depth(text, language)
    try:
        parsed = cql2.parse_json(text) if language == JSON else cql2.parse_text(text)
        return parsed.to_json()
    except cql2.ParseError as error:
        raise NotSupported(_where(str(error))) from None


# Strings and quoted names, so that what looks like an escape outside of them is left alone.
_QUOTED = re.compile(r"\"[^\"]*\"|'(?:[^'\\]|''|\\.)*'", re.DOTALL)
_ESCAPES = {"'": "''", "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def _unescaped(text: str) -> str:
    r"""The escapes of CQL2's text (OGC 21-065r2, B.4: `\'`, `\n`, …) as the parser knows them.

    Every other backslash stays: patterns of LIKE have escapes of their own.
    """

    def plain(quoted: re.Match[str]) -> str:
        if quoted[0].startswith('"'):
            return quoted[0]
        return re.sub(r"\\(.)", lambda escape: _ESCAPES.get(escape[1], escape[0]), quoted[0], flags=re.DOTALL)

    return _QUOTED.sub(plain, text)


def _refuse_depth(text: str, language: str) -> None:
    """Refuse what is nested deeper than anybody writes, before the parser meets it."""
    strings = r'"(?:[^"\\]|\\.)*"' if language == JSON else r"'(?:[^']|'')*'|\"[^\"]*\""
    bare = re.sub(strings, "", text)
    depth = deepest = 0
    for character in bare:
        if character in "([{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in ")]}":
            depth -= 1
    unary = max(
        (len(run.split()) for run in re.findall(r"(?:\bnot\b\s*){2,}", bare, re.IGNORECASE)), default=0
    )
    minus = max((len(re.sub(r"\s", "", run)) for run in re.findall(r"(?:-\s*){2,}", bare)), default=0)
    if max(deepest, unary, minus) > DEEPEST:
        raise NotSupported(_("It is nested too deeply."))


def _where(message: str) -> str:
    """The parser's message, short: at which column it stopped."""
    found = re.search(r"-->\s*(\d+):(\d+)", message)
    if found:
        return _("It cannot be read from character %(column)s on.") % {"column": found[2]}
    return _("It cannot be read.")
