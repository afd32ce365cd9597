"""Steps as data, and the one way to take them.

A `Workflow` is a table of `Transition` rows; buttons, documentation and tests read the same table. A *door* is a
keyword-only function in an app's `workflow` module that takes a step:

    def send_back(*, proposal, actor, reason):
        with step(PROPOSAL, proposal, "return", actor=actor, reason=reason) as change:
            change.record.some_field = …

`step` opens the transaction, locks the row, refuses an illegal step with a sentence, sets the status, saves only what
changed, writes the event, and brings the caller's instance up to date.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from core import gathering, search
from core.events import MASK, SYSTEM, difference, plain, record_event, values_of

Words = str | Promise
Predicate = Callable[[Any, Any], bool]

#: Actions that leave no trace when nothing changed: a form saved as it was opened.
EDITS = frozenset({"edit", "correct"})


class StepRefused(Exception):
    """The step is not possible. `str()` is a sentence for the person who tried, in the language of the moment."""

    def __init__(self, sentence: Words, code: str = "refused") -> None:
        super().__init__(sentence)
        self.code = code

    def __str__(self) -> str:
        return str(self.args[0])


class StaleRecord(StepRefused):
    """Somebody else changed the record since the form was opened. `current` is the record as it stands."""

    def __init__(self, current: models.Model) -> None:
        super().__init__(
            _("Somebody changed this record while you were writing. Nothing was lost: compare both texts and save again."),
            code="stale",
        )
        self.current = current


@dataclass(frozen=True)
class Transition:
    """One row of a table of steps.

    `sources` empty means that the step creates the record; `target` None means that the status stays or is derived.
    `who` names predicates of the workflow. `guard(record)` may answer with the sentence that forbids the step.
    """

    action: str
    label: Words
    sources: tuple[str, ...]
    target: str | None
    who: tuple[str, ...]
    needs_reason: bool = False
    guard: Callable[[Any], Words | None] | None = None
    note: Words = ""


@dataclass
class Workflow:
    """The steps of one kind of record. `predicates`: name → (test of record and actor, words for the documentation)."""

    name: str
    label: Words
    statuses: Sequence[tuple[str, Words]]
    transitions: tuple[Transition, ...]
    predicates: Mapping[str, tuple[Predicate, Words]]
    status_field: str = "status"
    by_action: dict[str, Transition] = field(init=False)

    def __post_init__(self) -> None:
        self.by_action = {transition.action: transition for transition in self.transitions}
        if len(self.by_action) != len(self.transitions):
            raise ValueError(f"{self.name}: an action is listed twice")
        for transition in self.transitions:
            unknown = set(transition.who) - set(self.predicates)
            if unknown:
                raise ValueError(f"{self.name}.{transition.action}: unknown {unknown}")

    def status_label(self, status: str) -> str:
        return str(dict(self.statuses).get(status, status))

    def may(self, transition: Transition, record: Any, actor: Any) -> bool:
        """Whether `actor` is one of those who take this step, whatever the status."""
        if actor is SYSTEM:
            return True
        if not getattr(actor, "is_active", False) or getattr(actor, "pk", None) is None:
            return False
        return any(self.predicates[name][0](record, actor) for name in transition.who)

    def refusal(self, record: Any, action: str, actor: Any, reason: str | None = None) -> StepRefused | None:
        """None when the step is possible now. `reason` None means: not asked yet."""
        transition = self.by_action.get(action)
        if transition is None:
            return StepRefused(_("There is no step “%(step)s”.") % {"step": action}, code="unknown")
        if not self.may(transition, record, actor):
            return StepRefused(
                _("“%(step)s” is a step for: %(who)s.")
                % {
                    "step": transition.label,
                    "who": ", ".join(str(self.predicates[name][1]) for name in transition.who),
                },
                code="not_yours",
            )
        status = getattr(record, self.status_field)
        if transition.sources and status not in transition.sources:
            return StepRefused(
                _("“%(step)s” is not possible for %(record)s while it is “%(status)s”; it takes “%(sources)s”.")
                % {
                    "step": transition.label,
                    "record": getattr(record, "public_key", "") or record,
                    "status": self.status_label(status),
                    "sources": "”, “".join(self.status_label(source) for source in transition.sources),
                },
                code="wrong_status",
            )
        sentence = transition.guard(record) if transition.guard else None
        if sentence:
            return StepRefused(sentence, code="guard")
        # What the application does by itself follows from another step, which holds the reason.
        if transition.needs_reason and actor is not SYSTEM and reason is not None and not reason.strip():
            return StepRefused(
                _("“%(step)s” needs a reason: write it and try again.") % {"step": transition.label}, code="reason"
            )
        return None

    def available(self, record: Any, actor: Any) -> list[Transition]:
        """The steps that `actor` can take on `record` now: what the buttons show."""
        return [
            transition
            for transition in self.transitions
            if transition.sources and self.refusal(record, transition.action, actor) is None
        ]


_registered: dict[str, Workflow] = {}


def register(*workflows: Workflow) -> None:
    """Name the tables of an app, from its `apps.py ready()`: docs/workflow.md and tests walk through them."""
    for workflow in workflows:
        if _registered.setdefault(workflow.name, workflow) is not workflow:
            raise ValueError(f"Two workflows are named {workflow.name}.")


def registered() -> list[Workflow]:
    """All tables of steps, in the order of the apps."""
    return list(_registered.values())


class Change:
    """A record under change: what it was, what it becomes, and the event that says so.

    With `masked` the event tells which fields changed and not their texts: for drafts, which nobody outside reads.
    """

    masked = False

    def __init__(self, record: Any, action: str, actor: Any, reason: str, at: dt.datetime) -> None:
        self.record = record
        self.action = action
        self.actor = actor
        self.reason = reason
        self.at = at
        self.before = values_of(record) if record.pk else {}
        self.links: dict[str, list[Any]] = {}
        self.event: Any = None

    def set_links(self, name: str, records: Iterable[Any]) -> None:
        """Replace a many-to-many of the record and remember both sides for the event."""
        manager = getattr(self.record, name)
        before = list(manager.all())
        after = list(records)
        if {item.pk for item in before} != {item.pk for item in after}:
            gathered = gathering.current()
            if gathered is None:
                manager.set(after)
            else:
                gathered.link(self.record, name, before, after)
            self.links[name] = [sorted(map(str, map(plain, before))), sorted(map(str, map(plain, after)))]

    def note(self, name: str, before: Any, after: Any) -> None:
        """Something beside the record's own columns changed (rows of it, a related record)."""
        if before != after:
            self.links[name] = [plain(before), plain(after)]

    def save(self) -> None:
        """Save only what changed and write the event; nothing when nothing changed and the action is an edit."""
        record = self.record
        after = values_of(record)
        changes = difference(record, self.before, after)
        names = list(changes)
        gathered = gathering.current()
        if names and gathered is not None:
            gathered.check(record, set(names))
        elif names:
            validate(record, names)
        if not names and not self.links and self.action in EDITS:
            return
        if hasattr(record, "revision"):
            record.revision += 1
            names.append("revision")
        if gathered is None:
            record.save(update_fields=names)
        else:
            gathered.change(record, names)
        changes |= self.links
        if self.masked:
            changes = {name: [MASK if value else "" for value in pair] for name, pair in changes.items()}
        self.event = record_event(record, self.action, actor=self.actor, changes=changes, reason=self.reason, at=self.at)
        search.refresh(record)


