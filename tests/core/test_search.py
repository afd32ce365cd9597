"""Search: the same matches on both databases, kept in step, and any text a safe query."""

import io
from unittest import mock

from django.core.management import call_command
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisTestCase

from config.pages.found import Result
from core import search
from core.models import SearchEntry
from forum.models import Organization
from tests import factories as make


def organization(name, **values):
    made = make.organization(name=name, **values)
    search.refresh(made)
    return made


class FindTest(TestCase):
    @classmethod
    def setUpTestData(cls):
        for name in (
            "Comisión de Políticas de Migración",
            "Acuerdos binacionales de la niñez",
            "Federación de clubes de México",
            "Mesa de seguimiento del acuerdo",
            "Red de mujeres migrantes",
        ):
            organization(name)
        ife = make.agency(
            key="IFE", name_es="Instituto Federal Electoral", name_en="Federal Electoral Institute", successor_acronym="INE"
        )
        search.refresh(ife)

    def found(self, query, kind=""):
        return [entry.title_es for entry in search.find(query, kind)]

    def test_what_a_query_finds(self):
        politics, children, clubs, follow_up, women = (
            "Comisión de Políticas de Migración",
            "Acuerdos binacionales de la niñez",
            "Federación de clubes de México",
            "Mesa de seguimiento del acuerdo",
            "Red de mujeres migrantes",
        )
        ife = "Instituto Federal Electoral"
        for query, expected in {
            "politica": {politics},
            "POLÍTICA migracion": {politics},
            "migraciones": {politics},
            "migrante": {women},
            "comisiones": {politics},
            "acuerdo": {children, follow_up},
            "acuerdos": {children, follow_up},
            "ninez": {children},
            "Mexico": {clubs},
            "méxico club": {clubs},
            "fed": {clubs, ife},
            "INE": {ife},
            "electoral institutes": {ife},
            '"mesa de seguimiento"': {follow_up},
            '"seguimiento de mesa"': set(),
            "seguimiento mesa": {follow_up},
            '"mesa': {follow_up},
            "nada": set(),
            "": set(),
            "---": set(),
        }.items():
            with self.subTest(query):
                self.assertEqual(set(self.found(query)), expected)

    def test_kinds_filter_and_are_counted(self):
        self.assertEqual(self.found("fed", "agency"), ["Instituto Federal Electoral"])
        self.assertEqual(search.find("fed").counts(), {"agency": (1, False), "organization": (1, False)})
        self.assertEqual(
            search.find("fed", ranked=False), search.Results([], 2, False, search.find("fed").kinds, search.terms_of("fed"))
        )

    def test_the_words_of_the_title_come_first(self):
        organization("Otra", city="Acuerdo")
        self.assertEqual(self.found("acuerdo")[-1], "Otra")

    def test_a_key_is_found_first(self):
        organization("Primera", key="ORG-900", city="x")
        organization("ORG 900 en el nombre", key="ZZ-1")
        self.assertEqual(self.found("org-900")[0], "Primera")

    def test_so_many_queries_whatever_is_found(self):
        for query in ("acuerdo", "fed", "mexico"):
            with CaptureQueriesContext(connection) as few:
                list(search.find(query))
            for number in range(29):
                organization(f"{query} {number}")
            with self.assertNumQueries(len(few)):
                self.assertGreater(len(list(search.find(query))), 29)
            self.assertLess(len(few), 12)

    def test_what_is_counted_is_bounded_and_it_says_so(self):
        for number in range(4):
            organization(f"Repetida {number}")
        search.refresh(make.edition(stage="intake", name_es="Repetida"))
        with mock.patch.object(search, "EACH", 3):
            results = search.find("repetida")
        self.assertEqual((results.total, results.more), (4, True))
        self.assertEqual(results.counts(), {"organization": (3, True), "edition": (1, False)})
        with mock.patch.object(search, "MANY", 3):
            self.assertEqual((search.find("repetida").total, search.find("repetida").more), (3, True))
            self.assertEqual(search.find("repetida", "edition").more, False)
        self.assertEqual((search.find("repetida").total, search.find("repetida").more), (5, False))

    def test_the_best_titles_are_not_missed_though_too_many_texts_match(self):
        """The oldest records hold the words in their titles, and many newer ones only in their texts."""
        whole = organization("Vivienda digna para todas")
        exact = organization("Vivienda")
        begun = organization("Viviendas prefabricadas")
        for number in range(9):
            organization(f"Otra {number}", city="Vivienda viviendas")
        with mock.patch.object(search, "EACH", 4), mock.patch.object(search, "BEST", 5):
            found = [entry.record_key for entry in search.find("vivienda")]
        self.assertEqual(found[:3], [exact.key, begun.key, whole.key])
        self.assertEqual(len(found), 5)

    def test_a_stretch_of_ids_ends_and_the_next_goes_on(self):
        """Every entry is found, once, the newest first, wherever the stretches of ids meet."""
        entries = [organization(f"Lejana {number}") for number in range(6)]
        rows = SearchEntry.objects.filter(record_key__in=[each.key for each in entries]).order_by("pk")
        places = [2**12 - 1, 2**12, 2**15 - 1, 2**15, 2**18, 2**19 + 5]
        numbers = []
        for row, place in zip(rows, places, strict=True):
            search.engine().forget([row.pk])
            row.delete()
            row.pk = 2**20 + place
            row.save(force_insert=True)
            search.learn([row])
            numbers.append(row.pk)
        self.assertEqual(search.find("lejana").numbers, numbers[::-1])
        self.assertEqual(search.find("lejana", "organization").numbers, numbers[::-1])

    def test_of_common_words_a_phrase_is_looked_for_in_so_many_of_each_part(self):
        if connection.vendor != "postgresql":
            self.skipTest("FTS5 reads the places of words from its lists")
        first = organization("Puente de plata")
        for number in range(4):
            organization(f"Plata de puente {number}")
        for candidates, expected in ((3, []), (5, [first.name])):
            few = mock.patch("core.search_engines.CANDIDATES", candidates), mock.patch.object(search, "EACH", 3)
            with few[0], few[1], CaptureQueriesContext(connection) as queries:
                self.assertEqual(self.found('"puente de plata"'), expected)
            reads = [each["sql"] for each in queries if "<->" in each["sql"]]
            self.assertTrue(reads)
            self.assertEqual([each for each in reads if f"LIMIT {candidates}) c WHERE vector" not in each], [])

    def test_the_beginning_of_a_word_takes_three_letters(self):
        self.assertEqual(self.found("fe"), [])
        self.assertEqual(set(self.found("bina")), {"Acuerdos binacionales de la niñez"})

    def test_a_changed_record_is_found_by_its_new_words_only(self):
        record = organization("Nombre viejo")
        record.name = "Nombre nuevo"
        record.save()
        search.refresh(record)
        self.assertEqual((self.found("viejo"), self.found("nuevo")), ([], ["Nombre nuevo"]))

    def test_what_is_not_public_is_not_there(self):
        edition = make.edition(stage="intake", name_es="Foro secreto")
        search.refresh(edition)
        self.assertEqual(self.found("secreto"), ["Foro secreto"])
        edition.stage = "preparation"
        edition.save()
        search.refresh(edition)
        self.assertEqual((self.found("secreto"), SearchEntry.objects.filter(kind="edition").count()), ([], 0))

    def test_rebuilding_finds_the_same(self):
        before = {query: self.found(query) for query in ("acuerdo", "fed", '"mesa de"')}
        call_command("rebuild_search", stdout=io.StringIO())
        self.assertEqual({query: self.found(query) for query in before}, before)

    def test_highlights_mark_what_was_found(self):
        terms = search.terms_of("acuerdos")
        self.assertEqual(
            [piece for piece, hit in search.highlighted("El acuerdo y los ACUERDOS, sin más", terms) if hit],
            ["acuerdo", "ACUERDOS"],
        )

    def test_a_passage_is_taken_from_where_the_words_are(self):
        """The beginning of the summary; else where it says what the title does not; else the summary in the other language or the text."""

        def entry(**values):
            said = {
                "title_es": "Voto",
                "summary_es": "Que se vote. " * 40 + "Desde el consulado.",
                "summary_en": "At the embassy.",
            }
            said |= {"tokens": "X Voto " + "relleno " * 500 + "con credencial vigente", **values}
            return SearchEntry(kind="proposal", record_key="X", **said)

        def shown(query, **values):
            with translation.override("es"):
                result = Result(entry(**values), search.terms_of(query))
            return result.summary_lang, "".join(piece for piece, _hit in result.summary), [p for p, hit in result.summary if hit]

        lang, words, hits = shown("voto")
        self.assertEqual((lang, words[:12], len(hits) > 3), ("es", "Que se vote.", True))
        lang, words, hits = shown("voto consulado")
        self.assertEqual((lang, words[:2], words[-10:], hits[-1]), ("es", "… ", "consulado.", "consulado"))
        self.assertEqual(shown("embassy"), ("en", "At the embassy.", ["embassy"]))
        lang, words, hits = shown("credenciales")
        self.assertEqual((lang, words[-22:], hits), ("es", "con credencial vigente", ["credencial"]))
        # Beyond what is looked through, the summary stands as it is.
        self.assertEqual(shown("credencial", tokens="relleno " * 800 + "credencial")[1][:12], "Que se vote.")

    def test_a_word_matches_by_its_letters_or_its_stem_whatever_its_first_letter_is(self):
        for query, word, expected in (
            ("ninez", "Niñez", True),
            ("árbol", "ARBOLES", True),
            ("arbol", "árboles", True),
            ("acuerdo", "tratado", False),
            ('"mesa de"', "Mesa", True),
            ("ﬁn", "fin", True),
        ):
            self.assertEqual(search.matches(word, search.terms_of(query)), expected, (query, word))


class AnyQueryTest(HypothesisTestCase):
    @settings(max_examples=150, deadline=None)
    @given(st.text(max_size=300) | st.text(alphabet="\"'*:&|!()<>-^{}\\%_\x00 añ1", max_size=60))
    def test_any_text_is_a_safe_query(self, query):
        list(search.find(query))
        search.highlighted(query, search.terms_of(query))

    @settings(max_examples=60, deadline=None)
    @given(st.text(max_size=120))
    def test_any_text_can_be_indexed_and_found_by_its_own_words(self, text):
        record = Organization(pk=10**6, key="ORG-X", name="Nombre", kind="other", city=text)
        search.refresh(record)
        terms = [term for term in search.terms_of(text) if not term.quoted]
        if terms:
            self.assertIn("ORG-X", [entry.record_key for entry in search.find(" ".join(term.words[0] for term in terms))])
