"""Components drawn once for the same values: rows of lists, of which a change alters one in twenty-five.

A component is drawn from its values alone, without the page's context, and kept under all of them and the language: what is
kept cannot be anything else than what would be drawn. Values are plain (text, numbers, dates, tuples of such), never records.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.template.loader import render_to_string

from core.pages import language

#: Rows kept in each process; a row is about a kilobyte.
MOST_KEPT = 2000


def drawn(template: str, **values: Any) -> str:
    """The component `template` with `values`."""
    return _drawn(template, language(), **values)


# Typed, since a text that is marked as safe and one that is not are equal, and are drawn differently.
@lru_cache(maxsize=MOST_KEPT, typed=True)
def _drawn(template: str, language: str, **values: Any) -> str:
    return render_to_string(template, values)


def forget() -> None:
    """Draw everything anew, for tests and benchmarks."""
    _drawn.cache_clear()
