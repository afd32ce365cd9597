"""Atom feeds: public acts only, permanent ids, the same for everybody, whatever the address holds."""

import datetime as dt
from xml.etree import ElementTree

import pytest
from django.test import TestCase, override_settings

from agreements.models import Commitment, Extension
from tests import factories as make
from tests.config.followed import CANARY, MARCH, FollowedWorld

pytestmark = pytest.mark.once

ATOM = "{http://www.w3.org/2005/Atom}"
NAMES = ("agreements", "proposals", "progress")


class FeedCase(FollowedWorld, TestCase):
    def feed(self, name, **query):
        response = self.client.get(f"/feeds/{name}.atom", query)
        self.assertEqual(response.status_code, 200, response.content)
        return ElementTree.fromstring(response.content)

    def entries(self, name, **query):
        """(id after the host, title) of the entries."""
        found = self.feed(name, **query).findall(f"{ATOM}entry")
        return [(each.find(f"{ATOM}id").text.split(":", 2)[2], each.find(f"{ATOM}title").text) for each in found]


class ActsTests(FeedCase):
    def test_agreements(self):
        version = self.agreement.versions.get().folio
        self.assertEqual(
            self.entries("agreements", lang="en"),
            [
                (f"{version}/signed", f"{version}: signed: Offices"),
                (f"{version}/opened", f"{version}: open for signature: Offices"),
            ],
        )

    def test_a_void_agreement(self):
        void = make.agreement(self.edition, status="void", title_es="Nulo")
        self.enter("agreement_void", void.folio, MARCH + dt.timedelta(days=300))
        self.enter("agreement_void", self.agreement.folio, MARCH + dt.timedelta(days=300))
        first = self.entries("agreements", lang="en")[0]
        self.assertEqual(first[1], f"{void.folio}: declared void: Nulo")

    def test_proposals(self):
        version = self.proposal.versions.get().folio
        found = [pair for pair in self.entries("proposals", lang="en") if pair[0].startswith(version)]
        self.assertEqual(
            found,
            [
                (f"{self.opinion.folio}/opinion", f"{self.opinion.folio}: answered by IFE: Vote abroad"),
                (f"{version}/version", f"{version}: submitted: Vote abroad"),
            ],
        )

    def test_a_merged_proposal(self):
        merged = make.proposal(self.edition, status="merged", title_es="Repetida")
        self.enter("retraction", merged.folio, make.now() + dt.timedelta(days=1))
        self.assertEqual(self.entries("proposals", lang="en")[0][1], f"{merged.folio}: withdrawn, merged or split: Repetida")

    def test_progress(self):
        party = self.commitment.lead
        day = dt.date(2026, 12, 1)
        Extension.objects.create(
            commitment=self.commitment,
            from_on=self.commitment.due_on,
            to_on=day,
            asked_by=party,
            accepted_by=self.agreement.parties.last(),
            reason="Lluvia",
            asked_at=MARCH,
            accepted_at=MARCH + dt.timedelta(days=60),
        )
        Commitment.objects.filter(pk=self.commitment.pk).update(cancelled_at=MARCH + dt.timedelta(days=70))
        folio = self.commitment.folio
        self.assertEqual(
            self.entries("progress", lang="en"),
            [
                (f"{folio}/cancelled", f"{folio}: cancelled by both sides: Abrir módulos"),
                (f"{folio}/extension.2026-12-01", f"{folio}: due date moved to 1 December 2026: Abrir módulos"),
                (f"{self.minutes.folio}/minutes", f"{self.minutes.folio}: minutes approved: Reunión de <seguimiento>"),
                (
                    f"{self.validation.folio}/validation",
                    f"{self.validation.folio}: Federación & Clubes <Zacatecas>: disagrees: Abrir módulos",
                ),
                (f"{self.report.folio}/report", f"{self.report.folio}: report of IFE: Abrir módulos"),
            ],
        )

    def test_an_extension_that_nobody_accepted_is_no_act(self):
        Extension.objects.create(
            commitment=self.commitment,
            from_on=self.commitment.due_on,
            to_on=dt.date(2026, 12, 1),
            asked_by=self.commitment.lead,
            reason=CANARY,
            asked_at=MARCH,
        )
        self.assertNotIn("extension", str(self.entries("progress")))

    def test_the_date_is_that_of_the_act(self):
        entry = self.feed("agreements").find(f"{ATOM}entry")
        dates = {entry.find(f"{ATOM}{name}").text for name in ("published", "updated")}
        self.assertEqual(dates, {"2026-03-21T18:00:00+00:00"})

    def test_the_newest_fifty(self):
        for _ in range(60):
            self.make_agreement()
        self.assertEqual(len(self.entries("agreements")), 50)


