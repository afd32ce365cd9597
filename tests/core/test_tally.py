"""The kept figures are what a recount gives, whatever path a change takes, on any day."""

import datetime as dt
import io

from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import TestCase

from agreements import figures
from agreements.models import Agreement, Commitment, Party
from core import tally, tally_triggers
from core.models import Tally
from core.models.tally import compact
from forum.models import Edition
from proposals.models import Proposal, ProposalVersion, Referral
from tests import factories as make

DAY = dt.date(2026, 3, 2)
ON = [DAY + dt.timedelta(days=number) for number in (-400, -40, -31, -30, -1, 0, 1, 30, 90)]


class World(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.edition, cls.other = make.edition(report_cut_off=DAY), make.edition()
        cls.agency, cls.second = make.agency(), make.agency()
        cls.organization = make.organization()
        cls.area, cls.area_2 = make.area("MX-ZAC"), make.area("MX-OAX")
        cls.proposal = make.proposal(cls.edition, status="in_review", reading="waiting")
        cls.proposal.states.set([cls.area])
        cls.referral = make.referral(cls.proposal, cls.agency, due_on=DAY)
        cls.agreement = make.agreement(cls.edition, status="signed", proposals=[cls.proposal])
        cls.party = make.party(cls.agreement, cls.agency)
        cls.shared = make.party(cls.agreement, cls.organization)
        cls.commitment = make.commitment(cls.agreement, cls.party, due_on=DAY)
        cls.commitment.co_responsible.set([cls.shared])

    def holds(self):
        self.assertEqual(tally.differences(), [])


class EveryPath(World):
    """Each change is made past the doors, in one statement or many, and must be counted all the same."""

    def test_each_column_that_a_figure_reads(self):
        noon = dt.datetime(2026, 3, 9, 18, tzinfo=dt.UTC)
        for rows, changes in (
            (Proposal.objects.all(), [{"status": "draft"}, {"status": "merged"}, {"status": "agreed"}, {"reading": "divided"}]),
            (Proposal.objects.all(), [{"published_at": None}, {"published_at": noon}, {"version_number": 2}]),
            (Proposal.objects.all(), [{"version_number": 1}, {"edition": self.other}]),
            (ProposalVersion.objects.all(), [{"number": 3}, {"number": 1}]),
            (Referral.objects.all(), [{"status": "answered", "answered_at": noon}, {"due_on": dt.date(2026, 3, 9)}]),
            (Referral.objects.all(), [{"status": "asked", "paused_on": DAY}, {"paused_on": dt.date(2026, 4, 1)}]),
            (Referral.objects.all(), [{"status": "recalled"}, {"status": "referred_onward"}, {"agency": self.second}]),
            (Agreement.objects.all(), [{"status": "void"}, {"status": "open"}, {"status": "concluded"}, {"version_number": 2}]),
            (Agreement.objects.all(), [{"edition": self.other}, {"signed_at": noon}, {"published_at": None}]),
            (Agreement.objects.all(), [{"published_at": noon, "edition": self.edition}]),
            (Commitment.objects.all(), [{"since_version": 9}, {"since_version": 1}, {"disputed": True}, {"due_on": None}]),
            (Commitment.objects.all(), [{"reported_cut_off": DAY}, {"starts_on": dt.date(2026, 2, 1)}, {"lead": self.shared}]),
            (Commitment.objects.all(), [{"reported_status": "fulfilled"}, {"cancelled_at": noon}, {"lead": None}]),
            (Commitment.objects.all(), [{"lead": self.party, "cancelled_at": None, "reported_status": "", "due_on": DAY}]),
            (Party.objects.filter(agency=self.agency), [{"agency": self.second}]),
            (
                Edition.objects.all(),
                [{"report_cut_off": dt.date(2026, 5, 1)}, {"report_cut_off": None}, {"stage": "preparation"}],
            ),
            (Edition.objects.all(), [{"stage": "review", "report_cut_off": DAY}]),
        ):
            for values in changes:
                with self.subTest(str(values)):
                    before = Tally.objects.count()
                    rows.update(**values)
                    self.assertGreater(Tally.objects.count(), before)
                    self.holds()

    def test_links_rows_made_at_once_and_rows_deleted(self):
        self.proposal.states.set([self.area, self.area_2])
        self.commitment.states.set([self.area_2])
        self.holds()
        self.commitment.co_responsible.clear()
        self.agreement.proposals.clear()
        self.holds()
        self.agreement.proposals.add(self.proposal)
        made = [Commitment(agreement=self.agreement, number=9 + n, folio=f"X{n}", text_es="x", lead=self.party) for n in range(3)]
        Commitment.objects.bulk_create(made)
        self.holds()
        self.assertEqual(figures.lights(DAY, self.edition), {"no_report": 4})
        Commitment.objects.filter(folio__startswith="X").delete()
        self.proposal.states.clear()
        Referral.objects.all().delete()
        self.holds()

    def test_one_statement_over_many_rows_of_the_same_fact(self):
        """Two agreements cite the proposal, two commitments belong to one agreement: each statement changes both at once."""
        second = make.agreement(self.edition, status="signed", proposals=[self.proposal])
        make.commitment(second, make.party(second, self.second), due_on=DAY)
        make.commitment(self.agreement, self.party).co_responsible.set([self.shared])
        for commitment in Commitment.objects.all():
            commitment.states.set([self.area, self.area_2])
        self.holds()
        for rows, values in (
            (Agreement.objects.all(), {"status": "void"}),
            (Agreement.objects.all(), {"status": "concluded"}),
            (Commitment.objects.all(), {"reported_status": "fulfilled", "disputed": True}),
            (Commitment.objects.all(), {"due_on": None, "reported_status": ""}),
            (Party.objects.filter(agency=self.second), {"agency": self.agency}),
        ):
            rows.update(**values)
            self.holds()
        for link in (Commitment.co_responsible, Commitment.states, Agreement.proposals, Proposal.states):
            link.through.objects.all().delete()
            self.holds()

    def test_what_is_rolled_back_is_not_counted(self):
        before = tally.counted("lights")
        with self.assertRaises(ZeroDivisionError), transaction.atomic():
            Commitment.objects.update(reported_status="fulfilled")
            self.assertNotEqual(tally.counted("lights"), before)
            raise ZeroDivisionError
        self.assertEqual(tally.counted("lights"), before)

    def test_a_change_of_nothing_writes_nothing(self):
        before = Tally.objects.count()
        self.commitment.text_es = "Otro texto"
        self.commitment.save()
        Proposal.objects.update(topic="salud")
        self.assertEqual(Tally.objects.count(), before)


class AnyDay(World):
    def test_lights_move_with_the_date_and_nothing_runs(self):
        """The kept sums give on each day what the rows of that day give."""
        for number, due in enumerate((*ON, None)):
            cut_off = DAY if number % 2 else None
            make.commitment(self.agreement, self.party, due_on=due, reported_cut_off=cut_off)
            make.referral(self.proposal, make.agency(), due_on=due or DAY, sent_on=due or DAY)
        make.commitment(self.agreement, self.party, due_on=DAY, reported_status="fulfilled")
        make.commitment(self.agreement, self.shared, due_on=DAY, cancelled_at=make.now())
        for on in ON:
            with self.subTest(on):
                rows = Commitment.objects.visible_to(None).in_force().with_light(on)
                lights = list(rows.values_list("light", flat=True))
                real = {light: lights.count(light) for light in lights}
                self.assertEqual(figures.lights(on, self.edition), real)
                self.assertEqual(figures.lights(on), real)
                owed = list(rows.of_party(organizations=[self.organization.pk]).values_list("light", flat=True))
                counted, _disputed = figures.lights_owed(on, -self.organization.pk)
                self.assertEqual(counted, {light: owed.count(light) for light in owed})
                silent = sum(each.counts.get("silent", 0) for each in figures.answers_by_body(on))
                self.assertEqual(silent, Referral.objects.late(on).count())


class Keeping(World):
    def test_adding_up_changes_no_sum(self):
        for status in ("concluded", "signed", "void", "signed"):
            Agreement.objects.update(status=status)
        before, rows = tally.counted("lights"), Tally.objects.count()
        call_command("rebuild_figures", "--check", stdout=io.StringIO())
        compact()
        self.assertEqual(tally.counted("lights"), before)
        self.assertLess(Tally.objects.count(), rows)
        self.assertFalse(Tally.objects.filter(number=0).exists())
        self.holds()

    def test_the_command_finds_and_mends_what_is_wrong(self):
        Tally.objects.filter(figure="lights").update(number=7)
        with self.assertRaises(CommandError):
            call_command("rebuild_figures", "--check", stdout=io.StringIO())
        call_command("rebuild_figures", stdout=io.StringIO())
        self.holds()

    def test_the_cost_is_that_of_the_keys(self):
        with self.assertNumQueries(1):
            figures.lights(DAY, self.edition)
        for _each in range(29):
            make.commitment(self.agreement, self.party, due_on=DAY)
        with self.assertNumQueries(1):
            self.assertEqual(sum(figures.lights(DAY, self.edition).values()), 30)

    def test_installed_again_it_is_the_same(self):
        self.assertTrue(tally_triggers.is_installed())
        tally_triggers.before_migrations(plan=["something"])
        self.assertEqual(tally_triggers.installed(), set())
        self.commitment.due_on = DAY + dt.timedelta(days=5)
        self.commitment.save()
        tally_triggers.after_migrations()
        self.assertTrue(tally_triggers.is_installed())
        self.holds()
        self.assertTrue(connection.in_atomic_block)
