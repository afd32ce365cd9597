"""The two full-text indexes behind `core.search`: how a query is written for each, and how entries get into them.

Both hold for each entry its words in order, the stems of all words, and apart from these the words and stems of the title
and of the names. Vectors and queries are written out word by word, so no parser of a database has a say.

**From the newest on.** FTS5 walks its lists from either end and stops when it has enough. GIN gathers every match before
it gives the first: for a word that a million records hold that alone takes 0.2 s. So each entry also has a mark that says
in which stretch of ids it lies; a query asks, kind by kind, for the matches in the stretch of the newest entry of that kind, then in
the one before, then in some more at once. The intersection with a short list costs as much as the short list, whether it finds
something or not: 16,000 entries take 4 ms. Kind by kind, since a rebuilt index holds one kind after the other. PostgreSQL takes the parts of a UNION ALL one after the other and leaves the rest alone as soon as the limit is reached.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models.functions import Length

from core.models import SearchEntry, SearchWord
from core.stems import tokens_of
from core.text import fold

#: A word also finds so many that begin with it, the shortest ones, if it has so many letters.
BEGINNINGS, LEAST = 48, 3
#: Length of a stretch of ids, as a power of two: 4,096.
STRETCH = 12
#: Matches are counted up to this many.
MANY = 1000
#: So many results can be read, the best ones.
ENOUGH = 300
#: So many stretches are asked for what some rows match besides.
FEW = 8
#: A phrase is looked for in so many entries of each part that hold its words.
CANDIDATES = 300
#: How many stretches are asked at once, from the newest on, until there are enough matches.
PARTS = (1, 1, 4)
Found = list[tuple[int, str]]


@dataclass
class Newest:
    """(id, kind) of the newest matches, and the kinds of which there may be more."""

    rows: Found
    over: set[str]

    @classmethod
    def of(cls, rows: Found, limit: int, over: Iterable[str] = ()) -> Newest:
        """`rows`, newest first, cut to `limit` of each kind."""
        places: Counter[str] = Counter()
        kept = []
        for row in rows:
            places[row[1]] += 1
            if places[row[1]] <= limit:
                kept.append(row)
        return cls(kept, {*over, *(kind for kind, number in places.items() if number > limit)})


@dataclass(frozen=True)
class Term:
    """A word with its stems, or a quoted phrase of several words."""

    words: tuple[str, ...]
    stems: tuple[str, ...] = ()
    quoted: bool = False

    @property
    def whole(self) -> list[str]:
        """Tokens of which an entry with the word, or with another form of it, has one. A word of ASCII letters has the stems of
        all its spellings, so that these are enough, and PostgreSQL has a list less to read."""
        return list(self.stems) if self.stems and self.words[0].isascii() else [*self.words, *self.stems]


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

    def newest(self, expression: str, kind: str, limit: int) -> Newest:
        """The newest entries of each kind, or of one, that match; so many of each. One query."""
        where = "core_search_fts MATCH %s" + (" AND e.kind = %s" if kind else "")
        sql = (
            "SELECT id, kind FROM (SELECT e.id, e.kind, row_number() OVER (PARTITION BY e.kind ORDER BY e.id DESC) AS place "
            f"FROM core_search_fts f JOIN core_searchentry e ON e.id = f.rowid WHERE {where}) "
            f"WHERE place <= {limit + 1:d} ORDER BY id DESC"
        )
        with connection.cursor() as cursor:
            cursor.execute(sql, [expression, kind] if kind else [expression])
            return Newest.of([(int(number), str(of_kind)) for number, of_kind in cursor.fetchall()], limit)

    def among(self, expression: str, rows: Found, *, complete: bool) -> Found:
        """Those of `rows` that match. One query."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT rowid FROM core_search_fts WHERE core_search_fts MATCH %s "
                f"AND rowid IN ({', '.join(str(int(number)) for number, _kind in rows)})",
                [expression],
            )
            matching = {number for (number,) in cursor.fetchall()}
        return [row for row in rows if row[0] in matching]

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

    def settle(self) -> None:
        """Write the index anew: until then it holds the words of deleted rows."""
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO core_search_fts (core_search_fts) VALUES ('optimize')")

    def forget_all(self) -> None:
        SearchWord.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM core_search_fts")


