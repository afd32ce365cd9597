"""Words of a text as search tokens: folded, and their Spanish and English stems, the same on every database."""

from __future__ import annotations

import re
from functools import lru_cache

import snowballstemmer

from core.text import fold

WORD = re.compile(r"[^\W_]+")
#: Stems have a namespace of their own: no folded word begins with an underscore.
STEM = "_"


@lru_cache(maxsize=1)
def stemmers() -> tuple[snowballstemmer.basestemmer.BaseStemmer, ...]:
    return snowballstemmer.stemmer("spanish"), snowballstemmer.stemmer("english")


@lru_cache(maxsize=50_000)
def stems_of(word: str) -> tuple[str, ...]:
    """The stems of one word, folded, with their prefix. People write *migracion* without its accent: it counts as with."""
    lowered = word.casefold()
    if len(lowered) < 3 or not lowered.isalpha():
        return ()
    accented = re.sub(r"(c|s)ion$", r"\1ión", lowered)
    found = {fold(stemmer.stemWord(form)) for stemmer in stemmers() for form in {lowered, accented, fold(lowered)}}
    return tuple(sorted(STEM + stem for stem in found if stem and " " not in stem))


def words_in(text: str) -> list[str]:
    """The words of a text as they are written, in order. Marks that stand apart from their letter are kept with it."""
    return WORD.findall(text)


def tokens_of(text: str) -> list[tuple[str, tuple[str, ...]]]:
    """(folded word, stems) for each word of a text, in order; a word that folds to several counts as several."""
    found = []
    for word in words_in(text):
        for folded in fold(word).split():
            found.append((folded, stems_of(word)))
    return found
