"""Fills a database of each size, measures our pages and the bare ones in processes of their own, and prints tables."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2

from bench.measure import PAGES, middle

COLUMNS = (
    *("page", "first ms", "cpu", "db cpu", "rows anew", "bare ms", "cpu", "ratio", "cpu", "queries"),
    *("cached ms", "bare ms", "ratio", "304 ms", "bytes", "packed"),
)
#: Ratio to the bare view that issue 3 asks for: lists, records, and a list of 50 as JSON.
TARGETS = dict.fromkeys(("list", "filtered", "body", "agreements", "late"), 1.4)
TARGETS |= {"agreement": 2.0, "proposal": 2.0, "api": 3.0}
CACHED_TARGET, GROWTH_TARGET = 1.3, 1.2
#: How many times a page is asked for: before it is measured, anew, with no row of it kept, and from the cache.
WARM, FIRST, ANEW, CACHED = 5, 40, 10, 200


def python(*words: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, *words], env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        sys.exit(done.returncode)
    return done.stdout


def database(size: int) -> tuple[str, str]:
    """(DATABASE_URL, seconds that filling it took) of a database of so many proposals on the server: the one that is there,
    where the server is kept (`bench/README.md`), with what the code of today adds to it; else a new one."""
    name = f"bench_{size}"
    parts = urlsplit(os.environ["DATABASE_URL"])
    url = urlunsplit(parts._replace(path=f"/{name}"))
    connection = psycopg2.connect(os.environ["DATABASE_URL"])
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name])
        found = cursor.fetchone()
        if found is not None and found[0] is None:
            # Filling it was interrupted.
            cursor.execute(f"DROP DATABASE {name}")
        if found is None or found[0] is None:
            cursor.execute(f"CREATE DATABASE {name}")
            python("manage.py", "migrate", "--verbosity", "0", DATABASE_URL=url)
            seconds = python("-c", FILL.format(size=size), DATABASE_URL=url).strip()
            cursor.execute(f"COMMENT ON DATABASE {name} IS %s", [seconds])
        else:
            python("manage.py", "migrate", "--verbosity", "0", DATABASE_URL=url)
            seconds = found[0]
    connection.close()
    return url, seconds


class Process:
    """A process of `bench.measure`, asked over a pipe."""

    def __init__(self, kind: str, **environment: str) -> None:
        words = [sys.executable, "-m", "bench.measure", kind]
        surroundings = {**os.environ, **environment}
        self.child = subprocess.Popen(words, env=surroundings, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, address: str, before: str = "", **headers: Any) -> dict[str, Any]:
        assert self.child.stdin is not None and self.child.stdout is not None
        self.child.stdin.write(json.dumps([address, before, headers]) + "\n")
        self.child.stdin.flush()
        line = self.child.stdout.readline()
        if not line:
            sys.exit(self.child.wait() or 1)
        return dict(json.loads(line))

    def end(self) -> None:
        assert self.child.stdin is not None
        self.child.stdin.close()
        self.child.wait()


def in_turns(times: int, *asked: tuple[Process, tuple[str, ...]]) -> list[dict[str, float]]:
    """What each of these costs, one after the other, so many times."""
    found: list[list[Any]] = [[] for _each in asked]
    for _time in range(times):
        for place, (process, question) in enumerate(asked):
            found[place].append(process.ask(*question)["took"])
    return [middle(each) for each in found]


def measured(size: int) -> dict[str, dict[str, Any]]:
    """Page → figures of ours, with those of the bare view beside them."""
    url, seconds = database(size)
    ours = Process("ours", DATABASE_URL=url)
    found: dict[str, dict[str, Any]] = {}
    for name, (address, _bare) in PAGES.items():
        ours.ask(address)
        told = ours.ask(address, "changed", count=True)
        found[name] = {"queries": told["queries"], "bytes": told["bytes"]}
        found[name]["packed"] = ours.ask(address, HTTP_ACCEPT_ENCODING="br")["bytes"]
    bare = Process("bare", DATABASE_URL=url, BENCH_SIZES=json.dumps({name: each["bytes"] for name, each in found.items()}))
    for name, (address, plain) in PAGES.items():
        figures, kept = found[name], f"/cached/{name}/"
        for _each in range(WARM):
            ours.ask(address, "changed")
            if plain:
                bare.ask(plain)
                bare.ask(kept)
        beside = [(bare, (plain,))] if plain else []
        figures["first"], *floor = in_turns(FIRST, (ours, (address, "changed")), *beside)
        (figures["anew"],) = in_turns(ANEW, (ours, (address, "cold")))
        ours.ask(address)
        figures["cached"], *kept_floor = in_turns(CACHED, (ours, (address,)), *([(bare, (kept,))] if plain else []))
        if plain:
            figures["bare"] = {"first": floor[0], "cached": kept_floor[0]}
        etag = ours.ask(address)["etag"]
        figures["unchanged"] = middle([ours.ask(address, HTTP_IF_NONE_MATCH=etag)["took"] for _each in range(CACHED)])
    memory = ours.ask(PAGES["home"][0])["memory"]
    for process in (ours, bare):
        process.end()
    print(f"\n{size:,} proposals (filled in {seconds} s); the process that rendered all pages holds {memory} MB\n")
    show(found)
    return found


FILL = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
import django
django.setup()
from bench.fill import fill
print(round(fill({size})))
"""


def show(ours: dict[str, Any]) -> None:
    rows = [COLUMNS]
    for name, found in ours.items():
        first, cached, floor = found["first"], found["cached"], found.get("bare")
        row = [name, *(f"{first[clock]:.1f}" for clock in ("wall", "cpu", "db")), f"{found['anew']['cpu']:.1f}"]
        if floor:
            ratios = [first[clock] / floor["first"][clock] for clock in ("wall", "cpu")]
            row += [f"{floor['first']['wall']:.1f}", f"{floor['first']['cpu']:.1f}"]
            row += [f"{ratios[0]:.2f}", verdict(ratios[1], TARGETS.get(name))]
        else:
            row += [""] * 4
        row += [str(found["queries"]), f"{cached['wall']:.2f}"]
        row += (
            [f"{floor['cached']['wall']:.2f}", verdict(cached["cpu"] / floor["cached"]["cpu"], CACHED_TARGET)]
            if floor
            else [""] * 2
        )
        rows.append((*row, f"{found['unchanged']['wall']:.2f}", f"{found['bytes']:,}", f"{found['packed']:,}"))
    table(rows)


def verdict(ratio: float, target: float | None) -> str:
    """The ratio, with a mark where it is above its target."""
    return f"{ratio:.2f}" + (f" > {target}" if target is not None and ratio > target else "")


def table(rows: list[tuple[str, ...]]) -> None:
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    for row in rows:
        print(
            "  ".join(
                cell.ljust(width) if place == 0 else cell.rjust(width)
                for place, (cell, width) in enumerate(zip(row, widths, strict=True))
            )
        )


def main(sizes: list[int]) -> None:
    found = {size: measured(size) for size in sizes}
    if len(sizes) > 1:
        least, most = sizes[0], sizes[-1]
        print(f"\nGrowth of the first render from {least:,} to {most:,}, by the processor of both processes, and by the wall\n")
        for name, figures in found[most].items():
            large, small = figures["first"], found[least][name]["first"]
            growth = (large["cpu"] + large["db"]) / (small["cpu"] + small["db"])
            print(f"{name:12}{verdict(growth, GROWTH_TARGET):14}{large['wall'] / small['wall']:.2f}")


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [1000, 20000])
