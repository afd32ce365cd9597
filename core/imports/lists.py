"""JSON: a list of flat objects, as our own exports write it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from core.imports.problems import FileRefused
from core.imports.rows import Row

#: A list in JSON is read as a whole.
MOST_BYTES = 30 * 1024 * 1024


def read_json(file: BinaryIO) -> tuple[Iterator[Row], dict[str, Any], list[str]]:
    """The names of all objects as row 1, then a row for each object. Raises `FileRefused`."""
    file.seek(0)
    data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise FileRefused(_("A list in JSON may have %(most)s MB. Save it as CSV.") % {"most": MOST_BYTES // 1024 // 1024})
    try:
        # json finds out UTF-8, UTF-16 and UTF-32 by itself (RFC 4627, section 3).
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise FileRefused(_("This is not valid JSON: %(error)s") % {"error": error}) from error
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise FileRefused(_("The JSON must be a list of objects, one for each row."))
    return rows_of(found), {}, []


def rows_of(found: list[dict[str, Any]]) -> Iterator[Row]:
    headers = list(dict.fromkeys(name for item in found for name in item))
    yield Row(1, headers)
    for number, item in enumerate(found, 2):
        cells, problem = [], ""
        for name in headers:
            value = item.get(name)
            if isinstance(value, (dict, list)):
                problem = _("“%(name)s” holds a structure; only text, numbers and true or false can be read.") % {"name": name}
            cells.append(plain_text(value))
        yield Row(number, cells, problem)


def plain_text(value: Any) -> str:
    """A JSON scalar as the text of a cell."""
    if value is None or isinstance(value, (dict, list)):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).replace("\x00", "").encode("utf-8", "replace").decode()
