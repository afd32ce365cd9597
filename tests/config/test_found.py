"""How a record is found and shown elsewhere: previews, schema.org, cards, frames."""

import json
import re
from xml.etree import ElementTree

from django.template import Context, Template
from django.test import SimpleTestCase, TestCase, override_settings
from django.utils import translation

from config.templatetags.followed import KINDS
from core import jsonld
from tests import factories as make
from tests.config.followed import CANARY, FollowedWorld

HOSTILE = "</script><script>alert(1)</script><!-- & \"' \u2028"


def rendered(source, record, language="en"):
    with translation.override(language):
        context = Context({"record": record, "origin": "https://acuerda.example.org"})
        return Template("{% load followed %}" + source).render(context)


def block(text):
    """The data block of a page, read as a program reads it."""
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    assert len(found) == 1, found
    return json.loads(found[0])


class BlockTests(SimpleTestCase):
    def test_no_text_ends_the_block(self):
        text = jsonld.Block({"name": HOSTILE, HOSTILE: 1}).__html__()
        self.assertFalse(re.search("[<>&\u2028]", text))
        self.assertEqual(json.loads(text), {"name": HOSTILE, HOSTILE: 1})

    def test_nothing_is_left_empty(self):
        self.assertEqual(jsonld.thing("Thing", id="x", name="", a=None, b=[], c=0), {"@type": "Thing", "@id": "x", "c": 0})


class PageHeadTests(FollowedWorld, TestCase):
    def test_the_pages_that_people_pass_on(self):
        for address, kinds in (("/en/", ["WebSite"]), ("/en/progress/", ["WebPage", "BreadcrumbList"])):
            text = self.client.get(address).content.decode()
            self.assertEqual([each["@type"] for each in block(text)["@graph"]], kinds)
            self.assertEqual(re.findall(r'property="og:url" content="([^"]+)"', text), [f"http://testserver{address}"])
            self.assertEqual(len(re.findall(r'property="og:title" content="[^"]+"', text)), 1)
        (site,) = block(self.client.get("/es/").content.decode())["@graph"]
        self.assertEqual(site["potentialAction"]["target"], "http://testserver/es/buscar/?q={search_term_string}")


class HeadTests(FollowedWorld, TestCase):
    def records(self):
        return [
            self.edition,
            self.organization,
            self.agency,
            make.antecedent(),
            self.proposal,
            self.agreement,
            self.meeting,
        ]

    def test_every_kind_of_record(self):
        expected = {
            "Edition": "Event",
            "Organization": "Organization",
            "Agency": "GovernmentOrganization",
            "Antecedent": "CreativeWork",
            "Proposal": "DigitalDocument",
            "Agreement": "DigitalDocument",
            "Meeting": "Event",
        }
        self.assertEqual({model.__name__ for model in KINDS}, set(expected))
        for record in self.records():
            for language in ("es", "en"):
                with self.subTest(record=record, language=language):
                    text = rendered("{% head_of record %}", record, language)
                    graph = block(text)["@graph"]
                    with translation.override(language):
                        url = f"https://acuerda.example.org{record.get_absolute_url()}"
                    self.assertEqual([graph[0]["@type"], graph[1]["@type"]], [expected[type(record).__name__], "BreadcrumbList"])
                    self.assertEqual((graph[0]["@id"], graph[1]["itemListElement"][-1]["item"]), (url, url))
                    self.assertEqual([each["position"] for each in graph[1]["itemListElement"]], [1, 2, 3])
                    self.assertIn(f'<meta property="og:url" content="{url}">', text)
                    self.assertEqual(text.count("application/atom+xml"), 3)

    def test_an_agreement_says_by_whom_and_from_what(self):
        found = block(rendered("{% head_of record %}", self.agreement))["@graph"][0]
        self.assertEqual([each["name"] for each in found["author"]], [str(self.agency), str(self.organization)])
        self.assertEqual([each["@type"] for each in found["author"]], ["GovernmentOrganization", "Organization"])
        self.assertEqual([each["name"] for each in found["isBasedOn"]], ["Vote abroad"])
        self.assertEqual((found["identifier"], found["name"], found["inLanguage"]), (self.agreement.folio, "Offices", "en"))

    def test_a_meeting_is_on_its_own_clock(self):
        found = block(rendered("{% head_of record %}", self.meeting))["@graph"][0]
        self.assertEqual(found["startDate"], "2026-04-06T09:00:00-07:00")
        self.assertEqual(found["eventStatus"], "https://schema.org/EventScheduled")

    def test_dates_are_no_more_exact_than_known(self):
        self.edition.date_precision = "month"
        found = block(rendered("{% head_of record %}", self.edition))["@graph"][0]
        self.assertEqual(found["startDate"], "2026-03")

    def test_hostile_texts_stay_texts(self):
        self.agreement.title_es = self.agreement.title_en = HOSTILE
        self.agreement.background_es = HOSTILE
        self.agreement.save()
        text = rendered("{% head_of record %}", self.agreement)
        self.assertEqual(text.count("<script"), 1)
        self.assertIn("alert(1)", block(text)["@graph"][0]["name"])

    def test_what_is_not_public_is_described_to_nobody(self):
        for record in (make.agreement(self.edition), make.proposal(self.edition), make.meeting(self.edition, status="proposed")):
            for tag in ("head_of", "follow"):
                self.assertEqual(rendered(f"{{% {tag} record %}}", record).strip(), "", (tag, record))

    def test_nothing_private(self):
        for record in self.records():
            for tag in ("head_of", "follow"):
                self.assertNotIn(CANARY, rendered(f"{{% {tag} record %}}", record))

    def test_a_body_is_followed_by_its_own_feeds(self):
        text = rendered("{% follow record %}", self.agency)
        self.assertIn("/feeds/agreements.atom?lang=en&amp;agency=IFE", text)
        self.assertIn("/calendar.ics?lang=en&amp;agency=IFE", text)
        self.assertIn("/feeds/progress.atom?organization=ORG-01", rendered("{% follow record %}", self.organization, "es"))

    def test_every_address_answers(self):
        for record in self.records():
            text = rendered("{% head_of record %}{% follow record %}", record)
            for address in re.findall(
                r'(?:href|content|src)=(?:"|&quot;)(?:https://acuerda.example.org)?(/[^"&]*(?:&amp;[^"&]*)*)', text
            ):
                if "/static/" not in address:
                    with self.subTest(address):
                        self.assertEqual(self.client.get(address.replace("&amp;", "&")).status_code, 200)

    def test_a_page_asks_no_more_for_many_parties(self):
        with self.assertNumQueries(2):
            rendered("{% head_of record %}", self.agreement)
        for _ in range(29):
            make.party(self.agreement, make.organization())
        with self.assertNumQueries(2):
            rendered("{% head_of record %}", self.agreement)


