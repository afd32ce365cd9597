"""Counts of people: none under three is published, nor one that the published ones would give away (promise 3, design.md section 5)."""

import doctest

import pytest
from django.test import SimpleTestCase
from hypothesis import given, settings
from hypothesis import strategies as some

from forum import counting
from forum.counting import publishable, publishable_of_all

COUNTS = some.dictionaries(some.sampled_from("abcdef"), some.integers(0, 9))
#: How many of a number of people it is that nobody may read.
TOO_FEW = range(1, 3)


@pytest.mark.once
class CountingTests(SimpleTestCase):
    def test_the_examples_hold(self) -> None:
        self.assertEqual(doctest.testmod(counting).failed, 0)
        self.assertEqual(publishable({"a": 3, "b": 2, "c": 1}), {"a": 3})
        # Two forums of 5 and 4, of all together 10: the third forum would be one person.
        self.assertEqual(publishable_of_all({"a": 10}, [{"a": 5}, {"a": 4}]), {})
        self.assertEqual(publishable_of_all({"a": 9}, [{"a": 5}, {"a": 4}]), {"a": 9})

    @settings(deadline=None)
    @given(COUNTS, some.integers(0, 9))
    def test_neither_a_count_nor_the_rest_is_one_or_two(self, counts: dict[str, int], elsewhere: int) -> None:
        shown = publishable(counts, elsewhere)
        self.assertEqual({key: counts[key] for key in shown}, shown)
        self.assertEqual([number for number in shown.values() if number < 3], [])
        rest = sum(counts.values()) + elsewhere - sum(shown.values())
        if shown:
            self.assertNotIn(rest, TOO_FEW)

    @settings(deadline=None)
    @given(some.lists(COUNTS, max_size=4))
    def test_no_forum_is_found_out_from_the_others(self, forums: list[dict[str, int]]) -> None:
        together = {key: sum(each.get(key, 0) for each in forums) for key in "abcdef"}
        parts = [publishable(each) for each in forums]
        for key, number in publishable_of_all(together, parts).items():
            for less in (sum(part.get(key, 0) for part in parts), *(part.get(key, 0) for part in parts if key in part)):
                self.assertNotIn(number - less, TOO_FEW)
