"""Texts that come from a web page or through a wrong encoding, made clean: HTML to text, `MigraciÃ³n` to `Migración`."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

#: Tags that a text from an editor has; a < alone, or a tag that no editor writes, is left as it is.
TAG = re.compile(
    r"</?(?:p|br|div|b|i|u|em|strong|span|ul|ol|li|a|h[1-6]|table|tbody|thead|tr|td|th|font|blockquote|sup|sub|img|hr|pre|"
    r"script|style)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
ENTITY = re.compile(r"&(?:[a-zA-Z]{2,8}|#\d{1,6}|#x[0-9a-fA-F]{1,5});")
BLOCKS = {"p", "div", "ul", "ol", "table", "tr", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "hr"}
UNREAD = {"script", "style"}
#: UTF-8 that was read as Windows-1252: a first byte and what a second one looks like.
TWICE = re.compile("[\u00c2\u00c3\u00e2][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u2122]")


def without_markup(text: str) -> str:
    """HTML as text: paragraphs and lists as lines, entities as their characters; other text unchanged."""
    if not TAG.search(text):
        return text
    reader = Reader()
    reader.feed(text)
    reader.close()
    found = re.sub(r"[ \t]+", " ", "".join(reader.parts))
    return re.sub(r"\n{3,}", "\n\n", re.sub(r" *\n *", "\n", found)).strip()


class Reader(HTMLParser):
    """Collects the text of a page; what a script or a style sheet says is no text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.unread = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.unread += tag in UNREAD
        if tag == "br":
            self.parts.append("\n")
        elif tag == "li":
            self.parts.append("\n- ")
        elif tag in BLOCKS:
            self.parts.append("\n\n" if tag == "p" else "\n")

    def handle_endtag(self, tag: str) -> None:
        self.unread = max(0, self.unread - (tag in UNREAD))
        if tag in BLOCKS:
            self.parts.append("\n\n" if tag == "p" else "\n")

    def handle_data(self, data: str) -> None:
        if not self.unread:
            self.parts.append(re.sub(r"\s+", " ", data))


def without_entities(text: str) -> str:
    """`M&eacute;xico` → `México`, where the text holds no other markup."""
    return ENTITY.sub(lambda match: html.unescape(match[0]), text)


def read_once(text: str) -> str:
    """A text that was written as UTF-8 and read as Windows-1252 on its way, as it was; other text unchanged."""
    if not TWICE.search(text):
        return text

    def back(match: re.Match[str]) -> str:
        data = b"".join(as_byte(char) for char in match[0])
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            return match[0]

    return re.sub(
        "[\u00c2\u00c3\u00e2][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u2122]{1,2}",
        back,
        text,
    )


def as_byte(char: str) -> bytes:
    try:
        return char.encode("cp1252")
    except UnicodeEncodeError:
        return bytes([ord(char)]) if ord(char) < 256 else b"?"


def cleaned(text: str) -> str:
    """A text without what its way here added to it."""
    return without_entities(without_markup(read_once(text)))
