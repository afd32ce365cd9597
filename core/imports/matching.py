"""Whether two names that people wrote mean the same: pure functions, with the reason in words.

A `Vocabulary` says what the words of a field are worth: which say nothing (de, la), which stand for another (Fed.), which
only name the kind of a body (Club, A.C.). `parse` takes a name apart by it, `keys_of` and `asked_of` give the numbers by which
names that could be the same are found in an index, and `compare` looks at two of them. At most one word may differ by one letter, or
one word be missing; numbers must agree. No other likeness counts: a percentage is no reason that a person could judge.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from core.text import clean_line, fold

#: A name has at most so many words that count.
MOST_WORDS = 12
#: `I.F.E.`, `A. C.`: letters with dots are one word.
DOTTED = re.compile(r"\b(?:[^\W\d_]\.\s?){2,}")
SOFT_C, SOFT_G, HARD_C = re.compile(r"c(?=[ei])"), re.compile(r"g(?=[ei])"), re.compile(r"c(?!h)|q")
SAME_SOUND, DOUBLE = str.maketrans("vzyx", "bsis"), re.compile(r"(.)\1+")
#: Shorter words do not become another one by a slip: Eva is not Ana, INE not IFE.
SHORTEST_SLIP, SHORTEST_ALONE = 4, 6
MISSING_NEEDS = 2

#: How like two names are, for their order only.
EQUAL, SOUNDS_EQUAL, ONE_LETTER, ONE_WORD = 4, 3, 2, 1


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Everything is folded. `silent`: words that say nothing; `stands_for`: short → long; `phrases`: words one after
    another → the words meant; `kinds`: words that name the kind of a body; `forms`: legal forms, which any body may have."""

    silent: frozenset[str] = frozenset()
    stands_for: Mapping[str, str] = field(default_factory=dict)
    phrases: Mapping[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)
    kinds: frozenset[str] = frozenset()
    forms: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False)
class Name:
    """`words`: those that count, in their order; `kinds` and `forms`: what kind it says it is; `short`: (as written, meant).
    Words that sound alike count once."""

    text: str
    words: tuple[str, ...]
    folded: str = ""
    kinds: frozenset[str] = frozenset()
    forms: frozenset[str] = frozenset()
    short: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Likeness:
    """How like two names are (`EQUAL` … `ONE_WORD`), and why, as sentences without a full stop."""

    rank: int
    reasons: tuple[str, ...]


#: A chunk of rows asks for its names, makes them and learns them: each is taken apart once.
REMEMBERED = 4_096


@lru_cache(maxsize=REMEMBERED)
def parse(text: str, vocabulary: Vocabulary) -> Name:
    """A name taken apart. A name of nothing but kinds counts with all its words."""
    text = clean_line(text)[:400]
    joined = DOTTED.sub(lambda match: re.sub(r"[.\s]", "", match[0]) + " ", text)
    written = [word for word in fold(joined).split() if word not in vocabulary.silent][:MOST_WORDS]
    short = tuple((word, vocabulary.stands_for[word]) for word in written if word in vocabulary.stands_for)
    meant = [part for word in written for part in vocabulary.stands_for.get(word, word).split()]
    meant = [(word.lstrip("0") or "0") if word.isdigit() else word for word in meant]
    meant = replaced(meant, vocabulary.phrases)
    special = vocabulary.kinds | vocabulary.forms
    words = unlike(word for word in meant if word not in special)
    return Name(
        text,
        words or unlike(meant),
        fold(joined),
        # The first one is what the name says of itself: a federation of clubs is a federation.
        frozenset([word for word in meant if word in vocabulary.kinds][:1]) if words else frozenset(),
        frozenset(meant) & vocabulary.forms if words else frozenset(),
        short,
    )


def unlike(words: Iterable[str]) -> tuple[str, ...]:
    """The words without those that sound like an earlier one."""
    return tuple({sound(word): word for word in reversed(list(words))}.values())[::-1]


def replaced(words: list[str], phrases: Mapping[tuple[str, ...], tuple[str, ...]]) -> list[str]:
    """The longest phrases first, from the left."""
    found, place = [], 0
    longest = max(map(len, phrases), default=0)
    while place < len(words):
        for length in range(min(longest, len(words) - place), 0, -1):
            instead = phrases.get(tuple(words[place : place + length]))
            if instead is not None:
                found += instead
                place += length
                break
        else:
            found.append(words[place])
            place += 1
    return found


