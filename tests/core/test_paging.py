import base64
import json

from django.test import TestCase

from core.paging import bounded_count, page_by_key
from forum.models import Organization
from tests import factories as make


class KeysetPagingTest(TestCase):
    @classmethod
    def setUpTestData(cls):
        for name in ("Ñandú", "Nube", "Nube", "Árbol", "Zorro"):
            make.organization(name=name)

    def walk(self, order, size):
        found, after = [], ""
        while True:
            page = page_by_key(Organization.objects.all(), order, after, size)
            found += [record.key for record in page]
            after = page.after
            if not after:
                return found

    def test_pages_of_any_size_give_the_whole_list_in_order(self):
        for order in (("sort", "key"), ("-sort", "key"), ("-key",)):
            whole = list(Organization.objects.order_by(*order).values_list("key", flat=True))
            for size in (1, 2, 3, 5, 9):
                self.assertEqual(self.walk(order, size), whole)

    def test_one_query_a_page_wherever_it_is(self):
        mark = page_by_key(Organization.objects.all(), ("sort", "key"), "", 2).after
        for after in ("", mark):
            with self.assertNumQueries(1):
                page_by_key(Organization.objects.all(), ("sort", "key"), after, 2)

    def test_a_mark_that_is_not_ours_gives_the_first_page_and_says_so(self):
        def mark(value):
            return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()

        first = [record.key for record in page_by_key(Organization.objects.all(), ("sort", "key"), "", 2)]
        for broken in (
            "x",
            "é",
            "====",
            mark(1),
            mark(["a"]),
            mark(["a", None]),
            mark(["a\x00", "b"]),
            mark([[1], 2]),
            "A" * 5000,
        ):
            page = page_by_key(Organization.objects.all(), ("sort", "key"), broken, 2)
            self.assertEqual(([record.key for record in page], page.broken), (first, True), broken)
        for huge in (mark([10**30]), mark([1.5e300])):
            self.assertTrue(page_by_key(Organization.objects.all(), ("pk",), huge, 2).broken, huge)

    def test_counting_stops_at_the_limit(self):
        self.assertEqual(bounded_count(Organization.objects.all(), 3), (3, False))
        self.assertEqual(bounded_count(Organization.objects.all(), 5), (5, True))
