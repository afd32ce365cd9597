"""A process that answers for pages over WSGI, middleware included, and says how long each took.

python -m bench.measure ours|bare      (DATABASE_URL names a filled database)

Each line that comes in is a question as JSON, [address, before, headers]; each line that goes out its answer. `bench.run` asks
ours and bare in turns: whatever else the machine does at that moment, it does to both.
"""

from __future__ import annotations

import io
import json
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any
from wsgiref.util import setup_testing_defaults

#: Milliseconds on the wall, of this process's processor, and of that of the database for this connection.
CLOCKS = ("wall", "cpu", "db")
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

    def quiet(self, address: str, times: int, before: Callable[[], Any] = lambda: None, **headers: str) -> dict[str, float]:
        """What a page costs, asked so many times; `before` runs each time and is not measured."""
        found = []
        for _each in range(times):
            before()
            found.append(self.get(address, **headers)[3])
        return middle(found)


def middle(found: Sequence[Sequence[float]]) -> dict[str, float]:
    """Of many (wall, processor, database) the middle of the quickest half of each: others only ever make a request slower."""
    half = (len(found) + 1) // 2
    return {name: statistics.median(sorted(each[place] for each in found)[:half]) for place, name in enumerate(CLOCKS)}


def database_time() -> float:
    """Milliseconds of the processor that the database has worked for this connection so far; it runs on this machine."""
    from django.db import connection

    if connection.connection is None:
        return 0.0
    pid = connection.connection.info.backend_pid
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e6


def main(kind: str) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings" if kind == "ours" else "bench.bare"
    import django
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application
    from django.db import connection

    django.setup()
    from core import drawn
    from core.models import revision

    if kind == "bare":
        settings.MIDDLEWARE = []
    server = Server(get_wsgi_application())
    queries: list[str] = []

    def count(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        queries.append(sql)
        return execute(sql, *rest)

    def cold() -> None:
        drawn.forget()
        revision.bump()

    #: What is done before a page is asked for, and is not measured.
    before = {"": lambda: None, "changed": revision.bump, "cold": cold}
    for line in sys.stdin:
        address, first, headers = json.loads(line)
        before[first]()
        queries.clear()
        with connection.execute_wrapper(count) if headers.pop("count", False) else nullcontext():
            status, answered, body, took = server.get(address, **headers)
        if status[:3] not in ("200", "304"):
            raise SystemExit(f"{address}: {status}")
        memory = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        told = {"took": took, "etag": answered.get("ETag", ""), "bytes": len(body), "queries": len(queries), "memory": memory}
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
