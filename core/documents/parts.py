"""What a document is made of, independent of the form in which it is written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

#: Letters of one document: about 150 pages, which take some seconds and 300 MB while they are set.
MOST_LETTERS = 350_000
#: Cells of all tables of one document; a cell costs more than its letters.
MOST_CELLS = 12_000


class TooLong(ValidationError):
    """The document would be longer than what is set in one piece; its sentence says what to do."""


@dataclass(frozen=True)
class Heading:
    kind: ClassVar[str] = "heading"
    text: str
    level: int = 1


@dataclass(frozen=True)
class Words:
    """Paragraphs, parted by empty lines. `lang` where they are not in the language of the document."""

    kind: ClassVar[str] = "words"
    text: str
    lang: str = ""


@dataclass(frozen=True)
class Note:
    """A remark beside the record: smaller. `strong` for what must not be overlooked."""

    kind: ClassVar[str] = "note"
    text: str
    strong: bool = False


@dataclass(frozen=True)
class Facts:
    """What something is, in pairs (label, value); pairs without a value are left out."""

    kind: ClassVar[str] = "facts"
    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Entry:
    """One numbered piece of a list: its number or folio, its text, facts about it."""

    kind: ClassVar[str] = "entry"
    label: str
    text: str
    lang: str = ""
    rows: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Table:
    """`widths`: shares of the width, one for each column. `height`: least height of a row in millimetres, for writing by hand."""

    kind: ClassVar[str] = "table"
    headers: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[float] = ()
    height: int = 0
    small: bool = False


@dataclass(frozen=True)
class Signatures:
    """Places to sign: (name, what stands below it)."""

    kind: ClassVar[str] = "signatures"
    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Cards:
    """Badges to cut out, six on a page: (name, what stands below it, a line at the foot)."""

    kind: ClassVar[str] = "cards"
    rows: Sequence[tuple[str, str, str]]


Part = Heading | Words | Note | Facts | Entry | Table | Signatures | Cards


@dataclass(frozen=True)
class Document:
    """`language` es or en. `author` stands in the file's properties: a body, never a person.

    `folio`, `version` and `fingerprint` (SHA-256 in hex, '' where there is none) stand on every page, and `address`, where
    the record is found. `at`: the moment that the file gives as its date, so that the same record gives the same bytes.
    `mark`: a word on every page of what is not final.
    """

    title: str
    language: str
    author: str
    at: dt.datetime
    parts: Sequence[Part]
    overline: str = ""
    folio: str = ""
    version: str = ""
    fingerprint: str = ""
    address: str = ""
    mark: str = ""
    landscape: bool = False


def texts_of(value: Any) -> Iterator[str]:
    """Every text in a document or a part of it."""
    if isinstance(value, str):
        yield value
    elif is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            yield from texts_of(getattr(value, each.name))
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from texts_of(each)


def check_length(document: Document) -> None:
    """Raises TooLong for a document that would take too long to set."""
    letters = sum(map(len, texts_of(document)))
    cells = sum(len(part.rows) * len(part.headers) for part in document.parts if isinstance(part, Table))
    if letters > MOST_LETTERS or cells > MOST_CELLS:
        raise TooLong(
            _("“%(title)s” is too long for one printed document: narrow it down, or read it on its page.")
            % {"title": document.title[:150]}
        )
