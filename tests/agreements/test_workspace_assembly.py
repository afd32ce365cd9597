"""What an agreement starts with when it is drafted from opinions, and what the clocks of the parties say."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.test import SimpleTestCase, TestCase
from django.utils import translation

from agreements.workspace import assembly, zones
from proposals.models import Condition, Opinion
from tests import factories as make

pytestmark = pytest.mark.once


class AssemblyTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.edition = make.edition(city="Morelia")
        cls.organization = make.organization(name="Federación A")
        cls.ife, cls.sre = make.agency(key="IFE"), make.agency(key="SRE")
        cls.organizer = make.user(organizer=cls.edition)
        cls.proposal = make.proposal(
            cls.edition,
            status="reviewed",
            proponents=[cls.organization],
            title_es="Credencial en el exterior",
            title_en="Voting card abroad",
            petition_es="Que se expida la credencial.",
            petition_en="That the card be issued.",
            topic="voto",
        )
        cls.yes = make.opinion(make.referral(cls.proposal, cls.ife), verdict="feasible")
        cls.maybe = make.opinion(make.referral(cls.proposal, cls.sre), verdict="conditional")
        cls.condition = Condition.objects.create(
            opinion=cls.maybe, number=1, what="Que haya presupuesto.", owner="SHCP", kind="budget", until=dt.date(2026, 9, 30)
        )
        Condition.objects.create(opinion=cls.maybe, number=2, what="Ya cumplida.", owner="SRE", status="met")

    def found(self, **values):
        return {opinion.folio for opinion in assembly.opinions_of(self.edition, values.get("user", self.organizer))}

    def test_only_favourable_and_conditional_opinions_in_force_are_offered(self):
        other = make.proposal(self.edition, status="reviewed")
        for verdict in Opinion.Verdict.values:
            make.opinion(make.referral(other, make.agency()), verdict=verdict, folio=f"x-{verdict}")
        make.opinion(make.referral(other, make.agency()), status="superseded", folio="x-old")
        make.opinion(make.referral(other, make.agency()), status="draft", verdict="feasible", folio="x-draft")
        gone = make.proposal(self.edition, status="withdrawn")
        make.opinion(make.referral(gone, make.agency()), folio="x-withdrawn")
        elsewhere = make.proposal(make.edition(), status="reviewed")
        make.opinion(make.referral(elsewhere, make.agency()), folio="x-elsewhere")
        self.assertEqual(self.found(), {self.yes.folio, self.maybe.folio, "x-feasible", "x-conditional"})

    def test_what_is_not_released_is_for_organizers_only(self):
        self.yes.released_at = None
        self.yes.save()
        self.assertEqual(self.found(), {self.yes.folio, self.maybe.folio})
        self.assertEqual(self.found(user=None), {self.maybe.folio})

    def test_everything_is_carried_over_with_its_source(self):
        draft = assembly.assemble(self.edition, assembly.opinions_of(self.edition, self.organizer))
        self.assertEqual(draft.values["title_es"], "Credencial en el exterior")
        self.assertEqual(draft.values["title_en"], "Voting card abroad")
        self.assertEqual(draft.values["topic"], "voto")
        self.assertEqual(draft.values["place"], "Morelia")
        self.assertIn(self.maybe.folio, draft.values["background_es"])
        self.assertIn("Federación A", draft.values["background_en"])
        self.assertEqual(draft.proposals, [self.proposal])
        self.assertEqual(draft.opinions, [self.yes, self.maybe])
        self.assertEqual(
            [(clause["text_es"].split("\n")[0], clause["text_en"], clause["opinions"]) for clause in draft.clauses],
            [
                ("Que se expida la credencial.", "That the card be issued.", [self.yes, self.maybe]),
                ("Que haya presupuesto.", "", [self.maybe]),
            ],
        )
        self.assertIn("SHCP", draft.clauses[1]["text_es"])
        self.assertIn("2026-09-30", draft.clauses[1]["text_es"])

    def test_parties_are_the_proponents_and_the_bodies(self):
        only = make.participation(self.edition, organization=self.organization, person=make.person(name="Ana"))
        make.participation(self.edition, agency=self.ife, role="official")
        make.participation(self.edition, agency=self.ife, role="official")
        draft = assembly.assemble(self.edition, assembly.opinions_of(self.edition, self.organizer))
        self.assertEqual(
            draft.parties,
            [
                {"organization": self.organization, "role": "signatory", "representative": only},
                {"agency": self.ife, "role": "signatory", "representative": None},
                {"agency": self.sre, "role": "signatory", "representative": None},
            ],
        )

    def test_a_missing_english_text_is_not_invented(self):
        other = make.proposal(self.edition, status="reviewed", title_es="Sin inglés")
        make.opinion(make.referral(other, self.ife))
        draft = assembly.assemble(self.edition, assembly.opinions_of(self.edition, self.organizer))
        self.assertEqual(draft.values["title_en"], "")
        self.assertEqual(draft.values["background_en"], "")
        self.assertIn("Sin inglés", draft.values["title_es"])

    def test_a_long_title_names_the_folios(self):
        for number in range(3):
            long = make.proposal(self.edition, status="reviewed", title_es=f"{number} " + "muy largo " * 25)
            make.opinion(make.referral(long, self.ife))
        draft = assembly.assemble(self.edition, assembly.opinions_of(self.edition, self.organizer))
        self.assertLessEqual(len(draft.values["title_es"]), 300)
        self.assertIn(self.proposal.folio, draft.values["title_es"])

    def test_nothing_chosen_is_an_empty_draft(self):
        draft = assembly.assemble(self.edition, [])
        self.assertEqual((draft.proposals, draft.opinions, draft.parties, draft.clauses), ([], [], [], []))


class ClockTests(SimpleTestCase):
    def shown(self, year, month, day, hour, zone="America/Mexico_City"):
        starts = zones.moment_in(dt.date(year, month, day), dt.time(hour), zone)
        return [
            (clock.zone.rsplit("/")[-1], clock.starts.hour, clock.offset, clock.other_day)
            for clock in zones.clocks(starts, starts + dt.timedelta(hours=2), zone)
        ]

    def test_mexico_city_keeps_its_offset_and_tijuana_changes_with_the_united_states(self):
        """Mexico gave up the change of clocks in 2022, except along the border (Ley de los Husos Horarios)."""
        self.assertEqual(
            self.shown(2026, 3, 7, 10),
            [
                ("Mexico_City", 10, "UTC-6", False),
                ("Los_Angeles", 8, "UTC-8", False),
                ("Chicago", 10, "UTC-6", False),
                ("Tijuana", 8, "UTC-8", False),
            ],
        )
        self.assertEqual(
            self.shown(2026, 3, 8, 10),
            [
                ("Mexico_City", 10, "UTC-6", False),
                ("Los_Angeles", 9, "UTC-7", False),
                ("Chicago", 11, "UTC-5", False),
                ("Tijuana", 9, "UTC-7", False),
            ],
        )

    def test_another_day_elsewhere_is_said(self):
        self.assertEqual([day for *_rest, day in self.shown(2026, 3, 7, 1)], [False, True, False, True])

    def test_the_own_zone_comes_first_whatever_it_is(self):
        shown = self.shown(2026, 3, 7, 10, "Asia/Kathmandu")
        self.assertEqual(shown[0], ("Kathmandu", 10, "UTC+5:45", False))
        self.assertEqual(len(shown), 5)

    def test_a_time_that_the_clocks_skip_is_refused(self):
        with translation.override("en"), self.assertRaisesMessage(ValidationError, "never show 02:30"):
            zones.moment_in(dt.date(2026, 3, 8), dt.time(2, 30), "America/Los_Angeles")
        self.assertEqual(
            zones.moment_in(dt.date(2026, 3, 8), dt.time(2, 30), "America/Mexico_City"),
            dt.datetime(2026, 3, 8, 8, 30, tzinfo=dt.UTC),
        )

    def test_of_a_time_that_comes_twice_the_first_is_meant(self):
        self.assertEqual(
            zones.moment_in(dt.date(2026, 11, 1), dt.time(1, 30), "America/Los_Angeles"),
            dt.datetime(2026, 11, 1, 1, 30, tzinfo=ZoneInfo("America/Los_Angeles"), fold=0).astimezone(dt.UTC),
        )

    def test_the_ends_of_the_calendar_are_answered(self):
        for day, hour, zone in ((dt.date.min, 0, "Asia/Tokyo"), (dt.date.max, 23, "America/Los_Angeles")):
            with self.subTest(zone), self.assertRaises(ValidationError):
                zones.moment_in(day, dt.time(hour), zone)