class FormTests(FeedCase):
    def test_texts_of_records_stay_texts(self):
        entry = next(
            each for each in self.feed("progress").findall(f"{ATOM}entry") if each.find(f"{ATOM}id").text.endswith("/validation")
        )
        self.assertEqual(entry.find(f"{ATOM}summary").text, "<p>No abrieron.</p>")
        proposals = self.client.get("/feeds/proposals.atom").content.decode()
        self.assertNotIn("<exterior>", proposals)

    def test_characters_that_xml_cannot_hold_are_left_out(self):
        self.agreement.title_es = "Uno\x01Dos\x08Tres\ufffe"
        self.agreement.save()
        self.assertIn("UnoDosTres", self.entries("agreements")[0][1])

    def test_an_invented_record_says_so(self):
        self.agreement.source = "sample"
        self.agreement.save()
        self.assertTrue(self.entries("agreements", lang="en")[0][1].startswith("[sample] "))

    @override_settings(ALLOWED_HOSTS=["acuerda.example.org", "testserver", "other.example.org"])
    def test_ids_do_not_depend_on_how_one_came_here(self):
        def ids(host):
            tree = ElementTree.fromstring(self.client.get("/feeds/agreements.atom", headers={"host": host}).content)
            return [each.text for each in tree.iter(f"{ATOM}id")]

        self.assertEqual(ids("other.example.org"), ids("testserver"))
        version = self.agreement.versions.get().folio
        self.assertEqual(ids("testserver")[1], f"tag:acuerda.example.org,2026:{version}/signed")

    def test_languages(self):
        for lang, title, address in (("es", "Módulos", "/es/"), ("en", "Offices", "/en/")):
            response = self.client.get("/feeds/agreements.atom", {"lang": lang}, headers={"accept-language": "fr"})
            tree = ElementTree.fromstring(response.content)
            self.assertEqual(response["Content-Language"], lang)
            self.assertEqual(tree.get("{http://www.w3.org/XML/1998/namespace}lang"), lang)
            entry = tree.find(f"{ATOM}entry")
            self.assertIn(title, entry.find(f"{ATOM}title").text)
            self.assertIn(f"testserver{address}", entry.find(f"{ATOM}link").get("href"))
        self.assertEqual(self.client.get("/feeds/agreements.atom")["Content-Language"], "es")

    def test_nobody_is_known_and_anybody_may_keep_it(self):
        organizer = make.user(organizer=self.edition)
        for name in NAMES:
            anonymous = self.client.get(f"/feeds/{name}.atom")
            signed_in = self.client_class()
            signed_in.force_login(organizer)
            response = signed_in.get(f"/feeds/{name}.atom")
            self.assertEqual(response.content, anonymous.content)
            self.assertEqual((dict(response.cookies), dict(anonymous.cookies)), ({}, {}))
            self.assertNotIn("no-store", response.get("Cache-Control", ""))

    @override_settings(PAGE_CACHE=True)
    def test_it_is_rendered_once_until_something_changes(self):
        first = self.client.get("/feeds/agreements.atom")
        with self.assertNumQueries(1):
            again = self.client.get("/feeds/agreements.atom", headers={"if-none-match": first["ETag"]})
        self.assertEqual(again.status_code, 304)
        self.make_agreement(title_es="Nuevo")
        self.assertIn(b"Nuevo", self.client.get("/feeds/agreements.atom", headers={"if-none-match": first["ETag"]}).content)

    def test_it_says_where_it_is(self):
        query = {"topic": "voto", "lang": "en", "agency": "ife"}
        links = {link.get("rel"): link.get("href") for link in self.feed("agreements", **query).findall(f"{ATOM}link")}
        self.assertEqual(links["self"], "http://testserver/feeds/agreements.atom?agency=IFE&topic=voto&lang=en")
        self.assertEqual(links["alternate"], "http://testserver/en/agreements/?agency=IFE&topic=voto")

    def test_only_reading(self):
        for name in NAMES:
            self.assertEqual(self.client.post(f"/feeds/{name}.atom").status_code, 405)
            self.assertEqual(self.client.head(f"/feeds/{name}.atom").status_code, 200)


