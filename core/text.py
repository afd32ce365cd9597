"""Folding of text for search and order, the same on every database (promise 22)."""

from __future__ import annotations

import re
import unicodedata

#: Without width, or no character of text at all (XML 1.0, section 2.2): no file could give them back.
INVISIBLE = dict.fromkeys(
    [*map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad\ufffe\uffff\x7f"), *(n for n in range(32) if n not in (9, 10, 13))]
)
SPACES = re.compile(r"\s+")
WORD = re.compile(r"[^\W_]+")


def clean(value: str) -> str:
    """NFC, without control and zero-width characters, outer blanks cut; line breaks become `\\n`."""
    value = unicodedata.normalize("NFC", value.replace("\x00", "").translate(INVISIBLE))
    return value.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ").strip()


def clean_line(value: str) -> str:
    """Like `clean`, with every run of blanks made one space."""
    return SPACES.sub(" ", clean(value))


def fold(*values: str) -> str:
    """Lower case without accents, words only, one space between: `Migración, ÑANDÚ` → `migracion nandu`."""
    text = unicodedata.normalize("NFKD", " ".join(value for value in values if value).casefold())
    text = "".join(char for char in text if not unicodedata.combining(char))
    return " ".join(WORD.findall(text))


def sort_key(value: str, length: int = 200) -> str:
    """A key that sorts as Spanish does under plain byte order: accents ignored, ñ after n, numbers by size."""
    text = value.casefold().replace("ñ", "n\U0010ffff").replace("n\u0303", "n\U0010ffff")
    text = unicodedata.normalize("NFKD", text)
    text = "".join(char for char in text if not unicodedata.combining(char))
    words = re.findall(r"\d+|(?:[^\W\d_]|\U0010ffff)+", text)
    return " ".join(word.zfill(8) if word.isdigit() else word.replace("\U0010ffff", "~") for word in words)[:length]
