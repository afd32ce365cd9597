"""Texts that look as if they held personal data: found before something is published, never a reason to refuse it.

A pattern finds what has the shape of an identifier, not what it means: a warning, for a person to judge.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


def is_clabe(text: str) -> bool:
    """Whether eighteen digits end in their check digit: weights 3, 7, 1 in turn, each product modulo ten (Banco de México)."""
    digits = [int(char) for char in text if char.isdigit()]
    if len(digits) != 18:
        return False
    total = sum(digit * weight % 10 for digit, weight in zip(digits[:17], (3, 7, 1) * 6, strict=False))
    return (10 - total % 10) % 10 == digits[17]


def anything(_text: str) -> bool:
    return True


@dataclass(frozen=True)
class Pattern:
    """A kind of identifier: its code, its words, its shape, and a test of what has that shape."""

    code: str
    kind: Any
    shape: re.Pattern[str]
    test: Callable[[str], bool] = anything


#: CURP and RFC as RENAPO and the SAT write them; SSN and A-number as the US agencies do; passports only beside their word,
#: since a letter and eight digits can be anything.
PATTERNS: tuple[Pattern, ...] = (
    Pattern("curp", _("CURP"), re.compile(r"\b[A-ZÑ][AEIOUX][A-ZÑ]{2}\d{6}[HMX][A-Z]{5}[A-Z0-9]\d\b", re.IGNORECASE)),
    Pattern("rfc", _("RFC of a person"), re.compile(r"\b[A-ZÑ&]{4}\d{6}[A-Z0-9]{3}\b", re.IGNORECASE)),
    Pattern("ssn", _("social security number"), re.compile(r"\b(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}\b")),
    Pattern("a_number", _("A-number"), re.compile(r"\bA[- ]?\d{8,9}\b")),
    Pattern(
        "passport",
        pgettext_lazy("identity paper", "passport number"),
        re.compile(
            r"\b(?:pasaportes?|passports?)\b\W{0,3}(?:(?:n[úu]m(?:ero)?|no|n\.º|number)\b)?[\W]{0,3}[A-Z]?\d{8,9}\b",
            re.IGNORECASE,
        ),
    ),
    Pattern("clabe", _("bank account (CLABE)"), re.compile(r"(?<![\w-])\d{3}[ -]?\d{3}[ -]?\d{11}[ -]?\d(?![\w-])"), is_clabe),
    # Begins where a run of such letters begins, and takes back nothing: the time grows with the text, and not with its square.
    Pattern("email", _("e-mail address"), re.compile(r"(?<![\w.+-])[\w.+-]++@\w++(?:-++\w++)*+(?:\.\w++(?:-++\w++)*+)+")),
    Pattern(
        "phone",
        _("telephone number"),
        re.compile(r"(?<![\w.,$-])(?:\+?\d{1,3}[ .-]?)?(?:\(\d{2,3}\)|\d{2,3})[ .-]\d{3,4}[ .-]\d{4}(?![\w-])"),
    ),
)
#: Numbers of papers, which are not collected anywhere.
PAPERS = frozenset({"curp", "rfc", "ssn", "a_number", "passport", "clabe"})
#: Found in one text; more would help nobody.
MOST = 10


@dataclass(frozen=True)
class Finding:
    """Something that looks like personal data: its kind, and the passage as it stands."""

    kind: Any
    passage: str
    code: str = ""


def personal_data(text: str, codes: Collection[str] | None = None) -> list[Finding]:
    """What in `text` looks like personal data, each passage once; `codes` asks for these kinds only.

    >>> [str(each.kind) for each in personal_data("Escriba a ana@example.org")]
    ['e-mail address']
    """
    found: dict[str, Finding] = {}
    for pattern in PATTERNS:
        if codes is not None and pattern.code not in codes:
            continue
        for match in pattern.shape.finditer(text):
            passage = match.group().strip()
            if len(found) < MOST and pattern.test(passage) and not any(passage in other for other in found):
                found[passage] = Finding(pattern.kind, passage, pattern.code)
    return list(found.values())


def in_texts(texts: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> list[tuple[str, Finding]]:
    """(name of the text, finding) of several texts, in their order."""
    pairs = texts.items() if isinstance(texts, Mapping) else texts
    return [(name, each) for name, text in pairs if isinstance(text, str) for each in personal_data(text)]
