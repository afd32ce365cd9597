"""The lists of this app as files (`core.public_tables`)."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet

from agreements.models import Agreement
from agreements.resources import words
from core.imports.cells import Words, YesNo
from core.imports.columns import Column
from core.public_tables import PublicTable
from proposals.models import Condition, Opinion, Proposal


def with_origin(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
    """What the columns of an agreement read: of its origin only what this person may read."""
    return rows.select_related("edition").prefetch_related(
        Prefetch("proposals", Proposal.objects.visible_to(user).order_by("folio")),
        Prefetch("opinions", Opinion.objects.visible_to(user).order_by("folio")),
        *("parties__organization", "parties__agency"),
    )


def with_what_is_owed(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
    """What the columns of a commitment read."""
    return rows.select_related("agreement", "lead__organization", "lead__agency").prefetch_related(
        *("co_responsible__organization", "co_responsible__agency", "states"),
        Prefetch("proposals", Proposal.objects.visible_to(user).order_by("folio")),
        Prefetch("conditions", Condition.objects.visible_to(user).select_related("opinion")),
    )


def with_agreements(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
    """What the columns of a meeting read."""
    return rows.select_related("edition", "convening_organization", "convening_agency").prefetch_related(
        Prefetch("agreements", Agreement.objects.visible_to(user).order_by("folio"))
    )


#: Without the clauses, which are numbered text, and the people who stand for the parties.
AGREEMENTS = PublicTable(
    "agreements",
    (
        *("edition", "folio", "title_es", "title_en", "background_es", "background_en", "topic", "place", "dated_on"),
        *("proposals", "opinions", "organizations", "agencies", "witnesses", "guarantors", "source", "status"),
        *("version_number", "signed_at"),
    ),
    with_origin,
)
#: Rows need `light` (`with_light`).
COMMITMENTS = PublicTable(
    "commitments",
    (
        *("agreement", "number", "folio", "text_es", "text_en", "lead", "co_responsible", "deliverable"),
        *("means_of_verification", "starts_on", "due_on", "proposals", "conditions", "states", "topic", "source"),
        *("original_due_on", "reported_status"),
    ),
    with_what_is_owed,
    more=(
        Column("semaforo", "light", widget=Words(words.LIGHT), read=lambda commitment: commitment.light),
        Column("en_disputa", "disputed", widget=YesNo(), read=lambda commitment: commitment.disputed),
    ),
)
#: Without the link to join, which is for the invited, and without who is invited.
MEETINGS = PublicTable(
    "meetings",
    (
        *("edition", "folio", "agreements", "title_es", "title_en", "time_zone", "starts_at", "ends_at", "place"),
        *("convener", "source", "status"),
    ),
    with_agreements,
)
