"""What each column of a file is taken for: proposed from its header and from what it holds, then as the organizer says.

A plan is plain data, so that it can be kept with its batch and used again for the next file with the same headers.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from core.imports.cells import Day, Many, Moment, PartlyKnownDay, Percent, Reference, Words
from core.imports.reader import REPORT_PREFIX, Reading, Table
from core.text import clean_line, fold

#: Folded headers, or parts of them, of what is not collected at all (design, section 5) → what it is.
NOT_COLLECTED = {
    "curp": "CURP",
    "rfc": "RFC",
    "clave de elector": "clave de elector",
    "ssn": "SSN",
    "social security": "SSN",
    "seguro social": "NSS",
    "numero a": "A-number",
    "a number": "A-number",
    "alien number": "A-number",
    "estatus migratorio": "estatus migratorio",
    "situacion migratoria": "estatus migratorio",
    "migration status": "migration status",
    "immigration status": "migration status",
    "fecha de nacimiento": "fecha de nacimiento",
    "fecha nacimiento": "fecha de nacimiento",
    "nacimiento": "fecha de nacimiento",
    "birth date": "birth date",
    "birthdate": "birth date",
    "date of birth": "birth date",
    "dob": "birth date",
    "pasaporte": "pasaporte",
    "passport": "passport",
    "visa": "visa",
    "domicilio": "domicilio",
    "home address": "home address",
    "estado de salud": "salud",
    "tipo de sangre": "salud",
    "health": "health",
    "hijos": "hijos",
    "children": "children",
}
#: What stands in a column of them, whatever its header says.
IDENTIFIERS = {
    "CURP": re.compile(r"[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z0-9]\d", re.IGNORECASE),
    "RFC": re.compile(r"[A-ZÑ&]{4}\d{6}[A-Z0-9]{3}", re.IGNORECASE),
    "SSN": re.compile(r"\d{3}-\d{2}-\d{4}"),
    "A-number": re.compile(r"A[- ]?\d{8,9}", re.IGNORECASE),
}
#: Columns that no file ever writes, whatever it is called: only doors do, or nobody.
NEVER = {
    "id",
    "pk",
    "password",
    "contrasena",
    "is superuser",
    "is staff",
    "is active",
    "status",
    "estatus",
    "estado del registro",
}
#: A header that is at least so much like the name of a column is proposed for it.
ALIKE = 0.84
SAMPLE = 300
#: (folded header with other words in it) that people write for the names of our columns.
COMMON = {
    "correo electronico": "correo",
    "e mail": "email",
    "mail": "email",
    "celular": "telefono",
    "tel": "telefono",
    "nombre completo": "nombre",
    "nombre y apellidos": "nombre",
    "full name": "name",
    "organismo": "organizacion",
    "nombre de la organizacion": "nombre",
    "no": "numero",
    "num": "numero",
    "titulo": "titulo_es",
    "title": "title_es",
    "propuesta": "titulo_es",
    "problema": "problema_es",
    "problematica": "problema_es",
    "problem": "problem_es",
    "peticion": "peticion_es",
    "petition": "petition_es",
    "planteamiento": "peticion_es",
    "estado de origen": "estado_origen_inegi",
    "entidad de origen": "estado_origen_inegi",
    "state of origin": "state_of_origin",
    "dependencia responsable": "dependencia",
    "instancia": "dependencia",
    "pagina web": "sitio",
    "web": "website",
}


@dataclass
class Plan:
    """`columns`: header → name of a column, '' for one that is left out; headers that are not in it are proposed for.

    `constants`: column → text for every row; `values`: header → {folded text in the file: text instead};
    `answers`: header → {"dates": dmy or mdy, "percent": percent or fraction}.

    Of one file only, by the number of its row: `decisions` (`new`, `later`, `same KEY`; see `core.imports.settling`) and
    `cells`, {header: text instead}. `orders`: header → how the dates of the file showed that they are to be read.
    """

    columns: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    answers: dict[str, dict[str, str]] = field(default_factory=dict)
    reading: Reading = field(default_factory=Reading)
    decisions: dict[str, str] = field(default_factory=dict)
    cells: dict[str, dict[str, str]] = field(default_factory=dict)
    orders: dict[str, str] = field(default_factory=dict)
    #: Keys of the imports by which new records came in that this file names (`core.imports.entering`).
    entered: list[str] = field(default_factory=list)

    @property
    def named(self) -> set[str]:
        """Our columns for which the file, or what is the same for every row, has texts."""
        return {*self.columns.values(), *self.constants}

    def as_dict(self) -> dict[str, Any]:
        read = {name: getattr(self.reading, name) for name in ("encoding", "delimiter", "sheet", "header_row", "lenient")}
        kept = {
            # Pairs: PostgreSQL does not keep the order of an object's keys.
            "columns": [[header, name] for header, name in self.columns.items()],
            "constants": self.constants,
            "values": self.values,
            "answers": self.answers,
            "reading": {name: value for name, value in read.items() if value},
            "decisions": self.decisions,
            "cells": self.cells,
            "orders": self.orders,
            "entered": self.entered,
        }
        found: dict[str, Any] = storable(kept)
        return found

    @classmethod
    def of(cls, kept: dict[str, Any]) -> Plan:
        return cls(
            {str(header): str(name or "") for header, name in kept.get("columns", [])},
            dict(kept.get("constants", {})),
            {header: dict(found) for header, found in kept.get("values", {}).items()},
            {header: dict(found) for header, found in kept.get("answers", {}).items()},
            Reading.of(kept.get("reading", {})),
            dict(kept.get("decisions", {})),
            {number: dict(found) for number, found in kept.get("cells", {}).items()},
            dict(kept.get("orders", {})),
            [str(key) for key in kept.get("entered", [])],
        )


def storable(value: Any) -> Any:
    """What a page sent, as both databases keep it: PostgreSQL takes no NUL."""
    if isinstance(value, dict):
        return {storable(key): storable(each) for key, each in value.items()}
    if isinstance(value, list):
        return [storable(each) for each in value]
    return value.replace("\x00", "") if isinstance(value, str) else value


def known_names(resource: Any) -> set[str]:
    """Every folded name of a column of the resource: how its header is told from the title rows above."""
    names = {folded for column in resource.fields.values() for folded in column.folded_names()}
    return names | {folded for folded in COMMON if fold(COMMON[folded]) in names}


def propose(resource: Any, table: Table) -> dict[str, str]:
    """Header → name of the column it is taken for, '' where none is meant. A column is proposed once."""
    names = {folded: name for name, column in resource.fields.items() for folded in column.folded_names()}
    found: dict[str, str] = {}
    taken: set[str] = set()
    forbidden = not_collected(table)
    for rule in (exact, common, alike):
        for header in table.headers:
            if header in found or header in forbidden:
                continue
            name = rule(resource, names, fold(header))
            if name and (rule is exact or (name not in taken and not resource.fields[name].informative)):
                found[header] = name
                taken.add(name)
    for header in table.headers:
        if header not in found and header not in forbidden and not fold(header).startswith(REPORT_PREFIX):
            name = by_content(resource, sample_of(table, header), taken)
            if name:
                found[header] = name
                taken.add(name)
    return {header: found.get(header, "") for header in table.headers}


def exact(resource: Any, names: dict[str, str], folded: str) -> str:
    return names.get(folded) or resource.numbered(folded) or ""


def common(resource: Any, names: dict[str, str], folded: str) -> str:
    return names.get(fold(COMMON.get(folded, ""))) or "" if folded not in NEVER else ""


def alike(resource: Any, names: dict[str, str], folded: str) -> str:
    """A header of at least five letters that differs from a name by a slip: `organizaciones` for `organización`."""
    if len(folded) < 5 or folded in NEVER or folded.startswith(REPORT_PREFIX) or re.search(r"\d|\b(es|en)$", folded):
        return ""
    near = difflib.get_close_matches(folded, [name for name in names if len(name) > 4], n=1, cutoff=ALIKE)
    return names[near[0]] if near else ""


def by_content(resource: Any, texts: list[str], taken: set[str]) -> str:
    """The column for texts that can be nothing else: addresses of mail."""
    if len(texts) < 2:
        return ""
    if "email" in resource.fields and "email" not in taken and all(re.fullmatch(r"[^@\s]+@[^@\s]+\.\w+", t) for t in texts):
        return "email"
    return ""


def sample_of(table: Table, header: str) -> list[str]:
    """The filled cells of a column among the first rows."""
    place = table.headers.index(header)
    return [text for row, _number in zip(table.rows, range(SAMPLE), strict=False) if (text := clean_line(row.cells[place]))]


def not_collected(table: Table) -> dict[str, str]:
    """Headers of columns that hold what is not collected at all → what it is."""
    found = {}
    for header in table.headers:
        folded = fold(header)
        words = next((what for part, what in NOT_COLLECTED.items() if folded == part or f" {part} " in f" {folded} "), "")
        if not words and fold(header):
            texts = sample_of(table, header)
            words = next(
                (
                    what
                    for what, pattern in IDENTIFIERS.items()
                    if texts and sum(bool(pattern.fullmatch(text)) for text in texts) * 2 > len(texts)
                ),
                "",
            )
        if words:
            found[header] = words
    return found


@dataclass(frozen=True)
class Question:
    """What the organizer is asked about a column: its header, what is asked, an example, the choices."""

    header: str
    name: str
    example: str
    choices: tuple[tuple[str, str], ...]


def questions(resource: Any, table: Table, plan: Plan) -> list[Question]:
    """Columns whose dates or percents can be read in two ways, each once."""
    found = []
    for header, name in plan.columns.items():
        column = resource.fields.get(name)
        if column is None or header not in table.headers:
            continue
        if isinstance(column.widget, (Day, PartlyKnownDay, Moment)) and not resource.orders.get(name):
            texts = [t for t in sample_of(table, header) if re.match(r"\d{1,2}\s?[-/.]\s?\d{1,2}\s?[-/.]\s?\d{2,4}", t)]
            if texts:
                choices = (("dmy", _("day first (13/03/2011)")), ("mdy", _("month first (03/13/2011)")))
                found.append(Question(header, "dates", texts[0], choices))
        if isinstance(column.widget, Percent):
            texts = [t for t in sample_of(table, header) if re.fullmatch(r"[01]?[.,]\d+", t)]
            if texts:
                choices = (("percent", _("percent (15 is 15 %)")), ("fraction", _("parts of one (0.15 is 15 %)")))
                found.append(Question(header, "percent", texts[0], choices))
    return found


def strange_values(resource: Any, table: Table, plan: Plan, most: int = 12) -> dict[str, list[str]]:
    """Header → the coded texts in its cells that are not known, for columns whose values are a list."""
    found: dict[str, list[str]] = {}
    for header, name in plan.columns.items():
        column = resource.fields.get(name)
        if column is None or column.informative or header not in table.headers:
            continue
        widget = column.widget.of if isinstance(column.widget, Many) else column.widget
        if not isinstance(widget, Words) or isinstance(widget, Reference):
            continue
        strange: dict[str, str] = {}
        for text in sample_of(table, header):
            for part in text.split(";") if column.is_many else [text]:
                if fold(part) and fold(part) not in widget.codes:
                    strange.setdefault(fold(part), part.strip())
        if strange:
            found[header] = list(strange.values())[:most]
    return found


def used_before(kind: str, headers: Iterable[str], actor: Any) -> Plan | None:
    """The plan of the last import of this kind whose file had the same headers and that was taken to its end."""
    from core.models.imports import ImportBatch

    wanted = [fold(header) for header in headers]
    batches = ImportBatch.objects.filter(kind=kind).exclude(plan={}).order_by("-pk")
    if getattr(actor, "pk", None) is not None:
        batches = batches.filter(actor_id=actor.pk)
    for batch in batches[:30]:
        if [fold(header) for header, _name in batch.plan.get("columns", [])] == wanted:
            return replace(Plan.of(batch.plan), decisions={}, cells={}, orders={}, entered=[])
    return None
