"""What forbids issuing an opinion, and what only warns."""

import datetime as dt
from types import SimpleNamespace

from django.test import SimpleTestCase

from proposals.checks import opinion_problems, opinion_warnings
from proposals.models.opinions import CriterionAssessmentCriterion, OpinionVerdict

CONDITION = {"what": "Convenio", "owner": "SRE"}
FOLLOW_UPS = {
    "questions_text": "¿Dónde?",
    "questions_due_on": dt.date(2026, 4, 1),
    "programme": "Programa 3x1",
    "programme_evidence": "Reglas de operación",
    "refer_to_id": 2,
    "reasons": "No hay recursos",
    "legal_basis": "LFPRH 18",
}


def opinion(verdict="feasible", **values):
    empty = {name: None if name in ("questions_due_on", "refer_to_id") else "" for name in FOLLOW_UPS}
    values = {"soundness": "yes", "soundness_text": "", "supersedes": None, **empty, **values}
    return SimpleNamespace(verdict=verdict, referral=SimpleNamespace(agency_id=1), **values)


def criterion(name, value, **values):
    return {"criterion": name, "value": value, **values}


class ProblemTests(SimpleTestCase):
    def fields(self, record, criteria=(), conditions=()):
        problems = opinion_problems(record, criteria, conditions)
        for sentences in problems.values():
            for sentence in sentences:
                self.assertRegex(sentence, r"[.»”]$")
        return set(problems)

    def test_each_verdict_asks_for_its_own_follow_up_and_no_other(self):
        wanted = {
            "feasible": set(),
            "conditional": {"conditions"},
            "more_information": {"questions_text", "questions_due_on"},
            "addressed": {"programme", "programme_evidence"},
            "outside_remit": {"refer_to"},
            "not_feasible": {"reasons", "legal_basis"},
        }
        self.assertEqual(set(wanted), set(OpinionVerdict.values))
        for verdict, fields in wanted.items():
            with self.subTest(verdict):
                self.assertEqual(self.fields(opinion(verdict)), fields)
                self.assertEqual(self.fields(opinion(verdict, **FOLLOW_UPS), conditions=[CONDITION]), set())

    def test_soundness_and_verdict_are_compulsory(self):
        self.assertEqual(self.fields(opinion("", soundness="")), {"soundness", "verdict"})
        self.assertEqual(self.fields(opinion("perhaps", soundness="maybe")), {"soundness", "verdict"})
        self.assertEqual(self.fields(opinion(soundness="no")), {"soundness_text"})
        self.assertEqual(self.fields(opinion(soundness="no", soundness_text="No es de interés público.")), set())

    def test_a_reason_unless_favourable_not_applicable_or_not_assessed(self):
        needs = {
            value: self.fields(opinion(), [criterion("legal", value)])
            for value in ("favourable", "reservations", "unfavourable", "not_applicable", "not_assessed", "")
        }
        self.assertEqual({value for value, fields in needs.items() if fields}, {"reservations", "unfavourable"})
        self.assertEqual(needs["unfavourable"], {"criteria.legal"})
        self.assertEqual(self.fields(opinion(), [criterion("legal", "unfavourable", reason="Ley")]), set())

    def test_unknown_criteria_and_assessments(self):
        rows = [criterion("humour", "favourable"), criterion("legal", "splendid")]
        self.assertEqual(self.fields(opinion(), rows), {"criteria.humour", "criteria.legal"})

    def test_an_amount_has_a_currency(self):
        self.assertEqual(self.fields(opinion(), [criterion("budget", "favourable", amount=0)]), {"criteria.budget"})
        self.assertEqual(self.fields(opinion(), [criterion("budget", "favourable", amount=0, currency="MXN")]), set())

    def test_conditions_say_what_and_who(self):
        rows = [CONDITION, {"what": "Convenio", "owner": " "}, {}]
        problems = opinion_problems(opinion("conditional"), [], rows)
        self.assertEqual({field: len(found) for field, found in problems.items()}, {"conditions.2": 1, "conditions.3": 2})

    def test_an_agency_does_not_refer_to_itself(self):
        self.assertEqual(self.fields(opinion("outside_remit", refer_to_id=1)), {"refer_to"})

    def test_records_count_like_dicts(self):
        rows = [SimpleNamespace(criterion="legal", value="unfavourable", reason="", amount=None, currency="")]
        self.assertEqual(self.fields(opinion(), rows), {"criteria.legal"})


class WarningTests(SimpleTestCase):
    def count(self, verdict, *criteria):
        return len(opinion_warnings(opinion(verdict), criteria, []))

    def test_contradictions(self):
        cases = [
            ("feasible", [("budget", "unfavourable")], 1),
            ("feasible", [("budget", "reservations")], 1),
            ("feasible", [("budget", "favourable"), ("impact", "not_assessed")], 0),
            ("conditional", [("budget", "unfavourable")], 1),
            ("conditional", [("budget", "reservations")], 0),
            ("not_feasible", [("budget", "favourable"), ("impact", "not_applicable")], 1),
            ("not_feasible", [("budget", "favourable"), ("legal", "unfavourable")], 0),
            ("not_feasible", [], 0),
            ("not_feasible", [("legal_remit", "unfavourable")], 1),
            ("outside_remit", [("legal_remit", "favourable")], 1),
            ("outside_remit", [("legal_remit", "unfavourable")], 0),
            ("", [("budget", "unfavourable")], 0),
        ]
        for verdict, rows, expected in cases:
            with self.subTest(verdict=verdict, rows=rows):
                self.assertEqual(self.count(verdict, *(criterion(name, value) for name, value in rows)), expected)

    def test_legal_reform(self):
        row = criterion("legal", "favourable", needs_legal_reform=True)
        self.assertEqual((self.count("feasible", row), self.count("conditional", row)), (1, 0))

    def test_a_warning_forbids_nothing(self):
        rows = [criterion(name, "unfavourable", reason="No") for name in CriterionAssessmentCriterion.values]
        self.assertEqual(opinion_problems(opinion("feasible"), rows, []), {})
        self.assertEqual(len(opinion_warnings(opinion("feasible"), rows)), 8)
