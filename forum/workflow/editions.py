"""Editions, their stages, tables and sessions, and which bodies take part."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core import search, sockets
from core.events import SYSTEM, plain, record_event, values_of
from core.workflow import StepRefused, Transition, Workflow, step
from forum.models import Edition, EditionAgency, EditionOrganization, Organization, Participation, Session, WorkingTable
from forum.permissions import is_organizer_of
from forum.validators import check_edition, check_session, check_table
from forum.workflow.common import create_checked, edit_checked, only_organizers, only_organizers_of
from forum.workflow.roles import give_role

STAGES = tuple(Edition.Stage.values)


def _transitions() -> tuple[Transition, ...]:
    """Forward to any later stage freely; back to an earlier one with a reason."""
    rows = []
    for number, stage in enumerate(STAGES):
        words = {"stage": Edition.Stage(stage).label}
        if number:
            label = format_lazy(gettext_lazy("Move on to “{stage}”"), **words)
            rows.append(Transition(f"to_{stage}", label, STAGES[:number], stage, ("organizer",)))
        if number < len(STAGES) - 1:
            label = format_lazy(gettext_lazy("Go back to “{stage}”"), **words)
            rows.append(Transition(f"back_to_{stage}", label, STAGES[number + 1 :], stage, ("organizer",), needs_reason=True))
    return tuple(rows)


EDITION = Workflow(
    name="edition",
    label=pgettext_lazy("table of steps", "Edition"),
    statuses=Edition.Stage.choices,
    transitions=_transitions(),
    predicates={"organizer": (is_organizer_of, gettext_lazy("organizer of the edition"))},
    status_field="stage",
)


def create_edition(*, actor: Any, values: Mapping[str, Any], at: dt.datetime | None = None) -> Edition:
    """A new edition. Whoever creates it becomes its organizer."""
    only_organizers(actor)
    with transaction.atomic():
        edition: Edition = create_checked(Edition(**values), check_edition, actor=actor, at=at)
        if actor is not SYSTEM:
            give_role(user=actor, kind="organizer", place={"edition": edition}, actor=actor, at=at)
    return edition


def edit_edition(
    *, edition: Edition, actor: Any, values: Mapping[str, Any], revision: int | None = None, at: dt.datetime | None = None
) -> Edition:
    """Change what an edition says of itself; the stage has its own door."""
    only_organizers_of(edition, actor)
    if "stage" in values:
        raise TypeError("The stage of an edition changes by set_stage().")
    edited: Edition = edit_checked(edition, values, check_edition, actor=actor, revision=revision, at=at)
    return edited


def set_stage(*, edition: Edition, stage: str, actor: Any, reason: str = "", at: dt.datetime | None = None) -> Edition:
    """Move an edition to `stage`. Going back needs a reason. What becomes public or hidden by it is found or not at once."""
    if stage not in STAGES:
        raise StepRefused(_("There is no stage “%(stage)s”.") % {"stage": stage}, code="unknown")
    forward = STAGES.index(stage) >= STAGES.index(edition.stage)
    with transaction.atomic():
        was_public = edition.is_public
        with step(EDITION, edition, f"to_{stage}" if forward else f"back_to_{stage}", actor=actor, reason=reason, at=at):
            pass
        if edition.is_public != was_public:
            for participation in Participation.objects.filter(edition=edition).select_related("person", "edition"):
                search.refresh(participation)
            for records in sockets.searched_in_edition.collect(edition=edition):
                for record in records:
                    search.refresh(record)
    return edition


def create_table(*, actor: Any, values: Mapping[str, Any], at: dt.datetime | None = None) -> WorkingTable:
    """A new working table of `values["edition"]`."""
    table = WorkingTable(**values)
    only_organizers_of(table.edition, actor)
    created: WorkingTable = create_checked(table, check_table, actor=actor, at=at)
    return created


def edit_table(
    *, table: WorkingTable, actor: Any, values: Mapping[str, Any], revision: int | None = None, at: dt.datetime | None = None
) -> WorkingTable:
    only_organizers_of(table.edition, actor)
    edited: WorkingTable = edit_checked(table, values, check_table, actor=actor, revision=revision, at=at)
    return edited


def create_session(*, actor: Any, values: Mapping[str, Any], at: dt.datetime | None = None) -> Session:
    """A new item of the programme of `values["edition"]`."""
    session = Session(**values)
    only_organizers_of(session.edition, actor)
    created: Session = create_checked(session, check_session, actor=actor, at=at)
    return created


def edit_session(
    *, session: Session, actor: Any, values: Mapping[str, Any], revision: int | None = None, at: dt.datetime | None = None
) -> Session:
    only_organizers_of(session.edition, actor)
    edited: Session = edit_checked(session, values, check_session, actor=actor, revision=revision, at=at)
    return edited


def join_edition(
    *, edition: Edition, body: Any, actor: Any, part: str = "participant", at: dt.datetime | None = None
) -> EditionOrganization | EditionAgency:
    """`body` (organization or agency) takes part in `edition`; an organization as `part`, which may change."""
    only_organizers_of(edition, actor)
    with transaction.atomic():
        if not isinstance(body, Organization):
            found, created = EditionAgency.objects.get_or_create(edition=edition, agency=body)
            if created:
                record_event(body, "join", actor=actor, changes={"edition": [None, edition.slug]}, at=at)
            return found
        row = EditionOrganization.objects.select_for_update().filter(edition=edition, organization=body).first()
        before = row.part if row is not None else None
        row = row or EditionOrganization(edition=edition, organization=body)
        row.part = part
        if before != part:
            row.full_clean()
            row.save()
            changes = {"part": [before, part]} if before else {"edition": [None, edition.slug], "part": [None, part]}
            record_event(body, "join", actor=actor, changes=changes, at=at)
        return row


def leave_edition(*, edition: Edition, body: Any, actor: Any, reason: str = "", at: dt.datetime | None = None) -> None:
    """`body` no longer takes part in `edition`; refused while participants of the edition come for it."""
    only_organizers_of(edition, actor)
    name = "organization" if isinstance(body, Organization) else "agency"
    with transaction.atomic():
        if Participation.objects.filter(edition=edition, **{name: body}).exists():
            raise StepRefused(
                _("“%(body)s” has participants in this edition: change those first.") % {"body": body}, code="guard"
            )
        rows = EditionOrganization.objects if name == "organization" else EditionAgency.objects
        gone, _detail = rows.filter(edition=edition, **{name: body}).delete()
        if gone:
            record_event(body, "leave", actor=actor, changes={"edition": [edition.slug, None]}, reason=reason, at=at)


def check_in_body(
    *, edition: Edition, body: Any, actor: Any, undo: bool = False, at: dt.datetime | None = None
) -> EditionOrganization | EditionAgency:
    """An organization or agency of the edition has arrived (`undo`: it was a mistake); see `check_in` of people."""
    only_organizers_of(edition, actor)
    rows: Any = EditionOrganization.objects if isinstance(body, Organization) else EditionAgency.objects
    name = "organization" if isinstance(body, Organization) else "agency"
    with transaction.atomic():
        row = rows.select_for_update().filter(edition=edition, **{name: body}).first()
        if row is None:
            raise StepRefused(_("“%(body)s” does not take part in this edition.") % {"body": body}, code="guard")
        before = row.checked_in_at
        if (before is None) == undo:
            return row  # type: ignore[no-any-return]
        row.checked_in_at = None if undo else at or timezone.now()
        row.save(update_fields=["checked_in_at"])
        changes = {"edition": [edition.slug, edition.slug], "checked_in_at": [plain(before), plain(row.checked_in_at)]}
        record_event(body, "undo_check_in" if undo else "check_in", actor=actor, changes=changes)
    return row  # type: ignore[no-any-return]


def remove_session(*, session: Session, actor: Any, at: dt.datetime | None = None) -> None:
    """Take an item out of the programme. The event of its edition keeps what it said."""
    only_organizers_of(session.edition, actor)
    with transaction.atomic():
        said = {name: [plain(value), None] for name, value in values_of(session).items() if value not in (None, "")}
        record_event(session.edition, "remove_session", actor=actor, changes=said, at=at)
        session.delete()
