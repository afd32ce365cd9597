"""Printed matter: tagged PDF and DOCX of the same parts, whatever people wrote in them."""

from __future__ import annotations

import datetime as dt
import io
import subprocess
from collections import Counter
from typing import Any
from unittest.mock import patch

import pypdf
import pytest
from django.test import SimpleTestCase
from django.utils.translation import override
from docx import Document as read_docx

from core.documents import Cards, Document, Entry, Facts, Heading, Note, Signatures, Table, TooLong, Words, file_answer, printing
from core.documents.letters import printable
from core.documents.parts import MOST_CELLS, MOST_LETTERS
from core.documents.printing import NotPrinted, pdf
from core.documents.word import docx

pytestmark = pytest.mark.once
AT = dt.datetime(2026, 7, 1, 18, tzinfo=dt.UTC)
#: What would do something if it were read as markup, and what no font has.
WILD = (
    '#panic("x") #eval("1+1") #read("/etc/passwd") = Título *b* _c_ @d $e$ <f> `g` \\ // h /* i */ ~ --- [j] "k" %l {m}',
    "emoji 😀 漢字 العربية ‮ oculto \u200b \x07 fin",
    "sinespacios" * 200,
    "=SUMA(A1) &amp; <b>no</b>",
)


def document(**changes: Any) -> Document:
    values: dict[str, Any] = {
        "title": "Módulos en el exterior",
        "language": "es",
        "author": "Foro",
        "at": AT,
        "overline": "Foro",
        "folio": "FP1-A-01.1",
        "version": "versión 1",
        "fingerprint": "ab" * 32,
        "address": "https://example.org/es/acuerdos/FP1-A-01/versiones/1/",
        "parts": [Words("Que se instalen módulos.")],
    }
    return Document(**{**values, **changes})


def opened(made: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(made))


def said(made: bytes) -> str:
    """All words of a PDF, one blank between them."""
    return " ".join(" ".join(page.extract_text() for page in opened(made).pages).split())


def tags(made: bytes) -> Counter[str]:
    """How often each structure type stands in the tag tree."""
    found: Counter[str] = Counter()

    def walk(node: Any) -> None:
        node = node.get_object()
        if isinstance(node, dict):
            found[node.get("/S", "")] += 1
            node = [node["/K"]] if "/K" in node else []
        for each in node if isinstance(node, list) else []:
            if not isinstance(each, int):
                walk(each)

    walk(opened(made).trailer["/Root"]["/StructTreeRoot"]["/K"])
    return found


