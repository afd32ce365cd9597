"""Public pages of agreements and work meetings: who reads what, the four readings, versions, the same cost at any size."""

import datetime as dt
import hashlib
import re

import pytest
import rfc8785
from django.test import TestCase
from django.utils.translation import override

from agreements.models import Agreement, AgreementVersion, Clause
from agreements.versions import clause_changes, commitment_changes, field_changes
from tests import factories as make
from tests.agreements.story import AgreementWorld
from tests.chain import LONG_AGO, ChainWorld, read
from tests.personas import PERSONAS

pytestmark = pytest.mark.once

EVERYBODY = set(PERSONAS)
PARTIES = {"organizer", "official", "delegate", "administrator"}


class AudienceTests(ChainWorld, TestCase):
    def test_agreements_by_status(self):
        expected = {}
        for status in Agreement.Status.values:
            agreement = make.agreement(self.edition, status=status)
            make.party(agreement, self.agency)
            make.party(agreement, self.organization)
            readers = PARTIES if status == "draft" else EVERYBODY
            endings = ("/", ".json", "/versions/1/", "/versions/1.json") if status == "draft" else (".json",)
            expected |= {f"/en/agreements/{agreement.folio}{ending}": readers for ending in endings}
        self.assertEqual(self.readers(expected), expected)

    def test_an_amendment_that_is_being_drafted(self):
        """Version 2 exists for the parties alone."""
        address = f"/en/agreements/{self.agreement.folio}/versions"
        expected = {f"{address}/1/": EVERYBODY, f"{address}/2/": PARTIES, f"{address}/2.json": PARTIES, f"{address}/3/": set()}
        self.assertEqual(self.readers(expected), expected)

    def test_files(self):
        expected = {
            f"/en/evidence/{self.evidence.key}/": EVERYBODY,
            f"/en/evidence/{self.reserved_evidence.key}/": PARTIES,
            f"/en/papers/{self.paper.key}/": EVERYBODY,
            f"/en/papers/{self.original.key}/": {"organizer", "administrator"},
        }
        self.assertEqual(self.readers(expected), expected)
        response = self.client.get(f"/en/evidence/{self.evidence.key}/")
        self.assertEqual(response["Content-Disposition"], 'attachment; filename="acta.pdf"')
        self.assertEqual(response["Content-Security-Policy"], "sandbox; default-src 'none'")
        self.assertNotIn(self.evidence.file.name, str(response.headers))
        link = make.evidence(self.report, title="Enlace")
        self.assertEqual(self.client.get(f"/en/evidence/{link.key}/").status_code, 404)

    def test_meetings_by_status(self):
        expected = {
            f"/en/meetings/{self.meeting.folio}/": EVERYBODY,
            f"/en/meetings/{self.coming.folio}.json": EVERYBODY,
            f"/en/meetings/{self.proposed.folio}/": PARTIES,
            f"/en/meetings/{self.proposed.folio}.json": PARTIES,
        }
        self.assertEqual(self.readers(expected), expected)

    def test_another_spelling_leads_to_the_permanent_address(self):
        agreement, meeting = self.agreement.folio, self.meeting.folio
        for asked, permanent in (
            (f"/en/agreements/{agreement.lower()}/", f"/en/agreements/{agreement}/"),
            (f"/en/agreements/{agreement.lower()}.json", f"/en/agreements/{agreement}.json"),
            (f"/en/agreements/{agreement.lower()}/versions/1/", f"/en/agreements/{agreement}/versions/1/"),
            (f"/en/agreements/{agreement.lower()}/versions/1.json", f"/en/agreements/{agreement}/versions/1.json"),
            (f"/en/meetings/{meeting.lower()}/", f"/en/meetings/{meeting}/"),
            (f"/en/meetings/{meeting.lower()}.json", f"/en/meetings/{meeting}.json"),
        ):
            with self.subTest(asked):
                self.assertRedirects(self.client.get(asked), permanent, status_code=301, fetch_redirect_response=False)
        self.assertEqual(self.client.get(f"/en/agreements/{self.draft_agreement.folio.lower()}/").status_code, 404)


class FirstScreenTests(ChainWorld, TestCase):
    def glance(self, agreement):
        text = self.client.get(f"/en/agreements/{agreement.folio}/").content.decode()
        start = text.index('class="glance')
        return read("<" + text[start : text.index("</section>", start)])

    def test_who_with_whom_what_by_when_how_it_stands_what_proves_it(self):
        shown = self.glance(self.agreement)
        for sentence in (
            "Federación propia with IFE",
            "2 commitments : Abrir cinco módulos",
            "was due 5 January 2026 ; last 1 January 2099",
            "1 late 1 on time 1 disputed",
            "2 pieces of evidence , the newest of",
        ):
            self.assertIn(sentence, shown)

    def test_nothing_proves_it(self):
        agreement = make.agreement(self.edition, status="signed")
        make.commitment(agreement, make.party(agreement, self.agency), due_on=dt.date(2099, 1, 1))
        with override("en"):
            self.assertRegex(self.glance(agreement), r"No evidence has been filed as of \d+ \w+ \d{4} \.")

    def test_not_signed_yet(self):
        self.assertIn("0 of 1 parties have signed.", self.glance(self.open_agreement))

    def test_void(self):
        self.assertIn("It is void: nothing is owed under it.", self.glance(make.agreement(self.edition, status="void")))


