"""Public pages of proposals and antecedents: who reads what, nothing that is not public, the same cost at any size."""

import hashlib
import json
import re

import pytest
import rfc8785
from django.test import TestCase

from core.sockets import reminders_sent
from proposals.models import CriterionAssessment, Opinion, Proposal
from tests import factories as make
from tests.chain import HIDDEN, PAST, ChainWorld
from tests.markup import faults
from tests.personas import PERSONAS

pytestmark = pytest.mark.once

EVERYBODY = set(PERSONAS)
OWN = {"organizer", "delegate", "administrator"}
NONSENSE = ("", "+", "%00", "-1", "9" * 400, "x" * 3000, "'\"><script>", "%FF%FE", "[]", "../..", "Ñandú", "NULL", "1e999", "{}")
PARAMETERS = (
    *("q", "edition", "table", "agency", "organization", "state", "topic", "status", "reading", "verdict", "antecedent"),
    *("light", "proposal", "agreement", "order", "after", "nothing"),
)
#: Marks of pages that nobody gave out: wrong types, wrong length, no JSON.
FORGED = (
    "WzFd",
    "W251bGxd",
    "WyJhIl0",
    "WzEsMl0",
    "W3t9XQ",
    "WzFlOTk5XQ",
    "WyIyMDI2LTAxLTAxVDAwOjAwOjAwIiwiYSJd",
    "=" * 40,
    "AAAA",
)


def hrefs(response):
    return {address.split("#")[0] for address in re.findall(r'href="([^"]*)"', response.content.decode())}


class SilenceTests(ChainWorld, TestCase):
    def test_reminders_are_counted_where_somebody_counts_them(self):
        """Nothing is said where no plug names the request: nobody counted is not none sent."""
        address = self.proposal.get_absolute_url()
        self.assertNotContains(self.client.get(address), "recordatorio")

        def plug(records):
            return {record.pk: 3 for record in records if record.pk == self.silent.pk}

        reminders_sent.plug(plug)
        self.addCleanup(reminders_sent.plugs.remove, plug)
        # Another plug is another code: the page kept from before must not answer.
        self.assertContains(self.client.get(address, {"fresh": "1"}), "3 recordatorios")

    def test_reasons_stand_beside_each_other(self):
        page = self.client.get(self.proposal.get_absolute_url()).content.decode()
        table = page[page.index('id="criteria"') :]
        table = table[: table.index("</table>")]
        self.assertIn("Convenio", table)
        self.assertIn("Falta una ley", table)


class AudienceTests(ChainWorld, TestCase):
    def test_proposals_by_status(self):
        expected = {}
        for status in Proposal.Status.values:
            proposal = make.proposal(self.edition, status=status, proponents=[self.organization])
            readers = OWN if status in ("draft", "returned") else EVERYBODY
            endings = ("/", ".json") if status in ("draft", "returned", "submitted") else (".json",)
            expected |= {f"/en/proposals/{proposal.folio}{ending}": readers for ending in endings}
        self.assertEqual(self.readers(expected), expected)

    def test_a_forum_in_preparation_is_hidden(self):
        proposal = make.proposal(make.edition(stage="preparation"), status="submitted", proponents=[self.organization])
        expected = {f"/en/proposals/{proposal.folio}/": {"delegate", "administrator"}}
        self.assertEqual(self.readers(expected), expected)

    def test_versions_that_do_not_exist(self):
        for number in ("0", "3", "9" * 40):
            self.assertEqual(self.client.get(f"/en/proposals/{self.proposal.folio}/versions/{number}/").status_code, 404)
        self.assertEqual(self.client.get(f"/en/proposals/{self.proposal.folio}/versions/1/").status_code, 200)

    def test_antecedents(self):
        expected = {
            "/en/antecedents/cumbre/": EVERYBODY,
            "/en/antecedents/cumbre.json": EVERYBODY,
            "/en/antecedents/nada/": set(),
        }
        self.assertEqual(self.readers(expected), expected)

    def test_files(self):
        public, reserved = (f"/en/attachments/{record.key}/" for record in (self.attachment, self.reserved_attachment))
        self.assertEqual(self.readers((public, reserved)), {public: EVERYBODY, reserved: OWN})
        response = self.client.get(public)
        self.assertEqual(
            {name: response[name] for name in ("Content-Disposition", "Content-Security-Policy", "X-Content-Type-Options")},
            {
                "Content-Disposition": 'attachment; filename="oficio.pdf"',
                "Content-Security-Policy": "sandbox; default-src 'none'",
                "X-Content-Type-Options": "nosniff",
            },
        )

    def test_officials_see_their_own_draft_and_nobody_else_does(self):
        official = make.user("ime@example.org", official=self.third_agency)
        address = f"/en/proposals/{self.proposal.folio}/"
        self.client.force_login(official)
        self.assertContains(self.client.get(address), "Your body is drafting an opinion")
        for name in ("anonymous", "organizer", "official", "administrator"):
            self.assertNotContains(self.sign_in(name).get(address), "Your body is drafting an opinion")

    def test_who_reads_a_private_question(self):
        address = f"/en/proposals/{self.proposal.folio}/"
        texts = {name: self.sign_in(name).get(address).content.decode() for name in PERSONAS}
        readers = {name for name, text in texts.items() if HIDDEN["question asked in private"] in text}
        self.assertEqual(readers, {"organizer", "administrator", "official", "delegate"})


