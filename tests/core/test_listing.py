"""Lists that a reader narrows down by the address: what is understood, what is left out with a sentence, what is counted."""

from django.test import RequestFactory, TestCase

from core.listing import ChoiceFilter, Listing, RecordFilter, TextFilter
from forum.models import Organization
from tests import factories as make

ORDERS = {"name": ("name", ("sort", "key")), "key": ("key", ("-key",))}


class ListingTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.parent = make.organization(key="FED", name="Federación", kind="federation")
        for key, name in (("C-1", "Club Ñandú"), ("C-2", "Club Árbol"), ("C-3", "Club Zorro")):
            make.organization(key=key, name=name, kind="hometown_club", parent=cls.parent)

    def list(self, query, **options):
        filters = (
            TextFilter("q", "words"),
            ChoiceFilter("kind", "kind", Organization.Kind.choices),
            RecordFilter("of", "federation", Organization.objects.all, lambda rows, record: rows.filter(parent=record)),
        )
        request = RequestFactory().get(f"/?{query}")
        return Listing(request, Organization.objects.all(), filters, orders=ORDERS, **options)

    def keys(self, query, **options):
        return [record.key for record in self.list(query, **options)]

    def test_what_is_asked(self):
        for query, keys in (
            ("", ["C-2", "C-1", "C-3", "FED"]),
            ("order=key", ["FED", "C-3", "C-2", "C-1"]),
            ("q=ARBOL", ["C-2"]),
            ("q=club+ñandu", ["C-1"]),
            ("kind=Hometown_Club&order=key", ["C-3", "C-2", "C-1"]),
            ("of=fed&q=zorro", ["C-3"]),
        ):
            self.assertEqual(self.keys(query), keys, query)

    def test_nonsense_is_left_out_with_a_sentence(self):
        for query in ("kind=nope", "of=nope", "order=nope", "after=nope", "q=%3F%3F"):
            listing = self.list(query)
            self.assertEqual((len(listing), len(listing.ignored), listing.pills), (4, 1, []), query)

    def test_each_pill_leads_to_the_list_without_it(self):
        listing = self.list("q=club&kind=hometown_club&of=FED&after=x")
        self.assertEqual(
            [pill.without for pill in listing.pills],
            ["?kind=hometown_club&of=FED", "?q=club&of=FED", "?q=club&kind=hometown_club"],
        )
        self.assertTrue(listing.filtered)

    def test_the_form_keeps_what_was_chosen(self):
        listing = self.list("q=club&kind=hometown_club&of=FED&edition=foro", keep=("edition",))
        self.assertEqual([(each.name, each.value) for each in listing.controls], [("q", "club"), ("kind", "hometown_club")])
        self.assertEqual(listing.hidden, [("edition", "foro"), ("of", "FED")])

    def test_a_list_that_fits_is_not_counted_by_the_database(self):
        with self.assertNumQueries(1):
            listing = self.list("")
        self.assertEqual((listing.count, listing.exact), (4, True))
        with self.assertNumQueries(2):
            listing = self.list("", size=2)
        self.assertEqual((listing.count, listing.exact), (4, True))

    def test_choices_are_asked_for_once_a_list(self):
        asked = []
        question = ChoiceFilter("kind", "kind", lambda: asked.append(1) or Organization.Kind.choices)
        for expected in (1, 2):
            Listing(RequestFactory().get("/?kind=network"), Organization.objects.all(), (question,), order=("key",))
            self.assertEqual(len(asked), expected)

    def test_rows_are_prepared_and_what_is_counted_is_not(self):
        listing = self.list("", size=2, prepare=lambda rows: rows.select_related("parent"))
        with self.assertNumQueries(0):
            self.assertEqual([record.parent for record in listing], [self.parent] * 2)
        self.assertEqual(listing.queryset.query.select_related, False)


class FoldedListingTests(ListingTests):
    """`folded=True`: the selects, two hundred names each, are read and sent only when asked for."""

    def list(self, query, **options):
        return super().list(query, **{"folded": True, **options})

    def test_the_form_keeps_what_was_chosen(self):
        listing = self.list("q=club&kind=hometown_club&of=FED&order=key")
        self.assertEqual([(each.name, each.value) for each in listing.controls], [("q", "club")])
        self.assertEqual(listing.hidden, [("kind", "hometown_club"), ("of", "FED"), ("order", "key")])

    def test_selects_are_there_when_asked_for(self):
        listing = self.list("q=club&kind=hometown_club&order=key&filters=open")
        self.assertEqual([(each.name, each.value) for each in listing.controls], [("q", "club"), ("kind", "hometown_club")])
        self.assertEqual((listing.open, listing.hidden), (True, []))
        for query in ("", "filters=", "filters=shut"):
            self.assertFalse(self.list(query).open, query)

    def test_the_ways_to_open_and_close_keep_what_was_chosen(self):
        listing = self.list("kind=hometown_club&after=x")
        self.assertEqual(listing.opening, "?kind=hometown_club&filters=open#filters")
        self.assertEqual(self.list("kind=hometown_club&filters=open").closing, "?kind=hometown_club")

    def test_choices_are_asked_for_once_a_list(self):
        """And not at all while nobody chooses or opens."""
        asked = []
        question = ChoiceFilter("kind", "kind", lambda: asked.append(1) or Organization.Kind.choices)
        for query, expected in (("", 0), ("kind=network", 1), ("filters=open", 1), ("kind=network&filters=open", 1)):
            asked.clear()
            Listing(RequestFactory().get(f"/?{query}"), Organization.objects.all(), (question,), order=("key",), folded=True)
            self.assertEqual(len(asked), expected, query)
