"""Mail in the workspace: how mine reaches me, my calendar, and what an organizer holds, releases and drops."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.test import TestCase
from django.utils import timezone
from django.utils.translation import override

from core.models import MailSettings, Message
from core.outbox import sending
from proposals import workflow
from tests import factories as make
from tests.desk import NONSENSE, DeskMixin, at
from tests.personas import PERSONAS
from tests.proposals.world import ProposalWorld

pytestmark = pytest.mark.once

ORGANIZERS = {"organizer", "administrator"}


class MailDesk(DeskMixin, ProposalWorld):
    def setUp(self) -> None:
        super().setUp()
        self.enterContext(override("en"))

    def held(self, number: int = 1) -> list[Message]:
        self.edition.holds_mail = True
        self.edition.save()
        for _number in range(number):
            workflow.refer(proposal=self.proposal("submitted"), agencies=[self.agency], actor=self.user("organizer"))
        return list(Message.objects.order_by("pk"))

    def decide(self, who: str = "organizer", **given: Any) -> Any:
        return self.sign_in(who).post(at("mails"), given)


class HoldingTests(MailDesk, TestCase):
    def test_held_mails_do_not_leave_before_they_are_released(self) -> None:
        first, second = self.held(2)
        sending.send_due()
        self.assertEqual(mail.outbox, [])
        self.assertEqual(self.decide(mails=[first.key], decision="release").status_code, 302)
        self.assertEqual(self.decide(mails=[second.key], decision="drop", reason="Ya se les dijo.").status_code, 302)
        sending.send_due()
        self.assertEqual(len(mail.outbox), 1)
        self.assertEqual(
            list(Message.objects.order_by("pk").values_list("state", "reason")), [("sent", ""), ("dropped", "Ya se les dijo.")]
        )

    def test_dropping_takes_a_reason(self) -> None:
        (message,) = self.held()
        response = self.decide(mails=[message.key], decision="drop", reason=" ")
        self.assertContains(response, "Say why they are not sent.", status_code=422)
        self.assertEqual(Message.objects.get().state, "held")

    def test_only_mails_of_the_own_editions(self) -> None:
        (message,) = self.held()
        self.assertEqual(self.decide("other_organizer", mails=[message.key], decision="release").status_code, 422)
        self.assertEqual(self.decide("official", mails=[message.key], decision="release").status_code, 403)
        self.assertEqual(Message.objects.get().state, "held")
        self.assertEqual(self.who_gets(200, at("mail", message.key)), ORGANIZERS)
        self.assertEqual(self.who_gets(404, at("mail", message.key)), {"other_organizer"})

    def test_what_left_cannot_be_held_back(self) -> None:
        (message,) = self.held()
        Message.objects.update(state="sent", sent_at=timezone.now())
        self.assertEqual(self.decide(mails=[message.key], decision="drop", reason="x").status_code, 422)

    def test_a_failed_mail_can_be_tried_again(self) -> None:
        (message,) = self.held()
        Message.objects.update(state="failed", last_error="SMTPDataError 550", attempts=3)
        self.assertContains(self.sign_in("organizer").get(at("mails")), "SMTPDataError 550")
        self.decide(mails=[message.key], decision="release")
        sending.send_due()
        self.assertEqual((len(mail.outbox), Message.objects.get().state), (1, "sent"))

    def test_the_page_shows_the_mail_as_it_would_leave(self) -> None:
        (message,) = self.held()
        page = self.sign_in("organizer").get(at("mail", message.key))
        self.assertContains(page, "se turnó a IFE")
        self.assertNotContains(page, "official@example.org</pre>")

    def test_the_same_queries_for_one_and_thirty(self) -> None:
        self.held()
        client = self.sign_in("organizer")
        client.get(at("mails"))
        for number in (1, 30):
            for _number in range(number - 1):
                make.message(self.agency.referrals.get(), "referral_sent", make.user(official=self.agency), state="held")
            # Four of them write down that the accounts were read.
            with self.subTest(number), self.assertNumQueries(12):
                client.get(at("mails"))

    def test_the_home_of_the_organizer_says_that_mails_wait(self) -> None:
        first, _second = self.held(2)
        Message.objects.filter(pk=first.pk).update(state="failed")
        page = self.sign_in("organizer").get(at("home"))
        self.assertContains(page, "mail held for review")
        self.assertContains(page, "mail that has failed")

    def test_nonsense(self) -> None:
        self.held()
        for value in NONSENSE:
            response = self.decide(mails=value, decision=value, reason=value)
            self.assertEqual(response.status_code, 422, str(value)[:40])
        for key in ("x", "x" * 200, "m-0000"):
            self.assertEqual(self.sign_in("organizer").get(at("mail", key)).status_code, 404)


class SettingsTests(MailDesk, TestCase):
    def test_each_for_themselves(self) -> None:
        self.assert_page(at("mail_settings"), set(PERSONAS) - {"anonymous", "closed_account"}, data={"daily": "perhaps"})

    def test_daily_and_back(self) -> None:
        client = self.sign_in("official")
        for given, expected in (("yes", True), ("no", False)):
            self.assertEqual(client.post(at("mail_settings"), {"daily": given}).status_code, 302)
            self.assertEqual(MailSettings.objects.get().daily, expected)

    def test_the_page_says_what_failed(self) -> None:
        self.held()
        Message.objects.update(state="failed", last_error="SMTPRecipientsRefused 550")
        self.assertContains(self.sign_in("official").get(at("mail_settings")), "SMTPRecipientsRefused 550")


class CalendarTests(MailDesk, TestCase):
    def address(self) -> str:
        client = self.sign_in("official")
        client.post(at("mail_calendar"), {"wanted": "yes"})
        return f"/calendar/{MailSettings.objects.get().calendar_key}.ics"

    def test_my_due_dates_at_a_secret_address(self) -> None:
        from icalendar import Calendar

        referral = self.referral()
        response = self.client.get(self.address())
        self.assertEqual((response.status_code, "no-store" in response["Cache-Control"]), (200, True))
        (event,) = Calendar.from_ical(response.content).walk("VEVENT")
        self.assertEqual(
            (str(event["uid"]), event["dtstart"].dt), (f"review-{referral.proposal.folio}@localhost", referral.due_on)
        )

    def test_a_new_address_ends_the_old_one_and_it_can_be_taken_away(self) -> None:
        old = self.address()
        new = self.address()
        self.assertEqual((self.client.get(old).status_code, self.client.get(new).status_code), (404, 200))
        self.sign_in("official").post(at("mail_calendar"), {"wanted": "no"})
        self.assertEqual(self.client.get(new).status_code, 404)

    def test_a_closed_account_has_none(self) -> None:
        address = self.address()
        type(self.user("official")).objects.filter(pk=self.accounts["official"].pk).update(is_active=False)
        self.assertEqual(self.client.get(address).status_code, 404)
