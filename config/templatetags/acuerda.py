"""Template tags that every page shares: `{% load acuerda %}`. See templates/components/README.md."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_location
from django import template
from django.db.models import Model
from django.template.defaultfilters import linebreaks_filter
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import get_language, npgettext
from django.utils.translation import gettext as _

from agreements.models.commitments import Light
from config import looks
from core.dates import Precision, iso_partial, show_partial
from core.folding import fixed
from core.outbox.reminders import reminders_of
from core.pages import language
from proposals.models import Opinion, Proposal

register = template.Library()
MOST_REMINDERS = 20


# --- pictures and states ----------------------------------------------------------------------------------------------


@register.simple_tag
@fixed
def icon(name: str, label: str = "") -> str:
    """An icon of our sprite. Decorative unless `label` says what it stands for."""
    address = f"{sprite()}#{name}"
    if label:
        return format_html('<svg class="icon" role="img" aria-label="{}"><use href="{}"/></svg>', label, address)
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"/></svg>', address)


@lru_cache(maxsize=1)
def sprite() -> str:
    """The address of the sprite, which changes with a release only."""
    return static("img/sprite.svg")


@register.simple_tag
def kind_icon(kind: str) -> str:
    """The icon of a kind of record (edition, organization, agency, proposal, agreement…)."""
    return icon(looks.KIND_ICONS.get(kind, "file"))


@register.filter
def tone(code: Any) -> str:
    """`tone-good`, `tone-bad`…: the class that gives the colours of a code."""
    return f"tone-{looks.look_of(code)[0]}"


@register.filter
def look_icon(code: Any) -> str:
    """The name of the icon of a code."""
    return looks.look_of(code)[1]


@register.filter
def own_icon(code: Any) -> str:
    """The name of the icon of a code, '' for a code that has none."""
    return looks.look_of(code)[1] if str(code) in looks.LOOKS else ""


@lru_cache(maxsize=1000)
def drawn(component: str, language: str, **values: Any) -> SafeString:
    """A component that depends on nothing but these values: drawn once for each of the few that there are."""
    return render_to_string(f"components/{component}.html", values)


@lru_cache(maxsize=500)
def choice_words(model: type[Model], field: str) -> dict[Any, Any]:
    """Code → words of a field. Django's `get_…_display` makes this table anew each time."""
    choices: Any = model._meta.get_field(field).flatchoices
    return dict(choices)


@register.simple_tag
def status(record: Any, field: str = "status", large: bool = False) -> str:
    """The state of a record in word, icon and colour: any field with choices."""
    return state(type(record), field, str(getattr(record, field)), language(), large)


@lru_cache(maxsize=1000)
def state(model: type[Model], field: str, code: str, language: str, large: bool) -> str:
    """What `status` gives: one of the few that there are."""
    return mark(code, choice_words(model, field).get(code, code), large)


@register.simple_tag
def mark(code: Any, label: Any, large: bool = False) -> str:
    """A code and its words in the same form as `status`."""
    return drawn("status", language(), code=str(code), label=str(label), large=large)


@register.simple_tag
def light(code: str, days: int = 0, large: bool = False) -> str:
    """The light of a commitment. `days`: how late, shown beside *late*."""
    return lit(str(code), days, large, language())


@lru_cache(maxsize=1000)
def lit(code: str, days: int, large: bool, language: str) -> str:
    """What `light` gives."""
    label = Light(code).label if code in Light.values else code
    return drawn("light", language, code=code, label=str(label), days=days, large=large)


@register.filter
def light_words(code: str, number: int = 1) -> str:
    """The words of a light; with a number, those of so many commitments: “2 vencidos”."""
    return counted_words(str(code), number, language())


@lru_cache(maxsize=2000)
def counted_words(code: str, number: int, language: str) -> str:
    """What `light_words` gives."""
    many = {
        "fulfilled": npgettext("so many commitments", "fulfilled", "fulfilled", number),
        "on_time": npgettext("so many commitments", "on time", "on time", number),
        "due_soon": npgettext("so many commitments", "due soon", "due soon", number),
        "late": npgettext("so many commitments", "late", "late", number),
        "no_report": npgettext("so many commitments", "no report since the cut-off", "no report since the cut-off", number),
        "cancelled": npgettext("so many commitments", "cancelled", "cancelled", number),
    }
    return many.get(code, code)


