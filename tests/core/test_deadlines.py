import datetime as dt

from django.test import SimpleTestCase

from core.deadlines import add_working_days, is_working_day, working_days_between


class WorkingDaysTest(SimpleTestCase):
    def test_a_term_skips_weekends_and_statutory_rest_days(self):
        # 21 March 2011, a Monday, was the rest day for Benito Juárez's birthday (LFT, art. 74).
        self.assertFalse(is_working_day(dt.date(2011, 3, 21)))
        self.assertEqual(add_working_days(dt.date(2011, 3, 15), 5), dt.date(2011, 3, 23))

    def test_counting_back_gives_the_term(self):
        start = dt.date(2011, 3, 15)
        for days in range(300):
            self.assertEqual(working_days_between(start, add_working_days(start, days)), days)

    def test_nothing_is_late_before_its_day(self):
        self.assertEqual(working_days_between(dt.date(2026, 1, 9), dt.date(2026, 1, 9)), 0)
        self.assertEqual(working_days_between(dt.date(2026, 1, 9), dt.date(2025, 1, 9)), 0)