class ContentTests(ChainWorld, TestCase):
    def test_the_four_readings_stay_apart(self):
        page = self.client.get(f"/en/agreements/{self.agreement.folio}/")
        row = page.context["page"].rows[0]
        self.assertEqual(
            (row.light, [reading.code for reading in row.readings]), ("late", ["in_progress", "files", "late", "disagrees"])
        )
        for reading in row.readings:
            self.assertContains(page, reading.sentence)

    def test_parties_and_acceptances(self):
        page = self.client.get(f"/en/agreements/{self.agreement.folio}/")
        self.assertContains(page, "Ana Consiente")
        self.assertContains(page, f"Representative of {self.organization}")
        text = read(page.content.decode())
        self.assertIn("2 March 2026 , recorded on behalf · Presidencia Por oficio", text)

    def test_how_to_cite_it(self):
        for ending, number in (("", 1), ("versions/1/", 1)):
            address = f"/en/agreements/{self.agreement.folio}/{ending}"
            text = read(self.client.get(address).content.decode())
            citation = f"Foro propio: Agreement {self.agreement.folio}, “Agreement on offices”, version {number}. http://testserver{address}"
            self.assertIn(citation, text)

    def test_a_title_is_text(self):
        Agreement.objects.filter(pk=self.agreement.pk).update(title_en="A & <b>B</b>")
        response = self.client.get(f"/en/agreements/{self.agreement.folio}/")
        self.assertEqual(
            set(re.findall(r"A &\S* \S*B\S*/b\S*?(?=<|”| ·)", response.content.decode())), {"A &amp; &lt;b&gt;B&lt;/b&gt;"}
        )

    def test_minutes_and_attendance_by_body(self):
        text = read(self.client.get(f"/en/meetings/{self.meeting.folio}/").content.decode())
        for sentence in (
            "Se revisaron los módulos.",
            "Se abre en marzo.",
            "Enviar el calendario",
            "Next meeting: 5 January 2099",
        ):
            self.assertIn(sentence, text)
        self.assertIn("Instituto propio ( IFE ) 1 0 0", text)

    def test_times_with_their_zone_and_those_of_other_places(self):
        meeting = make.meeting(
            self.edition, starts_at=dt.datetime(2026, 7, 8, 16, tzinfo=dt.UTC), time_zone="America/Mexico_City"
        )
        text = read(self.client.get(f"/en/meetings/{meeting.folio}/").content.decode())
        self.assertIn("8 July 2026, 10:00–12:00 (Mexico City time) Los Ángeles 09:00–11:00 · Chicago 11:00–13:00", text)

    def test_agenda_without_what_is_not_public(self):
        page = self.client.get(f"/en/meetings/{self.coming.folio}/").context["page"]
        self.assertEqual([item.number for item in page.agenda], [1, 3])

    def test_meeting_without_place_or_link(self):
        online = make.meeting(self.edition, link="https://video.example.org/sala")
        self.assertContains(self.client.get(f"/en/meetings/{online.folio}/"), "Online; those invited receive the link")

    def test_links_of_evidence_are_web_addresses_only(self):
        make.evidence(self.report, title="Trampa", url="javascript:alert(1)")
        text = self.client.get(f"/en/agreements/{self.agreement.folio}/").content.decode()
        self.assertNotIn('href="javascript', text)
        self.assertIn("Trampa", text)

    def test_json_of_an_agreement(self):
        data = self.client.get(f"/en/agreements/{self.agreement.folio}.json").json()
        self.assertEqual(
            {name: data[name] for name in ("type", "folio", "status", "version_in_force", "topic")},
            {
                "type": "agreement",
                "folio": self.agreement.folio,
                "status": "signed",
                "version_in_force": 1,
                "topic": "Derechos políticos",
            },
        )
        self.assertEqual(
            [party["representative"] for party in data["parties"]], [f"Representative of {self.organization}", "Ana Consiente"]
        )
        self.assertEqual([version["number"] for version in data["versions"]], [1])
        commitment = data["commitments"][0]
        self.assertEqual(commitment["proposals"], [self.proposal.folio])
        self.assertEqual(commitment["conditions"], [self.condition.public_key])
        self.assertEqual(commitment["reports"][0]["validations"][0]["outcome"], "disagrees")
        self.assertEqual([piece["title"] for piece in commitment["reports"][0]["evidence"]], ["Acta de apertura"])
        self.assertEqual(commitment["reports"][0]["evidence"][0]["url"], f"http://testserver/en/evidence/{self.evidence.key}/")
        self.assertEqual([opinion["folio"] for opinion in data["opinions"]], [self.opinion.folio])
        self.assertEqual([meeting["folio"] for meeting in data["meetings"]], [self.meeting.folio, self.coming.folio])

    def test_json_of_a_meeting(self):
        data = self.client.get(f"/en/meetings/{self.meeting.folio}.json").json()
        self.assertEqual([row["folio"] for row in data["agreements"]], [self.agreement.folio])
        self.assertEqual(data["attendance"], [{"body": "IFE", "present": 1, "absent": 0, "excused": 0}])
        self.assertEqual(data["next_meeting"], self.coming.folio)
        # The minutes name a draft agreement that the meeting follows: their document waits until it is public.
        self.assertEqual(data["minutes"]["document"], None)


