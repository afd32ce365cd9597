"""Kinds of cells: what their text means and how a value is written. Widgets of django-import-export.

`clean(text, resource=…, row=…)` gets text that is not empty and raises `CellError` with reason and remedy;
`render(value)` is its inverse. Words are accepted in Spanish and English, whatever the language of the file.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import decimal
import difflib
import re
from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from import_export.widgets import Widget

from core.dates import Precision, iso_partial
from core.imports.candidates import candidates
from core.imports.numbers import read_number
from core.imports.problems import CellError
from core.imports.settling import choices_of
from core.imports.when import Ambiguous, read_day, read_moment
from core.text import clean_line, fold

TRUE = {"si", "s", "yes", "y", "true", "verdadero", "1", "x"}
FALSE = {"no", "n", "false", "falso", "0"}
CHECKED = {"✓": "si", "✔": "si", "☑": "si", "✗": "no", "✘": "no", "☐": "no"}
LEADING_YES = re.compile(r"(?i)\s*(sí|si|yes|no)\b[\s,;:.]*")


def english() -> bool:
    """Whether words and headers are written in English now; Spanish is the default."""
    return (get_language() or "es").startswith("en")


class Text(Widget):
    """Text as it is; the model cleans and measures it. Each kind of cell `says` what it holds, with an `example`."""

    says = gettext_lazy("Text.")

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> Any:
        return value

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else str(value)


class Words(Widget):
    """A coded value. `words`: code → (Spanish, English, other accepted words…); the code itself is accepted too."""

    says = gettext_lazy("One of the allowed values.")

    def __init__(self, words: dict[str, tuple[str, ...]]) -> None:
        super().__init__()
        self.words = words
        self.codes = {fold(code): code for code in words}
        for code, names in words.items():
            self.codes |= {fold(name): code for name in names}

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> str:
        code = self.codes.get(fold(value))
        if code is None:
            raise CellError(_("“%(value)s” is not known here.") % {"value": value}, self.remedy())
        return code

    def remedy(self) -> str:
        return _("Use one of: %(words)s.") % {"words": ", ".join(self.render(code) for code in self.words)}

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        names = self.words.get(value)
        return names[1 if english() else 0] if names else str(value or "")


class YesNo(Widget):
    """Yes or no, in Spanish or English."""

    says = gettext_lazy("Yes or no.")

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> bool:
        folded = CHECKED.get(value.strip()) or fold(value)
        if folded in TRUE:
            return True
        if folded in FALSE:
            return False
        raise CellError(_("“%(value)s” is neither yes nor no.") % {"value": value}, _("Write yes or no."))

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        if value is None:
            return ""
        return ("yes" if value else "no") if english() else ("sí" if value else "no")


def order_of(resource: Any) -> str:
    """Whether day or month comes first in the column that is being read: what was answered or what its dates show."""
    return str(resource.date_order()) if resource is not None else ""


def which_order(value: str) -> CellError:
    return CellError(
        _("“%(value)s” can be read in two ways: is it the day or the month that comes first?") % {"value": value},
        _("Say it for the whole column when the columns are assigned, or write the date as 2011-03-13."),
    )


class Number(Widget):
    """A whole number that is not negative; thousands may be divided."""

    says = gettext_lazy("A whole number.")
    example = "1"

    def __init__(self, most: int = 2_000_000_000) -> None:
        super().__init__()
        self.most = most

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> int:
        try:
            number = read_number(value)
        except ValueError:
            number = None
        if number is None or number != int(number) or number > self.most:
            raise CellError(
                _("“%(value)s” is not a whole number.") % {"value": value},
                _("Write a number between 0 and %(most)s.") % {"most": self.most},
            )
        return int(number)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else str(value)


class Percent(Number):
    """A whole number of percent, `15` or `15 %`. A fraction such as `0.15` counts as 15 only where that was said."""

    says = gettext_lazy("Percent, from 0 to 100.")
    example = "40"

    def __init__(self) -> None:
        super().__init__(100)

    def clean(self, value: str, row: Any = None, resource: Any = None, **kwargs: Any) -> int:
        text, signed = value.strip(), value.strip().endswith("%")
        if not signed and resource is not None and resource.answer("percent") == "fraction":
            with contextlib.suppress(ValueError):
                text = str(read_number(text, decimals=10) * 100)
        elif not signed and re.fullmatch(r"[01][.,]\d+", text):
            raise CellError(
                _("“%(value)s” can be read in two ways: as a part of one, or as percent?") % {"value": value},
                _("Say it for the whole column when the columns are assigned, or write the percent with its sign."),
            )
        return super().clean(text.rstrip("%").strip())


class Amount(Widget):
    """An amount of money, at most two decimals: `1250000.50`, `1,250,000.50`, `1.250.000,50`."""

    says = gettext_lazy("An amount.")
    example = "1250000.50"

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> decimal.Decimal:
        try:
            number = read_number(value)
        except ValueError:
            number = None
        if number is None or number != round(number, 2) or number >= 10**14:
            raise CellError(_("“%(value)s” is not an amount.") % {"value": value}, _("Write it as 1250000.50."))
        return number

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else f"{value:.2f}"


class Day(Widget):
    """A day, known as such."""

    says = gettext_lazy("A date.")
    example = "2011-03-13"

    def clean(self, value: str, row: Any = None, resource: Any = None, **kwargs: Any) -> dt.date:
        try:
            day, precision = read_day(value, order_of(resource))
            if precision == Precision.DAY:
                return day
        except Ambiguous as error:
            raise which_order(value) from error
        except (ValueError, OverflowError):
            pass
        raise CellError(_("“%(value)s” is not a date.") % {"value": value}, _("Write it as 2011-03-13."))

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else value.isoformat()


class PartlyKnownDay(Widget):
    """A date known to the day, the month or the year: the value is (first day of the period, precision)."""

    says = gettext_lazy("A date that is known to the day, the month (2011-03) or the year (2011).")
    example = "2011-03-13"

    def clean(self, value: str, row: Any = None, resource: Any = None, **kwargs: Any) -> tuple[dt.date, str]:
        try:
            return read_day(value, order_of(resource))
        except Ambiguous as error:
            raise which_order(value) from error
        except (ValueError, OverflowError) as error:
            raise CellError(
                _("“%(value)s” is not a date.") % {"value": value}, _("Write it as 2011-03-13, 2011-03 or 2011.")
            ) from error

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return iso_partial(*value) if value else ""


class Moment(Widget):
    """Day and time of a place, `2011-03-13 10:00`, or with an offset. `zone(row, resource)` names the place's zone."""

    says = gettext_lazy("A date with the time of the place.")
    example = "2011-03-13 10:00"

    def __init__(self, zone: Any) -> None:
        super().__init__()
        self.zone = zone

    def clean(self, value: str, row: Any = None, resource: Any = None, **kwargs: Any) -> dt.datetime:
        remedy = _("Write it as 2011-03-13 10:00.")
        try:
            moment = read_moment(value, order_of(resource))
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=ZoneInfo(self.zone(row, resource)))
            return moment.astimezone(dt.UTC)
        except Ambiguous as error:
            raise which_order(value) from error
        except (ValueError, KeyError, OSError, OverflowError) as error:
            raise CellError(_("“%(value)s” is not a date with a time.") % {"value": value}, remedy) from error

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        """(moment, zone name) as local time; with seconds only where there are some."""
        if not value or value[0] is None:
            return ""
        local = value[0].astimezone(ZoneInfo(value[1])).replace(tzinfo=None)
        exact = "microseconds" if local.microsecond else "seconds" if local.second else "minutes"
        return str(local.isoformat(" ", exact))


