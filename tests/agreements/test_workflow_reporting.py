"""Progress reports, evidence and validation by the other side."""

import datetime as dt
import json

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.test import TestCase

from agreements import workflow
from agreements.models import Commitment, Evidence, Party, ProgressReport, Validation
from agreements.readings import four_readings
from core import ledger
from core.models import Event, LedgerEntry
from core.models.event import AppendOnly
from core.workflow import StepRefused
from tests import factories as make
from tests.agreements.story import CUT_OFF, NOON, AgreementWorld
from tests.core.test_uploads import PDF, PNG, sent

LINK = {"title": "Nota", "url": "https://example.org/nota"}


class ReportTests(AgreementWorld, TestCase):
    def story(self):
        self.commitment = self.in_force()

    def columns(self):
        self.commitment.refresh_from_db()
        c = self.commitment
        return (c.reported_status, c.reported_percent, c.reported_cut_off, c.disputed)

    def test_folio_columns_event_and_ledger(self):
        self.assertEqual(self.columns(), ("", None, None, False))
        made = self.report(self.commitment, evidence=[LINK])
        self.assertEqual((made.folio, made.number), (f"{self.commitment.folio}-I1", 1))
        self.assertEqual(self.columns(), ("in_progress", 40, CUT_OFF, False))
        event = Event.objects.filter(record_key=self.commitment.folio).first()
        self.assertEqual(
            (event.action, event.at, event.changes),
            (
                "report",
                NOON,
                {
                    "reported_status": ["", "in_progress"],
                    "reported_percent": [None, 40],
                    "reported_cut_off": [None, CUT_OFF.isoformat()],
                    "reports": [None, made.folio],
                },
            ),
        )
        entry = LedgerEntry.objects.first()
        evidence = made.evidence.get()
        self.assertEqual((entry.act, entry.record_key), ("progress_report", made.folio))
        self.assertEqual(
            json.loads(entry.canonical)["payload"],
            {
                "commitment": self.commitment.folio,
                "party": "IFE",
                "side": "government",
                "cut_off": CUT_OFF.isoformat(),
                "status": "in_progress",
                "percent": 40,
                "narrative_sha256": ledger.fingerprint({"es": "Uno de tres.", "en": "", "obstacle": ""}),
                "on_behalf": False,
                "evidence": [{"key": evidence.key, "sha256": "", "url": LINK["url"]}],
            },
        )

    def test_the_columns_follow_the_latest_cut_off(self):
        self.report(self.commitment, percent=60)
        self.report(self.commitment, percent=20, cut_off=CUT_OFF - dt.timedelta(days=90))
        self.assertEqual(self.columns()[:3], ("in_progress", 60, CUT_OFF))
        self.report(self.commitment, "ORG-01", percent=50)
        self.assertEqual(self.columns()[:3], ("in_progress", 50, CUT_OFF))
        self.assertEqual([r.number for r in self.commitment.reports.all()], [1, 2, 3])

    def test_contradictions_are_refused_at_their_field(self):
        for values, expected in (
            (
                {"status": "not_started", "percent": 15},
                {"percent": ["“Not started” goes with 0 %: choose “in progress”, or correct the percentage."]},
            ),
            (
                {"status": "fulfilled", "percent": 90},
                {"percent": ["“Fulfilled” goes with 100 %: choose another status, or correct the percentage."]},
            ),
            (
                {"status": "substantial", "percent": 100},
                {"percent": ["At 100 % the status is “fulfilled”: choose it, or correct the percentage."]},
            ),
            ({"percent": 101}, {"percent": ["The degree of progress is between 0 and 100 %."]}),
            ({"percent": -1}, {"percent": ["Ensure this value is greater than or equal to 0."]}),
            ({"status": "done"}, {"status": ["Value 'done' is not a valid choice."]}),
            ({"narrative_es": ""}, {"narrative_es": ["This field cannot be blank."]}),
            ({"cut_off": None}, {"cut_off": ["This field cannot be null."]}),
            (
                {"cut_off": NOON.date() + dt.timedelta(days=1)},
                {"cut_off": ["The cut-off date of a report cannot lie in the future."]},
            ),
            (
                {"status": "cancelled"},
                {"status": ["A commitment is cancelled by both sides, not by a report: use the step “Cancel”."]},
            ),
        ):
            with self.subTest(values), self.assertRaises(ValidationError) as caught:
                self.report(self.commitment, **values)
            found = caught.exception.message_dict
            self.assertEqual({name: found[name][:1] for name in expected}, expected)
            self.assertEqual(set(found), set(expected))
        self.assertEqual((ProgressReport.objects.count(), self.columns()), (0, ("", None, None, False)))

    def test_what_goes_together(self):
        for status, percent in (
            ("not_started", 0),
            ("not_started", None),
            ("in_progress", 0),
            ("substantial", 99),
            ("fulfilled", 100),
            ("fulfilled", None),
            ("not_fulfilled", 40),
        ):
            with self.subTest(status=status, percent=percent):
                self.assertEqual(self.report(self.commitment, status=status, percent=percent).status, status)

    def test_a_cut_off_may_be_the_day_of_the_report(self):
        self.assertEqual(self.report(self.commitment, cut_off=NOON.date()).cut_off, NOON.date())

    def test_an_organizer_says_why_it_is_on_behalf(self):
        values = {"cut_off": CUT_OFF, "status": "in_progress", "narrative_es": "Avanza."}
        door = {"commitment": self.commitment, "values": values, "at": NOON}
        party = self.party(self.commitment.agreement, "IFE")
        with self.assertRaises(StepRefused) as caught:
            workflow.report(party=party, actor=self.accounts["organizer"], **door)
        self.assertEqual(
            str(caught.exception), "An organizer reports on behalf of Instituto propio with the reason: write it and try again."
        )
        made = workflow.report(party=party, actor=self.accounts["organizer"], on_behalf_reason="Por oficio", **door)
        self.assertEqual((made.on_behalf_reason, made.reported_by), ("Por oficio", self.accounts["organizer"]))
        self.assertTrue(json.loads(LedgerEntry.objects.first().canonical)["payload"]["on_behalf"])

    def test_a_party_does_not_report_for_another(self):
        """The co-responsible organization gives a reason, and still it is not the agency."""
        with self.assertRaises(StepRefused) as caught:
            workflow.report(
                commitment=self.commitment,
                party=self.party(self.commitment.agreement, "IFE"),
                actor=self.accounts["delegate"],
                values={"cut_off": CUT_OFF, "status": "in_progress", "narrative_es": "Avanza."},
                on_behalf_reason="Porque sí",
                at=NOON,
            )
        self.assertEqual((caught.exception.code, str(caught.exception)), ("not_yours", "You do not speak for Instituto propio."))

    def test_only_who_owes_it_reports(self):
        third = make.party(self.commitment.agreement, self.other_organization)
        with self.assertRaises(StepRefused) as caught:
            workflow.report(
                commitment=self.commitment,
                party=third,
                actor=self.accounts["organizer"],
                values={},
                on_behalf_reason="Por oficio",
            )
        self.assertEqual(caught.exception.code, "party")

    def test_a_report_stays_as_it_was_filed(self):
        made = self.report(self.commitment)
        before = ProgressReport.objects.filter(pk=made.pk).values().get()
        self.report(self.commitment, status="fulfilled", percent=100)
        self.assertEqual(ProgressReport.objects.filter(pk=made.pk).values().get(), before)
        with self.assertRaises(AppendOnly):
            Event.objects.all().delete()


