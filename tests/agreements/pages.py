"""What a browser would send back of a page: every field with the value that stands in it."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any


class Fields(HTMLParser):
    """Collects the successful controls of the last form whose address matches `action` (default: any)."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.values: dict[str, list[str]] = {}
        self.names: set[str] = set()
        self._select = ""
        self._multiple = self._chosen = False
        self._area: str | None = None
        self._text: list[str] = []
        self._first = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, kind = given.get("name") or "", given.get("type") or "text"
        if tag == "input" and name:
            self.names.add(name)
            if kind in ("submit", "file", "button") or (kind in ("checkbox", "radio") and "checked" not in given):
                return
            self.values.setdefault(name, []).append(given.get("value") or ("on" if kind == "checkbox" else ""))
        elif tag == "select" and name:
            self.names.add(name)
            self._select, self._multiple, self._chosen, self._first = name, "multiple" in given, False, ""
        elif tag == "option" and self._select:
            self._first = self._first or (given.get("value") or "")
            if "selected" in given:
                self._chosen = True
                self.values.setdefault(self._select, []).append(given.get("value") or "")
        elif tag == "textarea" and name:
            self.names.add(name)
            self._area, self._text = name, []

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area is not None:
            text = "".join(self._text)
            # A browser drops the first line break of a text area.
            self.values.setdefault(self._area, []).append(text[1:] if text.startswith("\n") else text)
            self._area = None
        elif tag == "select":
            if self._select and not self._chosen and not self._multiple:
                self.values.setdefault(self._select, []).append("")
            self._select = ""


def fields_of(answer: Any) -> dict[str, Any]:
    """The values of all controls of a page, as `client.post` takes them, without the token."""
    parser = Fields()
    parser.feed(answer.content.decode())
    parser.close()
    return {
        name: values if len(values) > 1 else values[0]
        for name, values in parser.values.items()
        if name not in ("csrfmiddlewaretoken", "language", "next")
    }


def typed(answer: Any, **changes: Any) -> dict[str, Any]:
    """What comes back when a person changes these fields and sends the page; `__` stands for `-`, None leaves one out."""
    values = fields_of(answer)
    for name, value in changes.items():
        values[name.replace("__", "-")] = value
    return {name: value for name, value in values.items() if value is not None}
