"""Controls that choose among given records by their public keys: bodies, parties, people, opinions.

The records are given once by the page and shared by all rows of a form, so that a row costs no query.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from forum.models import Agency, Organization, Participation


@dataclass
class Options:
    """What can be chosen: `groups` is (words, [(value, label, record)]); words '' for no heading."""

    groups: Sequence[tuple[Any, Sequence[tuple[str, Any, Any]]]] = ()
    by_value: dict[str, Any] = field(init=False)
    values: dict[tuple[type, Any], str] = field(init=False)

    def __post_init__(self) -> None:
        rows = [row for _words, group in self.groups for row in group]
        self.by_value = {value: record for value, _label, record in rows}
        self.values = {(type(record), record.pk): value for value, _label, record in rows}

    def value_of(self, record: Any) -> str:
        """The value that stands for a record; '' when it cannot be chosen."""
        return self.values.get((type(record), getattr(record, "pk", None)), "")

    def choices(self) -> list[tuple[Any, Any]]:
        found: list[tuple[Any, Any]] = []
        for words, group in self.groups:
            pairs = [(value, label) for value, label, _record in group]
            if words and pairs:
                found.append((words, pairs))
            else:
                found += pairs
        return found


def options(records: Iterable[Any], label: Any = str) -> Options:
    """Options without groups, by public key."""
    return Options([("", [(record.public_key, label(record), record) for record in records])])


def body_value(body: Any) -> str:
    """`organization:ORG-01` or `agency:IFE`: a key alone may stand for one of each."""
    return f"{'agency' if isinstance(body, Agency) else 'organization'}:{body.key}"


def body_label(body: Any) -> str:
    short = body.acronym
    return f"{short} · {body}" if short and short != str(body) else str(body)


def bodies(organizations: Iterable[Any], agencies: Iterable[Any]) -> Options:
    """Organizations and public bodies in two groups."""
    return Options(
        [
            (gettext_lazy("Organizations"), [(body_value(each), body_label(each), each) for each in organizations]),
            (gettext_lazy("Public bodies"), [(body_value(each), body_label(each), each) for each in agencies]),
        ]
    )


def bodies_of_edition(edition: Any, *more: Any) -> Options:
    """The bodies that have to do with an edition: those that take part, bring in a proposal or were asked, and those given."""
    has_part = Organization.objects.filter(Q(edition_rows__edition=edition) | Q(proposals__edition=edition))
    was_asked = Agency.objects.filter(
        Q(edition_rows__edition=edition) | Q(proposals__edition=edition) | Q(referrals__version__proposal__edition=edition)
    )
    organizations = {each.pk: each for each in Organization.objects.filter(pk__in=has_part.values("pk")).order_by("sort", "key")}
    agencies = {each.pk: each for each in Agency.objects.filter(pk__in=was_asked.values("pk")).order_by("sort", "key")}
    for body in more:
        (agencies if isinstance(body, Agency) else organizations).setdefault(body.pk, body)
    return bodies(organizations.values(), agencies.values())


def people_of_edition(edition: Any) -> Options:
    """The participants of an edition with their names: for its organizers only."""
    people = (
        Participation.objects.filter(edition=edition)
        .select_related("person", "organization", "agency")
        .order_by("person__sort", "key")
    )
    return options(people, lambda each: f"{each.person.shown} · {each.body.short if each.body else each.key}")


def parties_among(parties: Iterable[Any]) -> Options:
    """Parties of an agreement, by their bodies."""
    return Options([("", [(body_value(party.body), body_label(party.body), party) for party in parties])])


def body_argument(body: Any) -> dict[str, Any]:
    """A body as the doors take it: `{"organization": …}` or `{"agency": …}`."""
    return {"agency" if isinstance(body, Agency) else "organization": body}


class PickField(forms.ChoiceField):
    """One of the records in `options`, or nothing where it is not required."""

    def __init__(self, *, options: Options | None = None, empty: Any = "---------", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.empty = empty
        self.offer(options or Options())

    def offer(self, options: Options) -> None:
        """Give the records to choose from."""
        self.options = options
        self.choices = [("", self.empty), *options.choices()]

    def prepare_value(self, value: Any) -> Any:
        return self.options.value_of(value) if hasattr(value, "pk") else value

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        if hasattr(value, "pk"):
            return value
        record = self.options.by_value.get(str(value))
        if record is None:
            raise ValidationError(
                _("“%(value)s” is not in the list: choose again.") % {"value": str(value)[:100]}, code="invalid_choice"
            )
        return record

    def valid_value(self, value: Any) -> bool:
        return True

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(self.prepare_value(initial) or "") != str(self.prepare_value(data) or "")


class PickSeveralField(forms.MultipleChoiceField):
    """Any of the records in `options`, as checkboxes; what is chosen comes in the order of the list."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, *, options: Options | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.offer(options or Options())

    def offer(self, options: Options) -> None:
        self.options = options
        self.choices = options.choices()

    def prepare_value(self, value: Any) -> Any:
        if hasattr(value, "pk"):
            return self.options.value_of(value)
        if isinstance(value, (list, tuple)):
            return [self.options.value_of(each) if hasattr(each, "pk") else each for each in value]
        return value

    def to_python(self, value: Any) -> list[Any]:
        if not value:
            return []
        wanted = {str(each) for each in value}
        unknown = wanted - set(self.options.by_value)
        if unknown:
            raise ValidationError(
                _("“%(value)s” is not in the list: choose again.") % {"value": sorted(unknown)[0][:100]}, code="invalid_choice"
            )
        return [record for value, record in self.options.by_value.items() if value in wanted]

    def valid_value(self, value: Any) -> bool:
        return True

    def has_changed(self, initial: Any, data: Any) -> bool:
        before, after = ({str(each) for each in self.prepare_value(list(values or []))} for values in (initial, data))
        return before != after
