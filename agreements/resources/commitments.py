"""Commitments, and the progress reports on them (append-only: the same row again is the same report)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export.widgets import Widget

from agreements.models import Agreement, Commitment, Evidence, Party, ProgressReport
from agreements.resources import words
from agreements.workflow import add_commitment, edit_commitment, report
from core.imports.cells import Day, Many, Moment, Number, Percent, Reference, Text, Words, YesNo
from core.imports.columns import ABSENT, Column
from core.imports.problems import CellError
from core.imports.registry import register
from forum.resources.base import STATE, AreaCode, BodyReference, OrganizersResource
from forum.resources.words import SOURCE
from proposals.models import Condition, Proposal
from proposals.resources.referrals import written_elsewhere

OWN = ("text_es", "text_en", "deliverable", "means_of_verification", "starts_on", "due_on", "topic", "source")
LINKS = ("proposals", "conditions", "states")


class ConditionReference(Widget):
    """A condition of an opinion, `FM1-01.1-IFE-D1-C2`."""

    says = gettext_lazy("The key of a condition.")
    example = "FM1-01.1-IFE-D1-C2"

    def clean(self, value: str, row: Any = None, resource: Any = None, **kwargs: Any) -> Condition:
        opinion, mark, number = value.strip().rpartition("-C")
        if mark and number.isascii() and number.isdigit() and len(number) < 5:
            found: Condition | None = (
                resource.visible(Condition).filter(opinion__folio=opinion, number=int(number)).select_related("opinion").first()
            )
            if found is not None:
                return found
        raise CellError(_("There is no condition “%(value)s”.") % {"value": value}, _("Correct it, or import the opinion first."))

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else str(value.public_key)


def party_of(agreement: Agreement, body: Any) -> Party:
    """The party that `body` is in the agreement; raises `CellError`."""
    party = next((party for party in agreement.parties.select_related("organization", "agency") if party.body == body), None)
    if party is None:
        raise CellError(
            _("“%(body)s” is not a party to agreement %(folio)s.") % {"body": body.key, "folio": agreement.folio},
            _("Add it to the agreement first."),
        )
    return party


@register
class CommitmentResource(OrganizersResource):
    kind = "commitments"
    position = 12
    identity = ("agreement", "number")
    examples = {"folio": "FM1-A-01-C1", "text_es": "Compromiso de muestra", "text_en": "Sample commitment"}
    edition_path = "agreement__edition"

    class Meta:
        model = Commitment

    agreement = Column("acuerdo", "agreement", widget=Reference(Agreement, kind="agreements"), needed=True)
    number = Column("numero", "number", widget=Number(999), needed=True)
    folio = Column("folio", "folio", informative=True)
    text_es = Column("texto_es", "text_es")
    text_en = Column("texto_en", "text_en")
    lead = Column(
        "responsable", "responsible", "lead", widget=BodyReference(), read=lambda c: c.lead.body if c.lead is not None else None
    )
    co_responsible = Column(
        "corresponsables",
        "co_responsible",
        widget=Many(BodyReference()),
        read=lambda c: [party.body for party in c.co_responsible.all()],
    )
    deliverable = Column("entregable", "deliverable")
    means_of_verification = Column("medio_de_verificacion", "means_of_verification")
    starts_on = Column("inicio", "starts_on", "start", widget=Day())
    due_on = Column("fecha_compromiso", "due_on", "vence", widget=Day())
    proposals = Column("propuestas", "proposals", widget=Many(Reference(Proposal, kind="proposals")))
    conditions = Column("condiciones", "conditions", widget=Many(ConditionReference()))
    states = Column("entidades_inegi", "states_inegi", "states", "entidades", widget=Many(AreaCode(*STATE)))
    topic = Column("tema", "topic")
    source = Column("fuente", "source", widget=Words(SOURCE))
    original_due_on = Column("fecha_original", "original_due_on", widget=Day(), informative=True)
    reported_status = Column("ultimo_reporte", "last_report", widget=Words(words.REPORT_STATUS), informative=True)

    def find(self) -> Any:
        found = Commitment.objects.filter(agreement=self.values["agreement"], number=self.values["number"])
        return found.select_related("agreement__edition", "lead__organization", "lead__agency").first()

    def lead_of(self, values: dict[str, Any]) -> Party | None:
        body = values.get("lead")
        return party_of(self.values["agreement"], body) if body is not None else None

    def add(self) -> Any:
        agreement = self.values["agreement"]
        return add_commitment(
            agreement=agreement,
            actor=self.actor,
            values={name: self.values[name] for name in (*OWN, "number") if name in self.values},
            lead=self.lead_of(self.values),
            co_responsible=[party_of(agreement, body) for body in self.values.get("co_responsible", [])],
            **{name: self.values.get(name, []) for name in LINKS},
        )

    def change(self, record: Any, changes: dict[str, Any]) -> Any:
        values = {name: changes[name] for name in OWN if name in changes}
        links = {name: changes[name] for name in LINKS if name in changes}
        if "lead" in changes:
            values["lead"] = self.lead_of(changes)
        if "co_responsible" in changes:
            links["co_responsible"] = [party_of(record.agreement, body) for body in changes["co_responsible"]]
        return edit_commitment(commitment=record, actor=self.actor, values=values, links=links)

    def records(self) -> Any:
        return (
            super()
            .records()
            .select_related("agreement", "lead__organization", "lead__agency")
            .prefetch_related(
                "co_responsible__organization", "co_responsible__agency", "proposals", "conditions__opinion", "states"
            )
            .order_by("agreement", "number")
        )


def links_of(filed: ProgressReport) -> list[Evidence]:
    """The links among the evidence of a report; files are not in a table."""
    return sorted((e for e in filed.evidence.all() if e.url and e.validation_id is None), key=lambda e: e.pk)


def of_evidence(number: int, part: str) -> Any:
    def read(filed: ProgressReport) -> Any:
        rows = links_of(filed)
        if number > len(rows):
            return None if part == "dated_on" else True if part == "is_public" else ""
        return getattr(rows[number - 1], part)

    return read


def zone_of(row: Any, resource: Any) -> str:
    commitment = resource.values.get("commitment")
    return str(commitment.agreement.edition.time_zone) if commitment is not None else "America/Mexico_City"


@register
class ReportResource(OrganizersResource):
    """A report is never changed: a row that says something else is a new report. Recorded on behalf of the party."""

    kind = "reports"
    position = 13
    identity = ("commitment", "party", "cut_off", "status")
    examples = {"narrative_es": "Avance de muestra"}
    edition_path = "commitment__agreement__edition"

    class Meta:
        model = ProgressReport

    folio = Column("folio", "folio", informative=True)
    commitment = Column("compromiso", "commitment", widget=Reference(Commitment, kind="commitments"), needed=True)
    party = Column("parte", "party", widget=BodyReference(), needed=True, read=lambda r: r.party.body)
    number = Column("numero", "number", informative=True)
    cut_off = Column("corte", "cut_off", widget=Day(), needed=True)
    status = Column("avance", "status", widget=Words(words.REPORT_STATUS), needed=True)
    percent = Column("porcentaje", "percent", widget=Percent())
    narrative_es = Column("relato_es", "narrative_es")
    narrative_en = Column("relato_en", "narrative_en")
    obstacle = Column("obstaculo", "obstacle")
    reported_at = Column(
        "reportado",
        "reported_at",
        widget=Moment(zone_of),
        empty=ABSENT,
        show=lambda r: (r.reported_at, r.commitment.agreement.edition.time_zone),
    )
    on_behalf_reason = Column("a_nombre_motivo", "on_behalf_reason", empty=ABSENT)
    source = Column("fuente", "source", widget=Words(SOURCE))

    def columns_of_number(self, number: int) -> dict[str, Column]:
        es, en = f"evidencia_{number}", f"evidence_{number}"
        fields = Evidence._meta
        parts: dict[str, tuple[tuple[str, str], Any]] = {
            "title": ((es, en), Text()),
            "url": ((f"{es}_enlace", f"{en}_url"), Text()),
            "dated_on": ((f"{es}_fecha", f"{en}_date"), Day()),
            "is_public": ((f"{es}_publica", f"{en}_public"), YesNo()),
        }
        return {
            f"evidence_{number}_{part}": Column(
                *names, widget=widget, read=of_evidence(number, part), field=fields.get_field(part)
            )
            for part, (names, widget) in parts.items()
        }

    def most_numbered(self, records: Any) -> int:
        return max((len(links_of(filed)) for filed in records), default=0)

    def column_of_problem(self, name: str) -> str:
        return "evidence_1_title" if name == "evidence" else name

    def key_of(self, texts: dict[str, str]) -> str:
        """Everything that a report says: only the very same row twice is a repetition."""
        key = super().key_of(texts)
        said = (texts.get(name, "").strip() for name in ("percent", "narrative_es", "narrative_en", "obstacle"))
        return "|".join([key, *said]) if key else ""

    def find(self) -> Any:
        values = self.values
        agreement = values["commitment"].agreement
        said = {name: values[name] for name in ("percent", "narrative_es", "narrative_en", "obstacle") if name in values}
        same = ProgressReport.objects.filter(
            commitment=values["commitment"], cut_off=values["cut_off"], status=values["status"], **said
        )
        found = next((r for r in same.order_by("number") if r.party_id == party_of(agreement, values["party"]).pk), None)
        return found

    def evidence(self) -> list[dict[str, Any]]:
        rows = []
        for number in range(1, 100):
            row = {
                part: self.values[name]
                for part in ("title", "url", "dated_on", "is_public")
                if (name := f"evidence_{number}_{part}") in self.values
            }
            if row.get("title") or row.get("url"):
                rows.append(row)
        return rows

    def add(self) -> Any:
        values = self.values
        own = ("cut_off", "status", "percent", "narrative_es", "narrative_en", "obstacle", "source")
        return report(
            commitment=values["commitment"],
            party=party_of(values["commitment"].agreement, values["party"]),
            actor=self.actor,
            values={name: values[name] for name in own if name in values},
            evidence=self.evidence(),
            on_behalf_reason=values.get("on_behalf_reason") or _("Recorded from an imported file."),
            at=values.get("reported_at"),
        )

    def change(self, record: Any, changes: dict[str, Any]) -> Any:
        raise written_elsewhere([self.header_of(name) or name for name in changes])

    def records(self) -> Any:
        return (
            super()
            .records()
            .select_related("commitment__agreement__edition", "party__organization", "party__agency")
            .prefetch_related("evidence")
            .order_by("commitment", "number")
        )
