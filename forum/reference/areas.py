"""Countries and subdivisions of ISO 3166, from the `pycountry` package; Mexico's entities from our own table.

Names in Spanish are those of the iso-codes translations that pycountry carries. `federal_entities.csv` gives the
INEGI codes (Marco Geoestadístico), the short names in use and the names and codes of 2011.
"""

from __future__ import annotations

import csv
import gettext
from pathlib import Path
from typing import Any

import pycountry

from core.text import fold, sort_key

FEDERAL_ENTITIES = Path(__file__).with_name("federal_entities.csv")


def federal_entities() -> list[dict[str, str]]:
    """The rows of our own table, codes as text."""
    with FEDERAL_ENTITIES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def rows() -> list[dict[str, str]]:
    """Every area as plain columns; `country` is the code of the country it belongs to, '' for a country."""
    spanish_countries = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=["es"])
    spanish_parts = gettext.translation("iso3166-2", pycountry.LOCALES_DIR, languages=["es"])
    found = []
    for country in pycountry.countries:
        common = getattr(country, "common_name", country.name)
        found.append(
            {
                "code": country.alpha_2,
                "kind": "country",
                "country": "",
                "name_es": spanish_countries.gettext(common),
                "name_en": common,
            }
        )
    for part in pycountry.subdivisions:
        if part.country_code == "MX" or part.parent_code:
            continue
        name = part.name.split(" [")[0]
        found.append(
            {
                "code": part.code,
                "kind": "subdivision",
                "country": part.country_code,
                "name_es": spanish_parts.gettext(part.name).split(" [")[0],
                "name_en": name,
            }
        )
    for entity in federal_entities():
        found.append(
            {
                "code": entity["iso_3166_2"],
                "kind": "federal_entity",
                "country": "MX",
                "inegi": entity["inegi"],
                "name_es": entity["nombre_corto"],
                "official_name": entity["nombre_oficial"],
                "abbreviation": entity["abbr_inegi"],
                "name_2011": entity["nombre_2011"],
                "code_2011": entity["iso_2011"],
            }
        )
    return found


def load_areas(model: Any) -> int:
    """Add the areas that are not there yet; `model` is `forum.Area` (also as a migration sees it). Returns how many."""
    known = dict(model.objects.values_list("code", "pk"))
    added = 0
    everything = rows()
    for wanted in (True, False):
        new = []
        for row in everything:
            if (row["country"] == "") is not wanted or row["code"] in known:
                continue
            values = {name: value for name, value in row.items() if name != "country"}
            words = [
                row.get(name, "")
                for name in ("code", "inegi", "name_es", "name_en", "official_name", "abbreviation", "name_2011")
            ]
            new.append(model(**values, country_id=known.get(row["country"]), folded=fold(*words), sort=sort_key(row["name_es"])))
        model.objects.bulk_create(new, batch_size=500)
        added += len(new)
        known = dict(model.objects.values_list("code", "pk"))
    return added
