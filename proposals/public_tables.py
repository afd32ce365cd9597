"""The lists of this app as files (`core.public_tables`)."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet

from core.public_tables import PublicTable
from proposals.models import Recommendation


def with_links(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
    """What the columns of a proposal read."""
    said = Recommendation.objects.visible_to(user)
    return rows.select_related("edition", "table").prefetch_related(
        "addressees", "antecedents", "proponents", "states", Prefetch("recommendations", said)
    )


#: Without who speaks for it: people appear by consent, on the page.
PROPOSALS = PublicTable(
    "proposals",
    (
        *("edition", "folio", "table", "topic", "title_es", "title_en", "problem_es", "problem_en", "petition_es", "petition_en"),
        *("expected_result_es", "expected_result_en", "policy_moment", "addressees", "antecedents", "recommendations"),
        *("proponents", "states", "source", "status", "version_number", "reading"),
    ),
    with_links,
)
ANTECEDENTS = PublicTable(
    "antecedents",
    ("key", "name_es", "name_en", "starts_on", "ends_on", "place", "url", "source"),
    lambda rows, _user: rows,
)
