"""Records in the vocabulary of schema.org, as a data block of a page (JSON-LD).

A block `<script type="application/ld+json">` is data: browsers do not run it, and a content security policy that forbids
inline scripts does not block it. What must not happen is that a text of a record ends the block, so `<`, `>` and `&`
leave as `\\u003c`, `\\u003e`, `\\u0026`.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

CONTEXT = "https://schema.org"
ESCAPES = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}


class Block:
    """A JSON document that can stand in HTML as it is: `{{ block }}` writes it through `__html__`."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document

    def __html__(self) -> str:
        return json.dumps(self.document, ensure_ascii=False, separators=(",", ":")).translate(ESCAPES)


def thing(kind: str, **values: Any) -> dict[str, Any]:
    """A thing of schema.org without its empty properties. Dates become ISO 8601; `id` becomes `@id`."""
    found: dict[str, Any] = {"@type": kind}
    for name, value in values.items():
        if value in (None, "", [], {}):
            continue
        if isinstance(value, (dt.date, dt.datetime)):
            value = value.isoformat()
        found["@id" if name == "id" else name] = value
    return found


def document(things: Iterable[Mapping[str, Any] | None]) -> dict[str, Any]:
    """The whole block: one or several things in one graph."""
    return {"@context": CONTEXT, "@graph": [dict(each) for each in things if each]}


def breadcrumbs(items: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """The way to a page: (words, absolute address) from the home page to the page itself."""
    return thing(
        "BreadcrumbList",
        itemListElement=[
            thing("ListItem", position=number, name=words, item=address) for number, (words, address) in enumerate(items, start=1)
        ],
    )
