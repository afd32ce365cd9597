"""The light: one rule in Python and in SQL, and the day it counts from."""

import datetime as dt
import itertools
from unittest import mock
from zoneinfo import ZoneInfo

from django.test import TestCase

from agreements.light import light_of
from agreements.models import Commitment
from agreements.querysets import DUE_SOON_DAYS
from tests import factories as make

ON = dt.date(2026, 6, 30)
DAY = dt.timedelta(days=1)
LIGHTS = {"fulfilled", "on_time", "due_soon", "late", "no_report", "cancelled"}


class SameRuleTests(TestCase):
    def test_python_and_sql_agree_on_every_combination(self):
        """Every date that the rule compares, one day before, on and after its limit, and not known."""
        cut_offs = (None, ON - DAY, ON, ON + DAY)
        dues = (None, ON - DAY, ON, ON + DAY * DUE_SOON_DAYS, ON + DAY * (DUE_SOON_DAYS + 1))
        starts = (None, ON - 2 * DAY, ON - DAY, ON, ON + DAY)
        reported = (None, ON - 2 * DAY, ON - DAY, ON, ON + DAY)
        statuses = ("", "in_progress", "fulfilled", "not_fulfilled")
        rows = []
        for cut_off, due, start in itertools.product(cut_offs, dues, starts):
            if due is not None and start is not None and start > due:
                continue
            # The triggers look at all commitments of an agreement: a few each, or the rows cost more and more.
            agreement = make.agreement(make.edition(report_cut_off=cut_off), status="signed")
            for number, (last, status) in enumerate(itertools.product(reported, statuses), 1):
                rows.append(
                    Commitment(
                        folio=f"{agreement.folio}-C{number}",
                        agreement=agreement,
                        number=number,
                        due_on=due,
                        starts_on=start,
                        reported_cut_off=last,
                        reported_status=status,
                        cancelled_at=make.now() if number % 5 == 0 else None,
                    )
                )
        Commitment.objects.bulk_create(rows, batch_size=200)
        found = list(Commitment.objects.with_light(ON).select_related("agreement__edition"))
        self.assertGreater(len(found), 1250)
        differing = {row.folio: (row.light, light_of(row, ON)) for row in found if row.light != light_of(row, ON)}
        self.assertEqual(differing, {})
        self.assertEqual({row.light for row in found}, LIGHTS)

    def test_a_plain_table_of_what_each_light_means(self):
        agreement = make.agreement(make.edition(report_cut_off=ON - DAY), status="signed")
        for values, light in (
            ({"due_on": ON - DAY}, "late"),
            ({"due_on": ON, "reported_cut_off": ON - DAY}, "due_soon"),
            ({"due_on": ON + 31 * DAY, "reported_cut_off": ON - DAY}, "on_time"),
            ({"due_on": ON + 31 * DAY}, "no_report"),
            ({"due_on": ON + 31 * DAY, "starts_on": ON}, "on_time"),
            ({"due_on": None, "reported_cut_off": ON - DAY}, "on_time"),
            ({"due_on": ON - DAY, "reported_status": "fulfilled"}, "fulfilled"),
            ({"due_on": ON - DAY, "reported_status": "not_fulfilled"}, "late"),
            ({"due_on": ON - DAY, "reported_status": "fulfilled", "cancelled_at": make.now()}, "cancelled"),
        ):
            with self.subTest(values):
                commitment = make.commitment(agreement, **values)
                self.assertEqual(light_of(commitment, ON), light)


class MidnightTests(TestCase):
    """Late begins with the first second of the day after the due date, in the zone of the edition."""

    def light_at(self, zone, moment):
        edition = make.edition(time_zone=zone)
        commitment = make.commitment(make.agreement(edition, status="signed"), due_on=ON)
        with mock.patch("django.utils.timezone.now", return_value=moment):
            return light_of(commitment, edition.today())

    def test_at_the_second_in_three_zones(self):
        # What the clock in Greenwich says at midnight: Tijuana and Chicago keep summer time in June, Mexico City does not.
        midnights = {"America/Mexico_City": 6, "America/Tijuana": 7, "America/Chicago": 5}
        for zone, hour in midnights.items():
            midnight = dt.datetime(2026, 7, 1, hour, tzinfo=dt.UTC)
            self.assertEqual(midnight.astimezone(ZoneInfo(zone)).time(), dt.time())
            with self.subTest(zone):
                self.assertEqual(self.light_at(zone, midnight - dt.timedelta(seconds=1)), "due_soon")
                self.assertEqual(self.light_at(zone, midnight), "late")

    def test_across_the_change_of_clocks(self):
        """1 November 2026 has 25 hours in Tijuana and 24 in Mexico City."""
        for zone, hour in (("America/Tijuana", 8), ("America/Mexico_City", 6)):
            edition = make.edition(time_zone=zone)
            commitment = make.commitment(make.agreement(edition, status="signed"), due_on=dt.date(2026, 11, 1))
            midnight = dt.datetime(2026, 11, 2, hour, tzinfo=dt.UTC)
            for moment, light in ((midnight - dt.timedelta(seconds=1), "due_soon"), (midnight, "late")):
                with self.subTest(zone, light=light), mock.patch("django.utils.timezone.now", return_value=moment):
                    self.assertEqual(light_of(commitment, edition.today()), light)
