"""The founding files in the shapes in which people send them."""

import csv
import io
from pathlib import Path

import openpyxl

from agreements.demo.load import FILES, FOUNDING_FILES

COUNTS = {
    "editions": 1,
    "tables": 3,
    "antecedents": 5,
    "agencies": 13,
    "organizations": 27,
    "mirrors": 5,
    "participants": 50,
    "proposals": 10,
}
#: Spanish header → English one.
ENGLISH = {
    "clave": "key",
    "nombre": "name",
    "nombre_es": "name_es",
    "nombre_en": "name_en",
    "inicio": "start",
    "fin": "end",
    "fecha_inferida": "date_inferred",
    "ciudad": "city",
    "zona_horaria": "time_zone",
    "convocante": "convener",
    "apoyo": "supporters",
    "objetivo_es": "objective_es",
    "objetivo_en": "objective_en",
    "fuente": "source",
    "foro": "edition",
    "numero": "number",
    "lugar": "place",
    "siglas": "acronym",
    "nivel": "level",
    "adscripcion": "parent_body",
    "entidad_inegi": "state_inegi",
    "siglas_sucesor": "successor_acronym",
    "tipo": "kind",
    "estado_origen_inegi": "state_of_origin_inegi",
    "pais": "country",
    "subdivision_residencia": "residence_subdivision",
    "federacion": "federation",
    "organizacion": "organization",
    "organizacion_espejo": "mirror_organization",
    "dependencia": "agency",
    "nombre_publico": "name_public",
    "correo": "email",
    "cargo": "post",
    "folio": "folio",
    "mesa": "table",
    "titulo_es": "title_es",
    "titulo_en": "title_en",
    "problema_es": "problem_es",
    "peticion_es": "petition_es",
    "peticion_en": "petition_en",
    "dependencias": "addressees",
    "antecedentes": "antecedents",
    "momento_de_politica": "policy_moment",
    "proponentes": "proponents",
}


def path(kind: str) -> Path:
    return FOUNDING_FILES / FILES[kind]


def table(kind: str) -> list[list[str]]:
    with path(kind).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def as_csv(rows: list[list[str]], *, encoding: str = "utf-8", mark: str = ",", end: str = "\r\n") -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=mark, lineterminator=end).writerows(rows)
    return buffer.getvalue().encode(encoding)


def as_workbook(rows: list[list[str]], *, titled: bool = False) -> bytes:
    """As a spreadsheet program keeps typed-in cells: numbers are numbers, so codes lose their leading zero."""
    book = openpyxl.Workbook()
    if titled:
        book.active.append(["Foro México 2011: relación para captura"])
        book.active.append(["", "", "versión del 1 de marzo"])
        book.active.append([])
    for row in rows:
        book.active.append([int(cell) if cell.isdigit() else cell or None for cell in row])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def in_english(rows: list[list[str]]) -> list[list[str]]:
    # “papel” is the part of an organization and the role of a person.
    papel = "role" if "correo" in rows[0] else "part"
    return [[papel if header == "papel" else ENGLISH[header] for header in rows[0]], *rows[1:]]
