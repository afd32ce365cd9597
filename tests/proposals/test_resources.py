"""Referrals and opinions from files: made by the steps, never changed by a row."""

import datetime as dt

from django.test import TestCase
from django.utils.translation import override

from core.events import SYSTEM
from core.imports.runner import run_import
from core.imports.writer import run_export
from core.models import LedgerEntry
from proposals.models import Antecedent, Opinion, Proposal, Referral
from proposals.workflow import submit
from tests import factories as make

REFERRALS = "propuesta,dependencia,enviado,plazo_dias\nFP1-01,IFE,2026-03-02,15\nFP1-01,SRE,,\n"
OPINIONS = """turno,pertinencia,pertinencia_texto,dictamen,motivos,cargo_firmante,emitido,viabilidad_juridica,viabilidad_juridica_motivo,\
requiere_reforma_legal,viabilidad_presupuestal,monto,moneda,condicion_1,condicion_1_responsable,condicion_1_tipo,condicion_1_hasta,condicion_2,condicion_2_responsable
FP1-01.1-IFE,sí,Es necesaria,viable con condiciones,Procede,Dirección,2026-03-10 10:30,con reservas,Falta convenio,no,favorable,1250000.50,MXN,\
Firmar convenio,SRE,jurídica,2026-06-30,Prever gasto,IFE
"""


class World(TestCase):
    def setUp(self):
        self.enterContext(override("en"))
        self.edition = make.edition(slug="propia", folio_prefix="FP1")
        self.ife, self.sre = make.agency(key="IFE"), make.agency(key="SRE")
        self.proposal = make.proposal(self.edition, folio="FP1-01", proponents=[make.organization(key="ORG-01")])

    def bring_in(self, kind, text, **options):
        return run_import(kind, name="x.csv", data=text.encode(), actor=options.pop("actor", SYSTEM), **options)

    def reasons(self, run):
        return [(problem.column, problem.reason) for row in run.refused for problem in row.problems]

    def submitted(self):
        submit(proposal=self.proposal, actor=SYSTEM)

    def referred(self):
        self.submitted()
        self.assertEqual(self.bring_in("referrals", REFERRALS).counts["created"], 2)


class ProposalTests(World):
    def test_a_folio_has_the_prefix_of_its_edition(self):
        run = self.bring_in("proposals", "folio,titulo_es,peticion_es\nXX-01,Uno,Que\n")
        self.assertEqual([column for column, _reason in self.reasons(run)], ["folio"])

    def test_a_new_proposal_is_a_draft_whatever_the_file_says(self):
        run = self.bring_in("proposals", "folio,title_es,petition_es,status\nFP1-07,Uno,Que,agreed\n")
        self.assertEqual(Proposal.objects.get(folio="FP1-07").status, "draft")
        self.assertEqual(run.notes, ["Columns that only inform, because steps are taken in the application: status."])

    def test_the_source_is_said_once(self):
        make.proposal(self.edition, folio="FP1-02", source="sample")
        run = self.bring_in("proposals", "folio,fuente\nFP1-02,documento fundador\n")
        self.assertIn("was entered as “sample”", self.reasons(run)[0][1])

    def test_a_proposal_of_another_edition_is_not_taken(self):
        make.edition(slug="otra", folio_prefix="FO1")
        run = self.bring_in("proposals", "folio,title_es\nFP1-01,Otro\n", edition="otra")
        self.assertIn("belongs to the edition “propia”", self.reasons(run)[0][1])

    def test_a_table_that_does_not_exist(self):
        make.table(self.edition, number=1)
        run = self.bring_in("proposals", "folio,title_es,petition_es,mesa\nFP1-03,Uno,Que,4\n")
        problem = run.refused[0].problems[0]
        self.assertEqual((problem.column, problem.value), ("mesa", "4"))
        self.assertTrue(problem.remedy.startswith("Tables: 1."))

    def test_antecedents_with_partly_known_dates(self):
        self.bring_in("antecedents", "clave,nombre_es,inicio,fin\na-1,Uno,2010,2010-11\na-2,Dos,13/2010,\n")
        self.assertEqual(
            list(Antecedent.objects.values_list("key", "starts_precision", "ends_precision")), [("a-1", "year", "month")]
        )


class ReferralTests(World):
    def test_they_are_sent_by_the_step(self):
        self.referred()
        ife = Referral.objects.get(agency=self.ife)
        self.assertEqual((ife.sent_on, ife.term_days, ife.source), (dt.date(2026, 3, 2), 15, "entered"))
        self.proposal.refresh_from_db()
        self.assertEqual(self.proposal.status, "in_review")
        self.assertEqual(self.bring_in("referrals", REFERRALS).summary, "0 new, 0 changed, 2 the same, 0 refused")

    def test_a_draft_is_not_referred(self):
        run = self.bring_in("referrals", REFERRALS)
        self.assertEqual(len(run.refused), 2)

    def test_what_was_sent_does_not_change(self):
        self.referred()
        run = self.bring_in("referrals", REFERRALS.replace(",15", ",30"))
        self.assertEqual(run.summary, "0 new, 0 changed, 1 the same, 1 refused")
        self.assertIn("differs here in: plazo_dias", self.reasons(run)[0][1])

    def test_an_old_version_is_not_referred(self):
        self.submitted()
        run = self.bring_in("referrals", "proposal,agency,version\nFP1-01,IFE,7\n")
        self.assertIn("Version 7 of FP1-01 is not in force; version 1 is.", self.reasons(run)[0][1])


