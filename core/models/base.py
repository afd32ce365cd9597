"""What every record has: a public key, where it comes from, a revision, and columns derived from its text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from core.text import fold, sort_key


class Source(models.TextChoices):
    """How far a record can be trusted (founding/README.md)."""

    STATED = "stated", pgettext_lazy("source of a record", "founding document")
    PUBLIC_PAGE = "public_page", pgettext_lazy("source of a record", "public page of the network")
    SAMPLE = "sample", pgettext_lazy("source of a record", "sample")
    ENTERED = "entered", pgettext_lazy("source of a record", "entered")


_entered_as: ContextVar[str] = ContextVar("entered_as", default=Source.ENTERED.value)


def default_source() -> str:
    """The source of a record that does not say where it comes from."""
    return _entered_as.get()


@contextmanager
def entered_as(source: str) -> Iterator[None]:
    """Within this block new records come from `source` unless they say otherwise: the demo marks all that it invents."""
    token = _entered_as.set(source)
    try:
        yield
    finally:
        _entered_as.reset(token)


class ChoiceConstraint(models.CheckConstraint):
    """One column holds one of a few values. To validate it takes no query: a third of all queries of an import were
    those by which Django asks the database about such a rule. For migrations it is Django's own constraint."""

    def validate(
        self,
        model: type[models.Model],
        instance: models.Model,
        exclude: Iterable[str] | None = None,
        using: str = DEFAULT_DB_ALIAS,
    ) -> None:
        (lookup, values) = self.condition.children[0]
        name = lookup.removesuffix("__in")
        value = getattr(instance, name)
        if name in (exclude or ()) or value is None or value in values:
            return
        raise ValidationError(self.get_violation_error_message(), code=self.violation_error_code)

    def deconstruct(self) -> Any:
        _path, args, kwargs = super().deconstruct()
        return "django.db.models.CheckConstraint", args, kwargs


def choice_constraint(field: str, choices: type[models.TextChoices], name: str, message: Any) -> models.CheckConstraint:
    """`choices` alone constrain nothing: the same rule in the database, with a sentence a person can read."""
    return ChoiceConstraint(condition=models.Q(**{f"{field}__in": choices.values}), name=name, violation_error_message=message)


class Record(models.Model):
    """Base of every record.

    `revision` moves with every change made through a door and is what a form sends back to show that it is not stale.
    """

    source = models.CharField(_("source"), max_length=12, choices=Source.choices, default=default_source)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)
    revision = models.PositiveIntegerField(_("revision"), default=1, editable=False)

    #: Name of the field that holds the public permanent identifier.
    KEY: ClassVar[str] = "key"
    #: Fields whose values never leave by a public surface and are masked in events.
    PRIVATE: ClassVar[frozenset[str]] = frozenset()
    #: Fields folded together into `folded`, where the model has that column.
    FOLDS: ClassVar[tuple[str, ...]] = ()
    #: Field that gives the order, where the model has a `sort` column.
    SORTS: ClassVar[str] = ""

    class Meta:
        abstract = True
        constraints = [
            ChoiceConstraint(
                condition=models.Q(source__in=["stated", "public_page", "sample", "entered"]),
                name="%(app_label)s_%(class)s_source",
                violation_error_message=_("The source is stated, public page, sample or entered."),
            )
        ]

    @property
    def public_key(self) -> str:
        return str(getattr(self, self.KEY))

    @property
    def is_sample(self) -> bool:
        return self.source == Source.SAMPLE

    def refresh_derived(self) -> list[str]:
        """Write the folded and order columns; returns their names."""
        names = []
        if self.FOLDS:
            self.folded = fold(*[str(getattr(self, name) or "") for name in self.FOLDS])
            names.append("folded")
        if self.SORTS:
            self.sort = sort_key(str(getattr(self, self.SORTS) or ""))
            names.append("sort")
        return names

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        derived = self.refresh_derived()
        if update_fields is not None:
            update_fields = {*update_fields, *derived, "updated_at"}
        super().save(*args, update_fields=update_fields, **kwargs)

    def in_language(self, name: str) -> str:
        """The text `name_es` or `name_en` in the reader's language, the other one where only that exists."""
        here = (get_language() or "es")[:2]
        order = ("en", "es") if here == "en" else ("es", "en")
        return next((text for code in order if (text := getattr(self, f"{name}_{code}", ""))), "")

    def language_of(self, name: str) -> str:
        """The code of the language that `in_language` answers in, '' when there is no text."""
        here = (get_language() or "es")[:2]
        order = ("en", "es") if here == "en" else ("es", "en")
        return next((code for code in order if getattr(self, f"{name}_{code}", "")), "")
