"""Following a public record by mail: asked, confirmed from the mailbox, told of real changes only, left with one click."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core import mail
from django.test import Client, TestCase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from core.models import Message, Subscription
from core.outbox import sending, subscriptions
from forum.models import Edition
from proposals import workflow
from tests.proposals.world import ProposalWorld

ADDRESS = "seguidora@example.net"


class FollowWorld(ProposalWorld):
    def setUp(self) -> None:
        super().setUp()
        self.enterContext(override("en"))

    def ask(self, kind: str = "agency", key: str = "IFE", email: str = ADDRESS, client: Any = None) -> Any:
        return (client or Client()).post(reverse("follow", args=[kind, key]), {"email": email})

    def following(self, record: Any, language: str = "en") -> Subscription:
        return Subscription.objects.create(
            email=ADDRESS,
            language=language,
            model=record._meta.label_lower,
            record_id=record.pk,
            record_key=record.public_key,
            confirmed_at=timezone.now(),
        )

    def send(self) -> None:
        Message.objects.update(next_at=timezone.now())
        sending.send_due()

    def to_follower(self) -> list[Any]:
        self.send()
        return [sent for sent in mail.outbox if sent.to == [ADDRESS]]


class AskingTests(FollowWorld, TestCase):
    def test_the_way_in_and_out(self) -> None:
        self.assertEqual(self.ask(email=" Seguidora@Example.NET ").status_code, 200)
        subscription = Subscription.objects.get()
        self.assertEqual((subscription.email, subscription.language, subscription.confirmed_at), (ADDRESS, "en", None))
        (sent,) = self.to_follower()
        address = reverse("follow_confirm", args=[subscription.key])
        self.assertIn(address, sent.body)
        self.assertContains(Client().get(address), "Do you want to follow this?")
        subscription.refresh_from_db()
        self.assertIsNone(subscription.confirmed_at, "programs that look through mails open every link")
        self.assertContains(Client().post(address), "You follow it now")
        subscription.refresh_from_db()
        self.assertIsNotNone(subscription.confirmed_at)
        leave = reverse("follow_leave", args=[subscription.key])
        self.assertContains(Client().get(leave), "Do you want to leave?")
        self.assertEqual(Subscription.objects.count(), 1)
        response = Client(enforce_csrf_checks=True).post(leave, {"List-Unsubscribe": "One-Click"})
        self.assertEqual(response.status_code, 200)
        self.assertEqual((Subscription.objects.count(), Message.objects.count()), (0, 0))
        self.assertContains(Client().post(leave), "You get no more mails about it")

    def test_the_same_answer_whether_or_not_it_is_followed(self) -> None:
        answers = {self.ask().content}
        subscriptions.confirm(Subscription.objects.get().key)
        answers |= {self.ask().content, self.ask(email="other@example.net").content}
        self.assertEqual(len(answers), 1)
        self.assertEqual(Message.objects.filter(subscription__email=ADDRESS).count(), 1)

    def test_nobody_fills_a_mailbox_of_somebody_else(self) -> None:
        for key in ("IFE", "SRE", "IFE", "SRE", "IFE"):
            self.assertEqual(self.ask(key=key).status_code, 200)
        self.assertEqual(Message.objects.filter(subscription__email=ADDRESS).count(), 3)

    def test_one_network_address_asks_twenty_times_an_hour(self) -> None:
        answers = [self.ask(email=f"a{number}@example.net").status_code for number in range(21)]
        self.assertEqual(answers, [200] * 20 + [429])

    def test_what_is_not_public_cannot_be_followed(self) -> None:
        draft = self.proposal()
        for kind, key in (("proposal", draft.folio), ("edition", "propia"), ("account", "x"), ("agency", "nobody")):
            self.assertEqual(self.ask(kind, key).status_code, 404, kind)
        self.assertEqual(Subscription.objects.count(), 0)

    def test_nonsense(self) -> None:
        for email in ("", "x", "a@b", "a@example.net\r\nBcc: b@example.net", "\x00@example.net", "x" * 300 + "@example.net"):
            self.assertEqual(self.ask(email=email).status_code, 422, email)
        for name in ("follow_confirm", "follow_leave"):
            self.assertEqual(Client().post(reverse(name, args=["x" * 100])).status_code, 404)
        self.assertEqual(Subscription.objects.count(), 0)

    def test_no_cookie_is_set(self) -> None:
        self.assertEqual(dict(self.ask().cookies), {})
        self.assertEqual(dict(Client().get(reverse("follow", args=["agency", "IFE"])).cookies), {})

    def test_what_nobody_confirms_is_forgotten(self) -> None:
        self.ask()
        Subscription.objects.update(created_at=timezone.now() - dt.timedelta(days=3, seconds=1))
        sending.send_due()
        self.assertEqual((Subscription.objects.count(), Message.objects.count(), mail.outbox), (0, 0, []))

    def test_records_offer_it_beside_the_feed(self) -> None:
        proposal = self.proposal("submitted")
        for record in (proposal, self.agency, self.organization):
            kind = record._meta.model_name
            page = Client().get(record.get_absolute_url())
            self.assertContains(page, reverse("follow", args=[kind, record.public_key]))


class NewsTests(FollowWorld, TestCase):
    def test_a_public_change_is_told_with_the_way_out(self) -> None:
        proposal = self.proposal(title_es="Módulos")
        subscription = self.following(self.organization)
        workflow.submit(proposal=proposal, actor=self.user("organizer"))
        (sent,) = self.to_follower()
        self.assertIn(f"{proposal.folio}, “Módulos”: the text was submitted or revised.", sent.body)
        leave = reverse("follow_leave", args=[subscription.key])
        self.assertEqual(
            (sent.extra_headers["List-Unsubscribe"].endswith(f"{leave}>"), sent.extra_headers["List-Unsubscribe-Post"]),
            (True, "List-Unsubscribe=One-Click"),
        )

    def test_changes_come_together_after_an_hour(self) -> None:
        self.following(self.organization)
        proposals = [self.proposal(), self.proposal()]
        for proposal in proposals:
            workflow.submit(proposal=proposal, actor=self.user("organizer"))
        sending.send_due()
        self.assertEqual(mail.outbox, [])
        (sent,) = self.to_follower()
        self.assertEqual({each.folio for each in proposals if each.folio in sent.body}, {each.folio for each in proposals})

    def test_only_what_is_public(self) -> None:
        """Drafts, questions, internal positions, referrals: no mail. An opinion that is held back: only once it is released."""
        Edition.objects.filter(pk=self.edition.pk).update(opinion_publication="together")
        proposal = self.proposal("submitted")
        for record in (proposal, self.agency, self.organization):
            self.following(record) if record is proposal else None
        (referral,) = workflow.refer(proposal=proposal, agencies=[self.agency], actor=self.user("organizer"))
        workflow.ask(referral=referral, actor=self.user("official"), question="¿Dónde?")
        self.issued(referral, at=timezone.now())
        self.assertEqual(self.to_follower(), [])
        workflow.release_opinions(edition=Edition.objects.get(pk=self.edition.pk), actor=self.user("organizer"))
        (sent,) = self.to_follower()
        self.assertIn("IFE answered: feasible", sent.body)

    def test_what_was_hidden_meanwhile_is_not_told(self) -> None:
        proposal = self.proposal()
        self.following(self.organization)
        workflow.submit(proposal=proposal, actor=self.user("organizer"))
        workflow.send_back(proposal=proposal, actor=self.user("organizer"), reason="Falta el problema.")
        self.assertEqual(self.to_follower(), [])
        self.assertEqual(
            set(Message.objects.filter(user=None).values_list("state", "reason")), {("dropped", "It is not public.")}
        )

    def test_whoever_left_gets_nothing(self) -> None:
        proposal = self.proposal()
        subscription = self.following(self.organization)
        workflow.submit(proposal=proposal, actor=self.user("organizer"))
        subscriptions.leave(subscription.key)
        self.assertEqual(self.to_follower(), [])

    def test_in_the_language_in_which_it_was_asked(self) -> None:
        proposal = self.proposal()
        self.following(self.organization, language="es")
        workflow.submit(proposal=proposal, actor=self.user("organizer"))
        (sent,) = self.to_follower()
        self.assertIn("Lo que cambió en", sent.body)
        self.assertIn("/es/", sent.body)
