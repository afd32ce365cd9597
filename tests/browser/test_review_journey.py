"""From a submitted proposal to a published opinion in a real browser: the official uses the keyboard alone."""

from __future__ import annotations

from typing import Any

from django.urls import reverse, translate_url
from django.utils import translation
from playwright.sync_api import expect

from proposals import workflow
from proposals.models import Opinion, Referral
from tests import factories as make
from tests.browser.case import BrowserCase
from tests.desk import at

NARROW = {"width": 320, "height": 800}


class ReviewJourney(BrowserCase):
    language = "en"

    def setUp(self) -> None:
        super().setUp()
        self.edition = make.edition(slug="foro-mexico-2011", name_es="Foro México", name_en="Forum Mexico", stage="review")
        self.ife = make.agency(key="IFE", name_es="Instituto Federal Electoral")
        self.sre = make.agency(key="SRE", name_es="Secretaría de Relaciones Exteriores")
        self.club = make.organization(key="ORG-01", name="Federación de Clubes Zacatecanos")
        self.organizer = make.user("organizer@example.org", organizer=self.edition, name="Ana")
        self.official = make.user("official.ife@example.org", official=self.ife, name="Berta")
        self.delegate = make.user("delegate.org-01@example.org", delegate=self.club, name="Delia")
        self.proposals = [self.submitted(title) for title in ("Voto desde el exterior", "Credencial en consulados")]

    def submitted(self, title: str) -> Any:
        """A submitted proposal addressed to the electoral institute."""
        made = make.proposal(
            self.edition, proponents=[self.club], addressees=[self.ife], title_es=title, problem_es="Hoy no se puede."
        )
        workflow.submit(proposal=made, actor=self.delegate)
        return made

    def arrows(self, name: str, value: str) -> None:
        """Reach a group of radio buttons with Tab and choose with Space and the arrow keys."""
        chosen = f"input[name={name}]:checked"
        self.tab_to(chosen if self.page.locator(chosen).count() else f"input[name={name}]")
        self.page.keyboard.press("Space")
        for _n in range(8):
            if self.page.locator(f"input[name={name}][value={value}]").is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{name}={value} was not reached with the arrow keys.")

    def test_from_referral_to_public_opinion(self) -> None:
        page = self.page
        # The organizer refers both proposals to their addressees at once.
        self.sign_in(self.organizer)
        self.open(at("home"))
        page.get_by_role("link", name="Refer 2 proposals").click()
        for proposal in self.proposals:
            page.get_by_label(f"{proposal.folio} · {proposal.title_es}").check()
        page.get_by_role("button", name="Refer", exact=True).click()
        page.get_by_text("2 referrals were sent.").wait_for()
        first, second = Referral.objects.order_by("folio")

        # The official opens the queue and the first review, and answers without touching the mouse.
        self.sign_in(self.official)
        self.open(at("queue"))
        expect(page.locator("body")).to_contain_text("Answered 0 of 2")
        self.tab_to(f"a[href='{at('review', first.folio)}']")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{at('review', first.folio)}")
        expect(page.locator("[data-verdict]:visible")).to_have_count(0)
        self.arrows("soundness", "yes")
        self.tab_to("#id_soundness_text")
        page.keyboard.type("Es un derecho.")
        self.arrows("budget-value", "reservations")
        self.arrows("verdict", "conditional")
        self.assertEqual(
            page.locator("[data-verdict]:visible").evaluate_all("all => all.map(one => one.dataset.verdict)"), ["conditional"]
        )
        self.tab_to("#id_condition-1-what")
        page.keyboard.type("Reforma del libro sexto")
        self.tab_to("#id_condition-1-owner")
        page.keyboard.type("Congreso")
        self.tab_to("button[name=preview]")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{at('review_preview', first.folio)}")

        # A reason is missing: the list leads back to its field.
        self.tab_to("a[href$='#id_budget-reason']")
        page.keyboard.press("Enter")
        page.wait_for_url("**#id_budget-reason")
        expect(page.locator("#id_budget-reason")).to_be_focused()
        self.assertEqual(page.locator("#id_condition-1-owner").input_value(), "Congreso")
        page.keyboard.type("No hay partida este año.")
        self.tab_to("button[name=preview]")
        page.keyboard.press("Enter")
        self.tab_to("#id_post")
        page.keyboard.type("Directora de Vinculación")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{at('review_issued', first.folio)}")
        expect(page.locator("body")).to_contain_text("Answered 1 of 2")
        opinion = Opinion.objects.get(status="issued")
        self.assertEqual((opinion.verdict, opinion.signed_by), ("conditional", self.official))
        self.tab_to(f"main a[href='{at('review', second.folio)}']")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{at('review', second.folio)}")

        # The public reads it, without an account.
        self.context.clear_cookies()
        with translation.override("en"):
            self.open(reverse("proposal", args=[self.proposals[0].folio]))
        for words in ("Directora de Vinculación", "Reforma del libro sexto", "No hay partida este año."):
            expect(page.locator("body")).to_contain_text(words)

    def test_what_was_typed_is_kept_when_it_comes_back(self) -> None:
        """An error of the server, then a colleague who was faster: the text stays on the page, both texts are shown."""
        self.expected_errors = [r"status of 422"]
        (referral,) = workflow.refer(proposal=self.proposals[0], agencies=[self.ife], actor=self.organizer)
        page = self.page
        self.sign_in(self.official)
        self.open(at("review", referral.folio))
        page.locator("input[name=verdict][value=not_feasible]").check()
        page.locator("#id_reasons").fill("Lo que yo escribí")
        draft = workflow.start_opinion(referral=referral, actor=self.official)
        workflow.save_draft(opinion=draft, actor=self.official, values={"reasons": "Lo que escribió la colega"})
        page.locator("button.button[name=save]").click()
        page.get_by_role("region", name="Both texts").wait_for()
        self.assertEqual(page.locator("#id_reasons").input_value(), "Lo que yo escribí")
        expect(page.locator(".stale")).to_contain_text("Lo que escribió la colega")
        self.assertEqual(self.axe(), [])
        page.locator("button.button[name=save]").click()
        page.get_by_text("is saved").wait_for()
        draft.refresh_from_db()
        self.assertEqual(draft.reasons, "Lo que yo escribí")

    def test_pages_are_accessible_and_fit_the_smallest_screen(self) -> None:
        (referral,) = workflow.refer(proposal=self.proposals[0], agencies=[self.ife], actor=self.organizer)
        workflow.start_opinion(referral=referral, actor=self.official)
        folio = self.proposals[0].folio
        make.participation(self.edition, key="LID-01", consent=True)
        pages = {
            self.organizer: [
                *(at(name) for name in ("home", "proposals", "proposal_new", "refer", "organizations", "agency_new")),
                *(at(name, folio) for name in ("proposal", "proposal_edit", "proposal_revise", "proposal_split")),
                *(at(name, referral.folio) for name in ("referral", "on_behalf", "referral_extend")),
                at("edition", self.edition.slug),
                at("edition_edit", self.edition.slug),
                at("participant_edit", self.edition.slug, "LID-01"),
            ],
            self.official: [
                *(at(name) for name in ("home", "queue")),
                *(at(name, referral.folio) for name in ("review", "review_preview", "review_ask", "review_onward")),
            ],
            self.delegate: [at("home"), at("proposals"), at("proposal", folio)],
        }
        for user, addresses in pages.items():
            self.sign_in(user)
            for language in ("en", "es"):
                for address in addresses:
                    with self.subTest(user=user.email, address=address, language=language):
                        self.page.set_viewport_size(NARROW)
                        self.open(translate_url(address, language))
                        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
                        self.assertEqual(self.page.evaluate(wide), 0)
                        if language == "en":
                            self.page.set_viewport_size(self.viewport)
                            self.assertEqual(self.axe(), [])

    def test_without_a_script(self) -> None:
        """Only the follow-up of the chosen verdict is there, and the form does the same."""
        (referral,) = workflow.refer(proposal=self.proposals[0], agencies=[self.ife], actor=self.organizer)
        self.sign_in(self.official)
        plain = self.context.browser.new_context(java_script_enabled=False, base_url=self.live_server_url)
        plain.add_cookies(self.context.cookies())
        page = plain.new_page()
        page.goto(at("review", referral.folio))
        expect(page.locator("[data-verdict]:visible")).to_have_count(0)
        page.locator("input[name=soundness][value=yes]").check()
        page.locator("input[name=verdict][value=addressed]").check()
        page.locator("#id_programme").fill("Programa 3x1")
        page.locator("#id_programme_evidence").fill("Reglas de operación")
        expect(page.locator("[data-verdict]:visible")).to_have_count(1)
        page.locator("button[name=preview]").click()
        page.locator("#id_post").fill("Directora")
        page.locator("input[name=save]").click()
        page.wait_for_url("**/issued/")
        plain.close()
        opinion = Opinion.objects.get()
        self.assertEqual((opinion.programme, opinion.questions_text), ("Programa 3x1", ""))
