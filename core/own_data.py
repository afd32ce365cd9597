"""What is held about one person, as one JSON file: read along the written table of personal data, and no other description.

The table (`core.privacy`) says which columns hold what and who reads them, and by which column a row is somebody's (`about`,
`wrote`). What belongs to others never comes along: of a row that names several people only this one's part is told, and of who
did something to the data only the function.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from core import privacy
from core.events import plain
from core.models import Event
from core.privacy import Audience, Tie
from core.timeline import action_words, function_words

#: Rows of one kind that one file brings, the newest; it says where there are more.
MOST_ROWS = 10_000
CHUNK = 500


@dataclass(frozen=True)
class Subject:
    """Whose data: `ids` are the rows that stand for the person (label of the model → database ids), `emails` confirmed addresses,
    `keys` the opaque keys under which mails are owed."""

    key: str
    ids: Mapping[str, Collection[int]]
    emails: Collection[str] = ()
    keys: Collection[str] = ()

    def values_in(self, model: Any, column: str) -> Collection[Any]:
        """What stands in a column where a row is this person's."""
        if column == "pk":
            return self.ids.get(model._meta.label_lower, ())
        field = model._meta.get_field(column)
        if field.is_relation:
            return self.ids.get(field.related_model._meta.label_lower, ())
        return self.emails if isinstance(field, models.EmailField) else self.keys


@dataclass(frozen=True)
class Reader:
    """Who takes the file along: `user` for the gate, and what the table grants. `is_subject`: it is the person's own file."""

    user: Any
    audiences: frozenset[Audience]
    is_subject: bool = False

    def may_read(self, row: privacy.Held) -> bool:
        """The person reads whatever anybody reads; others what the table grants them."""
        return set(row.seen_by) != {Audience.NEVER} if self.is_subject else bool(self.audiences & set(row.seen_by))


def lines(subject: Subject, reader: Reader, *, at: dt.datetime, language: str) -> Iterator[str]:
    """The file, a row of data a line; in `language`, whatever is active while it is sent."""
    head = {"made_at": at, "for": subject.key, "kinds_left_out": []}
    with override(language):
        told = [tie for tie in privacy.ties() if may_be_told(tie, reader)]
        head["kinds_left_out"] = sorted({words_of(tie) for tie in privacy.ties() if tie not in told})
        head["note"] = note_for(reader)
        yield f'{dumps(head)[:-1]}, "records": ['
    between = ""
    for tie in told:
        columns = columns_of(tie, reader)
        with override(language):
            opening = f'{between}\n{dumps(group_of(tie, columns))[:-1]}, "rows": ['
        inside, count = "", 0
        for row in rows_of(tie, columns, subject, reader)[: MOST_ROWS + 1].iterator(chunk_size=CHUNK):
            count += 1
            if count > MOST_ROWS:
                break
            yield f"{opening}{inside}\n  {dumps(values_of(row, columns))}"
            opening, inside = "", ","
        if count:
            yield f'\n], "there_are_more": {dumps(count > MOST_ROWS)}}}'
            between = ","
    yield '\n], "what_was_done_with_them": ['
    yield from handled(subject, language)
    yield "\n]}\n"


def dumps(value: Any) -> str:
    return json.dumps(plain(value), ensure_ascii=False)


def note_for(reader: Reader) -> str:
    if reader.is_subject:
        return _(
            "What this site holds about you. The page on privacy says field by field who else reads it and for how long it is kept."
        )
    return _(
        "What this site holds about the person who asked, as far as the desk may read it. Whoever has an account finds the rest in the own file, "
        "on the page “My data”."
    )


def may_be_told(tie: Tie, reader: Reader) -> bool:
    """Whether the reader may know at all that such a row is this person's."""
    if reader.is_subject:
        return True
    held = (row for row in privacy.table() if row.model == tie.model and tie.holds(row))
    return not tie.own_only and any(reader.may_read(row) for row in held)


