"""What the clocks say: a time of one place as the parties elsewhere read it (promise 24)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

#: Where the parties of the forum live. Mexico City keeps one offset all year, Tijuana changes with the United States.
PLACES = (
    ("America/Mexico_City", pgettext_lazy("place of a clock", "Mexico City")),
    ("America/Los_Angeles", pgettext_lazy("place of a clock", "Los Ángeles")),
    ("America/Chicago", pgettext_lazy("place of a clock", "Chicago")),
    ("America/Tijuana", pgettext_lazy("place of a clock", "Tijuana")),
)


@dataclass(frozen=True)
class Clock:
    """One clock: `starts` and `ends` are local wall times; `other_day` says that the date differs from the meeting's own."""

    zone: str
    place: str
    starts: dt.datetime
    ends: dt.datetime
    own: bool
    other_day: bool

    @property
    def day(self) -> dt.date:
        return self.starts.date()

    @property
    def from_time(self) -> str:
        return f"{self.starts:%H:%M}"

    @property
    def to_time(self) -> str:
        return f"{self.ends:%H:%M}"

    @property
    def offset(self) -> str:
        """The distance from UTC as people write it: `UTC-6`."""
        minutes = round((self.starts.utcoffset() or dt.timedelta()).total_seconds() / 60)
        hours, rest = divmod(abs(minutes), 60)
        return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02d}" if rest else "")


def place_of(zone: str) -> str:
    """The words for a zone: the places we know by name, any other by the last part of its IANA name."""
    return str(dict(PLACES).get(zone) or zone.rsplit("/", 1)[-1].replace("_", " "))


def clocks(starts_at: dt.datetime, ends_at: dt.datetime, own_zone: str) -> list[Clock]:
    """The meeting's own clock first, then those of the other places. Times are aware; naive wall times are returned."""
    zones = [own_zone, *(zone for zone, _place in PLACES if zone != own_zone)]
    own_day = starts_at.astimezone(ZoneInfo(own_zone)).date()
    found = []
    for zone in zones:
        starts, ends = (moment.astimezone(ZoneInfo(zone)) for moment in (starts_at, ends_at))
        found.append(Clock(zone, place_of(zone), starts, ends, zone == own_zone, starts.date() != own_day))
    return found


def moment_in(day: dt.date, time: dt.time, zone: str) -> dt.datetime:
    """The instant at which the clocks of `zone` show `time` on `day`.

    Raises ValidationError for a time that the clocks skip there. Of a time that comes twice, the first is meant.
    """
    local = dt.datetime.combine(day, time, ZoneInfo(zone))
    try:
        moment = local.astimezone(dt.UTC)
        skipped = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != local.replace(tzinfo=None)
    except OverflowError as error:
        raise ValidationError(_("This date is outside the calendar: check the year.")) from error
    if skipped:
        raise ValidationError(
            _("The clocks in %(place)s are put forward on that day and never show %(time)s: choose another time.")
            % {"place": place_of(zone), "time": f"{time:%H:%M}"}
        )
    return moment


def zone_choices(*more: str) -> list[tuple[str, Any]]:
    """Choices for the zone of a meeting: the known places, and the given zones where they are others."""
    known = [(zone, place_of(zone)) for zone, _place in PLACES]
    others = [(zone, place_of(zone)) for zone in dict.fromkeys(more) if zone and zone not in dict(PLACES)]
    return known + others + [("UTC", pgettext("place of a clock", "Universal time (UTC)"))]
