"""Agreements, commitments, reports and meetings from files: drafts, and reports that are only ever added."""

import datetime as dt

from django.test import TestCase
from django.utils.translation import override

from agreements.models import Agreement, Commitment, Meeting, ProgressReport
from agreements.workflow import accept, open_for_signature
from core.events import SYSTEM
from core.imports.runner import run_import
from core.imports.writer import run_export
from tests import factories as make

AGREEMENTS = """folio,titulo_es,titulo_en,antecedentes_es,lugar,propuestas,dictamenes,organizaciones,dependencias,testigos,representantes,\
clausula_1_es,clausula_1_en,clausula_1_dictamenes,clausula_2_es
FA1-A-01,Módulos,Offices,Nace de una propuesta,CDMX,FA1-01,FA1-01.1-IFE-D1,ORG-01,IFE,ORG-02,LID-01,Habrá módulos.,There will be offices.,FA1-01.1-IFE-D1,Se informa.
"""
COMMITMENTS = """acuerdo,numero,texto_es,responsable,corresponsables,medio_de_verificacion,inicio,fecha_compromiso,propuestas,condiciones,entidades_inegi
FA1-A-01,1,Abrir módulos,IFE,ORG-01,Acta,2026-01-10,2026-12-15,FA1-01,FA1-01.1-IFE-D1-C1,1;32
FA1-A-01,2,Difundir,ORG-01,,Lista,,2026-11-30,,,
"""
REPORTS = """compromiso,parte,corte,avance,porcentaje,relato_es,reportado,evidencia_1,evidencia_1_enlace,evidencia_1_fecha,evidencia_1_publica
FA1-A-01-C1,IFE,2026-03-31,en proceso,40,Hay dos módulos,2026-04-02 10:00,Acta,https://example.org/acta,2026-03-30,no
"""
MEETINGS = """folio,acuerdos,titulo_es,titulo_en,inicio,fin,lugar,convoca,invitados,participantes,punto_1_es,punto_1_compromiso
FA1-R-01,FA1-A-01,Seguimiento,Follow-up,2026-05-04 10:00,2026-05-04 12:00,CDMX,ORG-01,ORG-01;IFE,LID-01,Revisar,FA1-A-01-C1
"""


class World(TestCase):
    def setUp(self):
        self.enterContext(override("en"))
        self.edition = make.edition(slug="propia", folio_prefix="FA1")
        self.ife, self.org = make.agency(key="IFE"), make.organization(key="ORG-01")
        make.organization(key="ORG-02")
        make.participation(self.edition, key="LID-01", organization=self.org)
        proposal = make.proposal(self.edition, folio="FA1-01", status="reviewed", proponents=[self.org])
        self.opinion = make.opinion(make.referral(proposal, self.ife, status="answered"), verdict="conditional")
        self.opinion.conditions.create(number=1, what="Convenio", owner="IFE")

    def bring_in(self, kind, text, **options):
        return run_import(kind, name="x.csv", data=text.encode(), actor=options.pop("actor", SYSTEM), **options)

    def reasons(self, run):
        return [(problem.column, problem.reason) for row in run.refused for problem in row.problems]

    def good(self, kind, text, created):
        run = self.bring_in(kind, text)
        self.assertEqual((run.counts["created"], self.reasons(run)), (created, []))
        again = self.bring_in(kind, text)
        self.assertEqual(again.summary, f"0 new, 0 changed, {created} the same, 0 refused")

    def drafted(self):
        self.good("agreements", AGREEMENTS, 1)
        self.good("commitments", COMMITMENTS, 2)

    def signed(self):
        self.drafted()
        agreement = Agreement.objects.get()
        open_for_signature(agreement=agreement, actor=SYSTEM)
        for body in (self.ife, self.org):
            party = next(party for party in agreement.parties.all() if party.body == body)
            accept(agreement=agreement, party=party, actor=SYSTEM, mode="in_person")
        self.assertEqual(Agreement.objects.get().status, "signed")

    def round_trip(self, *kinds):
        for kind in kinds:
            for form in ("csv", "xlsx", "json"):
                with self.subTest(kind, form=form):
                    data, count = run_export(kind, form, actor=SYSTEM)
                    run = run_import(kind, name=f"x.{form}", data=data, actor=SYSTEM)
                    self.assertEqual((run.summary, self.reasons(run)), (f"0 new, 0 changed, {count} the same, 0 refused", []))


