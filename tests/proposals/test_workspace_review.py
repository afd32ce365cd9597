"""The official's desk: the queue, the one page of an opinion, the preview and the signature."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import TestCase
from django.utils import timezone

from proposals import workflow
from proposals.models import Opinion
from tests import factories as make
from tests.desk import DeskMixin, at, fields_of
from tests.proposals.world import ProposalWorld

pytestmark = pytest.mark.once

SAID = {"soundness": "yes", "verdict": "feasible", "reasons": "Se puede."}


class ReviewTests(DeskMixin, ProposalWorld, TestCase):
    def story(self) -> None:
        self.proposal_one, (self.mine, self.theirs) = self.referred()

    def setUp(self) -> None:
        self.url = at("review", self.mine.folio)
        self.client = self.sign_in("official")

    def opened(self, client: Any = None) -> dict[str, Any]:
        return fields_of((client or self.client).get(self.url))

    def draft_now(self) -> Opinion:
        return self.mine.opinions.get(status="draft")

    def test_opening_the_page_changes_nothing(self) -> None:
        self.client.get(self.url)
        self.mine.refresh_from_db()
        self.assertEqual((self.mine.status, self.mine.opinions.count()), ("pending", 0))

    def test_a_draft_is_saved_and_comes_back(self) -> None:
        data = {
            **self.opened(),
            **SAID,
            "budget-value": "reservations",
            "budget-reason": "Sin partida.",
            "budget-amount": "1200.50",
            "budget-currency": "MXN",
            "budget-fiscal_year": "2027",
            "legal-needs_legal_reform": "on",
            "condition-2-what": "Convenio",
            "condition-2-owner": "SRE",
            "condition-2-kind": "coordination",
            "condition-2-until": "2027-01-31",
            "programme": "Queda guardado aunque no sea el veredicto",
            "save": "1",
        }
        self.assertRedirects(self.client.post(self.url, data), self.url)
        draft = self.draft_now()
        self.assertEqual((draft.verdict, draft.reasons, draft.drafted_by), ("feasible", "Se puede.", self.accounts["official"]))
        self.assertEqual(draft.programme, "Queda guardado aunque no sea el veredicto")
        budget = draft.criteria.get(criterion="budget")
        self.assertEqual((budget.value, str(budget.amount), budget.fiscal_year), ("reservations", "1200.50", 2027))
        self.assertEqual(draft.criteria.count(), 8)
        condition = draft.conditions.get()
        self.assertEqual((condition.number, condition.what, condition.until), (1, "Convenio", dt.date(2027, 1, 31)))
        again = self.opened()
        self.assertEqual(again["budget-amount"], budget.amount)
        self.assertEqual((again["condition-1-what"], again["revision"]), ("Convenio", draft.revision))
        self.mine.refresh_from_db()
        self.assertEqual(self.mine.status, "acknowledged")

    def test_save_and_next_goes_by_due_date(self) -> None:
        _second, (later,) = self.referred(self.agency)
        data = {**self.opened(), **SAID, "next": "1"}
        self.assertRedirects(self.client.post(self.url, data), at("review", later.folio))
        last = self.client.post(at("review", later.folio), {"revision": 1, **SAID, "next": "1"})
        self.assertRedirects(last, self.url)

    def test_two_officials_and_nobodys_text_is_lost(self) -> None:
        colleague = make.user("colega@example.org", official=self.agency)
        other = self.client_class()
        other.force_login(colleague)
        mine, theirs = self.opened(), self.opened(other)
        other.post(self.url, {**theirs, "reasons": "Los de la colega.", "condition-1-what": "Su condición", "save": "1"})
        response = self.client.post(self.url, {**mine, "reasons": "Los míos.", "budget-reason": "Mi motivo.", "save": "1"})
        self.assertEqual(response.status_code, 422)
        rows = {row.label: (row.yours, row.now) for row in response.context["form"].stale_rows}
        self.assertEqual(rows["Reasons"], ("Los míos.", "Los de la colega."))
        self.assertEqual(rows["Budget feasibility: Reason"], ("Mi motivo.", "(empty)"))
        self.assertEqual(rows["Condition 1: What"], ("(empty)", "Su condición"))
        self.assertContains(response, "Los míos.", status_code=422)
        self.assertEqual(self.draft_now().reasons, "Los de la colega.")
        self.client.post(self.url, {**fields_of(response), "save": "1"})
        self.assertEqual(self.draft_now().reasons, "Los míos.")

    def test_a_condition_is_kept_half_written(self) -> None:
        self.client.post(self.url, {**self.opened(), "condition-1-owner": "SRE", "save": "1"})
        self.assertEqual(self.draft_now().conditions.values_list("what", "owner").get(), ("", "SRE"))

    def test_more_rows_keeps_everything_and_saves_nothing(self) -> None:
        response = self.client.post(self.url, {**self.opened(), "reasons": "A medias", "questions_due_on": "mal", "more": "1"})
        self.assertEqual(response.status_code, 200)
        self.assertContains(response, "A medias")
        self.assertContains(response, 'id="id_condition-6-what"')
        self.assertNotContains(response, 'id="id_condition-7-what"')
        self.assertFalse(Opinion.objects.exists())
        many = self.client.post(self.url, {**self.opened(), "rows": "999", "more": "1"})
        self.assertContains(many, 'id="id_condition-20-what"')
        self.assertNotContains(many, 'id="id_condition-21-what"')

    def test_wrong_values_lead_to_their_fields(self) -> None:
        data = {**self.opened(), "questions_due_on": "31 de abril", "budget-amount": "mucho", "reasons": "Tecleado"}
        response = self.client.post(self.url, {**data, "save": "1"})
        for target in ("id_questions_due_on", "id_budget-amount"):
            self.assertContains(response, f'<a href="#{target}">', status_code=422)
        self.assertContains(response, "Tecleado", status_code=422)
        negative = self.client.post(self.url, {**self.opened(), "budget-amount": "-5", "save": "1"})
        self.assertContains(negative, '<a href="#id_budget-', status_code=422)

    def test_preview_says_what_is_missing_and_what_looks_odd(self) -> None:
        data = {
            **self.opened(),
            "soundness": "yes",
            "verdict": "conditional",
            "technical-value": "unfavourable",
            "technical-reason": "No hay sistema.",
            "legal-value": "reservations",
            "preview": "1",
        }
        response = self.client.post(self.url, data, follow=True)
        self.assertEqual(
            {target for target, _sentence in response.context["problems"]}, {"id_legal-reason", "id_condition-1-what"}
        )
        self.assertEqual(len(response.context["warnings"]), 1)
        self.assertContains(response, f'href="{self.url}#id_legal-reason"')
        self.assertNotContains(response, 'name="post"')

    def test_issue(self) -> None:
        self.client.post(self.url, {**self.opened(), **SAID, "programme": "De otro veredicto", "save": "1"})
        url = at("review_preview", self.mine.folio)
        page = self.client.get(url)
        self.assertNotContains(page, "De otro veredicto")
        empty = self.client.post(url, {**fields_of(page), "post": " "})
        self.assertContains(empty, '<a href="#id_post">', status_code=422)
        _second, (later,) = self.referred(self.agency)
        response = self.client.post(url, {**fields_of(page), "post": "Directora"})
        self.assertRedirects(response, at("review_issued", self.mine.folio))
        opinion = self.mine.opinions.get()
        self.assertEqual((opinion.status, opinion.signatory_post, opinion.programme), ("issued", "Directora", ""))
        self.assertEqual(self.client.get(response.headers["Location"]).context["next"], later)
        self.assertRedirects(self.client.get(url), self.url)

    def test_a_draft_that_moved_since_its_preview_is_not_signed(self) -> None:
        self.client.post(self.url, {**self.opened(), **SAID, "save": "1"})
        url = at("review_preview", self.mine.folio)
        seen = fields_of(self.client.get(url))
        workflow.save_draft(opinion=self.draft_now(), actor=self.user("official"), values={"reasons": "Otra cosa."})
        response = self.client.post(url, {**seen, "post": "Directora"})
        self.assertContains(response, "Otra cosa.", status_code=422)
        self.assertEqual(self.draft_now().status, "draft")
        self.client.post(url, fields_of(response))
        self.assertEqual(self.mine.opinions.get().status, "issued")

    def test_assess_again(self) -> None:
        issued = self.issued(self.mine)
        url = at("opinion_again", issued.folio)
        refused = self.client.post(url, {"step-supersede-revision": issued.revision, "step-supersede-reason": ""})
        self.assertContains(refused, '<a href="#id_step-supersede-reason">', status_code=422)
        data = {"step-supersede-revision": issued.revision, "step-supersede-reason": "Hay presupuesto nuevo."}
        self.assertRedirects(self.client.post(url, data), self.url)
        page = self.client.get(self.url)
        self.assertContains(page, "Hay presupuesto nuevo.")
        self.assertEqual(page.context["draft"].supersedes, issued)

    def test_ask_refer_onward_acknowledge_position(self) -> None:
        self.client.post(at("review_step", self.mine.folio, "acknowledge"), {"step-acknowledge-revision": 1})
        self.mine.refresh_from_db()
        self.assertEqual(self.mine.status, "acknowledged")
        self.client.post(at("review_position", self.mine.folio), {"position-text": "Yo diría que sí."})
        self.assertContains(self.client.get(self.url), "Yo diría que sí.")
        empty = self.client.post(at("review_position", self.mine.folio), {"position-text": ""})
        self.assertContains(empty, '<a href="#id_position-text">', status_code=422)
        self.client.post(at("review_ask", self.mine.folio), {"question": "¿Cuántos?", "due_on": "2030-01-01"})
        asked = self.mine.clarifications.get()
        self.assertEqual((asked.question, asked.is_public), ("¿Cuántos?", False))
        own = self.client.post(at("review_onward", self.mine.folio), {"to": "IFE", "reason": "x"})
        self.assertEqual(own.status_code, 422)
        third = make.agency(key="IME")
        response = self.client.post(at("review_onward", self.mine.folio), {"to": "IME", "reason": "Es suyo."})
        self.assertRedirects(response, self.url)
        self.assertEqual(third.referrals.get().onward_from, self.mine)

    def test_what_changed_since_the_version_before(self) -> None:
        workflow.revise(
            proposal=self.proposal_one, actor=self.user("delegate"), values={"petition_es": "Que se haga pronto."}, cause="x"
        )
        now = self.agency.referrals.get(version__number=2)
        page = self.client.get(at("review", now.folio))
        self.assertContains(page, "<ins>haga pronto.</ins>")
        self.assertContains(self.client.get(self.url), "is not possible for")

    def test_a_condition_is_met_with_evidence(self) -> None:
        opinion = self.issued(self.mine, "conditional")
        url = at("condition", opinion.folio, 1)
        refused = self.client.post(url, {"status": "met", "evidence": ""})
        self.assertContains(refused, '<a href="#id_evidence">', status_code=422)
        self.client.post(url, {"status": "met", "evidence": "Convenio firmado."})
        self.assertEqual(opinion.conditions.get().status, "met")


class QueueTests(DeskMixin, ProposalWorld, TestCase):
    def test_by_due_date_with_counts_and_filters(self) -> None:
        today = timezone.localdate()
        dates = {"late": today - dt.timedelta(days=30), "soon": today + dt.timedelta(days=3)}
        late = self.referral(due_on=dates["late"], sent_on=dates["late"] - dt.timedelta(days=9))
        soon = self.referral(due_on=dates["soon"])
        done = self.referral("answered", due_on=dates["soon"])
        self.referral("recalled", due_on=dates["late"], sent_on=dates["late"] - dt.timedelta(days=9))
        make.referral(self.proposal("in_review"), self.other_agency)
        client = self.sign_in("official")
        for query, expected in (
            ({}, [late, soon]),
            ({"show": "late"}, [late]),
            ({"show": "answered"}, [done]),
            ({"show": "nonsense"}, [late, soon]),
            ({"q": soon.proposal.title_es.split()[-1]}, [soon]),
            ({"edition": "ajena"}, [late, soon]),
        ):
            with self.subTest(query):
                page = client.get(at("queue"), query)
                self.assertEqual([line.referral for line in page.context["lines"]], expected)
        page = client.get(at("queue"))
        self.assertContains(page, "Answered 1 of 3")
        self.assertEqual(page.context["progress"]["late"], 1)
        self.assertGreater(page.context["lines"][0].days_late, 15)
