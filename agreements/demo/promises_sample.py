"""Agreements, reports and meetings of the sample edition: every light, a second version, a dispute, meetings to come."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

from agreements.demo.edition_sample import SampleEdition
from agreements.demo.signing import Scene
from agreements.demo.stage import moment
from agreements.models import Agreement, Meeting
from agreements.workflow import (
    accept_extension,
    add_commitment,
    add_remark,
    amend,
    approve,
    ask_extension,
    cancel_commitment,
    circulate,
    create_agreement,
    draft_minutes,
    hold,
    propose_meeting,
    schedule,
    set_action_item,
)

SIGNED_BY = (["INE", "SRE", "IME"], ["ORG-01", "ORG-02"])


class Promises:
    """The scenes that follow from the proposals of `SampleEdition`."""

    def __init__(self, sample: SampleEdition) -> None:
        self.sample = sample
        self.stage = sample.stage
        self.meetings: dict[str, Meeting] = {}
        self.minutes: dict[str, Any] = {}

    def scenes(self) -> list[Scene]:
        at, day, sample = self.stage.at, self.stage.day, self.sample
        return [
            (at(-236), self.draft_offices),
            (at(-230), partial(sample.open, "A-01", day(-230))),
            *sample.signatures("A-01", day(-222)),
            *self.reports(),
            (at(-160), self.ask_extension),
            (at(-155), self.accept_extension),
            (at(-110), self.call_held_meeting),
            (at(-90), self.hold_meeting),
            (at(-76), self.approve_minutes),
            (at(-80, 17), self.cancellation),
            (at(-45), self.amendment),
            (at(-40), partial(sample.open, "A-01", day(-40))),
            *sample.signatures("A-01", day(-36)),
            (at(-60), self.draft_desk),
            (at(-21), partial(sample.open, "A-02", day(-21))),
            *sample.signatures("A-02", day(-15), without=("ORG-01", "SEMIGRANTE")),
            (at(-13), self.draft_fund),
            (at(-25), self.call_second_meeting),
            (at(-10), self.hold_second_meeting),
            (at(-5), self.call_coming_meeting),
            (at(-4), self.propose),
        ]

    def agreement(self, name: str) -> Agreement:
        return Agreement.objects.get(pk=self.sample.agreements[name].pk)

    def commit(self, name: str, offset: int, row: dict[str, Any]) -> None:
        agreement = self.agreement(name)
        lead, *shared = row["who"]
        add_commitment(
            agreement=agreement,
            actor=self.stage.organizer,
            values={
                "text_es": f"Muestra: {row['es']}",
                "text_en": f"Sample: {row['en']}",
                "deliverable": f"Muestra: {row['proof']}",
                "means_of_verification": f"Muestra: {row['proof']}",
                "starts_on": self.stage.day(row.get("start", offset)),
                "due_on": self.stage.day(row["due"]),
                "topic": agreement.topic,
            },
            lead=self.sample.party(name, lead),
            co_responsible=[self.sample.party(name, key) for key in shared],
            proposals=agreement.proposals.all(),
            conditions=row.get("conditions", []),
            at=self.stage.at(offset, 13),
        )

    def draft(
        self, name: str, offset: int, key: str, texts: dict[str, str], parties: Any, clauses: list[tuple[str, str]]
    ) -> None:
        sample = self.sample
        opinions = [opinion for place, opinion in sample.opinions.items() if place.startswith(f"{key} ")]
        sample.agreements[name] = create_agreement(
            edition=sample.edition,
            actor=self.stage.organizer,
            values={**texts, "topic": sample.proposals[key].topic, "place": "Zacatecas"},
            proposals=[sample.proposals[key]],
            opinions=opinions,
            parties=sample.parties(*parties),
            clauses=[
                {"text_es": f"Muestra: {es}", "text_en": f"Sample: {en}", "opinions": opinions if number == 0 else []}
                for number, (es, en) in enumerate(clauses)
            ],
            at=self.stage.at(offset),
        )

    # --- the agreement on the travelling offices: two versions, seven commitments, every light ---

    def draft_offices(self) -> None:
        self.draft(
            "A-01",
            -236,
            "offices",
            {
                "title_es": "Muestra: módulos itinerantes de credencialización",
                "title_en": "Sample: travelling voter-card offices",
                "background_es": "Acuerdo de muestra. Recoge la propuesta y las respuestas de INE, SRE e IME.",
                "background_en": "Sample agreement. It takes up the proposal and the answers of INE, SRE and IME.",
            },
            SIGNED_BY,
            [
                ("habrá un módulo en cada jornada consular itinerante.", "every travelling consular day will have an office."),
                ("las organizaciones convocan y acompañan.", "the organizations call people and go along."),
                ("el avance se publica cada trimestre.", "progress is published every quarter."),
            ],
        )
        conditions = list(self.sample.opinions["offices INE"].conditions.order_by("number"))
        for row in (
            {"es": "calendario anual de doce jornadas.", "en": "yearly calendar of twelve days.", "who": ["INE", "SRE"], "due": -120, "proof": "calendario publicado"},
            {"es": "equipo portátil en seis consulados.", "en": "portable equipment in six consulates.", "who": ["SRE"], "due": -18, "proof": "actas de entrega", "conditions": conditions[:1]},
            {"es": "campaña informativa en radio y redes.", "en": "campaign on radio and networks.", "who": ["IME"], "due": -50, "proof": "carpeta de la campaña"},
            {"es": "cuarenta promotoras y promotores capacitados.", "en": "forty volunteers trained.", "who": ["ORG-01", "ORG-02"], "due": -20, "proof": "constancias por sede"},
            {"es": "presupuesto completo para el año siguiente.", "en": "full budget for the following year.", "who": ["INE"], "due": 150, "proof": "documento presupuestal", "conditions": conditions[1:]},
            {"es": "módulo fijo en una biblioteca.", "en": "permanent office in a library.", "who": ["SRE", "ORG-02"], "due": 40, "proof": "acta de instalación"},
        ):  # fmt: skip
            self.commit("A-01", -236, row)

    def reports(self) -> list[Scene]:
        """Fulfilled and agreed; late; fulfilled but disputed; on the way; one has never been reported on."""
        sample, day = self.sample, self.stage.day
        return [
            *sample.reported("A-01", 1, "INE", day(-124), "fulfilled", 100, "el calendario se publicó con doce fechas.", "ORG-01", "agrees"),
            *sample.reported("A-01", 2, "SRE", day(-95), "in_progress", 33, "hay equipo en dos consulados.", "ORG-02", "agrees"),
            *sample.reported(
                "A-01", 2, "SRE", day(-33), "in_progress", 60, "hay equipo en cuatro consulados de seis.",
                obstacle="Muestra: la compra de dos equipos se declaró desierta.",
            ),
            *sample.reported(
                "A-01", 3, "IME", day(-52), "fulfilled", 100, "la campaña se transmitió seis semanas.", "ORG-01", "disagrees",
                "Muestra: en tres de las seis ciudades no se escuchó.", "Sample: in three of the six cities it was not heard.",
            ),
            *sample.reported("A-01", 4, "ORG-01", day(-33), "substantial", 80, "treinta y dos personas capacitadas.", "INE", "agrees"),
            *sample.reported("A-01", 5, "INE", day(-130), "in_progress", 20, "se elaboró el anteproyecto."),
        ]  # fmt: skip

    def ask_extension(self) -> None:
        self.asked = ask_extension(
            commitment=self.sample.commitment("A-01", 4),
            party=self.sample.party("A-01", "ORG-01"),
            actor=self.stage.delegate("ORG-01"),
            to_on=self.stage.day(18),
            reason="Muestra: el curso se repite en dos sedes.",
            at=self.stage.at(-160),
        )

    def accept_extension(self) -> None:
        party = self.sample.party("A-01", "INE")
        accept_extension(extension=self.asked, party=party, actor=self.stage.official("INE"), at=self.stage.at(-155))

    def cancellation(self) -> None:
        for key, actor, hour in (("SRE", self.stage.official("SRE"), 10), ("ORG-02", self.stage.delegate("ORG-02"), 17)):
            cancel_commitment(
                commitment=self.sample.commitment("A-01", 6),
                party=self.sample.party("A-01", key),
                actor=actor,
                reason="Muestra: la biblioteca cerró.",
                at=self.stage.at(-80, hour),
            )

    def amendment(self) -> None:
        agreement = self.agreement("A-01")
        clauses = [
            {"text_es": c.text_es, "text_en": c.text_en, "opinions": c.opinions.all()}
            for c in agreement.versions.get(number=1).clauses.order_by("number")
        ]
        clauses.append(
            {
                "text_es": "Muestra: se agregan dos jornadas en zonas rurales.",
                "text_en": "Sample: two days in rural areas are added.",
            }
        )
        cause = "Muestra: la reunión de trabajo pidió llegar a zonas rurales."
        amend(agreement=agreement, actor=self.stage.organizer, cause=cause, clauses=clauses, at=self.stage.at(-45))
        row = {"es": "dos jornadas en zonas rurales.", "en": "two days in rural areas.", "who": ["SRE", "INE", "ORG-02"], "due": 210, "start": -20, "proof": "informe de cada jornada"}  # fmt: skip
        self.commit("A-01", -45, row)

    # --- one open for signature, one in draft ---

    def draft_desk(self) -> None:
        self.draft(
            "A-02",
            -60,
            "desk",
            {
                "title_es": "Muestra: ventanilla estatal única de proyectos",
                "title_en": "Sample: single state desk for projects",
                "background_es": "Acuerdo de muestra, abierto a firma.",
                "background_en": "Sample agreement, open for signature.",
            },
            (["SEZAMI", "SEMIGRANTE"], ["ORG-01", "ORG-02"]),
            [("cada estado recibe los proyectos en una ventanilla.", "each state takes projects at one desk.")],
        )
        for row in (
            {"es": "formato único publicado.", "en": "single form published.", "who": ["SEZAMI", "SEMIGRANTE"], "due": 60, "start": -10, "proof": "formato en línea"},
            {"es": "difusión entre clubes.", "en": "making it known among clubs.", "who": ["ORG-01", "ORG-02"], "due": 90, "start": -10, "proof": "lista de clubes"},
        ):  # fmt: skip
            self.commit("A-02", -60, row)

    def draft_fund(self) -> None:
        self.draft(
            "A-03",
            -13,
            "fund",
            {
                "title_es": "Muestra: mesa técnica para un fondo de coinversión",
                "title_en": "Sample: technical table for a co-investment fund",
                "background_es": "Borrador de muestra; una dependencia no está de acuerdo y su respuesta sigue a la vista.",
                "background_en": "Sample draft; one body does not agree and its answer stays in sight.",
            },
            (["SADER", "GTO"], ["ORG-15", "ORG-16"]),
            [("se instala una mesa técnica de seis meses.", "a technical table of six months is set up.")],
        )

    # --- meetings ---

    def invited(self, agencies: tuple[str, ...], organizations: tuple[str, ...]) -> list[dict[str, Any]]:
        return [
            *({"agency": self.stage.agency(key)} for key in agencies),
            *({"organization": self.stage.organization(key)} for key in organizations),
        ]

    def call(
        self, name: str, offset: int, on: int, title_es: str, title_en: str, agreement: str, place: str = "Videollamada"
    ) -> None:
        day = self.stage.day(on)
        parties = [party.key for party in self.sample.agreements[agreement].parties.all()]
        self.meetings[name] = schedule(
            edition=self.sample.edition,
            actor=self.stage.organizer,
            values={
                "title_es": f"Muestra: {title_es}",
                "title_en": f"Sample: {title_en}",
                "starts_at": moment(day, 10),
                "ends_at": moment(day, 12),
                "place": place,
                "link": "https://example.org/sala-de-muestra",
                "convening_organization": self.stage.organization("ORG-00"),
            },
            agreements=[self.agreement(agreement)],
            invited=self.invited(
                tuple(key for key in parties if not key.startswith("ORG-")),
                tuple(key for key in parties if key.startswith("ORG-")),
            ),
            at=self.stage.at(offset),
        )

    def held(self, name: str, on: int, absent: dict[str, str], text: tuple[str, str], items: list[dict[str, Any]]) -> None:
        meeting = self.meetings[name]
        presences = {row.pk: absent.get(row.body.key, "present") for row in meeting.attendance.all()}
        hold(meeting=meeting, actor=self.stage.organizer, presences=presences, at=self.stage.at(on, 12, 30))
        self.minutes[name] = draft_minutes(
            meeting=meeting,
            actor=self.stage.organizer,
            values={
                "text_es": f"Minuta de muestra. {text[0]}",
                "text_en": f"Sample minutes. {text[1]}",
                "decisions_es": "Muestra: se publica el avance y se fija la próxima reunión.",
                "decisions_en": "Sample: progress is published and the next meeting is set.",
            },
            action_items=items,
            at=self.stage.at(on, 17),
        )

    def call_held_meeting(self) -> None:
        self.call("first", -110, -90, "seguimiento de los módulos itinerantes", "follow-up on the travelling offices", "A-01")

    def hold_meeting(self) -> None:
        items: list[dict[str, Any]] = [
            {"what_es": "Muestra: enviar la lista de equipos.", "what_en": "Sample: send the list of equipment.", "agency": self.stage.agency("SRE"), "due_on": self.stage.day(-75)},
            {"what_es": "Muestra: proponer jornadas en zonas rurales.", "what_en": "Sample: propose days in rural areas.", "organization": self.stage.organization("ORG-02"), "due_on": self.stage.day(-40)},
            {"what_es": "Muestra: abrir un correo de dudas.", "what_en": "Sample: open an address for questions.", "agency": self.stage.agency("IME"), "due_on": self.stage.day(25)},
        ]  # fmt: skip
        text = (
            "Se revisaron seis compromisos y se pidió llegar a zonas rurales.",
            "Six commitments were reviewed, and rural areas asked for.",
        )
        self.held("first", -90, {"IME": "absent"}, text, items)
        circulate(
            minutes=self.minutes["first"], actor=self.stage.organizer, remarks_until=self.stage.day(-80), at=self.stage.at(-88)
        )

    def approve_minutes(self) -> None:
        approve(minutes=self.minutes["first"], actor=self.stage.organizer, at=self.stage.at(-76))
        item = self.meetings["first"].action_items.order_by("number").first()
        assert item is not None  # noqa: S101 (for the type checker)
        set_action_item(item=item, actor=self.stage.official("SRE"), done_on=self.stage.day(-78), at=self.stage.at(-76, 13))

    def call_second_meeting(self) -> None:
        self.call(
            "second",
            -25,
            -10,
            "preparación de las jornadas rurales",
            "preparing the rural days",
            "A-01",
            "Zacatecas, sala de muestra",
        )

    def hold_second_meeting(self) -> None:
        text = ("Se propusieron dos municipios.", "Two municipalities were proposed.")
        self.held("second", -10, {"IME": "excused"}, text, [])
        minutes = self.minutes["second"]
        until = self.stage.today + dt.timedelta(days=5)
        circulate(minutes=minutes, actor=self.stage.organizer, remarks_until=until, at=self.stage.at(-8))
        remark = "Observación de muestra: falta nombrar a quien lleva el registro."
        add_remark(minutes=minutes, actor=self.stage.delegate("ORG-02"), text=remark, at=self.stage.at(-6))

    def call_coming_meeting(self) -> None:
        self.call("coming", -5, 12, "próxima revisión de compromisos", "next review of commitments", "A-01")

    def propose(self) -> None:
        day = self.stage.day(20)
        propose_meeting(
            edition=self.sample.edition,
            actor=self.stage.delegate("ORG-02"),
            values={
                "title_es": "Muestra: reunión propuesta sobre la ventanilla única",
                "title_en": "Sample: proposed meeting on the single desk",
                "starts_at": moment(day, 16),
                "ends_at": moment(day, 17),
                "place": "Videollamada",
            },
            agreements=[self.agreement("A-02")],
            invited=self.invited(("SEMIGRANTE",), ("ORG-02",)),
            at=self.stage.at(-4),
        )
