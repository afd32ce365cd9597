"""From somebody's request to the erasure, by keyboard: asked without an account, checked, answered, blocked, erased, done, and gone."""

from __future__ import annotations

from typing import Any

from django.core import mail
from django.urls import reverse, translate_url
from django.utils.translation import override
from playwright.sync_api import expect

from core import search
from core.outbox import sending
from forum.models import PrivacyRequest
from tests import factories as make
from tests.browser.case import BrowserCase
from tests.chain import read

NAME = "Rosa Muestra"


class PrivacyJourney(BrowserCase):
    language = "en"

    def setUp(self) -> None:
        super().setUp()
        self.enterContext(override("en"))
        self.edition = make.edition(slug="foro", name_es="Foro", stage="follow_up")
        organization = make.organization(key="ORG-01", name="Federación")
        self.person = make.person(name=NAME, email="rosa@example.org")
        self.part = make.participation(self.edition, key="LID-01", consent=True, person=self.person, organization=organization)
        search.refresh(self.part)
        self.organizer = make.user("organizer@example.org", organizer=self.edition)
        self.administrator = make.user("admin@example.org", administrator=True)
        self.public = [reverse("participants"), reverse("search") + "?q=Rosa", reverse("edition", args=["foro"])]

    def named_on(self) -> list[str]:
        """The public pages that name the person, for a reader without an account."""
        reader = self.context.browser.new_context(base_url=self.live_server_url)
        pages = [*self.public, *(translate_url(path, "es") for path in self.public)]
        found = [path for path in pages if NAME in read(reader.request.get(self.live_server_url + path).text())]
        reader.close()
        return found

    def sound(self) -> None:
        self.assertEqual(self.audit(), [], self.page.url)
        self.page.set_viewport_size(self.viewport)

    def type_into(self, name: str, text: str) -> None:
        self.tab_to(f"main [name={name}]")
        self.page.keyboard.type(text)

    def choose(self, selector: str) -> None:
        """A radio button: the group has one stop, its arrows go on."""
        self.page.locator(selector).focus()
        self.page.keyboard.press("Space")

    def enter(self, selector: str) -> None:
        self.tab_to(selector)
        self.page.keyboard.press("Enter")

    def test_from_the_request_to_the_erasure(self) -> None:
        page = self.page
        # Forms that come back with errors say so with 422, which Chromium notes on its console.
        self.expected_errors = ["422 \\(Unprocessable"]
        self.assertEqual(len(self.named_on()), 6)
        self.open(reverse("privacy"))
        self.enter(f"main a[href='{reverse('privacy_request')}']")
        expect(page.locator("h1")).to_have_text("Ask about your data")
        self.sound()
        self.choose("main [name=kind][value=cancellation]")
        self.type_into("name", NAME)
        self.type_into("email", "rosa@example.org")
        self.type_into("text", "CURP GOMC800101HDFRRR09")
        self.enter("#button-save")
        expect(page.locator(".error-summary")).to_contain_text("looks like a number of an identity paper")
        self.sound()
        page.locator("main [name=text]").fill("Borren mi nombre.")
        self.enter("#button-save")
        expect(page.locator("main")).to_contain_text("arco-")
        self.sound()
        asked = PrivacyRequest.objects.get()
        self.assertEqual(self.told(), ["rosa@example.org"])
        self.at_the_desk(asked)
        self.assertEqual(self.told(), ["rosa@example.org"])
        self.assertEqual(self.named_on(), [])
        self.sign_in(self.administrator)
        self.erase(asked)
        asked.refresh_from_db()
        self.person.refresh_from_db()
        self.assertEqual((asked.status, asked.email, self.person.email), ("done", "", ""))
        self.assertEqual(self.named_on(), [])

    def told(self) -> list[Any]:
        mail.outbox.clear()
        sending.send_due()
        return [to for letter in mail.outbox for to in letter.to]

    def at_the_desk(self, asked: PrivacyRequest) -> None:
        """Identity, answer, and the block, by an organizer."""
        page = self.page
        self.sign_in(self.organizer)
        self.open(reverse("workspace:privacy_requests"))
        self.sound()
        self.enter(f"main a[href='{reverse('workspace:privacy_request', args=[asked.key])}']")
        expect(page.locator("main")).to_contain_text("Borren mi nombre.")
        self.sound()
        self.type_into("identity_how", "Respondió desde su correo.")
        self.tab_to("main [name=participant]")
        page.keyboard.press("ArrowDown")
        self.enter("#button-save")
        expect(page.locator(".overline").first).to_contain_text("identity checked")
        self.sound()
        self.choose("main [name=outcome][value=granted]")
        self.type_into("answer", "Se suprimen sus datos.")
        self.enter("#button-save")
        expect(page.locator(".overline").first).to_contain_text("answered")
        self.sound()
        self.enter(f"main a[href='{reverse('workspace:person_erase', args=[self.person.key])}']")
        expect(page.locator("h1")).to_contain_text(self.person.key)
        self.sound()
        self.choose("main [name=what][value=block]")
        self.type_into("reason", asked.key)
        self.enter("#button-save")
        expect(page.locator(".notice").first).to_contain_text("Done")

    def erase(self, asked: PrivacyRequest) -> None:
        page = self.page
        self.open(reverse("workspace:person_erase", args=[self.person.key]))
        self.choose("main [name=what][value=erase]")
        self.type_into("reason", asked.key)
        self.type_into("confirm", "p-otra")
        self.enter("#button-save")
        expect(page.locator(".error-summary")).to_contain_text("This is not the key")
        page.locator("main [name=confirm]").fill(self.person.key)
        self.enter("#button-save")
        expect(page.locator("h1")).to_contain_text("Erased")
        self.sound()
        self.open(reverse("workspace:privacy_request", args=[asked.key]))
        page.get_by_role("button", name="Note that it is carried out", exact=True).press("Enter")
        expect(page.locator(".overline").first).to_contain_text("done")
        self.sound()
