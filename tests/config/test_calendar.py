"""Calendars, read by two programs that share no code: public meetings and due dates, on the right clock, nothing else."""

import datetime as dt
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
import vobject
from django.test import TestCase, override_settings
from django.utils import translation
from icalendar import Calendar

from agreements.models import Extension
from agreements.workflow import cancel_meeting, move_meeting
from tests import factories as make
from tests.config.followed import CANARY, MARCH, FollowedWorld

pytestmark = pytest.mark.once


def events(content):
    """The entries by UID (without the host), as icalendar reads them."""
    calendar = Calendar.from_ical(content)
    return {str(event["uid"]).split("@")[0]: event for event in calendar.walk("VEVENT")}


class CalendarCase(FollowedWorld, TestCase):
    def calendar(self, address="/calendar.ics", **query):
        response = self.client.get(address, query)
        self.assertEqual((response.status_code, response["Content-Type"]), (200, "text/calendar; charset=utf-8"))
        return response.content


class BothReadersTests(CalendarCase):
    def test_they_agree(self):
        content = self.calendar()
        first = Calendar.from_ical(content)
        second = vobject.readOne(content.decode())
        mine = {
            str(event["uid"]): (str(event["summary"]), event["dtstart"].dt, event["dtend"].dt, str(event["sequence"]))
            for event in first.walk("VEVENT")
        }
        theirs = {
            event.uid.value: (event.summary.value, event.dtstart.value, event.dtend.value, event.sequence.value)
            for event in second.vevent_list
        }
        self.assertEqual({f"{self.meeting.folio}@localhost", f"{self.commitment.folio}@localhost"}, set(mine))
        self.assertEqual(set(mine), set(theirs))
        for uid, (summary, start, end, sequence) in mine.items():
            self.assertEqual((summary, sequence), (theirs[uid][0], theirs[uid][3]))
            if isinstance(start, dt.datetime):
                self.assertEqual(
                    (start.astimezone(dt.UTC), end.astimezone(dt.UTC)),
                    tuple(each.astimezone(dt.UTC) for each in theirs[uid][1:3]),
                )
            else:
                self.assertEqual((start, end), theirs[uid][1:3])

    def test_what_the_standard_asks_for(self):
        content = self.calendar()
        calendar = Calendar.from_ical(content)
        self.assertEqual((str(calendar["version"]), str(calendar["method"])), ("2.0", "PUBLISH"))
        self.assertTrue(str(calendar["prodid"]))
        for event in calendar.walk("VEVENT"):
            self.assertEqual(event["dtstamp"].dt.utcoffset(), dt.timedelta(0))
            self.assertTrue({"UID", "DTSTAMP", "DTSTART", "SUMMARY", "URL"} <= set(event))
        lines = content.split(b"\r\n")
        self.assertEqual(lines[-1], b"")
        self.assertLessEqual(max(map(len, lines)), 75)
        self.assertNotIn(b"\n", b"".join(lines))


