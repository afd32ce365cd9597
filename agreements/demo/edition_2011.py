"""The sample chain of the founding edition, dated 2011 and 2012: answers, two agreements, reports, meetings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any

from agreements.demo.opinions_2011 import CONCLUDED, ROWS, Row
from agreements.demo.signing import Scene, Signing
from agreements.demo.stage import Stage, moment
from agreements.models import Agreement, Commitment, Meeting
from agreements.workflow import (
    accept_extension,
    add_commitment,
    amend,
    approve,
    ask_extension,
    circulate,
    conclude,
    create_agreement,
    draft_minutes,
    hold,
    schedule,
    set_action_item,
)
from forum.workflow import create_session, edit_edition, set_stage
from proposals.models import Opinion, Proposal, Referral
from proposals.workflow import conclude_review

D = dt.date
#: Table → the day on which its proposals are submitted in the sample chain.
OPENED = {1: D(2011, 3, 13), 2: D(2011, 3, 14), 3: D(2011, 3, 14)}


class Edition2011(Signing):
    """`scenes()` are played in the order of their days."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage, stage.founding)

    def scenes(self) -> list[Scene]:
        edition, organizer = self.edition, self.stage.organizer
        days: list[tuple[dt.date, Callable[[], Any]]] = [
            (D(2011, 3, 1), self.programme),
            (D(2011, 3, 15), self.refer_all),
            (D(2011, 5, 23), partial(self.move_on, "agreements", D(2011, 5, 23))),
            (D(2011, 5, 26), self.draft_first),
            (D(2011, 5, 30), partial(self.open, "A-01", D(2011, 5, 30))),
            (D(2011, 6, 13), self.draft_second),
            (D(2011, 6, 15), partial(self.open, "A-02", D(2011, 6, 15))),
            (D(2011, 6, 27), partial(self.move_on, "follow_up", D(2011, 6, 27))),
            (D(2011, 6, 28), self.call_first_meeting),
            (D(2011, 7, 14), self.hold_first_meeting),
            (D(2011, 7, 28), self.approve_first_minutes),
            (D(2011, 11, 28), self.first_amendment),
            (D(2011, 12, 1), partial(self.open, "A-01", D(2011, 12, 1))),
            (D(2011, 12, 7), self.ask_extension),
            (D(2011, 12, 9), self.accept_extension),
            (
                D(2012, 6, 29),
                partial(
                    edit_edition,
                    edition=edition,
                    actor=organizer,
                    values={"report_cut_off": D(2012, 6, 29)},
                    at=moment(D(2012, 6, 29)),
                ),
            ),
            (D(2012, 12, 10), self.conclude_second),
        ]
        days += [(day, partial(self.conclude_review, folio)) for folio, (day, _why) in CONCLUDED.items()]
        return [
            *((moment(day), scene) for day, scene in days),
            *((moment(opened, 15 + table), partial(self.submit_all, table, opened)) for table, opened in OPENED.items()),
            *((moment(row[3], 13, number), partial(self.answer, row, number)) for number, row in enumerate(ROWS)),
            *self.signatures("A-01", D(2011, 6, 3)),
            *self.signatures("A-02", D(2011, 6, 20)),
            *self.first_reports(),
            *self.signatures("A-01", D(2011, 12, 5)),
            *self.last_reports(),
        ]

    def proposal(self, folio: str) -> Proposal:
        return Proposal.objects.get(folio=folio)

    # --- proposals and answers ---

    def programme(self) -> None:
        """Sample items of the programme; the days are those of the founding text, the hours are not known."""
        rows = [
            ("FM1-S1", "plenary", D(2011, 3, 13), 10, "Plenaria de apertura (muestra)", "Opening plenary (sample)"),
            ("FM1-S2", "table", D(2011, 3, 14), 9, "Trabajo en mesas (muestra)", "Working tables (sample)"),
            (
                "FM1-S3",
                "dialogue",
                D(2011, 3, 15),
                10,
                "Diálogo con dependencias (muestra)",
                "Dialogue with public bodies (sample)",
            ),
        ]
        for key, kind, day, hour, title_es, title_en in rows:
            create_session(
                actor=self.stage.organizer,
                values={
                    "edition": self.edition,
                    "key": key,
                    "kind": kind,
                    "title_es": title_es,
                    "title_en": title_en,
                    "starts_at": moment(day, hour),
                    "ends_at": moment(day, hour + 4),
                    "room": "Sala de muestra",
                },
                at=moment(D(2011, 3, 1)),
            )

    def submit_all(self, table: int, day: dt.date) -> None:
        for minute, proposal in enumerate(Proposal.objects.filter(edition=self.edition, table__number=table).order_by("folio")):
            self.stage.put_forward(proposal, day=day, hour=15 + table, minute=minute * 7)

    def refer_all(self) -> None:
        self.move_on("review", D(2011, 3, 15))
        for proposal in Proposal.objects.filter(edition=self.edition).order_by("folio"):
            keys = list(proposal.addressees.order_by("key").values_list("key", flat=True))
            self.stage.send(proposal, keys, day=D(2011, 3, 15))

    def answer(self, row: Row, number: int) -> None:
        folio, body, verdict, day, reasons, more = row
        referral = Referral.objects.get(version__proposal__folio=folio, version__number=1, agency__key=body)
        more = dict(more)
        if "refer_to" in more:
            more["refer_to"] = self.stage.agency(more["refer_to"])
        self.stage.opine(referral, verdict, reasons, day=day, minute=number, **more)

    def conclude_review(self, folio: str) -> None:
        day, why = CONCLUDED[folio]
        conclude_review(proposal=self.proposal(folio), actor=self.stage.organizer, reason=why, at=moment(day))

    def move_on(self, stage: str, day: dt.date) -> None:
        set_stage(edition=self.edition, stage=stage, actor=self.stage.organizer, at=moment(day, 9))

    # --- the first agreement ---

    def draft_first(self) -> None:
        at = moment(D(2011, 5, 26))
        organizer = self.stage.organizer
        proposal = self.proposal("FM1-01")
        opinions = list(Opinion.objects.filter(referral__version__proposal=proposal, status="issued").order_by("folio"))
        agreement = create_agreement(
            edition=self.edition,
            actor=organizer,
            values={
                "title_es": "Muestra: módulos piloto de credencialización en sedes consulares",
                "title_en": "Sample: pilot voter-card offices in consulates",
                "background_es": "Acuerdo de muestra. Nace de la propuesta FM1-01 y de las respuestas de IFE, SRE e IME.",
                "background_en": "Sample agreement. It grows out of proposal FM1-01 and the answers of IFE, SRE and IME.",
                "topic": "Credencialización",
                "place": "Ciudad de México",
            },
            proposals=[proposal],
            opinions=opinions,
            parties=self.parties(["IFE", "SRE", "IME"], ["ORG-01", "ORG-02"], witnesses=["ORG-00"]),
            clauses=[
                {
                    "text_es": "Muestra: las partes probarán módulos de credencialización en tres sedes consulares durante un año.",
                    "text_en": "Sample: the parties will try voter-card offices in three consulates for one year.",
                    "opinions": opinions,
                },
                {
                    "text_es": "Muestra: las organizaciones difundirán fechas y requisitos entre sus comunidades.",
                    "text_en": "Sample: the organizations will make dates and requirements known in their communities.",
                },
                {
                    "text_es": "Muestra: cada trimestre las partes se reúnen y publican el avance.",
                    "text_en": "Sample: every quarter the parties meet and publish the progress.",
                },
            ],
            at=at,
        )
        self.agreements["A-01"] = agreement
        conditions = [c for opinion in opinions for c in opinion.conditions.all()]
        rows: list[dict[str, Any]] = [
            {
                "text_es": "Muestra: estudio de demanda en las tres circunscripciones consulares.",
                "text_en": "Sample: study of demand in the three consular districts.",
                "lead": "IFE",
                "due_on": D(2011, 9, 30),
                "means": "Documento publicado en la página del Instituto.",
            },
            {
                "text_es": "Muestra: espacios y mobiliario en tres consulados.",
                "text_en": "Sample: room and furniture in three consulates.",
                "lead": "SRE",
                "co": ["IME"],
                "due_on": D(2011, 12, 15),
                "means": "Actas de entrega de los espacios.",
                "conditions": conditions[:1],
            },
            {
                "text_es": "Muestra: material informativo bilingüe para las comunidades.",
                "text_en": "Sample: bilingual information for the communities.",
                "lead": "IME",
                "due_on": D(2012, 3, 30),
                "means": "Ejemplares y lista de distribución.",
            },
            {
                "text_es": "Muestra: red de veinte promotoras y promotores voluntarios.",
                "text_en": "Sample: network of twenty volunteers.",
                "lead": "ORG-01",
                "co": ["ORG-02"],
                "due_on": D(2011, 10, 31),
                "means": "Lista de personas capacitadas por sede, sin datos personales.",
            },
        ]
        for row in rows:
            self.commit("A-01", row, at=at, proposals=[proposal])

    def first_amendment(self) -> None:
        """A second version: a fourth office, and a commitment for it."""
        agreement = self.agreements["A-01"]
        in_force = agreement.versions.get(number=1)
        clauses = [
            {"text_es": clause.text_es, "text_en": clause.text_en, "opinions": clause.opinions.all()}
            for clause in in_force.clauses.order_by("number")
        ]
        clauses.append(
            {
                "text_es": "Muestra: se agrega una cuarta sede, en Raleigh, a solicitud de las organizaciones.",
                "text_en": "Sample: a fourth office, in Raleigh, is added at the request of the organizations.",
            }
        )
        at = moment(D(2011, 11, 28))
        amend(
            agreement=agreement,
            actor=self.stage.organizer,
            cause="Muestra: las organizaciones pidieron una cuarta sede.",
            clauses=clauses,
            at=at,
        )
        row = {
            "text_es": "Muestra: operación del piloto en la cuarta sede.",
            "text_en": "Sample: running the pilot in the fourth office.",
            "lead": "IFE",
            "due_on": D(2012, 6, 29),
            "means": "Informe de operación.",
        }
        self.commit("A-01", row, at=at)

    def commit(self, name: str, row: dict[str, Any], *, at: dt.datetime, proposals: Any = ()) -> Commitment:
        agreement = self.agreements[name]
        return add_commitment(
            agreement=agreement,
            actor=self.stage.organizer,
            values={
                "text_es": row["text_es"],
                "text_en": row["text_en"],
                "deliverable": row.get("deliverable", row["means"]),
                "means_of_verification": f"Muestra: {row['means']}",
                "starts_on": row.get("starts_on", at.date()),
                "due_on": row["due_on"],
                "topic": agreement.topic,
            },
            lead=self.party(name, row["lead"]),
            co_responsible=[self.party(name, key) for key in row.get("co", [])],
            proposals=proposals,
            conditions=row.get("conditions", []),
            at=at,
        )

    def ask_extension(self) -> None:
        self.asked = ask_extension(
            commitment=self.commitment("A-01", 2),
            party=self.party("A-01", "SRE"),
            actor=self.stage.official("SRE"),
            to_on=D(2012, 5, 31),
            reason="Muestra: la obra en un consulado se retrasó.",
            at=moment(D(2011, 12, 7)),
        )

    def accept_extension(self) -> None:
        accept_extension(
            extension=self.asked,
            party=self.party("A-01", "ORG-01"),
            actor=self.stage.delegate("ORG-01"),
            at=moment(D(2011, 12, 9)),
        )

    # --- the second agreement ---

    def draft_second(self) -> None:
        at = moment(D(2011, 6, 13))
        proposal = self.proposal("FM1-08")
        opinions = list(
            Opinion.objects.filter(
                referral__version__proposal=proposal, referral__agency__key__in=["SEDESOL", "INDESOL", "GTO"], status="issued"
            ).order_by("folio")
        )
        self.agreements["A-02"] = create_agreement(
            edition=self.edition,
            actor=self.stage.organizer,
            values={
                "title_es": "Muestra: convocatoria de coinversión para proyectos locales",
                "title_en": "Sample: co-investment call for local projects",
                "background_es": "Acuerdo de muestra sobre la propuesta FM1-08.",
                "background_en": "Sample agreement on proposal FM1-08.",
                "topic": "Desarrollo local",
                "place": "Guanajuato",
            },
            proposals=[proposal],
            opinions=opinions,
            parties=self.parties(["SEDESOL", "INDESOL", "GTO"], ["ORG-15", "ORG-16"]),
            clauses=[
                {
                    "text_es": "Muestra: se abrirá una convocatoria con aportación de tres partes iguales.",
                    "text_en": "Sample: a call will be opened to which three parties give equal shares.",
                    "opinions": opinions,
                }
            ],
            at=at,
        )
        for row in (
            {
                "text_es": "Muestra: publicar las bases de la convocatoria.",
                "text_en": "Sample: publish the terms of the call.",
                "lead": "INDESOL",
                "due_on": D(2011, 11, 30),
                "means": "Bases publicadas.",
            },
            {
                "text_es": "Muestra: presentar diez proyectos de las comunidades.",
                "text_en": "Sample: hand in ten projects of the communities.",
                "lead": "ORG-15",
                "co": ["ORG-16"],
                "due_on": D(2012, 2, 29),
                "means": "Folios de registro.",
            },
        ):
            self.commit("A-02", row, at=at, proposals=[proposal])

    def conclude_second(self) -> None:
        conclude(
            agreement=Agreement.objects.get(pk=self.agreements["A-02"].pk), actor=self.stage.organizer, at=moment(D(2012, 12, 10))
        )

    # --- reports ---

    def first_reports(self) -> list[Scene]:
        return [
            *self.reported(
                "A-01", 1, "IFE", D(2011, 9, 28), "fulfilled", 100, "el estudio se terminó y se publicó.", "ORG-01", "agrees"
            ),
            *self.reported(
                "A-01", 4, "ORG-01", D(2011, 10, 27), "fulfilled", 100, "se capacitó a veintidós personas.", "SRE", "agrees"
            ),
            *self.reported(
                "A-01", 2, "SRE", D(2011, 11, 25), "in_progress", 40, "hay espacio en un consulado de tres.", "ORG-02", "agrees"
            ),
            *self.reported(
                "A-02", 1, "INDESOL", D(2011, 11, 29), "fulfilled", 100, "las bases se publicaron.", "ORG-15", "agrees"
            ),
        ]

    def last_reports(self) -> list[Scene]:
        return [
            *self.reported(
                "A-02",
                2,
                "ORG-15",
                D(2012, 3, 1),
                "not_fulfilled",
                60,
                "se registraron seis proyectos de diez.",
                "INDESOL",
                "agrees",
            ),
            *self.reported(
                "A-01",
                3,
                "IME",
                D(2012, 3, 28),
                "fulfilled",
                100,
                "se repartieron mil ejemplares.",
                "ORG-02",
                "disagrees",
                "Muestra: no llegaron ejemplares a dos de las tres sedes.",
                "Sample: no copies reached two of the three places.",
            ),
            *self.reported("A-01", 2, "SRE", D(2012, 6, 27), "substantial", 80, "falta un consulado.", "ORG-01", "agrees"),
            *self.reported("A-01", 5, "IFE", D(2012, 6, 28), "in_progress", 30, "la cuarta sede atendió una semana de prueba."),
        ]

    # --- a meeting ---

    def call_first_meeting(self) -> None:
        self.meeting = schedule(
            edition=self.edition,
            actor=self.stage.organizer,
            values={
                "title_es": "Muestra: primera reunión de trabajo sobre los módulos",
                "title_en": "Sample: first work meeting on the offices",
                "starts_at": moment(D(2011, 7, 14), 10),
                "ends_at": moment(D(2011, 7, 14), 12),
                "place": "Ciudad de México, sala de muestra",
                "convening_organization": self.stage.organization("ORG-00"),
            },
            agreements=[Agreement.objects.get(pk=self.agreements["A-01"].pk)],
            invited=[
                *({"agency": self.stage.agency(key)} for key in ("IFE", "SRE", "IME")),
                *({"organization": self.stage.organization(key)} for key in ("ORG-01", "ORG-02")),
            ],
            at=moment(D(2011, 6, 28)),
        )

    def hold_first_meeting(self) -> None:
        meeting: Meeting = self.meeting
        absent = {"IME": "excused"}
        presences = {row.pk: absent.get(row.body.key, "present") for row in meeting.attendance.all()}
        hold(meeting=meeting, actor=self.stage.organizer, presences=presences, at=moment(D(2011, 7, 14), 12, 30))
        self.minutes = draft_minutes(
            meeting=meeting,
            actor=self.stage.organizer,
            values={
                "text_es": "Minuta de muestra. Se revisó el calendario del estudio de demanda y las sedes posibles.",
                "text_en": "Sample minutes. The calendar of the study and the possible places were reviewed.",
                "decisions_es": "Muestra: las sedes serán Los Ángeles, Chicago y Houston.",
                "decisions_en": "Sample: the places will be Los Angeles, Chicago and Houston.",
            },
            action_items=[
                {
                    "what_es": "Muestra: enviar la lista de horarios consulares.",
                    "what_en": "Sample: send the list of consular hours.",
                    "agency": self.stage.agency("SRE"),
                    "due_on": D(2011, 7, 29),
                },
                {
                    "what_es": "Muestra: proponer sedes comunitarias de apoyo.",
                    "what_en": "Sample: propose community places that help.",
                    "organization": self.stage.organization("ORG-02"),
                    "due_on": D(2011, 8, 15),
                },
            ],
            at=moment(D(2011, 7, 15)),
        )
        circulate(minutes=self.minutes, actor=self.stage.organizer, remarks_until=D(2011, 7, 25), at=moment(D(2011, 7, 18)))

    def approve_first_minutes(self) -> None:
        approve(minutes=self.minutes, actor=self.stage.organizer, at=moment(D(2011, 7, 28)))
        item = self.meeting.action_items.order_by("number").first()
        set_action_item(item=item, actor=self.stage.official("SRE"), done_on=D(2011, 7, 27), at=moment(D(2011, 7, 28), 12))