class EvidenceTests(AgreementWorld, TestCase):
    def story(self):
        self.commitment = self.in_force()

    def files(self):
        return set(default_storage.listdir("evidence")[1]) if default_storage.exists("evidence") else set()

    def test_a_file_is_kept_with_its_fingerprint_under_a_name_of_ours(self):
        made = self.report(self.commitment, evidence=[{"title": "Acta", "file": sent("../acta de Ana.pdf", PDF)}, LINK])
        file, link = made.evidence.order_by("id")
        self.assertRegex(file.file.name, r"^evidence/[0-9a-f]{32}$")
        self.assertEqual(file.file.read(), PDF)
        self.assertEqual(
            (file.file_name, file.content_type, file.size, len(file.sha256), file.url),
            ("acta de Ana.pdf", "application/pdf", len(PDF), 64, ""),
        )
        self.assertEqual((link.file.name, link.url, link.sha256), ("", LINK["url"], ""))

    def test_what_is_wrong_says_which_piece_and_leaves_nothing(self):
        before = self.files()
        for rows, sentence in (
            ([{"title": "Nada"}], "Evidence 1: Evidence is a file or a link, one of the two."),
            ([LINK, {**LINK, "file": sent("a.pdf", PDF)}], "Evidence 2: Evidence is a file or a link, one of the two."),
            ([{**LINK, "url": "javascript:alert(1)"}], "Evidence 1: A link begins with https:// or http://."),
            ([{**LINK, "url": "ftp://example.org/a"}], "Evidence 1: A link begins with https:// or http://."),
            ([{**LINK, "url": "https://"}], "Evidence 1: Enter a valid URL."),
            ([{"url": LINK["url"]}], "Evidence 1: This field cannot be blank."),
            (
                [{"title": "Acta", "file": sent("acta.pdf", PDF)}, {"title": "Foto", "file": sent("foto.pdf", PNG)}],
                "Evidence 2: “foto.pdf” does not hold what its name says: it is a PNG file. Rename it, or choose another one.",
            ),
        ):
            with self.subTest(sentence), self.assertRaises(ValidationError) as caught:
                self.report(self.commitment, evidence=rows)
            self.assertEqual(caught.exception.message_dict, {"evidence": [sentence]})
        self.assertEqual((self.files(), ProgressReport.objects.count(), Evidence.objects.count()), (before, 0, 0))

    def test_evidence_not_marked_public_is_for_the_parties(self):
        self.report(self.commitment, evidence=[{**LINK, "is_public": False}, LINK])
        seen = {name: Evidence.objects.visible_to(self.user(name)).count() for name in ("anonymous", "other_delegate")}
        self.assertEqual(seen, {"anonymous": 1, "other_delegate": 1})
        for name in ("official", "delegate", "organizer", "administrator"):
            with self.subTest(name):
                self.assertEqual(Evidence.objects.visible_to(self.user(name)).count(), 2)
        payload = json.loads(LedgerEntry.objects.first().canonical)["payload"]
        self.assertEqual(len(payload["evidence"]), 1)


