"""The audit trail for administrators: who did, read or tried what, narrowed down, by person, and as a file.

Reading it is an act like others: opening the page of a person and taking the file along are themselves events.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy, ngettext_lazy, override, pgettext_lazy
from django.utils.translation import gettext as _

from core import seals, sockets
from core.erasing import personal_kinds
from core.events import READING, record_read
from core.imports.guard import guard
from core.listing import ChoiceFilter, Filter, Listing, Narrowed
from core.models import Event, ImportRow
from core.models.event import Origin
from core.public_tables import CHUNK, MARK, MOST_ROWS, Echo
from core.timeline import Change, action_words, change_of, function_words, known_actions
from core.workflow import registered
from core.workspace import workspace_page
from forum.models import Participation, Person, PrivacyRequest, User
from forum.permissions import is_administrator

ORDER = ("-at", "-id")
APPS = ("core", "forum", "proposals", "agreements", "account", "mfa")


class TypedFilter(Filter):
    """A word that is typed and must be found whole: no part of a table is looked through."""

    kind = "search"


class WhoFilter(TypedFilter):
    """An account by its address or key."""

    def read(self, text: str) -> tuple[Any, Any] | None:
        found = User.objects.filter(Q(email=text.lower()) | Q(key=text)).first()
        return (found.pk, str(found)) if found is not None else None


class RecordKeyFilter(TypedFilter):
    """A record by its public key."""

    def read(self, text: str) -> tuple[Any, Any] | None:
        return text[:80], text[:80]


class DayFilter(TypedFilter):
    """A day, as 2026-03-02 or 02/03/2026."""

    def read(self, text: str) -> tuple[Any, Any] | None:
        for form in ("%Y-%m-%d", "%d/%m/%Y"):
            try:
                day = dt.datetime.strptime(text, form).date()  # noqa: DTZ007 (a day; the zone follows)
            except ValueError:
                continue
            if 1900 < day.year < 9000:
                return day, day.isoformat()
        return None


class PersonFilter(TypedFilter):
    """Everything about one person: the person's record, every part in an edition, the account, and lists that held them."""

    def read(self, text: str) -> tuple[Any, Any] | None:
        part = Participation.objects.filter(key=text).values_list("person", flat=True)
        found = Person.objects.filter(Q(key=text) | Q(pk__in=part) | Q(user__key=text)).first()
        return (found, found.key) if found is not None else None


