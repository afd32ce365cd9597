"""Measures what narrows a list down, and what is searched for: rare, common and combined, in every order, in one process.

bench/filters [1000 20000 1000000]
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from bench.measure import Server
from bench.run import database, python, table

TIMES = 12
#: What is asked of a list. Two values of 30,000 records each may have thousands in common, or none (AG35 and the topic).
PROPOSALS = (
    *("", "agency=AG35", "state=MX-AGU", "state=MX-ZAC", "organization=ORG-40", "fate=late", "fate=no_agreement"),
    *("verdict=feasible", "verdict=outside_remit", "answer=in_time", "answer=late", "answer=waiting", "agency=AG35&answer=late"),
    *("status=reviewed", "status=withdrawn", "reading=divided", "topic=salud", "edition=foro-5", "table=foro-5-1"),
    *("agency=AG35&state=MX-AGU", "agency=AG35&state=MX-ZAC", "agency=AG35&topic=salud", "agency=AG35&status=withdrawn"),
    *("agency=AG35&state=MX-AGU&verdict=feasible&status=reviewed", "q=salud", "q=777", "agency=AG35&q=777"),
)
AGREEMENTS = (
    *(
        "",
        "light=late",
        "light=due_soon",
        "light=fulfilled",
        "light=cancelled",
        "light=no_report",
        "state=MX-AGU",
        "state=MX-ZAC",
    ),
    *("agency=AG35", "organization=ORG-40", "light=late&state=MX-DUR", "light=late&agency=AG35", "topic=salud"),
)
COMMITMENTS = ("", "light=late", "agency=AG35", "state=MX-AGU", "edition=foro-5")
LISTS = {
    "proposals": (PROPOSALS, ("folio", "newest", "changed")),
    "agreements": (AGREEMENTS, ("folio", "newest", "changed")),
    "progress": (COMMITMENTS, ("due",)),
}
SEARCHES = ("propuesta", "requisitos", "propuesta salud", "777", "agua 777", "ninguna", "prop", '"propuesta de voto"')


def addresses() -> list[str]:
    found = [
        f"/en/{name}/?" + "&".join(part for part in (query, f"order={order}") if part)
        for name, (queries, orders) in LISTS.items()
        for query in queries
        for order in orders
    ]
    opened = [
        f"/en/{name}/?filters=open" + ("&agency=AG35" if name == "proposals" else "") for name in ("proposals", "agreements")
    ]
    return [*found, *opened, *(f"/en/search/?q={words.replace(' ', '+')}" for words in SEARCHES)]


def measured(only: str = "") -> dict[str, Any]:
    """Address → figures of its first render."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    from django.core.wsgi import get_wsgi_application

    server = Server(get_wsgi_application())
    from core.models import revision

    found = {}
    for address in addresses():
        if only in address:
            server.quiet(address, 1, revision.bump)
            found[address] = server.quiet(address, TIMES, revision.bump)
    return found


def main(sizes: list[int]) -> None:
    """Fills a database of each size and prints a table: milliseconds on the wall, of both processors, and the growth."""
    found = []
    for size in sizes:
        url, _seconds = database(size)
        found.append(json.loads(python("-m", "bench.filters", "--one", DATABASE_URL=url)))
    show(sizes, found)


def show(sizes: list[int], found: list[dict[str, Any]]) -> None:
    rows = [("address", *(f"{size:,}: ms" for size in sizes), *(f"{size:,}: cpu+db" for size in sizes), "growth")]
    for address in found[0]:
        walls = [f"{each[address]['wall']:.1f}" for each in found]
        works = [each[address]["cpu"] + each[address]["db"] for each in found]
        rows.append((address, *walls, *(f"{work:.1f}" for work in works), f"{works[-1] / works[0]:.2f}"))
    table(rows)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(measured(*sys.argv[2:])))
    else:
        main([int(word) for word in sys.argv[1:]] or [1000, 20000])