class CardTests(FollowedWorld, TestCase):
    def test_a_picture_that_stands_alone(self):
        response = self.client.get(f"/en/agreements/{self.agreement.folio}/card.svg")
        self.assertEqual((response.status_code, response["Content-Type"]), (200, "image/svg+xml; charset=utf-8"))
        tree = ElementTree.fromstring(response.content)
        text = "".join(tree.itertext())
        for words in ("Offices", self.agreement.folio, "Signed", "IFE"):
            self.assertIn(words, text)
        self.assertFalse(
            re.search(r'(?:href|src)="?https?:|style=|<script|@import|url\(', response.content.decode().replace("www.w3.org", ""))
        )

    def test_hostile_and_endless_titles(self):
        self.agreement.title_en = f"<g onload='x'>&\x01 {'larga ' * 45}"
        self.agreement.save()
        response = self.client.get(f"/en/agreements/{self.agreement.folio}/card.svg")
        tree = ElementTree.fromstring(response.content)
        self.assertIn("<g onload='x'>&", "".join(tree.itertext()))
        lines = [each for each in tree.iter("{http://www.w3.org/2000/svg}text") if each.get("font-size") == "52"]
        self.assertEqual(len(lines), 4)

    def test_one_knot_for_each_commitment_and_no_more_than_fit(self):
        for _ in range(30):
            make.commitment(self.agreement, self.commitment.lead)
        text = self.client.get(f"/en/agreements/{self.agreement.folio}/card.svg").content.decode()
        self.assertEqual(text.count("<circle"), 16)
        self.assertIn("(+15)", text)
        self.assertNotIn(CANARY, text)

    def test_an_invented_one_says_so(self):
        self.agreement.source = "sample"
        self.agreement.save()
        for page in ("card.svg", "embed/"):
            self.assertIn("sample", self.client.get(f"/en/agreements/{self.agreement.folio}/{page}").content.decode())


class EmbedTests(FollowedWorld, TestCase):
    def address(self):
        return f"/en/agreements/{self.agreement.folio}/embed/"

    def frames(self, response):
        return re.findall(r"frame-ancestors ([^;]*)", response["Content-Security-Policy"])

    @override_settings(PAGE_CACHE=True)
    def test_any_site_may_show_it_fresh_and_from_the_cache_and_no_other_page(self):
        for _ in range(2):
            response = self.client.get(self.address())
            self.assertEqual((response.status_code, self.frames(response)), (200, ["*"]))
            self.assertNotIn("X-Frame-Options", response)
            self.assertIn("default-src 'none'", response["Content-Security-Policy"])
            for page in (f"/en/agreements/{self.agreement.folio}/", f"/en/agreements/{self.agreement.folio}/card.svg"):
                other = self.client.get(page)
                self.assertEqual((self.frames(other), other["X-Frame-Options"]), (["'none'"], "DENY"), page)

    def test_it_is_whole_and_knows_nobody(self):
        self.client.force_login(make.user(organizer=self.edition))
        response = self.client.get(self.address())
        text = response.content.decode()
        self.assertFalse(response.wsgi_request.session.accessed)
        for words in ("Offices", "Signed".lower(), "IFE", "late", "1 November 2026"):
            self.assertIn(words, text)
        self.assertNotIn(CANARY, text)
        self.assertNotIn("<script", text)
        self.assertTrue(all('target="_blank" rel="noopener"' in link for link in re.findall(r"<a [^>]*>", text)))

    def test_what_is_not_public_does_not_exist(self):
        self.client.force_login(make.user(administrator=True))
        draft = make.agreement(self.edition)
        for page in ("embed/", "card.svg"):
            self.assertEqual(self.client.get(f"/en/agreements/{draft.folio}/{page}").status_code, 404)

    def test_as_many_queries_for_one_as_for_thirty(self):
        for _ in range(2):
            for page in ("embed/", "card.svg"):
                with self.assertNumQueries(3):
                    self.client.get(f"/en/agreements/{self.agreement.folio}/{page}")
            for _ in range(29):
                make.commitment(self.agreement, make.party(self.agreement, make.organization()))

    def test_the_feeds_of_every_page_are_named(self):
        self.assertEqual(rendered("{% feeds %}", None).count("application/atom+xml"), 3)
