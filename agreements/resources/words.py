"""The words of coded cells in Spanish and English: first the one that exports write, then others that are accepted."""

AGREEMENT_STATUS = {
    "draft": ("borrador", "draft"),
    "open": ("abierto a firma", "open for signature"),
    "signed": ("suscrito", "signed"),
    "concluded": ("concluido", "concluded"),
    "void": ("sin efecto", "void"),
}

REPORT_STATUS = {
    "": ("", ""),
    "not_started": ("sin iniciar", "not started"),
    "in_progress": ("en proceso", "in progress"),
    "substantial": ("avance sustancial", "substantial progress"),
    "fulfilled": ("cumplido", "fulfilled"),
    "not_fulfilled": ("incumplido", "not fulfilled"),
    "cancelled": ("cancelado", "cancelled"),
}

LIGHT = {
    "fulfilled": ("cumplido", "fulfilled"),
    "on_time": ("en tiempo", "on time"),
    "due_soon": ("por vencer", "due soon"),
    "late": ("vencido", "late"),
    "no_report": ("sin reporte al corte", "no report since the cut-off"),
    "cancelled": ("cancelado", "cancelled"),
}

MEETING_STATUS = {
    "proposed": ("propuesta", "proposed"),
    "scheduled": ("convocada", "scheduled"),
    "held": ("celebrada", "held"),
    "cancelled": ("cancelada", "cancelled"),
}
