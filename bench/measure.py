"""Measures the pages of one process over WSGI, middleware included, and prints the figures as JSON on one line.

python -m bench.measure ours|bare [PAGE …]      (DATABASE_URL names a filled database)
"""

from __future__ import annotations

import io
import json
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from wsgiref.util import setup_testing_defaults

FIRST, CACHED = 30, 120
#: Name → address of our page, and of the bare one.
PAGES = {
    "home": ("/en/", "/home/"),
    "list": ("/en/proposals/", "/list/"),
    "filtered": ("/en/proposals/?topic=salud&status=reviewed", "/filtered/"),
    "body": ("/en/proposals/?agency=AG35", "/body/"),
    "agreements": ("/en/agreements/", "/agreements/"),
    "late": ("/en/agreements/?light=late", "/late/"),
    "agreement": ("/en/agreements/BA0000003/", "/agreement/BA0000003/"),
    "proposal": ("/en/proposals/B0000021/", "/proposal/B0000021/"),
    "search": ("/en/search/?q=propuesta+777", "/search/"),
    "common": ("/en/search/?q=propuesta", "/common/"),
    "third": ("/en/search/?q=requisitos", "/third/"),
    "api": ("/api/v1/proposals/", "/api/"),
    "json": ("/en/proposals/B0000021.json", ""),
    "edition": ("/en/forums/foro-5/", ""),
    "agency": ("/en/agencies/AG35/", ""),
    "progress": ("/en/progress/", ""),
}


class Server:
    """A WSGI application asked without a network: (status, headers, body) and how long it took."""

    def __init__(self, application: Callable[..., Any]) -> None:
        self.application = application

    def get(self, address: str, **headers: str) -> tuple[str, dict[str, str], bytes, tuple[float, float, float]]:
        path, _mark, query = address.partition("?")
        environ: dict[str, Any] = {"PATH_INFO": path, "QUERY_STRING": query, "HTTP_HOST": "localhost", **headers}
        setup_testing_defaults(environ)
        environ["wsgi.input"] = io.BytesIO()
        answer: dict[str, Any] = {}

        def start(status: str, pairs: list[tuple[str, str]], _error: Any = None) -> None:
            answer.update(status=status, headers=dict(pairs))

        # Asking for the database's time takes some of our own.
        database = database_time()
        began, worked = time.perf_counter(), time.thread_time()
        response = self.application(environ, start)
        body = b"".join(response)
        response.close()
        wall, processor = 1000 * (time.perf_counter() - began), 1000 * (time.thread_time() - worked)
        took = wall, processor, max(0.0, database_time() - database)
        return answer["status"], answer["headers"], body, took

    def quiet(
        self, address: str, times: int, before: Callable[[], Any] = lambda: None, **headers: str
    ) -> tuple[float, float, float]:
        """Milliseconds on the wall, of this process's processor and of the database's: each time the middle of the quickest
        half, since what else runs on the machine only ever makes it slower. `before` runs each time and is not measured."""
        found = []
        for _each in range(times):
            before()
            found.append(self.get(address, **headers)[3])
        half = (times + 1) // 2
        wall, processor, database = (statistics.median(sorted(each[place] for each in found)[:half]) for place in (0, 1, 2))
        return wall, processor, database


def database_time() -> float:
    """Milliseconds of the processor that the database has worked for this connection so far; it runs on this machine."""
    from django.db import connection

    if connection.connection is None:
        return 0.0
    pid = connection.connection.info.backend_pid
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e6


def both(server: Server, address: str, times: int, **more: Any) -> dict[str, float]:
    """Time on the wall, of the processor of this process, and of that of the database."""
    wall, processor, database = server.quiet(address, times, **more)
    return {"wall": wall, "cpu": processor, "db": database}


def main(kind: str, *only: str) -> dict[str, Any]:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings" if kind == "ours" else "bench.bare"
    import django
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application

    django.setup()
    if kind == "bare":
        settings.MIDDLEWARE = []
    server = Server(get_wsgi_application())
    pages = ours(server) if kind == "ours" else bare(server, list(only))
    return {"pages": pages, "memory": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)}


def ours(server: Server) -> dict[str, Any]:
    """First render (something has changed before each), from the cache, 304; queries and sizes."""
    from django.db import connection

    from core import drawn
    from core.models import revision

    def cold() -> None:
        drawn.forget()
        revision.bump()

    found = {}
    for name, (address, _bare) in PAGES.items():
        server.quiet(address, 3, revision.bump)
        first = both(server, address, FIRST, before=revision.bump)
        anew = both(server, address, 10, before=cold)
        revision.bump()
        queries: list[str] = []

        def count(execute: Any, sql: str, *rest: Any, into: list[str] = queries) -> Any:
            into.append(sql)
            return execute(sql, *rest)

        with connection.execute_wrapper(count):
            status, headers, body, _time = server.get(address)
        if not status.startswith("200"):
            raise SystemExit(f"{address}: {status}")
        etag = headers["ETag"]
        found[name] = {
            "first": first,
            "anew": anew,
            "cached": both(server, address, CACHED),
            "unchanged": both(server, address, CACHED, HTTP_IF_NONE_MATCH=etag),
            "queries": len(queries),
            "bytes": len(body),
            "packed": len(server.get(address, HTTP_ACCEPT_ENCODING="br")[2]),
        }
    return found


def bare(server: Server, only: list[str]) -> dict[str, Any]:
    """The same for the bare views; of all pages, or of those named in `only`."""
    found = {}
    for name, (_ours, address) in PAGES.items():
        if address and (not only or name in only):
            server.quiet(address, 3)
            kept = f"/cached/{name}/"
            server.get(kept)
            found[name] = {"first": both(server, address, FIRST), "cached": both(server, kept, CACHED)}
    return found


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
