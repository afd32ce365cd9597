"""Pages of proposals, agreements and meetings in a real browser: axe in both languages, light and dark, phone and desk."""

from django.urls import translate_url
from django.utils.translation import override

from tests.browser.case import BrowserCase
from tests.chain import ChainWorld

PHONE = {"width": 375, "height": 812}


class RecordPagesTests(ChainWorld, BrowserCase):
    def setUp(self):
        BrowserCase.setUp(self)
        ChainWorld.setUpTestData.__func__(type(self))

    def open_everything(self):
        self.page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")

    def test_axe_finds_nothing(self):
        found = {}
        for language, width in (("es", 320), ("en", 1280)):
            self.page.set_viewport_size({"width": width, "height": 900})
            for path in self.pages(language):
                self.page.emulate_media(color_scheme="light")
                self.open(path)
                self.open_everything()
                for scheme in ("light", "dark"):
                    self.page.emulate_media(color_scheme=scheme)
                    if violations := self.axe():
                        found[f"{path} {width} {scheme}"] = violations
        self.assertEqual(found, {})

    def test_nothing_runs_over_the_edge(self):
        """At 320 px, and at 1280 px with text twice as large."""
        over = {}
        for path in self.pages("es"):
            for width, size in ((320, "100%"), (1280, "200%")):
                self.page.set_viewport_size({"width": width, "height": 800})
                self.open(path)
                self.open_everything()
                self.page.evaluate(f"document.documentElement.style.fontSize = '{size}'")
                if (needed := self.page.evaluate("document.documentElement.scrollWidth")) > width:
                    over[f"{path} {width} {size}"] = needed
        self.assertEqual(over, {})

    def test_an_agreement_answers_on_the_first_screen_of_a_phone(self):
        self.page.set_viewport_size(PHONE)
        for language in ("es", "en"):
            with override("en"):
                path = translate_url(f"/en/agreements/{self.agreement.folio}/", language)
            self.open(path)
            box = self.page.locator(".glance").bounding_box()
            self.assertLessEqual(box["y"] + box["height"], PHONE["height"], language)
            self.assertEqual(self.page.locator(".glance dt").count(), 5)

    def test_filters_fold_away_and_work_without_a_script(self):
        context = self.page.context.browser.new_context(
            viewport=PHONE, java_script_enabled=False, base_url=self.live_server_url, locale="en"
        )
        page = context.new_page()
        page.goto(self.live_server_url + "/en/agreements/")
        self.assertEqual(page.locator(".entry").count(), 2)
        page.get_by_text("More filters, order").click()
        page.get_by_label("Commitments").select_option("late")
        page.get_by_role("button", name="Show").click()
        self.assertEqual(page.locator(".entry").count(), 1)
        page.locator(".pill").click()
        self.assertEqual(page.locator(".entry").count(), 2)
        page.locator(".entry a").first.click()
        self.assertEqual(page.locator("h1").inner_text(), "Agreement on offices")
        self.assertEqual(page.context.cookies(), [])
        context.close()
