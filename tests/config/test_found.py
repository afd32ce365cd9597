"""How a record is found and shown elsewhere: previews, schema.org, cards, frames."""

import json
import re
import struct
from unittest import mock

import pytest
from django.core.cache import caches
from django.template import Context, Template
from django.test import SimpleTestCase, TestCase, override_settings
from django.utils import translation
from django.utils.translation import override

from agreements import cards
from agreements.models import Agreement
from config.templatetags.followed import KINDS
from core import jsonld
from core.documents.printing import NotPrinted
from tests import factories as make
from tests.config.followed import CANARY, FollowedWorld

pytestmark = pytest.mark.once

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
    def drawing(self, language="en"):
        with override(language):
            return cards.drawing_of(cards.found(self.agreement.folio))

    def test_a_picture_that_messengers_show(self):
        response = self.client.get(f"/en/agreements/{self.agreement.folio}/card.png")
        self.assertEqual((response.status_code, response["Content-Type"]), (200, "image/png"))
        # Signature, then width and height in the header (PNG, 11.2.2).
        self.assertEqual(response.content[:8], b"\x89PNG\r\n\x1a\n")
        self.assertEqual(struct.unpack(">II", response.content[16:24]), (1200, 630))
        page = self.client.get(f"/en/agreements/{self.agreement.folio}/").content.decode()
        images = re.findall(r'<meta property="og:image" content="([^"]*)">', page)
        self.assertEqual(images, [f"http://testserver/en/agreements/{self.agreement.folio}/card.png"])

    def test_what_it_says(self):
        found = self.drawing()
        self.assertEqual((found["folio"], found["sample"], found["knots"]), (self.agreement.folio, "", ["late"]))
        self.assertTrue(found["standing"].startswith("Signed · 1 late"), found)
        self.assertIn("IFE", found["parties"])
        self.assertIn("Offices", found["title"])
        self.agreement.source = "sample"
        self.agreement.save()
        self.assertEqual((self.drawing()["sample"], self.drawing("es")["sample"]), ("sample", "muestra"))

    def test_hostile_and_endless_texts_are_drawn_as_they_stand_and_fit(self):
        for title in ('#eval(read("/etc/passwd")) *x* $y$ <b>\x01', "larga " * 45, "x" * 290, "😀" * 200, '\\"}]', "  "):
            self.agreement.title_en = title
            with mock.patch.object(Agreement, "language_of", return_value="en"):
                drawing = {**self.drawing(), "title": cards.short(title, cards.TITLE)}
            self.assertLessEqual(len(drawing["title"].replace("\u200b", "")), cards.TITLE)
            self.assertEqual(cards.drawn(drawing)[:4], b"\x89PNG", title)
        self.assertTrue(cards.short("#eval(1) <b>", 50).startswith("#eval(1) <b>"))

    def test_one_knot_for_each_commitment_and_no_more_than_fit(self):
        for _ in range(30):
            make.commitment(self.agreement, self.commitment.lead)
        found = self.drawing()
        self.assertEqual((len(found["knots"]), found["standing"][-5:]), (cards.MOST_KNOTS, "(+17)"))
        self.assertNotIn(CANARY, str(found))

    def test_the_same_card_is_drawn_once_and_a_failure_says_so(self):
        address = f"/en/agreements/{self.agreement.folio}/card.png"
        caches["answers"].clear()
        with mock.patch("agreements.cards.picture", return_value=b"png") as draw:
            self.client.get(address)
            make.proposal(self.edition)
            self.assertEqual((self.client.get(address).content, draw.call_count), (b"png", 1))
        caches["answers"].clear()
        with mock.patch("agreements.cards.picture", side_effect=NotPrinted("busy")):
            response = self.client.get(address)
        self.assertEqual((response.status_code, response["Retry-After"], response.content), (503, "60", b"busy"))


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
            for page in (f"/en/agreements/{self.agreement.folio}/", f"/en/agreements/{self.agreement.folio}/card.png"):
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
        for page in ("embed/", "card.png"):
            self.assertEqual(self.client.get(f"/en/agreements/{draft.folio}/{page}").status_code, 404)

    def test_as_many_queries_for_one_as_for_thirty(self):
        for _ in range(2):
            for page in ("embed/", "card.png"):
                with self.assertNumQueries(3):
                    self.client.get(f"/en/agreements/{self.agreement.folio}/{page}")
            for _ in range(29):
                make.commitment(self.agreement, make.party(self.agreement, make.organization()))

    def test_the_feeds_of_every_page_are_named(self):
        self.assertEqual(rendered("{% feeds %}", None).count("application/atom+xml"), 3)
