"""Antecedents and proposals."""

from __future__ import annotations

from typing import Any

from django.db.models.functions import Upper
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export.widgets import Widget

from core.imports.cells import Many, Number, PartlyKnownDay, Reference, Words
from core.imports.columns import Column
from core.imports.problems import CellError
from core.imports.registry import register
from core.imports.resource import grouped
from forum.models import Agency, Organization, Participation, WorkingTable
from forum.resources.base import STATE, AreaCode, OfEditionResource, OrganizersResource, edition_column, edition_of_row
from forum.resources.words import SOURCE
from proposals.models import Antecedent, Proposal, Recommendation
from proposals.resources import words
from proposals.workflow import create_proposal, edit_proposal
from proposals.workflow.proposal import LINKS


@register
class AntecedentResource(OrganizersResource):
    """`antecedentes.csv`: earlier forums and documents."""

    kind = "antecedents"
    position = 3
    examples = {"key": "cumbre-2007", "name_es": "Cumbre de muestra", "name_en": "Sample summit", "url": "https://example.org"}

    class Meta:
        model = Antecedent

    key = Column("clave", "key", needed=True)
    name_es = Column("nombre_es", "name_es")
    name_en = Column("nombre_en", "name_en")
    starts_on = Column("inicio", "start", "starts_on", widget=PartlyKnownDay(), show=lambda a: (a.starts_on, a.starts_precision))
    ends_on = Column("fin", "end", "ends_on", widget=PartlyKnownDay(), show=lambda a: (a.ends_on, a.ends_precision))
    place = Column("lugar", "place")
    url = Column("direccion_web", "url", "sitio")
    source = Column("fuente", "source", widget=Words(SOURCE))
    starts_precision = Column(hidden=True)
    ends_precision = Column(hidden=True)

    def complete(self) -> None:
        for name, precision in (("starts_on", "starts_precision"), ("ends_on", "ends_precision")):
            if self.values.get(name) is not None:
                self.values[name], self.values[precision] = self.values[name]


class TableNumber(Widget):
    """A working table by its number in the edition of the row."""

    says = gettext_lazy("The number of a working table.")
    example = "1"
    numeric = True

    def clean(self, value: str, row: Any = None, resource: Any = None, **kwargs: Any) -> WorkingTable:
        number = Number(999).clean(value)
        edition = resource.edition_of_row()
        place = ("tables", edition.pk)
        tables = resource.cache.get(place)
        if tables is None:
            tables = resource.cache[place] = {table.number: table for table in edition.tables.all()}
        if number not in tables:
            raise CellError(
                _("“%(edition)s” has no working table %(number)s.") % {"edition": edition.slug, "number": number},
                _("Tables: %(numbers)s. Correct it, or import it first (tables).")
                % {"numbers": ", ".join(map(str, sorted(tables))) or _("none")},
            )
        return tables[number]  # type: ignore[no-any-return]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else str(value.number)


@register
class ProposalResource(OfEditionResource):
    """`propuestas.csv`. They arrive as drafts: submitting is a step, taken in the application. The folio is honoured."""

    kind = "proposals"
    position = 8
    gathers = True
    identity = ("folio",)
    examples = {
        "folio": "FM1-01",
        "title_es": "Propuesta de muestra",
        "title_en": "Sample proposal",
        "petition_es": "Que se haga algo de muestra.",
    }

    class Meta:
        model = Proposal

    edition = edition_column()
    folio = Column("folio", "folio", needed=True)
    table = Column("mesa", "table", widget=TableNumber())
    topic = Column("tema", "topic")
    title_es = Column("titulo_es", "title_es")
    title_en = Column("titulo_en", "title_en")
    problem_es = Column("problema_es", "problem_es")
    problem_en = Column("problema_en", "problem_en")
    petition_es = Column("peticion_es", "petition_es")
    petition_en = Column("peticion_en", "petition_en")
    expected_result_es = Column("resultado_esperado_es", "expected_result_es")
    expected_result_en = Column("resultado_esperado_en", "expected_result_en")
    policy_moment = Column("momento_de_politica", "policy_moment", widget=Words(words.POLICY_MOMENT))
    addressees = Column(
        "dependencias", "addressees", "agencies", widget=Many(Reference(Agency, kind="agencies", also=("acronym",)))
    )
    antecedents = Column("antecedentes", "antecedents", widget=Many(Reference(Antecedent, kind="antecedents")))
    recommendations = Column("recomendaciones", "recommendations", widget=Many(Reference(Recommendation)))
    proponents = Column("proponentes", "proponents", widget=Many(Reference(Organization, kind="organizations")))
    speakers = Column("voceros", "speakers", widget=Many(Reference(Participation, kind="participants", scope=edition_of_row)))
    states = Column("entidades_inegi", "states_inegi", "states", "entidades", widget=Many(AreaCode(*STATE)))
    source = Column("fuente", "source", widget=Words(SOURCE))
    status = Column("estatus", "status", widget=Words(words.PROPOSAL_STATUS), informative=True)
    version_number = Column("version", "version", informative=True)
    reading = Column("lectura_de_conjunto", "overall_reading", widget=Words(words.READING), informative=True)

    def look_for(self, chunk: list[tuple[Any, ...]]) -> list[Any]:
        folios = {str(values["folio"]).upper() for _row, values, _written in chunk}
        records = Proposal.objects.alias(upper=Upper("folio")).filter(upper__in=sorted(folios)).order_by("pk")
        found = list(self.locking(records.select_related("edition", "table").prefetch_related(*LINKS)))
        self.found = grouped((record.folio.upper(), record) for record in found)
        return found

    def find(self) -> Any:
        found = OrganizersResource.find(self)
        if found is not None and found.edition_id != self.values["edition"].pk:
            raise CellError(
                _("Proposal %(folio)s belongs to the edition “%(edition)s”.")
                % {"folio": found.folio, "edition": found.edition.slug},
                _("Say so in the column “foro”, or with --edition."),
            )
        return found

    def add(self) -> Any:
        plain, many = self.split(self.values)
        return create_proposal(edition=plain.pop("edition"), actor=self.actor, values=plain, **many)

    def change(self, record: Any, changes: dict[str, Any]) -> Any:
        if "source" in changes:
            raise CellError(
                _("Where a proposal comes from is said when it is entered; it was entered as “%(source)s”.")
                % {"source": Words(SOURCE).render(record.source)},
                _("Write that, or leave the cell empty."),
            )
        plain, many = self.split(changes)
        edit_proposal(proposal=record, actor=self.actor, values=plain, links=many)
        return record

    def records(self) -> Any:
        return (
            super()
            .records()
            .select_related("edition", "table")
            .prefetch_related("addressees", "antecedents", "recommendations", "proponents", "speakers", "states")
        )
