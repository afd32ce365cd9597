"""Pages of proposals, agreements and meetings in a real browser: axe in both languages, light and dark, phone and desk."""

from django.urls import translate_url
from django.utils.translation import override
from playwright.sync_api import expect

from tests.browser.case import BrowserCase
from tests.chain import ChainWorld

PHONE = {"width": 375, "height": 812}


class RecordPagesTests(ChainWorld, BrowserCase):
    maxDiff = None

    def setUp(self):
        BrowserCase.setUp(self)
        ChainWorld.setUpTestData.__func__(type(self))

    def test_everybody_can_read_every_page(self):
        """One load for each language: axe, light and dark, phone and desk, and nothing over the edge (`audit`)."""
        found = {}
        for language in ("es", "en"):
            for path in self.pages(language):
                self.open(path)
                if faults := self.audit(colours=language == "es"):
                    found[path] = faults
        self.assertEqual(found, {})

    def test_every_page_reads_without_a_script(self):
        context = self.page.context.browser.new_context(java_script_enabled=False, base_url=self.live_server_url)
        page = context.new_page()
        for path in self.pages("en"):
            page.goto(self.live_server_url + path)
            self.assertGreater(len(page.locator("main").inner_text()), 100, path)
            expect(page.locator("main script:not([type='application/ld+json'])")).to_have_count(0)
        self.assertEqual(context.cookies(), [])
        context.close()

    def test_an_agreement_answers_on_the_first_screen_of_a_phone(self):
        self.page.set_viewport_size(PHONE)
        for language in ("es", "en"):
            with override("en"):
                path = translate_url(f"/en/agreements/{self.agreement.folio}/", language)
            self.open(path)
            box = self.page.locator(".glance").bounding_box()
            self.assertLessEqual(box["y"] + box["height"], PHONE["height"], language)
            expect(self.page.locator(".glance dt")).to_have_count(5)

    def test_filters_fold_away_and_work_without_a_script(self):
        context = self.page.context.browser.new_context(
            viewport=PHONE, java_script_enabled=False, base_url=self.live_server_url, locale="en"
        )
        page = context.new_page()
        page.goto(self.live_server_url + "/en/agreements/")
        expect(page.locator(".entries > li")).to_have_count(2)
        page.get_by_text("More filters, order").click()
        page.get_by_label("Order").select_option("newest")
        page.get_by_role("button", name="Show").click()
        page.locator(".choices .pill", has_text="Late").click()
        expect(page.locator(".entries > li")).to_have_count(1)
        page.locator(".choices .pill[aria-current]").click()
        expect(page.locator(".entries > li")).to_have_count(2)
        page.locator(".entries a", has_text="Agreement on offices").click()
        expect(page.locator("h1")).to_have_text("Agreement on offices")
        self.assertEqual(page.context.cookies(), [])
        context.close()