@lru_cache(maxsize=20_000)
def sound(word: str) -> str:
    """A folded word without what Spanish does not hear: b and v, s, z and soft c, silent h, ll and y, double letters.

    >>> sound("yessenia") == sound("llesenia"), sound("chavez") == sound("chaves"), sound("jimenez") == sound("gimenes")
    (True, True, True)
    """
    if has_digit(word):
        return word
    word = word.replace("ph", "f").replace("ch", "\x01").replace("h", "").replace("\x01", "ch")
    word = word.replace("ll", "y").replace("qu", "k").replace("gue", "\x02e").replace("gui", "\x02i")
    word = HARD_C.sub("k", SOFT_G.sub("j", SOFT_C.sub("s", word))).replace("\x02", "g")
    return DOUBLE.sub(r"\1", word.translate(SAME_SOUND))


def number_of(text: str) -> int:
    """A number of 63 bits for a key: what is kept tells no name."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "big") >> 1


@lru_cache(maxsize=REMEMBERED)
def part_of(text: str) -> int:
    """The same of 15 bits, never 0, for the beginning or the end of a word."""
    return number_of(text) % 32_767 + 1


#: (number, head, tail): what the other words give, and the beginning and end of the word that they leave out; 0, 0 for none.
Key = tuple[int, int, int]


@dataclass(frozen=True)
class Asked:
    """Which keys of records a name asks for: `numbers`, whatever their parts, and of `beside` (number, heads, tail) those with
    no part, one of these heads, or this tail."""

    numbers: frozenset[int]
    beside: tuple[tuple[int, tuple[int, ...], int], ...] = ()

    @cached_property
    def every(self) -> frozenset[int]:
        """All numbers that occur in it."""
        return self.numbers | {number for number, _heads, _tail in self.beside}

    def meets(self, key: Key) -> bool:
        number, head, tail = key
        return number in self.numbers or any(
            number == own and (head == 0 or head in heads or tail == end) for own, heads, end in self.beside
        )


@lru_cache(maxsize=REMEMBERED)
def keys_of(name: Name) -> frozenset[Key]:
    """The keys under which a record of this name stands: one for the whole name, and one without each word of it."""
    whole = whole_of(name)
    if not name.words:
        return frozenset()
    if len(name.words) < 3:
        return frozenset((number, 0, 0) for number in whole)
    return frozenset((number, 0, 0) for number in whole) | {
        (rest_of(name, word), part_of(f"^{word[:2]}"), part_of(f"{word[-2:]}$")) for word in name.words if not has_digit(word)
    }


@lru_cache(maxsize=REMEMBERED)
def asked_of(name: Name) -> Asked:
    """What `compare` could find alike: every such name has one of these keys."""
    if len(name.words) < 3:
        return Asked(whole_of(name))
    beside = []
    numbers = set(whole_of(name))
    for word in name.words:
        # Numbers agree or the names are not alike: no key leaves one out.
        if has_digit(word):
            continue
        if len(word) == 1:
            numbers.add(rest_of(name, word))
        else:
            beside.append((rest_of(name, word), (part_of(f"^{word[:2]}"), part_of(f"^{word[0]}")), part_of(f"{word[-2:]}$")))
    return Asked(frozenset(numbers), tuple(beside))


def whole_of(name: Name) -> frozenset[int]:
    """The number of all words in any order, as they sound; for one or two words also those by which a slip is found.

    Beside one word only, a part of the other must be the same: all families named García are too many.
    """
    if not name.words:
        return frozenset()
    keys = {" ".join(sorted(map(sound, name.words)))}
    if len(name.words) == 1:
        keys |= {f"^{name.words[0][:3]} only", f"{name.words[0][-3:]}$ only"}
    elif len(name.words) == 2:
        for word, other in (name.words, name.words[::-1]):
            keys |= {f"{sound(other)} ^{word[:2]}", f"{sound(other)} {word[-2:]}$"}
    return frozenset(map(number_of, keys))


def has_digit(word: str) -> bool:
    return not word.isalpha() and any(char.isdigit() for char in word)


def rest_of(name: Name, word: str) -> int:
    return number_of(" ".join(sorted(sound(other) for other in name.words if other != word)))


def compare(one: Name, other: Name) -> Likeness | None:
    """Why the two may be the same, None when they are not taken for it."""
    if not one.words or not other.words or numbers(one) != numbers(other) or of_different_kinds(one, other):
        return None
    left, right = list(one.words), list(other.words)
    for word in one.words:
        if word in right:
            left.remove(word)
            right.remove(word)
    common = len(one.words) - len(left)
    rank, reasons = EQUAL, reasons_of_writing(one, other, alike=not left and not right)
    for word in list(left):
        near = next((each for each in right if sound(each) == sound(word)), None)
        if near is not None:
            left.remove(word)
            right.remove(near)
            common += 1
            rank = SOUNDS_EQUAL
            reasons.append(_("“%(one)s” and “%(other)s” sound the same") % {"one": word, "other": near})
    if not left and not right:
        return Likeness(rank, tuple(reasons))
    last = what_is_left(left, right, common)
    return Likeness(last[0], (*reasons, last[1])) if last else None


def what_is_left(left: list[str], right: list[str], common: int) -> tuple[int, str] | None:
    """(rank, reason) when the words that have no counterpart are one slip, one initial or one word, else None."""
    if len(left) == len(right) == 1:
        words = {"one": left[0], "other": right[0]}
        if is_slip(left[0], right[0], alone=not common):
            return ONE_LETTER, _("one letter differs: “%(one)s” and “%(other)s”") % words
        if common >= MISSING_NEEDS and is_initial(left[0], right[0]):
            return ONE_WORD, _("“%(one)s” may stand for “%(other)s”") % words
    if len(left) + len(right) == 1 and common >= MISSING_NEEDS:
        return ONE_WORD, _("only one of them has the word “%(word)s”") % {"word": (left or right)[0]}
    return None


def numbers(name: Name) -> list[str]:
    return sorted(word for word in name.words if has_digit(word))


def of_different_kinds(one: Name, other: Name) -> bool:
    """A federation is not the club of the same place; a body that does not say what it is may be either."""
    return bool(one.kinds and other.kinds and not one.kinds & other.kinds)


def reasons_of_writing(one: Name, other: Name, *, alike: bool) -> list[str]:
    """What is the same though it is written in another way."""
    reasons = []
    if one.text == other.text:
        reasons.append(_("the name is the same, letter by letter"))
    elif one.folded == other.folded:
        reasons.append(_("the name differs only in accents, capitals or marks"))
    elif alike and one.words != other.words:
        reasons.append(_("the words are the same in another order"))
    elif alike:
        reasons.append(_("the words that count are the same"))
    if set(one.short) != set(other.short):
        for short, long in dict.fromkeys((*one.short, *other.short)):
            if (short, long) not in one.short or (short, long) not in other.short:
                reasons.append(_("“%(short)s” stands for “%(long)s”") % {"short": short, "long": long})
    mine, theirs = one.kinds | one.forms, other.kinds | other.forms
    if mine != theirs:
        said = [words - both for words, both in ((mine, theirs), (theirs, mine))]
        if all(said):
            reasons.append(
                _("one says “%(one)s”, the other “%(other)s”")
                % {"one": " ".join(sorted(said[0])), "other": " ".join(sorted(said[1]))}
            )
        else:
            reasons.append(_("only one of them says “%(words)s”") % {"words": " ".join(sorted(said[0] | said[1]))})
    return reasons


def is_initial(one: str, other: str) -> bool:
    """`j` and `juan`."""
    short, long = sorted((one, other), key=len)
    return len(short) == 1 and len(long) > 1 and long[0] == short and not short.isdigit()


def is_slip(one: str, other: str, *, alone: bool) -> bool:
    """Whether two words of enough letters differ by one: changed, left out, or two that changed places."""
    least = SHORTEST_ALONE if alone else SHORTEST_SLIP
    if min(len(one), len(other)) < least or has_digit(one + other):
        return False
    part = 3 if alone else 2
    return one_apart(one, other) and (one[:part] == other[:part] or one[-part:] == other[-part:])


def one_apart(one: str, other: str) -> bool:
    """Whether the distance of Damerau and Levenshtein is one.

    >>> one_apart("martinez", "martines"), one_apart("perez", "prez"), one_apart("lopez", "olpez"), one_apart("lopez", "lupes")
    (True, True, True, False)
    """
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    start = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    one, other = one[start:], other[start:]
    if len(one) == len(other):
        return one[1:] == other[1:] or (one[:2] == other[1::-1] and one[2:] == other[2:])
    short, long = sorted((one, other), key=len)
    return long[1:] == short


def best(names: Iterable[Name], others: Iterable[Name]) -> tuple[Likeness, Name, int] | None:
    """The closest pair of two lists of names: its likeness, the name of the first list, the place in the second."""
    found = None
    listed = list(others)
    for name in names:
        for place, other in enumerate(listed):
            likeness = compare(name, other)
            if likeness is not None and (found is None or likeness.rank > found[0].rank):
                found = (likeness, name, place)
    return found
