"""The one written table of personal data: field by field, whose it is and who sees it (promise 4).

Each app says in its `privacy.py` what its models hold; the privacy page shows the table, tests hold that it is complete (a field
of a model that holds people and is not in it fails the build) and that every page, file and mail keeps to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.translation import pgettext_lazy


class Audience(models.TextChoices):
    """Who reads a field. `consent` means everybody while the person consents, and the organizers."""

    PUBLIC = "public", pgettext_lazy("who sees a field", "everybody")
    CONSENT = "consent", pgettext_lazy("who sees a field", "everybody, while the person consents")
    ORGANIZER = "organizer", pgettext_lazy("who sees a field", "organizers of the forum")
    ANY_ORGANIZER = "any_organizer", pgettext_lazy("who sees a field", "organizers of any forum")
    ORGANIZATION = "organization", pgettext_lazy("who sees a field", "the own organization")
    BODY = "body", pgettext_lazy("who sees a field", "the own public body")
    PERSON = "person", pgettext_lazy("who sees a field", "the person")
    ADMINISTRATOR = "administrator", pgettext_lazy("who sees a field", "administrators")
    NEVER = "never", pgettext_lazy("who sees a field", "nobody: only the application")


@dataclass(frozen=True)
class Held:
    """Some fields of one model that hold the same: what, whose, who sees it, and a condition in words."""

    model: str
    fields: tuple[str, ...]
    what: Any
    whose: Any
    seen_by: tuple[Audience, ...]
    note: Any = ""

    @property
    def audience_words(self) -> list[str]:
        return [str(each.label) for each in self.seen_by]

    @property
    def field_words(self) -> list[str]:
        """The fields by their own names, for the detailed table."""
        model = apps.get_model(self.model)
        return [str(model._meta.get_field(name).verbose_name) for name in self.fields]

    @property
    def model_words(self) -> str:
        return str(apps.get_model(self.model)._meta.verbose_name)


@dataclass(frozen=True)
class Tie:
    """By which `column` a row of `model` is somebody's: a relation to what stands for a person, a confirmed address, or the row
    itself (`pk`).

    A row *about* the person holds what the table says of the model, and `columns` beside; one that the person `wrote` only its
    `columns`. `leave`: what is never handed out, since it opens something or is no word about the person; `only`: a further
    condition; `own_only`: the person alone takes it along, since it tells of work in many places; `called`: words for the rows
    where their model, of a library or of a mere link, has none in the reader's language.
    """

    model: str
    column: str
    columns: tuple[str, ...] = ()
    wrote: bool = False
    leave: tuple[str, ...] = ()
    only: models.Q | None = None
    own_only: bool = False
    called: Any = ""

    def holds(self, row: Held) -> bool:
        """Whether this row of the table says who may know of the tie."""
        return self.column in ("pk", *row.fields)


_held: list[Held] = []
_ties: list[Tie] = []
#: Label → fields that hold nothing about a person, of models whose every field has to be accounted for.
_nothing: dict[str, frozenset[str]] = {}
#: Labels of what stands for a person: a relation to one of these is personal data.
_people: set[str] = set()

#: Columns of every record that say nothing about anybody.
COMMON = frozenset({"id", "source", "created_at", "updated_at", "revision", "key"})
#: Names of text columns that hold people wherever they occur.
NAMES_OF_PEOPLE = re.compile(r"witness|signator|(^|_)post$|acting_label|accepted_by|e?mail|phone|address$|^ip$|user_agent|person")


def people(*labels: str) -> None:
    """Models that stand for a person."""
    _people.update(label.lower() for label in labels)


def holds(
    model: str,
    *rows: tuple[Iterable[str], Any, Any, Iterable[Audience]] | tuple[Iterable[str], Any, Any, Iterable[Audience], Any],
) -> None:
    """Say what some fields of a model hold: rows of (fields, what, whose, who sees it[, note])."""
    for fields, what, whose, seen_by, *note in rows:
        row = Held(model.lower(), tuple(fields), what, whose, tuple(seen_by), note[0] if note else "")
        if row not in _held:
            _held.append(row)


def holds_only(model: str, *, nothing: Iterable[str] = ()) -> None:
    """This model is about people: every field of it has to be in the table, or among those that say nothing about anybody."""
    _nothing[model.lower()] = frozenset(nothing)


def about(
    model: str, column: str, *columns: str, leave: Iterable[str] = (), only: models.Q | None = None, called: Any = ""
) -> None:
    """Rows of this model are about whoever stands in the column; `columns` are told beside those of the table."""
    tie(Tie(model.lower(), column, columns, leave=tuple(leave), only=only, called=called))


def wrote(model: str, column: str, *columns: str, own_only: bool = False) -> None:
    """Rows of this model were written by whoever stands in the column; `columns` are what that person wrote or did."""
    tie(Tie(model.lower(), column, columns, wrote=True, own_only=own_only))


def tie(made: Tie) -> None:
    if made not in _ties:
        _ties.append(made)


def ties() -> list[Tie]:
    """By which columns rows are somebody's, in the order of the apps."""
    return list(_ties)


