"""Which keys a file brings, and in which row each stands first: in twelve bytes a row, however long the keys are."""

from __future__ import annotations

from array import array
from bisect import bisect_left


class Keys:
    """Filled row by row, then asked. A key is known by its 64-bit hash: two of a million are the same once in 40 million files."""

    def __init__(self) -> None:
        self.hashes = array("Q")
        self.rows = array("L")
        self.in_order = True

    def add(self, key: str, number: int) -> None:
        self.hashes.append(hash(key) & 0xFFFFFFFFFFFFFFFF)
        self.rows.append(number)
        self.in_order = False

    def settle(self) -> None:
        if self.in_order:
            return
        order = sorted(range(len(self.hashes)), key=self.hashes.__getitem__)
        self.hashes = array("Q", (self.hashes[place] for place in order))
        self.rows = array("L", (self.rows[place] for place in order))
        self.in_order = True

    def get(self, key: str) -> int | None:
        """The first row with this key."""
        self.settle()
        wanted = hash(key) & 0xFFFFFFFFFFFFFFFF
        place = bisect_left(self.hashes, wanted)
        if place < len(self.hashes) and self.hashes[place] == wanted:
            return self.rows[place]
        return None

    def __contains__(self, key: str) -> bool:
        return self.get(key) is not None
