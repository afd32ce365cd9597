"""Agreements with their parties and clauses. They arrive as drafts; opening and signing are steps of the application."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from agreements.models import Agreement, Clause
from agreements.resources import words
from agreements.workflow import create_agreement, edit_agreement
from core.imports.cells import Day, Many, Moment, Reference, Words
from core.imports.columns import Column
from core.imports.problems import CellError
from core.imports.registry import register
from forum.models import Agency, Organization, Participation
from forum.resources.base import BodyReference, OfEditionResource, OrganizersResource, edition_column, edition_of_row
from forum.resources.words import SOURCE
from proposals.models import Opinion, Proposal

#: Column of parties → (their role, their side).
PARTIES = {
    "organizations": ("signatory", "organization"),
    "agencies": ("signatory", "agency"),
    "witnesses": ("witness", ""),
    "guarantors": ("guarantor", ""),
}
OWN = ("title_es", "title_en", "background_es", "background_en", "topic", "place", "dated_on", "source")
MOST_CLAUSES = 99


def parties_as(column: str) -> Any:
    """How to read the bodies of one column from an agreement."""
    role, side = PARTIES[column]

    def read(agreement: Agreement) -> list[Any]:
        return [
            party.body
            for party in agreement.parties.all()
            if party.role == role and (not side or getattr(party, f"{side}_id") is not None)
        ]

    return read


def shown_version(agreement: Agreement) -> Any:
    """The version in force, else the newest one."""
    versions = list(agreement.versions.all())
    return next((v for v in versions if v.number == agreement.version_number), versions[-1] if versions else None)


def clauses_of(agreement: Agreement) -> list[Clause]:
    version = shown_version(agreement)
    return sorted(version.clauses.all(), key=lambda clause: clause.number) if version is not None else []


def of_clause(number: int, part: str) -> Any:
    def read(agreement: Agreement) -> Any:
        clauses = clauses_of(agreement)
        if number > len(clauses):
            return [] if part == "opinions" else ""
        value = getattr(clauses[number - 1], part)
        return list(value.all()) if part == "opinions" else value

    return read


@register
class AgreementResource(OfEditionResource):
    kind = "agreements"
    position = 11
    identity = ("folio",)
    examples = {"folio": "FM1-A-01", "title_es": "Acuerdo de muestra", "title_en": "Sample agreement"}

    class Meta:
        model = Agreement

    edition = edition_column()
    folio = Column("folio", "folio", needed=True)
    title_es = Column("titulo_es", "title_es")
    title_en = Column("titulo_en", "title_en")
    background_es = Column("antecedentes_es", "background_es")
    background_en = Column("antecedentes_en", "background_en")
    topic = Column("tema", "topic")
    place = Column("lugar", "place")
    dated_on = Column("fecha", "date", "dated_on", widget=Day())
    proposals = Column("propuestas", "proposals", widget=Many(Reference(Proposal, kind="proposals")))
    opinions = Column("dictamenes", "opinions", widget=Many(Reference(Opinion, kind="opinions")))
    organizations = Column(
        "organizaciones",
        "organizations",
        widget=Many(Reference(Organization, kind="organizations")),
        read=parties_as("organizations"),
    )
    agencies = Column(
        "dependencias",
        "agencies",
        widget=Many(Reference(Agency, kind="agencies", also=("acronym",))),
        read=parties_as("agencies"),
    )
    witnesses = Column("testigos", "witnesses", widget=Many(BodyReference()), read=parties_as("witnesses"))
    guarantors = Column("garantes", "guarantors", widget=Many(BodyReference()), read=parties_as("guarantors"))
    representatives = Column(
        "representantes",
        "representatives",
        widget=Many(Reference(Participation, kind="participants", scope=edition_of_row)),
        read=lambda a: [party.representative for party in a.parties.all() if party.representative is not None],
    )
    source = Column("fuente", "source", widget=Words(SOURCE))
    status = Column("estatus", "status", widget=Words(words.AGREEMENT_STATUS), informative=True)
    version_number = Column("version", "version", informative=True)
    signed_at = Column(
        "suscrito", "signed_at", widget=Moment(None), informative=True, show=lambda a: (a.signed_at, a.edition.time_zone)
    )

    def columns_of_number(self, number: int) -> dict[str, Column]:
        es, en = f"clausula_{number}", f"clause_{number}"
        fields = Clause._meta
        columns = {
            f"clause_{number}_{part}": Column(*names, read=of_clause(number, part), field=fields.get_field(part))
            for part, names in {"text_es": (f"{es}_es", f"{en}_es"), "text_en": (f"{es}_en", f"{en}_en")}.items()
        }
        columns[f"clause_{number}_opinions"] = Column(
            f"{es}_dictamenes",
            f"{en}_opinions",
            widget=Many(Reference(Opinion, kind="opinions")),
            read=of_clause(number, "opinions"),
        )
        return columns

    def most_numbered(self, records: Any) -> int:
        return max((len(clauses_of(agreement)) for agreement in records), default=0)

    def column_of_problem(self, name: str) -> str:
        return {"parties": "organizations", "clauses": "clause_1_text_es"}.get(name, name)

    def find(self) -> Any:
        found = OrganizersResource.find(self)
        if found is not None and found.edition_id != self.values["edition"].pk:
            raise CellError(
                _("Agreement %(folio)s belongs to the edition “%(edition)s”.")
                % {"folio": found.folio, "edition": found.edition.slug},
                _("Say so in the column “foro”, or with --edition."),
            )
        return found

    def given(self, name: str, record: Any) -> list[Any]:
        """The list of the row, else that of the record, else nothing."""
        if name in self.values:
            return list(self.values[name])
        return list(self.fields[name].current(record)) if record is not None else []

    def parties(self, record: Any) -> list[dict[str, Any]]:
        representatives = {(p.organization_id, p.agency_id): p for p in self.given("representatives", record)}
        rows = []
        for name, (role, _side) in PARTIES.items():
            for body in self.given(name, record):
                side = "organization" if isinstance(body, Organization) else "agency"
                place = (body.pk, None) if side == "organization" else (None, body.pk)
                rows.append({side: body, "role": role, "representative": representatives.pop(place, None)})
        if representatives:
            left = ", ".join(participation.key for participation in representatives.values())
            raise CellError(
                _("These representatives come for none of the parties: %(keys)s.") % {"keys": left},
                _("Add their organization or agency to the parties, or leave them out."),
            )
        return rows

    def clauses(self, record: Any) -> list[dict[str, Any]]:
        there = clauses_of(record) if record is not None else []
        rows = []
        for number in range(1, MOST_CLAUSES + 1):
            name = f"clause_{number}"
            if f"{name}_text_es" not in self.values and f"{name}_text_en" not in self.values:
                continue
            clause = there[number - 1] if number <= len(there) else None
            row = {
                "text_es": self.values.get(f"{name}_text_es", clause.text_es if clause else ""),
                "text_en": self.values.get(f"{name}_text_en", clause.text_en if clause else ""),
                "opinions": self.values.get(f"{name}_opinions", list(clause.opinions.all()) if clause else []),
            }
            if any(row.values()):
                rows.append(row)
        return rows

    def add(self) -> Any:
        return create_agreement(
            edition=self.values["edition"],
            actor=self.actor,
            values={name: self.values[name] for name in (*OWN, "folio") if name in self.values},
            proposals=self.values.get("proposals", []),
            opinions=self.values.get("opinions", []),
            parties=self.parties(None),
            clauses=self.clauses(None),
        )

    def change(self, record: Any, changes: dict[str, Any]) -> Any:
        named = set(changes)
        return edit_agreement(
            agreement=record,
            actor=self.actor,
            values={name: changes[name] for name in OWN if name in changes},
            proposals=changes.get("proposals"),
            opinions=changes.get("opinions"),
            parties=self.parties(record) if named & {*PARTIES, "representatives"} else None,
            clauses=self.clauses(record) if any(name.startswith("clause_") for name in named) else None,
        )

    def records(self) -> Any:
        return (
            super()
            .records()
            .select_related("edition")
            .prefetch_related(
                "proposals",
                "opinions",
                "parties__organization",
                "parties__agency",
                "parties__representative",
                "versions__clauses__opinions",
            )
        )
