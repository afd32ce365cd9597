"""Public pages of editions, organizations, public bodies and participants: what they show, and what they never do."""

import json

import pytest
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse, translate_url
from django.utils.translation import override

from core import search
from forum.models import EditionAgency, EditionOrganization, MirrorLink, Participation
from tests import factories as make
from tests.personas import PersonaWorld
from tests.sweep import DATA, HIDDEN, PAGES, CanaryWorld

LANGUAGES = ("es", "en")


def address(name, *args, language="en"):
    with override(language):
        return reverse(name, args=args)


def translated(page, language):
    """The address of a page of `tests.sweep` in a language."""
    with override("en"):
        return translate_url(f"/en{page}", language)


@pytest.mark.once
class PrivacyTests(CanaryWorld, TestCase):
    def shown(self, path):
        return self.client.get(path).content.decode()

    def test_no_page_shows_anything_private(self):
        for language in LANGUAGES:
            for page in (*PAGES, *DATA):
                text = self.shown(translated(page, language))
                with self.subTest(page=page, language=language):
                    self.assertEqual([what for what, canary in HIDDEN.items() if canary in text], [])

    def test_hidden_editions_and_their_data_do_not_exist(self):
        for path in ("/en/forums/foro-oculto/", "/en/forums/foro-oculto.json", "/en/forums/FORO-OCULTO/"):
            self.assertEqual(self.client.get(path).status_code, 404, path)

    def test_a_name_is_shown_by_consent_only(self):
        page = self.shown("/en/participants/")
        self.assertIn("Ana Consiente", page)
        self.assertIn("Representative of Federación abierta", page)
        data = json.loads(self.shown("/en/forums/foro-abierto.json"))["participants"]
        self.assertEqual([(row["name"], row["post"]) for row in data], [("Ana Consiente", "presidencia"), (None, None)])

    def rows(self, query):
        response = self.client.get(f"/en/participants/?{query}")
        return [row.key for row in response.context["listing"]]

    def test_filters_and_orders_tell_nothing_of_the_unnamed(self):
        """What is asked about a hidden value is answered as if the value did not exist."""
        self.assertEqual(self.rows("q=Consiente"), ["LID-01"])
        self.assertEqual(self.rows("state=MX-ZAC"), ["LID-01"])
        for query in ("q=Sinpermiso", "q=ximena", "q=Puestocanario", "state=MX-OAX", "q=canario.correo", "q=Canari%C3%B3polis"):
            self.assertEqual(self.rows(query), [], query)
        for query in ("order=person__name", "order=-person__email", "person__name=Ximena", "after=WyJ4Il0"):
            self.assertEqual(self.rows(query), ["LID-01", "LID-02"], query)

    def test_a_hidden_edition_is_no_choice_of_a_filter(self):
        response = self.client.get("/en/participants/?edition=foro-oculto")
        self.assertEqual(len(response.context["listing"].ignored), 1)
        self.assertEqual([row.key for row in response.context["listing"]], ["LID-01", "LID-02"])

    def test_search_counts_nothing_hidden(self):
        for canary in HIDDEN.values():
            response = self.client.get("/en/search/", {"q": f'"{canary}"'})
            self.assertEqual(response.context["everything"], 0, canary)

    def test_withdrawn_consent_takes_the_name_away_everywhere(self):
        self.named.show_name = False
        self.named.save()
        search.refresh(self.named)
        for page in (*PAGES, *DATA, "/search/?q=Consiente", "/participants/?q=Consiente"):
            text = self.shown(translated(page, "es")).replace("“Ana Consiente”", "")
            self.assertNotIn("Ana Consiente", text, page)


