"""The base of every journey in a real browser."""

import re
from pathlib import Path
from typing import Any

import axe_playwright_python
from django.conf import settings
from django.contrib.staticfiles.testing import StaticLiveServerTestCase
from django.test import Client
from playwright.sync_api import expect

from forum.models import Area
from forum.reference import load_areas
from tests.signing_in import just_signed_in

SHOTS = Path(__file__).resolve().parents[2] / "var" / "screenshots"
# Both ends of the screens that people have.
WIDTHS = (320, 1280)
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
#: The rules whose findings hang on colours alone.
COLOURS = ("color-contrast",)
# The success criteria of WCAG 2.2 A and AA that a machine can judge.
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


#: Milliseconds that a test waits for what must come. It costs nothing while things go well, and other tests use the processors.
PATIENCE = 40_000


class BrowserCase(StaticLiveServerTestCase):
    """`self.page` is a Playwright page on the live server, in `language`, without anything from earlier tests.

    What the page says on its console as an error, and every request to another host, fails the test at its end; add what
    is expected to `self.expected_errors` (regular expressions).
    """

    language = "es"
    viewport = {"width": 1280, "height": 900}

    def setUp(self) -> None:
        """What migrations load must be there again after the database was emptied. Django's own way (serialized_rollback)
        finds nothing: with Playwright's event loop running, it looks at another connection object."""
        super().setUp()
        load_areas(Area)

    def start_page(self, chromium: Any) -> None:
        self.expected_errors: list[str] = []
        self.errors: list[str] = []
        self.context = chromium.new_context(locale=self.language, viewport=self.viewport, base_url=self.live_server_url)
        self.context.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        self.context.route(lambda url: not url.startswith((self.live_server_url, "data:", "blob:")), self._elsewhere)
        self.page = self.context.new_page()
        self.page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def end_page(self) -> None:
        self.context.close()
        unexpected = [text for text in self.errors if not any(re.search(known, text) for known in self.expected_errors)]
        assert not unexpected, f"The browser complained: {unexpected}"

    def _elsewhere(self, route: Any) -> None:
        self.errors.append(f"request to another host: {route.request.url}")
        route.abort()

    def open(self, path: str) -> Any:
        """Goes to a path of the live server; returns Playwright's response."""
        return self.page.goto(self.live_server_url + path)

    def sign_in(self, user: Any) -> None:
        """The account of whoever sits at the browser from now on, without the sign-in page."""
        client = just_signed_in(Client(), user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.context.clear_cookies()
        self.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": self.live_server_url}])

    def tab_to(self, selector: str, most: int = 250) -> None:
        """Press Tab until the element has the focus: what cannot be reached with the keyboard fails the test."""
        target = self.page.locator(selector).first
        for _n in range(most):
            if target.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{selector} was not reached with {most} presses of Tab.")

    def screenshot(self, name: str, full_page: bool = True) -> Path:
        """A picture of the page as `var/screenshots/NAME.png`, for people."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        path = SHOTS / f"{name}.png"
        self.page.screenshot(path=path, full_page=full_page)
        return path

    def axe(self, *rules: str, without: tuple[str, ...] = ()) -> list[str]:
        """What axe-core finds against WCAG 2.2 AA on the page as it stands: rule, help, and the first places.

        `rules` narrows down to these, for what alone can differ (colours, between light and dark); `without` leaves some out.
        """
        # After a click the new page may be there without its style sheet.
        self.page.wait_for_load_state()
        asked = {"type": "rule", "values": list(rules)} if rules else {"type": "tag", "values": WCAG}
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE)
        found = self.page.evaluate(
            # Nothing of the page lies in a frame, and none of these rules reads style sheets: fetching them again took half the time.
            """([runOnly, without]) => axe.run(document, {runOnly, resultTypes: ['violations'], preload: false, iframes: false,
            rules: Object.fromEntries(without.map(name => [name, {enabled: false}]))}).then(found => found.violations)""",
            [asked, list(without)],
        )
        return [
            f"{each['id']}: {each['help']} ({', '.join(str(node['target'][0]) for node in each['nodes'][:3])})" for each in found
        ]

    def audit(self, colours: bool = True) -> list[str]:
        """What is wrong with the page as loaded, its details open: axe at 320 and 1280 px in light, at 1280 px in dark (of what
        dark can change: the colours, which follow no width), and whether anything runs over the edge at 320 px, or at 1280 px
        with text twice as large.

        Without `colours`, for a page that was audited in the other language: words change neither colours nor what a screen
        that is wide enough shows, so axe looks at 320 px at all the rest.
        """
        found = []
        self.page.wait_for_load_state()
        self.page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
        self.page.emulate_media(color_scheme="light")
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 800})
            if colours:
                found += [f"{width} light: {each}" for each in self.axe()]
            elif width == min(WIDTHS):
                found += [f"{width}: {each}" for each in self.axe(without=COLOURS)]
            size = "200%" if width == max(WIDTHS) else "100%"
            needed = self.page.evaluate(
                """size => { const root = document.documentElement; root.style.fontSize = size;
                const width = root.scrollWidth; root.style.fontSize = ''; return width }""",
                size,
            )
            if needed > width:
                found.append(f"{width} text {size}: needs {needed} px")
        if colours:
            self.page.emulate_media(color_scheme="dark")
            found += [f"{width} dark: {each}" for each in self.axe(*COLOURS)]
        return found