def start_of(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def about(rows: QuerySet[Event], person: Any) -> QuerySet[Event]:
    """Events about a person, and whatever else held the person and was read: lists of the forums and meetings, imported lists,
    requests, lists of all people and accounts."""
    parts = list(Participation.objects.filter(person=person).values_list("pk", "edition"))
    pks = [pk for pk, _edition in parts]
    found = Q(model="forum.person", record_id=person.pk) | Q(model="forum.participation", record_id__in=pks)
    everywhere = {"see_people"}
    if person.user_id is not None:
        found |= Q(model="forum.user", record_id=person.user_id)
        everywhere.add("see_accounts")
    found |= Q(model="forum.user", action__in=everywhere)
    lists = [
        ("forum.edition", [edition for _pk, edition in parts]),
        ("forum.privacyrequest", PrivacyRequest.objects.filter(person=person).values("pk")),
        ("core.importbatch", ImportRow.objects.filter(record_id__in=pks, batch__kind__in=personal_kinds()).values("batch")),
        *(pair for found_there in sockets.lists_of_people.collect(participations=pks) for pair in found_there),
    ]
    for model, records in lists:
        found |= Q(model=model, action__in=READING, record_id__in=records)
    return rows.filter(found)


def kinds() -> list[tuple[str, Any]]:
    models = [model for name in APPS if apps.is_installed(name) for model in apps.get_app_config(name).get_models()]
    named = [(model._meta.label_lower, capfirst(str(model._meta.verbose_name))) for model in models]
    return sorted([*named, ("page", _("Page"))], key=lambda pair: str(pair[1]))


def actions() -> list[tuple[str, Any]]:
    steps = {step.action: str(step.label) for flow in registered() for step in flow.transitions}
    return sorted({**steps, **known_actions()}.items(), key=lambda pair: pair[1].casefold())


FILTERS = (
    WhoFilter("who", gettext_lazy("Who (address or key)"), lambda rows, pk: rows.filter(actor=pk)),
    RecordKeyFilter("record", gettext_lazy("Record (folio or key)"), lambda rows, key: rows.filter(record_key=key)),
    PersonFilter("person", gettext_lazy("About a person (key)"), about),
    DayFilter("since", gettext_lazy("From the day"), lambda rows, day: rows.filter(at__gte=start_of(day))),
    DayFilter("until", gettext_lazy("To the day"), lambda rows, day: rows.filter(at__lt=start_of(day + dt.timedelta(days=1)))),
    ChoiceFilter("action", gettext_lazy("What"), actions),
    ChoiceFilter("kind", gettext_lazy("Kind of record"), kinds, "model"),
    ChoiceFilter("origin", pgettext_lazy("of a change", "From where"), Origin.choices),
)
NOUNS = ngettext_lazy("%(n)s event", "%(n)s events", "n")


def administrators_only(request: HttpRequest) -> None:
    if not is_administrator(None, request.user):
        raise PermissionDenied


def changes_of(event: Event) -> list[Change]:
    """What an event changed, in words, as far as the kind of record is still known."""
    try:
        model: Any = apps.get_model(event.model)
    except (LookupError, ValueError):
        model = None
    return (
        [change_of(model, name, pair) for name, pair in event.changes.items()]
        if model is not None
        else [
            Change(name, "", str(pair[-1] if isinstance(pair, list) and pair else pair)) for name, pair in event.changes.items()
        ]
    )


def shown(event: Event, words: dict[str, Any]) -> dict[str, Any]:
    return {
        "event": event,
        "what": dict(words["actions"]).get(event.action) or action_words(event.action),
        "kind": dict(words["kinds"]).get(event.model, event.model),
        "who": str(event.actor) if event.actor is not None else "",
        "function": function_words(event.actor_label),
        "changes": changes_of(event),
    }


def note(request: HttpRequest, action: str, narrowed: Narrowed) -> None:
    """That the audit was read: of which person, or taken along."""
    person = narrowed.values.get("person")
    record_read(person if person is not None else request.user, action, request.user)


@workspace_page(methods=("GET", "HEAD"), sensitive=True)
def audit(request: HttpRequest) -> HttpResponse:
    """The events, newest first, a page at a time; each page costs the same in a table of any size."""
    administrators_only(request)
    listing = Listing(
        request,
        Event.objects.all(),
        FILTERS,
        order=ORDER,
        nouns=NOUNS,
        prepare=lambda rows: rows.select_related("actor"),
    )
    if "person" in listing.values:
        note(request, "read_audit", listing)
    words = {"actions": actions(), "kinds": kinds()}
    context = {"listing": listing, "rows": [shown(event, words) for event in listing], "head": seals.head()}
    return render(request, "forum/workspace/audit.html", context)


@workspace_page(methods=("GET", "HEAD"), sensitive=True)
def audit_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The same events as a file, narrowed down as the page is, up to ten thousand."""
    administrators_only(request)
    narrowed = Narrowed(request, Event.objects.all(), FILTERS, order=ORDER)
    note(request, "export", narrowed)
    response = StreamingHttpResponse(lines(narrowed, get_language() or "es"), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="audit.csv"'
    return response


HEADERS = (
    *(
        gettext_lazy("number"),
        gettext_lazy("when (UTC)"),
        gettext_lazy("account"),
        gettext_lazy("acting as"),
        gettext_lazy("what"),
    ),
    *(
        gettext_lazy("kind of record"),
        gettext_lazy("record"),
        gettext_lazy("changes"),
        gettext_lazy("reason"),
        gettext_lazy("origin"),
    ),
)


def lines(narrowed: Narrowed, language: str) -> Iterator[str]:
    writer = csv.writer(Echo())
    with override(language):
        yield MARK + writer.writerow([str(header) for header in HEADERS])
    rows = narrowed.queryset.order_by(*ORDER).select_related("actor")[:MOST_ROWS]
    for event in rows.iterator(chunk_size=CHUNK):
        cells = [
            *(event.pk, seals.instant(event.at), event.actor.key if event.actor is not None else "", event.actor_label),
            *(event.action, event.model, event.record_key, seals.compact(event.changes), event.reason, event.origin),
        ]
        yield writer.writerow([guard(str(cell)) for cell in cells])
