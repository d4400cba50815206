"""Words that name nothing in Python (test_names_of_variables.py) name nothing in JavaScript and in templates either.

Of a script every word outside comments, texts and patterns counts: what is used without a point before it was named
somewhere. The names of an object's properties are not looked at; some are classes of CSS, or written in messages. Of a
template what its loops, `with` and `as` name; what stands between the words of a translation belongs to its sentence.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.test_names_of_variables import ROOT, SAYING_NOTHING

_WORDS = "|".join(sorted(SAYING_NOTHING))
# The texts of a script, in the order in which they are tried; a pattern stands where no value can end before it.
_PART = re.compile(
    r"""(?P<comment>/\*.*?\*/|//[^\n]*)
    |(?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<pattern>(?<=[(,=:!&|?;{}\[\n])[ ]*/(?![/*])(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/)
    |(?P<template>`)
    |(?P<brace>[{}])""",
    re.DOTALL | re.VERBOSE,
)
_TEMPLATE_PART = re.compile(r"\\.|`|\$\{", re.DOTALL)
_USED = re.compile(rf"(?<![\w.$])_?(?:{_WORDS})_?(?![\w$])(?!\s*:)|\.\.\._?(?:{_WORDS})_?(?![\w$])")
_TAG = re.compile(r"{%\s*(for|with|\w+)\b(.*?)%}", re.DOTALL)

SCRIPTS = sorted(
    path
    for folder in ("*/static", "*/templates", "mapping/snapshot/browser", "tests/js")
    for root in ROOT.glob(folder)
    for path in root.rglob("*.*js")
)
TEMPLATES = sorted(path for root in ROOT.glob("*/templates") for path in root.rglob("*.*") if path.is_file())


def code_of(script: str) -> str:
    """A script with blanks for its comments, texts and patterns; what templates put in stays."""
    code, at, open_braces = [], 0, []

    def leave_template(start: int) -> int:
        """Go on to the end of a template's text, or to what it puts in."""
        while found := _TEMPLATE_PART.search(script, start):
            start = found.end()
            if found.group() == "${":
                open_braces.append("${")
                break
            if found.group() == "`":
                break
        return start if found else len(script)

    while found := _PART.search(script, at):
        code.append(script[at : found.start()])
        end = found.end()
        if found["template"]:
            end = leave_template(end)
        elif found["brace"] == "{":
            open_braces.append("{")
            code.append("{")
        elif found["brace"] == "}":
            in_template = bool(open_braces) and open_braces.pop() == "${"
            end = leave_template(end) if in_template else end
            code.append(" " if in_template else "}")
        lines = script.count("\n", found.start(), end)
        code.append("\n" * lines or " ")
        at = end
    return "".join([*code, script[at:]])


def in_script(script: str) -> Iterator[str]:
    """Line and word of each such name that a script uses."""
    code = code_of(script)
    for found in _USED.finditer(code):
        yield f"{code.count(chr(10), 0, found.start()) + 1}: {found.group()}"


def in_template(template: str) -> Iterator[str]:
    """Line and name of each such name that a template gives."""
    for tag in _TAG.finditer(template):
        kind, rest = tag.groups()
        names = re.findall(r"\bas\s+(\w+)\s*$", rest)
        if kind == "for":
            names += re.split(r"\s*,\s*", rest.partition(" in ")[0].strip())
        elif kind == "with":
            names += re.findall(r"(\w+)=", rest)
        for name in names:
            if name.strip("_") in SAYING_NOTHING:
                yield f"{template.count(chr(10), 0, tag.start()) + 1}: {name}"


def test_what_a_script_holds_can_be_read_off_its_name() -> None:
    assert len(SCRIPTS) > 200
    found = {_named(path): list(in_script(path.read_text(encoding="utf-8"))) for path in SCRIPTS}
    assert {path: names for path, names in found.items() if names} == {}


def test_what_a_template_holds_can_be_read_off_its_name() -> None:
    assert len(TEMPLATES) > 200
    found = {_named(path): list(in_template(path.read_text(encoding="utf-8"))) for path in TEMPLATES}
    assert {path: names for path, names in found.items() if names} == {}


def _named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize(
    "script",
    [
        "const said = 1;",
        "let { said } = row;",
        "const [first, said] = rows;",
        "function told(first, said) {}",
        "function said() {}",
        "rows.map((said) => 1)",
        "rows.map(said => 1)",
        "for (const said of rows) {}",
        "const { place: said } = row;",
        "const [...said] = rows;",
        "try {} catch (said) {}",
        "const text = `a ${said} b`;",
        "const text = `a ${{ b: `${said}` }.b} said`;",
        "const at = /said`/; let said = `x`;",
    ],
)
def test_however_a_script_uses_a_name_it_is_seen(script: str) -> None:
    assert [found.partition(": ")[2].strip(".") for found in in_script(script)] == ["said"]


@pytest.mark.parametrize(
    "script",
    [
        "row.said",
        "const row = { said: 1 };",
        "const text = 'said';",
        'const text = "it\'s said";',
        "const text = `said ${place} said`;",
        "// what is said\nconst place = 1; /* said */",
        "const pattern = /said/;",
        "const unsaid = saidOf(row);",
        "const half = (a + b) / 2; // said / 2",
    ],
)
def test_what_is_no_name_in_a_script_is_left_alone(script: str) -> None:
    assert list(in_script(script)) == []


@pytest.mark.parametrize(
    "template, names",
    [
        ("{% for said in rows %}", ["1: said"]),
        ("\n{% for place, said in rows %}", ["2: said"]),
        ("{% with said=row.said %}", ["1: said"]),
        ("{% url 'map' as said %}", ["1: said"]),
        ("{% blocktranslate with said=row.said %}{{ said }}{% endblocktranslate %}", []),
        ("{% for row in said %}{{ row.said }} said", []),
    ],
)
def test_names_that_a_template_gives_are_seen(template: str, names: list[str]) -> None:
    assert list(in_template(template)) == names