def validate(record: models.Model, names: Iterable[str] | None = None) -> None:
    """Full validation of the named columns and of every constraint of the record. Raises ValidationError."""
    wanted = None if names is None else set(names)
    exclude = None if wanted is None else {f.name for f in record._meta.fields if f.name not in wanted}
    record.clean_fields(exclude=exclude)
    record.clean()
    record.validate_unique(exclude=exclude)
    record.validate_constraints()


def lock(record: Any) -> Any:
    """The row itself, locked until the end of the transaction (SQLite: the write transaction is the lock)."""
    gathered = gathering.current()
    if gathered is None:
        locked = type(record)._base_manager.select_for_update().filter(pk=record.pk).first()
    else:
        locked = gathered.locked(record)
    if locked is None:
        raise StepRefused(_("This record is no longer there: somebody removed it."), code="gone")
    return locked


@contextmanager
def changing(
    record: Any, action: str = "edit", *, actor: Any, reason: str = "", revision: int | None = None, at: dt.datetime | None = None
) -> Iterator[Change]:
    """Change a record without a step of its workflow, with lock, validation and event.

    `revision` is the one that the form was opened with: another one now raises `StaleRecord`.
    """
    with gathering.together():
        locked = lock(record)
        if revision is not None and locked.revision != revision:
            raise StaleRecord(locked)
        change = Change(locked, action, actor, reason, at or timezone.now())
        yield change
        change.save()
    bring_up_to_date(record, locked)


