"""DOCX files as LibreOffice Writer opens them, which is what offices without Word have."""

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from xml.etree import ElementTree

import pytest

_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"


@dataclass(frozen=True)
class Opened:
    """What Writer made of a document.

    `headings` with their levels; `tables` as rows of texts; `paragraphs` as texts; `pages` of the PDF it prints.
    """

    headings: list[tuple[int, str]]
    tables: list[list[list[str]]]
    paragraphs: list[str]
    pictures: int
    pages: int


def in_writer(data: bytes, folder: Path) -> Opened:
    """Open a DOCX file in Writer; skips the test where there is none."""
    office = which("soffice") or which("libreoffice")
    # Its suite comes in parts: without Writer it opens no document at all.
    if office is None or not list(Path(office).resolve().parent.glob("libswlo*")):
        pytest.skip(
            "LibreOffice Writer is not installed (libreoffice-writer-nogui; script/test --slow installs it)"
        )
    file = folder / "document.docx"
    file.write_bytes(data)
    for target in ("fodt", "pdf"):
        profile = f"-env:UserInstallation=file://{folder}/profile"
        command = [office, profile, "--headless", "--convert-to", target, "--outdir", str(folder), str(file)]
        environment = {**os.environ, "HOME": str(folder)}
        ended = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=600, check=False
        )
        assert (folder / f"document.{target}").exists(), ended.stderr
    root = ElementTree.parse(folder / "document.fodt").getroot()
    return Opened(
        [
            (int(heading.get(f"{_TEXT}outline-level", 0)), _words(heading))
            for heading in root.iter(f"{_TEXT}h")
        ],
        [
            [
                [_words(cell) for cell in row.iter(f"{_TABLE}table-cell")]
                for row in table.iter(f"{_TABLE}table-row")
            ]
            for table in root.iter(f"{_TABLE}table")
        ],
        [_words(paragraph) for paragraph in root.iter(f"{_TEXT}p")],
        sum(1 for _image in root.iter(f"{_DRAW}image")),
        len(re.findall(rb"/Type\s*/Page\b", (folder / "document.pdf").read_bytes())),
    )


def _words(element: ElementTree.Element) -> str:
    return " ".join("".join(element.itertext()).split())