class ReaderTests(PersonaWorld, TestCase):
    """Signing in shows editions in preparation to their organizers and nobody's private data on public pages."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.edition.stage = "preparation"
        cls.edition.save()
        cls.person = make.participation(
            cls.edition, organization=cls.organization, person=make.person(name="Ximena Sinpermiso", email="x@example.org")
        )

    def test_who_finds_an_edition_in_preparation(self):
        for path in ("/en/forums/propia/", "/en/forums/propia.json"):
            self.assertEqual(self.who_gets(200, path), {"organizer", "administrator"}, path)

    def test_nobody_reads_an_unconsented_name_on_a_public_page(self):
        for name in self.accounts:
            client = self.sign_in(name)
            for path in ("/en/forums/propia/", "/en/forums/propia.json", "/en/participants/", "/en/organizations/ORG-01/"):
                text = client.get(path).content.decode()
                self.assertNotIn("Ximena", text, (name, path))
                self.assertNotIn("x@example.org", text, (name, path))


class AddressTests(CanaryWorld, TestCase):
    def test_another_spelling_leads_to_the_permanent_address(self):
        for asked, permanent in (
            ("/en/forums/Foro-Abierto/?x=1", "/en/forums/foro-abierto/?x=1"),
            ("/en/organizations/org-01/", "/en/organizations/ORG-01/"),
            ("/en/organizations/org-01.json", "/en/organizations/ORG-01.json"),
            ("/en/agencies/ife/", "/en/agencies/IFE/"),
            ("/en/agencies/Ife.json", "/en/agencies/IFE.json"),
            ("/en/forums/FORO-ABIERTO.json", "/en/forums/foro-abierto.json"),
        ):
            response = self.client.get(asked)
            self.assertEqual((response.status_code, response.get("Location")), (301, permanent), asked)

    def test_what_does_not_exist_is_404(self):
        for kind in ("forums", "organizations", "agencies"):
            for key in ("nope", "a" * 300, "%C3%B1", "..", "-1", "ORG-01%0A"):
                for ending in ("/", ".json"):
                    self.assertEqual(self.client.get(f"/en/{kind}/{key}{ending}").status_code, 404, (kind, key))

    def test_reading_is_the_only_method(self):
        for page in PAGES:
            self.assertEqual(self.client.post(f"/en{page}").status_code, 405, page)


class ContentTests(CanaryWorld, TestCase):
    def test_an_agency_shows_its_names_and_what_became_of_it(self):
        page = self.client.get("/en/agencies/IFE/").content.decode()
        self.assertIn("Federal Institute", page)
        self.assertIn("Instituto Nacional", page)
        data = self.client.get("/en/agencies/IFE.json").json()
        self.assertEqual([body["key"] for body in data["today"]], ["INE"])
        self.assertEqual(
            data["names"], [{"name": {"es": "Instituto Federal"}, "acronym": None, "from": None, "until": "2014-04-03"}]
        )
        self.assertEqual(data["name"], {"es": "Instituto Federal", "en": "Federal Institute"})

    def test_mirrors_are_walked_in_both_directions(self):
        self.assertIn("/en/organizations/ESP-01/", self.client.get("/en/organizations/ORG-01/").content.decode())
        self.assertIn("/en/organizations/ORG-01/", self.client.get("/en/organizations/ESP-01/").content.decode())
        data = self.client.get("/en/organizations/ORG-01.json").json()
        self.assertEqual([(row["key"], row["since"]) for row in data["mirrors"]], [("ESP-01", "2009-01-01")])

    def test_only_public_editions_are_named(self):
        for path in ("/en/organizations/ORG-01.json", "/en/agencies/IFE.json"):
            self.assertEqual([row["slug"] for row in self.client.get(path).json()["editions"]], ["foro-abierto"])

    def test_filters_narrow_down(self):
        for path, keys in (
            ("/en/organizations/?kind=mirror", ["ESP-01"]),
            ("/en/organizations/?state=mx-zac", ["ORG-01"]),
            ("/en/organizations/?edition=foro-abierto", ["ORG-01"]),
            ("/en/organizations/?q=federaci%C3%B3n", ["ORG-01"]),
            ("/en/organizations/?kind=nope", ["ORG-01", "ESP-01"]),
            ("/en/agencies/?q=instituto&edition=foro-abierto", ["IFE"]),
            ("/en/agencies/?level=ministry", []),
            ("/en/participants/?organization=org-01&role=migrant_leader", ["LID-01", "LID-02"]),
            ("/en/participants/?agency=IFE", []),
        ):
            listing = self.client.get(path).context["listing"]
            self.assertEqual([record.key for record in listing], keys, path)
            self.assertEqual(bool(listing.ignored), "nope" in path, path)

    def test_public_bodies_stand_in_the_order_of_the_names_that_are_read(self):
        for key, name_es, name_en in (
            ("A1", "Zócalo", "Aardvark"),
            ("A2", "Árbol", "Zebra"),
            ("A3", "Ñandú", ""),
            ("A4", "Oso", ""),
        ):
            make.agency(key=key, name_es=name_es, name_en=name_en)
        for address, order in (
            ("/es/dependencias/", ["A2", "IFE", "INE", "A3", "A4", "A1"]),
            ("/en/agencies/", ["A1", "IFE", "INE", "A3", "A4", "A2"]),
        ):
            self.assertEqual([record.key for record in self.client.get(address).context["listing"]], order, address)

    def test_a_page_of_a_list_leads_to_the_next_and_keeps_the_filters(self):
        for number in range(30):
            make.organization(name=f"Club {number:02}", kind="hometown_club")
        first = self.client.get("/en/organizations/?kind=hometown_club")
        listing = first.context["listing"]
        self.assertEqual((len(listing), listing.count, listing.exact), (25, 30, True))
        second = self.client.get(f"/en/organizations/?kind=hometown_club&after={listing.page.after}")
        names = [record.name for page in (first, second) for record in page.context["listing"]]
        self.assertEqual(names, [f"Club {number:02}" for number in range(30)])
        self.assertIn("?kind=hometown_club&amp;after=", first.content.decode())


@pytest.mark.once
class QueryTests(TestCase):
    """The same number of queries with one record and with thirty."""

    def fill(self, number):
        with_parent = make.organization()
        for _each in range(number):
            organization = make.organization(state_of_origin=make.area(), parent=with_parent, country=make.area("US"))
            agency = make.agency(state=make.area())
            edition = make.edition()
            for each in (self.edition, edition):
                EditionOrganization.objects.create(edition=each, organization=organization)
                EditionAgency.objects.create(edition=each, agency=agency)
            MirrorLink.objects.create(organization=self.organization, mirror=organization)
            EditionOrganization.objects.create(edition=edition, organization=self.organization)
            EditionAgency.objects.create(edition=edition, agency=self.agency)
            moderator = make.participation(self.edition, consent=True, agency=agency)
            make.participation(self.edition, organization=organization)
            make.participation(edition, organization=self.organization, consent=True)
            make.table(self.edition, moderator=moderator)

    def count(self, path):
        with CaptureQueriesContext(connection) as queries:
            self.assertEqual(self.client.get(path).status_code, 200, path)
        return len(queries)

    def test_pages_cost_the_same_however_many_records_there_are(self):
        self.edition = make.edition(slug="foro")
        self.organization, self.agency = make.organization(key="ORG"), make.agency(key="AGE")
        paths = [
            *(f"/en/{kind}/" for kind in ("forums", "organizations", "agencies", "participants")),
            *("/en/forums/foro/", "/en/organizations/ORG/", "/en/agencies/AGE/"),
            *("/en/forums/foro.json", "/en/organizations/ORG.json", "/en/agencies/AGE.json"),
        ]
        self.fill(1)
        few = {path: self.count(path) for path in paths}
        self.fill(29)
        many = {path: self.count(path) for path in paths}
        # A list that does not fit on its page is counted: one query, once.
        counted = {path: few[path] + (path.endswith("/") and path.count("/") == 3) for path in paths}
        self.assertEqual(Participation.objects.count(), 90)
        self.assertEqual(many, counted)