class SecrecyTests(ChainWorld, TestCase):
    """What those of other forums, bodies and organizations read of the same chain: tests/house/test_privacy_sweep."""

    def seen(self, name, addresses, canaries):
        """(address, what) of everything hidden that this persona was shown."""
        client = self.sign_in(name)
        texts = {address: client.get(address).content.decode() for address in addresses}
        return {(address, what) for address, text in texts.items() for what in canaries if HIDDEN[what] in text}

    def test_nothing_hidden_on_any_page(self):
        for name in ("anonymous", "nobody"):
            self.assertEqual((name, self.seen(name, (*self.pages(), *self.data()), HIDDEN)), (name, set()))
        self.assertEqual(self.seen("anonymous", self.pages("es"), HIDDEN), set())

    def test_what_others_hide_stays_hidden_from_parties_too(self):
        """An official reads no other body's draft, a delegate no private position: each only the own."""
        canaries = (
            "internal position",
            "opinion in draft",
            "witness of an acceptance",
            "e-mail of a person",
            "reserved original",
        )
        for name in ("official", "delegate"):
            self.assertEqual((name, self.seen(name, (*self.pages(), *self.data()), canaries)), (name, set()))

    def test_filters_are_no_oracle(self):
        """An opinion that is not released answers no filter; a hidden record is found by no word."""
        found = self.client.get("/en/proposals/?verdict=addressed").context["listing"]
        self.assertEqual((len(found), found.count), (0, 0))
        for query in (HIDDEN["draft proposal"], HIDDEN["returned proposal"], "Reservacanaria", "Preguntacanaria"):
            self.assertEqual(len(self.client.get("/en/proposals/", {"q": query}).context["listing"]), 0)
        self.assertNotIn(HIDDEN["draft proposal"], self.client.get("/en/proposals/?status=draft").content.decode())

    def test_pages_of_strangers_set_no_cookie_and_may_be_kept(self):
        for address in (*self.pages(), *self.data()):
            response = self.client.get(address)
            self.assertEqual((dict(response.cookies), response.get("Cache-Control", "")), ({}, ""), address)

    def test_pages_of_people_who_signed_in_are_kept_by_nobody(self):
        response = self.sign_in("delegate").get(self.pages()[1])
        self.assertIn("no-store", response["Cache-Control"])


