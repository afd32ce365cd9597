"""Texts that look as if they held personal data: found before something is published, never a reason to refuse it.

A pattern finds what has the shape of an identifier, not what it means: a warning, for a person to judge.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

#: Kind → what it looks like. CURP and RFC as RENAPO and the SAT write them; SSN and A-number as the US agencies do.
PATTERNS: tuple[tuple[Any, re.Pattern[str]], ...] = (
    (_("CURP"), re.compile(r"\b[A-ZÑ][AEIOUX][A-ZÑ]{2}\d{6}[HMX][A-Z]{5}[A-Z0-9]\d\b", re.IGNORECASE)),
    (_("RFC of a person"), re.compile(r"\b[A-ZÑ&]{4}\d{6}[A-Z0-9]{3}\b", re.IGNORECASE)),
    (_("social security number"), re.compile(r"\b(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}\b")),
    (_("A-number"), re.compile(r"\bA[- ]?\d{8,9}\b")),
    (_("e-mail address"), re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b")),
    (
        _("telephone number"),
        re.compile(r"(?<![\w.,$-])(?:\+?\d{1,3}[ .-]?)?(?:\(\d{2,3}\)|\d{2,3})[ .-]\d{3,4}[ .-]\d{4}(?![\w-])"),
    ),
)
#: Found in one text; more would help nobody.
MOST = 10


@dataclass(frozen=True)
class Finding:
    """Something that looks like personal data: its kind, and the passage as it stands."""

    kind: Any
    passage: str


def personal_data(text: str) -> list[Finding]:
    """What in `text` looks like personal data, each passage once.

    >>> [str(each.kind) for each in personal_data("Escriba a ana@example.org")]
    ['e-mail address']
    """
    found: dict[str, Finding] = {}
    for kind, pattern in PATTERNS:
        for match in pattern.finditer(text):
            passage = match.group().strip()
            if len(found) < MOST and not any(passage in other for other in found):
                found[passage] = Finding(kind, passage)
    return list(found.values())
