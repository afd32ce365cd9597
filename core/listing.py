"""Lists that a reader narrows down: filters by address, removable pills, honest counts, keyset paging.

A view says what may be asked and how it is answered; nonsense in the address is left out with a sentence and never fails:

    FILTERS = (TextFilter(), ChoiceFilter("kind", _("Kind"), Organization.Kind.choices, "kind"))
    listing = Listing(request, Organization.objects.visible_to(user), FILTERS, order=("sort", "key"))

`components/filters.html` draws the form, `components/pills.html` what is chosen, `components/pager.html` the way on. One
filter, the `facet`, stands above the list as pills with counts (`core.facets`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy

from core.facets import Choice, count_choices, said
from core.paging import Page
from core.search import words_of
from core.text import clean_line
from core.walks import Mark, Rows

LONGEST_VALUE = 200

Words = Any
RECORDS = ngettext_lazy("%(n)s record", "%(n)s records", "n")
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

    def narrow(self, rows: Rows, value: Any) -> Rows:
        """`rows` with this filter applied."""
        return rows.filtered(lambda queryset: self.apply(queryset, value))

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
    """One of a fixed list. `column` is the field it compares; or give `apply`.

    As a facet it needs to count: by its column, or by `count(rows)` → {value: number of rows}; `count_all()` does the same for
    the list as it is before anything is chosen, by SQL that was written before (`core.prepared`). `indexed` says that an index
    finds the rows of each value, so that they can be counted up to a limit in a table of any size. Below `fewest` no number
    is said, where people are counted. `marks(value)` says where the records that anybody may read stand in a roll
    (`core.walks`); they must be those of `apply`. `find(text)` gives the value and the words of one choice where reading all
    of them would take long.
    """

    def __init__(
        self,
        name: str,
        label: Words,
        choices: Choices | Callable[[], Choices],
        column: str = "",
        apply: Any = None,
        *,
        hidden: bool = False,
        count: Callable[[QuerySet[Any]], dict[Any, int]] | None = None,
        count_all: Callable[[], dict[Any, int]] | None = None,
        indexed: bool = False,
        fewest: int = 0,
        marks: Callable[[str], Sequence[Mark]] | None = None,
        find: Callable[[str], tuple[str, Words] | None] | None = None,
    ) -> None:
        super().__init__(name, label, apply or (lambda rows, value: rows.filter(**{column or name: value})), hidden=hidden)
        self._choices = choices
        self._read: list[tuple[str, Words]] | None = None
        self.column = column or ("" if apply else name)
        self.count, self.count_all, self.indexed, self.fewest = count, count_all, indexed, fewest
        self.marks, self.find = marks, find

    def narrow(self, rows: Rows, value: Any) -> Rows:
        return super().narrow(rows, value) if self.marks is None else rows.under(self.marks(value))

    @property
    def is_fixed(self) -> bool:
        """Whether the choices are those of the program, not records."""
        return not callable(self._choices)

    def bound(self) -> ChoiceFilter:
        """A copy for one request, which asks a callable for its choices once."""
        copied = copy(self)
        copied._read = None
        return copied

    def options(self) -> list[tuple[str, Words]]:
        if self._read is None:
            found = self._choices() if callable(self._choices) else self._choices
            self._read = [(str(value), words) for value, words in found if str(value)]
        return self._read

    def read(self, text: str) -> tuple[Any, Words] | None:
        if self.find is not None and self._read is None:
            return self.find(text)
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


class Narrowed:
    """`queryset` as `request.GET` narrows it down and orders it; nothing is read from the database but the choices.

    `orders`: name → (words, columns), the first is the default; `order` alone gives one. Every order must be unique
    and without nulls (see `core.paging`). `keep` names parameters of the view that the form sends along. `folded`: the
    selects are read and sent only when asked for (`?filters=open`): two hundred names in each would weigh more than the
    list. `facet` names the filter that stands as pills above the list, `nouns` (`ngettext_lazy` of n) says what is counted; `strict`: who asks
    refuses the question when something was ignored. `plain`: `queryset` asks for nothing but what may be read. Attributes: `queryset` (narrowed, not ordered),
    `columns` (the order), `values` (name → value of what was understood), and for templates `controls`, `orders`, `order`,
    `pills`, `ignored` (sentences), `hidden` (name, value), `folded`, `open` (whether the selects are there), `filtered`,
    `opening` and `closing` (addresses), `query_string` (what is asked, without the page).
    """

    def __init__(
        self,
        request: HttpRequest,
        queryset: QuerySet[Any],
        filters: Sequence[Filter] = (),
        *,
        order: Sequence[str] = ("pk",),
        orders: dict[str, tuple[Words, Sequence[str]]] | None = None,
        keep: Sequence[str] = (),
        folded: bool = False,
        facet: str = "",
        nouns: Words = None,
        strict: bool = False,
        plain: bool = True,
    ) -> None:
        self.query = request.GET
        self.strict = strict
        self.nouns = nouns or RECORDS
        self.folded = folded
        self.open = not folded or self._text("filters") == "open"
        self.ignored: list[str] = []
        self.controls: list[Control] = []
        self.pills: list[Pill] = []
        self.hidden: list[tuple[str, str]] = [(name, text) for name in keep if (text := self._text(name))]
        self.values: dict[str, Any] = {}
        self._given = queryset
        self._answered: list[tuple[Filter, Any]] = []
        self.facet: ChoiceFilter | None = None
        #: How the list is read, and how without the facet: its other choices are counted among these.
        self.rows = self.rows_of_facet = Rows(queryset, plain=plain)
        for question in filters:
            asked = question.bound() if isinstance(question, ChoiceFilter) else question
            if facet and asked.name == facet and isinstance(asked, ChoiceFilter):
                self.facet = asked
            self._answer(asked)
        self.orders = orders or {}
        wanted = self._text("order")
        self.order = wanted if wanted in self.orders else next(iter(self.orders), "")
        if self.order == wanted and not self.open:
            self.hidden.append(("order", wanted))
        if wanted and wanted not in self.orders:
            self.ignored.append(_("There is no order “%(value)s”.") % {"value": wanted})
        self.columns = self.orders[self.order][1] if self.orders else order

    @cached_property
    def queryset(self) -> QuerySet[Any]:
        """All that is asked for, as conditions alone: a page that is read along a roll does without, and writing them takes long."""
        queryset = self._given
        for question, value in self._answered:
            queryset = question.apply(queryset, value)
        return queryset

    def _text(self, name: str, longest: int = LONGEST_VALUE) -> str:
        return clean_line(self.query.get(name, "")[:longest])

    def _answer(self, question: Filter) -> None:
        text = self._text(question.name)
        found = question.read(text) if text else None
        if found is not None:
            value, words = found
            self.values[question.name] = value
            rows = question.narrow(self.rows, value)
            if question is not self.facet:
                self.pills.append(Pill(question.label, words, self.address_without(question.name)))
                same = self.rows_of_facet is self.rows
                self.rows_of_facet = rows if same else question.narrow(self.rows_of_facet, value)
            if not self._shows(question):
                self.hidden.append((question.name, text))
            self._answered.append((question, value))
            self.rows = rows
        elif text:
            self.ignored.append(self._not_known(question, text))
        if self._shows(question):
            shown = str(self.values.get(question.name, text if question.kind == "search" else ""))
            self.controls.append(Control(question.name, question.label, question.kind, shown, question.options()))

    def _not_known(self, question: Filter, text: str) -> str:
        if self.strict:
            return _("“%(value)s” is not something this list knows as “%(name)s”.") % {"value": text, "name": question.name}
        return _("“%(value)s” is not something this list knows as “%(name)s”, so it was left out.") % {
            "value": text,
            "name": question.label or question.name,
        }

    def _shows(self, question: Filter) -> bool:
        """Whether the form has a control for it; what was chosen without one is sent along hidden."""
        return not question.hidden and question is not self.facet and (self.open or question.kind == "search")

    @property
    def opening(self) -> str:
        """The query string of this list with its selects."""
        return f"{self.address_with(filters='open')}#filters"

    @property
    def closing(self) -> str:
        return self.address_without("filters")

    @property
    def filtered(self) -> bool:
        return bool(self.values)

    @property
    def query_string(self) -> str:
        """What this list is asked for, to be asked for in another form: `?light=late`, or nothing."""
        address = self.address_without("filters")
        return "" if address == "?" else address

    def address_without(self, *names: str) -> str:
        """The query string without `names`; always without the mark of the page."""
        query: QueryDict = self.query.copy()
        for name in (*names, "after"):
            query.pop(name, None)
        return f"?{query.urlencode()}" if query else "?"

    def address_with(self, **values: str) -> str:
        """The query string with these values instead of its own; always without the mark of the page."""
        query: QueryDict = self.query.copy()
        query.pop("after", None)
        for name, value in values.items():
            query[name] = value
        return f"?{query.urlencode()}"


class Listing(Narrowed):
    """A page of what is narrowed down.

    `prepare` adds what only the rows of the page need (select_related, annotations); what is counted goes without. `fetch(ids)`
    gives the rows of a page that was read along a roll, by SQL that was written before. More
    attributes for templates: `page`, `count`, `exact`, `choices` (of the facet, with counts).
    """

    def __init__(
        self,
        request: HttpRequest,
        queryset: QuerySet[Any],
        filters: Sequence[Filter] = (),
        *,
        prepare: Callable[[QuerySet[Any]], QuerySet[Any]] | None = None,
        fetch: Callable[[list[int]], list[Any]] | None = None,
        size: int | None = None,
        **options: Any,
    ) -> None:
        super().__init__(request, queryset, filters, **options)
        self.page: Page = self.rows.page(self.columns, self._text("after", 2000), size or settings.PAGE_SIZE, prepare, fetch)
        if self.page.broken:
            self.ignored.append(_("The mark of the page could not be read, so this is the first page."))
        if self.page.first and not self.page.after:
            self.count, self.exact = len(self.page), True
        else:
            self.count, self.exact = self.rows.count()
            self.count = max(self.count, len(self.page))
        self.choices: list[Choice] = self._choices(self.facet) if self.facet is not None else []

    def _choices(self, facet: ChoiceFilter) -> list[Choice]:
        """The values of the facet, each with the address that chooses it, or leaves it again, and how many there are.

        In a list of more than a thousand they are counted, each up to a thousand, only where the reader opened the filters.
        """
        chosen = str(self.values.get(facet.name, ""))
        total, exact = self.rows_of_facet.count() if chosen else (self.count, self.exact)
        everything = not set(self.values) - {facet.name}
        options = {"small": exact, "open": self.open, "everything": everything}
        counts = count_choices(facet, self.rows_of_facet, **options) if total else {}
        choices = []
        for value, words in facet.options():
            if value != chosen and counts is not None and value not in counts:
                continue
            number, exact = counts.get(value, (0, True)) if counts is not None else (0, False)
            leads = self.address_without(facet.name) if value == chosen else self.address_with(**{facet.name: value})
            count = said(number, facet.fewest, exact=exact)
            choices.append(Choice(value, words, address=leads, count=count, exact=exact, chosen=value == chosen))
        return choices

    @property
    def count_words(self) -> str:
        """How many there are, honestly: "more than 1,000 proposals" where counting on would cost."""
        if not self.count and not self.exact:
            return _("none so far")
        words = str(self.nouns % {"n": self.count}).replace(str(self.count), number_format(self.count, force_grouping=True), 1)
        return words if self.exact else _("more than %(records)s") % {"records": words}

    def __iter__(self) -> Any:
        return iter(self.page)

    def __len__(self) -> int:
        return len(self.page)
