"""Opinions of public bodies, with their criteria and conditions."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from core.events import SYSTEM
from core.imports.cells import Amount, Day, Moment, Number, Reference, Words, YesNo
from core.imports.columns import ABSENT, Column
from core.imports.problems import CellError
from core.imports.registry import register
from forum.models import Agency
from forum.resources.base import OrganizersResource
from forum.resources.words import SOURCE
from proposals.models import Condition, CriterionAssessment, Opinion, Referral
from proposals.resources import words
from proposals.resources.referrals import written_elsewhere
from proposals.workflow import issue, issue_on_behalf, save_draft, start_opinion, supersede

#: Columns of a criterion beside its value and reason: criterion → {field: (names, widget)}.
DETAILS: dict[str, dict[str, tuple[tuple[str, str], Any]]] = {
    "legal": {"needs_legal_reform": (("requiere_reforma_legal", "needs_legal_reform"), YesNo())},
    "budget": {
        "amount": (("monto", "amount"), Amount()),
        "currency": (("moneda", "currency"), None),
        "funding_source": (("origen_de_recursos", "funding_source"), None),
        "fiscal_year": (("ejercicio_fiscal", "fiscal_year"), Number(9999)),
    },
    "institutional": {"other_bodies": (("otras_instancias", "other_bodies"), None)},
    "impact": {"gender_and_inclusion": (("genero_e_inclusion", "gender_and_inclusion"), None)},
}
TEXTS = (
    "soundness",
    "soundness_text",
    "verdict",
    "reasons",
    "legal_basis",
    "programme",
    "programme_evidence",
    "refer_to",
    "questions_text",
    "questions_due_on",
)


def rows_under(opinion: Opinion, name: str) -> Any:
    """Criteria or conditions; none of an opinion that nobody has begun."""
    return getattr(opinion, name).all() if opinion.pk else ()


def of_criterion(criterion: str, field: str) -> Any:
    """How to read a field of a criterion from an opinion; that of an unsaved row when it is not assessed."""

    def read(opinion: Opinion) -> Any:
        row = next((row for row in rows_under(opinion, "criteria") if row.criterion == criterion), CriterionAssessment())
        return getattr(row, field)

    return read


def of_condition(number: int, field: str) -> Any:
    def read(opinion: Opinion) -> Any:
        row = next((row for row in rows_under(opinion, "conditions") if row.number == number), None)
        return getattr(row, field) if row is not None else None if field == "until" else ""

    return read


def zone_of(row: Any, resource: Any) -> str:
    referral = resource.values.get("referral")
    return str(referral.event_edition.time_zone) if referral is not None else "America/Mexico_City"


@register
class OpinionResource(OrganizersResource):
    """Issued opinions. From an organizer they come on behalf of the body, with reason and witness, as on the page."""

    kind = "opinions"
    position = 10
    identity = ("referral",)
    examples = {"folio": "FM1-01.1-IFE-D1", "reasons": "Motivos de muestra"}
    edition_path = "referral__version__proposal__edition"

    class Meta:
        model = Opinion

    folio = Column("folio", "folio", informative=True)
    referral = Column("turno", "referral", widget=Reference(Referral, kind="referrals"), needed=True)
    number = Column("numero", "number", widget=Number(999), empty=ABSENT)
    soundness = Column("pertinencia", "soundness", widget=Words(words.SOUNDNESS))
    soundness_text = Column("pertinencia_texto", "soundness_text")
    verdict = Column("dictamen", "verdict", "sentido", widget=Words(words.VERDICT))
    reasons = Column("motivos", "reasons")
    legal_basis = Column("fundamento", "legal_basis")
    programme = Column("programa", "programme")
    programme_evidence = Column("evidencia_programa", "programme_evidence")
    refer_to = Column("turnar_a", "refer_to", widget=Reference(Agency, kind="agencies", also=("acronym",)))
    questions_text = Column("preguntas", "questions")
    questions_due_on = Column("respuesta_hasta", "answers_by", widget=Day())
    signatory_post = Column("cargo_firmante", "signatory_post")
    issued_at = Column(
        "emitido", "issued_at", widget=Moment(zone_of), empty=ABSENT, show=lambda o: (o.issued_at, o.event_edition.time_zone)
    )
    on_behalf_reason = Column("a_nombre_motivo", "on_behalf_reason")
    on_behalf_witness = Column("a_nombre_testigo", "on_behalf_witness")
    supersede_reason = Column("motivo_redictamen", "reassessment_reason")
    source = Column("fuente", "source", widget=Words(SOURCE))
    status = Column("estatus", "status", widget=Words(words.OPINION_STATUS), informative=True)

    def more_columns(self) -> dict[str, Column]:
        columns: dict[str, Column] = {}
        fields = CriterionAssessment._meta
        for criterion, (es, en) in words.CRITERIA.items():
            columns[criterion] = Column(
                es, en, widget=Words(words.ASSESSMENT), read=of_criterion(criterion, "value"), empty="not_assessed"
            )
            columns[f"{criterion}_reason"] = Column(
                f"{es}_motivo", f"{en}_reason", read=of_criterion(criterion, "reason"), field=fields.get_field("reason")
            )
            for field, (names, widget) in DETAILS.get(criterion, {}).items():
                columns[f"{criterion}_{field}"] = Column(
                    *names, widget=widget, read=of_criterion(criterion, field), field=fields.get_field(field)
                )
        return columns

    def columns_of_number(self, number: int) -> dict[str, Column]:
        es, en = f"condicion_{number}", f"condition_{number}"
        fields = Condition._meta
        parts: dict[str, tuple[tuple[str, str], Any]] = {
            "what": ((es, en), None),
            "owner": ((f"{es}_responsable", f"{en}_owner"), None),
            "kind": ((f"{es}_tipo", f"{en}_kind"), Words(words.CONDITION_KIND)),
            "until": ((f"{es}_hasta", f"{en}_until"), Day()),
        }
        return {
            f"condition_{number}_{part}": Column(
                *names, widget=widget, read=of_condition(number, part), field=fields.get_field(part)
            )
            for part, (names, widget) in parts.items()
        }

    def most_numbered(self, records: Any) -> int:
        return max((len(opinion.conditions.all()) for opinion in records), default=0)

    def column_of_problem(self, name: str) -> str:
        if name.startswith("criteria."):
            return name.removeprefix("criteria.")
        if name.startswith("conditions"):
            return f"condition_{name.partition('.')[2] or 1}_what"
        return name

    def key_of(self, texts: dict[str, str]) -> str:
        key = super().key_of(texts)
        return f"{key}|{texts.get('number', '').strip()}" if key else ""

    def find(self) -> Any:
        issued = Opinion.objects.filter(referral=self.values["referral"]).exclude(status="draft")
        found = issued.filter(number=self.values["number"]) if "number" in self.values else issued.filter(status="issued")
        return found.prefetch_related("criteria", "conditions").first()

    def criteria(self) -> list[dict[str, Any]]:
        rows = []
        for criterion in words.CRITERIA:
            row = {"criterion": criterion, "value": self.values.get(criterion, "not_assessed")}
            for field in ("reason", *DETAILS.get(criterion, {})):
                if f"{criterion}_{field}" in self.values:
                    row[field] = self.values[f"{criterion}_{field}"]
            rows.append(row)
        return rows

    def conditions(self) -> list[dict[str, Any]]:
        rows = []
        for number in range(1, 100):
            row = {
                part: self.values[name]
                for part in ("what", "owner", "kind", "until")
                if (name := f"condition_{number}_{part}") in self.values
            }
            if any(row.values()):
                rows.append(row)
        return rows

    def add(self) -> Any:
        referral = self.values["referral"]
        said = {name: self.values[name] for name in TEXTS if name in self.values}
        at, post = self.values.get("issued_at"), self.values.get("signatory_post", "")
        if self.values.get("on_behalf_reason") or self.actor is not SYSTEM:
            return issue_on_behalf(
                referral=referral,
                actor=self.actor,
                values=said,
                criteria=self.criteria(),
                conditions=self.conditions(),
                post=post,
                reason=self.values.get("on_behalf_reason", ""),
                witness=self.values.get("on_behalf_witness", ""),
                at=at,
            )
        in_force = Opinion.objects.filter(referral=referral, status="issued").first()
        if Opinion.objects.filter(referral=referral, status="draft").exists():
            raise CellError(_("The body is drafting an opinion on this referral."), _("Issue or discard that draft first."))
        if in_force is not None and in_force.verdict != "more_information":
            opinion = supersede(opinion=in_force, actor=SYSTEM, reason=self.values.get("supersede_reason", ""), at=at)
        else:
            opinion = start_opinion(referral=referral, actor=SYSTEM, at=at)
        if self.values.get("number", opinion.number) != opinion.number:
            raise CellError(_("The next opinion on this referral has the number %(number)s.") % {"number": opinion.number})
        save_draft(opinion=opinion, actor=SYSTEM, values=said, criteria=self.criteria(), conditions=self.conditions(), at=at)
        issue(opinion=opinion, actor=SYSTEM, post=post, at=at)
        return opinion

    def change(self, record: Any, changes: dict[str, Any]) -> Any:
        raise written_elsewhere([self.header_of(name) or name for name in changes])

    def records(self) -> Any:
        return (
            super()
            .records()
            .exclude(status="draft")
            .select_related("referral__version__proposal__edition", "refer_to")
            .prefetch_related("criteria", "conditions")
            .order_by("referral", "number")
        )