class PdfTests(SimpleTestCase):
    def test_it_is_tagged_kept_and_in_its_language_and_names_no_person(self) -> None:
        table = Table(["Núm.", "Nombre"], [["1", "uno"], ["2", "dos"]], widths=[1, 5], height=9)
        parts = [
            Heading("Cláusulas"),
            Entry("1", "Texto", "en", [("Fecha", "hoy"), ("Nada", "")]),
            table,
            Note("nota", strong=True),
        ]
        made = pdf(document(parts=parts))
        root, about = opened(made).trailer["/Root"], opened(made).metadata
        self.assertEqual((root["/Lang"], root["/MarkInfo"]["/Marked"]), ("es", True))
        self.assertEqual(
            (about.title, about.author, about.subject, about.creation_date), ("Módulos en el exterior", "Foro", "FP1-A-01.1", AT)
        )
        for claim in (b"pdfaid:part", b"pdfuaid:part"):
            self.assertIn(claim, made)
        found = tags(made)
        self.assertEqual((found["/H1"], found["/Table"], found["/TH"], found["/TD"]), (1, 1, 2, 4))
        self.assertEqual(pdf(document(parts=parts)), made, "the same record gives the same bytes")

    def test_every_page_says_what_it_is_part_of(self) -> None:
        with override("es"):
            made = pdf(document(parts=[Words("palabra " * 400)] * 8, mark="BORRADOR"))
        pages = [" ".join(page.extract_text().split()) for page in opened(made).pages]
        self.assertGreater(len(pages), 2)
        for number, text in enumerate(pages, 1):
            for words in ("FP1-A-01.1 · versión 1", "ab" * 32, "BORRADOR", f"Página {number} de {len(pages)}", "/versiones/1/"):
                self.assertIn(words, text)

    def test_what_people_write_is_never_a_command(self) -> None:
        for text in WILD:
            parts = [
                *(Heading(text), Words(text), Note(text), Facts([(text, text)]), Entry(text, text, "", [(text, text)])),
                *(Table([text], [[text]]), Signatures([(text, text)]), Cards([(text, text, text)])),
            ]
            for form in (pdf, docx):
                with self.subTest(text[:20], form=form.__name__):
                    made = form(document(title=text, author=text, folio=text[:60], parts=parts))
                    self.assertGreater(len(made), 5000)
        self.assertIn('#panic("x") #eval("1+1")', said(pdf(document(parts=[Words(WILD[0])]))))

    def test_what_no_font_has_gives_way_and_the_document_says_so(self) -> None:
        self.assertEqual(printable("ñandú ā 😀!"), ("ñandú ā ?!", 1))
        self.assertEqual(printable("tab\there\x00"), ("tab here", 0))
        with override("en"):
            made = said(pdf(document(parts=[Words("Hola 😀")])))
        self.assertIn("Hola ? Some signs of this text have no letter", made)
        self.assertNotIn("Some signs", said(pdf(document())))

    def test_what_is_too_long_is_refused_before_it_begins(self) -> None:
        row = ["x"] * 20
        for parts in ([Words("x" * (MOST_LETTERS + 1))], [Table(row, [row] * (MOST_CELLS // 20 + 1))]):
            for form in (pdf, docx):
                with self.assertRaises(TooLong):
                    form(document(parts=parts))
        with override("en"):
            answer = file_answer(document(parts=[Words("x" * (MOST_LETTERS + 1))]), "pdf", "x")
        self.assertEqual((answer.status_code, answer["Content-Type"]), (413, "text/plain; charset=utf-8"))
        self.assertIn("narrow it down", answer.content.decode())

    def test_what_takes_too_long_or_too_much_is_given_up(self) -> None:
        with patch.object(printing.subprocess, "run", side_effect=subprocess.TimeoutExpired("x", 30)):
            answer = file_answer(document(), "pdf", "x", private=True)
        self.assertEqual((answer.status_code, answer["Retry-After"]), (503, "60"))
        with patch.object(printing, "MEGABYTES", 1), self.assertRaises(RuntimeError):
            pdf(document())
        with patch.object(printing._turns, "acquire", return_value=False), self.assertRaises(NotPrinted):
            pdf(document())
        self.assertEqual(file_answer(document(), "pdf", "x").status_code, 200, "the turns were given back")

    def test_the_answer_is_named_by_its_record_and_private_where_it_must_be(self) -> None:
        for form, where in (("pdf", "inline"), ("docx", "attachment")):
            answer = file_answer(document(), form, '../a"b')
            self.assertEqual(answer["Content-Disposition"], f'{where}; filename="ab.{form}"')
            self.assertNotIn("Cache-Control", answer)
        self.assertEqual(file_answer(document(), "pdf", "x", private=True)["Cache-Control"], "private, no-store")


class DocxTests(SimpleTestCase):
    def test_it_holds_the_same_parts_under_the_same_folio(self) -> None:
        parts = [
            Heading("Cláusulas"),
            Entry("Cláusula 1", "Uno\n\nDos", "en", [("Fecha", "hoy")]),
            Table(["a"], [["b"]], height=9),
        ]
        found = read_docx(io.BytesIO(docx(document(parts=[*parts, Signatures([("IFE", "")]), Note("n")]))))
        texts = [paragraph.text for paragraph in found.paragraphs]
        for words in ("Módulos en el exterior", "Cláusulas", "Cláusula 1", "Uno", "Dos", "Fecha: hoy", "IFE", "n"):
            self.assertIn(words, texts)
        self.assertEqual([cell.text for cell in found.tables[0].columns[0].cells], ["a", "b"])
        self.assertEqual(found.sections[0].header.paragraphs[0].text, "Foro · FP1-A-01.1 · versión 1")
        about = found.core_properties
        self.assertEqual((about.title, about.author, about.last_modified_by, about.language), (texts[0], "Foro", "", "es-MX"))
