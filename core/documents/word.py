"""A document for a word processor (DOCX), for those who correct on paper: the same parts, without the fingerprint's claim.

What comes back is read by people, never by the program; so the file says on every page of which version it is a copy.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from docx import Document as NewDocument
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from core.documents.parts import Cards, Document, Entry, Facts, Heading, Note, Signatures, Table, Words, check_length
from core.text import clean

LANGUAGES = {"es": "es-MX", "en": "en-US"}
SOFT = RGBColor(0x56, 0x5F, 0x5B)
LETTER = (Mm(215.9), Mm(279.4))


def docx(document: Document) -> bytes:
    """The document as DOCX. Raises TooLong."""
    check_length(document)
    made = NewDocument()
    prepare(made, document)
    made.add_heading(clean(document.title), level=0)
    facts(made, [(_("Folio"), document.folio), (_("Version"), document.version), (_("Record"), document.address)])
    for part in document.parts:
        DRAWN[type(part)](made, part)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def prepare(made: Any, document: Document) -> None:
    """Paper, language, properties, and what stands on every page."""
    section = made.sections[0]
    width, height = LETTER
    if document.landscape:
        section.orientation, width, height = WD_ORIENT.LANDSCAPE, height, width
    section.page_width, section.page_height = width, height
    section.left_margin = section.right_margin = Mm(24)
    style = made.styles["Normal"]
    style.font.name, style.font.size = "Georgia", Pt(11)
    tongue = style.element.get_or_add_rPr().makeelement(qn("w:lang"), {qn("w:val"): LANGUAGES[document.language]})
    style.element.get_or_add_rPr().append(tongue)
    about = made.core_properties
    about.title, about.author, about.last_modified_by = clean(document.title)[:250], clean(document.author)[:250], ""
    about.comments, about.language = clean(document.folio)[:250], LANGUAGES[document.language]
    about.created = about.modified = document.at.replace(tzinfo=None)
    head = " · ".join(each for each in (document.mark, document.overline, document.folio, document.version) if each)
    section.header.paragraphs[0].text = clean(head)
    foot = section.footer.paragraphs[0]
    before, _between, after = _("Page {n} of {all}").partition("{n}")
    between, _all, last = after.partition("{all}")
    for words, field in ((before, "PAGE"), (between, "NUMPAGES"), (last, "")):
        foot.add_run(words)
        if field:
            foot._p.append(number(field))


def number(field: str) -> Any:
    """A field that the word processor fills in: PAGE or NUMPAGES."""
    simple = OxmlElement("w:fldSimple")
    simple.set(qn("w:instr"), field)
    run, text = OxmlElement("w:r"), OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    simple.append(run)
    return simple


def words(made: Any, text: str, lang: str = "") -> list[Any]:
    """Paragraphs, parted by empty lines; marked with their language where it is not the document's."""
    found = []
    for piece in clean(text).split("\n\n"):
        if not piece.strip():
            continue
        paragraph = made.add_paragraph()
        run = paragraph.add_run(piece.strip())
        if lang:
            run._r.get_or_add_rPr().append(run._r.makeelement(qn("w:lang"), {qn("w:val"): LANGUAGES[lang]}))
        found.append(paragraph)
    return found


def facts(made: Any, rows: Any) -> None:
    for label, value in rows:
        if value:
            paragraph = made.add_paragraph()
            paragraph.paragraph_format.space_after = Pt(2)
            paragraph.add_run(f"{clean(label)}: ").bold = True
            paragraph.add_run(clean(value))


def draw_note(made: Any, part: Note) -> None:
    for paragraph in words(made, part.text):
        for run in paragraph.runs:
            run.bold, run.font.size, run.font.color.rgb = part.strong, Pt(9.5), SOFT


def draw_entry(made: Any, part: Entry) -> None:
    label = made.add_paragraph()
    label.paragraph_format.keep_with_next = True
    label.add_run(clean(part.label)).bold = True
    words(made, part.text, part.lang)
    facts(made, part.rows)


def draw_table(made: Any, part: Table) -> None:
    table = made.add_table(rows=1, cols=len(part.headers), style="Table Grid")
    mark = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(mark)
    for cell, header in zip(table.rows[0].cells, part.headers, strict=True):
        cell.paragraphs[0].add_run(clean(header)).bold = True
    for row in part.rows:
        line = table.add_row()
        if part.height:
            line.height = Mm(part.height)
        for cell, value in zip(line.cells, row, strict=True):
            cell.text = clean(value)
    made.add_paragraph()


def draw_signatures(made: Any, part: Signatures) -> None:
    for name, below in part.rows:
        line = made.add_paragraph("_" * 40)
        line.paragraph_format.space_before = Pt(36)
        line.paragraph_format.keep_with_next = True
        made.add_paragraph().add_run(clean(name)).bold = True
        made.add_paragraph(clean(below) or _("Name, signature and date"))


def draw_cards(made: Any, part: Cards) -> None:
    for card in part.rows:
        facts(made, [(card[0], " · ".join(each for each in card[1:] if each))])


DRAWN: dict[type, Callable[[Any, Any], None]] = {
    Heading: lambda made, part: made.add_heading(clean(part.text), level=part.level),
    Words: lambda made, part: words(made, part.text, part.lang),
    Note: draw_note,
    Facts: lambda made, part: facts(made, part.rows),
    Entry: draw_entry,
    Table: draw_table,
    Signatures: draw_signatures,
    Cards: draw_cards,
}
