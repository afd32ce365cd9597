"""A document as a PDF: tagged, for reading aloud (PDF/UA-1) and for keeping (PDF/A-2a), set by typst in a process of its own.

Nothing that a person wrote is read as a command: the layout is a file of ours, the texts come to it as data. The process
has neither network nor other files to read, is stopped after `SECONDS`, and gives its memory back by ending
(docs/decisions/0110-printed-matter.md).
"""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from django.utils.translation import gettext as _

from core.documents.letters import FONTS, printable
from core.documents.parts import Document, Note, check_length

LAYOUT = Path(__file__).with_name("sheet.typ")
TYPESETTER = Path(__file__).with_name("typesetter.py")
#: A hundred and fifty pages take some three seconds on one core; what takes longer than this is given up.
SECONDS = 30
#: Address space of the process.
MEGABYTES = 2048
#: Documents that one server process has in work at the same time; the next one waits as long as this for its turn.
AT_ONCE, PATIENCE = 2, 20
_turns = BoundedSemaphore(AT_ONCE)


class NotPrinted(Exception):
    """The document could not be set now: too many are asked for, or it took too long."""


def pdf(document: Document) -> bytes:
    """The document as a PDF. Raises TooLong and NotPrinted."""
    check_length(document)
    if not _turns.acquire(timeout=PATIENCE):
        raise NotPrinted(_("Many documents are being made just now: try again in a minute."))
    try:
        return typeset(data_of(document), document.at)
    finally:
        _turns.release()


def data_of(document: Document) -> dict[str, Any]:
    """The document as the layout reads it: its texts made printable."""
    lost = 0

    def clean(value: Any) -> Any:
        nonlocal lost
        if isinstance(value, str):
            text, gone = printable(value)
            lost += gone
            return text
        if isinstance(value, Mapping):
            return {key: clean(each) for key, each in value.items()}
        return [clean(each) for each in value] if isinstance(value, (list, tuple)) else value

    parts = [{"kind": part.kind, **asdict(part)} for part in document.parts]
    data = {name: getattr(document, name) for name in NAMES}
    found: dict[str, Any] = {**clean(data), "parts": clean(parts), "words": words()}
    if lost:
        note = Note(_("Some signs of this text have no letter in the fonts of print; they stand as “?”."))
        found["parts"].append({"kind": note.kind, **asdict(note)})
    return found


NAMES = ("title", "language", "author", "overline", "folio", "version", "fingerprint", "address", "mark", "landscape")


def words() -> dict[str, str]:
    """What the layout itself says, in the language of the reader. `{n}` and `{all}` are filled in on each page."""
    return {
        "page": _("Page {n} of {all}"),
        "fingerprint": _("Fingerprint (SHA-256)"),
        "sign": _("Name, signature and date"),
    }


def typeset(data: Mapping[str, Any], at: dt.datetime) -> bytes:
    """What the typesetter makes of the layout and the data. Raises NotPrinted."""
    order = {
        "layout": LAYOUT.read_text(encoding="utf-8"),
        "data": json.dumps(data, ensure_ascii=False),
        "fonts": FONTS,
        "timestamp": int(at.timestamp()),
        "megabytes": MEGABYTES,
    }
    try:
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-I", str(TYPESETTER)],
            input=json.dumps(order).encode(),
            capture_output=True,
            timeout=SECONDS,
            env={},
            check=True,
        )
    except subprocess.TimeoutExpired as error:
        raise NotPrinted(_("Making this document took too long and was given up: read the record on its page.")) from error
    except subprocess.CalledProcessError as error:
        raise RuntimeError(error.stderr.decode(errors="replace")[-2000:]) from error
    return done.stdout
