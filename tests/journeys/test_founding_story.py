"""The founding story, read as the public: pages in both languages, JSON, search, and the ledger behind them."""

import hashlib
import io
import itertools
import json

import pytest
import rfc8785
from django.core.management import call_command
from django.test import Client, TestCase
from django.urls import reverse
from django.utils import translation

from core import search
from core.models import Event, LedgerEntry
from forum.models import Participation, User
from tests.journeys.founding import STEPS, FoundingStory, import_founding_files

LANGUAGES = ("es", "en")


class FoundingStoryTests(FoundingStory, TestCase):
    def get(self, name, *args, language="en", **query):
        """The public page or JSON of an address name, as nobody."""
        with translation.override(language):
            address = reverse(name, args=args)
        response = Client().get(address, query)
        self.assertEqual(response.status_code, 200, address)
        return response

    def data(self, name, *args):
        return self.get(f"{name}_json", *args).json()

    def page(self, name, *args, language="en", **query):
        return self.get(name, *args, language=language, **query).content.decode()

    def assertShows(self, page, *texts):
        for text in texts:
            with self.subTest(text):
                self.assertIn(text, page)

    # --- what was imported ---

    def test_the_eight_files_go_in_whole(self):
        for kind, _name, rows in STEPS:
            with self.subTest(kind):
                self.assertRegex(self.said[kind], rf"^{kind}: {rows} \D*, 0 \D*, 0 \D*, 0 \D*$")

    def test_the_search_finds_every_record_as_it_stands(self):
        self.assertEqual(search.differences(), [])

    def test_the_same_files_again_change_nothing(self):
        before = Event.objects.count()
        said = import_founding_files()
        for kind, _name, rows in STEPS:
            with self.subTest(kind):
                self.assertRegex(said[kind], rf"^{kind}: 0 \D*, 0 \D*, {rows} \D*, 0 \D*$")
        self.assertEqual(Event.objects.count(), before)

    # --- the chain, link by link ---

    def test_the_states_of_the_records(self):
        self.assertEqual((self.proposal.status, self.proposal.reading), ("agreed", "divided"))
        self.assertEqual((self.agreement.folio, self.agreement.status), ("FM1-A-01", "signed"))
        self.assertEqual((self.meeting.folio, self.meeting.status, self.minutes.status), ("FM1-R-01", "held", "approved"))
        self.assertEqual((self.first.folio, self.first.disputed), ("FM1-A-01-C1", True))
        self.assertEqual((self.second.reported_status, self.second.disputed), ("fulfilled", False))

    def test_the_proposal_shows_every_answer_side_by_side(self):
        found = self.data("proposal", "FM1-01")
        answers = {answer["agency"]["key"]: answer["opinion"]["verdict"] for answer in found["referrals"]}
        self.assertEqual(answers, {"IFE": "conditional", "SRE": "feasible", "IME": "not_feasible"})
        page = self.page("proposal", "FM1-01")
        self.assertShows(
            page, "IFE voter-card offices in the United States", "feasible with conditions", "not feasible", "divided"
        )
        self.assertShows(self.page("proposal", "FM1-01", language="es"), "Módulos de credencialización", "viable con condiciones")

    def test_the_agreement_says_who_what_when_how_it_stands_and_what_proves_it(self):
        found = self.data("agreement", "FM1-A-01")
        self.assertEqual(
            {party["key"]: party["acceptance"]["accepted_on"] for party in found["parties"]},
            {
                "IFE": "2011-04-12",
                "SRE": "2011-04-14",
                "ORG-01": "2011-04-13",
            },
        )
        first, second = found["commitments"]
        self.assertEqual(
            (first["lead"], first["co_responsible"], first["original_due_on"], first["light"], first["disputed"]),
            ("IFE", ["SRE"], "2011-09-30", "late", True),
        )
        codes = {name: reading["code"] for name, reading in first["readings"].items()}
        self.assertEqual(codes, {"body": "substantial", "evidence": "links", "date": "late", "organizations": "disagrees"})
        codes = {name: reading["code"] for name, reading in second["readings"].items()}
        self.assertEqual(second["light"], "fulfilled")
        self.assertEqual(codes, {"body": "fulfilled", "evidence": "none", "date": "ended", "organizations": "agrees"})
        page = self.page("agreement", "FM1-A-01")
        self.assertShows(
            page,
            "Pilot voter-card offices abroad",
            "Open three pilot offices",
            "IFE reports: substantial progress, 70 %, on 30 June 2011.",
            "Evidence: 1 link, not archived.",
            "https://example.org/apertura",
            "Ningún módulo atiende al público.",
            "No evidence on file",
        )

    def test_the_meeting_and_its_approved_minutes(self):
        found = self.data("meeting", "FM1-R-01")
        self.assertEqual(
            found["attendance"],
            [
                {"body": "IFE", "present": 1, "absent": 0, "excused": 0},
                {"body": "SRE", "present": 0, "absent": 0, "excused": 1},
                {"body": "ORG-01", "present": 1, "absent": 0, "excused": 0},
            ],
        )
        self.assertEqual([item["commitment"] for item in found["agenda"]], ["FM1-A-01-C2", "FM1-A-01-C1"])
        self.assertEqual(found["minutes"]["status"], "approved")
        self.assertEqual([item["folio"] for item in found["action_items"]], ["FM1-R-01-T1"])
        self.assertShows(self.page("meeting", "FM1-R-01"), "Se revisaron las tres sedes.", "Chicago va primero.")

    def test_the_chain_is_walked_in_both_directions(self):
        """Every step of the chain leads to the next and to the one before, on the page and in the data."""
        chain = (
            ("antecedent", "agenda-mx-2010"),
            ("proposal", "FM1-01"),
            ("agreement", "FM1-A-01"),
            ("meeting", "FM1-R-01"),
        )
        steps = list(itertools.pairwise(chain))
        for near, far in steps + [(far, near) for near, far in steps]:
            for language in LANGUAGES:
                with self.subTest(near=near, far=far, language=language):
                    with translation.override(language):
                        address = reverse(far[0], args=[far[1]])
                    self.assertIn(f'href="{address}', self.page(*near, language=language))
            with self.subTest(near=near, far=far, data=True):
                self.assertIn(far[1], json.dumps(self.data(*near)))

    def test_the_bodies_and_the_organization_tell_it_too(self):
        for name, key in (("agency", "IFE"), ("organization", "ORG-01")):
            with self.subTest(key):
                self.assertShows(self.page(name, key), "FM1-01", "FM1-A-01")

    def test_lists_progress_and_search_lead_there(self):
        self.assertShows(self.page("proposals"), "FM1-01")
        self.assertShows(self.page("agreements"), "FM1-A-01")
        self.assertShows(self.page("meetings"), "FM1-R-01")
        self.assertShows(self.page("progress"), "FM1-A-01")
        for words, folio in (("credencializacion", "FM1-01"), ("PILOTO módulos", "FM1-A-01"), ("seguimiento", "FM1-R-01")):
            with self.subTest(words):
                self.assertShows(self.page("search", q=words), folio)

    # --- what proves it ---

    def test_every_public_act_is_in_the_ledger_and_the_ledger_holds(self):
        acts = list(LedgerEntry.objects.order_by("number").values_list("act", "record_key"))
        referral = self.referrals
        self.assertEqual(
            acts,
            [
                ("proposal_version", "FM1-01.1"),
                *(("opinion", f"{referral[key].folio}-D1") for key in ("SRE", "IFE", "IME")),
                ("agreement_opened", "FM1-A-01.1"),
                ("agreement_signed", "FM1-A-01.1"),
                ("minutes_approved", "FM1-R-01-M1"),
                ("progress_report", "FM1-A-01-C1-I1"),
                ("validation", "FM1-A-01-C1-I1-V1"),
                ("progress_report", "FM1-A-01-C2-I1"),
                ("validation", "FM1-A-01-C2-I1-V1"),
            ],
        )
        out = io.StringIO()
        call_command("verify_ledger", stdout=out)
        self.assertIn("11", out.getvalue())

    def test_anyone_can_repeat_the_fingerprints_from_the_published_data(self):
        documents = [
            self.data("agreement", "FM1-A-01")["versions"][0],
            self.data("meeting", "FM1-R-01")["minutes"],
            *(answer["opinion"] for answer in self.data("proposal", "FM1-01")["referrals"]),
        ]
        published = LedgerEntry.objects.values_list("canonical", flat=True)
        for found in documents:
            with self.subTest(found["folio"]):
                digest = hashlib.sha256(rfc8785.dumps(found["document"])).hexdigest()
                self.assertEqual(digest, found["sha256"])
                self.assertTrue(any(digest in text for text in published))

    # --- what must not leave ---

    def public_texts(self):
        """Every public page and document of the story, by address, in both languages."""
        records = (
            ("edition", self.edition.slug),
            ("proposal", "FM1-01"),
            ("agreement", "FM1-A-01"),
            ("meeting", "FM1-R-01"),
            ("organization", "ORG-01"),
            ("agency", "IFE"),
        )
        pages = (
            "home",
            "editions",
            "organizations",
            "agencies",
            "participants",
            "proposals",
            "agreements",
            "meetings",
            "progress",
        )
        found = {}
        for language in LANGUAGES:
            for name in pages:
                found[name, language] = self.page(name, language=language)
            for name, key in records:
                found[name, key, language] = self.page(name, key, language=language)
                found[f"{name}_json", key, language] = self.get(f"{name}_json", key, language=language).content.decode()
        found["ledger"] = b"".join(Client().get(reverse("ledger")).streaming_content).decode()
        return found

    def test_no_contact_no_account_no_name_without_consent_no_link(self):
        unnamed = Participation.objects.filter(show_name=False).select_related("person")
        secrets = {
            "https://video.example.org/sala-reservada",
            *(user.email for user in User.objects.all()),
            *(person for row in unnamed for person in (row.person.name, row.person.email) if person),
            *Participation.objects.exclude(person__email="").values_list("person__email", flat=True),
        }
        self.assertGreater(len(secrets), 30)
        for address, text in self.public_texts().items():
            leaked = {secret for secret in secrets if secret in text}
            with self.subTest(address):
                self.assertEqual(leaked, set())

    def test_the_ledger_names_nobody(self):
        names = set(Participation.objects.values_list("person__name", flat=True))
        text = b"".join(Client().get(reverse("ledger")).streaming_content).decode()
        self.assertEqual({name for name in names if name in text}, set())

    def test_nine_proposals_in_draft_stay_hidden(self):
        for number in range(2, 11):
            folio = f"FM1-{number:02d}"
            with self.subTest(folio):
                for name in ("proposal", "proposal_json"):
                    self.assertEqual(Client().get(reverse(name, args=[folio])).status_code, 404)


@pytest.mark.once
class SecondRunTests(TestCase):
    """An empty edition: the second run of each file says so, the edition and the proposals too."""

    def test_nothing_new_nothing_changed(self):
        import_founding_files()
        events = Event.objects.count()
        said = import_founding_files()
        for kind, _name, rows in STEPS:
            with self.subTest(kind):
                self.assertRegex(said[kind], rf"^{kind}: 0 \D*, 0 \D*, {rows} \D*, 0 \D*$")
        self.assertEqual(Event.objects.count(), events)
