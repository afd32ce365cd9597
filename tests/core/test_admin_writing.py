"""What the admin writes goes through the doors; a refusal keeps what was typed."""

import pytest
from django.test import TestCase

from core.events import events_of
from core.models import Event
from forum import models as forum
from proposals import models as asked
from proposals import workflow
from tests import factories as make
from tests.core.admin_world import AdminWorld, address

pytestmark = pytest.mark.once


class WritingTests(AdminWorld, TestCase):
    def setUp(self):
        self.client = self.sign_in("organizer")

    def form_of(self, record, **changes):
        """What a browser would send back from the page of a record."""
        page = self.client.get(address(record, "change", record.pk))
        form = page.context["adminform"].form
        data = {name: form[name].value() for name in form.fields}
        for inline in page.context["inline_admin_formsets"]:
            for field in inline.formset.management_form:
                data[field.html_name] = field.value()
        data |= changes
        return {name: value for name, value in data.items() if value is not None}

    def post(self, record, **changes):
        return self.client.post(address(record, "change", record.pk), self.form_of(record, **changes))

    def test_an_edit_goes_through_the_door(self):
        organization = make.organization(name="Antes")
        self.assertEqual(self.post(organization, name="Después").status_code, 302)
        event = events_of(organization).get()
        self.assertEqual(
            (event.action, event.origin, event.actor, event.changes),
            ("edit", "admin", self.user("organizer"), {"name": ["Antes", "Después"]}),
        )
        organization.refresh_from_db()
        self.assertEqual((organization.revision, organization.folded.split()[-1]), (2, "despues"))

    def test_a_record_is_made_through_the_door(self):
        page = address(asked.Proposal, "add")
        form = self.client.get(page).context["adminform"].form
        data = {name: form[name].value() or "" for name in form.fields if form[name].value() is not None}
        for prefix in ("versions", "links"):
            data |= {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}
        data |= {
            "edition": self.edition.pk,
            "title_es": "Módulos",
            "petition_es": "Que se instalen.",
            "proponents": [self.organization.pk],
        }
        answer = self.client.post(page, data)
        self.assertEqual(answer.status_code, 302, answer.content[:0])
        proposal = asked.Proposal.objects.get()
        self.assertEqual((proposal.folio, proposal.status, proposal.created_by), ("FP1-01", "draft", self.user("organizer")))
        event = events_of(proposal).get()
        self.assertEqual((event.action, event.origin, event.changes["proponents"]), ("create", "admin", [[], ["ORG-01"]]))

    def test_a_refusal_keeps_what_was_typed(self):
        organization = make.organization(name="Antes")
        answer = self.post(organization, name="Después", state_of_origin=make.area("US").pk)
        self.assertEqual(answer.status_code, 200)
        self.assertContains(answer, "Después")
        self.assertContains(answer, "errornote")
        self.assertEqual((forum.Organization.objects.get(pk=organization.pk).name, Event.objects.count()), ("Antes", 0))

    def test_a_stale_form_shows_both_texts(self):
        organization = make.organization(name="Antes")
        mine = self.form_of(organization, name="Lo mío")
        self.post(organization, name="Lo otro")
        answer = self.client.post(address(organization, "change", organization.pk), mine)
        self.assertContains(answer, "Lo mío")
        self.assertContains(answer, "Lo otro")
        again = answer.context["adminform"].form
        self.assertEqual(again["opened"].value(), "2")
        self.client.post(address(organization, "change", organization.pk), {**mine, "opened": "2"})
        self.assertEqual(forum.Organization.objects.get(pk=organization.pk).name, "Lo mío")

    def test_a_status_cannot_be_posted(self):
        cases = [
            (self.proposal("submitted"), {"status": "agreed", "reading": "feasible", "title_es": "Otro"}),
            (self.edition, {"stage": "closed"}),
            (make.agreement(self.edition), {"status": "signed"}),
            (make.minutes(make.meeting(self.edition, status="held"), status="draft"), {"status": "approved"}),
        ]
        for record, values in cases:
            before = {name: getattr(record, name) for name in values}
            with self.subTest(record._meta.label):
                self.assertEqual(self.post(record, **values).status_code, 302)
                stored = type(record).objects.get(pk=record.pk)
                self.assertEqual({name: getattr(stored, name) for name in values}, before)
        for record in (self.referral(), make.opinion(self.referral()), make.meeting(self.edition)):
            with self.subTest(record._meta.label):
                answer = self.client.post(address(record, "change", record.pk), {"status": "recalled"})
                self.assertEqual(answer.status_code, 403)

    def test_inlines_go_through_doors(self):
        organization = make.organization()
        row = {"names-0-name": "Nombre viejo", "names-0-date_precision": "day", "names-TOTAL_FORMS": "1"}
        self.assertEqual(self.post(organization, **row).status_code, 302)
        name = organization.names.get()
        self.assertEqual([event.action for event in events_of(organization)][-1:], ["add_name"])
        gone = {"names-0-id": name.pk, "names-0-organization": organization.pk, "names-0-DELETE": "on"}
        self.assertEqual(self.post(organization, **gone).status_code, 302)
        self.assertEqual(organization.names.count(), 0)

    def test_parties_of_a_draft(self):
        agreement = make.agreement(self.edition)
        row = {"parties-0-organization": self.organization.pk, "parties-0-role": "signatory", "parties-TOTAL_FORMS": "1"}
        self.assertEqual(self.post(agreement, **row).status_code, 302)
        self.assertEqual(str(agreement.parties.get()), "Federación propia")
        self.assertEqual(events_of(agreement).get().action, "edit")

    def test_accounts(self):
        self.client = self.sign_in("administrator")
        user = make.user(name="Antes")
        row = {
            "role_rows-0-kind": "official",
            "role_rows-0-agency": self.agency.pk,
            "role_rows-0-post": "Dirección",
            "role_rows-TOTAL_FORMS": "1",
        }
        self.assertEqual(self.post(user, name="Después", **row).status_code, 302)
        self.assertEqual(forum.User.objects.get(pk=user.pk).roles.agencies, {self.agency.pk})
        changes = events_of(user).filter(action="edit").get().changes
        self.assertEqual(changes, {"name": ["•", "•"]})
        administrator = self.user("administrator")
        answer = self.client.post(
            address(administrator, "change", administrator.pk), self.form_of(administrator) | {"is_active": ""}
        )
        self.assertContains(answer, "errornote")
        self.assertTrue(self.user("administrator").is_active)


