"""The sample edition: dated relative to today, so that every state of a proposal and of an answer is on show."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

from agreements.demo.proposals_sample import SAMPLES
from agreements.demo.signing import Scene, Signing
from agreements.demo.stage import Stage, condition
from forum.models import Area, Edition, Participation
from forum.workflow import create_edition, create_participation, create_table, edit_edition, join_edition, set_stage
from proposals.models import Antecedent, Proposal
from proposals.workflow import (
    acknowledge,
    add_position,
    create_proposal,
    edit_proposal,
    issue,
    merge,
    present_again,
    send_back,
    set_condition,
    submit,
    supersede,
    withdraw,
)

OPENED = -300
TABLES = {
    1: ("Muestra: derechos políticos y documentos", "Sample: political rights and documents"),
    2: ("Muestra: inversión y desarrollo local", "Sample: investment and local development"),
    3: ("Muestra: retorno y atención consular", "Sample: return and consular services"),
}
AGENCIES = ("INE", "SRE", "IME", "INAMI", "BIENESTAR", "SADER", "CD", "SEN", "SEZAMI", "SEMIGRANTE", "GTO")
ORGANIZATIONS = ("ORG-01", "ORG-02", "ORG-03", "ORG-04", "ORG-05", "ORG-06", "ORG-07", "ORG-08", "ORG-14", "ORG-15", "ORG-16")
#: Whoever came for a body of 2011 comes for the one of today.
OFFICIALS = {
    "INE": "FUN-01",
    "INAMI": "FUN-02",
    "IME": "FUN-04",
    "SADER": "FUN-05",
    "BIENESTAR": "FUN-06",
    "SRE": "FUN-07",
    "CD": "FUN-09",
    "SEN": "FUN-10",
    "SEZAMI": "FUN-11",
    "SEMIGRANTE": "FUN-12",
    "GTO": "FUN-13",
}


def make_edition(stage: Stage) -> Edition:
    """The edition itself, its tables, bodies and participants."""
    start = stage.day(OPENED)
    at = stage.at(OPENED - 40)
    edition = create_edition(
        actor=stage.organizer,
        values={
            "slug": f"foro-muestra-{start.year}",
            "series": "foro-mexico",
            "name_es": f"Edición de muestra {start.year} del Foro México",
            "name_en": f"Sample edition {start.year} of the Mexico Forum",
            "objective_es": "Edición inventada para la demostración: sus fechas dependen del día de hoy y nada en ella ocurrió.",
            "objective_en": "An edition made up for the demonstration: its dates depend on today, and nothing in it happened.",
            "starts_on": start,
            "ends_on": start + dt.timedelta(days=2),
            "city": "Zacatecas",
            "venue": "Sede de muestra",
            "convener": "Red Mexicana de Líderes y Organizaciones Migrantes (muestra)",
            "intake_closes_on": stage.day(30),
            "review_closes_on": stage.day(90),
            "review_term_days": 15,
        },
        at=at,
    )
    for number, (name_es, name_en) in TABLES.items():
        values = {"edition": edition, "number": number, "name_es": name_es, "name_en": name_en}
        create_table(actor=stage.organizer, values=values, at=at)
    join_edition(edition=edition, body=stage.organization("ORG-00"), actor=stage.organizer, part="convener", at=at)
    for key in ORGANIZATIONS:
        join_edition(edition=edition, body=stage.organization(key), actor=stage.organizer, at=at)
    for key in AGENCIES:
        join_edition(edition=edition, body=stage.agency(key), actor=stage.organizer, at=at)
    set_stage(edition=edition, stage="intake", actor=stage.organizer, at=stage.at(OPENED - 30))
    return edition


class SampleEdition(Signing):
    def __init__(self, stage: Stage) -> None:
        super().__init__(stage, make_edition(stage))
        self.take_part()
        self.proposals: dict[str, Proposal] = {}
        self.referrals: dict[str, Any] = {}
        self.opinions: dict[str, Any] = {}
        self.samples = {sample.key: sample for sample in SAMPLES}

    def take_part(self) -> None:
        """People of the founding edition come again: leaders for their organization, officials for the body of today."""
        stage, at = self.stage, self.stage.at(OPENED - 20)
        before = Participation.objects.filter(edition=stage.founding).select_related("person", "organization")
        of_organization = {p.organization.key: p for p in before.order_by("-key") if p.organization is not None}
        by_key = {p.key: p for p in before}
        rows = [(of_organization[key], {"organization": stage.organization(key)}) for key in ORGANIZATIONS]
        rows += [(by_key[key], {"agency": stage.agency(body)}) for body, key in OFFICIALS.items()]
        for known, body in rows:
            create_participation(
                edition=self.edition,
                actor=stage.organizer,
                values={"person": known.person, "key": known.key, "role": known.role, "post": known.post, **body},
                consent=known.show_name,
                consent_how="muestra",
                at=at,
            )

    def scenes(self) -> list[Scene]:
        at, day = self.stage.at, self.stage.day
        stages = [(OPENED + 3, "review"), (-240, "agreements"), (-200, "follow_up")]
        found: list[Scene] = [
            (
                at(offset, 9),
                partial(set_stage, edition=self.edition, stage=stage, actor=self.stage.organizer, at=self.stage.at(offset, 9)),
            )
            for offset, stage in stages
        ]
        found += [
            *self.offices(),
            *self.divided_and_silent(),
            *self.passed_on_and_asked(),
            *self.refused_and_done(),
            *self.states_agree(),
            *self.waiting_for_organizers(),
            *self.in_the_queue(),
            (
                at(-32),
                partial(
                    edit_edition,
                    edition=self.edition,
                    actor=self.stage.organizer,
                    values={"report_cut_off": day(-33)},
                    at=self.stage.at(-32),
                ),
            ),
        ]
        return found

    # --- what the scenes are made of ---

    def write(self, key: str, offset: int) -> Proposal:
        sample = self.samples[key]
        proposal = create_proposal(
            edition=self.edition,
            actor=self.stage.delegate(sample.proponents[0]),
            values={**sample.values(), "table": self.edition.tables.get(number=sample.table)},
            proponents=[self.stage.organization(name) for name in sample.proponents],
            addressees=[self.stage.agency(name) for name in sample.addressees],
            antecedents=Antecedent.objects.filter(key__in=sample.antecedents),
            states=Area.objects.filter(code__in=sample.states),
            speakers=Participation.objects.filter(edition=self.edition, organization__key=sample.proponents[0]),
            at=self.stage.at(offset, 9),
        )
        self.proposals[key] = proposal
        return proposal

    def hand_in(self, key: str, offset: int) -> Proposal:
        proposal = self.write(key, offset)
        self.stage.put_forward(proposal, day=self.stage.day(offset))
        return proposal

    def send(self, key: str, offset: int, term_days: int = 15) -> None:
        sent = self.stage.send(self.proposals[key], self.samples[key].addressees, day=self.stage.day(offset), term_days=term_days)
        for body, referral in sent.items():
            self.referrals[f"{key} {body}"] = referral

    def answer(self, place: str, verdict: str, reasons: str, offset: int, **more: Any) -> None:
        self.referrals[place].refresh_from_db()
        self.opinions[place] = self.stage.opine(self.referrals[place], verdict, reasons, day=self.stage.day(offset), **more)

    def handed_in_and_sent(self, key: str, offset: int, sent: int, term_days: int = 15) -> list[Scene]:
        handed_in = (self.stage.at(offset, 10), partial(self.hand_in, key, offset))
        return [handed_in, (self.stage.at(sent, 12, 30), partial(self.send, key, sent, term_days))]

    def answered(self, place: str, verdict: str, reasons: str, offset: int, **more: Any) -> Scene:
        return self.stage.at(offset, 13), partial(self.answer, place, verdict, reasons, offset, **more)

    # --- proposals, one story after the other ---

    def offices(self) -> list[Scene]:
        """Agreed with conditions; one body assessed it again. The first agreement of the edition comes from it."""
        at = self.stage.at
        return [
            *self.handed_in_and_sent("offices", OPENED, OPENED + 3),
            self.answered("offices SRE", "feasible", "las jornadas itinerantes tienen lugar para un módulo.", -285),
            self.answered("offices IME", "feasible", "la red de enlaces puede difundir las fechas.", -283),
            self.answered(
                "offices INE",
                "not_feasible",
                "no hay personal para salir de las sedes fijas.",
                -282,
                legal_basis="Muestra: lineamientos internos sobre módulos.",
                doubts={"technical": "!falta equipo portátil."},
            ),
            (at(-262, 14), self.assess_offices_again),
            (at(-150), self.meet_condition),
        ]

    def assess_offices_again(self) -> None:
        actor, at = self.stage.official("INE"), self.stage.at(-262)
        reason = "Muestra: llegó equipo portátil y las organizaciones ofrecieron apoyo."
        draft = supersede(opinion=self.opinions["offices INE"], actor=actor, reason=reason, at=at)
        conditions = [
            condition("convenio con la cancillería para usar las jornadas.", "SRE", "legal", self.stage.day(-200)),
            condition("presupuesto para doce salidas al año.", "INE", "budget", self.stage.day(60)),
        ]
        self.stage.draft(
            draft.referral,
            "conditional",
            "procede con equipo portátil y doce salidas al año.",
            day=self.stage.day(-262),
            conditions=conditions,
            doubts={"budget": "el gasto de las salidas no está completo."},
            opinion=draft,
            minute=20,
        )
        issue(opinion=draft, actor=actor, post="Dirección de enlace (muestra)", at=self.stage.at(-262, 14))
        self.opinions["offices INE"] = draft

    def meet_condition(self) -> None:
        first = self.opinions["offices INE"].conditions.get(number=1)
        evidence = "Muestra: convenio firmado y publicado."
        set_condition(condition=first, status="met", actor=self.stage.official("INE"), evidence=evidence, at=self.stage.at(-150))

    def divided_and_silent(self) -> list[Scene]:
        """A divided proposal with its dissent, and one that a body leaves without an answer."""
        at = self.stage.at
        return [
            *self.handed_in_and_sent("fund", OPENED, OPENED + 4),
            self.answered("fund SADER", "feasible", "un componente rural puede sumarse al fondo.", -284),
            self.answered(
                "fund GTO",
                "feasible",
                "el estado puede aportar una cuarta parte.",
                -281,
                doubts={"budget": "depende del año fiscal."},
            ),
            self.answered(
                "fund BIENESTAR",
                "not_feasible",
                "los apoyos se entregan a personas, no a proyectos.",
                -280,
                legal_basis="Muestra: reglas de operación de los programas vigentes.",
                doubts={"legal": "!las reglas no lo permiten.", "institutional": "haría falta otra instancia."},
            ),
            *self.handed_in_and_sent("online", -70, -62),
            self.answered("online SEN", "feasible", "hay iniciativas afines en comisiones.", -45),
            (at(-58), partial(self.acknowledged, "online INE", -58)),
        ]

    def acknowledged(self, place: str, offset: int) -> None:
        referral = self.referrals[place]
        acknowledge(referral=referral, actor=self.stage.official(referral.agency.key), at=self.stage.at(offset))

    def passed_on_and_asked(self) -> list[Scene]:
        """One body says that it is not its matter and passes it on; another one waits for an answer of the proponents."""
        return [
            *self.handed_in_and_sent("return", -32, -26, term_days=30),
            self.answered(
                "return INAMI",
                "outside_remit",
                "la inscripción escolar y los apoyos corresponden a otra dependencia.",
                -14,
                refer_to=self.stage.agency("BIENESTAR"),
                doubts={"legal_remit": "!no es competencia del Instituto."},
            ),
            self.answered("return SRE", "feasible", "los consulados pueden expedir los documentos previos.", -12),
            *self.handed_in_and_sent("training", -38, -30, term_days=30),
            self.answered(
                "training SADER",
                "more_information",
                "la petición puede atenderse según el número de proyectos.",
                -14,
                questions_text="Pregunta de muestra: ¿cuántos proyectos y en qué municipios tomarían la capacitación a distancia?",
                questions_due_on=self.stage.day(10),
            ),
            self.answered("training SEZAMI", "feasible", "el estado ya da cursos a distancia.", -12),
        ]

    def refused_and_done(self) -> list[Scene]:
        """Not feasible for everyone; and already addressed, with its proof."""
        basis = {
            "legal_basis": "Muestra: la ley de derechos fija las cuotas.",
            "doubts": {"budget": "!sin recurso que lo sustituya."},
        }
        proof = {
            "programme": "Muestra: centro de llamadas de protección",
            "programme_evidence": "Muestra: 120 mil llamadas atendidas el año pasado, a toda hora, con intérpretes de seis lenguas.",
        }
        return [
            *self.handed_in_and_sent("free", OPENED + 1, OPENED + 5),
            self.answered("free SRE", "not_feasible", "las cuotas sostienen el servicio y las fija la ley.", -286, **basis),
            self.answered("free IME", "not_feasible", "comparte lo que expone la cancillería.", -284, **basis),
            *self.handed_in_and_sent("line", OPENED + 1, OPENED + 5),
            self.answered("line SRE", "addressed", "el servicio existe y atiende las 24 horas.", -287, **proof),
            self.answered("line IME", "addressed", "el Instituto difunde ese servicio.", -285, **proof),
        ]

    def states_agree(self) -> list[Scene]:
        """Agreed feasible; a similar proposal was merged into it, another one withdrawn."""
        at = self.stage.at
        return [
            *self.handed_in_and_sent("desk", -120, -112),
            (at(-118, 10), partial(self.hand_in, "twin", -118)),
            (at(-116), self.merge_twin),
            self.answered("desk SEZAMI", "feasible", "la ventanilla puede abrirse con el personal actual.", -100),
            self.answered("desk SEMIGRANTE", "feasible", "se suma con un formato común.", -97),
            (at(-110, 10), partial(self.hand_in, "museum", -110)),
            (at(-104), self.withdraw_museum),
        ]

    def merge_twin(self) -> None:
        merge(
            proposal=self.proposals["twin"],
            into=self.proposals["desk"],
            actor=self.stage.organizer,
            reason="Muestra: pide lo mismo para un solo estado.",
            at=self.stage.at(-116),
        )

    def withdraw_museum(self) -> None:
        reason = "Muestra: la organización prefiere otra convocatoria."
        withdraw(proposal=self.proposals["museum"], actor=self.stage.delegate("ORG-06"), reason=reason, at=self.stage.at(-104))

    def waiting_for_organizers(self) -> list[Scene]:
        """Submitted and not referred yet; returned with a reason; a draft of a delegate."""
        at = self.stage.at
        return [
            (at(-6, 10), partial(self.hand_in, "records", -6)),
            (at(-9, 10), partial(self.hand_in, "radio", -9)),
            (at(-7), self.return_radio),
            (at(-3, 10), partial(self.write, "women", -3)),
        ]

    def return_radio(self) -> None:
        reason = "Muestra: la petición no dice qué se pide ni a quién; complétenla y vuelvan a presentarla."
        send_back(proposal=self.proposals["radio"], actor=self.stage.organizer, reason=reason, at=self.stage.at(-7))

    def in_the_queue(self) -> list[Scene]:
        """Fresh referrals: one not opened yet, one in draft, one with an internal position; and one presented again."""
        at = self.stage.at
        return [
            *self.handed_in_and_sent("abroad", -18, -10),
            (at(-5), self.draft_of_sre),
            (at(-4), self.position_of_ime),
            (at(-75), self.present_again),
            self.answered(
                "again SEN",
                "conditional",
                "procede con una circunscripción propia.",
                -60,
                conditions=[condition("proponer la circunscripción y su método.", "ORG-05 y ORG-06", "legal")],
            ),
            self.answered(
                "again CD",
                "not_feasible",
                "no hay acuerdo en la comisión.",
                -58,
                legal_basis="Muestra: requisitos constitucionales de residencia.",
            ),
        ]

    def draft_of_sre(self) -> None:
        self.stage.draft(
            self.referrals["abroad SRE"], "conditional", "borrador de trabajo; faltan los costos.", day=self.stage.day(-5)
        )

    def position_of_ime(self) -> None:
        self.acknowledged("abroad IME", -4)
        text = "Muestra de posición interna: conviene esperar la respuesta de la cancillería."
        add_position(referral=self.referrals["abroad IME"], actor=self.stage.official("IME"), text=text, at=self.stage.at(-4, 12))

    def present_again(self) -> None:
        """What was found not feasible in 2011 lives on."""
        old = Proposal.objects.get(folio="FM1-03")
        proposal = present_again(proposal=old, edition=self.edition, actor=self.stage.organizer, at=self.stage.at(-75, 9))
        values = {
            "title_es": "Muestra: reconocimiento de la condición binacional, nueva presentación",
            "title_en": "Sample: recognition of binational status, presented again",
        }
        organizer = self.stage.organizer
        table = self.edition.tables.get(number=1)
        edit_proposal(proposal=proposal, actor=organizer, values={**values, "table": table}, at=self.stage.at(-75, 10))
        submit(proposal=proposal, actor=organizer, at=self.stage.at(-75, 11))
        sent = self.stage.send(proposal, ("CD", "SEN"), day=self.stage.day(-72), term_days=15)
        self.proposals["again"] = proposal
        self.referrals |= {f"again {body}": referral for body, referral in sent.items()}