def any_of(column: str, tokens: Iterable[str]) -> str:
    """An FTS5 expression: one of these in that column. Without any it matches nothing."""
    return "{" + column + "} : (" + " OR ".join(f'"{token}"' for token in tokens or ["__none__"]) + ")"


class Gin:
    """PostgreSQL: a tsvector column under a GIN index. One of these serves one search.

    Tokens of the title have `=` before them; `@` stands before kinds and stretches of ids, `#` before marks.
    """

    def __init__(self) -> None:
        self.ends: dict[str, tuple[int, int]] | None = None

    def newest(self, expression: str, kind: str, limit: int) -> Newest:
        """The newest entries of each kind, or of one, that match; so many of each. Three queries at most, the first one once.

        First in the stretches of the newest entries of each kind. Where these hold few, matches are few: then all are
        gathered, and the newest of them taken; not where they hold all entries, or as many as anybody can read.
        """
        if self.ends is None:
            self.ends = self.ends_of_each()
        chosen = {name: ends for name, ends in self.ends.items() if kind in ("", name)}
        if not chosen:
            return Newest([], set())
        rows = self.in_parts(expression, chosen, limit + 1)
        # Kinds that have entries beyond these stretches.
        reached = {name for name, (first, last) in chosen.items() if first < ((last >> STRETCH) - sum(PARTS) + 1) << STRETCH}
        are_all = not reached and without_order(expression) == expression
        if are_all or len(rows) > min(limit, ENOUGH) or self.is_common(expression, kind, limit):
            return Newest.of(rows, limit, reached & {of_kind for _number, of_kind in rows})
        most = max(MANY, limit) + 1
        whole = f"({expression}) & '@{kind}'" if kind else expression
        gathered = self.rows(*part(whole, most, 8 * CANDIDATES))
        if len(gathered) < most:
            return Newest.of(gathered, limit)
        # The newest of all may be of one kind alone; those of each are known.
        rows = sorted({*rows, *gathered}, reverse=True)
        return Newest.of(rows, limit, {of_kind for _number, of_kind in rows})

    def is_common(self, expression: str, kind: str, limit: int) -> bool:
        """Whether to gather all that match would take long though few were found: the words of a phrase are common, or the words
        are among the other kinds."""
        loose = without_order(expression)
        return (bool(kind) or loose != expression) and len(self.in_parts(loose, self.ends or {}, limit + 1)) > limit

    def in_parts(self, expression: str, chosen: dict[str, tuple[int, int]], limit: int) -> Found:
        """The newest so many of each kind in the stretches of its newest entries, newest first. One query."""
        parts, values = [], []
        for name, (first, last) in chosen.items():
            sql, more = self.of_kind(f"({expression}) & '@{name}'", range(first >> STRETCH, (last >> STRETCH) + 1), limit)
            parts.append(sql)
            values += more
        return sorted(self.rows(" UNION ALL ".join(parts), values), reverse=True)

    def of_kind(self, expression: str, left: range, limit: int) -> tuple[str, list[object]]:
        """The SQL for one kind whose entries lie in the stretches `left`: from the newest on, until there are enough."""
        parts, values = [], []
        for number in PARTS if without_order(expression) == expression else PARTS[:2]:
            stretches, left = left[-number:], left[:-number]
            if not stretches:
                break
            sql, more = part(f"{expression} & {in_stretches(stretches)}", limit)
            parts.append(f"({sql})")
            values += more
        return f"(SELECT * FROM ({' UNION ALL '.join(parts)}) p LIMIT {int(limit)})", values

    def among(self, expression: str, rows: Found, *, complete: bool) -> Found:
        """Those of `rows`, which `newest` gave for a query that `expression` makes narrower. `complete`: these are all. One query.

        The rows of a common word lie in a few stretches; where the rows are all that match, those of `expression` are few as well.
        Else the vectors of the rows are read.
        """
        # That the words of a phrase follow one another was looked at already.
        expression = without_order(expression)
        sql, values = PART, [expression]
        stretches = {number >> STRETCH for number, _kind in rows}
        if len(stretches) <= FEW:
            values = [f"({expression}) & {in_stretches(stretches)}"]
        elif not complete:
            held = "SELECT id, kind, vector FROM core_searchentry WHERE id = ANY(%s) OFFSET 0"
            sql = f"SELECT id, kind FROM ({held}) e WHERE vector @@ (SELECT %s::tsquery)"
            values.insert(0, [number for number, _kind in rows])
        matching = set(self.rows(sql, values))
        return [row for row in rows if row in matching]

    def rows(self, sql: str, values: list[object]) -> Found:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return [(int(number), str(of_kind)) for number, of_kind in cursor.fetchall()]

    def ends_of_each(self) -> dict[str, tuple[int, int]]:
        """Kind → ids of its first and its newest entry, by leaps along the index of kinds and ids."""
        with connection.cursor() as cursor:
            cursor.execute(
                "WITH RECURSIVE kinds AS ((SELECT kind, id FROM core_searchentry ORDER BY kind DESC, id DESC LIMIT 1) UNION ALL "
                "SELECT n.kind, n.id FROM kinds k, LATERAL (SELECT kind, id FROM core_searchentry e WHERE e.kind < k.kind "
                "ORDER BY kind DESC, id DESC LIMIT 1) n) "
                "SELECT kind, (SELECT e.id FROM core_searchentry e WHERE e.kind = k.kind ORDER BY e.id LIMIT 1), id FROM kinds k"
            )
            return {kind: (first, last) for kind, first, last in cursor.fetchall()}

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

    def settle(self) -> None:
        """Nothing is left behind here."""

    def forget_all(self) -> None:
        SearchWord.objects.all().delete()