class AgreementTests(World):
    def test_a_draft_with_parties_and_clauses(self):
        self.good("agreements", AGREEMENTS, 1)
        agreement = Agreement.objects.get()
        self.assertEqual(
            (agreement.status, agreement.folio, agreement.background_es), ("draft", "FA1-A-01", "Nace de una propuesta")
        )
        parties = {
            party.key: (party.role, party.representative.key if party.representative else None)
            for party in agreement.parties.all()
        }
        self.assertEqual(parties, {"IFE": ("signatory", None), "ORG-01": ("signatory", "LID-01"), "ORG-02": ("witness", None)})
        clauses = agreement.versions.get().clauses.order_by("number")
        self.assertEqual(
            [(c.text_es, c.text_en, c.opinions.count()) for c in clauses],
            [("Habrá módulos.", "There will be offices.", 1), ("Se informa.", "", 0)],
        )
        self.assertEqual(make.agreement(self.edition).folio, "FA1-A-02")
        self.round_trip("agreements")

    def test_a_draft_changes_with_its_file(self):
        self.good("agreements", AGREEMENTS, 1)
        run = self.bring_in(
            "agreements", AGREEMENTS.replace("Se informa.", "Se publica.").replace("ORG-02", "").replace("CDMX", "Morelia")
        )
        self.assertEqual((run.counts["updated"], self.reasons(run)), (1, []))
        agreement = Agreement.objects.get()
        self.assertEqual((agreement.place, agreement.parties.count()), ("Morelia", 2))
        self.assertEqual(
            [c.text_es for c in agreement.versions.get().clauses.order_by("number")], ["Habrá módulos.", "Se publica."]
        )

    def test_a_column_that_is_missing_changes_nothing(self):
        self.good("agreements", AGREEMENTS, 1)
        self.bring_in("agreements", "folio,clausula_1_en\nFA1-A-01,There shall be offices.\n")
        clause = Agreement.objects.get().versions.get().clauses.get(number=1)
        self.assertEqual(
            (clause.text_es, clause.text_en, clause.opinions.count()), ("Habrá módulos.", "There shall be offices.", 1)
        )

    def test_what_was_signed_stays(self):
        self.signed()
        self.round_trip("agreements", "commitments")
        for kind, text, before, after in (
            ("agreements", AGREEMENTS, "Se informa.", "Se calla."),
            ("agreements", AGREEMENTS, "Módulos,", "Otra cosa,"),
            ("agreements", AGREEMENTS, "ORG-02", ""),
            ("commitments", COMMITMENTS, "Difundir", "Callar"),
            ("commitments", COMMITMENTS, "2026-12-15", "2030-12-15"),
        ):
            with self.subTest(before):
                run = self.bring_in(kind, text.replace(before, after))
                self.assertEqual((run.counts["updated"], len(run.refused)), (0, 1))

    def test_drafts_of_proposals_are_no_ground(self):
        make.proposal(self.edition, folio="FA1-02")
        run = self.bring_in("agreements", AGREEMENTS.replace("CDMX,FA1-01,", "CDMX,FA1-02,"))
        self.assertEqual([column for column, _reason in self.reasons(run)], ["propuestas"])

    def test_a_representative_comes_for_a_party(self):
        make.participation(self.edition, key="LID-02", organization=make.organization())
        run = self.bring_in("agreements", AGREEMENTS.replace("LID-01", "LID-02"))
        self.assertIn("come for none of the parties: LID-02", self.reasons(run)[0][1])


class CommitmentTests(World):
    def test_commitments_of_a_draft(self):
        self.drafted()
        first = Commitment.objects.get(number=1)
        self.assertEqual(
            (first.folio, first.lead.key, [p.key for p in first.co_responsible.all()]), ("FA1-A-01-C1", "IFE", ["ORG-01"])
        )
        self.assertEqual((first.original_due_on, first.due_on), (dt.date(2026, 12, 15), dt.date(2026, 12, 15)))
        self.assertEqual(set(first.states.values_list("inegi", flat=True)), {"01", "32"})
        self.assertEqual([condition.public_key for condition in first.conditions.all()], ["FA1-01.1-IFE-D1-C1"])
        self.round_trip("commitments")
        run = self.bring_in("commitments", COMMITMENTS.replace("Abrir módulos,IFE,ORG-01", "Abrir módulos,ORG-01,IFE"))
        self.assertEqual(run.counts["updated"], 1)
        self.assertEqual(Commitment.objects.get(number=1).lead.key, "ORG-01")

    def test_who_owes_is_a_party(self):
        self.good("agreements", AGREEMENTS, 1)
        make.agency(key="SRE")
        run = self.bring_in("commitments", COMMITMENTS.replace("Abrir módulos,IFE", "Abrir módulos,SRE"))
        self.assertEqual((run.counts["created"], self.reasons(run)), (1, [("", "“SRE” is not a party to agreement FA1-A-01.")]))

    def test_an_unknown_condition(self):
        self.good("agreements", AGREEMENTS, 1)
        for key in ("FA1-01.1-IFE-D1-C9", "C1", "-C", "x-C²"):
            with self.subTest(key):
                run = self.bring_in("commitments", COMMITMENTS.replace("FA1-01.1-IFE-D1-C1", key))
                self.assertIn(("condiciones", f"There is no condition “{key}”."), self.reasons(run))


