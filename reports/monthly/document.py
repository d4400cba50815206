"""The month as a document that an office goes on writing in: a heading, a few sentences, and the tables."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO

from django.utils.translation import get_language
from docx import Document
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from assets.xml_text import writable
from mapping.exports.tables import Table, Value

# Fonts of every office machine here; the Latin one for digits.
_CHINESE, _LATIN = "宋体", "Calibri"


def document_of(title: str, sentences: Sequence[str], tables: Sequence[Table]) -> bytes:
    """A DOCX file: landscape A4, tables with a heading row that is repeated on every page."""
    document = Document()
    _as_the_office_writes(document)
    document.add_heading(writable(title), level=0)
    for sentence in sentences:
        document.add_paragraph(writable(sentence))
    for table in tables:
        document.add_heading(writable(table.title), level=1)
        _add(document, table)
    written = BytesIO()
    document.save(written)
    return written.getvalue()


def _as_the_office_writes(document: WordDocument) -> None:
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(1.8)
    for name in ("Normal", "Title", "Heading 1"):
        style = document.styles[name]
        style.font.name = _LATIN
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), _CHINESE)
    document.styles["Normal"].font.size = Pt(10.5)
    document.core_properties.language = get_language() or ""


def _add(document: WordDocument, table: Table) -> None:
    grid = document.add_table(rows=1, cols=len(table.headings), style="Table Grid")
    grid.alignment = WD_TABLE_ALIGNMENT.CENTER
    for cell, heading in zip(grid.rows[0].cells, table.headings, strict=True):
        run = cell.paragraphs[0].add_run(writable(heading))
        run.bold = True
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    grid.rows[0]._tr.get_or_add_trPr().append(repeated)
    for values in table.rows:
        cells = grid.add_row().cells
        for cell, value in zip(cells, values, strict=True):
            paragraph = cell.paragraphs[0]
            paragraph.add_run(_in_words(value))
            if not isinstance(value, str):
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _in_words(value: Value) -> str:
    if value is None:
        return "–"
    if isinstance(value, Decimal):
        return f"{value:,.2f}"
    if isinstance(value, date):
        return value.isoformat()
    return writable(value) if isinstance(value, str) else f"{value:,}"
