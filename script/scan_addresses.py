"""Every public address that takes parameters, one a line: `scan_addresses.py http://127.0.0.1:8190`.

Walks the public pages of a demonstration, a few of each kind, and gathers the fields of their forms and the parameters of
their links: for each page one address with all of them.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from html.parser import HTMLParser
from urllib.error import HTTPError
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit
from urllib.request import urlopen

MOST_PAGES = 150
#: Files, and the Spanish side: the same views under other names.
ELSEWHERE = ("/static/", "/es/")
#: Pages of one kind differ in their record only.
MOST_OF_A_KIND = 2
STARTS = (
    "/en/",
    "/en/search/?q=a",
    "/en/accounts/login/",
    "/calendar.ics",
    "/feeds/agreements.atom",
    "/feeds/proposals.atom",
    "/feeds/progress.atom",
    *(
        f"/api/v1/{name}/"
        for name in ("proposals", "agreements", "commitments", "organizations", "agencies", "meetings", "editions")
    ),
)
#: Parameters of addresses without a form, each with a value of the demonstration.
KNOWN = {
    "/calendar.ics": {"agency": "IFE", "lang": "en"},
    "/feeds/": {"agency": "IFE", "lang": "en"},
    "/api/v1/": {"q": "1", "edition": "1", "agency": "IFE", "order": "1", "limit": "1"},
    ".csv": {"q": "1", "edition": "1", "order": "1"},
}


class Page(HTMLParser):
    """The links of a page, and the fields of each of its GET forms."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[tuple[str, dict[str, str]]] = []
        self.open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        elif tag == "form":
            self.open = given.get("method", "get").lower() == "get"
            if self.open:
                self.forms.append((given.get("action", ""), {}))
        elif self.open and tag in ("input", "select") and given.get("name"):
            self.forms[-1][1][given["name"]] = given.get("value") or "1"

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = False


def kind_of(path: str) -> str:
    """The address without what names a record."""
    return re.sub(r"[A-Z0-9-]*\d[\w-]*", "*", path)


def main(site: str) -> None:
    waiting, seen, kinds = list(STARTS), set(STARTS), Counter[str]()
    found: dict[str, dict[str, str]] = {}
    read = 0
    while waiting and read < MOST_PAGES:
        here = waiting.pop(0)
        read += 1
        try:
            with urlopen(urljoin(site, here), timeout=30) as answer:
                text = answer.read().decode("utf-8", "replace") if "html" in answer.headers.get("Content-Type", "") else ""
        except HTTPError:
            continue
        for part, fields in KNOWN.items():
            if part in here:
                found.setdefault(here, {}).update(fields)
        page = Page()
        page.feed(text)
        for action, fields in page.forms:
            path = urlsplit(urljoin(here, action or here)).path
            found.setdefault(path, {}).update(fields)
        for link in page.links:
            parts = urlsplit(urljoin(urljoin(site, here), link))
            if f"{parts.scheme}://{parts.netloc}" != site or parts.path.startswith(ELSEWHERE):
                continue
            if parts.query:
                found.setdefault(parts.path, {}).update(dict(parse_qsl(parts.query)))
            if parts.path not in seen and kinds[kind_of(parts.path)] < MOST_OF_A_KIND:
                seen.add(parts.path)
                kinds[kind_of(parts.path)] += 1
                waiting.append(parts.path)
    for path, fields in sorted(found.items()):
        if fields:
            print(f"{site}{path}?{urlencode({**fields, 'after': 'x'})}")


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
