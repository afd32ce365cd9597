"""Forty-five files on the desk: from the queue to the issued opinion with the keyboard alone, the first of them and the last;
text that no connection takes is not lost."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from forum.models import Role
from proposals import workflow
from proposals.models import Opinion, Referral
from tests import factories as make
from tests.browser.case import PATIENCE, BrowserCase
from tests.desk import at

FILES = 45
#: As many are answered by keyboard at the beginning, and at the end; those between go the same way, in tests/proposals.
BY_HAND = 4


class DeskJourney(BrowserCase):
    language = "en"

    def setUp(self) -> None:
        super().setUp()
        self.edition = make.edition(slug="foro-mexico-2011", stage="review")
        self.ife = make.agency(key="IFE", name_es="Instituto Federal Electoral")
        self.official = make.user("official.ife@example.org", official=self.ife, name="Berta")
        Role.objects.filter(user=self.official).update(post="Directora de Vinculación")

    def waiting(self, number: int) -> list[Any]:
        return [make.referral(make.proposal(self.edition, status="in_review"), self.ife) for _n in range(number)]

    def answer_those_between(self) -> None:
        """All but the one that lies open, and as many besides as are left to do by hand."""
        waiting = [referral for referral in Referral.objects.filter(status="pending") if referral.folio not in self.page.url]
        assert len(waiting) == FILES - BY_HAND - 1
        for referral in waiting[: -(BY_HAND - 1)]:
            opinion = workflow.start_opinion(referral=referral, actor=self.official)
            workflow.save_draft(opinion=opinion, actor=self.official, values={"soundness": "yes", "verdict": "feasible"})
            workflow.issue(opinion=opinion, actor=self.official, post="")

    def test_forty_five_by_keyboard(self) -> None:
        self.waiting(FILES)
        page = self.page
        # Style sheets and pictures are no part of the story and cost a third of the time.
        self.context.route("**/*.{css,svg}", lambda route: route.fulfill(status=200, body=""))
        self.sign_in(self.official)
        self.open(at("queue"))
        expect(page.locator("body")).to_contain_text(f"Answered 0 of {FILES}")
        self.tab_to("main a.button.main")
        page.keyboard.press("Enter")
        for number in (*range(1, BY_HAND + 1), *range(FILES - BY_HAND + 1, FILES + 1)):
            page.wait_for_selector(".opinion-form")
            # The form is there before its script is, and only the script knows Control+Enter.
            page.wait_for_load_state()
            # “Opinion” in the head of the page leads to the form; a group of radio buttons is one stop, Space and arrows choose.
            page.locator("#id_soundness_0").focus()
            page.keyboard.press("Space")
            page.locator("input[name=verdict]").first.focus()
            page.keyboard.press("Space")
            page.keyboard.press("Control+Enter")
            page.wait_for_selector("#id_post")
            page.wait_for_selector("#id_post:focus")
            for _n in range(2):
                page.keyboard.press("Tab")
            assert page.evaluate("document.activeElement.name") == "next"
            page.keyboard.press("Enter")
            page.wait_for_url("**/issued/" if number == FILES else lambda url: "/preview/" not in url)
            if number == BY_HAND:
                self.answer_those_between()
        assert Opinion.objects.filter(status="issued", signatory_post="Directora de Vinculación").count() == FILES
        expect(page.locator("body")).to_contain_text(f"Answered {FILES} of {FILES}")

    def test_a_dead_connection_loses_nothing_and_signing_out_leaves_nothing(self) -> None:
        (referral,) = self.waiting(1)
        page = self.page
        self.sign_in(self.official)
        self.expected_errors = ["Failed to load resource", "ERR_"]
        url = at("review", referral.folio)
        self.open(url)
        self.context.set_offline(True)
        page.locator("#id_reasons").fill("Lo que escribí sin conexión")
        self.context.set_offline(False)
        self.open(url)
        page.locator(".restored").wait_for()
        assert page.locator("#id_reasons").input_value() == "Lo que escribí sin conexión"
        self.assertEqual(self.axe(), [])
        # The page saves itself too while axe reads it, so the words alone do not say that this save has come back.
        with page.expect_navigation():
            page.keyboard.press("Control+s")
        page.get_by_text("is saved").wait_for()
        assert Opinion.objects.get().reasons == "Lo que escribí sin conexión"
        # What is typed and not saved goes to the server when the account signs out, and nothing of it stays on the device.
        page.locator("#id_reasons").fill("Otra cosa")
        page.get_by_role("button", name="Sign out").click()
        for _n in range(PATIENCE // 100):
            if Opinion.objects.get().reasons == "Otra cosa":
                break
            page.wait_for_timeout(100)
        assert Opinion.objects.get().reasons == "Otra cosa"
        page.get_by_role("button", name="Sign out").wait_for(state="detached")
        page.wait_for_load_state()
        assert page.evaluate("Object.keys(localStorage)") == []
