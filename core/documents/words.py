"""Words of records as a document gives them: the reader's language first, the other one marked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import formats

from core.pages import language


def picked(texts: Mapping[str, str]) -> tuple[str, str]:
    """(text, its language where it is not the reader's) of `{"es": …, "en": …}`."""
    here = language()
    for code in ("en", "es") if here == "en" else ("es", "en"):
        if words := texts.get(code) or "":
            return words, "" if code == here else code
    return "", ""


def both(record: Any, name: str) -> dict[str, str]:
    """`name_es` and `name_en` of a record, for `picked`."""
    return {code: getattr(record, f"{name}_{code}", "") for code in ("es", "en")}


def day(date: dt.date | str | None, zone: str = "") -> str:
    """A date in words, also an ISO one; of a moment the day in `zone`. '' for none."""
    if not date:
        return ""
    if isinstance(date, str):
        date = dt.date.fromisoformat(date)
    if isinstance(date, dt.datetime):
        date = date.astimezone(ZoneInfo(zone) if zone else dt.UTC).date()
    return formats.date_format(date, "DATE_FORMAT")


def spelled(words: Any) -> str:
    """With a capital letter at the beginning, as a cell of a table has it."""
    text = str(words)
    return text[:1].upper() + text[1:]
