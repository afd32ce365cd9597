"""What stands beside the opinion: offline round trip, templates, the paper, saving by itself, similar answers, personal data."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase

from core.models import ImportBatch
from core.personal import personal_data
from core.workflow import StepRefused
from proposals import workflow
from proposals.models import InternalPosition, LaterAction, Opinion, PaperScan, TextTemplate
from tests import factories as make
from tests.desk import DeskMixin, at
from tests.proposals.world import ProposalWorld

pytestmark = pytest.mark.once

SAID = {"soundness": "yes", "verdict": "not_feasible", "reasons": "No hay partida.", "legal_basis": "LFPRH 18"}


class OfflineTests(DeskMixin, ProposalWorld, TestCase):
    def story(self) -> None:
        _proposal, (self.mine, self.theirs) = self.referred()

    def setUp(self) -> None:
        self.client = self.sign_in("official")

    def workbook(self) -> Any:
        return openpyxl.load_workbook(io.BytesIO(self.client.get(at("offline_workbook")).content))

    def fill(self, book: Any, row: int = 2, **values: Any) -> bytes:
        sheet = book.active
        headers = {cell.value: cell.column for cell in sheet[1]}
        for name, value in values.items():
            sheet.cell(row, headers[name]).value = value
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    def send(self, data: bytes, **more: str) -> Any:
        return self.client.post(at("offline"), {"file": SimpleUploadedFile("cola.xlsx", data), "save": "1", **more})

    def test_the_workbook_lists_what_is_allowed(self) -> None:
        sheet = self.workbook().active
        self.assertEqual([row[0].value for row in sheet.iter_rows(min_row=2)], [self.mine.folio])
        rules = {rule.formula1 for rule in sheet.data_validations.dataValidation}
        self.assertIn('"yes,no"', rules)
        self.assertTrue(any("not feasible" in rule for rule in rules))

    def test_the_file_and_the_form_give_the_same(self) -> None:
        _second, (other,) = self.referred(self.agency)
        self.client.post(
            at("review", self.mine.folio), {"revision": 1, **SAID, "budget-value": "unfavourable", "budget-reason": "Nada"}
        )
        book = self.workbook()
        rows = {row[0].value: row[0].row for row in book.active.iter_rows(min_row=2)}
        words = {"soundness": "yes", "verdict": "not feasible", "reasons": SAID["reasons"], "legal_basis": SAID["legal_basis"]}
        data = self.fill(book, rows[other.folio], budget="unfavourable", budget_reason="Nada", **words)
        response = self.send(data)
        self.assertEqual(response.context["run"].summary, "1 new, 0 changed, 1 the same, 0 refused")
        form, file = (each.opinions.get() for each in (self.mine, other))
        columns = ("soundness", "verdict", "reasons", "legal_basis", "drafted_by")
        self.assertEqual([getattr(form, name) for name in columns], [getattr(file, name) for name in columns])
        pairs = [sorted(each.criteria.values_list("criterion", "value", "reason")) for each in (form, file)]
        self.assertEqual(pairs[0], pairs[1])
        self.assertEqual(self.send(data).context["run"].counts, {"same": 2})

    def test_what_is_kept_of_the_file_holds_no_draft(self) -> None:
        with self.captureOnCommitCallbacks(execute=True):
            self.send(self.fill(self.workbook(), reasons="frase-secreta", verdict="nonsense-secreta"))
        batch = ImportBatch.objects.get()
        self.assertEqual((batch.kind, batch.quarantined, batch.file.name), ("drafts", 1, ""))
        self.assertNotIn("secreta", str(list(batch.outcomes.values())))
        folder = Path(settings.MEDIA_ROOT, "imports", batch.key)
        self.assertEqual([path for path in folder.rglob("*") if path.is_file()], [])

    def test_only_checking_saves_nothing(self) -> None:
        response = self.send(self.fill(self.workbook(), verdict="feasible"), check="1")
        self.assertEqual(response.context["run"].counts, {"created": 1})
        self.assertEqual(Opinion.objects.count(), 0)

    def test_a_colleague_who_wrote_meanwhile_is_not_overwritten(self) -> None:
        draft = workflow.start_opinion(referral=self.mine, actor=self.user("official"))
        book = self.workbook()
        workflow.save_draft(opinion=draft, actor=self.user("official"), values={"reasons": "Los de la colega."})
        response = self.send(self.fill(book, reasons="Los míos."))
        self.assertContains(response, "Somebody changed this record")
        draft.refresh_from_db()
        self.assertEqual(draft.reasons, "Los de la colega.")

    def test_another_bodys_referral_does_not_exist(self) -> None:
        for folio in (self.theirs.folio, "NO-SUCH"):
            response = self.send(self.fill(self.workbook(), referral=folio, reasons="Ajeno"))
            (row,) = response.context["run"].refused
            self.assertIn("There is no referral", row.problems[0].reason)
        self.assertEqual(Opinion.objects.count(), 0)

    def test_who_enters(self) -> None:
        officials = {"official", "other_official"}
        self.assert_page(at("offline"), officials)
        self.assert_page(at("offline_print"), officials)
        self.assert_page(at("templates"), officials)
        self.assertEqual(self.statuses(at("offline_workbook"))["200"], officials)

    def test_nonsense_files(self) -> None:
        for data in (b"", b"PK\x03\x04", b"\x00" * 100, "título\nx".encode()):
            with self.subTest(data=data[:5]):
                self.assertIn(self.send(data).status_code, (200, 422))


class TemplateTests(DeskMixin, ProposalWorld, TestCase):
    def story(self) -> None:
        _proposal, (self.mine, self.theirs) = self.referred()

    def setUp(self) -> None:
        self.client = self.sign_in("official")
        self.client.post(
            at("templates"), {"agency": "IFE", "name": "Sin partida", "place": "reasons", "text": "No hay partida para [[qué]]."}
        )
        self.template = TextTemplate.objects.get()

    def test_it_must_be_edited(self) -> None:
        url = at("review", self.mine.folio)
        shown = self.client.post(url, {"revision": 1, "reasons": "Antes.", "template": self.template.key})
        self.assertEqual(shown.context["form"]["reasons"].value(), f"Antes.\n\n{self.template.text}")
        self.assertEqual(Opinion.objects.count(), 0)
        draft = self.draft(self.mine, "not_feasible", reasons=f" {self.template.text}\n")
        for text, refused in ((draft.reasons, True), ("Casi: [[qué]]", True), ("No hay partida para casas.", False)):
            workflow.save_draft(opinion=draft, actor=self.user("official"), values={"reasons": text})
            page = self.client.get(at("review_preview", self.mine.folio))
            self.assertEqual(bool(page.context["problems"]), refused, text)
            self.client.post(at("review_preview", self.mine.folio), {"revision": draft.revision, "post": "Directora"})
            draft.refresh_from_db()
            self.assertEqual(draft.status, "draft" if refused else "issued")

    def test_it_belongs_to_the_body(self) -> None:
        other = self.sign_in("other_official")
        self.assertEqual(other.get(at("template_edit", self.template.key)).status_code, 404)
        self.assertNotContains(other.get(at("review", self.theirs.folio)), self.template.name)
        with self.assertRaises(StepRefused):
            workflow.save_template(agency=self.agency, actor=self.user("other_official"), values={})
        answer = self.client.post(at("template_edit", self.template.key), {"remove": "1"})
        self.assertRedirects(answer, at("templates"))
        self.assertEqual(TextTemplate.objects.count(), 0)


class BesideTests(DeskMixin, ProposalWorld, TestCase):
    def story(self) -> None:
        self.proposal_one, (self.mine, self.theirs) = self.referred()

    def test_on_behalf_comes_with_the_paper(self) -> None:
        client, url = self.sign_in("organizer"), at("on_behalf", self.mine.folio)
        data = {"soundness": "yes", "verdict": "feasible", "post": "Director", "reason": "En papel", "witness": "Testigo"}
        self.assertContains(client.post(url, data), 'href="#id_scan"', status_code=422)
        bad = SimpleUploadedFile("a.exe", b"MZ\x00\x00")
        self.assertContains(client.post(url, {**data, "scan": bad}), "is not a kind of file", status_code=422)
        self.assertEqual((Opinion.objects.count(), PaperScan.objects.count()), (0, 0))
        scan = SimpleUploadedFile("oficio.pdf", b"%PDF-1.4\n%%EOF\n")
        self.assertRedirects(client.post(url, {**data, "scan": scan}), at("referral", self.mine.folio))
        paper = PaperScan.objects.get()
        answers = self.statuses(at("paper", paper.key))
        self.assertEqual(answers["200"], {"organizer", "administrator", "official"})
        self.assertContains(client.get(at("referral", self.mine.folio)), paper.key)

    def test_saving_by_itself(self) -> None:
        client, url = self.sign_in("official"), at("review_autosave", self.mine.folio)
        first = client.post(url, {"revision": 1, "reasons": "Uno"})
        self.assertEqual(first.json(), {"revision": 2})
        self.assertEqual(client.post(url, {"revision": 1, "reasons": "Otro"}).status_code, 409)
        self.assertEqual(client.post(url, {"revision": "x"}).status_code, 422)
        self.assertEqual(self.mine.opinions.get().reasons, "Uno")
        self.assertEqual(self.sign_in("other_official").post(url, {"revision": 2}).status_code, 404)

    def test_others_after_my_own_where_the_edition_says_so(self) -> None:
        self.issued(self.theirs, "not_feasible")
        client, url = self.sign_in("official"), at("review", self.mine.folio)
        self.assertContains(client.get(url), "SRE: ")
        self.assertContains(client.get(url), "not feasible</")
        self.assertTrue(client.get(url).context["shows_others"])
        self.edition.own_opinion_first = True
        self.edition.save()
        self.assertFalse(client.get(url).context["shows_others"])
        self.issued(self.mine)
        self.assertTrue(client.get(url).context["shows_others"])

    def test_similar_proposals_are_offered_with_what_to_cite(self) -> None:
        earlier, (asked,) = self.referred(self.other_agency, title_es="Credencial de elector en consulados")
        opinion = self.issued(asked, "not_feasible", reasons="Falta reforma.")
        _later, (mine,) = self.referred(self.agency, title_es="Credencial en los consulados")
        page = self.sign_in("official").get(at("review", mine.folio))
        self.assertEqual([each.proposal for each in page.context["similar"]], [earlier])
        self.assertContains(page, opinion.folio)
        self.assertEqual(page.context["form"]["reasons"].value(), None)

    def test_positions_carry_a_verdict_and_stay_inside(self) -> None:
        client = self.sign_in("official")
        client.post(at("review_position", self.mine.folio), {"position-text": "Conviene", "position-verdict": "addressed"})
        self.assertEqual(InternalPosition.objects.get().verdict, "addressed")

    def test_later_action(self) -> None:
        url = at("later_action", self.proposal_one.folio)
        self.assert_page(url, {"organizer", "administrator"})
        data = {"happened_on": "2026-05-01", "date_precision": "day", "text_es": "Se publicó la reforma.", "agency": ""}
        self.assertEqual(self.sign_in("organizer").post(url, data).status_code, 302)
        self.assertEqual(LaterAction.objects.get().proposal, self.proposal_one)
        self.assertContains(self.client.get(self.proposal_one.get_absolute_url()), "Se publicó la reforma.")

    def test_what_looks_like_personal_data_warns(self) -> None:
        text = "Ana: GOMA800101MDFRRN09, ana@example.org, 55 1234 5678, 123-45-6789, A123456789; 12 de 45; 2026-03-02; FM1-01"
        self.assertEqual(len(personal_data(text)), 5)
        self.assertEqual(
            personal_data("Ley de 2011, artículo 18, 1,200.50 MXN, del 2026-03-02 al 2026-04-05, folio FM1-01.1"), []
        )
        self.draft(self.mine, reasons="Escriba a ana@example.org")
        page = self.sign_in("official").get(at("review_preview", self.mine.folio))
        self.assertContains(page, "This looks like personal data")

    def test_closures_page(self) -> None:
        self.assert_page(at("closures"), {"organizer", "other_organizer", "administrator"})
        client = self.sign_in("organizer")
        data = {"starts_on": "2026-03-23", "ends_on": "2026-03-25", "name_es": "Semana"}
        self.assertContains(client.post(at("closures"), data, follow=True), "2 open due dates moved.")


class QueueTests(DeskMixin, ProposalWorld, TestCase):
    def test_counts_and_who_drafts_what(self) -> None:
        referrals = [self.referred(self.agency)[1][0] for _n in range(3)]
        colleague = make.user("colega@example.org", official=self.agency)
        workflow.start_opinion(referral=referrals[0], actor=self.user("official"))
        workflow.start_opinion(referral=referrals[1], actor=colleague)
        client = self.sign_in("official")

        def shown(**query: str) -> list[str]:
            return [line.referral.folio for line in client.get(at("queue", **query)).context["lines"]]

        folios = [each.folio for each in referrals]
        self.assertEqual(shown(draft="mine"), folios[:1])
        self.assertEqual(shown(draft="others"), folios[1:2])
        self.assertEqual(shown(draft="none"), folios[2:])
        self.issued(referrals[2])
        tabs = {str(words): number for _url, words, _current, number in client.get(at("queue")).context["tabs"]}
        self.assertEqual(tabs, {"to be answered": 2, "late": 2, "answered": 1, "all": 3})