class Reference(Widget):
    """A record by its public key, or by one of the fields `also`. It must exist: nothing is created silently.

    `scope(resource, row)` gives the condition that narrows the records (`{"edition": …}`); `kind` is what to import
    first when the record is missing.
    """

    def __init__(self, model: type[models.Model], *, kind: str = "", also: tuple[str, ...] = (), scope: Any = None) -> None:
        super().__init__()
        self.model = model
        self.kind = kind
        self.also = also
        self.scope = scope

    def clean(self, value: str, row: Any = None, resource: Any = None, **kwargs: Any) -> models.Model:
        found = self.look_up(value.strip(), row, resource)
        if found is not None:
            return found
        waits = resource.model is self.model and value.strip().casefold() in resource.own_keys
        remedy, choices = self.advice(value, row, resource)
        raise CellError(
            _("There is no %(thing)s “%(value)s”.") % {"thing": self.model._meta.verbose_name, "value": value},
            remedy,
            waits=waits,
            choices=choices,
            part=value.strip(),
        )

    def advice(self, value: str, row: Any, resource: Any) -> tuple[str, list[list[str]]]:
        """(remedy, records that may be meant) for a text that is no key; found out once where no row makes what others name."""
        condition = self.scope(resource, row) if self.scope else {}
        place = ("advice", self.model, *((name, getattr(part, "pk", part)) for name, part in condition.items()))
        kept = resource.cache.setdefault(place, {}) if resource.gathers else {}
        if value not in kept:
            choices = self.meant(value, row, resource)
            kept[value] = (self.remedy(value, row, resource, choices), choices)
        return kept[value]  # type: ignore[no-any-return]

    def meant(self, value: str, row: Any, resource: Any) -> list[list[str]]:
        """Records that may be meant by a text that is no key."""
        condition = self.scope(resource, row) if self.scope else {}
        return choices_of(candidates(self.model, value, resource.visible(self.model).filter(**condition)))

    @property
    def says(self) -> str:
        return _("The key of: %(thing)s.") % {"thing": self.model._meta.verbose_name}

    @property
    def example(self) -> str:
        from core.imports.registry import kinds

        resource = kinds().get(self.kind.split(",")[0])
        return resource.example_key() if resource is not None else ""

    def look_up(self, key: str, row: Any, resource: Any) -> models.Model | None:
        """The one record with that key in any case, or with that text in one of the other fields."""
        if not key or len(key) > 200:
            return None
        condition = self.scope(resource, row) if self.scope else {}
        if resource.dry and key.startswith("+"):
            from core.imports.entering import promised

            return promised(resource, self, key, condition)
        place = tuple((name, getattr(part, "pk", part)) for name, part in condition.items())
        cache = resource.cache.setdefault((self.model, self.also, place), {})
        folded = key.casefold()
        if folded not in cache:
            records = resource.visible(self.model).filter(**condition)
            found = None
            for name in (self.model.KEY, *self.also):
                matches = list(records.filter(**{f"{name}__iexact": key})[:2])
                if len(matches) > 1:
                    matches = list(records.filter(**{name: key})[:2])
                if len(matches) == 1:
                    found = matches[0]
                    break
            if found is None and not resource.gathers:
                return None
            cache[folded] = found
        return cache[folded]

    def prepare(self, resource: Any, rows: list[tuple[dict[str, str], list[str]]]) -> None:
        """Read the records that some rows name by their key, in one query for each place; the others are looked up singly."""
        wanted: dict[Any, tuple[Any, set[str]]] = {}
        for row, texts in rows:
            try:
                if self.scope:
                    resource.stand_at(row)
                condition = self.scope(resource, row) if self.scope else {}
            except CellError:
                continue
            place = tuple((name, getattr(part, "pk", part)) for name, part in condition.items())
            there = resource.cache.setdefault((self.model, self.also, place), {})
            keys = {clean_line(text).removeprefix("'") for text in texts}
            wanted.setdefault(place, (condition, set()))[1].update(key for key in keys if key and key.casefold() not in there)
        for place, (condition, keys) in wanted.items():
            if keys:
                there = resource.cache[self.model, self.also, place]
                records = resource.visible(self.model).filter(**condition, **{f"{self.model.KEY}__in": sorted(keys)})
                there.update({getattr(record, self.model.KEY).casefold(): record for record in records})

    def remedy(self, value: str, row: Any, resource: Any, found: list[list[str]]) -> str:
        condition = self.scope(resource, row) if self.scope else {}
        if found:
            return " ".join(
                _("Is %(key)s meant, “%(words)s”? %(why)s") % dict(zip(("key", "words", "why"), each, strict=True))
                for each in found[:2]
            )
        records = resource.visible(self.model).filter(**condition).order_by("pk")
        keys = list(records.values_list(self.model.KEY, flat=True)[:2000])
        near = difflib.get_close_matches(value, keys, n=3, cutoff=0.6)
        if near:
            return _("Did you mean %(keys)s?") % {"keys": ", ".join(near)}
        if self.kind:
            return _("Correct it, or import it first (%(kind)s).") % {"kind": self.kind}
        return _("Correct it, or enter it first.")

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else str(getattr(value, self.model.KEY))


class Many(Widget):
    """Several values in one cell, divided by `;`, each of the kind `of`; the same one twice counts once."""

    def __init__(self, of: Widget) -> None:
        super().__init__()
        self.of = of

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> list[Any]:
        found: list[Any] = []
        for part in filter(None, (part.strip() for part in value.split(";"))):
            item = self.of.clean(part, row=row, **kwargs)
            if item not in found:
                found.append(item)
        return found

    def render(self, value: Iterable[Any] | None, obj: Any = None, **kwargs: Any) -> str:
        return ";".join(sorted(self.of.render(item) for item in value or ()))