class ValidationTests(AgreementWorld, TestCase):
    def story(self):
        self.commitment = self.in_force()
        self.made = self.report(self.commitment)

    def validate(self, outcome="disagrees", key="ORG-01", name="delegate", report=None, **arguments):
        if outcome == "disagrees":
            arguments.setdefault("comment_es", "No hay ningún módulo.")
        made = workflow.validate_report(
            report=report or self.made,
            party=self.party(self.commitment.agreement, key),
            actor=self.accounts[name],
            outcome=outcome,
            at=NOON,
            **arguments,
        )
        self.commitment.refresh_from_db()
        return made

    def test_the_other_side_disagrees(self):
        made = self.validate(evidence=[LINK])
        self.assertEqual((made.folio, self.commitment.disputed), (f"{self.made.folio}-V1", True))
        evidence = Evidence.objects.get()
        self.assertEqual((evidence.report, evidence.validation), (self.made, made))
        entry = LedgerEntry.objects.first()
        self.assertEqual((entry.act, entry.record_key), ("validation", made.folio))
        self.assertNotIn("ningún", entry.canonical)
        event = Event.objects.filter(record_key=self.commitment.folio).first()
        self.assertEqual(
            event.changes,
            {"disputed": [False, True], "validations": [None, {"folio": made.folio, "outcome": "disagrees"}]},
        )

    def test_the_newest_word_on_the_newest_report_decides(self):
        self.validate()
        self.validate("agrees")
        self.assertFalse(self.commitment.disputed)
        self.validate()
        self.assertTrue(self.commitment.disputed)
        second = self.report(self.commitment, percent=60)
        self.assertFalse(self.commitment.disputed)
        self.validate(report=self.made)
        self.assertFalse(self.commitment.disputed)
        self.validate(report=second)
        self.assertTrue(self.commitment.disputed)
        self.assertEqual(Validation.objects.count(), 5)

    def test_one_party_that_agrees_does_not_take_back_the_doubt_of_another(self):
        other = Party.objects.create(agreement=self.commitment.agreement, organization=self.other_organization)
        self.validate()
        self.validate("agrees", key=other.key, name="other_delegate")
        self.assertTrue(self.commitment.disputed)
        on = self.commitment.agreement.edition.today()
        self.assertEqual(four_readings(self.commitment, on).organizations.code, "disagrees")
        self.validate("agrees")
        self.assertFalse(self.commitment.disputed)
        self.assertEqual(four_readings(self.commitment, on).organizations.code, "agrees")

    def test_a_side_does_not_validate_itself(self):
        ours = self.report(self.commitment, "ORG-01")
        with self.assertRaises(StepRefused) as caught:
            self.validate("agrees", report=ours)
        self.assertEqual(caught.exception.code, "same_side")

    def test_who_disagrees_says_why(self):
        with self.assertRaises(ValidationError) as caught:
            self.validate(comment_es="")
        self.assertEqual(caught.exception.message_dict, {"comment_es": ["Who disagrees says why."]})
        self.validate(comment_es="", comment_en="There is no office.")

    def test_an_outcome_is_one_of_three(self):
        with self.assertRaises(ValidationError) as caught:
            self.validate("perhaps")
        self.assertEqual(list(caught.exception.message_dict), ["outcome"])

    def test_nothing_to_validate(self):
        commitment = self.in_force()
        self.assertEqual(
            str(workflow.COMMITMENT.refusal(commitment, "validate", self.user("delegate"))),
            "“Validate a report” is a step for: people of a party of the other side.",
        )
        self.assertEqual(Commitment.objects.get(pk=commitment.pk).disputed, False)
