"""What is wrong with a page of HTML: what a strict parser finds, and what it does not (ids, references, labels)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import html5lib

REFERENCES = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "list", "form")
NAMED = {"input", "select", "textarea"}
NESTED = {"a", "button"}


def elements(node: Any, parents: tuple[Any, ...] = ()) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    """Every element with the elements around it."""
    if isinstance(node.tag, str):
        yield node, parents
    for child in node:
        yield from elements(child, (*parents, node))


def parse(text: str) -> Any:
    """The tree of a page. Raises html5lib's ParseError for markup that a browser would have to repair."""
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)


def words(node: Any) -> str:
    return " ".join("".join(node.itertext()).split())


def faults(text: str) -> list[str]:
    """Sentences; empty when all is well."""
    try:
        tree = parse(text)
    except html5lib.html5parser.ParseError as error:
        return [f"does not parse: {error}"]
    found = []
    every = list(elements(tree))
    ids = Counter(node.get("id") for node, _parents in every if node.get("id"))
    found += [f"id {name!r} stands {count} times" for name, count in ids.items() if count > 1]
    if tree.get("lang") not in ("es", "en"):
        found.append("the page does not say its language")
    heads = [node for node, _parents in every if node.tag == "h1"]
    if len(heads) != 1 or not words(heads[0]):
        found.append(f"{len(heads)} main headings")
    titles = [words(node) for node, parents in every if node.tag == "title" and parents[-1].tag == "head"]
    if len(titles) != 1 or not titles[0]:
        found.append("no title")
    labelled = {node.get("for") for node, _parents in every if node.tag == "label"}
    for node, parents in every:
        for name in REFERENCES:
            for target in (node.get(name) or "").split():
                if target not in ids:
                    found.append(f"{node.tag} {name}={target!r} leads nowhere")
        address = node.get("href") or ""
        if node.tag == "a" and address.startswith("#") and address[1:] not in ids:
            found.append(f"link to {address} leads nowhere")
        if node.tag == "a" and "href" in node.attrib and not address:
            found.append("a link without an address")
        if node.tag == "img" and node.get("alt") is None:
            found.append("a picture without alt")
        if node.tag in NAMED and node.get("type") not in ("hidden", "submit", "button"):
            inside = any(parent.tag == "label" for parent in parents)
            if not (inside or node.get("id") in labelled or node.get("aria-label") or node.get("aria-labelledby")):
                found.append(f"{node.tag} {node.get('name')!r} has no label")
        if node.tag in NESTED and any(parent.tag in NESTED for parent in parents):
            found.append(f"{node.tag} inside a link or button")
        if node.tag in ("a", "button") and not (words(node) or node.get("aria-label") or named_by_icon(node)):
            found.append(f"{node.tag} without words ({address})")
    return found


def named_by_icon(node: Any) -> bool:
    return any(inner.get("aria-label") or inner.get("alt") for inner, _parents in elements(node))
