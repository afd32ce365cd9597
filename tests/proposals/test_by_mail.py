"""The link of a mail: one proposal, one official, drafting only, for two weeks; dead in every other case."""

from __future__ import annotations

import datetime as dt
from typing import Any
from unittest import mock

import pytest
from django.core import mail, signing
from django.test import Client, TestCase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from core.events import events_of
from core.mail_links import DeadLink
from core.models import Message
from core.outbox import sending
from proposals import workflow
from proposals.by_mail import SALT, open_link, token_for
from proposals.models import Opinion, Referral
from tests import factories as make
from tests.proposals.world import ProposalWorld

pytestmark = pytest.mark.once


class LinkWorld(ProposalWorld):
    def story(self) -> None:
        (self.referral_sent,) = workflow.refer(
            proposal=self.proposal("submitted"), agencies=[self.agency], actor=self.user("organizer")
        )
        # Another body stays asked, so that the referral can be recalled.
        workflow.refer(proposal=self.referral_sent.proposal, agencies=[self.other_agency], actor=self.user("organizer"))
        self.token = token_for(self.user("official"), self.referral_sent)

    def setUp(self) -> None:
        super().setUp()
        self.enterContext(override("en"))

    def status(self, token: str = "", **given: Any) -> int:
        """The answer to somebody without a session."""
        address = reverse("by_mail", args=[token or self.token])
        client = Client()
        response = client.post(address, given) if given else client.get(address)
        self.assertEqual(response.cookies.keys() - {"messages"}, set())
        return response.status_code


class DeadTests(LinkWorld, TestCase):
    def assert_dead(self, token: str = "") -> None:
        """Neither read nor written, and nobody learns why."""
        answers = {self.status(token), self.status(token, soundness="yes")}
        self.assertEqual(answers, {404})
        with self.assertRaises(DeadLink):
            open_link(token or self.token)
        self.assertEqual(Opinion.objects.count(), 0)

    def test_it_lives(self) -> None:
        self.assertEqual(self.status(), 200)

    def test_tampered(self) -> None:
        body, stamp, signature = self.token.split(":")
        for token in (
            f"{body}A:{stamp}:{signature}",
            f"{body}:{stamp}:{signature[:-2]}zz",
            f"{body}:zzzzzz:{signature}",
            "x",
            "x" * 5000,
            ":::",
        ):
            with self.subTest(token[:40]):
                self.assert_dead(token)

    def test_expired(self) -> None:
        later = timezone.now() + dt.timedelta(days=14, seconds=2)
        with mock.patch("django.core.signing.time.time", lambda: later.timestamp()):
            self.assert_dead()

    def test_made_for_another_purpose(self) -> None:
        said = signing.loads(self.token, salt=SALT)
        self.assert_dead(signing.dumps(said, salt="something else"))

    def test_for_another_proposal(self) -> None:
        """What the link says of one referral is good for no other, even when somebody could sign it."""
        other = workflow.refer(proposal=self.proposal("submitted"), agencies=[self.agency], actor=self.user("organizer"))[0]
        said = signing.loads(self.token, salt=SALT)
        self.assert_dead(signing.dumps({**said, "r": other.folio}, salt=SALT))

    def test_for_another_account(self) -> None:
        colleague = make.user("colleague@example.org", official=self.agency)
        said = signing.loads(self.token, salt=SALT)
        self.assert_dead(signing.dumps({**said, "a": colleague.key}, salt=SALT))

    def test_recalled(self) -> None:
        workflow.recall(referral=self.referral_sent, actor=self.user("organizer"), reason="Se turna a otra.")
        self.assert_dead()

    def test_recalled_and_sent_again(self) -> None:
        self.test_recalled()
        workflow.refer(proposal=self.referral_sent.proposal, agencies=[self.agency], actor=self.user("organizer"))
        self.assertTrue(Referral.objects.get(pk=self.referral_sent.pk).is_open)
        self.assert_dead()

    def test_passed_on(self) -> None:
        third = make.agency()
        workflow.refer_onward(referral=self.referral_sent, to=third, actor=self.user("official"), reason="No es nuestro.")
        self.assert_dead()

    def test_answered(self) -> None:
        self.issued(self.referral_sent, at=timezone.now())
        self.assertEqual((self.status(), self.status(soundness="no")), (404, 404))
        self.assertEqual(set(Opinion.objects.values_list("status", "soundness")), {("issued", "yes")})

    def test_the_role_ended(self) -> None:
        self.accounts["official"].role_rows.all().delete()
        self.assert_dead()

    def test_the_account_is_closed(self) -> None:
        type(self.user("official")).objects.filter(pk=self.accounts["official"].pk).update(is_active=False)
        self.assert_dead()

    def test_the_password_changed(self) -> None:
        official = self.user("official")
        official.set_password("another long password")
        official.save()
        self.assert_dead()

    def test_another_official_became_liaison(self) -> None:
        colleague = make.user("colleague@example.org", official=self.agency)
        workflow.set_liaisons(referral=self.referral_sent, users=[colleague], actor=self.user("organizer"))
        self.assert_dead()

    def test_an_official_of_another_body_is_given_none(self) -> None:
        self.assert_dead(token_for(self.user("other_official"), self.referral_sent))


