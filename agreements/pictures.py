"""The drawings of the progress page: figures with words, addresses of the lists behind them, and places on the page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from agreements import figures
from agreements.figures import Month, OfBody, OfState
from agreements.models.commitments import Light
from core.charts import Bars, Flow, Kind, Lines, Row, Square, Tiles, flow, lines, stacked_bars, tile_map
from forum.listing import FEWEST_PEOPLE
from forum.models import Edition
from forum.reference.tiles import MEXICO
from proposals.listing import FATES
from proposals.models.proposals import ProposalReading

#: Bars of this many bodies; the rest are one bar.
MOST_BARS = 12
LIGHTS = (
    (Light.FULFILLED, "good", "plain"),
    (Light.ON_TIME, "calm", "plain"),
    (Light.DUE_SOON, "care", "dots"),
    (Light.NO_REPORT, "mark", "grid"),
    (Light.LATE, "bad", "stripes"),
    (Light.CANCELLED, "dim", "hollow"),
)
ANSWERS = (
    ("in_time", pgettext_lazy("answer of a body", "answered in time"), "good", "plain"),
    ("late", pgettext_lazy("answer of a body", "answered late"), "care", "dots"),
    ("waiting", pgettext_lazy("answer of a body", "still has time"), "calm", "hollow"),
    ("silent", pgettext_lazy("answer of a body", "no answer, time is over"), "bad", "stripes"),
)
OUTCOMES = (("agreement", "cord"), ("no_agreement", "dim"))
ENDS = (("fulfilled", "good"), ("under_way", "calm"), ("late", "bad"), ("no_commitment", "dim"))
READINGS = (
    (ProposalReading.FEASIBLE, "good"),
    (ProposalReading.CONDITIONAL, "care"),
    (ProposalReading.ADDRESSED, "calm"),
    (ProposalReading.DIVIDED, "mark"),
    (ProposalReading.NOT_FEASIBLE, "bad"),
    (ProposalReading.OUTSIDE_REMIT, "dim"),
    (ProposalReading.WAITING, "dim"),
)


def address(name: str, edition: Edition | None = None, **query: str) -> str:
    """A list with its filters, within the edition when there is one."""
    asked = {key: value for key, value in query.items() if value}
    if edition is not None:
        asked["edition"] = edition.slug
    return reverse(name) + (f"?{urlencode(asked)}" if asked else "")


def progress_pictures(on: dt.date, edition: Edition | None = None) -> dict[str, Any]:
    """All drawings of the progress page on date `on`. Fourteen queries whatever the number of records.

    Keys: `flow`, `commitments`, `time`, `answers`, `origins`, `people`, `destinations`.
    """
    states = figures.by_state(edition)
    return {
        "flow": flow_of_proposals(on, edition),
        "commitments": commitments_by_body(on, edition),
        "time": promises_over_time(on, edition),
        "answers": answers_by_body(on, edition),
        "origins": organizations_by_origin(states, edition),
        "people": people_by_origin(states, edition),
        "destinations": agreements_by_state(states, edition),
    }


# --- What became of the proposals -------------------------------------------------------------------------------------


def flow_of_proposals(on: dt.date, edition: Edition | None = None) -> Flow:
    """From the proposals through the overall readings to agreements and to how these are kept."""
    counts = figures.outcomes(on, edition)
    words = dict(FATES)
    everything = Kind("proposals", pgettext("stage of the flow", "proposals"), "cord", url=address("proposals", edition))
    readings = [
        *(Kind(value, str(value.label), tone, url=address("proposals", edition, reading=value)) for value, tone in READINGS),
        Kind("none", str(ProposalReading.NONE.label), "dim", url=address("proposals", edition, reading="none")),
        Kind("left", str(words["left"]), "dim", url=address("proposals", edition, fate="left")),
    ]
    outcome, ends = (
        [Kind(fate, str(words[fate]), tone, url=address("proposals", edition, fate=fate)) for fate, tone in fates]
        for fates in (OUTCOMES, ENDS)
    )
    links: dict[tuple[str, str], int] = {}
    for (reading, end), number in counts.items():
        kept = end != "no_agreement"
        pairs = [("proposals", reading), (reading, "agreement" if kept else "no_agreement")]
        for pair in [*pairs, ("agreement", end)] if kept else pairs:
            links[pair] = links.get(pair, 0) + number
    total = sum(counts.values())
    agreed = total - sum(number for (_reading, end), number in counts.items() if end == "no_agreement")
    return flow(
        "flow",
        _("What became of the proposals"),
        ngettext(
            "Of %(total)s proposal, %(agreed)s is in a signed agreement.",
            "Of %(total)s proposals, %(agreed)s are in a signed agreement.",
            total,
        )
        % {"total": total, "agreed": agreed},
        [
            (_("What was asked"), [everything]),
            (_("What the bodies answered"), readings),
            (_("What was agreed"), outcome),
            (_("How it is kept"), ends),
        ],
        links,
        columns=(_("From"), _("To"), _("Proposals")),
    )


def lit(light: str, edition: Edition | None, **query: str) -> str:
    """The commitments that stand under a light: the list on the progress page."""
    return address("progress", edition, light=light, **query) + "#commitments"


# --- Bars -------------------------------------------------------------------------------------------------------------


def commitments_by_body(on: dt.date, edition: Edition | None = None) -> Bars:
    """Commitments in force by the body that leads them and by light."""
    found = figures.lights_by_body(on, edition)
    kinds = [Kind(light.value, str(light.label), tone, pattern, lit(light.value, edition)) for light, tone, pattern in LIGHTS]
    total, late = sum(each.total for each in found), sum(each.counts.get("late", 0) for each in found)
    rows = rows_of(found, lambda key, code: lit(code, edition, lead=key))
    return stacked_bars(
        "commitments",
        _("How the promises stand, body by body"),
        ngettext("%(total)s commitment in force, %(late)s late.", "%(total)s commitments in force, %(late)s of them late.", total)
        % {"total": total, "late": late},
        kinds,
        rows,
        first_column=_("Who leads"),
        last_column=pgettext("column of a table", "Total"),
    )


def answers_by_body(on: dt.date, edition: Edition | None = None) -> Bars:
    """Whether the bodies answered the proposals sent to them, and in time."""
    found = figures.answers_by_body(on, edition)
    kinds = [Kind(code, str(words), tone, pattern, answered(code, edition)) for code, words, tone, pattern in ANSWERS]
    total, silent = sum(each.total for each in found), sum(each.counts.get("silent", 0) for each in found)
    return stacked_bars(
        "answers",
        _("Who answered, and in time"),
        ngettext(
            "%(total)s proposal was sent to a body; %(silent)s has no answer though its time is over.",
            "%(total)s times a proposal was sent to a body; %(silent)s have no answer though their time is over.",
            total,
        )
        % {"total": total, "silent": silent},
        kinds,
        rows_of(found, lambda key, code: answered(code, edition, agency=key)),
        first_column=_("Public body"),
        last_column=pgettext("column of a table", "Total"),
    )


def answered(code: str, edition: Edition | None, **query: str) -> str:
    """The proposals that were answered so: what the figures call late is an answer, what they call silent is late."""
    sort = {"late": "answered_late", "silent": "late"}.get(code, code)
    return address("proposals", edition, answer=sort, **query)


def rows_of(found: Sequence[OfBody], url: Any) -> list[Row]:
    """A row for each body, the ones with least added up at the end. `url(key, code)` is the list behind a piece."""
    rows, rest = [], dict[str, int]()
    others = 0
    for number, each in enumerate(found):
        if number >= MOST_BARS and len(found) > MOST_BARS + 1:
            others += 1
            for code, count in each.counts.items():
                rest[code] = rest.get(code, 0) + count
        elif each.body is None:
            rows.append(Row(_("Organizations"), each.counts, reverse("organizations")))
        else:
            urls = {code: url(each.body.key, code) for code in each.counts}
            rows.append(Row(each.body.short, each.counts, each.body.get_absolute_url(), urls, each.body.name))
    if rest:
        rows.append(Row(ngettext("%(count)s other body", "%(count)s other bodies", others) % {"count": others}, rest))
    return rows


# --- Time -------------------------------------------------------------------------------------------------------------


def promises_over_time(on: dt.date, edition: Edition | None = None) -> Lines:
    """How many commitments had been made, had fallen due, had been fulfilled, month by month."""
    months = figures.over_time(on, edition)
    kinds = [
        Kind("made", pgettext("commitments over time", "promised"), "cord", "plain"),
        Kind("due", pgettext("commitments over time", "due"), "care", "dashes"),
        Kind("fulfilled", pgettext("commitments over time", "kept"), "good", "thick"),
    ]
    last = months[-1] if months else Month(on, 0, 0, 0)
    return lines(
        "time",
        _("Promised, due and kept"),
        _("%(made)s commitments promised so far, %(due)s due, %(fulfilled)s kept.")
        % {"made": last.made, "due": last.due, "fulfilled": last.fulfilled},
        kinds,
        [(month_words(month.first_day), (month.made, month.due, month.fulfilled)) for month in months],
        first_column=_("Month"),
        ticks=ticks_of(months),
    )


def month_words(day: dt.date) -> str:
    return formats.date_format(day, "YEAR_MONTH_FORMAT")


def ticks_of(months: Sequence[Month]) -> list[tuple[int, str]]:
    """The first and the last month, and those in between that leave room for words."""
    if not months:
        return []
    last = len(months) - 1
    if last < 36:
        places = {0, last} if last < 12 else {0, last // 2, last}
        return [(at, formats.date_format(months[at].first_day, "M Y")) for at in sorted(places)]
    between = [at for at, month in enumerate(months) if month.first_day.month == 1 and last // 8 < at < last - last // 8]
    every = -(-len(between) // 4)
    return [
        (0, str(months[0].first_day.year)),
        *((at, str(months[at].first_day.year)) for at in between[::every]),
        (last, str(months[last].first_day.year)),
    ]


# --- Maps -------------------------------------------------------------------------------------------------------------


def organizations_by_origin(states: Iterable[OfState], edition: Edition | None = None) -> Tiles:
    return states_map(
        "origins",
        _("Where the organizations come from"),
        _("Organizations by state of origin."),
        states,
        lambda state: state.organizations,
        lambda code: address("organizations", edition, state=code),
        _("Organizations"),
    )


def people_by_origin(states: Iterable[OfState], edition: Edition | None = None) -> Tiles:
    return states_map(
        "people",
        _("Where the participants come from"),
        _("Participants by state of origin. Fewer than %(number)s people of one state are not shown.")
        % {"number": FEWEST_PEOPLE},
        states,
        lambda state: state.people,
        lambda code: "",
        _("Participants"),
    )


def agreements_by_state(states: Iterable[OfState], edition: Edition | None = None) -> Tiles:
    return states_map(
        "destinations",
        _("Where the agreements take effect"),
        _("Agreements by the states that their commitments or proposals name."),
        states,
        lambda state: state.agreements,
        lambda code: address("agreements", edition, state=code),
        _("Agreements"),
    )


def states_map(id: str, title: str, description: str, states: Iterable[OfState], count: Any, url: Any, column: str) -> Tiles:
    squares = [
        Square(*MEXICO[each.area.code], each.area.abbreviation.rstrip("."), each.area.name, count(each), url(each.area.code))
        for each in states
    ]
    return tile_map(id, title, description, squares, columns=(_("State"), column))
