"""The lists of this app as files (`core.public_tables`)."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet

from core.public_tables import PublicTable
from forum.models import Edition


def with_editions(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
    """The editions in which a body took part, as far as this person may read them."""
    places = rows.model._meta.get_field("edition_rows").related_model.objects
    seen = places.filter(edition__in=Edition.objects.visible_to(user).values("pk")).select_related("edition")
    return rows.prefetch_related(Prefetch("edition_rows", seen))


EDITIONS = PublicTable(
    "editions",
    (
        *(
            "slug",
            "name_es",
            "name_en",
            "starts_on",
            "ends_on",
            "inferred",
            "city",
            "venue",
            "time_zone",
            "convener",
            "supporters",
        ),
        *("objective_es", "objective_en", "stage", "intake_closes_on", "review_closes_on", "review_term_days"),
        *("report_cut_off", "source"),
    ),
    lambda rows, _user: rows,
)
ORGANIZATIONS = PublicTable(
    "organizations",
    (
        *("key", "name", "acronym", "type", "state_of_origin", "country", "subdivision", "city", "parent", "edition", "part"),
        *("cluni", "toma_de_nota", "ein", "website", "source"),
    ),
    lambda rows, user: with_editions(rows, user).select_related("state_of_origin", "country", "subdivision", "parent"),
)
AGENCIES = PublicTable(
    "agencies",
    (
        *("key", "acronym", "name_es", "name_en", "level", "parent_acronym", "state", "successor_acronym", "never_answers"),
        *("default_term_days", "website", "edition", "source"),
    ),
    lambda rows, user: with_editions(rows, user).select_related("state"),
)
#: The name by consent, otherwise whom the person represents; post and state of origin only with the name, as on the page.
PARTICIPANTS = PublicTable(
    "participants",
    ("edition", "name", "role", "post", "organization", "agency", "state_of_origin", "source"),
    lambda rows, _user: rows.select_related("edition", "organization", "agency", "person__state_of_origin"),
    show={
        "name": lambda row: row.public_name,
        "post": lambda row: row.post if row.shown_name else "",
        "state_of_origin": lambda row: row.person.state_of_origin if row.shown_name else None,
    },
)
