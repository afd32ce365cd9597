"""Drafting: from opinions to a complete draft, rows, stale edits, the grid, what is missing, opening, amending."""

import datetime as dt

import pytest
from django.test import TestCase
from django.urls import reverse

from agreements import workflow
from agreements.models import Agreement
from proposals.models import Condition
from tests import factories as make
from tests.agreements.pages import fields_of, typed
from tests.agreements.story import AgreementWorld

pytestmark = pytest.mark.once


class FromOpinionsTests(AgreementWorld, TestCase):
    def story(self):
        self.proposal = make.proposal(
            self.edition,
            status="reviewed",
            proponents=[self.organization],
            title_es="Credencial",
            title_en="Card",
            petition_es="Que se expida.",
            petition_en="That it be issued.",
        )
        self.opinion = make.opinion(make.referral(self.proposal, self.agency), verdict="conditional", reasons="Procede.")
        Condition.objects.create(opinion=self.opinion, number=1, what="Que haya convenio.", owner="IFE", kind="other")

    def setUp(self):
        super().setUp()
        self.client = self.sign_in("organizer")
        self.address = reverse("workspace:agreement_new")

    def draft_page(self):
        return self.client.get(self.address, {"opinion": self.opinion.folio})

    def test_the_first_page_offers_the_opinions(self):
        make.opinion(make.referral(self.proposal, self.other_agency), verdict="not_feasible")
        answer = self.client.get(self.address)
        self.assertContains(answer, f'value="{self.opinion.folio}"')
        self.assertNotContains(answer, "not feasible")
        self.assertContains(self.client.get(self.address, {"q": "credenc"}), self.opinion.folio)
        self.assertNotContains(self.client.get(self.address, {"q": "otra cosa"}), self.opinion.folio)

    def test_an_opinion_that_cannot_be_used_leads_back_to_the_choice(self):
        for folio in ("nonsense", "x" * 500, "' OR 1=1"):
            with self.subTest(folio):
                self.assertContains(self.client.get(self.address, {"opinion": folio}), "None of the chosen opinions")

    def test_what_the_opinions_bring_stands_in_the_form_with_its_source(self):
        answer = self.draft_page()
        given = fields_of(answer)
        self.assertEqual((given["title_es"], given["title_en"]), ("Credencial", "Card"))
        self.assertIn(self.opinion.folio, given["background_es"])
        self.assertEqual(given["opinions"], self.opinion.folio)
        self.assertEqual(given["proposals"], self.proposal.folio)
        self.assertEqual((given["parties-0-body"], given["parties-1-body"]), ("organization:ORG-01", "agency:IFE"))
        self.assertEqual((given["clauses-0-text_es"], given["clauses-0-text_en"]), ("Que se expida.", "That it be issued."))
        self.assertTrue(given["clauses-1-text_es"].startswith("Que haya convenio."))
        self.assertEqual(given["clauses-1-opinions"], self.opinion.folio)
        self.assertContains(answer, "Procede.")

    def test_sent_back_unchanged_it_is_saved_as_shown(self):
        answer = self.client.post(f"{self.address}?opinion={self.opinion.folio}", fields_of(self.draft_page()))
        agreement = Agreement.objects.get()
        self.assertRedirects(answer, reverse("workspace:agreement", args=[agreement.folio]))
        self.assertEqual(list(agreement.opinions.all()), [self.opinion])
        self.assertEqual(list(agreement.proposals.all()), [self.proposal])
        self.assertEqual(
            [(party.key, party.role) for party in agreement.parties.order_by("id")],
            [("ORG-01", "signatory"), ("IFE", "signatory")],
        )
        clauses = agreement.versions.get().clauses.order_by("number")
        self.assertEqual([clause.number for clause in clauses], [1, 2])
        self.assertEqual([list(clause.opinions.all()) for clause in clauses], [[self.opinion], [self.opinion]])
        self.assertEqual(agreement.created_by, self.accounts["organizer"])

    def test_more_rows_and_errors_lose_nothing(self):
        page = self.draft_page()
        sent = typed(page, title_es="", background_es="Mis considerandos", clauses__0__text_es="Mi cláusula")
        more = self.client.post(self.address + "?empty=yes", {**sent, "more-clauses": "yes"})
        self.assertEqual(more.status_code, 200)
        self.assertNotContains(more, "error-summary")
        again = fields_of(more)
        self.assertIn("clauses-5-text_es", again)
        self.assertEqual((again["background_es"], again["clauses-0-text_es"]), ("Mis considerandos", "Mi cláusula"))
        refused = self.client.post(self.address + "?empty=yes", sent)
        self.assertEqual(refused.status_code, 422)
        self.assertContains(refused, 'href="#id_title_es"', status_code=422)
        self.assertEqual(fields_of(refused)["clauses-0-text_es"], "Mi cláusula")
        self.assertFalse(Agreement.objects.exists())

    def test_an_error_in_a_row_is_linked_to_its_field(self):
        refused = self.client.post(
            self.address + "?empty=yes", typed(self.draft_page(), clauses__0__text_es="", clauses__0__text_en="Only English")
        )
        self.assertContains(refused, 'href="#id_clauses-0-text_es"', status_code=422)
        self.assertContains(refused, "Clause 1, Text in Spanish", status_code=422)

    def test_a_party_twice_is_refused(self):
        refused = self.client.post(self.address + "?empty=yes", typed(self.draft_page(), parties__0__body="agency:IFE"))
        self.assertContains(refused, "stands twice among the parties", status_code=422)

    def test_a_representative_of_another_body_is_refused_at_the_field(self):
        person = make.participation(self.edition, agency=self.agency, person=make.person(name="Ana"))
        refused = self.client.post(
            self.address + "?empty=yes",
            typed(self.draft_page(), parties__0__representative=person.key, parties__1__representative=""),
        )
        self.assertContains(refused, 'href="#id_parties-0-representative"', status_code=422)

    def test_bodies_people_and_opinions_of_elsewhere_cannot_be_chosen(self):
        stranger = make.participation(self.other_edition, organization=self.organization)
        for name, value in (
            ("parties-0-body", "agency:SRE"),
            ("parties-0-body", "organization:IFE"),
            ("parties-0-representative", stranger.key),
            ("opinions", "XX"),
            ("proposals", ["XX", self.proposal.folio]),
            ("clauses-0-opinions", ["1", "2"]),
            ("parties-0-role", "king"),
        ):
            with self.subTest(name, value=value):
                sent = {**fields_of(self.draft_page()), name: value}
                self.assertEqual(self.client.post(self.address + "?empty=yes", sent).status_code, 422)

    def test_an_edition_of_others_is_not_offered(self):
        answer = self.client.get(self.address, {"edition": self.other_edition.slug})
        self.assertNotContains(answer, self.other_edition.name_es)
        self.assertContains(answer, self.edition.name_es)


