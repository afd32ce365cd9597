"""What events keep as codes, keys and dates in ISO 8601, in the reader's words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils import formats, timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.events import MASK

DAY = re.compile(r"\d{4}-\d\d-\d\d")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)")


@dataclass(frozen=True)
class Told:
    """Of which model the rows are that an event tells of, and which of its columns stands there alone."""

    model: str
    column: str = ""


_told: dict[str, Told] = {}


def tells(note: str, model: str, column: str = "") -> None:
    """What events note under this name are rows of `model`; a value that stands there alone is its `column`.

    Reverse relations of the record need no such line: they name their model themselves.
    """
    _told[note] = Told(model, column)


def field_of(model: Any, name: str) -> Any:
    """The column or relation of that name; None without one."""
    try:
        return model._meta.get_field(name) if model is not None else None
    except FieldDoesNotExist:
        return None


def rows_in(note: str, field: Any) -> tuple[Any, Any]:
    """(model, field of a value alone) of what an event tells under a name."""
    told = _told.get(note)
    if told is not None:
        model = apps.get_model(told.model)
        return model, field_of(model, told.column) if told.column else None
    model = field.related_model if field is not None and field.is_relation and not field.concrete else None
    return model, None


def value_words(field: Any, value: Any, note: str = "") -> str:
    """A stored value as a person reads it; '' for nothing. `note`: under which name the event tells it."""
    if value in (None, "", [], {}):
        return ""
    if value == MASK:
        return str(_("(not kept here)"))
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, (list, dict)):
        model, alone = rows_in(note, field)
        return many_words(model, alone, value)
    choices = dict(getattr(field, "flatchoices", None) or ())
    words = choices.get(value)
    if isinstance(words, (str, Promise)):
        return str(words)
    return date_words(field, value) if isinstance(value, str) else str(value)


def many_words(model: Any, alone: Any, value: Any) -> str:
    """A list, or a row by its columns. PostgreSQL does not keep the order of an object's keys."""
    if isinstance(value, list):
        return ", ".join(many_words(model, alone, one) for one in value if one not in (None, ""))
    if not isinstance(value, dict):
        return value_words(alone, value)
    told = []
    for key, inner in sorted(value.items()):
        field = field_of(model, key)
        words = many_words(None, None, inner) if isinstance(inner, (list, dict)) else value_words(field or alone, inner)
        if words:
            told.append(f"{label_of(field, key)}: {words}")
    return "; ".join(told)


def label_of(field: Any, name: str) -> str:
    """The words for a column, or for what an event notes under that name."""
    return str(getattr(field, "verbose_name", None) or noted(name))


def date_words(field: Any, text: str) -> str:
    """A date or a moment as pages show them; any other text, and what somebody typed, as it is."""
    if field is not None and not isinstance(field, models.DateField):
        return text
    if DAY.fullmatch(text) and (day := valid(parse_date, text)):
        return formats.date_format(day, "DATE_FORMAT")
    if MOMENT.fullmatch(text) and (moment := valid(parse_datetime, text)):
        local = timezone.localtime(moment)
        return f"{formats.date_format(local, 'DATETIME_FORMAT')} ({local.tzname()})"
    return text


def valid(parse: Any, text: str) -> Any:
    """What was parsed; None for a day that no calendar has."""
    try:
        return parse(text)
    except ValueError:
        return None


def known_notes() -> dict[str, str]:
    """Words for what an event tells beside the record's own columns: rows of it, and who said so."""
    return {
        "acceptances": pgettext("in the history", "acceptances"),
        "accepted_by": pgettext("in the history", "accepted by"),
        "action_items": pgettext("in the history", "action items"),
        "agenda": pgettext("in the history", "agenda"),
        "answer": pgettext("in the history", "answer"),
        "answers": pgettext("in the history", "answers"),
        "asked_by": pgettext("in the history", "asked by"),
        "attendance": pgettext("in the history", "attendance"),
        "cancellation": pgettext("in the history", "agrees to cancel"),
        "clauses": pgettext("in the history", "clauses"),
        "comments": pgettext("in the history", "comment"),
        "commitments": pgettext("in the history", "commitments"),
        "conditions": pgettext("in the history", "conditions"),
        "criteria": pgettext("in the history", "criteria"),
        "extension_accepted": pgettext("in the history", "extension accepted"),
        "extension_asked": pgettext("in the history", "extension asked for"),
        "extension_declined": pgettext("in the history", "extension declined"),
        "folio": pgettext("in the history", "folio"),
        "from": pgettext("in the history", "from"),
        "invited": pgettext("in the history", "invited"),
        "minutes": pgettext("in the history", "minutes"),
        "opinions": pgettext("in the history", "opinions"),
        "outcome": pgettext("in the history", "outcome"),
        "parties": pgettext("in the history", "parties"),
        "party": pgettext("in the history", "party"),
        "proposals": pgettext("in the history", "proposals"),
        "questions": pgettext("in the history", "questions"),
        "referrals": pgettext("in the history", "referrals"),
        "remarks": pgettext("in the history", "remark"),
        "replies": pgettext("in the history", "answer to a validation"),
        "reports": pgettext("in the history", "report"),
        "sha256": pgettext("in the history", "fingerprint"),
        "side": pgettext("in the history", "side"),
        "slot": pgettext("in the history", "chosen time"),
        "status": pgettext("in the history", "status"),
        "taken_over": pgettext("in the history", "taken over"),
        "to": pgettext("in the history", "to"),
        "validations": pgettext("in the history", "validation"),
        "version": pgettext("in the history", "version"),
        "absent": pgettext("in the history", "absent"),
        "body": pgettext("in the history", "body or organization"),
        "excused": pgettext("in the history", "excused"),
        "present": pgettext("in the history", "present"),
        "part": pgettext("in the history", "part"),
        "role": pgettext("in the history", "role"),
        "reading": pgettext("in the history", "overall reading"),
        "mode": pgettext("in the history", "way of accepting"),
        "mirror": pgettext("in the history", "mirror organization"),
        "name": pgettext("in the history", "name"),
        "post": pgettext("in the history", "post"),
        "how": pgettext("in the history", "how"),
        "edition": pgettext("in the history", "forum"),
        "successor": pgettext("in the history", "successor"),
        "others": pgettext("in the history", "others"),
        "referred_to": pgettext("in the history", "referred to"),
        "presented_again": pgettext("in the history", "presented again as"),
        "proposals_agreed": pgettext("in the history", "proposals agreed"),
    }


def noted(name: str) -> str:
    return known_notes().get(name) or name.replace("_", " ")
