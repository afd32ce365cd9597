"""Every workspace page of agreements as every persona with every method, by equality; own and foreign records."""

import datetime as dt
import re
from contextlib import nullcontext

import pytest
from django.db import transaction
from django.test import TestCase
from django.urls import get_resolver, reverse

from agreements.light import light_of
from agreements.models import Campaign, Commitment
from agreements.workspace.urls import urlpatterns
from forum.models import Role
from proposals.models import Condition
from tests import factories as make
from tests.agreements.story import AgreementWorld
from tests.personas import PERSONAS, blank_pages

ANONYMOUS = {"anonymous", "closed_account"}
ORGANIZERS = {"organizer", "administrator"}
PARTIES = {"official", "delegate"}
INSIDERS = ORGANIZERS | PARTIES
OTHERS = set(PERSONAS) - ANONYMOUS - INSIDERS
WITH_A_ROLE = set(PERSONAS) - ANONYMOUS - {"nobody"}


@pytest.mark.once
class PageTests(AgreementWorld, TestCase):
    """Each page of records in the state in which the page is at home."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        world = cls()
        cls.draft = world.drafted()
        cls.open = world.opened()
        cls.agreement = world.signed()
        cls.commitment = cls.agreement.commitments.get()
        cls.draft_commitment = cls.draft.commitments.get()
        cls.made = world.report(cls.commitment)
        cls.proposed = world.meeting(cls.agreement, proposed=True)
        cls.scheduled = world.meeting(cls.agreement)
        cls.held_meeting = world.held(cls.agreement)
        cls.minuted = world.held(cls.agreement)
        cls.minutes_draft = world.held(cls.agreement)
        world.minutes(cls.minutes_draft)
        version = world.minutes(
            cls.minuted,
            "circulated",
            action_items=[{"what_es": "Enviar el acta", "agency": cls.agency, "due_on": dt.date(2026, 8, 1)}],
        )
        cls.item = version.action_items.get()
        cls.said = make.validation(cls.made, world.party(cls.agreement, "ORG-01"))
        cls.campaign = Campaign.objects.create(edition=cls.edition, cut_off=dt.date(2026, 6, 30))

    def pages(self):
        """(name, arguments, query, who reads it with 200, who gets 403); all others: 302 to sign in, or 404."""
        draft, opened, signed = self.draft.folio, self.open.folio, self.agreement.folio
        prepared, owed = self.draft_commitment.folio, self.commitment.folio
        return (
            ("agreements", [], "", WITH_A_ROLE, {"nobody"}),
            ("commitments", [], "", WITH_A_ROLE, {"nobody"}),
            ("meetings", [], "", WITH_A_ROLE, {"nobody"}),
            ("agreement_new", [], "", {*ORGANIZERS, "other_organizer"}, PARTIES | (OTHERS - {"other_organizer"})),
            ("agreement_new", [], "?empty=yes", {*ORGANIZERS, "other_organizer"}, PARTIES | (OTHERS - {"other_organizer"})),
            ("agreement", [draft], "", INSIDERS, set()),
            ("agreement", [opened], "", INSIDERS, OTHERS),
            ("agreement", [signed], "", INSIDERS, OTHERS),
            ("agreement_edit", [draft], "", ORGANIZERS, PARTIES),
            ("agreement_commitments", [draft], "", ORGANIZERS, PARTIES),
            ("commitment_new", [draft], "", ORGANIZERS, PARTIES),
            ("commitment_edit", [prepared], "", ORGANIZERS, PARTIES),
            ("commitment", [prepared], "", INSIDERS, set()),
            ("commitment", [owed], "", INSIDERS, OTHERS),
            ("accept", [opened], "", PARTIES, ORGANIZERS | OTHERS),
            ("agreement_acceptance", [opened], "", ORGANIZERS, PARTIES | OTHERS),
            ("agreement_paper", [signed], "", ORGANIZERS, PARTIES | OTHERS),
            ("report", [owed], "", INSIDERS, OTHERS),
            ("validate", [self.made.folio], "", {"delegate"}, (INSIDERS - {"delegate"}) | OTHERS),
            ("commitment_extension", [owed], "", PARTIES, ORGANIZERS | OTHERS),
            ("commitment_cancel", [owed], "", PARTIES, ORGANIZERS | OTHERS),
            ("meeting_new", [], "", {*ORGANIZERS, "other_organizer"}, PARTIES | (OTHERS - {"other_organizer"})),
            ("meeting_new", [], f"?agreement={signed}", INSIDERS, OTHERS),
            ("meeting_new", [], f"?after={self.held_meeting.folio}", INSIDERS, OTHERS),
            ("meeting", [self.proposed.folio], "", INSIDERS, set()),
            ("meeting", [self.scheduled.folio], "", INSIDERS, OTHERS),
            ("meeting_edit", [self.scheduled.folio], "", ORGANIZERS, PARTIES | OTHERS),
            ("meeting_sheet", [self.scheduled.folio], "", ORGANIZERS, PARTIES | OTHERS),
            ("meeting_move", [self.scheduled.folio], "", ORGANIZERS, PARTIES | OTHERS),
            ("meeting_hold", [self.scheduled.folio], "", ORGANIZERS, PARTIES | OTHERS),
            ("meeting_hold", [self.held_meeting.folio], "", ORGANIZERS, PARTIES | OTHERS),
            ("minutes", [self.minuted.folio], "", INSIDERS, OTHERS),
            ("minutes", [self.minutes_draft.folio], "", ORGANIZERS, OTHERS),
            ("minutes_write", [self.held_meeting.folio], "", ORGANIZERS, PARTIES | OTHERS),
            ("minutes_write", [self.minuted.folio], "", ORGANIZERS, PARTIES | OTHERS),
            ("meeting_action_item", [self.item.folio], "", {*ORGANIZERS, "official"}, {"delegate"}),
            ("item_commitment", [self.item.folio], "", ORGANIZERS, {"official", "delegate"}),
            ("follow_up", [], "", WITH_A_ROLE, {"nobody"}),
            ("agreement_take_over", [signed, "IFE"], "", ORGANIZERS, PARTIES | OTHERS),
            ("campaign_new", ["propia"], "", ORGANIZERS, PARTIES | OTHERS),
            ("campaign", [self.campaign.folio], "", ORGANIZERS, set()),
            ("reply", [self.said.folio], "", {"official"}, (INSIDERS - {"official"}) | OTHERS),
            ("sign_sheet", [self.held_meeting.folio], "", ORGANIZERS, PARTIES | OTHERS),
            *((f"minutes_{form}", [self.minuted.folio], "", INSIDERS, OTHERS) for form in ("pdf", "docx")),
        )

    #: Pages that take a POST and nothing else.
    def steps(self):
        return (
            ("agreement_step", [self.draft.folio, "open"]),
            ("commitment_remove", [self.draft_commitment.folio]),
            ("commitment_remind", [self.commitment.folio]),
            ("meeting_step", [self.proposed.folio, "confirm"]),
            ("meeting_answer", [self.scheduled.folio]),
            ("meeting_choose", [self.proposed.folio, 1]),
            ("meeting_tick", [self.held_meeting.folio]),
            ("meeting_uninvite", [self.scheduled.folio]),
            ("minutes_step", [self.minuted.folio, "approve"]),
            ("minutes_circulate", [self.minutes_draft.folio]),
            ("minutes_remark", [self.minuted.folio]),
            ("agreement_comment", [self.draft.folio]),
            *((f"campaign_{name}", [self.campaign.folio]) for name in ("ask", "remind")),
        )

    def statuses(self, address, method="get"):
        """The answer to each persona; what a request did is taken back before the next."""
        found = {}
        for name in (name for name in PERSONAS if name != "closed_account"):
            client = self.seated(name)
            with transaction.atomic(), blank_pages() if {200, 422} & set(found.values()) else nullcontext():
                found[name] = getattr(client, method)(address).status_code
                transaction.set_rollback(True)
        # Nobody signs in with a closed account: the very same request.
        return {**found, "closed_account": found["anonymous"]}

    def test_who_reads_which_page(self):
        for name, arguments, query, readers, forbidden in self.pages():
            with self.subTest(page=name, query=query, arguments=arguments):
                expected = dict.fromkeys(PERSONAS, 404)
                expected |= dict.fromkeys(forbidden, 403) | dict.fromkeys(readers, 200) | dict.fromkeys(ANONYMOUS, 302)
                self.assertEqual(self.statuses(reverse(f"workspace:{name}", args=arguments) + query), expected)

    def test_every_page_stands_in_this_matrix(self):
        listed = {name for name, *_rest in self.pages()} | {name for name, _arguments in self.steps()}
        self.assertEqual({pattern.name for pattern in urlpatterns}, listed)
        self.assertGreater(len(get_resolver().url_patterns), 0)

    def test_strangers_sign_in_and_come_back(self):
        address = reverse("workspace:agreement", args=[self.draft.folio])
        answer = self.client.get(address)
        self.assertEqual(answer.status_code, 302)
        self.assertIn(f"?next={address}", answer.url)

    def test_methods(self):
        for name, arguments in self.steps():
            address = reverse(f"workspace:{name}", args=arguments)
            for method in ("get", "head", "put", "patch", "delete", "options"):
                with self.subTest(name, method=method):
                    self.assertEqual(getattr(self.seated("organizer"), method)(address).status_code, 405)
        for name, arguments, query, _readers, _forbidden in self.pages():
            address = reverse(f"workspace:{name}", args=arguments) + query
            for method in ("put", "patch", "delete"):
                with self.subTest(name, method=method):
                    self.assertEqual(getattr(self.seated("organizer"), method)(address).status_code, 405)

    def test_lists_take_no_post(self):
        for name in ("agreements", "commitments", "meetings", "agreement", "commitment", "meeting", "minutes"):
            record = {
                "agreement": self.agreement,
                "commitment": self.commitment,
                "meeting": self.held_meeting,
                "minutes": self.minuted,
            }
            arguments = [record[name].folio] if name in record else []
            with self.subTest(name):
                self.assertEqual(self.sign_in("organizer").post(reverse(f"workspace:{name}", args=arguments)).status_code, 405)

    def test_who_may_send_a_step(self):
        """A step that the record refuses comes back with its page and 422; one that is not yours is 403."""
        for name, arguments in self.steps():
            with self.subTest(name):
                answers = self.statuses(reverse(f"workspace:{name}", args=arguments), "post")
                through = {persona for persona, status in answers.items() if status in (302, 422)}
                allowed = INSIDERS if name in ("minutes_remark", "agreement_comment") else ORGANIZERS
                if name == "meeting_answer":
                    allowed = PARTIES
                self.assertEqual(through, allowed | ANONYMOUS)
                self.assertEqual({status for status in answers.values() if status not in (302, 422)}, self.closed(name))

    def closed(self, name):
        """What those outside get: a record that they read is 403, one that is hidden 404; both where insiders differ."""
        hidden = {"agreement_step", "commitment_remove", "meeting_step", "meeting_choose"}
        inside = {"minutes_circulate"}
        if name in ("agreement_comment", "campaign_ask", "campaign_remind"):
            return {404}
        return {403, 404} if name in hidden | inside else {403}

    def test_a_step_of_others_changes_nothing(self):
        for persona in PARTIES:
            client = self.sign_in(persona)
            client.post(reverse("workspace:agreement_step", args=[self.draft.folio, "open"]), {"step-open-revision": "1"})
            client.post(reverse("workspace:agreement_step", args=[self.draft.folio, "void"]), {"step-void-reason": "No."})
            client.post(reverse("workspace:meeting_step", args=[self.proposed.folio, "confirm"]))
        self.draft.refresh_from_db()
        self.proposed.refresh_from_db()
        self.assertEqual((self.draft.status, self.proposed.status), ("draft", "proposed"))

    def test_a_foreign_folio_answers_like_one_that_does_not_exist(self):
        """Promise 2: a draft of others and a forged folio cannot be told apart."""
        client = self.sign_in("other_official")
        for name, folio in (
            ("agreement", self.draft.folio),
            ("agreement_edit", self.draft.folio),
            ("commitment", self.draft_commitment.folio),
            ("commitment_edit", self.draft_commitment.folio),
            ("meeting", self.proposed.folio),
            ("meeting_move", self.proposed.folio),
            ("minutes_write", self.proposed.folio),
            ("meeting_action_item", self.item.folio),
        ):
            with self.subTest(name):
                foreign = client.get(reverse(f"workspace:{name}", args=[folio]))
                forged = client.get(reverse(f"workspace:{name}", args=["XX9-A-99"]))
                self.assertEqual((foreign.status_code, forged.status_code), (404, 404))
                self.assertEqual(foreign.content.replace(folio.encode(), b"?"), forged.content.replace(b"XX9-A-99", b"?"))

    def test_a_witness_reads_and_has_no_say(self):
        witness = make.organization(key="TES-1")
        make.party(self.agreement, witness, role="witness")
        client = self.client_class()
        client.force_login(make.user("witness@example.org", delegate=witness))
        self.assertEqual(client.get(reverse("workspace:commitment", args=[self.commitment.folio])).status_code, 200)
        for name, folio in (
            ("commitment_extension", self.commitment.folio),
            ("commitment_cancel", self.commitment.folio),
            ("report", self.commitment.folio),
            ("validate", self.made.folio),
        ):
            with self.subTest(name):
                self.assertEqual(client.get(reverse(f"workspace:{name}", args=[folio])).status_code, 403)

    def test_names_of_participants_are_for_organizers(self):
        person = make.participation(self.edition, organization=self.organization, person=make.person(name="Nombre Reservado"))
        party = self.agreement.parties.get(organization=self.organization)
        party.representative = person
        party.save()
        make.invite(self.scheduled, self.organization, participation=person)
        addresses = [
            reverse("workspace:agreement", args=[self.agreement.folio]),
            reverse("workspace:meeting", args=[self.scheduled.folio]),
            reverse("workspace:meeting_new") + f"?agreement={self.agreement.folio}",
            reverse("workspace:minutes", args=[self.minuted.folio]),
        ]
        for persona, expected in (("organizer", {True}), ("delegate", {False}), ("official", {False})):
            client = self.sign_in(persona)
            with self.subTest(persona):
                seen = {"Nombre Reservado" in client.get(address).content.decode() for address in addresses[:3]}
                self.assertEqual(seen, expected)

    def test_conditions_of_another_agreement_are_not_carried_over(self):
        proposal = make.proposal(self.edition, status="reviewed")
        opinion = make.opinion(make.referral(proposal, self.agency), verdict="conditional")
        condition = Condition.objects.create(opinion=opinion, number=1, what="Reservada", owner="IFE", kind="other")
        address = reverse("workspace:commitment_new", args=[self.draft.folio])
        answer = self.sign_in("organizer").get(address, {"condition": condition.public_key})
        self.assertEqual(answer.status_code, 200)
        self.assertNotContains(answer, "Reservada")

    def test_who_finds_what_in_the_lists(self):
        """What is public and of others is on the public pages, not in a workspace that it does not concern."""
        for name, folio in (
            ("agreements", self.agreement.folio),
            ("agreements", self.draft.folio),
            ("commitments", self.commitment.folio),
            ("commitments", self.draft_commitment.folio),
            ("meetings", self.scheduled.folio),
            ("meetings", self.proposed.folio),
        ):
            with self.subTest(name, folio=folio):
                address = reverse(f"workspace:{name}", args=[])
                found = {persona for persona in WITH_A_ROLE if folio in self.sign_in(persona).get(address).content.decode()}
                self.assertEqual(found, INSIDERS)

    def test_lists_narrow_down(self):
        client = self.sign_in("official")
        for name, query, inside, outside in (
            ("agreements", {"status": "draft"}, self.draft.folio, self.agreement.folio),
            ("agreements", {"q": "modulos"}, self.draft.folio, "no record"),
            ("agreements", {"edition": self.edition.slug}, self.draft.folio, "no record"),
            ("commitments", {"agreement": self.agreement.folio}, self.commitment.folio, self.draft_commitment.folio),
            ("commitments", {"mine": "yes"}, self.commitment.folio, "no record"),
            ("commitments", {"evidence": "none"}, self.commitment.folio, "no record"),
            (
                "commitments",
                {"light": light_of(self.commitment, self.edition.today())},
                self.commitment.folio,
                self.draft_commitment.folio,
            ),
            ("meetings", {"status": "held"}, self.held_meeting.folio, self.scheduled.folio),
        ):
            with self.subTest(name, query=query):
                answer = client.get(reverse(f"workspace:{name}"), query)
                self.assertContains(answer, f"/{inside}/")
                self.assertNotContains(answer, f"/{outside}/")
        self.assertContains(client.get(reverse("workspace:commitments"), {"disputed": "yes"}), "No commitment matches")

    def test_lateness_is_said_once_and_in_calendar_days(self):
        Commitment.objects.filter(pk=self.commitment.pk).update(due_on=self.edition.today() - dt.timedelta(days=40))
        answer = self.sign_in("official").get(reverse("workspace:commitments"))
        self.assertContains(answer, "late, 40 days")
        self.assertNotContains(answer, "working day")

    def test_who_stands_for_several_parties_speaks_for_those_that_may(self):
        witness = make.organization(key="TES-1")
        make.party(self.agreement, witness, role="witness")
        both = make.user("both@example.org", delegate=self.organization, official=self.agency)
        Role.objects.create(user=both, kind="delegate", organization=witness)
        client = self.client_class()
        client.force_login(both)
        for name, folio, offered in (
            ("commitment_extension", self.commitment.folio, {"organization:ORG-01", "agency:IFE"}),
            ("commitment_cancel", self.commitment.folio, {"organization:ORG-01", "agency:IFE"}),
            ("validate", self.made.folio, {"organization:ORG-01"}),
            ("report", self.commitment.folio, {"organization:ORG-01", "agency:IFE"}),
        ):
            with self.subTest(name):
                page = client.get(reverse(f"workspace:{name}", args=[folio])).content.decode()
                self.assertEqual(set(re.findall(r'value="((?:organization|agency):[^"]+)"', page)), offered)
