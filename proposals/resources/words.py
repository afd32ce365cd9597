"""The words of coded cells in Spanish and English: first the one that exports write, then others that are accepted."""

POLICY_MOMENT = {
    "making": ("formulación", "making"),
    "carrying_out": ("ejecución", "carrying out"),
    "monitoring": ("seguimiento", "monitoring"),
}

PROPOSAL_STATUS = {
    "draft": ("borrador", "draft"),
    "submitted": ("presentada", "submitted"),
    "returned": ("devuelta", "returned"),
    "in_review": ("en revisión", "in review"),
    "reviewed": ("revisada", "reviewed"),
    "agreed": ("acordada", "agreed"),
    "withdrawn": ("retirada", "withdrawn"),
    "merged": ("acumulada", "merged"),
    "split": ("dividida", "split"),
}

READING = {
    "": ("", ""),
    "waiting": ("en espera", "waiting for answers"),
    "feasible": ("viable", "agreed feasible"),
    "conditional": ("viable con condiciones", "agreed with conditions"),
    "divided": ("dividida", "divided"),
    "not_feasible": ("no viable", "not feasible"),
    "addressed": ("ya atendida", "already addressed"),
    "outside_remit": ("fuera de la competencia de todas", "outside the remit of every body asked"),
}

REFERRAL_STATUS = {
    "pending": ("enviado", "sent"),
    "acknowledged": ("acusado", "acknowledged"),
    "asked": ("en espera de aclaración", "waiting for a clarification"),
    "answered": ("contestado", "answered"),
    "referred_onward": ("turnado a otra instancia", "referred onward"),
    "recalled": ("retirado", "recalled"),
}

OPINION_STATUS = {
    "draft": ("borrador", "draft"),
    "issued": ("emitido", "issued"),
    "superseded": ("sustituido", "superseded"),
}

SOUNDNESS = {
    "yes": ("sí", "yes", "reconoce la pertinencia", "acknowledges the soundness"),
    "no": ("no", "no", "no reconoce la pertinencia", "does not acknowledge the soundness"),
}

VERDICT = {
    "feasible": ("viable", "feasible"),
    "conditional": ("viable con condiciones", "feasible with conditions"),
    "more_information": ("requiere mayor información", "more information needed"),
    "addressed": ("ya atendida por programa vigente", "already addressed by a current programme", "ya atendida"),
    "outside_remit": ("fuera de competencia", "outside remit", "fuera de competencia (se turna)", "outside remit (referred)"),
    "not_feasible": ("no viable", "not feasible"),
}

ASSESSMENT = {
    "favourable": ("favorable", "favourable", "favorable"),
    "reservations": ("con reservas", "with reservations"),
    "unfavourable": ("desfavorable", "unfavourable"),
    "not_applicable": ("no aplica", "not applicable"),
    "not_assessed": ("sin evaluar", "not assessed"),
}

CONDITION_KIND = {
    "legal": ("jurídica", "legal", "jurídico"),
    "budget": ("presupuestal", "budget"),
    "technical": ("técnica", "technical", "técnico"),
    "coordination": ("coordinación", "coordination"),
    "other": ("otra", "other", "otro"),
}

#: Criterion → the names of its column in Spanish and English.
CRITERIA = {
    "legal_remit": ("competencia_legal", "legal_remit"),
    "legal": ("viabilidad_juridica", "legal"),
    "technical": ("viabilidad_tecnica", "technical"),
    "budget": ("viabilidad_presupuestal", "budget"),
    "institutional": ("viabilidad_institucional", "institutional"),
    "timeline": ("temporalidad", "timeline"),
    "impact": ("impacto", "impact"),
    "environmental": ("impacto_ambiental", "environmental"),
}
