"""The queue of officials of one and of thirteen bodies, with few and with many referrals, beside a bare list of 25 proposals.

python -m bench.queue [REFERRALS …]      (DATABASE_URL names a private server; see bench/desk)
"""

from __future__ import annotations

import json
import os
import sys
from itertools import product
from typing import Any

from bench.measure import middle
from bench.run import FIRST, Process, database, python, table

BODIES = 13
SIZES = (45, 20_000)
#: What issue 5 asks for.
MOST_QUERIES, MOST_TIMES = 10, 6.0
ADDRESSES = {
    "queue": "/en/workspace/queue/",
    "late": "/en/workspace/queue/?show=late",
    "not begun": "/en/workspace/queue/?draft=none",
    "words": "/en/workspace/queue/?q=salud",
}


def ours(referrals: int) -> dict[str, Any]:
    """Fills the database and measures each address as an official of one body and of all of them."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    from django.core.wsgi import get_wsgi_application

    from bench.measure import Server

    server = Server(get_wsgi_application())
    from django.conf import settings
    from django.db import connection
    from django.test import Client

    from bench import fill
    from forum.models import Agency, Role
    from tests import factories as make

    fill.AGENCIES = BODIES
    fill.fill((referrals + 1) // 2)
    first, *others = Agency.objects.order_by("pk")
    users = {who: make.user(f"official.{who}@example.org", official=first) for who in ("one", "all")}
    for agency in others:
        Role.objects.create(user=users["all"], kind="official", agency=agency)
    found = {}
    for (who, user), (page, address) in product(users.items(), ADDRESSES.items()):
        client, name = Client(), f"{page}, {who}"
        client.force_login(user)
        cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
        server.quiet(address, 3, HTTP_COOKIE=cookie)
        queries: list[str] = []

        def count(execute: Any, sql: str, *rest: Any, into: list[str] = queries) -> Any:
            into.append(sql)
            return execute(sql, *rest)

        with connection.execute_wrapper(count):
            status, _headers, body, _time = server.get(address, HTTP_COOKIE=cookie)
        if not status.startswith("200"):
            raise SystemExit(f"{address}: {status}")
        found[name] = {"first": server.quiet(address, FIRST, HTTP_COOKIE=cookie), "queries": len(queries), "bytes": len(body)}
    return found


def main(sizes: list[int]) -> None:
    for size in sizes:
        url = database(size)
        python("manage.py", "migrate", "--verbosity", "0", DATABASE_URL=url)
        found = json.loads(python("-m", "bench.queue", "ours", str(size), DATABASE_URL=url).splitlines()[-1])
        bytes_of = json.dumps({"list": found["queue, one"]["bytes"]})
        floor = Process("bare", DATABASE_URL=url, BENCH_SIZES=bytes_of)
        bare = middle([floor.ask("/list/")["took"] for _each in range(FIRST)])
        floor.end()
        print(
            f"\n{size:,} referrals of {BODIES} bodies; bare list of 25: {bare['wall']:.1f} ms, processor {bare['cpu']:.1f} ms\n"
        )
        rows = [("page", "ms", "cpu", "times bare", "cpu", "queries", "bytes")]
        for name, each in found.items():
            wall, cpu = each["first"]["wall"], each["first"]["cpu"]
            ratio = wall / bare["wall"]
            rows.append(
                (
                    *(name, f"{wall:.1f}", f"{cpu:.1f}", f"{ratio:.2f}" + (" > 6" if ratio > MOST_TIMES else "")),
                    *(f"{cpu / bare['cpu']:.2f}", f"{each['queries']}" + (" > 10" if each["queries"] > MOST_QUERIES else "")),
                    f"{each['bytes']:,}",
                )
            )
        table(rows)


if __name__ == "__main__":
    if sys.argv[1:2] == ["ours"]:
        print(json.dumps(ours(int(sys.argv[2]))))
    else:
        main([int(word) for word in sys.argv[1:]] or list(SIZES))