class DraftingTests(LinkWorld, TestCase):
    def test_a_draft_is_written_through_the_doors(self) -> None:
        self.assertEqual(self.status(soundness="yes", verdict="feasible", revision="1"), 200)
        draft = Opinion.objects.get()
        self.assertEqual((draft.status, draft.soundness, draft.drafted_by), ("draft", "yes", self.user("official")))
        self.assertEqual(events_of(draft)[0].action, "draft_by_mail")

    def test_nothing_is_issued_whatever_is_sent(self) -> None:
        self.status(soundness="yes", verdict="feasible", revision="1", issue="1", preview="1", post="Dirección", save="1")
        self.assertEqual(Opinion.objects.get().status, "draft")

    def test_issuing_asks_for_signing_in(self) -> None:
        self.status(soundness="yes", verdict="feasible", revision="1")
        response = Client().post(reverse("workspace:review_preview", args=[self.referral_sent.folio]), {"post": "Dirección"})
        self.assertEqual(response.status_code, 302)
        self.assertIn(reverse("account_login"), response["Location"])

    def test_a_stale_text_is_refused_and_both_are_shown(self) -> None:
        self.status(soundness="yes", soundness_text="Primera", revision="1")
        self.assertEqual(self.status(soundness="no", soundness_text="Segunda", revision="1"), 422)
        self.assertEqual(Opinion.objects.get().soundness_text, "Primera")

    def test_it_shows_no_internal_position(self) -> None:
        workflow.add_position(referral=self.referral_sent, actor=self.user("official"), text="Canario interno")
        self.assertNotContains(Client().get(reverse("by_mail", args=[self.token])), "Canario interno")

    def test_the_address_is_told_to_nobody(self) -> None:
        response = Client().get(reverse("by_mail", args=[self.token]))
        self.assertEqual(
            (response["Referrer-Policy"], response["X-Robots-Tag"], "no-store" in response["Cache-Control"]),
            ("no-referrer", "noindex", True),
        )

    def test_the_mail_brings_a_link_that_works(self) -> None:
        sending.send_due()
        (sent,) = [sent for sent in mail.outbox if sent.to == ["official@example.org"]]
        (line,) = [line for line in sent.body.splitlines() if "/por-correo/" in line]
        self.assertEqual(Client().get("/" + line.split("/", 3)[3]).status_code, 200)

    def test_an_organizer_who_reads_a_held_mail_does_not_get_the_link(self) -> None:
        Message.objects.update(state="held")
        for message in Message.objects.all():
            page = self.sign_in("organizer").get(reverse("workspace:mail", args=[message.key]))
            self.assertContains(page, "[…]")
            self.assertNotContains(page, "/por-correo/")
