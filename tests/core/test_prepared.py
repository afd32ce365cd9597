"""Prepared queries give the rows that the queryset gives, and are refused where they could give others."""

import datetime as dt

from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.prepared import attach, prepared, put
from forum.models import Agency, AgencyName, Edition, Organization, WorkingTable
from proposals.models import Proposal
from tests import factories as make


@prepared
def tables(user, edition):
    return WorkingTable.objects.filter(edition=edition).select_related("edition").order_by("number")


@prepared
def named(user, organizations):
    return Organization.objects.filter(pk__in=organizations).order_by("key")


@prepared
def started(user, on, edition):
    return Edition.objects.filter(pk=edition, starts_on__lte=on).values_list("slug", flat=True)


@prepared
def visible(user, edition):
    return Proposal.objects.visible_to(user).filter(edition=edition).order_by("folio").prefetch_related("proponents")


class PreparedTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.one, cls.two = (make.edition(starts_on=day, ends_on=day) for day in (dt.date(2026, 3, 1), dt.date(2026, 6, 1)))
        for edition in (cls.one, cls.two, cls.two):
            make.table(edition)
        cls.bodies = [make.organization() for _number in range(4)]

    def test_each_record_gets_its_own_rows(self):
        for edition in (self.one, self.two, self.one):
            self.assertEqual(tables(None, edition.pk), list(edition.tables.order_by("number")))
        with self.assertNumQueries(1):
            self.assertEqual({table.edition.slug for table in tables(None, self.two.pk)}, {self.two.slug})

    def test_a_key_may_stand_for_an_id(self):
        @prepared
        def by_slug(user, slug):
            return Edition.objects.filter(slug=slug)

        found = [by_slug(None, slug) for slug in (self.one.slug, self.two.slug, "KEY-0", "' OR 1=1 --")]
        self.assertEqual(found, [[self.one], [self.two], [], []])

    def test_new_rows_are_seen(self):
        before = len(tables(None, self.one.pk))
        make.table(self.one)
        self.assertEqual(len(tables(None, self.one.pk)), before + 1)

    def test_lists_of_every_length(self):
        for count in (3, 0, 1, 4, 3):
            keys = [body.pk for body in self.bodies[:count]]
            with self.assertNumQueries(1 if count else 0):
                self.assertEqual([body.pk for body in named.of(None, keys)], keys)

    def test_fixed_values_have_sql_of_their_own(self):
        for day, expected in ((dt.date(2026, 5, 1), []), (dt.date(2026, 7, 1), [self.two.slug]), (dt.date(2026, 5, 1), [])):
            self.assertEqual(started(None, self.two.pk, fixed=(day,)), expected)

    def test_the_sql_is_written_once(self):
        tables(None, self.one.pk)
        written = tables.kept.copy()
        with CaptureQueriesContext(
            connection,
        ) as first:
            tables(None, self.one.pk)
        with CaptureQueriesContext(connection) as second:
            tables(None, self.two.pk)
        self.assertEqual(tables.kept, written)
        self.assertEqual(first[0]["sql"].replace(str(self.one.pk), "?"), second[0]["sql"].replace(str(self.two.pk), "?"))

    def test_somebody_signed_in_is_asked_for_as_ever_and_changes_nothing_for_the_others(self):
        draft = make.proposal(self.one)
        public = make.proposal(self.one, status="submitted", proponents=self.bodies[:2])
        self.assertEqual(visible(None, self.one.pk), [public])
        self.assertEqual(set(visible(make.user(organizer=self.one), self.one.pk)), {draft, public})
        with self.assertNumQueries(2):
            (found,) = visible(None, self.one.pk)
            self.assertEqual(set(found.proponents.all()), set(self.bodies[:2]))

    def test_a_function_that_looks_at_an_id_is_refused(self):
        @prepared
        def next_one(user, edition):
            return Edition.objects.filter(pk=edition + 1)

        with self.assertRaisesMessage(ValueError, "next_one does not pass on every id"):
            next_one(None, self.one.pk)

    def test_a_function_that_asks_the_clock_is_refused(self):
        for now in (timezone.now, timezone.localdate):

            @prepared
            def coming(user, edition, now=now):
                return Edition.objects.filter(pk=edition, starts_on__gte=now())

            with self.assertRaisesMessage(ValueError, "coming asks the clock"):
                coming(None, self.one.pk)

    def test_a_question_that_no_row_can_answer(self):
        @prepared
        def nothing(user, edition):
            return Edition.objects.filter(pk=edition, slug__in=[])

        self.assertEqual([nothing(None, self.one.pk), nothing(None, self.one.pk)], [[], []])


class AttachTests(TestCase):
    def test_rows_are_at_hand_as_if_prefetched(self):
        agencies = [make.agency(), make.agency()]
        AgencyName.objects.create(agency=agencies[0], name_es="Antes", valid_until=dt.date(2014, 4, 3))
        names = list(AgencyName.objects.all())
        attach(agencies, "names", names, "agency_id")
        with self.assertNumQueries(0):
            self.assertEqual([list(agency.names.all()) for agency in agencies], [names, []])
        self.assertEqual([agency.names.count() for agency in agencies], [1, 0])
        again = Agency.objects.get(pk=agencies[0].pk)
        with self.assertNumQueries(1):
            self.assertEqual(list(again.names.all()), names)

    def test_rows_of_a_table_between_two_models(self):
        body = make.organization()
        proposal = make.proposal(make.edition(), proponents=[body])
        rows = Proposal.proponents.through.objects.select_related("organization")
        attach([proposal], "proponents", rows, "proposal_id", pick="organization")
        with self.assertNumQueries(0):
            self.assertEqual(list(proposal.proponents.all()), [body])

    def test_put_is_for_one_record(self):
        edition = make.edition()
        put(edition, "tables", [])
        with self.assertNumQueries(0):
            self.assertEqual(list(edition.tables.all()), [])