class StepTests(AdminWorld, TestCase):
    def steps(self, name, record):
        page = self.sign_in(name).get(address(record, "change", record.pk))
        return [button.action for button in page.context["steps"]]

    def test_buttons_are_those_of_the_table(self):
        proposal = self.proposal("submitted")
        self.assertEqual(self.steps("organizer", proposal), ["return", "refer", "withdraw", "merge", "link"])
        self.assertEqual(self.steps("administrator", self.proposal("draft")), ["submit", "withdraw", "merge", "link"])
        self.assertEqual(self.steps("organizer", self.referral()), ["extend", "set_liaisons"])
        self.assertEqual(
            set(self.steps("organizer", self.edition)),
            {"to_agreements", "to_follow_up", "to_closed", "back_to_preparation", "back_to_intake"},
        )

    def test_a_step_goes_through_the_door(self):
        proposal = self.proposal("submitted")
        client = self.sign_in("organizer")
        step = address(proposal, "step", proposal.pk, "refer")
        self.assertRedirects(client.get(step), address(proposal, "change", proposal.pk))
        self.assertEqual(asked.Referral.objects.count(), 0)
        answer = client.post(step, {"agencies": [self.agency.pk], "term_days": "7"})
        self.assertRedirects(answer, address(proposal, "change", proposal.pk))
        self.assertEqual(asked.Referral.objects.get().term_days, 7)
        event = events_of(proposal).filter(action="refer").get()
        self.assertEqual((event.origin, event.actor), ("admin", self.user("organizer")))

    def test_a_refusal_is_a_sentence_and_keeps_the_text(self):
        proposal = make.proposal(self.edition)
        client = self.sign_in("organizer")
        answer = client.post(address(proposal, "step", proposal.pk, "submit"))
        self.assertEqual(answer.status_code, 422)
        referral = self.referral()
        answer = client.post(
            address(referral, "step", referral.pk, "extend"), {"to_on": referral.due_on.isoformat(), "reason": "Por complejo"}
        )
        self.assertContains(answer, "Por complejo", status_code=422)
        self.assertContains(answer, "errorlist", status_code=422)
        answer = client.post(address(referral, "step", referral.pk, "extend"), {"to_on": "mañana"})
        self.assertEqual((answer.status_code, set(answer.context["form"].errors)), (422, {"to_on", "reason"}))
        self.assertEqual(Event.objects.count(), 0)

    def test_steps_that_are_not_taken_here(self):
        proposal, client = self.proposal("submitted"), self.sign_in("organizer")
        for action in ("agree", "split", "nonsense"):
            with self.subTest(action):
                self.assertEqual(client.post(address(proposal, "step", proposal.pk, action)).status_code, 404)

    def test_an_illegal_step_is_refused(self):
        proposal = self.proposal("agreed")
        answer = self.sign_in("organizer").post(address(proposal, "step", proposal.pk, "withdraw"), {"reason": "Sí"})
        self.assertEqual(answer.status_code, 422)
        self.assertEqual(asked.Proposal.objects.get(pk=proposal.pk).status, "agreed")

    def test_consent(self):
        participation = make.participation(self.edition, person=make.person(name="Ana"))
        client = self.sign_in("organizer")
        client.post(address(participation, "step", participation.pk, "consent"), {"how": "De palabra"})
        participation.refresh_from_db()
        self.assertEqual((participation.shown_name, participation.consents.get().how), ("Ana", "De palabra"))

    def test_stage(self):
        client = self.sign_in("organizer")
        client.post(address(self.edition, "step", self.edition.pk, "to_agreements"))
        answer = client.post(address(self.edition, "step", self.edition.pk, "back_to_intake"), {"reason": ""})
        self.assertEqual(answer.status_code, 422)
        self.assertEqual(forum.Edition.objects.get(pk=self.edition.pk).stage, "agreements")

    def test_the_history_tells_the_steps(self):
        proposal, _referrals = self.referred()
        workflow.withdraw(proposal=proposal, actor=self.user("organizer"), reason="Se retira de común acuerdo")
        page = self.sign_in("organizer").get(address(proposal, "history", proposal.pk))
        self.assertContains(page, "Se retira de común acuerdo")