class MeetingTests(CalendarCase):
    def test_on_its_own_clock_with_the_zone_defined(self):
        content = self.calendar()
        event = events(content)[self.meeting.folio]
        self.assertEqual(event["dtstart"].params["TZID"], "America/Tijuana")
        self.assertEqual(event["dtstart"].dt.isoformat(), "2026-04-06T09:00:00-07:00")
        self.assertEqual(event["dtend"].dt.astimezone(dt.UTC), self.meeting.ends_at)
        zones = [str(zone["tzid"]) for zone in Calendar.from_ical(content).walk("VTIMEZONE")]
        self.assertEqual(zones, ["America/Tijuana"])

    def test_each_zone_gives_the_right_instant_in_summer_and_winter(self):
        """By the definitions in the file alone: Mexico City keeps one offset all year, Tijuana changes with the US."""
        for zone in ("America/Mexico_City", "America/Tijuana", "America/New_York", "UTC", "Europe/Madrid"):
            for month in (1, 7):
                at = dt.datetime(2026, month, 15, 18, tzinfo=dt.UTC)
                make.meeting(self.edition, time_zone=zone, starts_at=at, title_es=f"{zone} {month}")
        read = vobject.readOne(self.calendar().decode())
        for event in read.vevent_list:
            zone, _blank, month = event.summary.value.rpartition(" · ")[2].rpartition(" ")
            if month.isdigit():
                with self.subTest(zone=zone, month=month):
                    expected = dt.datetime(2026, int(month), 15, 18, tzinfo=dt.UTC).astimezone(ZoneInfo(zone))
                    self.assertEqual(event.dtstart.value.astimezone(dt.UTC), expected.astimezone(dt.UTC))
                    self.assertEqual(event.dtstart.value.utcoffset(), expected.utcoffset())

    def test_texts_are_escaped_and_nothing_is_put_in_their_place(self):
        event = events(self.calendar(lang="es"))[self.meeting.folio]
        self.assertEqual(str(event["location"]), "Sede, planta baja; sala 1")
        self.assertEqual(str(event["summary"]), f"{self.meeting.folio} · Reunión de <seguimiento>")
        self.assertIn(f"{self.agreement.folio} · Módulos", str(event["description"]))
        with translation.override("es"):
            self.assertEqual(str(event["url"]), f"http://testserver{self.meeting.get_absolute_url()}")

    def test_nobody_writes_lines_of_a_calendar(self):
        self.meeting.title_es = "Uno\nATTENDEE:mailto:x@example.org\x01"
        self.meeting.place = 'A"B\\;C'
        self.meeting.save()
        content = self.calendar()
        self.assertNotIn(b"\nATTENDEE", content.replace(b"\r\n ", b""))
        self.assertNotIn(b"\x01", content)
        self.assertEqual(str(events(content)[self.meeting.folio]["location"]), 'A"B\\;C')

    def test_a_change_has_a_higher_sequence_and_a_cancelled_one_says_so(self):
        organizer = make.user(organizer=self.edition)
        before = events(self.calendar())[self.meeting.folio]
        starts = dt.datetime(2027, 1, 5, 18, tzinfo=dt.UTC)
        move_meeting(
            meeting=self.meeting, actor=organizer, starts_at=starts, ends_at=starts + dt.timedelta(hours=1), reason="Lluvia"
        )
        moved = events(self.calendar())[self.meeting.folio]
        self.assertEqual(moved["dtstart"].dt.astimezone(dt.UTC), starts)
        cancel_meeting(meeting=self.meeting, actor=organizer, reason="Lluvia")
        cancelled = events(self.calendar())[self.meeting.folio]
        self.assertEqual([str(each["status"]) for each in (before, moved, cancelled)], ["CONFIRMED", "CONFIRMED", "CANCELLED"])
        sequences = [int(each["sequence"]) for each in (before, moved, cancelled)]
        self.assertEqual(sequences, sorted(set(sequences)))
        self.assertEqual(len({str(each["uid"]) for each in (before, moved, cancelled)}), 1)


class DueDateTests(CalendarCase):
    def test_a_whole_day_that_leaves_people_free(self):
        event = events(self.calendar(lang="en"))[self.commitment.folio]
        self.assertEqual((event["dtstart"].dt, event["dtend"].dt), (dt.date(2026, 11, 1), dt.date(2026, 11, 2)))
        self.assertEqual(event["dtstart"].params["VALUE"], "DATE")
        self.assertEqual(str(event["transp"]), "TRANSPARENT")
        self.assertEqual(str(event["summary"]), f"Due: {self.commitment.folio} (IFE) · Abrir módulos")

    def test_an_accepted_extension_moves_it(self):
        asked = {"commitment": self.commitment, "asked_by": self.commitment.lead, "reason": "x", "asked_at": MARCH}
        day = dt.date(2026, 12, 1)
        other = self.agreement.parties.last()
        Extension.objects.create(from_on=self.commitment.due_on, to_on=day, accepted_at=MARCH, accepted_by=other, **asked)
        Extension.objects.create(from_on=day, to_on=dt.date(2027, 1, 1), **asked)
        self.commitment.due_on = day
        self.commitment.save()
        event = events(self.calendar())[self.commitment.folio]
        self.assertEqual((event["dtstart"].dt, int(event["sequence"])), (day, 1))

    def test_what_is_cancelled_or_has_no_date_is_not_there(self):
        make.commitment(self.agreement, self.commitment.lead, due_on=None, original_due_on=None)
        self.commitment.cancelled_at = MARCH
        self.commitment.save()
        self.assertEqual(set(events(self.calendar())), {self.meeting.folio})

    def test_an_invented_one_says_so(self):
        self.commitment.source = "sample"
        self.commitment.save()
        self.assertTrue(str(events(self.calendar(lang="en"))[self.commitment.folio]["summary"]).startswith("[sample] "))


