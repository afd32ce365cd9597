"""Measures the search box with words of every sort: rare, common, together, in quotes, narrowed down to a kind.

bench/search [1000 1000000]
"""

from __future__ import annotations

import itertools
import json
import math
import os
import sys
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from bench.measure import Server
from bench.run import GROWTH_TARGET, database, python, table, verdict
from bench.words import WORDS

#: Each question is asked so many times, something having changed before each.
TIMES = 5
#: Milliseconds at the 95th percentile, of both processors.
TARGET = 50.0
#: Of the text of a third of all records, apart from those that a title holds.
OF_TEXT = ("requisitos", "comunidades", "exterior", "trámite", "plazo", "dependencia", "recursos", "escrito", "viven", "claros")
KINDS = ("proposal", "agreement", "commitment", "organization")
#: Class → (words, kind) of its questions.
CLASSES: dict[str, list[tuple[str, str]]] = {
    "one record": [(str(number), "") for number in range(77, 997, 100)] + [(f"B{number:07}", "") for number in (1, 20, 333, 990)],
    "a tenth": [(word, "") for word in WORDS[:20]],
    "a third": [(word, "") for word in OF_TEXT],
    "all": [(word, "") for word in ("propuesta", "propuestas", "para", "acuerdo", "compromiso", "compromisos")],
    "two common": [(f"{one} {other}", "") for one, other in itertools.pairwise(OF_TEXT)]
    + [(f"propuesta {word}", "") for word in WORDS[:8]],
    "two, few both": [(f"{one} {other}", "") for one, other in zip(WORDS, WORDS[9:19], strict=False)],
    "common and rare": [(f"propuesta {number}", "") for number in (7, 77, 777, 998)]
    + [(f"requisitos {n}", "") for n in (9, 99, 999)],
    "phrase": [
        *((f'"propuesta de {word}"', "") for word in WORDS[:5]),
        *((text, "") for text in ('"requisitos claros"', '"diga por escrito"', '"con qué recursos"', '"claros requisitos"')),
    ],
    "acronym": [(name, "") for name in ("AG35", "ag7", "AG30", "ORG-40", "org-7")],
    "beginning": [(word, "") for word in ("pro", "com", "req", "acuer", "pen", "inv")],
    "nothing": [(word, "") for word in ("ninguna", "zzz", "propuesta ninguna", '"voto de propuesta"')],
    "one kind": [(word, kind) for word in ("propuesta", "requisitos", "compromiso", "salud") for kind in KINDS],
}


#: All questions as if they were one class.
ALL = "all together"


def address(words: str, kind: str) -> str:
    return "/en/search/?" + urlencode({"q": words, **({"kind": kind} if kind else {})})


def measured(only: str = "") -> dict[str, list[tuple[str, float, float, float]]]:
    """Class → (question, milliseconds on the wall, of this process's processor, of the database's) of every request."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    from django.core.wsgi import get_wsgi_application

    server = Server(get_wsgi_application())
    from core.models import revision

    found: dict[str, list[tuple[str, float, float, float]]] = {}
    for name, questions in CLASSES.items():
        if only not in name:
            continue
        for words, kind in questions:
            asked = address(words, kind)
            server.get(asked)
            for _each in range(TIMES):
                revision.bump()
                status, _headers, _body, took = server.get(asked)
                if not status.startswith("200"):
                    raise SystemExit(f"{asked}: {status}")
                found.setdefault(name, []).append((f"{words} {kind}".strip(), *took))
    return found


def part(values: Sequence[float], of: float) -> float:
    """The value below which that part of all of them lies (nearest rank)."""
    return sorted(values)[max(0, math.ceil(of * len(values)) - 1)]


def show(sizes: list[int], found: list[dict[str, list[Any]]]) -> None:
    head = [f"{size:,}: {column}" for size in sizes for column in ("p50", "p95", "db p95", "wall p95")]
    rows = [("class", "questions", *head, "growth of p50", "slowest at the largest size")]
    together = [{**each, ALL: [row for rows_of in each.values() for row in rows_of]} for each in found]
    for name, questions in {**CLASSES, ALL: [question for of in CLASSES.values() for question in of]}.items():
        if name not in together[-1]:
            continue
        cells, middles = [], []
        for each in together:
            works = [cpu + db for _question, _wall, cpu, db in each[name]]
            middles.append(part(works, 0.5))
            cells += [
                f"{middles[-1]:.1f}",
                verdict(part(works, 0.95), TARGET),
                f"{part([row[3] for row in each[name]], 0.95):.1f}",
            ]
            cells.append(f"{part([row[1] for row in each[name]], 0.95):.1f}")
        slowest = max(together[-1][name], key=lambda row: row[2] + row[3])[0]
        rows.append((name, str(len(questions)), *cells, verdict(middles[-1] / middles[0], GROWTH_TARGET), slowest))
    table(rows)


def main(sizes: list[int]) -> None:
    found = []
    for size in sizes:
        url, _seconds = database(size)
        found.append(json.loads(python("-m", "bench.search", "--one", DATABASE_URL=url)))
    show(sizes, found)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(measured(*sys.argv[2:])))
    else:
        main([int(word) for word in sys.argv[1:]] or [1000, 20000])
