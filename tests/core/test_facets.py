"""Choices above a list: what they count, what they cost, and that nothing is said where counting would cost too much."""

from unittest import mock

from django.test import RequestFactory, TestCase
from django.utils.translation import ngettext_lazy, override

from core.listing import ChoiceFilter, Listing, TextFilter
from forum.models import Organization
from tests import factories as make

NOUNS = ngettext_lazy("%(n)s organization", "%(n)s organizations", "n")


class FacetTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        for kind, number in (("hometown_club", 3), ("federation", 2), ("network", 1)):
            for place in range(number):
                make.organization(key=f"{kind[:3].upper()}-{place}", name=f"{kind} {place}", kind=kind)

    def list(self, query, indexed=True, fewest=0, **options):
        kinds = Organization.Kind.choices
        filters = (TextFilter("q", "words"), ChoiceFilter("kind", "kind", kinds, indexed=indexed, fewest=fewest))
        options = {"order": ("sort", "key"), "facet": "kind", "nouns": NOUNS, **options}
        return Listing(RequestFactory().get(f"/?{query}"), Organization.objects.all(), filters, **options)

    def found(self, query, **options):
        return [(each.value, each.count, each.exact, each.chosen) for each in self.list(query, **options).choices]

    def test_each_choice_with_how_many_it_would_show(self):
        everything = [("federation", 2, True, False), ("hometown_club", 3, True, False), ("network", 1, True, False)]
        self.assertEqual(self.found(""), everything)
        self.assertEqual(self.found("q=0"), [(value, 1, True, False) for value, *_rest in everything])
        self.assertEqual(self.found("q=nothing"), [])
        # The other choices stay countable beside the chosen one.
        chosen = [(value, count, exact, value == "network") for value, count, exact, _chosen in everything]
        self.assertEqual(self.found("kind=network"), chosen)
        self.assertEqual(self.found("q=nothing&kind=network"), [("network", 0, True, True)])

    def test_where_people_are_counted_a_few_are_not(self):
        counts = [(each.value, each.count) for each in self.list("", fewest=3).choices]
        self.assertEqual(counts, [("federation", None), ("hometown_club", 3), ("network", None)])

    def test_a_choice_chooses_and_takes_itself_away(self):
        listing = self.list("q=club&kind=hometown_club&after=x")
        self.assertEqual({each.value: each.address for each in listing.choices}, {"hometown_club": "?q=club"})
        self.assertEqual([pill.without for pill in listing.pills], ["?kind=hometown_club"])
        self.assertEqual(listing.hidden, [("kind", "hometown_club")])
        self.assertEqual([control.name for control in listing.controls], ["q"])
        self.assertEqual(self.list("q=0").choices[0].address, "?q=0&kind=federation")

    def test_what_each_choice_counts_is_what_it_shows(self):
        for choice in self.list("q=0").choices:
            self.assertEqual(len(self.list(choice.address.removeprefix("?"))), choice.count)

    def test_a_long_list_is_counted_up_to_a_limit_and_only_when_asked_for(self):
        with mock.patch("core.paging.bounded_count.__defaults__", (2,)):
            self.assertEqual(self.found("", size=1, folded=True), [(code, None, False, False) for code in self.kinds()])
            self.assertEqual(
                self.found("filters=open", size=1, folded=True),
                [("federation", 2, True, False), ("hometown_club", 2, False, False), ("network", 1, True, False)],
            )
            self.assertEqual(
                self.found("filters=open", size=1, folded=True, indexed=False),
                [(code, None, False, False) for code in self.kinds()],
            )

    def kinds(self):
        return [code for code, _words in Organization.Kind.choices]

    def test_the_number_of_queries_does_not_depend_on_the_choices(self):
        for query, queries in (("", 2), ("kind=network", 3)):
            with self.assertNumQueries(queries):
                self.list(query)

    @override("en")
    def test_the_words_of_the_count(self):
        self.assertEqual(self.list("kind=network").count_words, "1 organization")
        self.assertEqual(self.list("").count_words, "6 organizations")
        with mock.patch("core.paging.bounded_count.__defaults__", (2,)):
            self.assertEqual(self.list("", size=1).count_words, "more than 2 organizations")
