"""The map of the site: every public page in both languages, in bounded stretches, nothing hidden."""

from unittest import mock
from xml.etree import ElementTree

from django.test import TestCase

from config import sitemaps
from tests import factories as make
from tests.config.followed import CANARY, FollowedWorld

NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


class SitemapTests(FollowedWorld, TestCase):
    def tree(self, address):
        response = self.client.get(address)
        self.assertEqual((response.status_code, response["Content-Type"]), (200, "application/xml; charset=utf-8"), address)
        self.assertEqual(response["Cache-Control"], "public, max-age=3600")
        return ElementTree.fromstring(response.content)

    def parts(self):
        return [each.text.removeprefix("http://testserver") for each in self.tree("/sitemap.xml").iterfind(".//s:loc", NAMES)]

    def addresses(self):
        return [each.text for part in self.parts() for each in self.tree(part).iterfind("s:url/s:loc", NAMES)]

    def test_every_page_in_it_answers_and_is_there_once(self):
        found = self.addresses()
        self.assertEqual(len(found), len(set(found)))
        for address in found:
            self.assertEqual(self.client.get(address.removeprefix("http://testserver")).status_code, 200, address)
        for record in (self.agreement, self.proposal, self.meeting, self.organization, self.agency, self.edition):
            for language in ("es", "en"):
                own = [address for address in found if address.endswith(f"/{record.public_key}/") and f"/{language}/" in address]
                self.assertEqual(len(own), 1, (record, language))

    def test_each_language_names_all(self):
        part = next(part for part in self.parts() if "agreements" in part)
        urls = self.tree(part).findall("s:url", NAMES)
        named = [{link.get("hreflang"): link.get("href") for link in url.iterfind("x:link", NAMES)} for url in urls]
        self.assertEqual(named[0], named[1])
        self.assertEqual(set(named[0]), {"es", "en", "x-default"})
        self.assertEqual({url.find("s:loc", NAMES).text for url in urls}, {named[0]["es"], named[0]["en"]})
        self.assertEqual(named[0]["x-default"], named[0]["es"])

    def test_nothing_hidden(self):
        hidden = [
            make.proposal(self.edition),
            make.proposal(self.hidden_edition, status="in_review"),
            make.agreement(self.edition),
            make.meeting(self.edition, status="proposed"),
        ]
        text = " ".join(self.addresses())
        for record in hidden:
            self.assertNotIn(f"/{record.folio}/", text)
        self.assertNotIn(self.hidden_edition.slug, text)
        self.assertNotIn(CANARY, text)

    def test_stretches_together_hold_everything(self):
        for _ in range(7):
            make.organization()
        whole = set(self.addresses())
        with mock.patch.object(sitemaps, "STRETCH", 3):
            self.assertGreater(len(self.parts()), 8)
            self.assertEqual(set(self.addresses()), whole)

    def test_a_stretch_of_nothing_public_is_empty_and_one_beyond_the_last_does_not_exist(self):
        with mock.patch.object(sitemaps, "STRETCH", 1):
            # The first proposal of this world is public, the ones after it are drafts and others.
            draft = make.proposal(self.edition)
            make.proposal(self.edition, status="submitted")
            self.assertEqual(self.tree(f"/sitemap-proposals-{draft.pk}.xml").findall("s:url", NAMES), [])
        for address in ("proposals-99", "proposals-0", "pages-2", "people-1", f"proposals-{10**30}", "proposals-x"):
            self.assertEqual(self.client.get(f"/sitemap-{address}.xml").status_code, 404, address)

    def test_as_many_queries_for_one_as_for_thirty(self):
        for _ in range(2):
            with self.assertNumQueries(7):
                self.client.get("/sitemap.xml")
            with self.assertNumQueries(1):
                self.client.get("/sitemap-organizations-1.xml")
            for _ in range(29):
                make.organization()

    def test_robots(self):
        response = self.client.get("/robots.txt")
        lines = response.content.decode().splitlines()
        self.assertEqual(lines[-1], "Sitemap: http://testserver/sitemap.xml")
        for path in ("/admin/", "/en/workspace/", "/en/search/", "/en/accounts/login/"):
            self.assertIn(f"Disallow: {path}", lines)
        self.assertNotIn("Disallow: /", lines)
        for address in self.addresses():
            path = address.removeprefix("http://testserver")
            self.assertFalse([line for line in lines if line.startswith("Disallow: ") and path.startswith(line[10:])], path)