class EditingTests(AgreementWorld, TestCase):
    def story(self):
        self.agreement = self.drafted()

    def setUp(self):
        super().setUp()
        self.client = self.sign_in("organizer")
        self.address = reverse("workspace:agreement_edit", args=[self.agreement.folio])
        self.record = reverse("workspace:agreement", args=[self.agreement.folio])

    def clauses(self):
        version = self.agreement.versions.order_by("-number").first()
        return list(version.clauses.order_by("number").values_list("text_es", flat=True))

    def test_sent_back_unchanged_nothing_changes(self):
        before = self.agreement.revision
        self.assertRedirects(self.client.post(self.address, fields_of(self.client.get(self.address))), self.record)
        self.agreement.refresh_from_db()
        self.assertEqual(self.agreement.revision, before)

    def test_clauses_move_by_their_numbers(self):
        page = self.client.get(self.address)
        self.client.post(
            self.address, typed(page, clauses__1__text_es="Nueva primera", clauses__1__position="1", clauses__0__position="2")
        )
        self.assertEqual(self.clauses(), ["Nueva primera", "El Instituto instala módulos."])
        page = self.client.get(self.address)
        self.client.post(self.address, typed(page, clauses__2__text_es="Al final", clauses__2__position=""))
        self.assertEqual(self.clauses(), ["Nueva primera", "El Instituto instala módulos.", "Al final"])
        self.client.post(self.address, typed(self.client.get(self.address), clauses__0__remove="on"))
        self.assertEqual(self.clauses(), ["El Instituto instala módulos.", "Al final"])

    def test_a_stale_edit_shows_both_texts_and_can_be_saved_again(self):
        page = self.client.get(self.address)
        workflow.edit_agreement(
            agreement=self.agreement,
            actor=self.accounts["administrator"],
            values={"title_es": "Título de otra persona"},
            clauses=[{"text_es": "Cláusula de otra persona.", "text_en": ""}],
        )
        refused = self.client.post(self.address, typed(page, title_es="Mi título", clauses__0__text_es="Mi cláusula."))
        for text in ("Mi título", "Título de otra persona", "Mi cláusula.", "Cláusula de otra persona."):
            self.assertContains(refused, text, status_code=422)
        self.agreement.refresh_from_db()
        self.assertEqual(self.agreement.title_es, "Título de otra persona")
        self.assertRedirects(self.client.post(self.address, fields_of(refused)), self.record)
        self.agreement.refresh_from_db()
        self.assertEqual((self.agreement.title_es, self.clauses()), ("Mi título", ["Mi cláusula."]))

    def test_a_party_that_owes_cannot_be_left_out(self):
        refused = self.client.post(self.address, typed(self.client.get(self.address), parties__0__remove="on"))
        self.assertContains(refused, "is responsible for", status_code=422)

    def test_what_is_signed_is_not_edited(self):
        signed = self.signed()
        for name, folio in (
            ("agreement_edit", signed.folio),
            ("agreement_commitments", signed.folio),
            ("commitment_new", signed.folio),
        ):
            with self.subTest(name):
                answer = self.client.get(reverse(f"workspace:{name}", args=[folio]), follow=True)
                self.assertRedirects(answer, reverse("workspace:agreement", args=[folio]))
                self.assertContains(answer, "is fixed: start an amendment")

    def test_gaps_stand_on_the_page_and_the_step_only_without_them(self):
        commitment = self.agreement.commitments.get()
        workflow.edit_commitment(commitment=commitment, actor=self.accounts["organizer"], values={"due_on": None})
        answer = self.client.get(self.record)
        self.assertContains(answer, "has no due date")
        self.assertNotContains(answer, "steps/open/")
        refused = self.client.post(
            reverse("workspace:agreement_step", args=[self.agreement.folio, "open"]), {"step-open-revision": "1"}
        )
        self.assertContains(refused, "has no due date", status_code=422)
        workflow.edit_commitment(commitment=commitment, actor=self.accounts["organizer"], values={"due_on": dt.date(2026, 9, 1)})
        page = self.client.get(self.record)
        self.assertContains(page, "steps/open/")
        sent = {"step-open-revision": fields_of(page)["step-open-revision"]}
        self.assertRedirects(
            self.client.post(reverse("workspace:agreement_step", args=[self.agreement.folio, "open"]), sent), self.record
        )
        self.agreement.refresh_from_db()
        self.assertEqual(self.agreement.status, "open")

    def test_opening_what_somebody_changed_meanwhile_is_refused(self):
        sent = {"step-open-revision": fields_of(self.client.get(self.record))["step-open-revision"]}
        workflow.edit_agreement(agreement=self.agreement, actor=self.accounts["administrator"], values={"topic": "otro"})
        refused = self.client.post(reverse("workspace:agreement_step", args=[self.agreement.folio, "open"]), sent)
        self.assertContains(refused, "changed this record while you were writing", status_code=422)
        self.agreement.refresh_from_db()
        self.assertEqual(self.agreement.status, "draft")

    def test_amend_conclude_and_void(self):
        signed = self.signed()
        record = reverse("workspace:agreement", args=[signed.folio])
        step = lambda action: reverse("workspace:agreement_step", args=[signed.folio, action])  # noqa: E731
        revision = fields_of(self.client.get(record))["step-amend-revision"]
        refused = self.client.post(step("amend"), {"step-amend-reason": " ", "step-amend-revision": revision})
        self.assertEqual(refused.status_code, 422)
        answer = self.client.post(step("amend"), {"step-amend-reason": "Cambió la ley.", "step-amend-revision": revision})
        edit = reverse("workspace:agreement_edit", args=[signed.folio])
        self.assertRedirects(answer, edit)
        page = self.client.get(edit)
        self.assertContains(page, "Cambió la ley.")
        self.assertNotIn("title_es", fields_of(page))
        self.client.post(edit, typed(page, clauses__0__text_es="Texto nuevo."))
        versions = {version.number: version for version in signed.versions.all()}
        self.assertEqual([clause.text_es for clause in versions[1].clauses.all()], ["El Instituto instala módulos."])
        self.assertEqual([clause.text_es for clause in versions[2].clauses.all()], ["Texto nuevo."])
        refused = self.client.post(step("conclude"), {"step-conclude-revision": "1"})
        self.assertEqual(refused.status_code, 422)
        revision = fields_of(self.client.get(record))["step-void-revision"]
        self.client.post(step("void"), {"step-void-reason": "Sin efecto.", "step-void-revision": revision})
        signed.refresh_from_db()
        self.assertEqual(signed.status, "void")

    def test_the_timeline_tells_what_happened(self):
        self.client.post(self.address, typed(self.client.get(self.address), title_es="Otro título"))
        self.assertContains(self.client.get(self.record), "Otro título")
        self.assertContains(self.client.get(self.record), "Draft an agreement")


