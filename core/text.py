"""Folding of text for search and order, the same on every database (promise 22)."""

from __future__ import annotations

import re
import unicodedata

#: Without width, or no character of text at all (XML 1.0, section 2.2): no file could give them back.
INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u00ad\u200b\u200c\u200d\u2060\ufeff\ufffe\uffff]+")
SPACES = re.compile(r"\s+")
ODD_SPACES = re.compile(r"[^\S ]|  ")
#: In a text of plain ASCII: whatever `clean`, and `clean_line`, would change.
UNCLEAN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]|\A\s|\s\Z")
UNCLEAN_LINE = re.compile(r"[\x00-\x1f\x7f]|\A |  | \Z")
FOREIGN = re.compile(r"[^\x00-\x7f]+")
WORD = re.compile(r"[^\W_]+")


def clean(value: str) -> str:
    """NFC, without control and zero-width characters, outer blanks cut; line breaks become `\\n`."""
    if value.isascii():
        return value if UNCLEAN.search(value) is None else tidied(value)
    value = INVISIBLE.sub("", value)
    if not unicodedata.is_normalized("NFC", value):
        value = unicodedata.normalize("NFC", value)
    return value.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ").strip()


def tidied(value: str) -> str:
    """`clean` for plain ASCII."""
    return INVISIBLE.sub("", value).replace("\r\n", "\n").replace("\r", "\n").strip()


def clean_line(value: str) -> str:
    """Like `clean`, with every run of blanks made one space."""
    value = clean(value)
    # Most lines are in order: to look is cheaper than to write anew.
    return SPACES.sub(" ", value) if ODD_SPACES.search(value) else value


def is_clean(value: str) -> bool:
    """Whether `clean` gives the text back as it is."""
    return UNCLEAN.search(value) is None if value.isascii() else clean(value) == value


def is_clean_line(value: str) -> bool:
    """Whether `clean_line` gives the text back as it is."""
    return UNCLEAN_LINE.search(value) is None if value.isascii() else clean_line(value) == value


def fold(*values: str) -> str:
    """Lower case without accents, words only, one space between: `Migración, ÑANDÚ` → `migracion nandu`."""
    text = without_accents(" ".join(value for value in values if value).casefold())
    return " ".join(WORD.findall(text))


def without_accents(text: str) -> str:
    """Letters and marks taken apart (NFKD), and the marks left out."""
    if text.isascii():
        return text
    return FOREIGN.sub(unmarked, unicodedata.normalize("NFKD", text))


def unmarked(match: re.Match[str]) -> str:
    return "".join(char for char in match[0] if not unicodedata.combining(char))


def sort_key(value: str, length: int = 200) -> str:
    """A key that sorts as Spanish does under plain byte order: accents ignored, ñ after n, numbers by size."""
    text = value.casefold().replace("ñ", "n\U0010ffff").replace("n\u0303", "n\U0010ffff")
    text = without_accents(text)
    words = re.findall(r"\d+|(?:[^\W\d_]|\U0010ffff)+", text)
    return " ".join(word.zfill(8) if word.isdigit() else word.replace("\U0010ffff", "~") for word in words)[:length]