class RobustTests(ChainWorld, TestCase):
    def test_nonsense_in_the_address(self):
        """Every parameter by itself with what breaks most, and all of them together with everything."""
        answers = set()
        for page in ("proposals", "antecedents", "agreements", "meetings"):
            for value in NONSENSE:
                together = "&".join(f"{name}={value}" for name in PARAMETERS)
                answers.add(self.client.get(f"/en/{page}/?{together}").status_code)
            for name in PARAMETERS:
                answers.add(self.client.get(f"/en/{page}/?{name}={NONSENSE[4]}&{name}=%FF%FE").status_code)
        self.assertEqual(answers, {200, 400, 414})

    def test_forged_marks(self):
        orders = {"proposals": "folio newest", "antecedents": "name", "agreements": "changed", "meetings": "latest"}
        answers = {
            self.client.get(f"/en/{page}/?order={order}&after={mark}").status_code
            for page, names in orders.items()
            for order in names.split()
            for mark in FORGED
        }
        self.assertEqual(answers, {200})

    def test_nonsense_as_key(self):
        answers = {
            self.client.get(f"/en/{page}/{key}{ending}").status_code
            for page in ("proposals", "antecedents", "agreements", "meetings", "attachments", "evidence", "papers")
            for key in ("x" * 500, "%20", "NULL", "%F0%9F%98%80", "FM1-01'--")
            for ending in ("/", ".json")
        }
        self.assertEqual(answers, {301, 404})

    def test_another_spelling_leads_to_the_permanent_address(self):
        folio = self.proposal.folio
        for asked, permanent in (
            (f"/en/proposals/{folio.lower()}/?a=1", f"/en/proposals/{folio}/?a=1"),
            (f"/en/proposals/{folio.lower()}.json", f"/en/proposals/{folio}.json"),
            (f"/en/proposals/{folio.lower()}/versions/1/", f"/en/proposals/{folio}/versions/1/"),
            ("/en/antecedents/CUMBRE/", "/en/antecedents/cumbre/"),
            ("/en/antecedents/CUMBRE.json", "/en/antecedents/cumbre.json"),
        ):
            with self.subTest(asked):
                self.assertRedirects(self.client.get(asked), permanent, status_code=301, fetch_redirect_response=False)
        self.assertEqual(self.client.get(f"/en/proposals/{self.draft.folio.lower()}/").status_code, 404)

    def test_only_reading(self):
        for address in (*self.pages(), *self.data(), f"/en/attachments/{self.attachment.key}/"):
            self.assertEqual(self.client.post(address).status_code, 405, address)
            self.assertEqual(self.client.head(address).status_code, 200, address)

    def test_markup(self):
        found = {}
        for name, languages in (("anonymous", ("es", "en")), ("organizer", ("en",))):
            client = self.sign_in(name)
            for address in (address for language in languages for address in self.pages(language)):
                if wrong := faults(client.get(address).content.decode()):
                    found[f"{name} {address}"] = wrong
        self.assertEqual(found, {})


