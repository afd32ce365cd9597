"""The sample chain of the founding edition, dated 2011 and 2012: answers, two agreements, reports, meetings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any

from agreements.demo.agreements_2011 import Agreements2011
from agreements.demo.opinions_2011 import CONCLUDED, ROWS, Row
from agreements.demo.signing import Scene
from agreements.demo.stage import Stage, moment
from agreements.models import Agreement, Meeting
from agreements.workflow import (
    approve,
    circulate,
    draft_minutes,
    hold,
    schedule,
    set_action_item,
)
from forum.workflow import create_session, edit_edition, set_stage
from proposals.models import Proposal, Referral
from proposals.workflow import conclude_review

D = dt.date
#: Table → the day on which its proposals are submitted in the sample chain.
OPENED = {1: D(2011, 3, 13), 2: D(2011, 3, 14), 3: D(2011, 3, 14)}


class Edition2011(Agreements2011):
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
