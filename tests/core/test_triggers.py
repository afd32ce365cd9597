"""The revision moves with every way of writing to every table, in the transaction of the writing, and with nothing else."""

import datetime as dt

import pytest
from django.db import connection, transaction
from django.test import TestCase
from django.urls import reverse

from core import search, tally, triggers
from core.events import record_read
from core.models import Event, FolioCounter, Revision, SearchEntry, revision
from forum.models import AgencyName, Organization
from tests import factories as make
from tests.personas import PersonaWorld


class EveryTableTests(TestCase):
    def test_every_table_has_its_triggers_and_no_others(self):
        self.assertEqual(triggers.present(), set(triggers.definitions(connection.vendor)))

    def test_every_table_of_ours_is_watched_or_named_as_unseen(self):
        """From the database itself: a table that no model names is seen too."""
        ours = {name for name in connection.introspection.table_names() if name.split("_")[0] in triggers.OURS}
        index = {name for name in ours if name.startswith("core_search_fts")}  # of FTS5, which has no triggers
        self.assertEqual(set(triggers.tables()) | triggers.UNSEEN, ours - index)

    def test_lost_triggers_come_back_with_the_next_migrate_and_the_revision_moves(self):
        before = revision.current()
        with connection.cursor() as cursor:
            for table, name in sorted(triggers.present())[:3]:
                cursor.execute(triggers.dropping(connection.vendor, table, name))
        self.assertNotEqual(triggers.present(), set(triggers.definitions(connection.vendor)))
        triggers.install()
        self.assertEqual(triggers.present(), set(triggers.definitions(connection.vendor)))
        self.assertNotEqual(revision.current(), before)

    def test_a_trigger_that_did_something_else_is_replaced(self):
        (table, name), sql = next(iter(triggers.definitions(connection.vendor).items()))
        with connection.cursor() as cursor:
            cursor.execute(triggers.dropping(connection.vendor, table, name))
            cursor.execute(sql.replace(name, f"{triggers.NAME}_of_before"))
        triggers.install()
        self.assertEqual(triggers.present(), set(triggers.definitions(connection.vendor)))


@pytest.mark.once
class UnseenTests(PersonaWorld, TestCase):
    def test_who_reads_or_guesses_has_no_page_rendered_anew(self):
        before, reader = revision.current(), self.accounts["organizer"]
        record_read(self.edition, "see_participants", reader)
        self.client.post(reverse("account_login"), {"login": "delegate@example.org", "password": "wrong"})
        self.sign_in("organizer").get(reverse("workspace:participants"))
        self.assertEqual(set(Event.objects.values_list("action", flat=True)) >= {"sign_in_failed", "see_participants"}, True)
        self.assertEqual(revision.current(), before)


class WritingTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.edition = make.edition()
        cls.organization = make.organization()
        cls.proposal = make.proposal(cls.edition)
        cls.user = make.user()

    def assert_moves(self, change, moves=True):
        before = revision.current()
        change()
        self.assertEqual(revision.current() != before, moves)

    def test_every_way_of_writing_moves_it(self):
        agency = make.agency()
        name = AgencyName(agency=agency, name_es="Antes", valid_until=dt.date(2014, 4, 3))
        table = AgencyName._meta.db_table

        def by_hand(sql):
            with connection.cursor() as cursor:
                cursor.execute(sql)

        for change in (
            lambda: self.organization.save(),
            lambda: Organization.objects.update(city="Puebla"),
            lambda: Organization.objects.bulk_update([self.organization], ["city"]),
            lambda: AgencyName.objects.bulk_create([name]),
            lambda: by_hand(f"UPDATE {table} SET acronym = 'A'"),
            lambda: self.proposal.proponents.set([self.organization]),
            lambda: self.proposal.proponents.through.objects.all().delete(),
            lambda: by_hand(f"DELETE FROM {table}"),
        ):
            self.assert_moves(change)

    def test_reading_and_what_no_page_shows_leave_it(self):
        for change in (
            lambda: list(Organization.objects.all()),
            lambda: type(self.user).objects.filter(pk=self.user.pk).update(last_login=make.now()),
            lambda: FolioCounter.objects.create(scope="X", last=1),
            lambda: self.client.force_login(self.user),
        ):
            self.assert_moves(change, moves=False)
        self.assert_moves(lambda: type(self.user).objects.filter(pk=self.user.pk).update(name="Otra"))

    def test_figures_and_words_written_anew_move_it(self):
        """Their tables are watched by no trigger: nothing but these commands and the triggers of other tables writes them."""
        self.assert_moves(tally.rebuild)
        SearchEntry.objects.all().delete()
        self.assert_moves(lambda: search.rebuild([]))

    def test_what_is_rolled_back_never_happened_and_what_comes_instead_is_something_else(self):
        before, seen = revision.current(), set()
        for _attempt in range(5):
            try:
                with transaction.atomic():
                    Organization.objects.update(city="Puebla")
                    seen.add(revision.current())
                    raise ZeroDivisionError
            except ZeroDivisionError:
                self.assertEqual(revision.current(), before)
        self.assertEqual((len(seen), before in seen), (5, False))

    def test_rows_stay_few_and_the_sum_only_grows(self):
        found = [revision.current()]
        for _change in range(420):
            Organization.objects.filter(pk=self.organization.pk).update(city="Puebla")
            found.append(revision.current())
        self.assertEqual(found, sorted(set(found)))
        self.assertLessEqual(Revision.objects.count(), 201)
