"""For every ordered pair of bodies: no door lets an official of the one read or touch what the other drafts."""

from __future__ import annotations

import io
from itertools import permutations
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase
from django.urls import reverse

from forum.models import Role
from proposals import workflow
from proposals.models import Clarification, InternalPosition, Opinion, PaperScan, Referral, TextTemplate
from proposals.workspace.urls import urlpatterns
from tests import factories as make
from tests.chain import stored
from tests.desk import at
from tests.proposals.world import AT, ProposalWorld

#: What a colleague may send to the doors of a body, all at once: no door lacks anything but the right.
SENT: dict[str, Any] = {
    **dict.fromkeys(("reasons", "text", "reason", "name", "evidence", "question", "answer"), "Ajeno"),
    **dict.fromkeys(("is_public", "remove", "take", "next", "revision"), "1"),
    "soundness": "yes",
    "verdict": "feasible",
    "post": "Directora",
    "place": "reasons",
    "status": "met",
}
#: The addresses that name a record of a body, with the kind of record that is named.
DOORS = {
    **dict.fromkeys(("review", "review_autosave", "review_preview", "review_issued", "review_ask"), "referral"),
    **dict.fromkeys(("review_onward", "review_position", "review_step"), "referral"),
    **dict.fromkeys(("opinion_again", "condition"), "opinion"),
    "template_edit": "template",
    "paper": "paper",
}
ACTIONS = ("acknowledge", "ask", "answer", "refer_onward", "reopen", "recall", "extend", "nonsense")


@pytest.mark.once
class PairsOfBodies(ProposalWorld, TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        world = cls()
        third = make.agency(key="INAMI", name_es="Instituto Nacional de Migración")
        cls.officials = {
            cls.agency.key: cls.accounts["official"],
            cls.other_agency.key: cls.accounts["other_official"],
            third.key: make.user("official.inami@example.org", official=third),
        }
        bodies = [cls.agency, cls.other_agency, third]
        _proposal, referrals = world.referred(*bodies)
        cls.owned: dict[str, dict[str, Any]] = {}
        for body, referral in zip(bodies, referrals, strict=True):
            official, secret = cls.officials[body.key], f"reserva-{body.key}"
            draft = world.draft(referral, "conditional", by=official, reasons=secret)
            draft.conditions.all().delete()
            draft.conditions.create(number=1, what=secret, owner=body.key, kind="coordination")
            workflow.add_position(referral=referral, actor=official, text=secret, at=AT)
            template = TextTemplate.objects.create(agency=body, name=secret, place="reasons", text=secret)
            paper = PaperScan.objects.create(opinion=draft, **{**stored(), "file_name": f"{secret}.pdf"})
            keys = {"referral": referral.folio, "opinion": draft.folio, "template": template.key, "paper": paper.key}
            cls.owned[body.key] = {**keys, "secret": secret}

    def snapshot(self, key: str) -> Any:
        """Everything that stands under a body's name."""
        rows: list[Any] = []
        for model, path in (
            (Referral, "agency__key"),
            (Opinion, "referral__agency__key"),
            (InternalPosition, "referral__agency__key"),
            (Clarification, "referral__agency__key"),
            (TextTemplate, "agency__key"),
            (PaperScan, "opinion__referral__agency__key"),
        ):
            rows.append(list(model._base_manager.filter(**{path: key}).order_by("pk").values()))
        rows.append(list(Opinion.objects.filter(referral__agency__key=key).values_list("criteria", "conditions__what")))
        return rows

    def addresses(self, key: str) -> list[str]:
        mine, found = self.owned[key], []
        for name, record in DOORS.items():
            if name == "condition":
                found.append(at(name, mine[record], 1))
            elif name == "review_step":
                found += [at(name, mine[record], action) for action in ACTIONS]
            else:
                found.append(at(name, mine[record]))
        return found

    def test_every_door_of_a_body_is_tried(self) -> None:
        """A new address under the queue or with a key of a body's record must be added to `DOORS`."""
        shared = {"queue", "offline", "offline_workbook", "offline_print", "templates", "clarification"}
        organizers = {"refer", "referral", "referral_step", "referral_extend", "referral_liaisons", "on_behalf", "release"}
        organizers |= {"referral_remind", "clarification_remind"}
        proposals = {each.name for each in urlpatterns if each.name.startswith("proposal") or each.name == "later_action"}
        self.assertEqual({each.name for each in urlpatterns} - shared - organizers - proposals, set(DOORS))

    def test_no_pair(self) -> None:
        for reader, owner in permutations(self.owned, 2):
            client, before = self.client_class(), self.snapshot(owner)
            client.force_login(self.officials[reader])
            for address in self.addresses(owner):
                for response in (client.get(address), client.post(address, SENT)):
                    with self.subTest(f"{reader} → {owner}", address=address):
                        self.assertIn(response.status_code, (403, 404, 405))
                        self.assertNotIn(self.owned[owner]["secret"], response.content.decode())
            self.assertEqual(self.snapshot(owner), before, f"{reader} → {owner}")

    def test_what_is_shared_says_nothing_of_others(self) -> None:
        """Queue, print, workbook, public page, JSON, search and matrix hold one's own drafts at most."""
        folio = Referral.objects.get(folio=self.owned["IFE"]["referral"]).proposal.folio
        shared = [at("queue"), at("offline_print"), at("templates"), at("home")]
        shared += [reverse("proposal", args=[folio]), f"/es/propuestas/{folio}.json", "/es/buscar/?q=reserva"]
        for reader in self.owned:
            client = self.client_class()
            client.force_login(self.officials[reader])
            texts = [client.get(address).content.decode() for address in shared]
            book = openpyxl.load_workbook(io.BytesIO(client.get(at("offline_workbook")).content))
            texts += [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]
            others = [mine["secret"] for key, mine in self.owned.items() if key != reader]
            with self.subTest(reader):
                self.assertEqual([secret for secret in others if any(secret in text for text in texts)], [])

    def test_a_file_brings_nothing_into_another_bodys_draft(self) -> None:
        for reader, owner in permutations(self.owned, 2):
            client, before = self.client_class(), self.snapshot(owner)
            client.force_login(self.officials[reader])
            book = openpyxl.load_workbook(io.BytesIO(client.get(at("offline_workbook")).content))
            sheet = book.active
            columns = {cell.value: cell.column for cell in sheet[1]}
            sheet.cell(2, columns["referral"]).value = self.owned[owner]["referral"]
            sheet.cell(2, columns["reasons"]).value = "Ajeno"
            out = io.BytesIO()
            book.save(out)
            page = client.post(at("offline"), {"file": SimpleUploadedFile("cola.xlsx", out.getvalue()), "save": "1"})
            with self.subTest(f"{reader} → {owner}"):
                self.assertEqual(page.context["run"].counts, {"quarantined": 1})
                self.assertEqual(self.snapshot(owner), before)

    def test_an_official_of_both_reads_both(self) -> None:
        """The sweep would find something if there were something to find."""
        Role.objects.create(user=self.officials["IFE"], kind="official", agency=self.other_agency)
        self.client.force_login(self.officials["IFE"])
        for key in ("IFE", "SRE"):
            page = self.client.get(at("review", self.owned[key]["referral"]))
            self.assertContains(page, self.owned[key]["secret"])
