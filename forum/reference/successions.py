"""What became of the agencies of 2011, as far as it is known: `successions.csv`, our own table.

Dates that were not verified are kept as inferred, and the note of each row says so in Spanish and English.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from django.db import transaction

from core.dates import Precision, parse_partial
from forum.models import Agency, Area
from forum.workflow import add_agency_name, add_succession, create_agency

SUCCESSIONS = Path(__file__).with_name("successions.csv")
#: A new name or acronym of the same body, rather than another body.
OWN_NAME = "own_name"


def rows() -> list[dict[str, str]]:
    with SUCCESSIONS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def load_successions(*, actor: Any) -> int:
    """Add what is not there yet for the agencies that are; through the doors. Returns how many rows were new."""
    added = 0
    with transaction.atomic():
        found = rows()
        for row in sorted(found, key=lambda row: bool(row["adscripcion"])):  # parent bodies first
            if row["que_fue"] != OWN_NAME and Agency.objects.filter(key=row["siglas"]).exists():
                successor_of(row, actor)
        for row in found:
            agency = Agency.objects.filter(key=row["siglas"]).first()
            if agency is not None:
                added += add_name(agency, row, actor) if row["que_fue"] == OWN_NAME else follow(agency, row, actor)
    return added


def successor_of(row: dict[str, str], actor: Any) -> Agency:
    """The agency that took over, created when it is not there; a parent body that comes in another row is linked."""
    there = Agency.objects.filter(key=row["siglas_sucesor"]).first()
    if there is not None:
        return there
    return create_agency(
        actor=actor,
        values={
            "key": row["siglas_sucesor"],
            "acronym": row["siglas_sucesor"],
            "name_es": row["nombre_es"],
            "name_en": row["nombre_en"],
            "level": row["nivel"],
            "parent_acronym": row["adscripcion"],
            "parent": Agency.objects.filter(key=row["adscripcion"]).first() if row["adscripcion"] else None,
            "state": Area.objects.get(inegi=row["entidad_inegi"]) if row["entidad_inegi"] else None,
        },
    )


def add_name(agency: Agency, row: dict[str, str], actor: Any) -> int:
    values = {"name_es": row["nombre_es"], "name_en": row["nombre_en"], "acronym": row["siglas_sucesor"]}
    if agency.names.filter(name_es=values["name_es"], acronym=values["acronym"]).exists():
        return 0
    add_agency_name(agency=agency, actor=actor, values=values)
    return 1


def follow(agency: Agency, row: dict[str, str], actor: Any) -> int:
    successor = Agency.objects.get(key=row["siglas_sucesor"])
    if agency.succession.filter(successor=successor).exists():
        return 0
    values: dict[str, Any] = {"kind": row["que_fue"], "note_es": row["nota_es"], "note_en": row["nota_en"]}
    if row["fecha"]:
        values["happened_on"], precision = parse_partial(row["fecha"])
        values["date_precision"] = Precision.INFERRED if precision == Precision.DAY else precision
    add_succession(predecessor=agency, successor=successor, actor=actor, values=values)
    return 1