class VersionTests(AgreementWorld, TestCase):
    def test_a_second_version_beside_the_first(self):
        from agreements import workflow

        agreement = self.signed()
        organizer = self.accounts["organizer"]
        clauses = [
            {"text_es": "Las partes se reúnen cada mes."},
            {"text_es": "El Instituto instala cinco módulos.", "text_en": "The Institute sets up five offices."},
        ]
        kept = [
            f"/{first}/versi{end}"
            for first, end in ((f"en/agreements/{agreement.folio}", "ons/1/"), (f"es/acuerdos/{agreement.folio}", "ones/1/"))
        ]
        kept += [f"/en/agreements/{agreement.folio}/versions/1{end}" for end in (".json", ".pdf")]
        before = [self.client.get(address).content for address in kept]
        workflow.amend(agreement=agreement, actor=organizer, cause="Se acordaron más.", clauses=clauses)
        self.add(agreement, text_es="Abrir dos más")
        workflow.open_for_signature(agreement=agreement, actor=organizer)
        self.sign(agreement)
        self.assertEqual(
            [self.client.get(address).content for address in kept], before, "not one byte of the first version changed"
        )
        page = self.client.get(f"/en/agreements/{agreement.folio}/versions/2/")
        changes = page.context["changes"]
        self.assertEqual(
            [(change.kind, change.old and change.old.number, change.new and change.new.number) for change in changes.clauses],
            [("added", None, 1), ("changed", 1, 2)],
        )
        self.assertEqual([(change.kind, change.number) for change in changes.commitments], [("added", 2)])
        for words_of_it in ("Se acordaron más.", "<ins>five </ins>", "was number 1"):
            self.assertContains(page, words_of_it)
        first = self.client.get(f"/en/agreements/{agreement.folio}/versions/1/")
        self.assertContains(first, "Whether a newer one has taken its place stands on the page of the agreement.")
        self.assertNotContains(first, "five")
        for number in (1, 2):
            data = self.client.get(f"/en/agreements/{agreement.folio}/versions/{number}.json").json()
            self.assertEqual(hashlib.sha256(rfc8785.dumps(data["document"])).hexdigest(), data["sha256"])

    def test_minutes_can_be_verified(self):
        agreement = self.signed()
        meeting = self.held(agreement)
        self.minutes(meeting, "approved", action_items=[{"what_es": "Enviar", "agency": self.agency, "due_on": LONG_AGO}])
        minutes = self.client.get(f"/en/meetings/{meeting.folio}.json").json()["minutes"]
        self.assertEqual(hashlib.sha256(rfc8785.dumps(minutes["document"])).hexdigest(), minutes["sha256"])


class DifferenceTests(TestCase):
    def clauses(self, *texts):
        version = AgreementVersion(number=1)
        return [Clause(version=version, number=number, text_es=text) for number, text in enumerate(texts, 1)]

    def test_clauses(self):
        old = self.clauses("El Instituto instala módulos.", "La Secretaría presta los consulados de Chicago.")
        new = self.clauses("El Instituto instala módulos.", "Se informa cada mes.", "La Secretaría presta todos los consulados.")
        found = clause_changes(old, new)
        self.assertEqual([change.kind for change in found], ["same", "added", "changed"])
        self.assertEqual([change.renumbered for change in found], [False, False, True])

    def test_a_translation_alone_is_a_change(self):
        (old,), (new,) = self.clauses("Se informa."), self.clauses("Se informa.")
        new.text_en = "They report."
        self.assertEqual([change.kind for change in clause_changes([old], [new])], ["changed"])

    def test_texts_that_were_never_fixed(self):
        self.assertEqual((commitment_changes({}, {"commitments": []}), field_changes({}, {})), ([], []))

    def test_a_commitment_that_moved(self):
        row = {"folio": "F-C1", "number": 1, "text": {"es": "Abrir", "en": ""}, "lead": "IFE", "due_on": "2026-03-01"}
        (change,) = commitment_changes({"commitments": [row]}, {"commitments": [{**row, "due_on": None, "cancelled": True}]})
        self.assertEqual((change.kind, len(change.fields)), ("changed", 2))