class ReportTests(World):
    def test_reports_are_only_added(self):
        self.signed()
        self.good("reports", REPORTS, 1)
        report = ProgressReport.objects.get()
        self.assertEqual((report.percent, report.reported_at), (40, dt.datetime(2026, 4, 2, 16, tzinfo=dt.UTC)))
        evidence = report.evidence.get()
        self.assertEqual((evidence.url, evidence.is_public), ("https://example.org/acta", False))
        run = self.bring_in("reports", REPORTS.replace("Hay dos módulos", "Hay tres módulos").replace(",40,", ",60,"))
        self.assertEqual((run.counts["created"], ProgressReport.objects.count()), (1, 2))
        commitment = Commitment.objects.get(number=1)
        self.assertEqual((commitment.reported_status, commitment.reported_percent), ("in_progress", 60))
        self.round_trip("reports")

    def test_the_evidence_of_a_report_is_not_exchanged(self):
        self.signed()
        self.good("reports", REPORTS, 1)
        run = self.bring_in("reports", REPORTS.replace("example.org/acta", "example.org/otra"))
        self.assertIn("differs here in: evidencia_1_enlace", self.reasons(run)[0][1])

    def test_contradictions_are_refused_with_their_column(self):
        self.signed()
        for before, after, column in (
            (",40,", ",100,", "porcentaje"),
            ("en proceso", "sin iniciar", "porcentaje"),
            ("2026-03-31", "2099-03-31", "corte"),
            ("en proceso", "cancelado", "avance"),
        ):
            with self.subTest(after):
                run = self.bring_in("reports", REPORTS.replace(before, after))
                self.assertEqual([found for found, _reason in self.reasons(run)], [column])
        self.assertFalse(ProgressReport.objects.exists())

    def test_a_report_without_a_moment_is_of_now(self):
        self.signed()
        text = "commitment,party,cut_off,status,narrative_es\nFA1-A-01-C2,ORG-01,2026-03-31,not started,Nada\n"
        self.good("reports", text, 1)
        self.assertEqual(ProgressReport.objects.get().on_behalf_reason, "Recorded from an imported file.")

    def test_the_same_row_twice_in_a_file_is_a_repetition(self):
        self.signed()
        run = self.bring_in("reports", REPORTS + REPORTS.split("\n")[1] + "\n")
        self.assertEqual((run.counts["created"], len(run.refused)), (1, 1))


class MeetingTests(World):
    def test_a_scheduled_meeting(self):
        self.drafted()
        self.good("meetings", MEETINGS, 1)
        meeting = Meeting.objects.get()
        self.assertEqual((meeting.status, meeting.starts_at), ("scheduled", dt.datetime(2026, 5, 4, 16, tzinfo=dt.UTC)))
        self.assertEqual(meeting.convener, self.org)
        self.assertEqual(sorted(row.body.key for row in meeting.attendance.all()), ["IFE", "ORG-01", "ORG-01"])
        self.assertEqual([(item.text_es, item.commitment.number) for item in meeting.agenda.all()], [("Revisar", 1)])
        self.round_trip("meetings")
        run = self.bring_in("meetings", MEETINGS.replace("12:00", "13:00"))
        self.assertIn("differs here in: fin", self.reasons(run)[0][1])

    def test_the_zone_of_the_row(self):
        self.drafted()
        text = "folio,titulo_es,zona_horaria,inicio,fin\nFA1-R-01,Una,America/Tijuana,2026-07-01 10:00,2026-07-01 11:00\nFA1-R-02,Dos,Luna/Mar,2026-07-01 10:00,2026-07-01 11:00\n"
        run = self.bring_in("meetings", text)
        self.assertEqual(Meeting.objects.get().starts_at, dt.datetime(2026, 7, 1, 17, tzinfo=dt.UTC))
        self.assertEqual({column for column, _reason in self.reasons(run)}, {"zona_horaria", "inicio", "fin"})
        self.round_trip("meetings")

    def test_without_an_agenda_it_is_prefilled(self):
        self.signed()
        self.good("meetings", "folio,acuerdos,titulo_es,inicio,fin\nFA1-R-01,FA1-A-01,Una,2026-07-01 10:00,2026-07-01 11:00\n", 1)
        self.assertEqual(Meeting.objects.get().agenda.count(), 2)

    def test_the_link_goes_to_the_own_organizers_only(self):
        make.meeting(self.edition, published_at=dt.datetime.now(dt.UTC), link="https://example.org/canario")
        other = make.user(organizer=make.edition())
        self.assertNotIn(b"canario", run_export("meetings", "csv", actor=other)[0])
        self.assertIn(b"canario", run_export("meetings", "csv", actor=make.user(organizer=self.edition))[0])
