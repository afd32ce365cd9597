"""Agreements: draft, gaps, text and fingerprint; events field by field; the ledger."""

import datetime as dt
import hashlib
import json

import rfc8785
from django.core.exceptions import ValidationError
from django.test import TestCase

from agreements import workflow
from agreements.models import Agreement
from core.events import SYSTEM, acting_from
from core.models import Event, LedgerEntry, SearchEntry
from core.workflow import StaleRecord, StepRefused
from tests import factories as make
from tests.agreements.story import DUE, AgreementWorld


class DraftTests(AgreementWorld, TestCase):
    def create(self, **arguments):
        arguments = {"values": {"title_es": "Acuerdo"}, **arguments}
        return workflow.create_agreement(edition=self.edition, actor=self.accounts["organizer"], **arguments)

    def test_a_new_agreement_has_its_folio_and_a_first_version(self):
        agreement = self.create()
        self.assertEqual((agreement.folio, agreement.status, agreement.published_at), ("FP1-A-01", "draft", None))
        self.assertEqual(
            list(agreement.versions.values_list("folio", "number", "status", "sha256")), [("FP1-A-01.1", 1, "draft", "")]
        )

    def test_the_event_tells_everything_that_came_with_it(self):
        proposal = make.proposal(self.edition, status="reviewed", folio="FP1-07")
        with acting_from("page"):
            self.create(
                proposals=[proposal],
                parties=[{"agency": self.agency}, {"organization": self.organization, "role": "witness"}],
                clauses=[{"text_es": "Uno"}, {"text_es": "Dos"}],
            )
        event = Event.objects.get()
        self.assertEqual(
            (event.action, event.model, event.record_key, event.edition_slug, event.origin, event.actor_label),
            ("create", "agreements.agreement", "FP1-A-01", "propia", "page", "organizer: propia"),
        )
        self.assertEqual(
            event.changes,
            {
                "source": [None, "entered"],
                "folio": [None, "FP1-A-01"],
                "edition": [None, "propia"],
                "title_es": [None, "Acuerdo"],
                "status": [None, "draft"],
                "version_number": [None, 0],
                "shows_pending": [None, False],
                "created_by": [None, self.accounts["organizer"].key],
                "proposals": [[], ["FP1-07"]],
                "parties": [None, ["IFE · signatory", "ORG-01 · witness"]],
                "clauses": [None, ["Uno", "Dos"]],
            },
        )

    def test_a_folio_that_comes_with_it_is_never_given_again(self):
        self.assertEqual(self.create(values={"title_es": "Importado", "folio": "FP1-A-05"}).folio, "FP1-A-05")
        self.assertEqual(self.create().folio, "FP1-A-06")

    def test_it_grows_out_of_what_is_public(self):
        draft = make.proposal(self.edition, status="draft", folio="FP1-90")
        sent = make.referral(make.proposal(self.edition, status="in_review"), self.agency)
        opinion = make.opinion(sent, status="draft", folio="D-1")
        with self.assertRaises(ValidationError) as caught:
            self.create(proposals=[draft], opinions=[opinion])
        self.assertEqual(
            caught.exception.message_dict,
            {
                "proposals": ["These proposals are not submitted: FP1-90."],
                "opinions": ["These opinions are not issued: D-1."],
            },
        )
        self.assertEqual((Agreement.objects.count(), Event.objects.count()), (0, 0))

    def test_a_representative_takes_part_for_that_party(self):
        stranger = make.participation(self.edition, organization=self.other_organization, key="LID-X9")
        with self.assertRaises(ValidationError) as caught:
            self.create(parties=[{"organization": self.organization, "representative": stranger}])
        self.assertEqual(list(caught.exception.message_dict), ["parties"])
        own = make.participation(self.edition, organization=self.organization)
        agreement = self.create(parties=[{"organization": self.organization, "representative": own}])
        self.assertEqual(agreement.parties.get().representative, own)

    def test_a_party_is_named_once_and_is_one_body(self):
        for parties, sentence in (
            ([{"agency": self.agency}, {"agency": self.agency}], "This agency is a party already."),
            (
                [{"agency": self.agency, "organization": self.organization}],
                "A party is an organization or an agency, one of the two.",
            ),
            ([{}], "A party is an organization or an agency, one of the two."),
        ):
            with self.subTest(sentence), self.assertRaises(ValidationError) as caught:
                self.create(parties=parties)
            self.assertEqual(caught.exception.messages, [sentence])

    def test_a_clause_needs_a_text(self):
        with self.assertRaises(ValidationError) as caught:
            self.create(clauses=[{"text_es": "Uno"}, {"text_es": " "}])
        self.assertEqual(caught.exception.message_dict, {"clauses": ["Clause 2: This field cannot be blank."]})

    def test_editing_replaces_what_is_given_and_leaves_the_rest(self):
        agreement = self.drafted()
        third = make.organization(key="ORG-03")
        workflow.edit_agreement(
            agreement=agreement,
            actor=self.accounts["organizer"],
            values={"title_es": "Nuevo título"},
            parties=[{"agency": self.agency}, {"organization": self.organization}, {"organization": third, "role": "guarantor"}],
            clauses=[{"text_es": "Primera"}],
        )
        event = Event.objects.first()
        self.assertEqual(
            event.changes,
            {
                "title_es": ["Módulos en el exterior", "Nuevo título"],
                "parties": [
                    ["IFE · signatory", "ORG-01 · signatory"],
                    ["IFE · signatory", "ORG-01 · signatory", "ORG-03 · guarantor"],
                ],
                "clauses": [["El Instituto instala módulos."], ["Primera"]],
            },
        )
        self.assertEqual(agreement.commitments.count(), 1)

    def test_nothing_changed_leaves_no_event(self):
        agreement, count = self.drafted(), Event.objects.count()
        workflow.edit_agreement(agreement=agreement, actor=self.accounts["organizer"], values={"title_en": "Offices abroad"})
        self.assertEqual(Event.objects.count(), count)

    def test_a_party_that_owes_something_stays(self):
        agreement = self.drafted()
        with self.assertRaises(ValidationError) as caught:
            workflow.edit_agreement(
                agreement=agreement, actor=self.accounts["organizer"], parties=[{"organization": self.organization}]
            )
        self.assertEqual(
            caught.exception.messages,
            [f"Instituto propio is responsible for {agreement.folio}-C1: give these to another party first."],
        )
        self.assertEqual(agreement.parties.count(), 2)

    def test_a_stale_form_is_refused(self):
        agreement = self.drafted()
        seen = agreement.revision
        door = {"agreement": agreement, "actor": self.accounts["organizer"]}
        workflow.edit_agreement(values={"topic": "Voto"}, revision=seen, **door)
        for stale in (
            lambda: workflow.edit_agreement(values={"topic": "Otro"}, revision=seen, **door),
            lambda: workflow.open_for_signature(revision=seen, **door),
        ):
            with self.assertRaises(StaleRecord) as caught:
                stale()
            self.assertEqual(caught.exception.current.topic, "Voto")

    def test_a_column_that_is_not_its_own_is_no_value_of_a_door(self):
        for name in ("status", "version_number", "signed_at", "edition"):
            with self.subTest(name), self.assertRaises(ValueError):
                workflow.edit_agreement(agreement=self.drafted(), actor=self.accounts["organizer"], values={name: "x"})


