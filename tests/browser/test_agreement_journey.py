"""An agreement from its opinions to a disputed report, by hand in a real browser, and every workspace page of it looked at."""

import re

from django.urls import reverse, translate_url
from django.utils.translation import override
from playwright.sync_api import expect

from agreements.models import Agreement
from proposals.models import Condition
from tests import factories as make
from tests.agreements.story import AgreementWorld
from tests.browser.case import COLOURS, BrowserCase


class JourneyTests(BrowserCase):
    """The organizer drafts and opens, both sides accept signed in, the body reports, the organization disputes, the public reads."""

    language = "en"

    def setUp(self):
        super().setUp()
        self.edition = make.edition(slug="foro-mexico-2011", folio_prefix="FM1", name_es="Foro México", stage="agreements")
        self.agency = make.agency(key="IFE", name_es="Instituto Federal Electoral", name_en="Federal Electoral Institute")
        self.organization = make.organization(key="ORG-01", name="Federación de Clubes Zacatecanos", acronym="FCZ")
        proposal = make.proposal(
            self.edition,
            status="reviewed",
            proponents=[self.organization],
            title_es="Credencial en los consulados",
            title_en="Voting card at the consulates",
            petition_es="Que la credencial se expida en los consulados.",
            petition_en="That the card be issued at the consulates.",
        )
        opinion = make.opinion(make.referral(proposal, self.agency), verdict="conditional", reasons="Procede con presupuesto.")
        Condition.objects.create(opinion=opinion, number=1, what="Instalar tres módulos.", owner="IFE", kind="technical")
        # Accounts of the demonstration have no second step; the journeys of signing in are in test_signing_in.
        make.user("organizer@example.org", organizer=self.edition, is_demo=True)
        make.user("official.ife@example.org", official=self.agency, is_demo=True)
        make.user("delegate.org-01@example.org", delegate=self.organization, is_demo=True)

    def enter(self, email):
        """Leave the account that is open, and sign in with another."""
        self.context.clear_cookies()
        self.open("/en/accounts/login/")
        self.page.fill("input[name=login]", email)
        self.page.fill("input[name=password]", make.PASSWORD)
        self.page.locator("main form button[type=submit], main form input[type=submit]").first.click()
        self.page.wait_for_url(re.compile("/workspace/"))

    def go(self, link):
        self.page.get_by_role("link", name=link, exact=True).first.click()

    def press(self, button):
        self.page.get_by_role("button", name=button, exact=True).click()

    def test_from_the_opinions_to_the_four_readings(self):
        # Forms that come back with errors say so with 422, which Chromium notes on its console.
        self.expected_errors = ["422 \\(Unprocessable Entity\\)"]
        self.enter("organizer@example.org")
        self.draft()
        self.enter("official.ife@example.org")
        self.accept("Director")
        self.enter("delegate.org-01@example.org")
        self.accept("President")
        self.assertEqual(Agreement.objects.get().status, "signed")
        self.enter("official.ife@example.org")
        self.report()
        self.enter("delegate.org-01@example.org")
        self.dispute()
        self.context.clear_cookies()
        self.read_as_the_public()

    def draft(self):
        page = self.page
        page.locator(".site-nav").get_by_role("link", name="Agreements").click()
        self.go("Draft an agreement from opinions")
        page.get_by_label("IFE feasible with conditions").check()
        self.press("Go on with the chosen opinions")
        self.assertEqual(page.get_by_label("Title in English").input_value(), "Voting card at the consulates")
        expect(page.locator(".sources").first).to_contain_text("Procede con presupuesto.")
        page.get_by_label("Title in English").fill("Voting cards abroad")
        self.press("Add more clauses")
        self.assertEqual(page.get_by_label("Title in English").input_value(), "Voting cards abroad")
        page.locator("#id_clauses-3-text_es").fill("Las partes se reúnen cada trimestre.")
        self.press("Save the draft")
        expect(page.locator("h1")).to_have_text("Voting cards abroad")
        expect(page.locator(".notice.tone-care")).to_contain_text("has no commitment")
        page.get_by_role("link", name="Make a commitment of it").click()
        self.assertEqual(page.get_by_label("What is owed, in Spanish").input_value(), "Instalar tres módulos.")
        page.get_by_label("Due date").fill("2099-12-31")
        page.get_by_label("Means of verification").fill("Acta de instalación")
        self.press("Save")
        expect(page.locator("main")).to_contain_text("Nothing is missing")
        self.assertEqual(self.axe(), [])
        self.press("Open for signature")
        expect(page.locator(".overline").first).to_contain_text("open for signature")

    def accept(self, post):
        page = self.page
        page.locator(".site-nav").get_by_role("link", name="Agreements").click()
        self.go("Voting cards abroad")
        page.get_by_role("link", name="Read and accept").first.click()
        expect(page.locator(".whole-text")).to_contain_text("Instalar tres módulos.")
        self.press("Accept the agreement")
        expect(page.locator(".error-summary")).to_contain_text("Mark this box to accept")
        page.get_by_label("Post in which I sign").fill(post)
        page.get_by_label("I have read the whole text").check()
        self.press("Accept the agreement")
        expect(page.locator(".notice").first).to_contain_text("has accepted agreement")

    def report(self):
        page = self.page
        page.locator(".site-nav").get_by_role("link", name="Agreements").click()
        self.go("Voting cards abroad")
        page.get_by_role("link", name="Instalar tres módulos.").click()
        self.go("Report progress")
        page.get_by_label("not started").check()
        page.get_by_label("Degree of progress in percent").fill("15")
        page.get_by_label("Account in Spanish").fill("Un módulo instalado.")
        page.get_by_label("Account in English").fill("One office is open.")
        self.press("Send the report")
        page.locator(".error-summary a").first.click()
        expect(page.locator("[name=percent]")).to_be_focused()
        page.get_by_label("in progress", exact=True).check()
        page.get_by_label("Title").fill("Acta del primer módulo")
        page.get_by_label("Link (it is not archived)").fill("https://example.org/acta")
        self.press("Send the report")
        expect(page.locator("main")).to_contain_text("Say who may see it.")
        page.get_by_label("everybody", exact=True).check()
        self.press("Send the report")
        expect(page.locator(".notice").first).to_contain_text("The report is filed")

    def dispute(self):
        page = self.page
        self.open("/en/workspace/")
        page.get_by_role("link", name=re.compile("Say whether you agree")).first.click()
        expect(page.locator("main")).to_contain_text("One office is open.")
        page.get_by_label("disagrees").check()
        page.get_by_label("Comment in Spanish").fill("El módulo está cerrado.")
        page.get_by_label("Comment in English").fill("The office is closed.")
        self.press("Record what we say")
        expect(page.locator(".overline .status", has_text="disputed")).to_have_count(1)
        self.assertEqual(self.axe(), [])

    def read_as_the_public(self):
        self.open(f"/en/agreements/{Agreement.objects.get().folio}/")
        text = self.page.locator("main").inner_text()
        for words in ("IFE reports: in progress, 15 %", "1 link, not archived", "Due on 31 December 2099", "FCZ: disagrees"):
            self.assertIn(words, text)


