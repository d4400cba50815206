"""The bulletin as DOCX, which an office goes on working at: headings, tables and pictures of Word's own kinds."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from docx import Document
from docx.document import Document as Opened
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from assets.photos import photo_file
from evaluation.assessment.bulletin import Bulletin, WorstSite

# What Chinese offices have: headings in 黑体, text in 仿宋; Word takes its own where a machine lacks them.
_TEXT, _HEADING = "仿宋", "黑体"
_PICTURE_WIDTH = Cm(7.4)


def docx_of(bulletin: Bulletin, *, pictures: bool) -> bytes:
    """The file.

    Args:
        pictures: whether the reader may see photos of cases.
    """
    document = Document()
    _set_up(document, bulletin)
    title = document.add_heading(bulletin.title, 0)
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    dated = document.add_paragraph(f"{bulletin.publisher}  {bulletin.published}")
    dated.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if bulletin.draft:
        document.add_paragraph(_("The score scheme is a draft that nobody has confirmed."))
    document.add_heading(_("1. What was tested"), 1)
    for sentence in bulletin.tested:
        document.add_paragraph(sentence)
    document.add_heading(_("2. Rates and change"), 1)
    _table(
        document,
        (_("Figure"), "n", _("Rate"), pgettext("score", "Change")),
        [
            (str(row["name"]), f"{row['n']:,}", _percent(row["rate"]), row["change"] or "—")
            for row in bulletin.shown.totals
        ],
    )
    document.add_heading(_("3. Main problems"), 1)
    _table(
        document,
        (_("Group"), _("Cases"), pgettext("score", "Share")),
        [(name, f"{n:,}", share) for name, n, share in bulletin.problems],
    )
    document.add_heading(_("4. Ranking of streets"), 1)
    _ranking(document, bulletin)
    for name, entries in bulletin.lists:
        document.add_heading(name, 2)
        _table(
            document,
            (_("Street"), _("Score"), "n", _("Months in a row")),
            [(row["name"], row["score"], f"{row['n']:,}", str(row["streak"])) for row in entries],
        )
    document.add_heading(_("5. Sites with most problems"), 1)
    for site in bulletin.worst:
        _site(document, site, pictures=pictures)
    document.add_heading(_("6. Requests"), 1)
    _table(
        document,
        (pgettext("request", "Who"), _("What"), pgettext("request", "By")),
        [(row["street"], row["text"], row["by"]) for row in bulletin.requests],
    )
    note = document.add_paragraph(_("Sheet %(hash)s") % {"hash": bulletin.sha256[:16]})
    note.runs[0].font.size = Pt(8)
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _set_up(document: Opened, bulletin: Bulletin) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.6)
    section.top_margin = section.bottom_margin = Cm(2.5)
    styles: Any = document.styles
    for name, font in (
        ("Normal", _TEXT),
        ("Title", _HEADING),
        ("Heading 1", _HEADING),
        ("Heading 2", _HEADING),
    ):
        style = styles[name]
        style.font.name = "Times New Roman"
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    styles["Normal"].font.size = Pt(12)
    styles["Title"].font.size = Pt(20)
    document.core_properties.title = bulletin.title
    document.core_properties.author = bulletin.publisher


def _table(document: Opened, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table whose head is repeated on every page; a sentence where there is nothing."""
    if not rows:
        document.add_paragraph(_("None."))
        return
    table = document.add_table(rows=1, cols=len(headings))
    table.style = "Table Grid"
    for cell, heading in zip(table.rows[0].cells, headings, strict=True):
        cell.text = heading
        cell.paragraphs[0].runs[0].bold = True
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)
    for row in rows:
        for cell, value in zip(table.add_row().cells, row, strict=True):
            cell.text = value
    for row in table.rows:
        for cell in row.cells:
            for paragraph in cell.paragraphs:
                for run in paragraph.runs:
                    run.font.size = Pt(10)


def _ranking(document: Opened, bulletin: Bulletin) -> None:
    parts = bulletin.shown.parts
    headings = (
        pgettext("ranking", "Place"),
        _("Street"),
        *(f"{part['name']} ({part['weight']})" for part in parts),
        _("Score"),
        pgettext("score", "Change"),
    )
    rows = []
    for row in bulletin.shown.streets:
        values = {part["code"]: part for part in row["parts"]}
        rows.append(
            (
                str(row["place"]) if row["place"] else _("Too few to rank"),
                row["name"],
                *(values[part["code"]]["value"] or str(values[part["code"]]["said"]) for part in parts),
                row["score"] or "—",
                row["change"] or "—",
            )
        )
    _table(document, headings, rows)


def _site(document: Opened, site: WorstSite, *, pictures: bool) -> None:
    document.add_heading(f"{site.number}. {site.name}", 2)
    document.add_paragraph(_("; ").join(filter(None, (site.street, site.kind, site.findings, site.groups))))
    there = [
        picture for picture in site.pictures if pictures and photo_file(picture.photo, "medium").exists()
    ]
    if not there:
        return
    table = document.add_table(rows=2, cols=len(there))
    for place, picture in enumerate(there):
        run = table.rows[0].cells[place].paragraphs[0].add_run()
        run.add_picture(str(photo_file(picture.photo, "medium")), width=_PICTURE_WIDTH)
        table.rows[1].cells[place].text = picture.stage


def _percent(rate: str | None) -> str:
    return "—" if rate is None else f"{rate}%"
