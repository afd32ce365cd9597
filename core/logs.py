"""The log without people in it (promise 6): no path with a key, no query, no body, no value of an error.

The path of a request may hold the secret of a mail, and the text of a database error the value that was refused. So a line about
a request names the page, and a traceback says where and which kind of error, and never its words.
"""

from __future__ import annotations

import copy
import logging
import traceback
from types import TracebackType
from typing import Any


class PlainFormatter(logging.Formatter):
    """Django's own lines about requests, with the name of the page in the place of its path; errors without their words."""

    def format(self, record: logging.LogRecord) -> str:
        request: Any = getattr(record, "request", None)
        if request is not None:
            record = copy.copy(record)
            match = getattr(request, "resolver_match", None)
            status = getattr(record, "status_code", "")
            page = match.view_name if match is not None else "no page of this site"
            record.msg, record.args = "%s %s: %s", (request.method, status, page)
        elif record.exc_info:
            record = copy.copy(record)
            record.exc_text = None
        return super().format(record)

    def formatException(self, ei: Any) -> str:
        return "".join(lines_of(ei[1])).rstrip()


def lines_of(error: BaseException | None) -> list[str]:
    """Where an error came from, and those that it came from; the kind of each, and the code of a database's."""
    found: list[str] = []
    while error is not None:
        code = getattr(error, "pgcode", None) or getattr(error, "sqlite_errorname", None)
        place: TracebackType | None = error.__traceback__
        words = f"{type(error).__name__}{f' ({code})' if code else ''}\n"
        found = [*traceback.format_tb(place), words, *found]
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return found
