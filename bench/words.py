"""The words that the records of a benchmark hold."""

TEXT = (
    "Las comunidades en el exterior piden que el trámite se haga cerca de donde viven, con requisitos claros y en un plazo "
    "conocido, y que cada dependencia diga por escrito qué puede hacer y con qué recursos. "
) * 4
WORDS = (
    *("voto", "credencial", "salud", "remesas", "educacion", "consulado", "vivienda", "retorno", "derechos", "jornaleros"),
    *("registro", "identidad", "becas", "deporte", "cultura", "seguridad", "transporte", "agua", "mujeres", "jovenes"),
    *("ninez", "lenguas", "empleo", "pensiones", "inversion", "clubes", "ventanilla", "padron", "traduccion", "difusion"),
)