class CommitmentTests(AgreementWorld, TestCase):
    def story(self):
        self.agreement = self.drafted()
        self.commitment = self.agreement.commitments.get()

    def setUp(self):
        super().setUp()
        self.client = self.sign_in("organizer")
        self.grid = reverse("workspace:agreement_commitments", args=[self.agreement.folio])
        self.record = reverse("workspace:agreement", args=[self.agreement.folio])

    def texts(self):
        return list(self.agreement.commitments.order_by("number").values_list("text_es", flat=True))

    def test_one_commitment_with_all_its_links(self):
        proposal = make.proposal(self.edition, status="reviewed")
        opinion = make.opinion(make.referral(proposal, self.agency), verdict="conditional")
        condition = Condition.objects.create(
            opinion=opinion, number=1, what="Que haya convenio.", owner="IFE", kind="other", until=dt.date(2027, 1, 31)
        )
        workflow.edit_agreement(
            agreement=self.agreement, actor=self.accounts["organizer"], proposals=[proposal], opinions=[opinion]
        )
        page = self.client.get(self.record)
        self.assertContains(page, "1 condition that no commitment meets yet")
        address = reverse("workspace:commitment_new", args=[self.agreement.folio])
        form = self.client.get(address, {"condition": condition.public_key})
        given = fields_of(form)
        self.assertEqual(
            (given["text_es"], given["lead"], given["due_on"], given["conditions"]),
            ("Que haya convenio.", "agency:IFE", "2027-01-31", condition.public_key),
        )
        sent = typed(form, co_responsible="organization:ORG-01", states=["MX-ZAC", "MX-MIC"], proposals=proposal.folio)
        self.assertRedirects(self.client.post(address, sent), self.record)
        made = self.agreement.commitments.get(number=2)
        self.assertEqual(made.original_due_on, dt.date(2027, 1, 31))
        self.assertEqual([party.key for party in made.co_responsible.all()], ["ORG-01"])
        self.assertEqual({area.code for area in made.states.all()}, {"MX-ZAC", "MX-MIC"})
        self.assertEqual((list(made.conditions.all()), list(made.proposals.all())), ([condition], [proposal]))
        self.assertNotContains(self.client.get(self.record), "that no commitment meets yet")

    def test_contradictions_are_answered_at_the_field(self):
        address = reverse("workspace:commitment_edit", args=[self.commitment.folio])
        page = self.client.get(address)
        late = self.client.post(address, typed(page, starts_on="2027-01-01"))
        self.assertContains(late, 'href="#id_due_on"', status_code=422)
        both = self.client.post(address, typed(page, co_responsible=["agency:IFE", "organization:ORG-01"]))
        self.assertContains(both, 'href="#id_co_responsible_0"', status_code=422)
        self.assertContains(self.client.post(address, typed(page, due_on="31/31/2027")), 'href="#id_due_on"', status_code=422)

    def test_stale_commitment(self):
        address = reverse("workspace:commitment_edit", args=[self.commitment.folio])
        page = self.client.get(address)
        workflow.edit_commitment(
            commitment=self.commitment, actor=self.accounts["administrator"], values={"text_es": "De otra persona"}
        )
        refused = self.client.post(address, typed(page, text_es="Mío"))
        self.assertContains(refused, "De otra persona", status_code=422)
        self.assertRedirects(self.client.post(address, fields_of(refused)), self.record)
        self.assertEqual(self.texts(), ["Mío"])

    def test_remove(self):
        self.client.post(reverse("workspace:commitment_remove", args=[self.commitment.folio]))
        self.assertEqual(self.texts(), [])

    def test_what_is_in_force_is_not_removed(self):
        signed = self.signed().commitments.get()
        answer = self.client.post(reverse("workspace:commitment_remove", args=[signed.folio]), follow=True)
        self.assertContains(answer, "it takes “being prepared”")

    def test_the_grid_adds_changes_and_removes_in_one_go(self):
        self.add(self.agreement, text_es="Para quitar")
        page = self.client.get(self.grid)
        more = self.client.post(self.grid, {**fields_of(page), "more-rows": "yes"})
        sent = typed(
            more,
            rows__0__text_es="Cambiado",
            rows__1__remove="on",
            rows__2__text_es="Nuevo uno",
            rows__2__lead="organization:ORG-01",
            rows__2__due_on="2027-02-01",
            rows__4__text_es="Nuevo dos",
        )
        self.assertRedirects(self.client.post(self.grid, sent), self.record)
        self.assertEqual(self.texts(), ["Cambiado", "Nuevo uno", "Nuevo dos"])
        self.assertEqual(self.agreement.commitments.get(text_es="Nuevo uno").lead.key, "ORG-01")

    def test_sent_back_unchanged_the_grid_changes_nothing(self):
        before = list(self.agreement.commitments.values_list("folio", "revision"))
        self.assertRedirects(self.client.post(self.grid, fields_of(self.client.get(self.grid))), self.record)
        self.assertEqual(list(self.agreement.commitments.values_list("folio", "revision")), before)

    def test_all_rows_of_the_grid_or_none(self):
        page = self.client.get(self.grid)
        refused = self.client.post(self.grid, typed(page, rows__0__text_es="", rows__1__text_es="Nuevo"))
        self.assertContains(refused, 'href="#id_rows-0-text_es"', status_code=422)
        self.assertEqual(self.texts(), ["Abrir tres módulos"])
        party = self.party(self.agreement, "ORG-01")
        party.role = "witness"
        party.save()
        refused = self.client.post(
            self.grid, typed(page, rows__0__text_es="Otro", rows__1__text_es="x", rows__1__lead="organization:ORG-01")
        )
        self.assertEqual((refused.status_code, self.texts()), (422, ["Abrir tres módulos"]))

    def test_a_stale_row_of_the_grid(self):
        page = self.client.get(self.grid)
        workflow.edit_commitment(
            commitment=self.commitment, actor=self.accounts["administrator"], values={"text_es": "De otra persona"}
        )
        refused = self.client.post(self.grid, typed(page, rows__0__text_es="Mío", rows__1__text_es="Nuevo"))
        self.assertContains(refused, "De otra persona", status_code=422)
        self.assertEqual(self.texts(), ["De otra persona"])
        self.assertRedirects(self.client.post(self.grid, fields_of(refused)), self.record)
        self.assertEqual(self.texts(), ["Mío", "Nuevo"])

    def test_forged_rows_of_the_grid(self):
        other = self.drafted().commitments.get()
        page = self.client.get(self.grid)
        for changes in (
            {"rows__0__folio": other.folio, "rows__0__text_es": "Robado"},
            {"rows__0__folio": "x" * 300},
            {"rows__0__at_revision": "999"},
            {"rows__0__at_revision": "-1", "rows__0__text_es": "y"},
            {"rows__0__at_revision": "", "rows__0__text_es": "y"},
            {"rows__0__lead": "agency:SRE"},
        ):
            with self.subTest(changes):
                answer = self.client.post(self.grid, typed(page, **changes))
                self.assertIn(answer.status_code, (302, 422))
                self.assertEqual(self.texts(), ["Abrir tres módulos"])
                other.refresh_from_db()
                self.assertEqual(other.text_es, "Abrir tres módulos")
