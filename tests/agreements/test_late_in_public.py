"""What is late, both sides read before everybody does: one date, wherever a light is read (docs/decisions/0160)."""

from __future__ import annotations

import datetime as dt
from unittest import mock

import pytest
from django.test import SimpleTestCase, TestCase, override_settings
from django.urls import reverse
from django.utils import timezone

from agreements import figures
from agreements.light import light_of, tell_quiet
from agreements.models import Agreement, Commitment
from agreements.querysets import DUE_SOON_DAYS
from agreements.rolls import marks_of_light
from core import deadlines
from core.walks import Mark
from proposals.models import Proposal
from proposals.rolls import marks_of_fate
from tests import factories as make
from tests.agreements.story import AgreementWorld

#: A Friday; Monday the 16th of November 2026 is a rest day (article 74 of the Ley Federal del Trabajo).
DUE = dt.date(2026, 11, 13)
#: The fifth working day after it is Monday the 23rd.
FIRST_IN_TIME = dt.date(2026, 11, 17)
LAST_QUIET, PUBLIC = dt.date(2026, 11, 23), dt.date(2026, 11, 24)


@pytest.mark.once
class PublicDayTests(SimpleTestCase):
    def test_the_day_goes_back_as_terms_go_forth(self) -> None:
        # The term of what was due at the long weekend began with its first working day, too.
        self.assertEqual(deadlines.days_before(PUBLIC, 5), FIRST_IN_TIME)
        for number in range(12):
            for shift in range(40):
                on = dt.date(2026, 12, 20) + dt.timedelta(days=shift)
                day = deadlines.days_before(on, number)
                with self.subTest(number, on=on):
                    # Due before that day: its term has ended; due on that day: it has not.
                    self.assertLess(deadlines.MEXICO.add(day - dt.timedelta(days=1), number), on)
                    self.assertGreaterEqual(deadlines.MEXICO.add(day, number), on)

    def test_without_a_term_there_is_no_difference(self) -> None:
        with override_settings(LATE_PUBLIC_AFTER=0):
            self.assertEqual((deadlines.public_day(DUE), deadlines.public_from(DUE)), (DUE, DUE + dt.timedelta(days=1)))


@override_settings(LATE_PUBLIC_AFTER=5)
class LateInPublicTests(AgreementWorld, TestCase):
    def setUp(self) -> None:
        super().setUp()
        proposal = make.proposal(self.edition, status="reviewed")
        agreement = self.drafted()
        Agreement.objects.get(pk=agreement.pk).proposals.add(proposal)
        Commitment.objects.filter(agreement=agreement).update(due_on=DUE, original_due_on=DUE)
        from agreements import workflow

        workflow.open_for_signature(agreement=agreement, actor=self.accounts["organizer"])
        self.agreement = self.sign(agreement)
        self.commitment = self.agreement.commitments.get()

    def on(self, day: dt.date) -> None:
        """It is noon of `day` in Mexico City."""
        clock = mock.patch.object(timezone, "now", lambda: dt.datetime.combine(day, dt.time(18), dt.UTC))
        clock.start()
        self.addCleanup(clock.stop)

    def public_lights(self, day: dt.date) -> set[str]:
        """The light of the commitment as each public surface reads it on `day`."""
        folio, light = self.agreement.folio, {}
        self.on(day)
        page = self.client.get(f"/en/agreements/{folio}/")
        light["record"] = self.client.get(f"/en/agreements/{folio}.json").json()["commitments"][0]["light"]
        light["rule"] = light_of(self.commitment, day)
        light["query"] = Commitment.objects.all().with_light(day).get().light
        light["figures"], light["bodies"] = figures.lights(day), figures.lights_by_body(day)[0].counts
        light["owed"] = figures.lights_owed(day, self.agency.pk)[0]
        for name in ("figures", "bodies", "owed"):
            ((light[name], number),) = light[name].items()
            self.assertEqual(number, 1)
        for each in ("late", "due_soon"):
            found = self.client.get(f"/en/agreements/?light={each}")
            light[f"list {each}"] = each if folio in found.content.decode() else ""
            found = self.client.get(f"/en/progress/?light={each}")
            light[f"progress {each}"] = each if self.commitment.folio in found.content.decode() else ""
            found = self.client.get(f"/api/v1/commitments/?light={each}").json()
            light[f"api {each}"] = each if found["records"] else ""
        (((_answer, end), _number),) = figures.outcomes(day).items()
        light["flow"] = {"late": "late", "under_way": "due_soon"}[end]
        fate = figures.of_fate(Proposal.objects.all(), "late", day).exists()
        light["fate"] = "late" if fate else "due_soon"
        listed = self.client.get("/en/proposals/?fate=late").content.decode()
        light["list of proposals"] = "late" if Proposal.objects.get().folio in listed else "due_soon"
        light["overdue"] = "late" if Commitment.objects.all().overdue(day).exists() else "due_soon"
        light["page"] = "late" if "days late" in page.content.decode() else "due_soon"
        return set(light.values()) - {""}

    def test_every_public_surface_reads_it_on_the_same_day(self) -> None:
        for day, light in (
            (DUE, "due_soon"),
            (DUE + dt.timedelta(days=1), "due_soon"),
            (LAST_QUIET, "due_soon"),
            (PUBLIC, "late"),
        ):
            with self.subTest(day):
                self.assertEqual(self.public_lights(day), {light})
        # How many days it is late counts from the date, not from the day on which everybody reads it.
        self.assertEqual((self.commitment.days_late(PUBLIC), self.commitment.days_late(LAST_QUIET)), (11, 0))
        self.assertContains(self.client.get("/en/progress/"), "5 working days after its date")

    def test_both_sides_read_it_at_once_with_the_day_on_which_everybody_does(self) -> None:
        day = DUE + dt.timedelta(days=1)
        self.on(day)
        words = "not yet public: everybody reads it from"
        for name in ("official", "delegate", "organizer"):
            client = self.sign_in(name)
            for address in (
                reverse("workspace:commitment", args=[self.commitment.folio]),
                reverse("workspace:agreement", args=[self.agreement.folio]),
                reverse("workspace:commitments") + "?light=late",
                reverse("workspace:follow_up") + "?show=late",
            ):
                with self.subTest(name, address=address):
                    page = client.get(address)
                    self.assertContains(page, words)
                    self.assertContains(page, PUBLIC.isoformat())
            # The public page is the same for everybody.
            page = client.get(f"/en/agreements/{self.agreement.folio}/")
            self.assertNotContains(page, "late")
            self.assertContains(page, "Was due on 13 November 2026. Reports are awaited until 23 November 2026.")
            self.assertContains(page, 'was due <a href="#c1">')
        self.on(PUBLIC)
        self.assertNotContains(self.sign_in("official").get(reverse("workspace:commitment", args=[self.commitment.folio])), words)
        self.report(self.commitment, status="fulfilled", percent=100)
        tell_quiet([self.commitment], day)
        self.assertIsNone(self.commitment.quiet_until)

    def test_rolls_are_read_from_the_same_day(self) -> None:
        soon = PUBLIC + dt.timedelta(days=DUE_SOON_DAYS + 1)
        first = FIRST_IN_TIME
        self.assertEqual(marks_of_light("late", PUBLIC), [Mark("al", "open", None, first)])
        self.assertEqual(marks_of_light("due_soon", PUBLIC), [Mark("al", "open", first, soon)])
        self.assertEqual(marks_of_fate("late", PUBLIC), [Mark("pf", "open", None, first)])
        self.assertEqual(marks_of_fate("under_way", PUBLIC), [Mark("pf", "open", first, None)])