class OpeningTests(AgreementWorld, TestCase):
    def test_every_gap_is_named(self):
        agreement = workflow.create_agreement(edition=self.edition, actor=SYSTEM, values={"title_es": "Vacío"})
        self.assertEqual(
            workflow.opening_gaps(agreement),
            [
                "The agreement has no clause: write what is agreed.",
                "No organization signs: add at least one organization as signatory.",
                "No public body signs: add at least one agency as signatory.",
                "The agreement has no commitment: add what is owed, by whom and by when.",
            ],
        )
        workflow.add_commitment(agreement=agreement, actor=SYSTEM, values={"text_es": "Algo"})
        folio = f"{agreement.folio}-C1"
        self.assertEqual(
            workflow.opening_gaps(agreement)[3:],
            [
                f"Commitment {folio} has no responsible party: choose one of the parties.",
                f"Commitment {folio} has no due date: say by when it is owed.",
                f"Commitment {folio} has no means of verification: say what will prove it.",
            ],
        )
        with self.assertRaises(StepRefused) as caught:
            workflow.open_for_signature(agreement=agreement, actor=SYSTEM)
        self.assertEqual(str(caught.exception), " ".join(workflow.opening_gaps(agreement)))

    def test_both_sides_sign(self):
        """A witness or guarantor of the other side is not enough."""
        agreement = self.drafted()
        party = self.party(agreement, "ORG-01")
        for role in ("witness", "guarantor"):
            type(party).objects.filter(pk=party.pk).update(role=role)
            self.assertEqual(
                workflow.opening_gaps(agreement), ["No organization signs: add at least one organization as signatory."]
            )

    def test_an_edition_in_preparation_opens_nothing(self):
        agreement = self.drafted()
        type(self.edition).objects.update(stage="preparation")
        agreement.refresh_from_db()
        self.assertEqual(workflow.opening_gaps(agreement), ["“Foro propio” is still in preparation: make it public first."])

    def test_who_has_no_representative_is_a_warning_only(self):
        agreement = self.drafted()
        self.assertEqual(
            workflow.opening_warnings(agreement),
            ["No representative of Instituto propio is named.", "No representative of Federación propia is named."],
        )
        self.assertEqual(workflow.opening_gaps(agreement), [])

    def test_opening_fixes_and_publishes_the_text(self):
        representative = make.participation(self.edition, agency=self.agency)
        agreement = self.drafted()
        workflow.edit_agreement(
            agreement=agreement,
            actor=self.accounts["organizer"],
            parties=[{"agency": self.agency, "representative": representative}, {"organization": self.organization}],
        )
        at = dt.datetime(2026, 4, 1, 18, tzinfo=dt.UTC)
        version = workflow.open_for_signature(agreement=agreement, actor=self.accounts["organizer"], at=at)
        self.assertEqual((agreement.status, agreement.published_at, agreement.version_number), ("open", at, 0))
        version.refresh_from_db()
        folio = agreement.folio
        self.assertEqual((version.status, version.opened_at), ("open", at))
        self.assertEqual(
            version.text,
            {
                "folio": f"{folio}.1",
                "agreement": folio,
                "edition": "propia",
                "version": 1,
                "cause": "",
                "title": {"es": "Módulos en el exterior", "en": "Offices abroad"},
                "background": {"es": "", "en": ""},
                "place": "",
                "dated_on": None,
                "parties": [
                    {
                        "key": "IFE",
                        "side": "government",
                        "name": {"es": "Instituto propio", "en": ""},
                        "acronym": "IFE",
                        "role": "signatory",
                        "representative": representative.person.key,
                    },
                    {
                        "key": "ORG-01",
                        "side": "organizations",
                        "name": {"es": "Federación propia", "en": ""},
                        "acronym": "",
                        "role": "signatory",
                        "representative": None,
                    },
                ],
                "clauses": [
                    {
                        "number": 1,
                        "text": {"es": "El Instituto instala módulos.", "en": "The Institute sets up offices."},
                        "opinions": [],
                    }
                ],
                "commitments": [
                    {
                        "folio": f"{folio}-C1",
                        "number": 1,
                        "text": {"es": "Abrir tres módulos", "en": ""},
                        "lead": "IFE",
                        "co_responsible": ["ORG-01"],
                        "deliverable": "",
                        "means_of_verification": "Acta",
                        "starts_on": None,
                        "original_due_on": DUE.isoformat(),
                        "due_on": DUE.isoformat(),
                        "states": [],
                        "topic": "",
                        "proposals": [],
                        "conditions": [],
                        "cancelled": False,
                    }
                ],
                "proposals": [],
                "opinions": [],
            },
        )
        self.assertEqual(version.sha256, hashlib.sha256(rfc8785.dumps(version.text)).hexdigest())
        self.assertNotIn(representative.person.name, json.dumps(version.text))
        entry = LedgerEntry.objects.get()
        self.assertEqual((entry.act, entry.record_key, entry.at), ("agreement_opened", f"{folio}.1", at))
        self.assertEqual(json.loads(entry.canonical)["payload"], {"agreement": folio, "version": 1, "sha256": version.sha256})
        found = set(SearchEntry.objects.filter(record_key__startswith=folio).values_list("kind", "record_key"))
        self.assertEqual(found, {("agreement", folio), ("commitment", f"{folio}-C1")})

    def test_an_open_text_is_fixed_for_every_door(self):
        agreement = self.opened()
        commitment = agreement.commitments.get()
        actor = self.accounts["organizer"]
        doors = {
            "edit": lambda: workflow.edit_agreement(agreement=agreement, actor=actor, values={"title_es": "Otro"}),
            "clauses": lambda: workflow.edit_agreement(agreement=agreement, actor=actor, clauses=[]),
            "add": lambda: self.add(agreement),
            "edit commitment": lambda: workflow.edit_commitment(commitment=commitment, actor=actor, values={"text_es": "Otro"}),
            "remove": lambda: workflow.remove_commitment(commitment=commitment, actor=actor),
            "open again": lambda: workflow.open_for_signature(agreement=agreement, actor=actor),
            "amend": lambda: workflow.amend(agreement=agreement, actor=actor, cause="Otro"),
        }
        for name, door in doors.items():
            with self.subTest(name), self.assertRaises(StepRefused):
                door()