class PagesTests(AgreementWorld, BrowserCase):
    """Every page as the person to whom it belongs: axe at two widths in both languages, nothing over the edge, no script needed."""

    language = "en"

    def setUp(self):
        BrowserCase.setUp(self)
        AgreementWorld.setUpTestData.__func__(type(self))
        AgreementWorld.setUp(self)
        draft, opened, owed = self.drafted(), self.opened(), self.in_force()
        made = self.report(owed)
        proposal = make.proposal(self.edition, status="reviewed", proponents=[self.organization])
        opinion = make.opinion(make.referral(proposal, self.agency), verdict="conditional")
        Condition.objects.create(opinion=opinion, number=1, what="Convenio", owner="IFE", kind="other")
        coming, held = self.meeting(owed.agreement), self.held(owed.agreement)
        item = {"what_es": "Enviar el acta", "agency": self.agency, "due_on": "2026-08-01"}
        self.minutes(held, "circulated", action_items=[item])
        place = lambda name, *keys: reverse(f"workspace:{name}", args=keys)  # noqa: E731
        self.places = [
            ("organizer", place("agreements")),
            ("organizer", place("agreement_new")),
            ("organizer", f"{place('agreement_new')}?opinion={opinion.folio}"),
            ("organizer", place("agreement", draft.folio)),
            ("organizer", place("agreement_commitments", draft.folio)),
            ("organizer", place("commitment_new", draft.folio)),
            ("organizer", place("agreement_acceptance", opened.folio)),
            ("delegate", place("accept", opened.folio)),
            ("delegate", place("agreement", owed.agreement.folio)),
            ("official", place("commitments")),
            ("official", place("commitment", owed.folio)),
            ("official", place("report", owed.folio)),
            ("delegate", place("validate", made.folio)),
            ("delegate", place("commitment_extension", owed.folio)),
            ("delegate", place("meetings")),
            ("organizer", f"{place('meeting_new')}?agreement={owed.agreement.folio}"),
            ("organizer", place("meeting", held.folio)),
            ("organizer", place("meeting_move", coming.folio)),
            ("organizer", place("meeting_hold", held.folio)),
            ("delegate", place("minutes", held.folio)),
            ("organizer", place("minutes_write", held.folio)),
            ("official", place("meeting_action_item", self.agency.action_items.get().folio)),
        ]

    def enter(self, persona):
        client = self.sign_in(persona)
        self.context.clear_cookies()
        self.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": self.live_server_url}])

    def each_place(self, languages=("es", "en")):
        for persona, path in sorted(self.places):
            self.enter(persona)
            for language in languages:
                with override("en"):
                    yield translate_url(path, language)

    def test_axe_finds_nothing_and_nothing_runs_over_the_edge(self):
        found = {}
        for path in self.each_place():
            # Spanish words are longer: what fits in Spanish on a telephone fits everywhere.
            for width in (320,) if path.startswith("/es/") else (1280,):
                self.page.set_viewport_size({"width": width, "height": 800})
                status = self.open(path).status
                needed = self.page.evaluate("document.documentElement.scrollWidth")
                # The colours of a page are the same in both languages.
                problems = self.axe(without=() if width > 320 else COLOURS)
                if status != 200 or needed > width or problems:
                    found[f"{path} {width}"] = (status, needed, problems)
        self.assertEqual(found, {})

    def test_the_attendance_is_taken_with_the_keyboard_alone(self):
        self.enter("organizer")
        path = next(path for _persona, path in self.places if path.endswith("/attendance/"))
        self.open(path)
        self.page.locator("main input[type=radio]").first.focus()
        self.page.keyboard.press("ArrowRight")
        self.page.keyboard.press("Tab")
        self.page.keyboard.press("ArrowRight")
        self.page.keyboard.press("ArrowRight")
        self.page.keyboard.press("Tab")
        self.page.keyboard.press("Enter")
        # The ticks leave first, then the form by itself.
        self.page.wait_for_url(re.compile("/meetings/[^/]+/$"))
        meeting = Agreement.objects.filter(meetings__status="held").get().meetings.get(status="held")
        self.assertEqual([row.presence for row in meeting.attendance.order_by("id")], ["absent", "excused"])
