"""Agencies, organizations and mirror organizations."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.events import SYSTEM
from core.imports.candidates import Candidate, candidates
from core.imports.cells import Many, Number, PartlyKnownDay, Reference, Words, YesNo
from core.imports.columns import Column
from core.imports.problems import CellError, FileRefused
from core.imports.reader import Table
from core.imports.registry import register
from core.imports.resource import RecordResource
from forum.models import Agency, Edition, MirrorLink, Organization
from forum.resources import words
from forum.resources.base import COUNTRY, STATE, SUBDIVISION, AreaCode, OfEditionResource, OrganizersResource, coarser
from forum.workflow import create_agency, create_organization, edit_agency, edit_organization, join_edition, link_mirror


class InOrder(Many):
    """Like `Many`, but the order counts: the cells of two columns answer to each other."""

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> list[Any]:
        return [self.of.clean(part.strip(), row=row, **kwargs) for part in value.split(";") if part.strip()]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return ";".join(self.of.render(item) for item in value or ())


class BodyResource(OfEditionResource):
    """Bodies that take part in editions. Rows link them to the edition; no row takes a body out of one."""

    def complete(self) -> None:
        editions = self.values.pop("edition", None)
        parts = self.values.pop("part", None) or []
        if not editions:
            empty_cell = "edition" in self.row and not self.edition_key
            editions = [] if empty_cell else [self.edition_of_row()]
        if len(parts) == 1:
            parts = parts * len(editions)
        if parts and len(parts) != len(editions):
            raise CellError(
                _("The row names %(editions)s editions and %(parts)s parts; give one part for each edition.")
                % {"editions": len(editions), "parts": len(parts)}
            )
        self.values["taking_part"] = list(zip(editions, parts or [None] * len(editions), strict=True))

    def key_of(self, texts: dict[str, str]) -> str:
        return RecordResource.key_of(self, texts)

    def find(self) -> Any:
        return OrganizersResource.find(self)

    def goes_with(self, record: Any) -> list[Any]:
        return list(record.edition_rows.all())

    def records(self) -> Any:
        """Bodies are public; an export is not narrowed to the editions of the actor unless one is asked for."""
        records = RecordResource.records(self).prefetch_related("edition_rows__edition")
        return records.filter(editions__slug=self.edition_key) if self.edition_key else records

    def differs(self, name: str, before: Any, after: Any) -> bool:
        if name != "taking_part":
            return super().differs(name, before, after)
        there = dict(before)
        return any(edition not in there or part not in (None, there[edition]) for edition, part in after)

    def join(self, body: Any, places: list[tuple[Edition, str | None]]) -> None:
        for edition, part in places:
            join_edition(edition=edition, body=body, actor=self.actor, **({"part": part} if part else {}))


def alike(model: Any, texts: Iterable[str], visible: Any, values: dict[str, Any]) -> list[Candidate]:
    """Bodies that go by one of these names, each once."""
    found = {each.key: each for text in texts for each in candidates(model, text, visible, values=values)}
    return list(found.values())


def rows_in_editions(body: Any) -> list[Any]:
    return sorted(body.edition_rows.all(), key=lambda row: row.edition.slug)


@register
class AgencyResource(BodyResource):
    """`dependencias.csv`. The key is the acronym unless the file gives one. A parent body that is not among the
    agencies stays as text, and is linked when it is there."""

    kind = "agencies"
    position = 4
    identity = ("key",)
    examples = {"key": "SRE", "acronym": "SRE", "name_es": "Secretaría de Relaciones Exteriores", "calendar": "MX"}
    name_column = "name_es"
    own_names = ("name_es", "name_en", "acronym")
    made_elsewhere = gettext_lazy(
        "A public body that is missing is entered by itself, in the list of public bodies or by a file of them: it needs its "
        "acronym, its level and its calendar, and a second record of one body would split its answers."
    )

    class Meta:
        model = Agency

    key = Column("clave", "key")
    acronym = Column("siglas", "acronym")
    name_es = Column("nombre_es", "name_es")
    name_en = Column("nombre_en", "name_en")
    level = Column("nivel", "level", widget=Words(words.AGENCY_LEVEL))
    parent_acronym = Column("adscripcion", "parent_body", "parent")
    state = Column("entidad_inegi", "state_inegi", "state", "entidad", widget=AreaCode(*STATE))
    successor_acronym = Column("siglas_sucesor", "successor_acronym", "successor")
    never_answers = Column("sin_interlocucion", "never_answers", widget=YesNo())
    default_term_days = Column("plazo_dias", "default_term_days", widget=Number(365))
    calendar = Column("calendario", "calendar")
    website = Column("sitio", "website")
    edition = Column(
        "foro",
        "edition",
        widget=InOrder(Reference(Edition, kind="editions")),
        show=lambda a: [row.edition for row in rows_in_editions(a)],
    )
    source = Column("fuente", "source", widget=Words(words.SOURCE))
    parent = Column(hidden=True)
    taking_part = Column(hidden=True, read=lambda a: [(row.edition, None) for row in a.edition_rows.all()])

    def settle_place(self, table: Table) -> None:
        super().settle_place(table)
        if not {"key", "acronym"} & self.names_given:
            raise FileRefused(
                _("The file needs the column “siglas / acronym”. It has: %(headers)s.") % {"headers": ", ".join(table.headers)}
            )

    def texts(self, table: Table, row: Any) -> dict[str, str]:
        texts = super().texts(table, row)
        if not texts.get("key", "").strip():
            texts["key"] = re.sub(r"[^A-Za-z0-9.-]+", "-", texts.get("acronym", "").strip()).strip("-")
        return texts

    def header_of(self, name: str) -> str:
        return super().header_of(name) or (super().header_of("acronym") if name == "key" else "")

    def complete(self) -> None:
        super().complete()
        if not self.values.get("acronym") and "acronym" not in self.headers.values():
            self.values["acronym"] = self.values["key"]
        if "parent_acronym" in self.values:
            self.values["parent"] = self.parent_of(self.values["parent_acronym"])

    def suspects(self) -> list[Candidate]:
        texts = dict.fromkeys(filter(None, [self.values.get("name_es"), self.values.get("acronym")]))
        return alike(Agency, texts, self.visible(Agency), self.values)

    def parent_of(self, acronym: str) -> Agency | None:
        """The parent body, if it is among the agencies; a row of the file that will bring it is waited for."""
        if not acronym or acronym.casefold() == str(self.values["key"]).casefold():
            return None
        found = Reference(Agency, also=("acronym",)).look_up(acronym, self.row, self)
        if found is None and acronym.casefold() in self.own_keys and not self.last_round:
            raise CellError(_("The parent body comes later in the file."), waits=True)
        return found if isinstance(found, Agency) else None

    def add(self) -> Any:
        places = self.values.pop("taking_part")
        agency = create_agency(actor=self.actor, values=self.values)
        self.join(agency, places)
        return agency

    def change(self, record: Any, changes: dict[str, Any]) -> Any:
        places = changes.pop("taking_part", [])
        edit_agency(agency=record, actor=self.actor, values=changes)
        self.join(record, places)
        return record


@register
class OrganizationResource(BodyResource):
    """`organizaciones.csv`."""

    kind = "organizations"
    position = 5
    examples = {"key": "ORG-01", "name": "Federación de muestra", "city": "Chicago", "website": "https://example.org"}
    name_column = "name"
    own_names = ("name", "acronym")
    key_prefix = "ORG-"
    asked_of_new = "type"

    class Meta:
        model = Organization

    key = Column("clave", "key", needed=True)
    name = Column("nombre", "name")
    acronym = Column("siglas", "acronym")
    type = Column("tipo", "kind", "type", attribute="kind", widget=Words(words.ORGANIZATION_KIND))
    state_of_origin = Column("estado_origen_inegi", "state_of_origin_inegi", "state_of_origin", widget=AreaCode(*STATE))
    country = Column("pais", "country", widget=AreaCode(*COUNTRY))
    subdivision = Column("subdivision_residencia", "residence_subdivision", "subdivision", widget=AreaCode(*SUBDIVISION))
    city = Column("ciudad", "city")
    parent = Column("federacion", "federation", "parent", widget=Reference(Organization, kind="organizations"))
    edition = Column(
        "foro",
        "edition",
        widget=InOrder(Reference(Edition, kind="editions")),
        show=lambda o: [row.edition for row in rows_in_editions(o)],
    )
    part = Column(
        "papel", "part", widget=InOrder(Words(words.ORGANIZATION_PART)), show=lambda o: [row.part for row in rows_in_editions(o)]
    )
    cluni = Column("cluni", "cluni")
    toma_de_nota = Column("toma_de_nota", "toma_de_nota")
    ein = Column("ein", "ein")
    website = Column("sitio", "website")
    source = Column("fuente", "source", widget=Words(words.SOURCE))
    taking_part = Column(hidden=True, read=lambda o: [(row.edition, row.part) for row in o.edition_rows.all()])

    def suspects(self) -> list[Candidate]:
        return alike(Organization, filter(None, [self.values.get("name")]), self.visible(Organization), self.values)

    def model_values(self, values: dict[str, Any]) -> dict[str, Any]:
        return {self.fields[name].attribute: value for name, value in values.items() if name != "taking_part"}

    def add(self) -> Any:
        organization = create_organization(actor=self.actor, values=self.model_values(self.values))
        self.join(organization, self.values["taking_part"])
        return organization

    def change(self, record: Any, changes: dict[str, Any]) -> Any:
        edit_organization(organization=record, actor=self.actor, values=self.model_values(changes))
        self.join(record, changes.get("taking_part", []))
        return record

    def records(self) -> Any:
        return super().records().select_related("state_of_origin", "country", "subdivision", "parent")


@register
class MirrorResource(OrganizersResource):
    """`organizaciones_espejo.csv`: which organization mirrors which."""

    kind = "mirrors"
    examples = {"mirror": "ESP-01"}
    position = 6
    identity = ("organization", "mirror")

    class Meta:
        model = MirrorLink

    organization = Column("organizacion", "organization", widget=Reference(Organization, kind="organizations"), needed=True)
    mirror = Column(
        "organizacion_espejo", "mirror_organization", "mirror", widget=Reference(Organization, kind="organizations"), needed=True
    )
    since = Column("desde", "since", widget=PartlyKnownDay(), show=lambda link: (link.since, link.date_precision))
    until = Column("hasta", "until", widget=PartlyKnownDay(), show=lambda link: (link.until, link.date_precision))
    date_precision = Column(hidden=True)

    def complete(self) -> None:
        precisions = []
        for name in ("since", "until"):
            if self.values.get(name) is not None:
                self.values[name], precision = self.values[name]
                precisions.append(precision)
        if precisions:
            self.values["date_precision"] = coarser(*precisions)

    def find(self) -> Any:
        return MirrorLink.objects.filter(organization=self.values["organization"], mirror=self.values["mirror"]).first()

    def add(self) -> Any:
        values = {name: value for name, value in self.values.items() if name not in self.identity}
        return link_mirror(
            organization=self.values["organization"], mirror=self.values["mirror"], actor=self.actor, values=values
        )

    def change(self, record: Any, changes: dict[str, Any]) -> Any:
        return link_mirror(organization=record.organization, mirror=record.mirror, actor=self.actor, values=changes)

    def visible(self, model: Any) -> Any:
        return model._default_manager.all() if model is MirrorLink or self.actor is SYSTEM else super().visible(model)

    def records(self) -> Any:
        records = MirrorLink.objects.select_related("organization", "mirror").order_by("organization__key", "mirror__key")
        return records.filter(organization__editions__slug=self.edition_key) if self.edition_key else records

    def record_key(self) -> str:
        return f"{self.saved.organization.key}-{self.saved.mirror.key}"
