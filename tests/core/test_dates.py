import datetime as dt

from django.test import SimpleTestCase
from django.utils import translation

from core.dates import end_of_day, iso_partial, parse_partial, show_partial


class PartialDateTest(SimpleTestCase):
    def test_what_is_known_comes_back_as_it_was(self):
        for text in ("2010-11-08", "2010-11", "2010"):
            self.assertEqual(iso_partial(*parse_partial(text)), text)

    def test_nonsense_is_refused(self):
        for text in ("", "2010-13", "08/11/2010", "2010-11-31", "noviembre", "20101"):
            with self.assertRaises(ValueError):
                parse_partial(text)

    def test_a_date_is_shown_no_more_exact_than_it_is_known(self):
        date = dt.date(2010, 11, 8)
        with translation.override("es"):
            self.assertEqual(show_partial(date, "month"), "noviembre de 2010")
            self.assertEqual(show_partial(date, "year"), "2010")
            self.assertEqual(show_partial(date, "day"), "8 de noviembre de 2010")


class EndOfDayTest(SimpleTestCase):
    def test_a_deadline_is_the_end_of_the_local_day(self):
        # Mexico City keeps UTC-6 all year; Tijuana changes its clocks with California.
        july, january = dt.date(2026, 7, 1), dt.date(2026, 1, 1)
        for zone, day, hour in (
            ("America/Mexico_City", july, 6),
            ("America/Mexico_City", january, 6),
            ("America/Tijuana", july, 7),
            ("America/Tijuana", january, 8),
        ):
            after = end_of_day(day, zone) + dt.timedelta(microseconds=1)
            self.assertEqual(after, dt.datetime.combine(day + dt.timedelta(days=1), dt.time(hour), dt.UTC), (zone, day))
