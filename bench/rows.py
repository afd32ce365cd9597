"""The files that the benchmark of imports brings in: rows without meaning, as different from one another as those of people."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

WORDS = [
    "voto",
    "credencial",
    "salud",
    "remesas",
    "educación",
    "consulado",
    "vivienda",
    "retorno",
    "derechos",
    "jornaleros",
    "registro",
    "identidad",
    "becas",
]
TEXT = "Las comunidades en el exterior piden que el trámite se haga cerca de donde viven, con requisitos claros y en plazo. " * 3
ROLES = ("migrant_leader", "academic", "civil_society", "observer")
HEADERS = {
    "proposals": ["folio", "mesa", "tema", "titulo_es", "problema_es", "peticion_es", "dependencias", "proponentes", "entidades"],
    "participants": ["clave", "nombre", "papel", "organizacion", "estado_origen_inegi", "correo", "telefono", "cargo"],
}
SYLLABLES = [a + b for a in "bcdfglmnprst" for b in "aeio"]


def name_of(number: int) -> str:
    """A name of three words without meaning, as different from one another as those of as many people."""
    words = []
    for salt in (7919, 104729, 1299709):
        rest = (number * salt + salt) % 48**4
        syllables = ""
        for _each in range(4):
            rest, place = divmod(rest, 48)
            syllables += SYLLABLES[place]
        words.append(syllables.capitalize())
    return " ".join(words)


def rows_of(kind: str, rows: int) -> Iterator[list[str]]:
    for n in range(1, rows + 1):
        word, other, organization = WORDS[n % 13], WORDS[n // 13 % 13], f"ORG-{n % 200 + 1:03}"
        if kind == "proposals":
            title = f"Propuesta de {word} y {other} número {n}"
            yield [
                f"FB-{n}",
                str(n % 5 + 1),
                word,
                title,
                TEXT,
                f"Pedimos {other}. {TEXT}",
                f"A{n % 30 + 1}",
                organization,
                f"{n % 32 + 1:02}",
            ]
        else:
            yield [
                f"LID-{n}",
                name_of(n),
                ROLES[n % 4],
                organization,
                f"{n % 32 + 1:02}",
                f"p{n}@example.org",
                f"555-{n:07}",
                word,
            ]


def write_file(kind: str, rows: int, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADERS[kind], *[]])
        csv.writer(file).writerows(rows_of(kind, rows))