@register.simple_tag
def verdict(code: str, large: bool = False) -> str:
    """The verdict of an opinion."""
    return given(str(code), large, language())


@lru_cache(maxsize=200)
def given(code: str, large: bool, language: str) -> str:
    """What `verdict` gives."""
    label = Opinion.Verdict(code).label if code in Opinion.Verdict.values else code
    return drawn("verdict", language, code=code, label=str(label), large=large)


@register.simple_tag
def reading(code: str, large: bool = False) -> str:
    """The overall reading of a proposal."""
    return read_as(str(code), large, language())


@lru_cache(maxsize=200)
def read_as(code: str, large: bool, language: str) -> str:
    """What `reading` gives."""
    return mark(code or "waiting", Proposal.Reading(code).label if code in Proposal.Reading.values else code, large)


@register.filter
def act_words(code: str) -> str:
    """The words of a public act as the ledger names it; the code itself for an act that has none here."""
    return str(looks.ACTS.get(code, code))


# --- texts in two languages -------------------------------------------------------------------------------------------


def picked(record: Any, name: str) -> tuple[str, str]:
    """(text, its language where it is not the reader's) of `name_es` / `name_en` as the reader should get it."""
    here = language()
    for code in ("en", "es") if here == "en" else ("es", "en"):
        if words := getattr(record, f"{name}_{code}", ""):
            return words, "" if code == here else code
    return "", ""


@register.simple_tag
def text(record: Any, name: str) -> str:
    """One line in the reader's language, or in the other one where only that exists, marked with `lang`."""
    if record is None:
        return ""
    words, lang = picked(record, name)
    return format_html('<span lang="{}">{}</span>', lang, words) if lang else words


@register.simple_tag
def excerpt(record: Any, name: str, letters: int = 100) -> str:
    """The beginning of a text, cut at `letters`, marked with `lang` where it is in the other language."""
    words, lang = picked(record, name)
    words = Truncator(words).chars(letters)
    return format_html('<span lang="{}">{}</span>', lang, words) if lang else words


@register.simple_tag
def paragraphs(record: Any, name: str, css: str = "prose") -> str:
    """Paragraphs of a bilingual text, marked with `lang` when it is in the other language; nothing when it is empty."""
    words, lang = picked(record, name)
    if not words:
        return ""
    body = linebreaks_filter(words)
    if lang:
        return format_html('<div class="{}" lang="{}">{}</div>', css, lang, body)
    return format_html('<div class="{}">{}</div>', css, body)


@register.inclusion_tag("components/language_note.html")
def language_note(record: Any, *names: str) -> dict[str, Any]:
    """“Only in Spanish” when one of these texts exists only in the other language."""
    return {"language": next((lang for name in names if (lang := picked(record, name)[1])), "")}


# --- dates ------------------------------------------------------------------------------------------------------------


@register.simple_tag
def day(date: dt.date | None, precision: str = "day", short: bool = False) -> str:
    """A date no more exact than it is known, as `<time>`; nothing for no date. Of a moment, the day in the site's zone."""
    if date is None:
        return ""
    if isinstance(date, dt.datetime):
        date = timezone.localtime(date).date()
    return written_day(date, precision, short, language())


@lru_cache(maxsize=5000)
def written_day(date: dt.date, precision: str, short: bool, language: str) -> str:
    """What `day` gives for a date; a page says the same few over and over."""
    words = show_partial(date, precision)
    if short and precision == Precision.DAY:
        words = formats.date_format(date, "SHORT_DATE_FORMAT")
    return format_html('<time datetime="{}">{}</time>', iso_partial(date, precision), words)