class ScopeTests(FeedCase):
    def test_filters(self):
        stranger = make.agreement(self.edition, status="signed", title_es="Ajeno")
        make.party(stranger, self.other_agency)
        for query in ({"agency": "ife"}, {"organization": "ORG-01"}, {"state": "MX-ZAC"}, {"state": "zac"}, {"state": "32"}):
            with self.subTest(query):
                for name in NAMES:
                    found = self.entries(name, **query)
                    self.assertTrue(found)
                    self.assertNotIn("Ajeno", str(found))
        self.assertEqual(len(self.entries("agreements", topic="voto")), 2)
        self.assertEqual(len(self.entries("agreements")), 4)
        self.assertEqual(self.entries("agreements", state="MX-OAX"), [])
        self.assertEqual(self.entries("progress", agency="SRE"), [])

    def test_an_agency_is_followed_in_its_own_answers(self):
        second = make.opinion(make.referral(self.proposal, make.agency(key="INM")), released_at=MARCH)
        self.assertNotIn(second.folio, str(self.entries("proposals", agency="IFE")))
        self.assertIn(second.folio, str(self.entries("proposals", agency="INM")))

    def test_nonsense_is_refused_with_a_sentence(self):
        for name in NAMES:
            for query in (
                {"agency": "NOBODY"},
                {"organization": ""},
                {"state": "MX-XXX"},
                {"state": "US-CA"},
                {"lang": "fr"},
                {"lang": "en\x00"},
                {"topic": " "},
                {"topic": "x" * 8000},
                {"agency": "' OR 1=1 --"},
                {"agency": ["IFE", "NOBODY"]},
            ):
                with self.subTest(name=name, query=str(query)[:60]):
                    response = self.client.get(f"/feeds/{name}.atom", query)
                    self.assertEqual((response.status_code, response["Content-Type"]), (400, "text/plain; charset=utf-8"))
                    self.assertGreater(len(response.content), 20)
                    self.assertLess(len(response.content), 400)

    def test_a_refusal_speaks_the_language_of_the_feed(self):
        response = self.client.get("/feeds/agreements.atom", {"lang": "en", "agency": "X"}, headers={"accept-language": "es"})
        self.assertEqual(
            response.content.decode(),
            "“X” is nothing that “agency” can be: use its key, for example from the address of its page.\n",
        )
        self.assertEqual(response["Content-Language"], "en")

    def test_what_is_not_ours_is_left_alone(self):
        self.assertEqual(len(self.entries("agreements", utm_source="x")), 2)


class PrivacyTests(FeedCase):
    def test_nothing_private(self):
        for name in NAMES:
            for query in ({}, {"agency": "IFE"}, {"organization": "ORG-01"}, {"state": "ZAC"}, {"lang": "en"}):
                self.assertNotIn(CANARY, self.client.get(f"/feeds/{name}.atom", query).content.decode())

    def test_the_canary_sings_when_it_is_let_out(self):
        """The sweep above can fail: what is made public is seen."""
        make.proposal(self.edition, status="submitted", title_es=CANARY)
        self.assertIn(CANARY, self.client.get("/feeds/proposals.atom").content.decode())


class QueryTests(FeedCase):
    def fill(self, number):
        for _ in range(number):
            proposal = make.proposal(self.edition, status="agreed", proponents=[make.organization()])
            make.opinion(make.referral(proposal, make.agency()))
            agreement = self.make_agreement(proposals=[proposal])
            commitment = make.commitment(agreement, make.party(agreement, make.agency()))
            made = make.report(commitment, commitment.lead)
            make.validation(made, agreement.parties.first())
            make.minutes(make.meeting(self.edition, agreements=[agreement]))

    def test_as_many_for_one_as_for_thirty(self):
        expected = {"agreements": 9, "proposals": 4, "progress": 5}
        for name, number in expected.items():
            with self.subTest(name), self.assertNumQueries(number):
                self.feed(name)
        self.fill(29)
        for name, number in expected.items():
            with self.subTest(name), self.assertNumQueries(number):
                self.feed(name)
