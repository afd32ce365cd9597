"""Thirty-four leaders and twenty organizations at the registration desk by keyboard alone, the connection lost twice."""

from __future__ import annotations

import datetime as dt
from typing import Any

from playwright.sync_api import expect

from core.models import Event, Receipt
from forum.models import EditionOrganization
from tests import factories as make
from tests.browser.case import PATIENCE, BrowserCase
from tests.desk import at

LEADERS, ORGANIZATIONS = 34, 20
KEPT = "Object.keys(localStorage).filter(name => name.startsWith('acuerda-queue/')).length"


class RegistrationJourney(BrowserCase):
    language = "en"

    def setUp(self) -> None:
        super().setUp()
        self.edition = make.edition(slug="foro-mexico-2011", stage="review")
        bodies = [make.organization(name=f"Federación {n:02d}", key=f"ORG-{n:02d}") for n in range(1, ORGANIZATIONS + 1)]
        for body in bodies:
            EditionOrganization.objects.create(edition=self.edition, organization=body)
        for n in range(1, LEADERS + 1):
            person = make.person(name=f"Líder Núñez {n:02d}")
            make.participation(self.edition, key=f"LID-{n:02d}", person=person, organization=bodies[n % 7])
        self.sign_in(make.user("organizer@example.org", organizer=self.edition))

    def check_in(self, words: str) -> None:
        self.page.keyboard.type(words)
        self.page.keyboard.press("Enter")

    def tally(self, name: str) -> str:
        return " ".join(self.page.locator(f"[data-count={name}]").inner_text().split())

    def sent(self) -> None:
        """Until the page has nothing left to send, and nothing was refused."""
        for _n in range(PATIENCE // 50):
            if not self.page.evaluate(KEPT):
                break
            self.page.wait_for_timeout(50)
        self.assertEqual(self.page.locator("[data-refused] p").all_inner_texts(), [])

    def there(self) -> tuple[int, int]:
        people = self.edition.participations.filter(checked_in_at__isnull=False).count()
        return people, self.edition.organization_rows.filter(checked_in_at__isnull=False).count()

    def test_everybody_by_keyboard_with_a_connection_that_breaks(self) -> None:
        page = self.page
        self.expected_errors = ["Failed to load resource", "ERR_"]
        self.open(at("registration", self.edition.slug))
        assert page.evaluate("document.activeElement.id") == "q"
        self.assertEqual(self.axe(), [])
        assert self.tally("leaders") == f"0 of {LEADERS} leaders"
        # Style sheets and pictures are no part of the story and cost time with each loading.
        self.context.route("**/*.{css,svg}", lambda route: route.fulfill(status=200, body=""))

        for n in range(1, 11):
            # Case, accents and the order of the words do not matter.
            self.check_in(f"{n:02d} NU")
        self.sent()
        assert self.there() == (10, 0)
        assert self.tally("organizations") == f"7 of {ORGANIZATIONS} organizations"
        # Somebody who is here already: Enter takes nobody else whose organization has the same words.
        self.check_in("nu 03")
        expect(page.locator("[data-told]")).to_contain_text("here already")
        page.keyboard.press("Escape")
        assert self.tally("leaders") == f"10 of {LEADERS} leaders"

        self.context.set_offline(True)
        for n in range(11, 21):
            self.check_in(f"úñe {n:02d}")
        assert self.tally("leaders") == f"20 of {LEADERS} leaders"
        expect(page.locator("[data-waiting]")).to_contain_text("10 ticks are not sent yet")
        assert self.there() == (10, 0)
        # The page itself is lost, with what was not sent; it is opened again when the connection is back.
        self.open_blank_and_back()
        self.sent()
        assert self.there() == (20, 0)
        assert self.tally("leaders") == f"20 of {LEADERS} leaders"

        # A second desk ticks somebody meanwhile; a second press of Enter ticks nobody.
        for n in range(21, 31):
            self.check_in(f"li {n}")
            page.keyboard.press("Enter")
        self.context.set_offline(True)
        for n in range(31, LEADERS + 1):
            self.check_in(f"D-{n}")
        for n in range(1, ORGANIZATIONS + 1):
            self.check_in(f"{n:02d} f")
        # One of them by mistake: taken back before anything could be sent.
        self.tab_to("[data-row='o:ORG-20'] [value^=undo]")
        page.keyboard.press("Enter")
        assert self.tally("organizations") == f"19 of {ORGANIZATIONS} organizations"
        page.keyboard.press("Enter")
        expect(page.locator("[data-waiting]")).to_be_visible()
        self.context.set_offline(False)
        self.sent()
        assert self.there() == (LEADERS, ORGANIZATIONS)
        self.open(at("registration", self.edition.slug))
        assert self.tally("leaders") == f"{LEADERS} of {LEADERS} leaders"
        assert self.tally("organizations") == f"{ORGANIZATIONS} of {ORGANIZATIONS} organizations"
        # Each was done once: 54 check-ins, one taken back and done again.
        done = Event.objects.filter(action="check_in").count(), Event.objects.filter(action="undo_check_in").count()
        assert done == (LEADERS + ORGANIZATIONS + 1, 1)
        assert Receipt.objects.count() == LEADERS + ORGANIZATIONS + 2

    def test_the_roll_of_a_meeting_by_the_same_script(self) -> None:
        """By its search box and by radio buttons; the whole form waits until nothing is left to send."""
        page, now = self.page, make.now()
        meeting = make.meeting(self.edition, starts_at=now - dt.timedelta(hours=1), ends_at=now + dt.timedelta(hours=1))
        for person in self.edition.participations.order_by("key")[:4]:
            make.invite(meeting, person.organization, participation=person)
        self.expected_errors = ["Failed to load resource", "ERR_"]
        self.open(at("meeting_hold", meeting.folio))
        self.assertEqual(self.axe(), [])
        self.context.set_offline(True)
        page.locator("#q").focus()
        for words in ("nunez 01", "02 lider"):
            self.check_in(words)
        # The third by arrow keys: absent, passing over present.
        page.locator(".roll").nth(2).locator("input").first.focus()
        page.keyboard.press("Space")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Tab")
        expect(page.locator("[data-waiting]")).to_contain_text("3 ticks are not sent yet")
        page.locator("[name=rest]").click()
        expect(page.locator("[data-waiting]")).to_be_visible()
        self.context.set_offline(False)
        self.sent()
        presences = list(meeting.attendance.order_by("id").values_list("presence", flat=True))
        assert presences == ["present", "present", "absent", "invited"]
        page.locator("[name=rest]").click()
        page.wait_for_url("**/meetings/*/")
        meeting.refresh_from_db()
        assert (meeting.status, meeting.attendance.filter(presence="absent").count()) == ("held", 2)
        # Quick taps, one after the other: no row moves away under the finger when something is said.
        self.open(at("meeting_hold", meeting.folio))
        taps = page.locator("input[value=excused]").all()
        for tap in taps:
            tap.click()
        for tap in taps:
            expect(tap).to_be_checked()
        # The row under the finger rests a moment before it is told; leaving it tells it at once.
        page.locator("#q").focus()
        self.sent()
        assert set(meeting.attendance.values_list("presence", flat=True)) == {"excused"}

    def open_blank_and_back(self) -> Any:
        self.page.goto("about:blank")
        self.context.set_offline(False)
        return self.open(at("registration", self.edition.slug))
