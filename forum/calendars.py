"""The working calendar of each public body: the library's holidays and the closures that organizers entered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from core.deadlines import HOME, Calendar
from core.prepared import prepared
from forum.models import Closure


@prepared
def closures(user: Any) -> Any:
    """Those of today: what was taken back closes nothing."""
    return Closure.objects.in_force()


class Calendars:
    """All calendars, read once: `calendars = Calendars.load(); calendars.of(agency).add(date, 10)`. One query."""

    def __init__(self, closures: Iterable[Closure]) -> None:
        self.days: dict[tuple[str, int | None], dict[dt.date, str]] = {}
        for closure in closures:
            place = ("agency", closure.agency_id) if closure.agency_id else ("state", closure.state_id)
            days = self.days.setdefault(place, {})
            for number in range((closure.ends_on - closure.starts_on).days + 1):
                days[closure.starts_on + dt.timedelta(days=number)] = closure.name
        self.made: dict[tuple[Any, ...], Calendar] = {}

    @classmethod
    def load(cls) -> Calendars:
        """Those of today: what was taken back closes nothing."""
        return cls(closures(None))

    def of(self, agency: Any) -> Calendar:
        """What is closed for all, for the bodies of its state, and for the body itself."""
        places = (("state", None), ("state", agency.state_id), ("agency", agency.pk))
        code = agency.calendar or HOME
        key = (code, *(place for place in places if place in self.days))
        if key not in self.made:
            days: dict[dt.date, str] = {}
            for place in places:
                days |= self.days.get(place, {})
            self.made[key] = Calendar(code, days)
        return self.made[key]


def calendar_of(agency: Any) -> Calendar:
    """The calendar of one body. One query: where several are shown, load `Calendars` once."""
    return Calendars.load().of(agency)
