"""People and their part in an edition, and consent to show a name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from core import gathering, search
from core.events import MASK
from core.workflow import StepRefused, changing, lock
from forum.models import Consent, Participation, Person
from forum.permissions import is_delegate_of
from forum.validators import check_participation, check_person
from forum.workflow.common import create_checked, edit_checked, only_organizers_of


def create_participation(
    *,
    edition: Any,
    actor: Any,
    values: Mapping[str, Any],
    person_values: Mapping[str, Any] | None = None,
    consent: bool = False,
    consent_how: str = "",
    at: dt.datetime | None = None,
) -> Participation:
    """A person takes part in `edition`: a new person of `person_values`, or an existing one as `values["person"]`.

    `consent` true records the consent to show the name, with `consent_how`.
    """
    only_organizers_of(edition, actor)
    values = dict(values)
    with gathering.together():
        if values.get("person") is not None:
            refuse_gone(values["person"])
        if values.get("person") is None:
            values["person"] = create_checked(Person(**(person_values or {})), check_person, actor=actor, at=at)
        elif person_values:
            edit_checked(values["person"], person_values, check_person, actor=actor, revision=None, at=at)
        participation: Participation = create_checked(
            Participation(edition=edition, **values), check_participation, actor=actor, at=at
        )
        if consent:
            set_consent(participation=participation, given=True, actor=actor, how=consent_how, at=at)
    return participation


def edit_participation(
    *,
    participation: Participation,
    actor: Any,
    values: Mapping[str, Any],
    person_values: Mapping[str, Any] | None = None,
    revision: int | None = None,
    person_revision: int | None = None,
    at: dt.datetime | None = None,
) -> Participation:
    """Change a participation and, with `person_values`, the person; a new name shows wherever there is consent to it.

    A form shows both records: it sends back the revision of each, and `StaleRecord.current` is the one that moved.
    """
    only_organizers_of(participation.edition, actor)
    if "show_name" in values:
        raise TypeError("Consent changes by set_consent().")
    with gathering.together():
        refuse_gone(participation.person)
        edit_checked(participation, values, check_participation, actor=actor, revision=revision, at=at)
        if person_values:
            person = participation.person
            # Before the change, which forgets what was read together with others (an import).
            rows = person.participations.all()
            if "participations" not in getattr(person, "_prefetched_objects_cache", {}):
                rows = rows.select_related("edition", "organization", "agency")
            together = list(rows)
            edit_checked(person, person_values, check_person, actor=actor, revision=person_revision, at=at)
            for part in together:
                current = participation if part.pk == participation.pk else part
                if gathering.current() is not None and current is part:
                    current = lock(part)
                current.person = person
                search.refresh(gathering.rederive(current))
    return participation


def may_speak_for(participation: Participation, user: Any) -> bool:
    """The person."""
    pk = getattr(user, "pk", None)
    return pk is not None and participation.person.user_id == pk


def may_withdraw_for(participation: Participation, user: Any) -> bool:
    """The person, and a delegate of the organization that the person came for: to hide a name takes less than to show it."""
    return may_speak_for(participation, user) or is_delegate_of(participation.organization_id, user)


def refuse_gone(person: Person) -> None:
    """Nothing is written about a person whose data are blocked or suppressed."""
    if person.suppressed_on is not None:
        raise StepRefused(_("The data of this person were suppressed already."), code="suppressed")
    if person.blocked_at is not None:
        raise StepRefused(_("The data of this person are blocked."), code="blocked")


def set_consent(
    *, participation: Participation, given: bool, actor: Any, how: str = "", at: dt.datetime | None = None
) -> Participation:
    """Consent to show the name is given or withdrawn: dated row, shown name and search in one transaction.

    Nothing happens when it stands so already. A person decides about the own name, the organizers record it; a delegate of the
    organization can withdraw it, not give it.
    """
    person = participation.person
    if not (may_speak_for(participation, actor) if given else may_withdraw_for(participation, actor)):
        only_organizers_of(participation.edition, actor)
    moment = at or timezone.now()
    with gathering.together():
        if lock(participation).show_name == given:
            return participation
        refuse_gone(person)
        # How it was given stands with the consent, which an erasure can empty; an event cannot be.
        with changing(participation, "consent" if given else "withdraw_consent", actor=actor, at=moment) as change:
            change.record.show_name = given
            change.record.refresh_derived()
            change.note("how", "", MASK if how else "")
        if given:
            gathering.insert(Consent(participation=participation, given_at=moment, how=how))
        else:
            for consent in participation.consents.filter(revoked_at__isnull=True):
                consent.revoked_at = max(moment, consent.given_at)
                consent.revoked_how = how
                consent.save(update_fields=["revoked_at", "revoked_how"])
        search.refresh(participation)
    return participation


def check_in(*, participation: Participation, actor: Any, undo: bool = False, at: dt.datetime | None = None) -> Participation:
    """A participant has arrived (`undo`: it was a mistake). Nothing happens when it stands so already.

    `at` is when it was, by the clock of the desk; the event is dated when it is written.
    """
    only_organizers_of(participation.edition, actor)
    with gathering.together():
        if (lock(participation).checked_in_at is None) == undo:
            return participation
        refuse_gone(participation.person)
        with changing(participation, "undo_check_in" if undo else "check_in", actor=actor) as change:
            change.record.checked_in_at = None if undo else at or change.at
    return participation
