"""The words of coded cells in Spanish and English: first the one that exports write, then others that are accepted."""

SOURCE = {
    "stated": ("documento fundador", "founding document", "stated"),
    "public_page": ("página pública de la red", "public page of the network", "public page"),
    "sample": ("muestra", "sample"),
    "entered": ("capturado", "entered"),
}

STAGE = {
    "preparation": ("preparación", "preparation"),
    "intake": ("recepción", "intake", "recepción de propuestas"),
    "review": ("revisión", "review", "dictaminación"),
    "agreements": ("acuerdos", "agreements"),
    "follow_up": ("seguimiento", "follow-up"),
    "closed": ("cerrada", "closed", "cerrado"),
}

PUBLICATION = {
    "on_issue": ("cada uno al emitirse", "each as soon as it is issued", "al emitirse", "on issue"),
    "together": ("todos juntos", "all released together", "juntos", "together"),
}

ORGANIZATION_KIND = {
    "federation": ("federación", "federation", "confederación", "confederation"),
    "hometown_club": ("club de oriundos", "hometown club", "club"),
    "community": ("organización comunitaria", "community organization"),
    "network": ("red", "network"),
    "mirror": ("organización espejo", "mirror organization", "espejo"),
    "civil_society": ("organización civil", "civil society organization", "sociedad civil", "OSC", "civil society"),
    "academic": ("institución académica", "academic institution", "academia", "academic"),
    "international": ("organización internacional", "international organization"),
    "other": ("otra", "other", "otro"),
}

ORGANIZATION_PART = {
    "convener": ("convocante", "convener"),
    "supporter": ("apoyo", "supporter", "organización coadyuvante", "supporting organization"),
    "participant": ("participante", "participant"),
    "observer": ("observador", "observer", "observador/a", "observadora"),
}

AGENCY_LEVEL = {
    "ministry": ("secretaría federal", "federal ministry", "dependencia federal", "ministry"),
    "deconcentrated": ("federal desconcentrado", "federal deconcentrated body", "órgano desconcentrado"),
    "state_owned": ("federal paraestatal", "federal state-owned entity", "entidad paraestatal"),
    "autonomous": ("organismo autónomo", "autonomous body"),
    "legislature": ("legislativo federal", "federal legislature", "poder legislativo"),
    "state_government": ("gobierno estatal", "state government"),
    "municipality": ("municipio", "municipality", "gobierno municipal"),
    "consulate": ("consulado", "consulate"),
    "foreign": ("extranjero o internacional", "foreign or international", "extranjero", "foreign"),
}

PARTICIPANT_ROLE = {
    "migrant_leader": ("líder migrante", "migrant leader"),
    "official": ("funcionario/a", "official", "funcionario", "funcionaria"),
    "academic": ("académico/a", "academic", "académico", "académica"),
    "civil_society": ("sociedad civil", "civil society"),
    "moderator": ("moderador/a", "moderator", "moderador", "moderadora"),
    "rapporteur": ("relator/a", "rapporteur", "relator", "relatora"),
    "observer": ("observador/a", "observer", "observador", "observadora"),
    "organizer": ("organizador/a", "organizer", "organizador", "organizadora"),
    "special_guest": ("invitado/a especial", "special guest", "invitado especial", "invitada especial"),
}

CAPACITY = {
    "principal": ("titular", "principal"),
    "alternate": ("suplente", "alternate"),
}
