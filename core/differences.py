"""What changed between two texts, in pieces that a person can read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

WORD = re.compile(r"\S+\s*|\s+")
SAME, ADDED, REMOVED = "same", "added", "removed"
#: An unchanged run of fewer words between two changes is shown with them: scattered single words read badly.
SHORT_RUN = 3
#: Longer texts are shown as a whole, old beside new: comparing them word by word would take longer than reading them.
MOST_WORDS = 6000
#: Two paragraphs that share less than this are different paragraphs.
ALIKE = 0.35


@dataclass(frozen=True)
class Piece:
    """A run of words: `kind` is same, added or removed."""

    kind: str
    text: str


def pieces(old: str, new: str) -> list[Piece]:
    """The words of both texts in reading order, removed before added."""
    if old == new:
        return [Piece(SAME, old)] if old else []
    before, after = WORD.findall(old), WORD.findall(new)
    if len(before) + len(after) > MOST_WORDS:
        return [Piece(kind, text) for kind, text in ((REMOVED, old), (ADDED, new)) if text]
    # A word compares without the blanks behind it, so that a new line break alone is no change.
    matcher = SequenceMatcher(None, [word.rstrip() for word in before], [word.rstrip() for word in after])
    found: list[Piece] = []
    removed = added = ""
    runs = matcher.get_opcodes()
    for at, (tag, i1, i2, j1, j2) in enumerate(runs):
        gone, come = "".join(before[i1:i2]), "".join(after[j1:j2])
        if tag == "equal" and (at in (0, len(runs) - 1) or i2 - i1 >= SHORT_RUN):
            found += changed(found, removed, added)
            found.append(Piece(SAME, come))
            removed = added = ""
        else:
            removed += gone
            added += come
    return found + changed(found, removed, added)


def changed(found: Sequence[Piece], removed: str, added: str) -> list[Piece]:
    """What was taken away and what came; a blank keeps the removed words apart from what stands around them."""
    if removed and found and not found[-1].text[-1].isspace():
        removed = f" {removed}"
    if removed and added and not removed[-1].isspace():
        removed = f"{removed} "
    return [Piece(kind, text) for kind, text in ((REMOVED, removed), (ADDED, added)) if text]


def likeness(old: str, new: str) -> float:
    """How much two paragraphs share: 0 nothing, 1 everything."""
    if old == new:
        return 1.0
    matcher = SequenceMatcher(None, old.split()[:400], new.split()[:400])
    return matcher.ratio() if matcher.quick_ratio() > ALIKE else 0.0


def pair_up(old: Sequence[str], new: Sequence[str]) -> list[tuple[int | None, int | None]]:
    """Which paragraph became which: pairs of positions in reading order, None for one that is new or gone.

    The pairing keeps the order and makes the sum of likenesses as large as possible. Beyond 60 × 60 paragraphs it goes
    by position.
    """
    if len(old) * len(new) > 3600:
        longest = max(len(old), len(new))
        return [(at if at < len(old) else None, at if at < len(new) else None) for at in range(longest)]
    score = [[likeness(one, other) for other in new] for one in old]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in reversed(range(len(old))):
        for j in reversed(range(len(new))):
            together = score[i][j] + best[i + 1][j + 1] if score[i][j] >= ALIKE else 0.0
            best[i][j] = max(best[i + 1][j], best[i][j + 1], together)
    pairs: list[tuple[int | None, int | None]] = []
    i = j = 0
    while i < len(old) and j < len(new):
        if score[i][j] >= ALIKE and best[i][j] == score[i][j] + best[i + 1][j + 1]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            pairs.append((i, None))
            i += 1
        else:
            pairs.append((None, j))
            j += 1
    pairs += [(at, None) for at in range(i, len(old))]
    return pairs + [(None, at) for at in range(j, len(new))]
