"""Public pages in a real browser: axe, both languages, light and dark, phone and desk, no sideways scroll, no script needed."""

from django.urls import translate_url
from django.utils.translation import override
from playwright.sync_api import expect

from tests import factories as make
from tests.browser.case import BrowserCase
from tests.sweep import PAGES, CanaryWorld

ENTRANCE = ("/accounts/login/", "/accounts/signup/", "/accounts/password/reset/")
RECORDS = ("/proposals/FA1-02/", "/agreements/FA1-A-02/")
FILTERED = ("/organizations/?q=federacion&kind=nope&order=key", "/search/?q=nadaquehallar", "/nope/")


class PublicPagesTests(CanaryWorld, BrowserCase):
    maxDiff = None

    def setUp(self):
        BrowserCase.setUp(self)
        CanaryWorld.setUpTestData()
        self.expected_errors = [r"404 \(Not Found\)"]

    def paths(self, language):
        with override("en"):
            known = [translate_url(f"/en{page}", language) for page in (*PAGES, *RECORDS, *ENTRANCE, *FILTERED)]
        return [path.replace("/en/", f"/{language}/") for path in known]

    def test_everybody_can_read_every_page(self):
        """One load for each language: axe, light and dark, phone and desk, and nothing over the edge (`audit`)."""
        found = {}
        for language in ("es", "en"):
            for path in self.paths(language):
                self.open(path)
                if faults := self.audit(colours=language == "es"):
                    found[path] = faults
        self.assertEqual(found, {})

    def test_still_and_in_forced_colours(self):
        """Nothing moves for who asked for that, and with the system's colours the words and the focus are still there."""
        self.page.emulate_media(reduced_motion="reduce", forced_colors="active")
        self.open("/es/avance/")
        moving = self.page.evaluate(
            """() => [...document.querySelectorAll('*')].filter(each => { const style = getComputedStyle(each);
            return style.scrollBehavior === 'smooth' || parseFloat(style.animationDuration) || parseFloat(style.transitionDuration)
            }).map(each => each.tagName)"""
        )
        self.assertEqual(moving, [])
        self.assertEqual(self.axe("color-contrast"), [])
        self.page.keyboard.press("Tab")
        outline = self.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        self.assertNotEqual(outline, "none")

    def test_the_menu_of_a_phone_works_without_a_script_and_by_keyboard(self):
        context = self.page.context.browser.new_context(
            viewport={"width": 320, "height": 700}, java_script_enabled=False, base_url=self.live_server_url
        )
        page = context.new_page()
        page.goto(self.live_server_url + "/en/")
        page.keyboard.press("Tab")
        expect(page.locator(":focus")).to_have_text("Skip to the content")
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        link = page.locator(".site-menu a", has_text="Organizations")
        expect(link).to_be_visible()
        link.click()
        expect(page.locator("h1")).to_have_text("Organizations")
        self.assertEqual(page.context.cookies(), [])
        context.close()

    def test_searching_and_narrowing_down(self):
        for number in range(3):
            make.organization(name=f"Club de {number}", kind="hometown_club")
        self.open("/en/organizations/")
        self.page.locator(".choices .pill", has_text="Hometown club").click()
        expect(self.page.locator(".entry")).to_have_count(3)
        self.page.locator(".choices .pill[aria-current]").click()
        expect(self.page.locator(".entry")).to_have_count(5)
        self.page.get_by_role("link", name="Español").click()
        expect(self.page.locator("html")).to_have_attribute("lang", "es")

    def test_the_language_changes_on_the_same_page(self):
        self.open("/en/agencies/IFE/")
        self.page.get_by_role("link", name="Español").first.click()
        self.assertIn("IFE", self.page.url)
        expect(self.page.locator("h1")).to_contain_text("Instituto Federal")
