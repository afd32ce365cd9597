"""Dates as people write them: ISO 8601, 13/03/2011, 13-03-11, "13 de marzo de 2011", "octubre 2012", Excel's day numbers."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

from core.dates import Precision

#: Folded name of a month, in full or by its first three letters, in Spanish or English → its number.
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "enero ene january jan",
            "febrero feb february",
            "marzo mar march",
            "abril abr april apr",
            "mayo may",
            "junio jun june",
            "julio jul july",
            "agosto ago august aug",
            "septiembre setiembre sep set sept september",
            "octubre oct october",
            "noviembre nov november",
            "diciembre dic december dec",
        ),
        1,
    )
    for name in names.split()
}
WEEKDAYS = (
    *("lunes", "martes", "miercoles", "jueves", "viernes", "sabado", "domingo"),
    *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
)
ISO = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?")
NUMBERS = re.compile(r"(\d{1,2})\s?[-/.]\s?(\d{1,2})\s?[-/.]\s?(\d{4}|\d{2})")
MONTH_YEAR = re.compile(r"(\d{1,2})[-/](\d{4})")
SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
TIME = re.compile(
    r"(?:T|\s)\s*(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?\s*(a\.?\s?m\.?|p\.?\s?m\.?|h|hrs?|horas)?\.?$", re.IGNORECASE
)
#: Excel counts days from here (it takes 1900 for a leap year).
FIRST_DAY = dt.date(1899, 12, 30)
#: A number outside of 1954 … 2064 is not taken for a day.
SERIALS = range(20_000, 60_300)
#: No date is longer. The patterns go back over runs of blanks: eight thousand of them took ten minutes.
LONGEST = 100

DAY_FIRST, MONTH_FIRST = "dmy", "mdy"


class Ambiguous(ValueError):
    """04/05/2011 may be the fourth of May or the fifth of April."""


def folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in plain if not unicodedata.combining(char)).strip()


def read_day(text: str, order: str = "") -> tuple[dt.date, str]:
    """(first day of the period, precision: day, month or year). `order`: dmy or mdy, '' when nobody has said.

    Raises `Ambiguous` where both orders give another day, and ValueError for what is no date.
    """
    text = short(text)
    if match := ISO.fullmatch(text):
        return made(match[1], match[2], match[3])
    if time := TIME.search(text):
        if not (time[1].strip("0") or time[2].strip("0")):
            return read_day(text[: time.start()], order)
        raise ValueError(text)
    if match := NUMBERS.fullmatch(text):
        return from_numbers(int(match[1]), int(match[2]), full_year(match[3]), order)
    if match := MONTH_YEAR.fullmatch(text):
        return made(match[2], match[1])
    if (match := SERIAL.fullmatch(text)) and int(match[1]) in SERIALS:
        return FIRST_DAY + dt.timedelta(days=int(match[1])), str(Precision.DAY)
    return from_words(text)


def short(text: str) -> str:
    """Without the blanks around; raises ValueError for what is too long to be a date."""
    text = text.strip()
    if len(text) > LONGEST:
        raise ValueError(text[:LONGEST])
    return text


def from_numbers(first: int, second: int, year: int, order: str) -> tuple[dt.date, str]:
    if first > 12 or order == DAY_FIRST or first == second:
        return made(year, second, first)
    if second > 12 or order == MONTH_FIRST:
        return made(year, first, second)
    raise Ambiguous(f"{first}/{second}/{year}")


def from_words(text: str) -> tuple[dt.date, str]:
    """`domingo 23 de octubre de 2012`, `Oct 23rd, 2012`, `oct-12`, `octubre 2012`."""
    words = re.findall(r"[a-z]+|\d+(?:st|nd|rd|th|ro|o)?", folded(text).replace("º", "").replace("°", ""))
    numbers: list[str] = []
    month = 0
    for word in words:
        if word in MONTHS and not month:
            month = MONTHS[word]
        elif word[0].isdigit():
            numbers.append(re.match(r"\d+", word)[0])  # type: ignore[index]
        elif word not in ("de", "del", "of", "the", "ano", "year", "a", "o", "ro", *WEEKDAYS):
            raise ValueError(text)
    if not month or not 1 <= len(numbers) <= 2 or re.search(r"[^\w\s.,/\-'’º°]", text):
        raise ValueError(text)
    if len(numbers) == 1:
        return made(full_year(numbers[0]), month)
    day, year = numbers
    if len(day) == 4:
        day, year = year, day
    return made(full_year(year), month, day)


def full_year(text: str) -> int:
    """Two digits are those of the hundred years around 2018 (POSIX: 69 … 99 are of the twentieth century)."""
    number = int(text)
    if len(text) == 4:
        return number
    if len(text) != 2:
        raise ValueError(text)
    return number + (2000 if number < 69 else 1900)


def made(year: int | str, month: int | str | None = None, day: int | str | None = None) -> tuple[dt.date, str]:
    precision = Precision.DAY if day else Precision.MONTH if month else Precision.YEAR
    return dt.date(int(year), int(month or 1), int(day or 1)), str(precision)


def read_moment(text: str, order: str = "") -> dt.datetime:
    """A day with a time of it, naive unless an offset is written. Raises ValueError, `Ambiguous`."""
    text = short(text)
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        pass
    match = TIME.search(text)
    if match is None:
        day, precision = read_day(text, order)
        if precision != Precision.DAY:
            raise ValueError(text)
        return dt.datetime.combine(day, dt.time())
    day, precision = read_day(re.sub(r"(?i)[\s,]*(a las|at)?\s*$", "", text[: match.start()]), order)
    if precision != Precision.DAY:
        raise ValueError(text)
    hour = int(match[1])
    half = (match[4] or "").lower()[:1]
    if half in ("a", "p"):
        if not 1 <= hour <= 12:
            raise ValueError(text)
        hour = hour % 12 + (12 if half == "p" else 0)
    return dt.datetime.combine(day, dt.time(hour, int(match[2]), int(match[3] or 0)))


def order_shown(text: str) -> str:
    """The order that this date gives away: dmy, mdy, or '' when it tells nothing."""
    match = NUMBERS.match(text.strip())
    if match is None:
        return ""
    first, second = int(match[1]), int(match[2])
    return DAY_FIRST if first > 12 >= second else MONTH_FIRST if second > 12 >= first else ""
