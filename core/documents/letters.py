"""Which letters the fonts of a printed document have, and what stands for those that they have not."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import fontpkg_literata
import fontpkg_public_sans
from fontTools.ttLib import TTFont

from core.text import clean

#: Folders of the font files, as the typesetter takes them.
FONTS = [str(Path(package.__file__).parent / "files") for package in (fontpkg_literata, fontpkg_public_sans)]
#: What stands in the place of a letter that no font here has.
UNKNOWN = "?"
#: A line cannot break inside a word of this length; an address or a row of signs may be longer.
LONGEST_WORD = 40
LONG_WORD = re.compile(rf"\S{{{LONGEST_WORD}}}")
BREAK = "\u200b"


@lru_cache(maxsize=1)
def known() -> frozenset[int]:
    """Code points that both families have, and the line break and the blank."""
    found: list[set[int]] = []
    for folder in FONTS:
        upright = min(Path(folder).glob("*.ttf"), key=lambda path: ("Italic" in path.name, path.name))
        with TTFont(upright, lazy=True) as font:
            found.append(set(font.getBestCmap()))
    return frozenset(set.intersection(*found) | {ord("\n"), ord(" ")})


def printable(text: str) -> tuple[str, int]:
    """(text that can be printed, how many of its letters had to give way): control characters gone, long words breakable."""
    text = clean(text).replace("\t", " ")
    if not text.isascii():
        have = known()
        lost = sum(1 for char in text if ord(char) not in have)
        if lost:
            text = "".join(char if ord(char) in have else UNKNOWN for char in text)
    else:
        lost = 0
    return LONG_WORD.sub(lambda match: match[0] + BREAK, text), lost
