"""What is wrong with a page of HTML: what a strict parser finds, and what it does not (ids, references, labels)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import html5lib

REFERENCES = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "list", "form")
NAMED = {"input", "select", "textarea"}
NESTED = {"a", "button"}
#: What may stand directly inside (HTML living standard, content models); a strict parser does not ask.
CHILDREN = {
    "ul": {"li"},
    "ol": {"li"},
    "dl": {"dt", "dd", "div"},
    "select": {"option", "optgroup"},
    "tr": {"td", "th"},
    "table": {"caption", "colgroup", "thead", "tbody", "tfoot"},
}
#: Elements that hold words and marks of words alone, and those that they may not hold.
PHRASES = {
    "span",
    "strong",
    "em",
    "b",
    "i",
    "abbr",
    "time",
    "label",
    "button",
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "dt",
    "summary",
    "pre",
}
BLOCKS = {
    *(
        "div",
        "p",
        "ul",
        "ol",
        "dl",
        "table",
        "section",
        "article",
        "aside",
        "nav",
        "header",
        "footer",
        "main",
        "form",
        "fieldset",
    ),
    *("figure", "details", "blockquote", "pre", "hr", "h1", "h2", "h3", "h4", "h5", "h6"),
}
#: A heading may stand inside a summary.
ALLOWED_BLOCKS = {("summary", f"h{level}") for level in range(1, 7)}
GONE = {"center", "font", "big", "strike", "tt", "marquee", "frame", "frameset", "acronym", "nobr"}


def elements(node: Any, parents: tuple[Any, ...] = ()) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    """Every element with the elements around it."""
    if isinstance(node.tag, str):
        yield node, parents
    for child in node:
        yield from elements(child, (*parents, node))


@lru_cache(maxsize=1)
def parse(text: str) -> Any:
    """The tree of a page, to read. Raises html5lib's ParseError for markup that a browser would have to repair."""
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
        found += misplaced(node, parents[-1] if parents else None)
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


def misplaced(node: Any, parent: Any) -> list[str]:
    """What stands where HTML does not let it."""
    found = []
    if node.tag in GONE:
        found.append(f"{node.tag} is no element any more")
    if parent is not None:
        if node.tag not in CHILDREN.get(parent.tag, {node.tag}):
            found.append(f"{node.tag} directly inside {parent.tag}")
        if parent.tag in PHRASES and node.tag in BLOCKS and (parent.tag, node.tag) not in ALLOWED_BLOCKS:
            found.append(f"{node.tag} inside {parent.tag}")
    if node.tag in CHILDREN and node.tag != "tr" and (node.text or "").strip():
        found.append(f"words directly inside {node.tag}")
    if node.tag in ("h1", "h2", "h3", "h4", "h5", "h6", "caption", "th", "legend", "summary") and not (
        words(node) or named_by_icon(node)
    ):
        found.append(f"an empty {node.tag}")
    return found


def needs_script(text: str) -> list[str]:
    """What of a page would be missing, or would do nothing, without JavaScript; empty when it is whole."""
    found = []
    tree = parse(text)
    for node, parents in elements(tree):
        if node.tag == "script" and node.get("type") != "application/ld+json":
            found.append(f"script {node.get('src') or 'inline'}")
        if node.tag in ("template", "canvas", "noscript", "dialog"):
            found.append(node.tag)
        if node.tag == "button" and (node.get("type") != "submit" or not any(parent.tag == "form" for parent in parents)):
            found.append(f"a button that sends nothing: {words(node)}")
        if node.tag == "form" and (node.get("action") or "").startswith("javascript:"):
            found.append("a form for a script")
        if node.get("hidden") is not None or node.get("aria-busy") is not None:
            found.append(f"{node.tag} that waits to be shown")
        found += [f"{node.tag} {name}" for name in node.attrib if name.startswith(("on", "hx-", "x-", "data-hx"))]
    main = tree.find("body/main")
    if main is None or len(words(main)) < 20:
        found.append("hardly a word in main")
    return found


def named_by_icon(node: Any) -> bool:
    return any(inner.get("aria-label") or inner.get("alt") for inner, _parents in elements(node))
