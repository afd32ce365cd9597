"""What was read of a waiting file, kept beside it: each look at a long sheet would unpack and read all of it again.

The rows lie compressed in the storage under the name of the waiting file, so any process of any host finds them, and they go with it.
They hold for one way of reading: another encoding, sheet, header row or language reads anew. Where they are missing or cannot be read
the file is read, as ever.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
import tempfile
from collections.abc import Collection
from dataclasses import astuple
from typing import Any, BinaryIO

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.utils.translation import get_language

from core.imports.reader import Reading, Table, read
from core.imports.rows import Row, Rows

#: Rows of a file from which it is worth keeping them, and beyond which they are not kept.
FEWEST, MOST = 500, 200_000
#: No more bytes than these are kept, compressed.
MOST_BYTES = 40 * 1024 * 1024


def place(stored: str) -> str:
    return f"{stored}.rows"


def mark_of(name: str, known: Collection[str], reading: Reading) -> str:
    """Tells one way of reading a file from another: the sentences about its rows are in the language of the moment."""
    said = [name.lower().endswith(".json"), sorted(known), astuple(reading), get_language()]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def read_again(stored: str, name: str, file: BinaryIO, *, known: Collection[str], reading: Reading) -> Table:
    """The waiting file `stored` as it was read before in this way; otherwise it is read, and kept. Raises `FileRefused`."""
    mark = mark_of(name, known, reading)
    table = kept_table(stored, mark)
    if table is None:
        table = read(name, file, known=known, reading=reading)
        keep_table(stored, mark, table)
    return table


def keep_read(stored: str, name: str, table: Table, *, known: Collection[str], reading: Reading) -> None:
    """Keep what was read of a file before it was put by."""
    keep_table(stored, mark_of(name, known, reading), table)


def keep_table(stored: str, mark: str, table: Table) -> None:
    """Keep a table that is long enough, in the place of an earlier one."""
    if not FEWEST < len(table.rows) <= MOST:
        return
    with tempfile.TemporaryFile() as kept:
        with gzip.open(kept, "wt", compresslevel=1, encoding="utf-8", errors="surrogatepass") as lines:
            head = {"mark": mark, "headers": table.headers, "notes": table.notes, "facts": table.facts, "rows": len(table.rows)}
            lines.write(json.dumps(head) + "\n")
            for row in table.rows:
                lines.write(json.dumps([row.number, row.cells, row.problem]) + "\n")
        if kept.tell() <= MOST_BYTES:
            forget_table(stored)
            default_storage.save(place(stored), File(kept))


def kept_table(stored: str, mark: str) -> Table | None:
    """The table that is kept, where it was read in this way and is whole."""
    try:
        with (
            default_storage.open(place(stored)) as file,
            gzip.open(file, "rt", encoding="utf-8", errors="surrogatepass") as lines,
        ):
            head: dict[str, Any] = json.loads(lines.readline())
            if head["mark"] != mark:
                return None
            rows = Rows(Row(*json.loads(line)) for line in lines)
    except (OSError, EOFError, ValueError, KeyError, TypeError):
        return None
    return Table(head["headers"], rows, head["notes"], head["facts"]) if len(rows) == head["rows"] else None


def forget_table(stored: str) -> None:
    with contextlib.suppress(OSError):
        default_storage.delete(place(stored))