#: `+ 0` keeps the planner from walking along the ids, and the SELECT around the query from guessing: it takes words and kinds
#: for independent of one another, and reads the whole table.
PART = "SELECT id, kind FROM core_searchentry WHERE vector @@ (SELECT %s::tsquery)"


def one_of(tokens: Iterable[str]) -> str:
    return "(" + " | ".join(f"'{token}'" for token in tokens) + ")"


def part(expression: str, limit: int, candidates: int | None = None) -> tuple[str, list[object]]:
    """The SQL for the newest so many that match. That the words of a phrase follow one another is seen in the vector alone, which
    is read for the newest candidates that hold all of them, `CANDIDATES` or so many as are given."""
    loose, newest = without_order(expression), "ORDER BY id + 0 DESC LIMIT"
    if loose == expression:
        return f"{PART} {newest} {limit:d}", [expression]
    held = f"{PART.replace('kind', 'kind, vector', 1)} {newest} {candidates or CANDIDATES:d}"
    return f"SELECT id, kind FROM ({held}) c WHERE vector @@ (SELECT %s::tsquery) {newest} {limit:d}", [loose, expression]


def without_order(expression: str) -> str:
    """The same without saying that the words of a phrase follow one another."""
    return expression.replace(" <-> ", " & ")


def in_stretches(stretches: Iterable[int]) -> str:
    return one_of(f"@{STRETCH}:{each}" for each in stretches)


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
    more |= {f"@{entry.kind}", f"@{STRETCH}:{entry.pk >> STRETCH}"}
    words = [f"'{word}':{','.join(map(str, found))}" if found else f"'{word}'" for word, found in places.items()]
    return " ".join([*words, *(f"'{token}'" for token in sorted(more))])


def engine() -> Fts5 | Gin:
    return Gin() if connection.vendor == "postgresql" else Fts5()
