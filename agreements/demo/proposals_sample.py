"""Texts of the proposals of the sample edition, in Spanish and English. All of them are invented and say so."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sample:
    """A proposal of the sample edition; `key` is how the scenes call it."""

    key: str
    table: int
    proponents: tuple[str, ...]
    addressees: tuple[str, ...]
    topic: str
    title: tuple[str, str]
    problem: tuple[str, str]
    petition: tuple[str, str]
    result: tuple[str, str] = ("", "")
    moment: str = "making"
    antecedents: tuple[str, ...] = ()
    states: tuple[str, ...] = ()

    def values(self) -> dict[str, str]:
        """The text columns, each marked as sample in both languages."""
        pairs = {"title": self.title, "problem": self.problem, "petition": self.petition, "expected_result": self.result}
        values = {}
        for name, (es, en) in pairs.items():
            values[f"{name}_es"] = f"Muestra: {es}" if es else ""
            values[f"{name}_en"] = f"Sample: {en}" if en else ""
        return values | {"topic": self.topic, "policy_moment": self.moment}


SAMPLES = [
    Sample(
        "offices",
        1,
        ("ORG-01", "ORG-02"),
        ("INE", "SRE", "IME"),
        "Credencialización",
        ("módulos itinerantes para tramitar la credencial", "travelling offices for the voter card"),
        (
            "quienes viven lejos de un consulado pierden dos días de trabajo para hacer el trámite.",
            "people who live far from a consulate lose two days of work to apply.",
        ),
        (
            "que las jornadas consulares itinerantes incluyan cada mes un módulo de credencialización.",
            "that the travelling consular days include a voter-card office every month.",
        ),
        ("doce jornadas al año en seis estados.", "twelve days a year in six states."),
        moment="carrying_out",
        antecedents=("agenda-mx-2010",),
        states=("MX-ZAC", "MX-MIC"),
    ),
    Sample(
        "fund",
        2,
        ("ORG-15", "ORG-16"),
        ("BIENESTAR", "SADER", "GTO"),
        "Desarrollo local",
        ("fondo de coinversión para proyectos comunitarios", "co-investment fund for community projects"),
        (
            "las remesas colectivas ya no encuentran un programa que las complemente.",
            "collective remittances no longer find a programme that adds to them.",
        ),
        (
            "que se cree un fondo con aportación de migrantes, municipio, estado y federación.",
            "that a fund be created with shares of migrants, municipality, state and federation.",
        ),
        antecedents=("fmmd-2010",),
        states=("MX-GUA", "MX-JAL"),
    ),
    Sample(
        "online",
        1,
        ("ORG-03", "ORG-04"),
        ("CD", "SEN", "INE"),
        "Voto en el exterior",
        ("voto por internet en elecciones locales", "online vote in local elections"),
        (
            "cada entidad decide por separado si se vota desde el exterior, y con qué medio.",
            "each state decides by itself whether one can vote from abroad, and by what means.",
        ),
        (
            "que la ley general fije un piso común para el voto por internet.",
            "that the general law set a common floor for voting online.",
        ),
        antecedents=("cumbre-2007",),
    ),
    Sample(
        "return",
        3,
        ("ORG-05",),
        ("INAMI", "SRE"),
        "Retorno",
        ("ventanilla para familias que regresan", "one-stop desk for families who return"),
        (
            "las familias que regresan recorren cinco oficinas para inscribir a sus hijas e hijos en la escuela.",
            "families who return visit five offices to enrol their children at school.",
        ),
        (
            "que exista una sola ventanilla en los puntos de internación y en las capitales.",
            "that there be a single desk at the points of entry and in the state capitals.",
        ),
        moment="carrying_out",
        states=("MX-OAX",),
    ),
    Sample(
        "training",
        2,
        ("ORG-01", "ORG-07"),
        ("SADER", "SEZAMI"),
        "Proyectos productivos",
        ("capacitación para proyectos productivos a distancia", "distance training for productive projects"),
        (
            "quienes invierten desde fuera no pueden acudir a la capacitación que exigen las reglas.",
            "people who invest from abroad cannot attend the training that the rules demand.",
        ),
        (
            "que la capacitación obligatoria pueda tomarse a distancia y en horario nocturno.",
            "that the compulsory training can be taken online and in the evening.",
        ),
        states=("MX-ZAC",),
    ),
    Sample(
        "free",
        3,
        ("ORG-06",),
        ("SRE", "IME"),
        "Trámites consulares",
        ("gratuidad general de los trámites consulares", "all consular procedures free of charge"),
        (
            "el costo de los trámites pesa más en los hogares de menor ingreso.",
            "the cost of procedures weighs most on poorer households.",
        ),
        ("que todos los trámites consulares sean gratuitos.", "that all consular procedures be free of charge."),
    ),
    Sample(
        "line",
        3,
        ("ORG-08",),
        ("SRE", "IME"),
        "Protección consular",
        ("línea telefónica de orientación las 24 horas", "advice by telephone around the clock"),
        (
            "de noche y en fin de semana no hay a quién llamar.",
            "at night and at weekends there is nobody to call.",
        ),
        (
            "que una línea gratuita oriente a toda hora, también en lenguas indígenas.",
            "that a free line give advice at any hour, also in indigenous languages.",
        ),
        moment="carrying_out",
    ),
    Sample(
        "desk",
        2,
        ("ORG-01", "ORG-02"),
        ("SEZAMI", "SEMIGRANTE"),
        "Atención estatal",
        ("ventanilla estatal única de proyectos migrantes", "single state desk for migrants' projects"),
        (
            "un mismo proyecto se entrega en cuatro oficinas con cuatro formatos.",
            "the same project is handed in at four offices on four forms.",
        ),
        (
            "que cada estado reciba los proyectos en una ventanilla y con un formato.",
            "that each state take projects at one desk and on one form.",
        ),
        moment="carrying_out",
        states=("MX-ZAC", "MX-MIC"),
    ),
    Sample(
        "records",
        1,
        ("ORG-03",),
        ("SRE", "GTO"),
        "Identidad",
        ("actas de nacimiento en un día", "birth certificates within a day"),
        ("la corrección de un acta tarda meses.", "correcting a certificate takes months."),
        (
            "que el consulado y el registro civil corrijan actas en línea.",
            "that consulate and civil registry correct certificates online.",
        ),
        states=("MX-GUA",),
    ),
    Sample(
        "radio",
        3,
        ("ORG-04",),
        ("IME",),
        "Difusión",
        ("espacio semanal en radios comunitarias", "weekly slot on community radio"),
        ("la información oficial no llega por los medios que se escuchan.", "official news misses the stations people hear."),
        ("que se apoye.", "that it be supported."),
    ),
    Sample(
        "women",
        2,
        ("ORG-01",),
        ("BIENESTAR",),
        "Mujeres migrantes",
        ("red de apoyo a mujeres migrantes emprendedoras", "support network for migrant women in business"),
        ("los apoyos piden un domicilio en México.", "support asks for an address in Mexico."),
        ("que el domicilio de la comunidad de origen sea suficiente.", "that the address of the home community suffice."),
    ),
    Sample(
        "abroad",
        1,
        ("ORG-02", "ORG-14"),
        ("INE", "SRE", "IME"),
        "Credencialización",
        ("renovación de la credencial por correo", "renewal of the voter card by mail"),
        (
            "renovar exige la misma visita que tramitar por primera vez.",
            "renewing demands the same visit as applying for the first time.",
        ),
        (
            "que la renovación sin cambios pueda hacerse por correo.",
            "that a renewal without changes can be made by mail.",
        ),
        moment="carrying_out",
        states=("MX-MIC",),
    ),
    Sample(
        "twin",
        2,
        ("ORG-07",),
        ("SEZAMI",),
        "Atención estatal",
        ("formato único de proyectos en Zacatecas", "single form for projects in Zacatecas"),
        ("cada convocatoria pide otro formato.", "every call asks for another form."),
        ("que haya un solo formato.", "that there be a single form."),
        states=("MX-ZAC",),
    ),
    Sample(
        "museum",
        3,
        ("ORG-06",),
        ("IME",),
        "Cultura",
        ("museo itinerante de la migración", "travelling museum of migration"),
        ("la historia de la migración se cuenta poco.", "the history of migration is seldom told."),
        ("que se cree un museo itinerante.", "that a travelling museum be created."),
    ),
]
