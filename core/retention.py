"""How long personal data are kept, as a table that is also the program: `manage.py purge` applies it, the privacy page shows it.

A rule says how many there are (`count`) and forgets them (`forget`); both take the moment, so that a dry run and a run agree.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.erasing import personal_kinds
from core.events import SYSTEM, record_event
from core.models import ImportBatch, ImportRow, Message, Purge, Subscription
from core.models.outbox import MessageState
from core.outbox.sending import KEEP as KEEP_MAILS
from core.outbox.subscriptions import UNCONFIRMED

IMPORTS_KEPT = dt.timedelta(days=365)


@dataclass(frozen=True)
class Rule:
    """`code` names it for good; `days` after the moment that `since` describes in words; `forget` answers how many went."""

    code: str
    what: Any
    days: int
    since: Any
    rows: Callable[[dt.datetime], QuerySet[Any]]
    forget: Callable[[QuerySet[Any]], int]

    def limit(self, now: dt.datetime) -> dt.datetime:
        return now - dt.timedelta(days=self.days)

    def count(self, now: dt.datetime) -> int:
        return self.rows(self.limit(now)).count()


_rules: list[Rule] = []


def register(*rules: Rule) -> None:
    """Add rules of an app, once each."""
    known = {rule.code for rule in _rules}
    _rules.extend(rule for rule in rules if rule.code not in known)


def rules() -> list[Rule]:
    return list(_rules)


def delete(rows: QuerySet[Any]) -> int:
    """How many rows of the model itself went; those that went along with them do not count."""
    gone: int = rows.delete()[1].get(rows.model._meta.label, 0)
    return gone


def settled_mails(limit: dt.datetime) -> QuerySet[Any]:
    settled = [MessageState.SENT, MessageState.DROPPED, MessageState.FAILED]
    return Message.objects.filter(state__in=settled, next_at__lt=limit, created_at__lt=limit)


def old_lists(limit: dt.datetime) -> QuerySet[Any]:
    """Imports of lists of people that still have their file or the cells of a row."""
    kept = Q(pk__in=ImportRow.objects.exclude(values={}).values("batch")) | ~Q(file="")
    return ImportBatch._base_manager.filter(kept, kind__in=personal_kinds(), finished_at__lt=limit)


def empty_lists(rows: QuerySet[Any]) -> int:
    """The file and the cells go; that there was an import, and what became of each row, stays."""
    number = 0
    for batch in list(rows):
        stored = batch.file.name
        ImportRow.objects.filter(batch=batch).update(values={}, before={}, problems=[], key_hash="")
        ImportBatch._base_manager.filter(pk=batch.pk).update(file="", file_name="", plan={}, notes=[])
        if stored:
            transaction.on_commit(lambda stored=stored: default_storage.delete(stored))  # type: ignore[misc]
        number += 1
    return number


def declare() -> None:
    """The rules of the mechanism itself."""
    register(
        Rule(
            "sessions",
            _("Sessions"),
            0,
            _("when they run out"),
            lambda limit: Session.objects.filter(expire_date__lt=limit),
            delete,
        ),
        Rule("mails", _("That a mail was sent or failed"), KEEP_MAILS.days, _("after it was settled"), settled_mails, delete),
        Rule(
            "followers",
            _("Addresses of people who asked to follow a record and never confirmed it"),
            UNCONFIRMED.days,
            _("after they asked"),
            lambda limit: Subscription.objects.filter(confirmed_at__isnull=True, created_at__lt=limit),
            delete,
        ),
        Rule(
            "imports",
            _("Lists of people that were imported: the file, and the cells of each row"),
            IMPORTS_KEPT.days,
            _("after the import; it cannot be undone any longer"),
            old_lists,
            empty_lists,
        ),
    )


@dataclass(frozen=True)
class Applied:
    """One rule, and how many it found."""

    rule: Rule
    number: int


def purge(*, dry_run: bool = False, now: dt.datetime | None = None) -> list[Applied]:
    """Apply every rule, each in a transaction of its own, with a row and an event where something went."""
    moment = now or timezone.now()
    found = []
    for rule in rules():
        if dry_run:
            found.append(Applied(rule, rule.count(moment)))
            continue
        with transaction.atomic():
            number = rule.forget(rule.rows(rule.limit(moment)))
            if number:
                kept = Purge.objects.create(rule=rule.code, at=moment, number=number)
                record_event(kept, "purge", actor=SYSTEM, changes={"number": [None, number]}, reason=rule.code, at=moment)
        found.append(Applied(rule, number))
    return found
