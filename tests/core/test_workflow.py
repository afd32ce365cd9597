"""Steps as data, and what every door can rely on: lock, refusal, event, nothing half done."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.test import TestCase, TransactionTestCase

from core.events import MASK, SYSTEM, acting_from, events_of, record_event
from core.models import Event, SearchEntry
from core.models.event import AppendOnly
from core.workflow import (
    StaleRecord,
    StepRefused,
    Transition,
    Workflow,
    changing,
    create,
    register,
    registered,
    sentence_of,
    step,
)
from forum.models import Organization
from proposals.workflow import PROPOSAL
from tests import factories as make


def table(**values):
    """A table with one step from *a* to *b*."""
    values = {"sources": ("a",), "target": "b", "who": ("anybody",), **values}
    return Workflow(
        name="test",
        label="Test",
        statuses=[("a", "A"), ("b", "B")],
        predicates={"anybody": (lambda record, user: True, "anybody")},
        transitions=(Transition("go", "Go", **values),),
    )


class TableTests(TestCase):
    def test_a_table_is_consistent_or_is_none(self):
        go = Transition("go", "Go", ("a",), "b", ("anybody",))
        for transitions in ((go, go), (Transition("go", "Go", ("a",), "b", ("nobody",)),)):
            with self.assertRaises(ValueError):
                Workflow("x", "X", [("a", "A")], transitions, {"anybody": (lambda record, user: True, "anybody")})

    def test_registered_once_each(self):
        names = [workflow.name for workflow in registered()]
        self.assertEqual(len(names), len(set(names)))
        register(PROPOSAL)
        self.assertEqual([workflow.name for workflow in registered()], names)
        with self.assertRaises(ValueError):
            register(Workflow("proposal", "X", [], (), {}))

    def test_who_is_nobody(self):
        """Closed and anonymous accounts take no step, whatever the predicate says."""
        go = table()
        closed = make.user(is_active=False)
        for actor, may in ((make.user(), True), (closed, False), (None, False), (SYSTEM, True)):
            with self.subTest(actor=actor):
                self.assertEqual(go.may(go.by_action["go"], None, actor), may)

    def test_a_reason_is_for_people(self):
        go = table(needs_reason=True)
        record = type("R", (), {"status": "a"})()
        user = make.user()
        self.assertIsNone(go.refusal(record, "go", user))
        self.assertEqual(go.refusal(record, "go", user, " ").code, "reason")
        self.assertIsNone(go.refusal(record, "go", SYSTEM, ""))
        self.assertEqual(go.refusal(record, "fly", user).code, "unknown")


class ChangeTests(TestCase):
    def setUp(self):
        self.organization = make.organization(name="Antes")
        self.user = make.user()

    def test_only_what_changed_is_saved_and_told(self):
        other = Organization.objects.get(pk=self.organization.pk)
        with acting_from("page"), changing(self.organization, actor=self.user) as change:
            change.record.name = "Después"
        with changing(other, actor=self.user) as change:
            change.record.city = "Chicago"
        stored = Organization.objects.get(pk=self.organization.pk)
        self.assertEqual((stored.name, stored.city, stored.revision), ("Después", "Chicago", 3))
        self.assertIn("despues", stored.folded)
        first, second = reversed(events_of(self.organization))
        self.assertEqual((first.changes, first.origin), ({"name": ["Antes", "Después"]}, "page"))
        self.assertEqual((second.changes, second.origin), ({"city": ["", "Chicago"]}, "command"))
        self.assertEqual(SearchEntry.objects.get(record_key=stored.key).title_es, "Después")

    def test_nothing_half_done(self):
        with self.assertRaises(ValidationError), changing(self.organization, actor=self.user) as change:
            change.record.city = "Chicago"
            change.record.name = "x" * 301
        with self.assertRaises(RuntimeError), changing(self.organization, actor=self.user) as change:
            change.record.city = "Chicago"
            change.save()
            raise RuntimeError
        stored = Organization.objects.get(pk=self.organization.pk)
        self.assertEqual((stored.city, self.organization.city, Event.objects.count()), ("", "", 0))

    def test_stale_and_gone(self):
        with self.assertRaises(StaleRecord) as caught, changing(self.organization, actor=self.user, revision=7):
            pass
        self.assertEqual(caught.exception.current, self.organization)
        Organization.objects.filter(pk=self.organization.pk).delete()
        with self.assertRaises(StepRefused) as caught, changing(self.organization, actor=self.user):
            pass
        self.assertEqual(caught.exception.code, "gone")

    def test_masked(self):
        with changing(self.organization, actor=self.user) as change:
            change.masked = True
            change.record.name = "Secreto"
            change.note("rows", [], ["secreto"])
        self.assertEqual(events_of(self.organization).get().changes, {"name": [MASK, MASK], "rows": ["", MASK]})

    def test_private_columns_are_masked(self):
        person = make.person(email="a@example.org")
        with changing(person, actor=self.user) as change:
            change.record.email = "b@example.org"
        self.assertEqual(events_of(person).get().changes, {"email": [MASK, MASK]})

    def test_create_tells_what_it_holds(self):
        made = create(Organization(key="ORG-X", name="Una", kind="network"), actor=SYSTEM, reason="Alta")
        event = events_of(made).get()
        self.assertEqual((event.action, event.actor, event.actor_label, event.reason), ("create", None, "system", "Alta"))
        self.assertEqual(event.changes["key"], [None, "ORG-X"])
        self.assertNotIn("city", event.changes)

    def test_a_step_of_a_record_that_moved(self):
        """The status that counts is that of the row, not of the instance at hand."""
        edition = make.edition()
        organizer = make.user(organizer=edition)
        proposal = make.proposal(edition, status="submitted")
        type(proposal).objects.filter(pk=proposal.pk).update(status="withdrawn")
        with self.assertRaises(StepRefused) as caught, step(PROPOSAL, proposal, "return", actor=organizer, reason="No"):
            pass
        self.assertEqual((caught.exception.code, proposal.status), ("wrong_status", "submitted"))
        self.assertIn(proposal.folio, sentence_of(caught.exception))


class EventTests(TestCase):
    def test_events_stay(self):
        organization = make.organization()
        with transaction.atomic():
            event = record_event(organization, "edit", actor=SYSTEM)
        for change in (event.save, event.delete, Event.objects.all().delete, lambda: Event.objects.update(action="x")):
            with self.assertRaises(AppendOnly):
                change()

    def test_an_event_outlives_its_account(self):
        agency = make.agency(key="IFE")
        user = make.user(official=agency)
        with transaction.atomic():
            record_event(agency, "edit", actor=user)
        user.delete()
        event = events_of(agency).get()
        self.assertEqual((event.actor, event.actor_label), (None, "official: IFE"))


class OutsideTests(TransactionTestCase):
    def test_an_event_is_written_in_the_transaction_of_its_change(self):
        with self.assertRaises(RuntimeError):
            record_event(make.organization(), "edit", actor=SYSTEM)
        self.assertEqual(Event.objects.count(), 0)
