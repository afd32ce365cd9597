"""Editions and their working tables."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from core.dates import Precision
from core.imports.cells import Day, Number, PartlyKnownDay, Reference, Words, YesNo
from core.imports.columns import ABSENT, Column
from core.imports.problems import CellError
from core.imports.registry import register
from forum.models import Edition, Participation, WorkingTable
from forum.resources import words
from forum.resources.base import OfEditionResource, OrganizersResource, YesWithNote, coarser, edition_column, edition_of_row
from forum.workflow import create_edition, create_table, edit_edition, edit_table, set_stage

STAGES = list(Edition.Stage.values)


@register
class EditionResource(OrganizersResource):
    """`foro.csv`. The stage of a new edition is *intake* unless the file says another; later it changes by its door."""

    kind = "editions"
    position = 1
    identity = ("slug",)
    examples = {
        "slug": "foro-mexico-2011",
        "name_es": "Foro de muestra",
        "name_en": "Sample forum",
        "time_zone": "America/Mexico_City",
        "folio_prefix": "FM1",
        "review_term_days": "20",
    }

    class Meta:
        model = Edition

    slug = Column("clave", "key", "slug", needed=True)
    name_es = Column("nombre_es", "name_es")
    name_en = Column("nombre_en", "name_en")
    starts_on = Column("inicio", "start", "starts_on", widget=PartlyKnownDay(), show=lambda e: (e.starts_on, e.date_precision))
    ends_on = Column("fin", "end", "ends_on", widget=PartlyKnownDay(), show=lambda e: (e.ends_on, e.date_precision))
    inferred = Column(
        "fecha_inferida",
        "date_inferred",
        widget=YesWithNote(),
        empty=(False, ""),
        show=lambda e: (e.date_precision == Precision.INFERRED, e.date_note),
    )
    city = Column("ciudad", "city")
    venue = Column("sede", "venue")
    time_zone = Column("zona_horaria", "time_zone")
    convener = Column("convocante", "convener")
    supporters = Column("apoyo", "supporters")
    objective_es = Column("objetivo_es", "objective_es")
    objective_en = Column("objetivo_en", "objective_en")
    series = Column("serie", "series", empty=ABSENT)
    folio_prefix = Column("prefijo_folio", "folio_prefix", empty=ABSENT)
    stage = Column("etapa", "stage", widget=Words(words.STAGE))
    intake_closes_on = Column("cierre_recepcion", "intake_closes_on", widget=Day())
    review_closes_on = Column("cierre_revision", "review_closes_on", widget=Day())
    review_term_days = Column("plazo_dictamen_dias", "review_term_days", widget=Number(365))
    opinion_publication = Column("publicacion_dictamenes", "opinion_publication", widget=Words(words.PUBLICATION))
    own_opinion_first = Column("dictamen_propio_antes", "own_opinion_first", widget=YesNo(), empty=ABSENT)
    report_cut_off = Column("corte_reportes", "report_cut_off", widget=Day())
    source = Column("fuente", "source", widget=Words(words.SOURCE))
    date_precision = Column(hidden=True)
    date_note = Column(hidden=True)

    def complete(self) -> None:
        precisions = []
        for name in ("starts_on", "ends_on"):
            if self.values.get(name) is not None:
                self.values[name], precision = self.values[name]
                precisions.append(precision)
        if "inferred" in self.values:
            is_inferred, self.values["date_note"] = self.values.pop("inferred")
            precisions += [str(Precision.INFERRED)] if is_inferred else []
        if precisions:
            self.values["date_precision"] = coarser(*precisions)

    def add(self) -> Any:
        return create_edition(actor=self.actor, values={"stage": "intake", **self.values})

    def change(self, record: Any, changes: dict[str, Any]) -> Any:
        stage = changes.pop("stage", None)
        if stage is not None and STAGES.index(stage) < STAGES.index(record.stage):
            raise CellError(
                _("The edition is past the stage “%(stage)s”.") % {"stage": Words(words.STAGE).render(stage)},
                _("Going back needs a reason: do it in the application, or leave the cell empty."),
            )
        if changes:
            edit_edition(edition=record, actor=self.actor, values=changes)
        if stage is not None:
            set_stage(edition=record, stage=stage, actor=self.actor)
        return record

    def records(self) -> Any:
        records = self.editions().order_by("pk")
        return records.filter(slug=self.edition_key) if self.edition_key else records


@register
class TableResource(OfEditionResource):
    """`mesas.csv`: working tables by their number in the edition."""

    kind = "tables"
    position = 2
    identity = ("number",)
    examples = {"number": "1", "name_es": "Mesa de muestra", "name_en": "Sample table"}

    class Meta:
        model = WorkingTable

    edition = edition_column()
    number = Column("numero", "number", widget=Number(999), needed=True)
    name_es = Column("nombre_es", "name_es", "tema_es", "theme_es")
    name_en = Column("nombre_en", "name_en", "tema_en", "theme_en")
    moderator = Column(
        "moderador", "moderator", "moderadora", widget=Reference(Participation, kind="participants", scope=edition_of_row)
    )
    rapporteur = Column(
        "relator", "rapporteur", "relatora", widget=Reference(Participation, kind="participants", scope=edition_of_row)
    )
    source = Column("fuente", "source", widget=Words(words.SOURCE))

    def add(self) -> Any:
        return create_table(actor=self.actor, values=self.values)

    def change(self, record: Any, changes: dict[str, Any]) -> Any:
        return edit_table(table=record, actor=self.actor, values=changes)