class ContentTests(ChainWorld, TestCase):
    def test_the_answers_stand_side_by_side(self):
        page = self.client.get(f"/en/proposals/{self.proposal.folio}/")
        shown = {answer.agency.key: (answer.state, answer.dissents) for answer in page.context["page"].answers}
        self.assertEqual(
            shown,
            {
                "IFE": ("answered", False),
                "SRE": ("answered", False),
                "IME": ("late", False),
                "CD": ("withheld", False),
            },
        )
        late = self.silent.working_days_late(self.edition.today())
        for words in (f"No answer, {late} working days late", "Con un convenio se puede.", "No hay recursos."):
            self.assertContains(page, words)
        self.assertContains(page, "Answered. The opinions of this forum are published together.")

    def glance(self):
        """The first screen: what stands in the box at the top."""
        text = self.client.get(f"/en/proposals/{self.proposal.folio}/").content.decode()
        start = text.index('class="glance')
        return " ".join(re.sub(r"<[^>]*>", "", text[start : text.index("</section>", start)]).split())

    def test_silence_and_dissent_are_named_on_the_first_screen(self):
        late = self.silent.working_days_late(self.edition.today())
        self.assertIn(f"3 of 4 bodies answered; no answer from IME ({late} working days late).", self.glance())
        Opinion.objects.filter(referral=self.withheld).update(released_at=PAST)
        self.assertIn("dissent: CD (already addressed by a current programme), SRE (not feasible).", self.glance())
        page = self.client.get(f"/en/proposals/{self.proposal.folio}/").context["page"]
        self.assertEqual([answer.agency.key for answer in page.answers if answer.dissents], ["CD", "SRE"])

    def test_reading_in_both_languages(self):
        spanish = self.client.get(f"/es/propuestas/{self.proposal.folio}/")
        self.assertContains(spanish, "<title>FP1-01 · Módulos en el exterior · Acuerda</title>", html=True)
        english = self.client.get(f"/en/proposals/{self.proposal.folio}/")
        self.assertContains(english, "Offices abroad")
        self.assertContains(english, "This text exists only in Spanish.")
        self.assertNotContains(spanish, "This text exists only in Spanish.")

    def test_an_earlier_version_keeps_its_text_and_its_answers(self):
        first = self.client.get(f"/en/proposals/{self.proposal.folio}/versions/1/")
        self.assertContains(first, "Que se instalen módulos.")
        self.assertContains(first, "¿Cuántos módulos?")
        self.assertNotContains(first, "Con un convenio se puede.")
        second = self.client.get(f"/en/proposals/{self.proposal.folio}/versions/2/")
        self.assertContains(second, "<ins>cinco </ins>")

    def test_the_chain_is_walked_in_both_directions(self):
        proposal, agreement = f"/en/proposals/{self.proposal.folio}/", f"/en/agreements/{self.agreement.folio}/"
        meeting, antecedent = f"/en/meetings/{self.meeting.folio}/", "/en/antecedents/cumbre/"
        chain = (antecedent, proposal, agreement, meeting)
        links = {page: hrefs(self.client.get(page)) & set(chain) - {page} for page in chain}
        self.assertEqual(
            links,
            {
                antecedent: {proposal},
                proposal: {antecedent, agreement, meeting},
                agreement: {antecedent, proposal, meeting},
                meeting: {proposal, agreement},
            },
        )

    def test_every_link_of_ours_leads_somewhere(self):
        found = {(page, address) for page in self.pages() for address in hrefs(self.client.get(page)) if address.startswith("/")}
        addresses = {address for _page, address in found if not address.startswith("/static/")}
        broken = {address for address in addresses if self.client.head(address).status_code not in (200, 302)}
        self.assertEqual({(page, address) for page, address in found if address in broken}, set())

    def test_fingerprints_can_be_repeated(self):
        """RFC 8785 and SHA-256 over what the JSON gives as document; here made through the doors."""
        from proposals import workflow

        organizer = self.user("organizer")
        made = workflow.create_proposal(
            edition=self.edition,
            actor=organizer,
            values={"title_es": "Otra", "petition_es": "Que se haga."},
            proponents=[self.organization],
            addressees=[self.agency],
        )
        workflow.submit(proposal=made, actor=organizer)
        (referral,) = workflow.refer(proposal=made, agencies=[self.agency], actor=organizer)
        opinion = workflow.start_opinion(referral=referral, actor=self.user("official"))
        criteria = [{"criterion": name, "value": "favourable"} for name in CriterionAssessment.Criterion.values]
        values = {"verdict": "feasible", "soundness": "yes", "reasons": "Se puede."}
        workflow.save_draft(opinion=opinion, actor=self.user("official"), values=values, criteria=criteria)
        workflow.issue(opinion=opinion, actor=self.user("official"), post="Dirección")
        data = self.client.get(f"/en/proposals/{made.folio}.json").json()
        for part in (data["versions"][0], data["referrals"][0]["opinion"]):
            self.assertEqual(hashlib.sha256(rfc8785.dumps(part["document"])).hexdigest(), part["sha256"])

    def test_json_of_a_proposal(self):
        data = self.client.get(f"/en/proposals/{self.proposal.folio}.json").json()
        self.assertEqual(
            {name: data[name] for name in ("type", "folio", "status", "version", "title", "topic")},
            {
                "type": "proposal",
                "folio": self.proposal.folio,
                "status": "agreed",
                "version": 2,
                "title": {"es": "Módulos en el exterior", "en": "Offices abroad"},
                "topic": "Derechos políticos",
            },
        )
        self.assertEqual(data["url"], f"http://testserver/en/proposals/{self.proposal.folio}/")
        self.assertEqual([row["agency"]["key"] for row in data["referrals"]], ["IFE", "IFE", "SRE", "IME", "CD"])
        self.assertEqual(data["referrals"][3]["working_days_late"], self.silent.working_days_late(self.edition.today()))
        self.assertEqual(data["referrals"][4]["opinion"], None)
        self.assertEqual([row["folio"] for row in data["agreements"]], [self.agreement.folio, self.open_agreement.folio])
        self.assertEqual(
            [row["folio"] for row in data["agreements"][0]["commitments"]], [self.commitment.folio, self.quiet.folio]
        )
        self.assertEqual(data["links"][0]["proposal"]["folio"], self.similar.folio)
        self.assertEqual(len(data["links"]), 1)
        self.assertEqual(data["speakers"], ["Ana Consiente", f"Representative of {self.organization}"])

    def test_json_speaks_no_language(self):
        english = self.client.get(f"/en/proposals/{self.proposal.folio}.json").content.decode()
        spanish = self.client.get(f"/es/propuestas/{self.proposal.folio}.json").content.decode()

        def without_addresses(text):
            data = json.loads(re.sub(r'"http://testserver/[^"]*"', '"…"', text))
            data["speakers"] = len(data["speakers"])
            return data

        self.assertEqual(without_addresses(english), without_addresses(spanish))
