"""Rules of a record's columns as errors of the field where they can be put right: one rule, one sentence, every door."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError

#: Constraint → the field where a person puts it right.
REPORT_FIELDS = {
    "report_status": "status",
    "report_percent": "percent",
    "report_not_started": "percent",
    "report_fulfilled": "percent",
    "report_in_progress": "percent",
}
VALIDATION_FIELDS = {"validation_outcome": "outcome", "validation_disagrees_with_reason": "comment_es"}
COMMITMENT_FIELDS = {"commitment_dates_in_order": "due_on"}
EXTENSION_FIELDS = {"extension_is_later": "to_on"}
MEETING_FIELDS = {"meeting_times_in_order": "ends_at", "meeting_one_convener": "convening_agency"}


def check_constraints(record: Any, fields: Mapping[str, str]) -> None:
    """The database's own constraints, with their sentences, as errors of fields. Raises ValidationError."""
    errors: dict[str, list[str]] = {}
    for constraint in record._meta.constraints:
        if constraint.name in fields:
            try:
                constraint.validate(type(record), record)
            except ValidationError as error:
                errors.setdefault(fields[constraint.name], []).extend(error.messages)
    if errors:
        raise ValidationError(errors)
