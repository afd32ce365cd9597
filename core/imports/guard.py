"""Text that a spreadsheet program would run as a formula is written with an apostrophe before it, and comes back without."""

from __future__ import annotations

import re

RUNS = re.compile(r"'*[=+\-@\t\r\n]")
GUARDED = re.compile(r"'+[=+\-@\t\r\n]")


def guard(text: str) -> str:
    """`=1+1` → `'=1+1`; other text unchanged. `unguard` is the inverse for every text."""
    return f"'{text}" if RUNS.match(text) else text


def unguard(text: str) -> str:
    return text[1:] if GUARDED.match(text) else text