@register.simple_tag
def days(start: dt.date | None, end: dt.date | None, precision: str = "day") -> str:
    """From one day to another, said once where it is the same: “13–15 March 2011”."""
    if start is None or end is None or start == end or precision in (Precision.MONTH, Precision.YEAR):
        return day(start or end, precision)
    if (start.year, start.month) == (end.year, end.month):
        first = str(start.day)
    else:
        first = formats.date_format(start, "MONTH_DAY_FORMAT" if start.year == end.year else "DATE_FORMAT")
    words = f"{first}–{formats.date_format(end, 'DATE_FORMAT')}"
    if precision == Precision.INFERRED:
        words = _("%(date)s (inferred)") % {"date": words}
    return str(words)


def place_of(zone: str) -> str:
    """The city that gives a time zone its name, in the reader's language."""
    return get_timezone_location(zone, locale=(get_language() or "es")[:2], return_city=True) or zone


@register.simple_tag
def zone_words(zone: str) -> str:
    """“Mexico City time”: whose clock the moments of a page follow."""
    return _("%(city)s time") % {"city": place_of(zone)}


@register.simple_tag
def moment(
    at: dt.datetime | None, zone: str = "America/Mexico_City", until: dt.datetime | None = None, clock: bool = False
) -> str:
    """A moment on the wall clock of `zone`, with the zone's name; `until` adds the end.

    `clock` gives the time of day alone, for a page that names the day and the zone once.
    """
    if at is None:
        return ""
    local = at.astimezone(ZoneInfo(zone))
    last = f"–{formats.time_format(until.astimezone(ZoneInfo(zone)).time(), 'H:i')}" if until else ""
    words = f"{formats.time_format(local.time(), 'H:i')}{last}"
    if clock:
        return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="minutes"), words)
    return format_html(
        '<time datetime="{}">{}, {}</time> <span class="note">({})</span>',
        local.isoformat(timespec="minutes"),
        formats.date_format(local, "DATE_FORMAT"),
        words,
        zone_words(zone),
    )


# --- records ----------------------------------------------------------------------------------------------------------


@register.simple_tag
def party(body: Any, on: dt.date | None = None, full: bool = False, link: bool = True, today: bool = True) -> str:
    """An organization or agency by its name; written here, not in a template, so that a comma can follow without a blank.

    `full`: name and acronym, otherwise the acronym where there is one. `on`: the date whose name counts (reads `names`:
    prefetch them). `today` adds the acronym of its successor; leave it away where the page has said it once.
    """
    if body is None:
        return ""
    name, acronym = str(body), body.acronym
    if on is not None and hasattr(body, "name_on"):
        name, acronym = body.name_on(on)
    if not acronym:
        words = name
    elif full:
        words = format_html("{} (<abbr>{}</abbr>)", name, acronym)
    else:
        words = format_html('<abbr title="{}">{}</abbr>', name, acronym)
    shown = format_html('<a href="{}">{}</a>', body.get_absolute_url(), words) if link else words
    successor = getattr(body, "successor_acronym", "") if today else ""
    if not successor or successor == acronym:
        return format_html('<span class="party">{}</span>', shown)
    now = format_html('<span class="today">{}</span>', _("today: %(acronym)s") % {"acronym": successor})
    return format_html('<span class="party">{} {}</span>', shown, now)


@register.simple_tag
def sample_mark(record: Any, brief: bool = False) -> str:
    """The mark of an invented record; nothing on any other. `brief`: the icon alone, in dense lists."""
    return drawn("sample_mark", language(), is_sample=True, brief=brief) if getattr(record, "is_sample", False) else ""


@register.inclusion_tag("components/reminders.html", takes_context=True)
def reminders(context: Any, record: Any, address: str = "") -> dict[str, Any]:
    """The reminders sent about a record, newest first; with `address` the button that sends one. One query."""
    rows = list(reminders_of([record]).order_by("-id")[:MOST_REMINDERS])
    return {"rows": rows, "address": address, "csrf_token": context.get("csrf_token", "")}


# --- addresses --------------------------------------------------------------------------------------------------------


@register.filter
def web(address: str) -> str:
    """An address that may become a link: http and https only, '' for anything else."""
    return address if address.lower().startswith(("https://", "http://")) else ""


@register.filter
def share(number: int, total: int) -> str:
    """`number` of `total` in percent with one decimal, as SVG wants it: never a comma."""
    return f"{100 * number / total:.1f}" if total else "0"