def words_of(tie: Tie) -> str:
    return str(capfirst(str(tie.called or apps.get_model(tie.model)._meta.verbose_name_plural)))


def columns_of(tie: Tie, reader: Reader) -> list[Any]:
    """The columns that are told of the rows of a tie, in the order of the model: never one that names somebody else."""
    model = apps.get_model(tie.model)
    named = set(tie.columns)
    if not tie.wrote:
        held = (row for row in privacy.table() if row.model == tie.model and reader.may_read(row))
        named |= {name for row in held for name in row.fields} | privacy.says_nothing(model)
    named -= {"key", *tie.leave}
    return [field for field in model._meta.concrete_fields if field.name in named and not privacy.is_somebody(field)]


def label_of(field: Any) -> str:
    """The words for a column; ours where it belongs to a library or to a mere link."""
    known = {
        "created_at": pgettext("own data", "Created"),
        "ip": pgettext("own data", "Address on the network"),
        "last_seen_at": pgettext("own data", "Last seen"),
        "last_used_at": pgettext("own data", "Last used"),
        "proposal": pgettext("own data", "Proposal"),
        "referral": pgettext("own data", "Referral"),
        "shown_name": pgettext("own data", "Name that is shown"),
        "type": pgettext("own data", "Kind"),
        "user_agent": pgettext("own data", "Browser"),
    }
    return known.get(field.name) or str(capfirst(str(field.verbose_name)))


def group_of(tie: Tie, columns: list[Any]) -> dict[str, Any]:
    return {
        "kind": tie.model,
        "name": words_of(tie),
        "how": "written_by_the_person" if tie.wrote else "about_the_person",
        "by": tie.column,
        "columns": {
            field.name: {
                "label": label_of(field),
                **({"values": {str(code): str(words) for code, words in field.flatchoices}} if field.choices else {}),
            }
            for field in columns
        },
    }


def rows_of(tie: Tie, columns: list[Any], subject: Subject, reader: Reader) -> models.QuerySet[Any]:
    """The rows of a tie, newest first; `texts_too` of what was written: whether its texts may still be read."""
    model: Any = apps.get_model(tie.model)
    mine = subject.values_in(model, tie.column)
    asked = Q(**{f"{tie.column}__in": mine}) & (tie.only or Q())
    rows = model._base_manager.filter(asked).order_by("-pk")
    # Without a name `select_related` would follow everything.
    if related := [field.name for field in columns if field.is_relation]:
        rows = rows.select_related(*related)
    if not tie.wrote:
        return rows.annotate(texts_too=models.Value(True))
    if not hasattr(model._default_manager, "visible_to"):
        return rows.annotate(texts_too=models.Value(reader.is_subject))
    readable = model._default_manager.visible_to(reader.user).filter(pk=models.OuterRef("pk"))
    return rows.annotate(texts_too=models.Exists(readable.order_by()))


def values_of(row: Any, columns: list[Any]) -> dict[str, Any]:
    """One row: its public key where it has one, and its columns."""
    found = {"key": row.public_key} if hasattr(row, "public_key") else {}
    return found | {field.name: getattr(row, field.name) for field in columns if row.texts_too or not is_text(field)}


def is_text(field: Any) -> bool:
    return isinstance(field, (models.CharField, models.TextField)) and not field.choices


def handled(subject: Subject, language: str) -> Iterator[str]:
    """What was done with the person's own rows, by whom in function, newest first: changed, opened, taken along."""
    asked = Q()
    for label, ids in subject.ids.items():
        asked |= Q(model=label, record_id__in=list(ids))
    between = ""
    if not asked:
        return
    for event in Event.objects.filter(asked).order_by("-pk")[:MOST_ROWS].iterator(chunk_size=CHUNK):
        with override(language):
            told = {
                "at": event.at,
                "what": action_words(event.action),
                "action": event.action,
                "by": function_words(event.actor_label),
                "record": event.record_key,
            }
        yield f"{between}\n  {dumps(told)}"
        between = ","