class AddressTests(CalendarCase):
    def test_of_an_agreement_and_of_a_meeting(self):
        stranger = make.meeting(self.edition)
        found = events(self.calendar(f"/en/agreements/{self.agreement.folio}.ics"))
        self.assertEqual(set(found), {self.meeting.folio, self.commitment.folio})
        found = events(self.calendar(f"/en/meetings/{self.meeting.folio}.ics"))
        self.assertEqual(set(found), {self.meeting.folio})
        self.assertIn(stranger.folio, events(self.calendar()))

    def test_another_spelling_leads_to_the_permanent_address(self):
        response = self.client.get(f"/en/meetings/{self.meeting.folio.lower()}.ics")
        self.assertRedirects(response, f"/en/meetings/{self.meeting.folio}.ics", status_code=301)

    def test_what_is_not_public_does_not_exist(self):
        organizer = make.user(organizer=self.edition)
        self.client.force_login(organizer)
        draft = make.agreement(self.edition)
        proposed = make.meeting(self.edition, status="proposed")
        for address in (f"agreements/{draft.folio}.ics", f"meetings/{proposed.folio}.ics", "meetings/x.ics"):
            self.assertEqual(self.client.get(f"/en/{address}").status_code, 404, address)

    def test_filters(self):
        make.meeting(self.edition, title_es="Ajena")
        both = {self.meeting.folio, self.commitment.folio}
        for query in ({"agency": "IFE"}, {"organization": "ORG-01"}, {"state": "ZAC"}, {"topic": "voto"}):
            with self.subTest(query):
                self.assertEqual(set(events(self.calendar(**query))), both)
        self.assertEqual(events(self.calendar(agency="SRE")), {})

    def test_a_body_that_convenes_follows_too(self):
        convened = make.meeting(self.edition, convening_agency=self.other_agency)
        self.assertEqual(set(events(self.calendar(agency="SRE"))), {convened.folio})
        self.assertEqual(events(self.calendar(agency="SRE", state="ZAC")), {})

    def test_nonsense_is_refused_with_a_sentence(self):
        for query in ({"agency": "X"}, {"state": "'"}, {"lang": "xx"}, {"topic": ""}):
            self.assertEqual(self.client.get("/calendar.ics", query).status_code, 400, query)
        self.assertEqual(self.client.post("/calendar.ics").status_code, 405)

    def test_an_empty_one_is_a_calendar(self):
        self.assertIsNotNone(vobject.readOne(self.calendar(agency="SRE").decode()))


class PrivacyTests(CalendarCase):
    def test_nothing_private(self):
        for address in (
            "/calendar.ics",
            f"/en/agreements/{self.agreement.folio}.ics",
            f"/es/acuerdos/{self.agreement.folio}.ics",
        ):
            response = self.client.get(address)
            if response.status_code == 200:
                self.assertNotIn(CANARY.encode(), response.content.replace(b"\r\n ", b""))
        self.assertNotIn(CANARY.encode(), self.calendar(agency="IFE").replace(b"\r\n ", b""))
        self.assertNotIn(CANARY.encode(), self.calendar(f"/en/meetings/{self.meeting.folio}.ics").replace(b"\r\n ", b""))

    def test_the_canary_sings_when_it_is_let_out(self):
        make.meeting(self.edition, title_es=CANARY)
        self.assertIn(CANARY.encode(), self.calendar().replace(b"\r\n ", b""))

    @override_settings(PAGE_CACHE=True)
    def test_nobody_is_known_and_anybody_may_keep_it(self):
        response = self.client.get("/calendar.ics")
        self.assertEqual((dict(response.cookies), response["Cache-Control"]), ({}, "public, no-cache"))
        self.assertEqual(self.client.get("/calendar.ics", headers={"if-none-match": response["ETag"]}).status_code, 304)
        self.assertEqual(self.client.get("/calendar.ics").content, response.content)


class CostTests(CalendarCase):
    def test_as_many_queries_for_one_as_for_thirty(self):
        with self.assertNumQueries(5):
            self.calendar()
        for _ in range(29):
            agreement = self.make_agreement()
            make.commitment(agreement, agreement.parties.first())
            make.meeting(self.edition, agreements=[agreement])
        with self.assertNumQueries(5):
            self.assertEqual(len(events(self.calendar())), 60)

    def test_there_is_an_end(self):
        with mock.patch("agreements.calendar.MOST", 3):
            for number in range(5):
                make.meeting(self.edition, starts_at=dt.datetime(2001 + number, 1, 1, tzinfo=dt.UTC))
                make.meeting(self.edition, starts_at=dt.datetime(2091 + number, 1, 1, tzinfo=dt.UTC))
            found = [event for event in events(self.calendar()).values() if "transp" not in event]
        years = sorted(event["dtstart"].dt.astimezone(dt.UTC).year for event in found)
        self.assertEqual((len(years), years[-3:]), (6, [2091, 2092, 2093]))