class OpinionTests(World):
    def test_an_opinion_with_criteria_and_conditions(self):
        self.referred()
        run = self.bring_in("opinions", OPINIONS)
        self.assertEqual((run.summary, self.reasons(run)), ("1 new, 0 changed, 0 the same, 0 refused", []))
        opinion = Opinion.objects.get()
        self.assertEqual(
            (opinion.status, opinion.verdict, opinion.soundness, opinion.signatory_post),
            ("issued", "conditional", "yes", "Dirección"),
        )
        self.assertEqual(opinion.issued_at, dt.datetime(2026, 3, 10, 16, 30, tzinfo=dt.UTC))
        legal, budget = opinion.criteria.get(criterion="legal"), opinion.criteria.get(criterion="budget")
        self.assertEqual(
            (legal.value, legal.reason, str(budget.amount), budget.currency),
            ("reservations", "Falta convenio", "1250000.50", "MXN"),
        )
        self.assertEqual(opinion.criteria.get(criterion="timeline").value, "not_assessed")
        conditions = list(opinion.conditions.order_by("number").values_list("what", "owner", "kind"))
        self.assertEqual(conditions, [("Firmar convenio", "SRE", "legal"), ("Prever gasto", "IFE", "other")])
        self.assertTrue(LedgerEntry.objects.filter(act__contains="opinion").exists())
        self.assertEqual(self.bring_in("opinions", OPINIONS).summary, "0 new, 0 changed, 1 the same, 0 refused")

    def test_exports_come_back(self):
        self.referred()
        self.bring_in("opinions", OPINIONS)
        for kind in ("referrals", "opinions"):
            for form in ("csv", "xlsx", "json"):
                with self.subTest(kind, form=form):
                    data, count = run_export(kind, form, actor=SYSTEM)
                    run = run_import(kind, name=f"x.{form}", data=data, actor=SYSTEM)
                    self.assertEqual(run.summary, f"0 new, 0 changed, {count} the same, 0 refused")

    def test_the_same_checks_as_on_the_page(self):
        self.referred()
        for before, after, column in (
            ("viable con condiciones", "", "dictamen"),
            ("viable con condiciones", "no viable", "fundamento"),
            ("con reservas,Falta convenio", "con reservas,", "viabilidad_juridica"),
            ("MXN", "", "viabilidad_presupuestal"),
            (",Dirección,", ",,", "cargo_firmante"),
            ("Firmar convenio,SRE", "Firmar convenio,", "condicion_1"),
        ):
            with self.subTest(before):
                text = (
                    OPINIONS.replace(before, after)
                    if column != "fundamento"
                    else OPINIONS.replace("viable con condiciones", "no viable")
                    .replace("motivos", "motivos")
                    .replace("turno,", "fundamento,turno,")
                    .replace("FP1-01.1-IFE", ",FP1-01.1-IFE")
                )
                run = self.bring_in("opinions", text)
                self.assertEqual(len(run.refused), 1)
                self.assertIn(column, [found for found, _reason in self.reasons(run)])
        self.assertFalse(Opinion.objects.exists())

    def test_an_issued_opinion_is_not_rewritten(self):
        self.referred()
        self.bring_in("opinions", OPINIONS)
        for before, after, column in (
            ("Procede", "No procede", "motivos"),
            ("Falta convenio", "Otra cosa", "viabilidad_juridica_motivo"),
            ("Prever gasto", "Otra condición", "condicion_2"),
        ):
            with self.subTest(column):
                run = self.bring_in("opinions", OPINIONS.replace(before, after))
                self.assertIn(f"differs here in: {column}", self.reasons(run)[0][1])

    def test_a_second_opinion_assesses_the_first_again(self):
        self.referred()
        self.bring_in("opinions", OPINIONS)
        text = "referral,number,soundness,soundness_text,verdict,reasons,signatory_post,reassessment_reason\nFP1-01.1-IFE,2,yes,Sí,feasible,Ya hay convenio,Dirección,Llegó el convenio\n"
        self.assertEqual(self.bring_in("opinions", text).counts["created"], 1)
        statuses = list(Opinion.objects.order_by("number").values_list("number", "status", "verdict"))
        self.assertEqual(statuses, [(1, "superseded", "conditional"), (2, "issued", "feasible")])
        self.assertEqual(self.bring_in("opinions", text).counts["same"], 1)
        data, count = run_export("opinions", "csv", actor=SYSTEM)
        self.assertEqual(run_import("opinions", name="x.csv", data=data, actor=SYSTEM).counts["same"], count)

    def test_an_organizer_records_on_behalf_with_reason_and_witness(self):
        self.referred()
        organizer = make.user(organizer=self.edition)
        run = self.bring_in("opinions", OPINIONS, actor=organizer)
        self.assertEqual(len(run.refused), 1)
        text = OPINIONS.replace("turno,", "a_nombre_motivo,a_nombre_testigo,turno,").replace(
            "FP1-01.1-IFE", "Llegó en papel,Testigo de muestra,FP1-01.1-IFE"
        )
        run = self.bring_in("opinions", text, actor=organizer)
        self.assertEqual((run.counts["created"], self.reasons(run)), (1, []))
        self.assertTrue(Opinion.objects.get().is_on_behalf)

    def test_a_draft_never_leaves(self):
        self.referred()
        make.opinion(Referral.objects.get(agency=self.ife), status="draft", reasons="canario")
        data, count = run_export("opinions", "csv", actor=SYSTEM)
        self.assertEqual(count, 0)
        self.assertNotIn(b"canario", data)
