"""Sample answers of the bodies of 2011 to the ten proposals: (folio, body, verdict, day, reasons, follow-up)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from agreements.demo.stage import condition

D = dt.date
Row = tuple[str, str, str, dt.date, str, dict[str, Any]]

ROWS: list[Row] = [
    ("FM1-01", "SRE", "feasible", D(2011, 4, 5), "las sedes consulares pueden recibir los módulos en días acordados.", {}),
    ("FM1-01", "IME", "feasible", D(2011, 4, 6), "la red de comunidades puede difundir fechas, sedes y requisitos.", {}),
    (
        "FM1-01",
        "IFE",
        "conditional",
        D(2011, 4, 8),
        "la instalación es posible como programa piloto en tres sedes, con personal propio.",
        {
            "conditions": [
                condition("firmar un convenio de uso de espacios consulares.", "SRE", "legal", D(2011, 9, 30)),
                condition("prever el gasto del piloto en el presupuesto de 2012.", "IFE", "budget", D(2011, 12, 15)),
            ],
            "doubts": {"budget": "el gasto del piloto no está previsto en el ejercicio en curso."},
        },
    ),
    ("FM1-02", "CD", "feasible", D(2011, 4, 7), "la comisión puede dictaminar una reforma en el periodo siguiente.", {}),
    ("FM1-02", "SEN", "feasible", D(2011, 4, 11), "hay iniciativas afines que pueden acumularse.", {}),
    (
        "FM1-02",
        "IFE",
        "not_feasible",
        D(2011, 4, 12),
        "sin reforma previa no puede aplicarse otra modalidad que la postal.",
        {
            "legal_basis": "Muestra: la ley electoral entonces vigente solo preveía el voto postal desde el extranjero.",
            "doubts": {"legal": "!se requiere reforma legal.", "technical": "la auditoría del sistema tomaría más de un año."},
        },
    ),
    (
        "FM1-03",
        "IFE",
        "outside_remit",
        D(2011, 4, 4),
        "los requisitos para ser votado no los fija el Instituto.",
        {"refer_to": "CD", "doubts": {"legal_remit": "!es materia del Congreso."}},
    ),
    (
        "FM1-03",
        "CD",
        "not_feasible",
        D(2011, 4, 13),
        "no hay acuerdo para cambiar los requisitos de residencia.",
        {
            "legal_basis": "Muestra: requisitos constitucionales de elegibilidad y de residencia.",
            "doubts": {"legal": "!exige reforma constitucional."},
        },
    ),
    (
        "FM1-03",
        "SEN",
        "not_feasible",
        D(2011, 4, 14),
        "se sugiere presentarla de nuevo con una propuesta de circunscripción.",
        {
            "legal_basis": "Muestra: requisitos constitucionales de elegibilidad y de residencia.",
            "doubts": {"legal": "!exige reforma constitucional."},
        },
    ),
    (
        "FM1-04",
        "CD",
        "conditional",
        D(2011, 4, 11),
        "procede si los congresos locales armonizan sus leyes.",
        {"conditions": [condition("acordar una reforma tipo con los congresos locales.", "CD", "legal")]},
    ),
    ("FM1-04", "SEN", "feasible", D(2011, 4, 12), "la reforma federal puede abrir la posibilidad a cada entidad.", {}),
    ("FM1-04", "IEM-ZAC", "feasible", D(2011, 4, 6), "la entidad cuenta con antecedentes de representación migrante.", {}),
    ("FM1-04", "IM-MICH", "feasible", D(2011, 4, 7), "la entidad ya recibió votos desde el exterior.", {}),
    (
        "FM1-05",
        "INAMI",
        "conditional",
        D(2011, 4, 12),
        "procede con capacitación y protocolos para el personal.",
        {"conditions": [condition("publicar protocolos de atención y capacitar al personal.", "INAMI", "technical")]},
    ),
    ("FM1-05", "SEN", "feasible", D(2011, 4, 5), "la minuta puede recoger el principio de congruencia.", {}),
    ("FM1-05", "CD", "feasible", D(2011, 4, 8), "se incorporará al dictamen de la ley.", {}),
    (
        "FM1-06",
        "SRE",
        "addressed",
        D(2011, 4, 13),
        "la gestión diplomática es permanente y se informa cada año.",
        {
            "programme": "Muestra: gestiones consulares de protección",
            "programme_evidence": "Muestra: informe anual de protección consular, capítulo de repatriaciones.",
        },
    ),
    ("FM1-07", "SRE", "feasible", D(2011, 4, 4), "los consulados pueden sumar actividades culturales conjuntas.", {}),
    ("FM1-07", "IME", "feasible", D(2011, 4, 5), "el Instituto puede coordinar una campaña con las organizaciones.", {}),
    (
        "FM1-08",
        "FIRCO",
        "outside_remit",
        D(2011, 3, 31),
        "el fideicomiso opera programas agropecuarios por encargo.",
        {"refer_to": "SAGARPA", "doubts": {"legal_remit": "!corresponde a la cabeza de sector."}},
    ),
    ("FM1-08", "INDESOL", "feasible", D(2011, 4, 6), "puede abrirse una convocatoria de coinversión para 2012.", {}),
    (
        "FM1-08",
        "SEDESOL",
        "conditional",
        D(2011, 4, 11),
        "procede si las organizaciones aportan una parte y hay mezcla con los estados.",
        {
            "conditions": [condition("acordar con el estado la mezcla de recursos.", "SEDESOL y GTO", "budget", D(2011, 10, 31))],
            "doubts": {"budget": "el monto depende de la mezcla de recursos."},
        },
    ),
    ("FM1-08", "GTO", "feasible", D(2011, 4, 12), "el estado puede aportar la tercera parte.", {}),
    ("FM1-08", "SAGARPA", "feasible", D(2011, 4, 18), "puede orientarse un componente a localidades de origen.", {}),
    ("FM1-09", "SAGARPA", "feasible", D(2011, 4, 7), "hay interés en proyectos productivos con inversión migrante.", {}),
    ("FM1-09", "FIRCO", "feasible", D(2011, 4, 8), "se cuenta con experiencia en riesgo compartido.", {}),
    (
        "FM1-09",
        "SEDESOL",
        "not_feasible",
        D(2011, 4, 13),
        "un programa nuevo duplicaría otro existente.",
        {
            "legal_basis": "Muestra: reglas contra la duplicidad de programas.",
            "doubts": {"institutional": "!duplicaría un programa vigente."},
        },
    ),
    *(
        (
            "FM1-10",
            body,
            "addressed",
            day,
            "las reglas de operación del año ya recogieron observaciones de las organizaciones.",
            {
                "programme": "Muestra: reglas de operación 2011",
                "programme_evidence": "Muestra: versión publicada de las reglas, con el apartado de participación migrante.",
            },
        )
        for body, day in (
            ("SEDESOL", D(2011, 4, 5)),
            ("INDESOL", D(2011, 4, 6)),
            ("SAGARPA", D(2011, 4, 11)),
            ("IEM-ZAC", D(2011, 4, 12)),
        )
    ),
]
#: Reviews that the organizer concluded while a body stayed silent: folio → (day, why).
CONCLUDED = {
    "FM1-04": (D(2011, 5, 20), "Muestra: GTO no contestó; la mesa pidió no esperar más."),
    "FM1-10": (D(2011, 5, 20), "Muestra: IM-MICH no contestó; las demás respuestas coinciden."),
}
