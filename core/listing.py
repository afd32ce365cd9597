"""Lists that a reader narrows down: filters by address, removable pills, honest counts, keyset paging.

A view says what may be asked and how it is answered; nonsense in the address is left out with a sentence and never fails:

    FILTERS = (TextFilter(), ChoiceFilter("kind", _("Kind"), Organization.Kind.choices, "kind"))
    listing = Listing(request, Organization.objects.visible_to(user), FILTERS, order=("sort", "key"))

`components/filters.html` draws the form, `components/pills.html` what is chosen, `components/pager.html` the way on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from core.paging import Page, bounded_count, page_by_key
from core.search import words_of
from core.text import clean_line

LONGEST_VALUE = 200

Words = Any
Choices = Iterable[tuple[Any, Any]]


def words_filter(queryset: QuerySet[Any], text: str, column: str = "folded") -> QuerySet[Any]:
    """Rows whose folded column holds every word of `text`; any text is safe."""
    condition = Q()
    for word in words_of(text):
        condition &= Q(**{f"{column}__contains": word})
    return queryset.filter(condition)


class Filter:
    """One question. `name` is its parameter in the address, `label` what a person reads.

    `hidden` filters work from an address and show as pills, without a control in the form.
    """

    kind = "select"

    def __init__(
        self,
        name: str,
        label: Words,
        apply: Callable[[QuerySet[Any], Any], QuerySet[Any]] | None = None,
        *,
        hidden: bool = False,
    ) -> None:
        self.name, self.label, self.hidden = name, label, hidden
        self._apply = apply

    def read(self, text: str) -> tuple[Any, Words] | None:
        """(value for `apply`, words for the pill) of what stands in the address; None when it means nothing."""
        raise NotImplementedError

    def apply(self, queryset: QuerySet[Any], value: Any) -> QuerySet[Any]:
        if self._apply is None:
            return queryset.filter(**{self.name: value})
        return self._apply(queryset, value)

    def options(self) -> list[tuple[str, Words]]:
        """(value, words) of each choice of the control."""
        return []


class TextFilter(Filter):
    """Words that must occur, in any order, accents and case aside."""

    kind = "search"

    def __init__(self, name: str = "q", label: Words = "", apply: Any = None) -> None:
        super().__init__(name, label, apply or words_filter)

    def read(self, text: str) -> tuple[Any, Words] | None:
        return (text, f"“{text}”") if words_of(text) else None


class ChoiceFilter(Filter):
    """One of a fixed list. `column` is the field it compares; or give `apply`."""

    def __init__(
        self,
        name: str,
        label: Words,
        choices: Choices | Callable[[], Choices],
        column: str = "",
        apply: Any = None,
        *,
        hidden: bool = False,
    ) -> None:
        super().__init__(name, label, apply or (lambda rows, value: rows.filter(**{column or name: value})), hidden=hidden)
        self._choices = choices
        self._read: list[tuple[str, Words]] | None = None

    def bound(self) -> ChoiceFilter:
        """A copy for one request, which asks a callable for its choices once."""
        return ChoiceFilter(self.name, self.label, self._choices, apply=self._apply, hidden=self.hidden)

    def options(self) -> list[tuple[str, Words]]:
        if self._read is None:
            found = self._choices() if callable(self._choices) else self._choices
            self._read = [(str(value), words) for value, words in found if str(value)]
        return self._read

    def read(self, text: str) -> tuple[Any, Words] | None:
        return next(((value, words) for value, words in self.options() if value.casefold() == text.casefold()), None)


class RecordFilter(Filter):
    """A record by its public key, for kinds of which there are too many for a list. Costs one query, only when asked for."""

    def __init__(self, name: str, label: Words, records: Callable[[], QuerySet[Any]], apply: Any) -> None:
        super().__init__(name, label, apply, hidden=True)
        self.records = records

    def read(self, text: str) -> tuple[Any, Words] | None:
        queryset = self.records()
        record = queryset.filter(**{f"{queryset.model.KEY}__iexact": text[:80]}).first()
        return None if record is None else (record, str(record))


@dataclass
class Control:
    """One control of the form as it stands."""

    name: str
    label: Words
    kind: str
    value: str
    options: list[tuple[str, Words]]


@dataclass
class Pill:
    """Something chosen, with the address that leaves it out."""

    label: Words
    words: Words
    without: str


class Listing:
    """A page of `queryset` as `request.GET` asks for it.

    `orders`: name → (words, columns), the first is the default; `order` alone gives one. Every order must be unique
    and without nulls (see `core.paging`). `prepare` adds what only the rows of the page need (select_related,
    annotations); what is counted goes without. `keep` names parameters of the view that the form sends along. `folded`: the
    selects are read and sent only when asked for (`?filters=open`): two hundred names in each would weigh more than the
    list. Attributes for templates: `page`, `controls`, `orders`, `order`, `pills`, `ignored` (sentences), `filtered`,
    `count`, `exact`, `hidden` (name, value), `folded`, `open` (whether the selects are there), `opening` and `closing`
    (addresses).
    """

    def __init__(
        self,
        request: HttpRequest,
        queryset: QuerySet[Any],
        filters: Sequence[Filter] = (),
        *,
        order: Sequence[str] = ("pk",),
        orders: dict[str, tuple[Words, Sequence[str]]] | None = None,
        prepare: Callable[[QuerySet[Any]], QuerySet[Any]] | None = None,
        keep: Sequence[str] = (),
        size: int | None = None,
        folded: bool = False,
    ) -> None:
        self.query = request.GET
        self.folded = folded
        self.open = not folded or self._text("filters") == "open"
        self.ignored: list[str] = []
        self.controls: list[Control] = []
        self.pills: list[Pill] = []
        self.hidden: list[tuple[str, str]] = [(name, text) for name in keep if (text := self._text(name))]
        self.values: dict[str, Any] = {}
        for question in filters:
            queryset = self._answer(question.bound() if isinstance(question, ChoiceFilter) else question, queryset)
        self.orders = orders or {}
        asked = self._text("order")
        self.order = asked if asked in self.orders else next(iter(self.orders), "")
        if self.order == asked and not self.open:
            self.hidden.append(("order", asked))
        if asked and asked not in self.orders:
            self.ignored.append(_("There is no order “%(value)s”.") % {"value": asked})
        columns = self.orders[self.order][1] if self.orders else order
        self.queryset = queryset
        rows = prepare(queryset) if prepare else queryset
        self.page: Page = page_by_key(rows, columns, self._text("after", 2000), size)
        if self.page.broken:
            self.ignored.append(_("The mark of the page could not be read, so this is the first page."))
        if self.page.first and not self.page.after:
            self.count, self.exact = len(self.page), True
        else:
            self.count, self.exact = bounded_count(queryset)

    def _text(self, name: str, longest: int = LONGEST_VALUE) -> str:
        return clean_line(self.query.get(name, "")[:longest])

    def _answer(self, question: Filter, queryset: QuerySet[Any]) -> QuerySet[Any]:
        text = self._text(question.name)
        found = question.read(text) if text else None
        if found is not None:
            value, words = found
            self.values[question.name] = value
            self.pills.append(Pill(question.label, words, self.address_without(question.name)))
            if not self._shows(question):
                self.hidden.append((question.name, text))
            queryset = question.apply(queryset, value)
        elif text:
            self.ignored.append(
                _("“%(value)s” is not something this list knows as “%(name)s”, so it was left out.")
                % {"value": text, "name": question.label or question.name}
            )
        if self._shows(question):
            shown = str(self.values.get(question.name, text if question.kind == "search" else ""))
            self.controls.append(Control(question.name, question.label, question.kind, shown, question.options()))
        return queryset

    def _shows(self, question: Filter) -> bool:
        """Whether the form has a control for it; what was chosen without one is sent along hidden."""
        return not question.hidden and (self.open or question.kind == "search")

    @property
    def opening(self) -> str:
        """The query string of this list with its selects."""
        query = self.query.copy()
        query["filters"] = "open"
        return f"?{query.urlencode()}#filters"

    @property
    def closing(self) -> str:
        return self.address_without("filters")

    @property
    def filtered(self) -> bool:
        return bool(self.pills)

    def __iter__(self) -> Any:
        return iter(self.page)

    def __len__(self) -> int:
        return len(self.page)

    def address_without(self, *names: str) -> str:
        """The query string without `names`; always without the mark of the page."""
        query: QueryDict = self.query.copy()
        for name in (*names, "after"):
            query.pop(name, None)
        return f"?{query.urlencode()}" if query else "?"
