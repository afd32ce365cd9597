"""The calendar of meetings and due dates: what stands on which day, for whom, and what any address makes of it."""

import datetime as dt
from unittest import TestCase as PlainTestCase

import pytest
from django.test import TestCase

from agreements.month import MOST_ROWS, month_of, read_month
from tests import factories as make
from tests.chain import HIDDEN, ChainWorld
from tests.markup import faults

pytestmark = pytest.mark.once

TODAY = dt.date(2026, 11, 27)
NONSENSE = ("", "2026-13", "2026-00", "0000-01", "9999-12", "2026-1", "٢٠٢٦-١١", "x" * 3000, "-1", "2026-11-01", "\0", "[]")


class AskingTests(PlainTestCase):
    def test_a_month(self):
        self.assertEqual(read_month("2026-02", TODAY), dt.date(2026, 2, 1))

    def test_anything_else_is_this_month(self):
        for text in NONSENSE:
            self.assertEqual(read_month(text, TODAY), dt.date(2026, 11, 1), text)

    def test_the_calendar_has_ends(self):
        self.assertIsNone(month_of_empty(dt.date(1990, 1, 1)).before)
        self.assertIsNone(month_of_empty(dt.date(2100, 12, 1)).after)


def month_of_empty(first):
    from unittest import mock

    with mock.patch("agreements.month.Meeting") as meeting, mock.patch("agreements.month.Commitment") as commitment:
        rows = meeting.objects.visible_to.return_value.filter.return_value.exclude.return_value.order_by.return_value
        rows.__getitem__.return_value = []
        found = commitment.objects.visible_to.return_value.in_force.return_value.filter.return_value.with_light.return_value
        found.select_related.return_value.order_by.return_value.__getitem__.return_value = []
        return month_of(first, None, TODAY)


class CalendarTests(ChainWorld, TestCase):
    def squares(self, first, user=None):
        month = month_of(first, user, TODAY)
        return {day.date: day for week in month.weeks for day in week if day.inside}

    def test_a_meeting_stands_on_its_day_in_its_own_zone(self):
        """Late on the 30th in Tijuana it is the 1st in UTC."""
        meeting = make.meeting(
            self.edition,
            status="scheduled",
            starts_at=dt.datetime(2027, 5, 1, 4, tzinfo=dt.UTC),
            ends_at=dt.datetime(2027, 5, 1, 5, tzinfo=dt.UTC),
            time_zone="America/Tijuana",
        )
        self.assertEqual(self.squares(dt.date(2027, 4, 1))[dt.date(2027, 4, 30)].meetings, [meeting])
        self.assertTrue(all(day.is_empty for day in self.squares(dt.date(2027, 5, 1)).values()))

    def test_due_dates_of_what_is_in_force_stand_beside_them(self):
        due = make.commitment(self.agreement, due_on=dt.date(2027, 5, 9))
        make.commitment(self.open_agreement, due_on=dt.date(2027, 5, 9))
        self.assertEqual(self.squares(dt.date(2027, 5, 1))[dt.date(2027, 5, 9)].due, [due])

    def test_the_page_is_valid_public_and_hides_what_is_hidden(self):
        month = self.coming.starts_at.strftime("%Y-%m")
        for address in (f"/en/meetings/calendar/?month={month}", f"/es/reuniones/calendario/?month={month}"):
            response = self.client.get(address)
            self.assertEqual(faults(response.content.decode()), [])
            self.assertContains(response, self.coming.get_absolute_url().split("/")[-2])
            for words in HIDDEN.values():
                self.assertNotContains(response, words)

    def test_no_parameter_breaks_it(self):
        for text in NONSENSE:
            self.assertIn(self.client.get("/en/meetings/calendar/", {"month": text}).status_code, (200, 400), text[:20])

    def test_it_costs_the_same_with_one_meeting_and_with_thirty(self):
        start = dt.datetime(2027, 6, 2, 16, tzinfo=dt.UTC)
        for number in range(30):
            make.meeting(self.edition, status="scheduled", starts_at=start, ends_at=start + dt.timedelta(hours=1))
            make.commitment(self.agreement, due_on=dt.date(2027, 6, 2 + number % 20))
            if number in (0, 29):
                with self.assertNumQueries(2):
                    month_of(dt.date(2027, 6, 1), None, TODAY)
        self.assertFalse(month_of(dt.date(2027, 6, 1), None, TODAY).cut)
        self.assertGreater(MOST_ROWS, 30)
