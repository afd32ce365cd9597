"""What an opinion says: its columns, criteria and conditions while it is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.events import plain
from proposals.checks import FOLLOW_UP, value_in
from proposals.models import Condition, CriterionAssessment, Opinion
from proposals.models.opinions import CriterionAssessmentCriterion, OpinionVerdict
from proposals.workflow.shared import assign

COLUMNS = (
    "soundness",
    "soundness_text",
    "verdict",
    "reasons",
    "legal_basis",
    "programme",
    "programme_evidence",
    "refer_to",
    "questions_text",
    "questions_due_on",
    "signatory_post",
)
CRITERION_COLUMNS = (
    "value",
    "reason",
    "needs_legal_reform",
    "amount",
    "currency",
    "funding_source",
    "fiscal_year",
    "other_bodies",
    "gender_and_inclusion",
)
CONDITION_COLUMNS = ("what", "owner", "kind", "until")


def rows_of(opinion: Opinion, name: str) -> list[dict[str, Any]]:
    """Criteria or conditions of an opinion as plain dicts, for comparing and for the event."""
    columns = ("criterion", *CRITERION_COLUMNS) if name == "criteria" else ("number", *CONDITION_COLUMNS)
    return [{column: plain(getattr(row, column)) for column in columns} for row in getattr(opinion, name).order_by("pk")]


def write_columns(opinion: Opinion, values: Mapping[str, Any], more: Iterable[str] = ()) -> None:
    assign(opinion, values, (*COLUMNS, *more))


def write_criteria(opinion: Opinion, rows: Iterable[Any]) -> None:
    """Write the criteria that are given, each a dict with `criterion`; the others stay. Raises ValidationError by criterion."""
    problems: dict[str, list[str]] = {}
    known = {row.criterion: row for row in CriterionAssessment.objects.filter(opinion=opinion)}
    for given in rows:
        name = str(value_in(given, "criterion") or "")
        if name not in CriterionAssessmentCriterion.values:
            problems[f"criteria.{name}"] = [_("“%(name)s” is not one of the eight criteria.") % {"name": name}]
            continue
        row = known.get(name) or CriterionAssessment(opinion=opinion, criterion=name)
        known[name] = row
        _write_row(row, given, CRITERION_COLUMNS, f"criteria.{name}", problems)
    if problems:
        raise ValidationError(problems)


def write_conditions(opinion: Opinion, rows: Iterable[Any]) -> None:
    """Replace the conditions by those given, numbered from 1. Raises ValidationError by number."""
    problems: dict[str, list[str]] = {}
    Condition.objects.filter(opinion=opinion).delete()
    for number, given in enumerate(rows, start=1):
        _write_row(Condition(opinion=opinion, number=number), given, CONDITION_COLUMNS, f"conditions.{number}", problems)
    if problems:
        raise ValidationError(problems)


def _write_row(row: Any, given: Any, columns: Iterable[str], place: str, problems: dict[str, list[str]]) -> None:
    for column in columns:
        if not isinstance(given, dict) or column in given:
            value = value_in(given, column)
            if value is None and not row._meta.get_field(column).null:
                value = row._meta.get_field(column).get_default()
            setattr(row, column, value)
    try:
        # A draft is kept half written; what an issued opinion needs is said by `proposals.checks.opinion_problems`.
        row.full_clean(exclude={column for column in ("what", "owner") if not getattr(row, column, "-")})
    except ValidationError as error:
        problems[place] = error.messages
    else:
        row.save()


def drop_other_follow_ups(opinion: Opinion) -> None:
    """Empty what belongs to other verdicts: an opinion is issued with the follow-up of its own verdict only."""
    for verdict, columns in FOLLOW_UP.items():
        if opinion.verdict != verdict:
            for column in columns:
                setattr(opinion, column, None if column in ("questions_due_on", "refer_to") else "")
    if opinion.pk and opinion.verdict != OpinionVerdict.CONDITIONAL:
        Condition.objects.filter(opinion=opinion).delete()
