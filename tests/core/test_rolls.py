"""Rolls hold what the records say, whatever path a change takes, and a list read along them is the list that is asked for."""

import datetime as dt
import io
import itertools
import re
from unittest import mock

from django.core.management import CommandError, call_command
from django.db import connection
from django.test import RequestFactory, TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agreements.listing import AGREEMENT_ORDERS, MEETING_ORDERS
from agreements.models import Agreement, Commitment, Meeting, Party
from agreements.views import agreements_asked, meetings_asked
from core import rolls, tally_triggers
from core.facets import said
from core.listing import Listing
from core.models import RollEntry
from forum.models import Agency, Area, Edition, Organization
from proposals.listing import PROPOSAL_ORDERS
from proposals.models import Opinion, Proposal, ProposalVersion, Referral
from proposals.views import proposals_asked
from tests import factories as make

TODAY = timezone.localdate
NOON = dt.datetime(2026, 3, 9, 18, tzinfo=dt.UTC)


def days(number):
    return TODAY() + dt.timedelta(days=number)


class World(TestCase):
    """Two of everything, and proposals and agreements of every sort that the rolls tell apart."""

    @classmethod
    def setUpTestData(cls):
        cls.edition, cls.other = make.edition(report_cut_off=days(-20)), make.edition(report_cut_off=days(5))
        cls.ife, cls.sre = make.agency(key="IFE"), make.agency(key="SRE")
        cls.club, cls.league = make.organization(key="CLUB"), make.organization(key="LEAGUE")
        cls.states = [make.area("MX-ZAC"), make.area("MX-OAX")]
        statuses = ("submitted", "in_review", "reviewed", "withdrawn", "draft")
        cls.proposals = [
            make.proposal(
                cls.edition if number % 2 else cls.other,
                status=status.replace("draft", "submitted"),
                topic=("salud", "voto")[number % 2],
            )
            for number, status in enumerate(statuses * 2)
        ]
        for number, proposal in enumerate(cls.proposals):
            proposal.states.set(cls.states[: 1 + number % 2])
            proposal.proponents.set([(cls.club, cls.league)[number % 2]])
            proposal.addressees.set([cls.ife] if number % 3 else [cls.ife, cls.sre])
            for place, body in enumerate((cls.ife, cls.sre)[: 1 + number % 2]):
                cls.refer(proposal, body, number + place)
        for number, proposal in enumerate(cls.proposals):
            cls.agree(proposal, number)
        for number, agreement in enumerate(Agreement.objects.order_by("pk")):
            cls.meet(agreement, number)
        Proposal.objects.filter(pk__in=[each.pk for each in cls.proposals[4::5]]).update(status="draft", published_at=None)

    @classmethod
    def refer(cls, proposal, body, number):
        answered = {"status": "answered", "answered_at": NOON}
        sort = (
            {"due_on": days(-9)},
            {"due_on": days(9)},
            {**answered, "due_on": dt.date(2026, 3, 1)},
            {**answered, "due_on": dt.date(2026, 3, 20)},
            {"due_on": days(-9), "paused_on": days(-10)},
            {"due_on": days(-9), "paused_on": days(-1)},
            {"status": "referred_onward", "due_on": days(1)},
            {"status": "recalled", "due_on": days(1)},
        )[number % 8]
        referral = make.referral(proposal, body, **{"sent_on": dt.date(2026, 2, 1), **sort})
        if sort.get("status") == "answered":
            make.opinion(referral, verdict=("feasible", "not_feasible")[number % 2])

    @classmethod
    def agree(cls, proposal, number):
        edition = proposal.edition
        status = ("signed", "concluded", "open", "draft")[number % 4]
        more = {} if status != "draft" else {"published_at": None}
        agreement = make.agreement(edition, status=status, proposals=[proposal], **more)
        lead = make.party(agreement, (cls.ife, cls.sre)[number % 2])
        make.party(agreement, (cls.club, cls.league)[number % 3 % 2])
        dues = (days(-3), days(0), days(30), days(31), None)
        for place in range(3):
            commitment = make.commitment(agreement, lead, due_on=dues[(number + place) % 5])
            if place == number % 3:
                commitment.states.set(cls.states[number % 2 :])
                Commitment.objects.filter(pk=commitment.pk).update(
                    reported_status=("fulfilled", "", "in_progress")[number % 3],
                    reported_cut_off=days(0) if number % 2 else None,
                    cancelled_at=NOON if number == 5 else None,
                )

    @classmethod
    def meet(cls, agreement, number):
        """Days go back and forth while folios go on; of one day there are two."""
        begins = NOON + dt.timedelta(days=(number // 2) * (-1) ** number)
        convener = ({"convening_agency": cls.ife}, {"convening_organization": cls.league}, {})[number % 3]
        status = {"status": "proposed", "published_at": None} if number == 7 else {}
        meeting = make.meeting(agreement.edition, starts_at=begins, ends_at=begins + dt.timedelta(hours=1), **convener, **status)
        meeting.agreements.set([agreement])

    def holds(self):
        self.assertEqual(rolls.differences(), [])


class EveryPath(World):
    """Each change is made past the doors, in one statement, and must stand in the rolls all the same."""

    def test_each_column_that_a_roll_reads(self):
        self.holds()
        signed = {"published_at": NOON, "status": "concluded", "signed_at": NOON, "version_number": 1}
        for rows, changes in (
            (Proposal.objects.all(), [{"status": "draft"}, {"status": "merged"}, {"published_at": None}]),
            (Proposal.objects.all(), [{"published_at": NOON, "status": "in_review"}, {"version_number": 2}]),
            (Proposal.objects.all(), [{"version_number": 1}, {"updated_at": NOON}, {"created_at": NOON}]),
            (ProposalVersion.objects.all(), [{"number": 3}, {"number": 1}]),
            (Referral.objects.all(), [{"status": "answered", "answered_at": NOON}, {"due_on": dt.date(2026, 3, 9)}]),
            (Referral.objects.all(), [{"status": "asked", "paused_on": days(-1)}, {"status": "recalled"}]),
            (Opinion.objects.all(), [{"verdict": "conditional"}, {"status": "superseded"}, {"status": "issued"}]),
            (Opinion.objects.all(), [{"released_at": None}, {"released_at": NOON}]),
            (Agreement.objects.all(), [{"status": "void"}, {"published_at": None}, signed, {"updated_at": NOON}]),
            (Commitment.objects.all(), [{"since_version": 2}]),
            (Agreement.objects.all(), [{"version_number": 2}, {"edition": self.other}]),
            (Commitment.objects.all(), [{"since_version": 9}, {"since_version": 1}, {"due_on": None}, {"due_on": days(1)}]),
            (Commitment.objects.all(), [{"reported_cut_off": days(9)}, {"reported_status": "fulfilled"}, {"cancelled_at": NOON}]),
            (Commitment.objects.all(), [{"cancelled_at": None, "reported_status": "", "reported_cut_off": None}]),
            (Commitment.objects.all(), [{"starts_on": days(6), "due_on": days(60)}, {"starts_on": None}]),
            (Party.objects.filter(agency=self.ife), [{"agency": self.sre}]),
            (Edition.objects.all(), [{"report_cut_off": days(2)}, {"report_cut_off": None}, {"stage": "preparation"}]),
            (Edition.objects.all(), [{"stage": "review"}]),
            (Meeting.objects.all(), [{"starts_at": NOON, "ends_at": NOON + dt.timedelta(hours=2)}, {"updated_at": NOON}]),
            (Meeting.objects.filter(status="scheduled"), [{"convening_agency": self.sre, "convening_organization": None}]),
            (Meeting.objects.filter(status="proposed"), [{"published_at": NOON}, {"published_at": None}]),
            (Agency.objects.filter(pk=self.ife.pk), [{"key": "INE"}]),
            (Organization.objects.filter(pk=self.club.pk), [{"key": "CLUB-2"}]),
            (Area.objects.filter(pk=self.states[0].pk), [{"code": "MX-XXX"}]),
        ):
            for values in changes:
                with self.subTest(str(values)):
                    before = set(RollEntry.objects.values_list())
                    rows.update(**values)
                    self.assertTrue(before ^ set(RollEntry.objects.values_list()), "nothing has changed")
                    self.holds()

    def test_links_and_rows_that_come_and_go(self):
        first = self.proposals[0]
        for change in (
            lambda: first.states.clear(),
            lambda: first.states.set(self.states),
            lambda: first.addressees.clear(),
            lambda: first.proponents.set([self.club, self.league]),
            lambda: self.refer(first, make.agency(key="SEP"), 2),
            lambda: Opinion.objects.all().delete(),
            lambda: Referral.objects.filter(agency=self.ife).delete(),
            lambda: Agreement.proposals.through.objects.all().delete(),
            lambda: Meeting.objects.first().agreements.set(Agreement.objects.all()),
            lambda: Party.objects.filter(organization=self.club).delete(),
            lambda: Meeting.agreements.through.objects.all().delete(),
            lambda: Meeting.objects.filter(convening_agency=self.ife).delete(),
            lambda: Commitment.states.through.objects.all().delete(),
            lambda: Agreement.objects.first().proposals.set([first]),
            lambda: Commitment.objects.filter(agreement__status="signed").delete(),
            lambda: Proposal.states.through.objects.all().delete(),
        ):
            before = set(RollEntry.objects.values_list())
            change()
            self.assertTrue(before ^ set(RollEntry.objects.values_list()), "nothing has changed")
            self.holds()

    def test_drafts_stand_in_no_roll_and_what_a_rebuild_writes_is_what_is_kept(self):
        drafts = Proposal.objects.filter(status="draft").values("pk")
        self.assertFalse(RollEntry.objects.filter(roll__startswith="p", record__in=drafts).exists())
        kept = set(RollEntry.objects.values_list())
        self.assertEqual({roll for roll, *_rest in kept}, {roll.name for roll in rolls.kept()})
        with mock.patch("core.rolls.CHUNK", 3):
            for write in (rolls.rebuild, rolls.write_all):
                rolls.clear()
                write()
                self.assertTrue(set(RollEntry.objects.values_list()) == kept)
        # What is right is not written again.
        with mock.patch("core.rolls.relist") as relist:
            self.assertEqual(rolls.rebuild(), len(kept))
            relist.assert_not_called()
        RollEntry.objects.filter(roll="pv").update(value="feasible")
        RollEntry.objects.filter(roll="al").delete()
        rolls.rebuild()
        self.assertTrue(set(RollEntry.objects.values_list()) == kept)

    def test_the_check_says_what_has_strayed(self):
        call_command("rebuild_figures", "--check", stdout=io.StringIO())
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM core_rollentry WHERE roll = 'ps' AND value = 'MX-OAX'")
            cursor.execute("UPDATE core_rollentry SET day = '2020-01-01' WHERE roll = 'al' AND value = 'fulfilled'")
        said = io.StringIO()
        with self.assertRaises(CommandError):
            call_command("rebuild_figures", "--check", stdout=said)
        self.assertEqual([line.split(":")[0] for line in said.getvalue().splitlines()], ["roll ps", "roll al"])
        call_command("rebuild_figures", stdout=io.StringIO())
        self.holds()
        self.assertTrue(tally_triggers.is_installed())


class TheSameList(World):
    """Along the rolls a list shows, counts and pages what its conditions alone give, in every order."""

    LISTS = (
        (
            proposals_asked,
            Proposal,
            PROPOSAL_ORDERS,
            {
                "agency": ["IFE", "SRE"],
                "organization": ["CLUB"],
                "state": ["MX-OAX"],
                "verdict": ["feasible", "not_feasible", "conditional"],
                "answer": ["asked", "in_time", "answered_late", "onward", "waiting", "late"],
                "fate": ["left", "agreement", "no_agreement", "fulfilled", "under_way", "late", "no_commitment"],
                "topic": ["salud"],
                "status": ["withdrawn"],
            },
        ),
        (
            agreements_asked,
            Agreement,
            AGREEMENT_ORDERS,
            {
                "light": ["late", "due_soon", "on_time", "no_report", "fulfilled", "cancelled"],
                "agency": ["SRE"],
                "organization": ["CLUB"],
                "state": ["MX-ZAC"],
                "status": ["concluded"],
            },
        ),
        (
            meetings_asked,
            Meeting,
            MEETING_ORDERS,
            {"agency": ["IFE", "SRE"], "organization": ["CLUB", "LEAGUE"], "status": ["scheduled"]},
        ),
    )

    def queries(self, values):
        """Each value alone, and every fourth pair of values of two filters."""
        alone = [{name: value} for name, found in values.items() for value in found]
        pairs = [{**one, **other} for one, other in itertools.combinations(alone, 2) if not set(one) & set(other)]
        return [*alone, *pairs[::4]]

    def read(self, asked, query, limit, far=4000):
        """(folios of all pages, the last of them) of a list, two to a page."""
        folios, after = [], ""
        while True:
            request = RequestFactory().get("/", {**query, "filters": "open", "after": after})
            few = mock.patch("core.walks.MANY", limit), mock.patch("core.paging.MANY", limit), mock.patch("core.walks.FAR", far)
            with few[0], few[1], few[2]:
                listing = Listing(**asked(request, None), size=2)
            folios += [record.folio for record in listing]
            after = listing.page.after
            if not after:
                return folios, listing

    def test_every_value_and_every_pair(self):
        shown = 0
        for asked, model, orders, values in self.LISTS:
            for number, query in enumerate(self.queries(values)):
                order = list(orders)[number % len(orders)]
                with self.subTest(model=model.__name__, order=order, **query):
                    folios, listing = self.read(
                        asked, {**query, "order": order}, 1 + 999 * (number % 2), (4000, 2, 1)[number % 3]
                    )
                    real = list(listing.queryset.order_by(*orders[order][1]).values_list("folio", flat=True))
                    self.assertEqual(folios, real)
                    with mock.patch("core.walks.FAR", 1 + number % 3):
                        rows = list(listing.rows.stream(orders[order][1], 3, 2, lambda rows: rows))
                    self.assertEqual([record.folio for record in rows], real[:3])
                    self.assertEqual(bool(listing.rows.marked), bool(set(query) - {"topic", "status"}))
                    if listing.exact:
                        self.assertEqual(listing.count, len(real) if not listing.page.first else len(listing.page))
                    shown += len(real)
        self.assertGreater(shown, 100)

    def test_choices_count_what_they_show(self):
        for asked, _model, _orders, values in self.LISTS:
            for name, found in values.items():
                with self.subTest(name=name):
                    listing = Listing(**asked(RequestFactory().get("/", {name: found[0]}), None), size=1)
                    counts = {choice.value: choice.count for choice in listing.choices}
                    shown = [
                        Listing(**asked(RequestFactory().get("/", {name: found[0], listing.facet.name: value}), None))
                        for value in counts
                    ]
                    self.assertEqual(list(counts.values()), [each.queryset.count() for each in shown])

    def test_a_count_looks_at_so_many_and_says_that_there_are_more(self):
        request = RequestFactory().get("/", {"agency": "IFE", "state": "MX-ZAC", "filters": "open"})
        real = Listing(**proposals_asked(request, None), size=1)
        with mock.patch("core.walks.LOOK", 3), mock.patch("core.walks.MANY", 4):
            listing = Listing(**proposals_asked(request, None), size=1)
        self.assertGreater(real.count, 3)
        self.assertEqual((real.exact, listing.exact, listing.count), (True, False, 3))
        # Of what was not met so far no number is said.
        patches = mock.patch("core.walks.LOOK", 1), mock.patch("core.walks.MANY", 4)
        with patches[0], patches[1], mock.patch("core.paging.bounded_count.__defaults__", (0,)):
            listing = Listing(**proposals_asked(RequestFactory().get("/", {"agency": "SRE", "filters": "open"}), None), size=1)
        self.assertEqual({(choice.count, choice.exact) for choice in listing.choices}, {(1, False), (None, False)})
        self.assertEqual((said(0, 0), said(0, 0, exact=False), said(2, 3)), (0, None, None))

    def test_a_record_that_stands_on_several_days_is_shown_once(self):
        agreement = Agreement.objects.filter(status="signed").first()
        for number in (1, 2, 3):
            lead = agreement.parties.first()
            make.commitment(agreement, lead, due_on=days(number), reported_status="fulfilled", reported_cut_off=days(0))
        listing = Listing(**agreements_asked(RequestFactory().get("/?light=fulfilled"), None))
        real = listing.queryset.order_by("folio")
        self.assertEqual([record.pk for record in listing], [record.pk for record in real])
        self.assertIn(agreement, real)

    def test_of_many_days_so_many_are_looked_at(self):
        request = RequestFactory().get("/", {"light": "late"})
        real = Listing(**agreements_asked(request, None), size=1)
        with mock.patch("core.walks.DAYS", 1), mock.patch("core.walks.MANY", 1):
            listing = Listing(**agreements_asked(request, None), size=1)
        self.assertGreater(real.count, 2)
        self.assertEqual((real.exact, listing.exact), (True, False))
        self.assertIn(listing.count, (1, 2))

    def test_a_light_that_no_edition_can_give_shows_nothing(self):
        Edition.objects.update(report_cut_off=None)
        listing = Listing(**agreements_asked(RequestFactory().get("/?light=no_report&state=MX-ZAC&filters=open"), None))
        self.assertEqual((len(listing), listing.count, listing.exact), (0, 0, True))

    def test_of_two_values_that_few_have_both_a_page_looks_at_so_many(self):
        """Whatever the table holds: by the queries that are asked, each looks at a part of the list that has a limit."""
        asked = {"agency": "IFE", "organization": "CLUB", "topic": "nada"}
        patches = mock.patch("core.walks.FAR", 2), mock.patch("core.walks.LOOK", 2), mock.patch("core.walks.MANY", 1)
        with patches[0], patches[1], patches[2], mock.patch("core.paging.bounded_count.__defaults__", (-1,)):
            with CaptureQueriesContext(connection) as queries:
                page = self.client.get("/en/proposals/", asked)
            listing = page.context["listing"]
            looks = [each["sql"] for each in queries if "core_rollentry l" in each["sql"] and "ORDER BY" in each["sql"]]
            pages = [listing]
            while pages[-1].page.after:
                pages.append(self.client.get("/en/proposals/", {**asked, "after": pages[-1].page.after}).context["listing"])
        self.assertEqual((len(listing), listing.page.partial, listing.count_words), (0, True, "none so far"))
        self.assertEqual([bool(re.search(r"LIMIT 2\) l WHERE|LIMIT 2 OFFSET 1", sql)) for sql in looks], [True, True])
        self.assertContains(page, "Look further")
        self.assertNotContains(page, "No proposal is like that.")
        self.assertEqual(len(pages), RollEntry.objects.filter(roll="pa", value="IFE").count() // 2)
        self.assertEqual(sum(map(len, pages)), 0)
        self.assertContains(self.client.get("/en/proposals/", asked), "No proposal is like that.")

    def test_the_choices_of_a_long_list_are_counted_at_once(self):
        request = RequestFactory().get("/", {"agency": "IFE", "filters": "open"})
        real = {choice.value: choice.count for choice in Listing(**proposals_asked(request, None), size=1).choices}
        with mock.patch("core.walks.MANY", 1), CaptureQueriesContext(connection) as queries:
            listing = Listing(**proposals_asked(request, None), size=1)
        self.assertEqual({choice.value: choice.count for choice in listing.choices if choice.count}, real)
        self.assertEqual(len([each for each in queries if "core_rollentry" in each["sql"]]), 4)

    def test_somebody_with_an_account_reads_what_they_may_and_not_the_rolls(self):
        user = make.user()
        listing = Listing(**proposals_asked(RequestFactory().get("/?agency=IFE"), user))
        self.assertEqual(listing.rows.marked, ())

    def test_a_mark_that_means_nothing_gives_the_first_page(self):
        for after in ("x", "W10", "W251bGxd", "WyJhIiwiYiJd"):
            request = RequestFactory().get("/", {"agency": "IFE", "after": after})
            listing = Listing(**proposals_asked(request, None), size=2)
            self.assertEqual((len(listing), listing.page.broken, len(listing.ignored)), (2, True, 1), after)
