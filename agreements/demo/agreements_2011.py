"""The two agreements of the sample chain of 2011: drafted, amended, extended, concluded. All of it is sample data."""

from __future__ import annotations

import datetime as dt
from typing import Any

from agreements.demo.signing import Signing
from agreements.demo.stage import moment
from agreements.models import Agreement, Commitment
from agreements.workflow import (
    accept_extension,
    add_commitment,
    amend,
    ask_extension,
    conclude,
    create_agreement,
)
from proposals.models import Opinion, Proposal

D = dt.date


class Agreements2011(Signing):
    """What the edition of 2011 agreed on; `Edition2011` plays it among its other scenes."""

    def proposal(self, folio: str) -> Proposal:
        return Proposal.objects.get(folio=folio)

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