@contextmanager
def step(
    workflow: Workflow,
    record: Any,
    action: str,
    *,
    actor: Any,
    reason: str = "",
    revision: int | None = None,
    at: dt.datetime | None = None,
) -> Iterator[Change]:
    """Take one step of a workflow; see the module's docstring. Raises `StepRefused` or `ValidationError`, all or nothing.

    `at` is the moment that the event carries: only the demo and imports give another one than now.
    """
    with gathering.together():
        locked = lock(record)
        refusal = workflow.refusal(locked, action, actor, reason)
        if refusal is not None:
            raise refusal
        if revision is not None and locked.revision != revision:
            raise StaleRecord(locked)
        transition = workflow.by_action[action]
        change = Change(locked, action, actor, reason.strip(), at or timezone.now())
        yield change
        if transition.target is not None:
            setattr(locked, workflow.status_field, transition.target)
        change.save()
    bring_up_to_date(record, locked)


def create(
    record: Any,
    *,
    actor: Any,
    action: str = "create",
    reason: str = "",
    at: dt.datetime | None = None,
    links: dict[str, Iterable[Any]] | None = None,
    notes: dict[str, Any] | None = None,
) -> Any:
    """Validate and save a new record with its event and many-to-many links. Raises `ValidationError`.

    `notes` are things beside the record's own columns that its event tells, such as rows made with it.
    """
    gathered = gathering.current()
    with gathering.together():
        if hasattr(record, "refresh_derived"):
            record.refresh_derived()
        if gathered is None:
            record.full_clean()
            record.save()
        else:
            gathered.check(record)
            gathered.add(record)
        linked = {}
        for name, records in (links or {}).items():
            chosen = list(records)
            if gathered is None:
                getattr(record, name).set(chosen)
            else:
                gathered.link(record, name, [], chosen)
            if chosen:
                linked[name] = [[], sorted(map(str, map(plain, chosen)))]
        changes = difference(record, {}, {k: v for k, v in values_of(record).items() if v not in (None, "", [])})
        told = {name: [None, plain(value)] for name, value in (notes or {}).items() if value not in (None, "", [])}
        record_event(record, action, actor=actor, changes={**changes, **linked, **told}, reason=reason, at=at)
        search.refresh(record)
    return record


def bring_up_to_date(record: Any, locked: Any) -> None:
    """Copy the columns of the locked row to the caller's instance."""
    for column in locked._meta.concrete_fields:
        setattr(record, column.attname, getattr(locked, column.attname))
    record._state.fields_cache.clear()
    if gathering.current() is not None:
        record._state.fields_cache.update(locked._state.fields_cache)
    getattr(record, "_prefetched_objects_cache", {}).clear()


def check_creation(workflow: Workflow, action: str, record: Any, actor: Any) -> None:
    """Refuse somebody who may not create `record` (a step without source). Raises `StepRefused`."""
    transition = workflow.by_action[action]
    if not workflow.may(transition, record, actor):
        refusal = workflow.refusal(record, action, actor)
        if refusal is not None:
            raise refusal


def sentence_of(error: Exception) -> str:
    """What a person reads of a refused step or a failed validation."""
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    return str(error)
