"""Numbers as people write them: 1,234.5 · 1.234,5 · 1 234,5 · $1,250.00 M.N. · 15 %."""

from __future__ import annotations

import decimal
import re

BLANKS = re.compile(r"[\s\u00a0\u202f\u2009]")
MONEY = re.compile(r"(?i)^(?:mxn|usd|mx\$|us\$|\$)|(?:mxn|usd|m\.?n\.?|pesos|d[oó]lares)$")
PLAIN = re.compile(r"\d{1,16}(?:\.\d{1,10})?", re.ASCII)
GROUPED = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*", re.ASCII)


def read_number(text: str, decimals: int = 2) -> decimal.Decimal:
    """A number that is not negative. Raises ValueError.

    `decimals`: how many a value of the column can have; with at most two, 1.234 and 1,234 are both one thousand and more.
    """
    text = BLANKS.sub("", MONEY.sub("", text.strip()).strip())
    # 1'250,000, as it is written in Mexico for millions.
    text = re.sub(r"'(?=\d{3})", ",", text)
    if GROUPED.fullmatch(text) and (decimals < 3 or text.count(",") + text.count(".") > 1):
        text = re.sub(r"[.,]", "", text)
    elif "," in text and "." in text:
        # The mark that comes last divides the decimals.
        point = max(text.rfind(","), text.rfind("."))
        whole, mark = text[:point], text[point]
        other = "," if mark == "." else "."
        if mark in whole or not GROUPED.fullmatch(whole) or other not in whole:
            raise ValueError(text)
        text = re.sub(r"[.,]", "", whole) + "." + text[point + 1 :]
    elif text.count(",") == 1:
        text = text.replace(",", ".")
    if not PLAIN.fullmatch(text):
        raise ValueError(text)
    return decimal.Decimal(text)