def is_somebody(field: Any) -> bool:
    """Whether a column names a person, an account or a part in a forum."""
    return field.is_relation and field.related_model._meta.label_lower in _people


def says_nothing(model: type[models.Model]) -> frozenset[str]:
    """The columns of a model about people that say nothing about anybody: in which forum, for which body."""
    return _nothing.get(model._meta.label_lower, frozenset())


def untied() -> list[str]:
    """Columns of the table that name somebody and belong to no tie: `app.model.column`."""
    tied = {f"{each.model}.{each.column}" for each in _ties}
    found = []
    for row in _held:
        model = apps.get_model(row.model)
        for name in row.fields:
            field = model._meta.get_field(name)
            if not field.many_to_many and is_somebody(field) and f"{row.model}.{name}" not in tied:
                found.append(f"{row.model}.{name}")
    return found


def table() -> list[Held]:
    """The whole table, in the order of the apps."""
    return list(_held)


def public_rows() -> list[Held]:
    """The table as a reader wants it: rows that say the same of several models are one, without what only the application reads."""
    found: dict[tuple[str, str], Held] = {}
    for row in _held:
        if row.note or row.seen_by != (Audience.NEVER,):
            found.setdefault((str(row.what), str(row.whose)), row)
    return list(found.values())


def declared(model: type[models.Model]) -> frozenset[str]:
    label = model._meta.label_lower
    return frozenset(name for row in _held if row.model == label for name in row.fields)


def must_be_declared(model: type[models.Model]) -> Iterator[str]:
    """The fields of a model for which the table has to say who sees them."""
    label = model._meta.label_lower
    private = getattr(model, "PRIVATE", frozenset())
    for field in model._meta.concrete_fields:
        if label in _nothing:
            personal = field.name not in COMMON and field.name not in _nothing[label]
        else:
            to_person = field.is_relation and field.related_model._meta.label_lower in _people
            text = isinstance(field, (models.CharField, models.TextField)) and NAMES_OF_PEOPLE.search(field.name)
            personal = (
                to_person or bool(text) or field.name in private or isinstance(field, (models.EmailField, models.FileField))
            )
        if personal:
            yield field.name


def undeclared() -> list[str]:
    """Fields that hold people and are in no row of the table: `app.model.field`."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        said = declared(model)
        found += [f"{model._meta.label_lower}.{name}" for name in must_be_declared(model) if name not in said]
    return found


def unknown() -> list[str]:
    """Rows of the table about fields that do not exist."""
    found = []
    for row in _held:
        names = {field.name for field in apps.get_model(row.model)._meta.get_fields()}
        found += [f"{row.model}.{name}" for name in row.fields if name not in names]
    for label, nothing in _nothing.items():
        names = {field.name for field in apps.get_model(label)._meta.get_fields()}
        found += [f"{label}.{name}" for name in nothing if name not in names]
    return found
