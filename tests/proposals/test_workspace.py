"""The proposals' desk of organizers and delegates: writing, steps, referrals; nothing typed is lost."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase

from proposals import workflow
from proposals.models import Proposal, Referral
from tests import factories as make
from tests.desk import DeskMixin, at, fields_of
from tests.proposals.world import ProposalWorld

pytestmark = pytest.mark.once


class DeskTests(DeskMixin, ProposalWorld, TestCase):
    def post(self, name: str, url: str, data: dict[str, Any], **more: Any) -> Any:
        return self.sign_in(name).post(url, data, **more)


class WritingTests(DeskTests):
    def test_a_delegate_writes_for_the_own_organization(self) -> None:
        client = self.sign_in("delegate")
        page = client.get(at("proposal_new", edition="propia"))
        filled = fields_of(page)
        self.assertEqual(filled["proponents"], [self.organization.key])
        response = client.post(
            at("proposal_new", edition="propia"),
            {**filled, "title_es": "Voto", "petition_es": "Que se pueda.", "addressees": [self.agency.key]},
        )
        made = Proposal.objects.get(title_es="Voto")
        self.assertRedirects(response, at("proposal", made.folio))
        self.assertEqual((made.status, made.created_by), ("draft", self.accounts["delegate"]))
        self.assertEqual((list(made.proponents.all()), list(made.addressees.all())), ([self.organization], [self.agency]))

    def test_a_delegate_cannot_write_for_others_alone(self) -> None:
        response = self.post(
            "delegate",
            at("proposal_new", edition="propia"),
            {"title_es": "Voto", "petition_es": "Que sí.", "proponents": [self.other_organization.key]},
        )
        self.assertContains(response, "written by a delegate of one of its proponents", status_code=422)
        self.assertFalse(Proposal.objects.exists())

    def test_errors_lead_to_their_fields_and_keep_what_was_typed(self) -> None:
        response = self.post("organizer", at("proposal_new"), {"title_es": "", "petition_es": "Lo tecleado", "topic": "x" * 200})
        self.assertContains(response, '<a href="#id_title_es">', status_code=422)
        self.assertContains(response, '<a href="#id_topic">', status_code=422)
        self.assertContains(response, "Lo tecleado", status_code=422)
        self.assertContains(response, "<title>Error: ", status_code=422)

    def test_a_stale_edit_shows_both_texts_and_can_be_saved_then(self) -> None:
        proposal = self.proposal(petition_es="Primera.")
        url = at("proposal_edit", proposal.folio)
        mine, theirs = self.sign_in("delegate"), self.sign_in("organizer")
        opened = fields_of(mine.get(url))
        theirs.post(url, {**fields_of(theirs.get(url)), "petition_es": "La del organizador."})
        response = mine.post(url, {**opened, "petition_es": "La de la delegada."})
        self.assertEqual(response.status_code, 422)
        rows = [(row.label, row.yours, row.now) for row in response.context["form"].stale_rows]
        self.assertEqual(rows, [("Petition in Spanish", "La de la delegada.", "La del organizador.")])
        proposal.refresh_from_db()
        self.assertEqual(proposal.petition_es, "La del organizador.")
        self.assertRedirects(mine.post(url, fields_of(response)), at("proposal", proposal.folio))
        proposal.refresh_from_db()
        self.assertEqual(proposal.petition_es, "La de la delegada.")

    def test_links_are_compared_too(self) -> None:
        proposal = self.proposal()
        url = at("proposal_edit", proposal.folio)
        client = self.sign_in("organizer")
        opened = fields_of(client.get(url))
        workflow.edit_proposal(proposal=proposal, actor=self.user("organizer"), values={}, links={"addressees": [self.agency]})
        response = client.post(url, {**opened, "topic": "otro"})
        rows = {row.label: (row.yours, row.now) for row in response.context["form"].stale_rows}
        self.assertEqual(rows, {"Addressees": ("(empty)", "IFE: Instituto propio"), "Topic": ("otro", "(empty)")})

    def test_a_submitted_text_is_not_edited_but_its_table_is(self) -> None:
        proposal = self.proposal("submitted", petition_es="Tal cual.")
        table = make.table(self.edition)
        client = self.sign_in("organizer")
        url = at("proposal_edit", proposal.folio)
        filled = fields_of(client.get(url))
        self.assertEqual(set(filled), {"revision"})
        client.post(url, {**filled, "table": table.pk, "petition_es": "Otra cosa."})
        proposal.refresh_from_db()
        self.assertEqual((proposal.table, proposal.petition_es), (table, "Tal cual."))

    def test_names_of_people_are_for_organizers(self) -> None:
        person = make.person(name="Nombre Reservado")
        make.participation(self.edition, person=person, organization=self.organization)
        self.assertContains(self.sign_in("organizer").get(at("proposal_new")), "Nombre Reservado")
        self.assertNotContains(self.sign_in("delegate").get(at("proposal_new", edition="propia")), "Nombre Reservado")


class StepTests(DeskTests):
    def step(self, name: str, proposal: Proposal, action: str, **data: Any) -> Any:
        return self.post(name, at("proposal_step", proposal.folio, action), {f"step-{action}-{k}": v for k, v in data.items()})

    def test_buttons_are_those_of_the_table(self) -> None:
        proposal = self.proposal("submitted")
        for name in ("organizer", "delegate"):
            with self.subTest(name):
                page = self.sign_in(name).get(at("proposal", proposal.folio))
                shown = [step.action for step in page.context["steps"]]
                self.assertEqual(shown, [t.action for t in workflow.PROPOSAL.available(proposal, self.user(name))])

    def test_submit_return_withdraw(self) -> None:
        proposal = self.proposal()
        self.step("delegate", proposal, "submit", revision=proposal.revision)
        proposal.refresh_from_db()
        self.assertEqual(proposal.status, "submitted")
        self.step("organizer", proposal, "return", revision=proposal.revision, reason="Falta el problema.")
        proposal.refresh_from_db()
        self.assertEqual(proposal.status, "returned")
        self.step("delegate", proposal, "withdraw", revision=proposal.revision, reason="Ya no.")
        proposal.refresh_from_db()
        self.assertEqual(proposal.status, "withdrawn")
        page = self.sign_in("delegate").get(at("proposal", proposal.folio))
        self.assertEqual(
            [(e.action, e.reason) for e in page.context["timeline"]],
            [("withdraw", "Ya no."), ("return", "Falta el problema."), ("submit", "")],
        )

    def test_a_reason_is_asked_for_and_the_page_stays(self) -> None:
        proposal = self.proposal("submitted")
        response = self.step("organizer", proposal, "return", revision=proposal.revision, reason="   ")
        self.assertContains(response, '<a href="#id_step-return-reason">', status_code=422)
        self.assertContains(response, "<details open>", status_code=422)
        proposal.refresh_from_db()
        self.assertEqual(proposal.status, "submitted")

    def test_a_step_that_came_too_late_says_why(self) -> None:
        proposal = self.proposal("submitted")
        workflow.withdraw(proposal=proposal, actor=self.user("delegate"), reason="Antes.")
        response = self.step("organizer", proposal, "return", revision=1, reason="Lo que escribí.")
        self.assertEqual(response.status_code, 422)
        self.assertContains(response, "is not possible", status_code=422)
        self.assertContains(response, "Lo que escribí.", status_code=422)

    def test_revise(self) -> None:
        proposal, _referrals = self.referred()
        client = self.sign_in("delegate")
        url = at("proposal_revise", proposal.folio)
        filled = fields_of(client.get(url))
        response = client.post(url, {**filled, "petition_es": "Nueva.", "cause": "Se precisó."})
        self.assertRedirects(response, at("proposal", proposal.folio))
        proposal.refresh_from_db()
        self.assertEqual((proposal.version_number, proposal.petition_es), (2, "Nueva."))
        stale = client.post(url, {**filled, "petition_es": "Otra.", "cause": "Tarde."})
        self.assertEqual(stale.status_code, 422)
        self.assertIn(("Petition in Spanish", "Otra.", "Nueva."), rows_of(stale))

    def test_merge_split_link_present_again(self) -> None:
        proposal, other = self.proposal("submitted"), self.proposal("submitted")
        self.post("organizer", at("proposal_link", proposal.folio), {"other": other.folio.lower(), "kind": "similar_to"})
        self.assertEqual(proposal.links.get().other, other)
        part = {"title_es": "Parte", "petition_es": "Que sí."}
        parts = {f"part-{n}-{name}": value for n in (1, 2) for name, value in part.items()}
        response = self.post("delegate", at("proposal_split", proposal.folio), {**parts, "reason": "Son dos."})
        self.assertRedirects(response, at("proposal", proposal.folio))
        self.assertEqual(Proposal.objects.filter(title_es="Parte", status="submitted").count(), 2)
        first = Proposal.objects.filter(title_es="Parte").first()
        response = self.post("organizer", at("proposal_merge", first.folio), {"into": other.folio, "reason": "Iguales."})
        self.assertRedirects(response, at("proposal", other.folio))
        ended = self.proposal("reviewed")
        response = self.post("delegate", at("proposal_present_again", ended.folio), {"edition": "ajena"})
        again = Proposal.objects.get(edition=self.other_edition)
        self.assertRedirects(response, at("proposal", again.folio))

    def test_one_part_alone_is_no_split(self) -> None:
        proposal = self.proposal("submitted")
        data = {"part-1-title_es": "Única", "part-1-petition_es": "Sí.", "reason": "x"}
        response = self.post("delegate", at("proposal_split", proposal.folio), data)
        self.assertContains(response, '<a href="#id_part-2-title_es">', status_code=422)
        self.assertContains(response, "Única", status_code=422)


def rows_of(response: Any) -> list[tuple[str, str, str]]:
    return [(row.label, row.yours, row.now) for row in response.context["form"].stale_rows]


class ReferringTests(DeskTests):
    def test_several_proposals_to_several_bodies(self) -> None:
        proposals = [self.proposal("submitted") for _n in range(2)]
        data = {
            "proposals": [proposal.folio for proposal in proposals],
            "whom": "chosen",
            "agencies": ["IFE", "SRE"],
            "term_days": 7,
            "sent_on": "2026-03-02",
        }
        response = self.post("organizer", at("refer", edition="propia"), data)
        self.assertEqual(response.status_code, 302)
        found = Referral.objects.values_list("version__proposal__folio", "agency__key", "term_days", "sent_on")
        expected = {(p.folio, key, 7, dt.date(2026, 3, 2)) for p in proposals for key in ("IFE", "SRE")}
        self.assertEqual(set(found), expected)

    def test_each_to_its_own_addressees(self) -> None:
        first = self.proposal("submitted", addressees=[self.agency])
        second = self.proposal("submitted", addressees=[self.other_agency])
        nobody = self.proposal("submitted")
        data = {"proposals": [first.folio, second.folio, nobody.folio], "whom": "addressees"}
        response = self.post("organizer", at("refer", edition="propia"), data)
        self.assertContains(response, f"{nobody.folio} names no addressee", status_code=422)
        self.assertFalse(Referral.objects.exists())
        data["proposals"].pop()
        self.post("organizer", at("refer", edition="propia"), data)
        self.assertEqual(
            set(Referral.objects.values_list("version__proposal__folio", "agency__key")),
            {(first.folio, "IFE"), (second.folio, "SRE")},
        )

    def test_all_or_none(self) -> None:
        asked, _referrals = self.referred(self.agency)
        fresh = self.proposal("submitted")
        data = {"proposals": [fresh.folio, asked.folio], "whom": "chosen", "agencies": ["IFE"]}
        response = self.post("organizer", at("refer", edition="propia", proposal=asked.folio), data)
        self.assertContains(response, f"{asked.folio} was referred to all of these bodies already", status_code=422)
        self.assertFalse(Referral.objects.filter(version__proposal=fresh).exists())

    def test_a_proposal_of_another_edition_cannot_be_chosen(self) -> None:
        foreign = make.proposal(self.other_edition, status="submitted", proponents=[self.organization])
        draft = self.proposal("draft")
        for folio in (foreign.folio, draft.folio, "x" * 500, ""):
            with self.subTest(folio[:10]):
                data = {"proposals": [folio], "whom": "chosen", "agencies": ["IFE"]}
                self.assertEqual(self.post("organizer", at("refer", edition="propia"), data).status_code, 422)
        self.assertFalse(Referral.objects.exists())

    def test_extend_recall_liaisons(self) -> None:
        _proposal, (referral, other) = self.referred()
        data = {"to_on": "2026-12-31", "reason": "Vacaciones.", "accepted_by": "Comité"}
        self.post("organizer", at("referral_extend", referral.folio), data)
        referral.refresh_from_db()
        self.assertEqual(referral.due_on, dt.date(2026, 12, 31))
        early = self.post(
            "organizer", at("referral_extend", referral.folio), {"to_on": "2026-01-01", "reason": "x", "accepted_by": "x"}
        )
        self.assertContains(early, '<a href="#id_to_on">', status_code=422)
        self.post("organizer", at("referral_liaisons", referral.folio), {"revision": 9, "users": [self.accounts["official"].key]})
        self.assertEqual(list(referral.liaisons.all()), [self.accounts["official"]])
        stranger = {"revision": 9, "users": [self.accounts["other_official"].key]}
        self.assertEqual(self.post("organizer", at("referral_liaisons", referral.folio), stranger).status_code, 422)
        url = at("referral_step", other.folio, "recall")
        self.post("organizer", url, {"step-recall-revision": other.revision, "step-recall-reason": "Error."})
        other.refresh_from_db()
        self.assertEqual(other.status, "recalled")

    def test_on_behalf(self) -> None:
        _proposal, (referral, _other) = self.referred()
        data = {"verdict": "feasible", "soundness": "yes", "post": "Directora", "reason": "Oficio 12", "witness": "Ana"}
        url = at("on_behalf", referral.folio)
        scan = SimpleUploadedFile("oficio.pdf", b"%PDF-1.4\n%%EOF\n")
        missing = self.post("organizer", url, {**data, "verdict": "not_feasible", "scan": scan})
        self.assertContains(missing, '<a href="#id_reasons">', status_code=422)
        self.assertContains(missing, "Oficio 12", status_code=422)
        scan.seek(0)
        self.assertRedirects(self.post("organizer", url, {**data, "scan": scan}), at("referral", referral.folio))
        opinion = referral.opinions.get()
        self.assertEqual((opinion.status, opinion.verdict, opinion.on_behalf_reason), ("issued", "feasible", "Oficio 12"))

    def test_release(self) -> None:
        self.edition.opinion_publication = "together"
        self.edition.save()
        _proposal, (referral, _other) = self.referred()
        opinion = self.issued(referral)
        self.assertIsNone(opinion.released_at)
        self.assertContains(self.sign_in("organizer").get(at("release", "propia")), opinion.folio)
        self.post("organizer", at("release", "propia"), {})
        opinion.refresh_from_db()
        self.assertIsNotNone(opinion.released_at)

    def test_answering_a_question(self) -> None:
        _proposal, (referral, _other) = self.referred()
        asked = workflow.ask(referral=referral, actor=self.user("official"), question="¿Dónde?")
        url = at("clarification", asked.folio)
        empty = self.post("delegate", url, {"answer": " ", "organization": "ORG-01"})
        self.assertContains(empty, '<a href="#id_answer">', status_code=422)
        foreign = self.post("delegate", url, {"answer": "Aquí.", "organization": "ORG-02"})
        self.assertEqual(foreign.status_code, 422)
        self.post("delegate", url, {"answer": "Aquí.", "organization": "ORG-01"})
        asked.refresh_from_db()
        self.assertEqual((asked.answer, asked.answered_for), ("Aquí.", self.organization))
        again = self.post("delegate", url, {"answer": "Otra.", "organization": "ORG-01"})
        self.assertContains(again, "Otra.", status_code=422)
