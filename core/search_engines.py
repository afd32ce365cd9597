"""The two full-text indexes behind `core.search`: how a query is written for each, and how entries get into them.

Both hold for each entry its words in order, the stems of all words, and apart from these the words and stems of the title
and of the names. Vectors and queries are written out word by word, so no parser of a database has a say.

**From the newest on.** FTS5 walks its lists from either end and stops when it has enough. GIN gathers every match before
it gives the first: for a word that a million records hold that alone takes 0.2 s. So each entry also has marks that say
in which stretch of ids it lies, stretches of three lengths; a query asks for the matches in the newest short stretch, then
in the newest longer one, and so on. The intersection with a short list costs as much as the short list. PostgreSQL takes
the parts of a UNION ALL one after the other and leaves the rest alone as soon as the limit is reached.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import Max
from django.db.models.functions import Length

from core.models import SearchEntry, SearchWord
from core.stems import tokens_of
from core.text import fold

#: A word also finds so many that begin with it, the shortest ones, if it has so many letters.
BEGINNINGS, LEAST = 48, 3
#: Lengths of the stretches of ids, as powers of two: 4,096, 32,768, 262,144.
STRETCHES = (12, 15, 18)
Found = list[tuple[int, str]]


@dataclass(frozen=True)
class Term:
    """A word with its stems, or a quoted phrase of several words."""

    words: tuple[str, ...]
    stems: tuple[str, ...] = ()
    quoted: bool = False

    @property
    def whole(self) -> list[str]:
        return [*self.words, *self.stems]


def beginnings(term: Term) -> list[str]:
    """Words of the index that begin with the word of a term. One query, none for a phrase or a short word."""
    word = term.words[0]
    if term.quoted or len(word) < LEAST or not word.isalpha():
        return []
    rows = SearchWord.objects.filter(word__gt=word, word__lt=f"{word}\U0010ffff").order_by(Length("word"), "word")
    return list(rows.values_list("word", flat=True).distinct()[:BEGINNINGS])


def note_words(entries: Iterable[SearchEntry]) -> None:
    """Remember the words of some entries, those that are not known yet. Nobody waits for another: a word may be there twice."""
    words = {word for entry in entries for word, _stems in tokens_of(entry.tokens) if len(word) > LEAST and word.isalpha()}
    words = {word for word in words if len(word) <= SearchWord.LONGEST}
    known = set(SearchWord.objects.filter(word__in=words).values_list("word", flat=True)) if words else set()
    SearchWord.objects.bulk_create([SearchWord(word=word) for word in sorted(words - known)], batch_size=500)


def exact_mark(text: str) -> str:
    """A token that stands for a whole key, title or acronym."""
    return "x" + hashlib.sha256(fold(text).encode()).hexdigest()[:24]


def title_tokens(entry: SearchEntry) -> set[str]:
    """Words and stems of the titles, the names and the key."""
    found = tokens_of(f"{entry.title_es} {entry.title_en} {entry.names}")
    return {token for word, stems in found for token in (word, *stems)}


def exact_marks(entry: SearchEntry) -> set[str]:
    acronyms = (word for word in entry.names.split() if word.isupper())
    return {exact_mark(text) for text in (entry.record_key, entry.title_es, entry.title_en, *acronyms) if text}


class Fts5:
    """SQLite: a full-text table beside the entries, with a column each for words, stems, title and marks."""

    def newest(self, expression: str, kind: str, limit: int) -> Found:
        """(id, kind) of the newest entries that match. One query."""
        sql = (
            "SELECT e.id, e.kind FROM core_search_fts f JOIN core_searchentry e ON e.id = f.rowid WHERE core_search_fts MATCH %s"
        )
        values: list[object] = [expression]
        if kind:
            sql += " AND e.kind = %s"
            values.append(kind)
        with connection.cursor() as cursor:
            cursor.execute(f"{sql} ORDER BY f.rowid DESC LIMIT {int(limit)}", values)
            return [(int(number), str(of_kind)) for number, of_kind in cursor.fetchall()]

    def anywhere(self, terms: list[Term], longer: list[list[str]]) -> str:
        return " AND ".join(
            self.phrase(term) if term.quoted else f"({any_of('words', [*term.words, *more])} OR {any_of('stems', term.stems)})"
            for term, more in zip(terms, longer, strict=True)
        )

    def in_title(self, terms: list[Term], longer: list[list[str]] | None = None) -> str:
        found = []
        for term, more in zip(terms, longer or [[] for _each in terms], strict=True):
            if term.quoted:
                found += [self.phrase(term), *(any_of("title", [word]) for word in term.words)]
            else:
                found.append(any_of("title", [*term.whole, *more]))
        return " AND ".join(found)

    def exactly(self, mark: str) -> str:
        return any_of("marks", [mark])

    def phrase(self, term: Term) -> str:
        return '{words} : "' + " ".join(term.words) + '"'

    def learn(self, entries: Iterable[SearchEntry]) -> None:
        rows = []
        for entry in entries:
            tokens = tokens_of(entry.tokens)
            stems = sorted({stem for _word, found in tokens for stem in found})
            columns = ([word for word, _stems in tokens], stems, sorted(title_tokens(entry)), sorted(exact_marks(entry)))
            rows.append((entry.pk, *map(" ".join, columns)))
        self.forget([row[0] for row in rows])
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO core_search_fts (rowid, words, stems, title, marks) VALUES (%s, %s, %s, %s, %s)", rows
            )

    def forget(self, numbers: list[int]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany("DELETE FROM core_search_fts WHERE rowid = %s", [(number,) for number in numbers])

    def forget_all(self) -> None:
        SearchWord.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM core_search_fts")


def any_of(column: str, tokens: Iterable[str]) -> str:
    """An FTS5 expression: one of these in that column. Without any it matches nothing."""
    return "{" + column + "} : (" + " OR ".join(f'"{token}"' for token in tokens or ["__none__"]) + ")"


class Gin:
    """PostgreSQL: a tsvector column under a GIN index.

    Tokens of the title have `=` before them; `@` stands before kinds and stretches of ids, `#` before marks.
    """

    def newest(self, expression: str, kind: str, limit: int) -> Found:
        """(id, kind) of the newest entries that match. One query for the newest id and one for the rest."""
        last = SearchEntry.objects.aggregate(last=Max("pk"))["last"] or 0
        if kind:
            expression += f" & '@{kind}'"
        parts, values, above = [], [], 2**62
        for bits in (*STRETCHES, 0):
            stretch = f"('@{bits}:{last >> bits}' | '@{bits}:{(last >> bits) - 1}')"
            # What a part before has given is left out; `+ 0` keeps the planner from walking along the ids.
            parts.append(
                "(SELECT id, kind FROM core_searchentry WHERE vector @@ %s::tsquery AND id + 0 < %s "
                f"ORDER BY id + 0 DESC LIMIT {int(limit)})"
            )
            values += [f"({expression}) & {stretch}" if bits else expression, above]
            above = ((last >> bits) - 1) << bits
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(parts) + f" LIMIT {int(limit)}", values)
            return [(int(number), str(of_kind)) for number, of_kind in cursor.fetchall()]

    def anywhere(self, terms: list[Term], longer: list[list[str]]) -> str:
        return " & ".join(
            self.phrase(term) if term.quoted else one_of([*term.whole, *more]) for term, more in zip(terms, longer, strict=True)
        )

    def in_title(self, terms: list[Term], longer: list[list[str]] | None = None) -> str:
        found = []
        for term, more in zip(terms, longer or [[] for _each in terms], strict=True):
            if term.quoted:
                found += [self.phrase(term), *(one_of([f"={word}"]) for word in term.words)]
            else:
                found.append(one_of(f"={token}" for token in (*term.whole, *more)))
        return " & ".join(found)

    def exactly(self, mark: str) -> str:
        return one_of([f"#{mark}"])

    def phrase(self, term: Term) -> str:
        return "(" + " <-> ".join(f"'{word}'" for word in term.words) + ")"

    def learn(self, entries: Iterable[SearchEntry]) -> None:
        rows = [(vector_of(entry), entry.pk) for entry in entries]
        with connection.cursor() as cursor:
            for start in range(0, len(rows), 200):
                some = rows[start : start + 200]
                values = ", ".join(["(%s::tsvector, %s::bigint)"] * len(some))
                cursor.execute(
                    f"UPDATE core_searchentry e SET vector = v.vector FROM (VALUES {values}) AS v (vector, id) WHERE e.id = v.id",
                    [value for row in some for value in row],
                )

    def forget(self, numbers: list[int]) -> None:
        """The vector goes with its row."""

    def forget_all(self) -> None:
        SearchWord.objects.all().delete()


def one_of(tokens: Iterable[str]) -> str:
    return "(" + " | ".join(f"'{token}'" for token in tokens) + ")"


def vector_of(entry: SearchEntry) -> str:
    """The text of a tsvector: words with their places, everything else without."""
    places: dict[str, list[int]] = {}
    for place, (word, stems) in enumerate(tokens_of(entry.tokens), start=1):
        places.setdefault(word, [])
        # A tsvector holds positions up to 16383 and 255 of them for a word.
        if len(places[word]) < 255 and place < 16384:
            places[word].append(place)
        for stem in stems:
            places.setdefault(stem, [])
    more = {f"={token}" for token in title_tokens(entry)} | {f"#{mark}" for mark in exact_marks(entry)}
    more |= {f"@{entry.kind}", *(f"@{bits}:{entry.pk >> bits}" for bits in STRETCHES)}
    words = [f"'{word}':{','.join(map(str, found))}" if found else f"'{word}'" for word, found in places.items()]
    return " ".join([*words, *(f"'{token}'" for token in sorted(more))])


def engine() -> Fts5 | Gin:
    return Gin() if connection.vendor == "postgresql" else Fts5()
