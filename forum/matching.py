"""By which names people, organizations and public bodies go, as the field writes them; see `core.imports.candidates`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from core.imports.candidates import Names, Written, register
from core.imports.matching import Vocabulary
from core.text import fold
from forum.models import Agency, Organization, Person

PARTICLES = frozenset(
    [
        "de",
        "del",
        "la",
        "las",
        "los",
        "el",
        "lo",
        "y",
        "e",
        "o",
        "en",
        "a",
        "para",
        "por",
        "con",
        "al",
        "da",
        "do",
        "of",
        "and",
        "the",
        "for",
        "in",
        "at",
        "d",
    ]
)
#: Abbreviation of a state → its name. Left out are those that are a word besides: Sin., Son., Col., Mex., Camp.
STATES = {
    "ags": "aguascalientes",
    "bc": "baja california",
    "bcs": "baja california sur",
    "cdmx": "ciudad mexico",
    "df": "ciudad mexico",
    "chih": "chihuahua",
    "chis": "chiapas",
    "coah": "coahuila",
    "dgo": "durango",
    "edomex": "estado mexico",
    "gro": "guerrero",
    "gto": "guanajuato",
    "hgo": "hidalgo",
    "jal": "jalisco",
    "mich": "michoacan",
    "mor": "morelos",
    "nay": "nayarit",
    "nl": "nuevo leon",
    "oax": "oaxaca",
    "pue": "puebla",
    "qro": "queretaro",
    "slp": "san luis potosi",
    "tab": "tabasco",
    "tamps": "tamaulipas",
    "tlax": "tlaxcala",
    "ver": "veracruz",
    "yuc": "yucatan",
    "zac": "zacatecas",
}
#: Official names and those of 2011 → the short ones; particles are gone by then.
STATE_PHRASES = {
    ("distrito", "federal"): ("ciudad", "mexico"),
    ("michoacan", "ocampo"): ("michoacan",),
    ("veracruz", "ignacio", "llave"): ("veracruz",),
    ("coahuila", "zaragoza"): ("coahuila",),
    ("q", "roo"): ("quintana", "roo"),
}
#: The people of a state, in the first form of each word → its name.
PEOPLES = {
    "hidrocalido": "aguascalientes",
    "bajacaliforniano": "baja california",
    "campechano": "campeche",
    "coahuilense": "coahuila",
    "colimense": "colima",
    "chiapaneco": "chiapas",
    "chihuahuense": "chihuahua",
    "duranguense": "durango",
    "guanajuatense": "guanajuato",
    "guerrerense": "guerrero",
    "hidalguense": "hidalgo",
    "jalisciense": "jalisco",
    "mexiquense": "estado mexico",
    "michoacano": "michoacan",
    "morelense": "morelos",
    "nayarita": "nayarit",
    "oaxaqueno": "oaxaca",
    "poblano": "puebla",
    "queretano": "queretaro",
    "quintanarroense": "quintana roo",
    "potosino": "san luis potosi",
    "sinaloense": "sinaloa",
    "sonorense": "sonora",
    "tabasqueno": "tabasco",
    "tamaulipeco": "tamaulipas",
    "tlaxcalteca": "tlaxcala",
    "veracruzano": "veracruz",
    "yucateco": "yucatan",
    "zacatecano": "zacatecas",
}


def forms_of(word: str) -> tuple[str, ...]:
    """`zacatecano` → also -a, -os, -as; other endings only take their plural."""
    return (word, word[:-1] + "a", word + "s", word[:-1] + "as") if word.endswith("o") else (word, word + "s")


OF_STATES = {**STATES, **{form: state for word, state in PEOPLES.items() for form in forms_of(word)}}

ORGANIZATIONS = Vocabulary(
    silent=PARTICLES | frozenset(("oriundos", "oriundo", "h")),
    stands_for={
        **OF_STATES,
        "fed": "federacion",
        "feder": "federacion",
        "federaciones": "federacion",
        "federation": "federacion",
        "conf": "confederacion",
        "confederation": "confederacion",
        "clubes": "club",
        "clubs": "club",
        "cl": "club",
        "org": "organizacion",
        "orgs": "organizacion",
        "organizaciones": "organizacion",
        "organization": "organizacion",
        "asoc": "asociacion",
        "asociaciones": "asociacion",
        "assn": "asociacion",
        "association": "asociacion",
        "network": "red",
        "redes": "red",
        "fund": "fundacion",
        "foundation": "fundacion",
        "com": "comite",
        "univ": "universidad",
        "university": "universidad",
        "inst": "instituto",
        "institute": "instituto",
        "nal": "nacional",
        "nac": "nacional",
        "intl": "internacional",
        "mex": "mexico",
        "cal": "california",
        "calif": "california",
        "sn": "san",
        "sta": "santa",
        "sto": "santo",
    },
    phrases={
        **STATE_PHRASES,
        ("asociacion", "civil"): ("ac",),
        ("sociedad", "civil"): ("sc",),
        ("institucion", "asistencia", "privada"): ("iap",),
        ("los", "angeles"): ("angeles",),
    },
    kinds=frozenset(
        [
            "federacion",
            "confederacion",
            "club",
            "organizacion",
            "asociacion",
            "union",
            "red",
            "comite",
            "consejo",
            "coalicion",
            "alianza",
            "fraternidad",
            "fundacion",
            "centro",
            "casa",
            "grupo",
            "instituto",
            "universidad",
        ]
    ),
    forms=frozenset(["ac", "sc", "iap", "abp", "inc", "llc", "nfp", "corp"]),
)
AGENCIES = Vocabulary(
    silent=PARTICLES | frozenset(("h", "honorable")),
    stands_for={
        **OF_STATES,
        "sria": "secretaria",
        "sec": "secretaria",
        "secr": "secretaria",
        "ministry": "secretaria",
        "subsria": "subsecretaria",
        "inst": "instituto",
        "institute": "instituto",
        "dir": "direccion",
        "gral": "general",
        "gob": "gobierno",
        "government": "gobierno",
        "com": "comision",
        "commission": "comision",
        "nal": "nacional",
        "nac": "nacional",
        "edo": "estado",
        "mpal": "municipal",
        "cons": "consulado",
        "consulate": "consulado",
        "rel": "relaciones",
        "exts": "exteriores",
        "ext": "exteriores",
        "des": "desarrollo",
        "soc": "social",
        "mex": "mexico",
        "diputadas": "diputados",
        "senadoras": "senadores",
        "mexicanas": "mexicanos",
        "migrantes": "migrante",
    },
    phrases={
        **STATE_PHRASES,
        ("mexicanos", "mexicanos"): ("mexicanos",),
        ("diputados", "diputados"): ("diputados",),
        ("senado", "republica"): ("camara", "senadores"),
    },
    kinds=frozenset(
        [
            "secretaria",
            "subsecretaria",
            "instituto",
            "direccion",
            "gobierno",
            "camara",
            "comision",
            "consejo",
            "consulado",
            "fideicomiso",
            "procuraduria",
            "fiscalia",
            "tribunal",
            "ayuntamiento",
            "municipio",
            "coordinacion",
            "delegacion",
            "embajada",
            "unidad",
            "oficina",
        ]
    ),
    forms=frozenset(("estado",)),
)
PEOPLE = Vocabulary(
    silent=PARTICLES
    | frozenset(
        [
            "lic",
            "dr",
            "dra",
            "ing",
            "mtro",
            "mtra",
            "prof",
            "profa",
            "arq",
            "c",
            "cp",
            "sr",
            "sra",
            "srita",
            "don",
            "dona",
            "mr",
            "mrs",
            "ms",
            "dip",
            "sen",
            "presb",
        ]
    )
    | frozenset(("licenciado", "licenciada", "doctor", "doctora", "ingeniero", "ingeniera", "maestro", "maestra")),
    stands_for={
        "ma": "maria",
        "fco": "francisco",
        "gpe": "guadalupe",
        "rdz": "rodriguez",
        "rguez": "rodriguez",
        "hdz": "hernandez",
        "hdez": "hernandez",
        "gzz": "gonzalez",
        "glez": "gonzalez",
        "gonz": "gonzalez",
        "mtz": "martinez",
        "mtnez": "martinez",
        "fdz": "fernandez",
        "fdez": "fernandez",
        "lpz": "lopez",
        "rmz": "ramirez",
        "gtz": "gutierrez",
        "gtrrez": "gutierrez",
        "vzq": "vazquez",
        "jmz": "jimenez",
        "sn": "san",
        "sta": "santa",
    },
)


def initials(name: str) -> str:
    """`Instituto Nacional Electoral` → `ine`; '' for names of less than three words."""
    words = [word for word in fold(name).split() if word not in PARTICLES]
    return "".join(word[0] for word in words) if len(words) > 2 else ""


class OrganizationNames(Names):
    vocabulary = ORGANIZATIONS
    related = ("names",)

    def names(self, record: Organization) -> Iterable[Written]:
        yield Written(record.name)
        if record.acronym:
            yield Written(record.acronym, "acronym")
        if short := initials(record.name):
            yield Written(short, "initials")
        for row in record.names.all():
            yield Written(row.name, "other")
            if row.acronym:
                yield Written(row.acronym, "other")

    def words(self, record: Organization) -> str:
        return ", ".join(filter(None, [f"{record.name} ({record.acronym})" if record.acronym else record.name, record.city]))

    def why(self, written: Written, record: Any) -> str:
        return why(written)

    def contradicts(self, record: Organization, values: dict[str, Any]) -> bool:
        return differ(record.state_of_origin_id, values.get("state_of_origin"))


class AgencyNames(Names):
    vocabulary = AGENCIES
    related = ("names", "succession__successor", "preceded_by__predecessor")

    def names(self, record: Agency) -> Iterable[Written]:
        yield Written(record.name_es)
        yield Written(record.acronym, "acronym")
        if record.name_en:
            yield Written(record.name_en)
        if fold(record.key) != fold(record.acronym):
            yield Written(record.key, "key")
        for row in record.names.all():
            yield from (Written(text, "other") for text in (row.name_es, row.name_en, row.acronym) if text)
        if record.successor_acronym:
            yield Written(record.successor_acronym, "successor")
        for after in record.succession.all():
            yield from (Written(text, "successor") for text in (after.successor.acronym, after.successor.name_es) if text)
        for before in record.preceded_by.all():
            yield from (Written(text, "predecessor") for text in (before.predecessor.acronym, before.predecessor.name_es) if text)

    def words(self, record: Agency) -> str:
        return f"{record.name} ({record.acronym})"

    def why(self, written: Written, record: Any) -> str:
        return why(written)

    def contradicts(self, record: Agency, values: dict[str, Any]) -> bool:
        return differ(record.state_id, values.get("state"))


class PersonNames(Names):
    """Names of people are private: candidates are only looked for among those that the actor may see."""

    vocabulary = PEOPLE

    def names(self, record: Person) -> Iterable[Written]:
        yield Written(record.name)

    def marks(self, record: Person) -> Iterable[str]:
        return marks_of(record.email)

    def words(self, record: Person) -> str:
        return record.name

    def why_mark(self, mark: str) -> str:
        return _("the e-mail address is the same")


def marks_of(email: Any) -> list[str]:
    return [f"email:{str(email).strip().casefold()}"] if email else []


def why(written: Written) -> str:
    """What a name of a body is to it, where it is not simply its name."""
    sentences = {
        "acronym": _("“%(text)s” is its acronym"),
        "initials": _("“%(text)s” are the initials of its name"),
        "key": _("“%(text)s” is its key"),
        "other": _("“%(text)s” is another name that it bears or bore"),
        "successor": _("its successor is called “%(text)s”"),
        "predecessor": _("its predecessor was called “%(text)s”"),
    }
    return sentences.get(written.how, "") % {"text": written.text} if written.how in sentences else ""


def differ(known: Any, given: Any) -> bool:
    """Whether both say an area, and not the same."""
    return known is not None and given is not None and known != given.pk


def register_names() -> None:
    register(Organization, OrganizationNames())
    register(Agency, AgencyNames())
    register(Person, PersonNames())
