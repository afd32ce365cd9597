"""Public pages in a real browser: axe, both languages, light and dark, phone and desk, no sideways scroll, no script needed."""

from django.urls import translate_url
from django.utils.translation import override

from tests import factories as make
from tests.browser.case import BrowserCase
from tests.sweep import PAGES, CanaryWorld

ENTRANCE = ("/accounts/login/", "/accounts/signup/", "/accounts/password/reset/")
RECORDS = ("/proposals/", "/proposals/FA1-02/", "/agreements/", "/agreements/FA1-A-02/", "/meetings/", "/antecedents/")
FILTERED = ("/organizations/?q=federacion&kind=nope&order=key", "/search/?q=nadaquehallar", "/nope/")
WIDTHS = (320, 1280)


class PublicPagesTests(CanaryWorld, BrowserCase):
    def setUp(self):
        BrowserCase.setUp(self)
        CanaryWorld.setUpTestData()
        self.expected_errors = [r"404 \(Not Found\)"]

    def paths(self, language):
        with override("en"):
            known = [translate_url(f"/en{page}", language) for page in (*PAGES, *RECORDS, *ENTRANCE, *FILTERED)]
        return [path.replace("/en/", f"/{language}/") for path in known]

    def test_axe_finds_nothing(self):
        found = {}
        for language in ("es", "en"):
            for path in self.paths(language):
                for width in WIDTHS:
                    self.page.set_viewport_size({"width": width, "height": 800})
                    self.page.emulate_media(color_scheme="light")
                    self.open(path)
                    violations = self.axe()
                    self.page.emulate_media(color_scheme="dark")
                    violations += [f"dark: {each}" for each in self.axe("color-contrast")]
                    if violations:
                        found[f"{path} {width}"] = violations
        self.assertEqual(found, {})

    def test_nothing_runs_over_the_edge(self):
        """At 320 px, and at 1280 px with text twice as large."""
        over = {}
        for path in self.paths("es"):
            for width, size in ((320, "100%"), (1280, "200%")):
                self.page.set_viewport_size({"width": width, "height": 800})
                self.open(path)
                self.page.evaluate(f"document.documentElement.style.fontSize = '{size}'")
                needed = self.page.evaluate("document.documentElement.scrollWidth")
                if needed > width:
                    over[f"{path} {width} {size}"] = needed
        self.assertEqual(over, {})

    def test_the_menu_of_a_phone_works_without_a_script_and_by_keyboard(self):
        context = self.page.context.browser.new_context(
            viewport={"width": 320, "height": 700}, java_script_enabled=False, base_url=self.live_server_url
        )
        page = context.new_page()
        page.goto(self.live_server_url + "/en/")
        page.keyboard.press("Tab")
        self.assertEqual(page.locator(":focus").inner_text(), "Skip to the content")
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        link = page.locator(".site-menu a", has_text="Organizations")
        self.assertTrue(link.is_visible())
        link.click()
        self.assertEqual(page.locator("h1").inner_text(), "Organizations")
        self.assertEqual(page.context.cookies(), [])
        context.close()

    def test_searching_and_narrowing_down(self):
        for number in range(3):
            make.organization(name=f"Club de {number}", kind="hometown_club")
        self.open("/en/organizations/")
        self.page.get_by_label("Kind").select_option(label="Hometown club")
        self.page.get_by_role("button", name="Show").click()
        self.assertEqual(self.page.locator(".entry").count(), 3)
        self.page.locator(".pill", has_text="Kind").click()
        self.assertEqual(self.page.locator(".entry").count(), 5)
        self.page.get_by_role("link", name="Español").click()
        self.assertEqual(self.page.locator("html").get_attribute("lang"), "es")

    def test_the_language_changes_on_the_same_page(self):
        self.open("/en/agencies/IFE/")
        self.page.get_by_role("link", name="Español").first.click()
        self.assertIn("IFE", self.page.url)
        self.assertIn("Instituto Federal", self.page.locator("h1").inner_text())
