"""Blocking and erasing a person. Public acts stand: they name people by opaque key, and say since when the data are gone.

Law: cancellation begins with a block (the data are kept for possible liabilities and used for nothing else), and ends with the
suppression (Ley Federal de Protección de Datos Personales en Posesión de los Particulares, DOF 20 March 2025, chapter on ARCO rights).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import erasing, sockets
from core.events import record_event
from core.imports import candidates
from core.workflow import StepRefused, changing
from forum.models import Consent, Participation, Person, PrivacyRequest, Role, User
from forum.permissions import is_administrator
from forum.roles import roles_of
from forum.workflow.common import allowed
from forum.workflow.people import set_consent
from forum.workflow.roles import remove_role

#: What an erased name reads: no name, in any language. The column cannot be empty.
GONE = "—"
#: Texts of public acts stand as they were published: they are in the ledger, and correcting them would break its proof.
PUBLIC_ACTS: dict[str, tuple[str, ...]] = {
    "core.ledgerentry": ("canonical",),
    "proposals.opinion": ("signatory_post",),
    "agreements.acceptance": ("post",),
    "agreements.agreementversion": ("text",),
}


@dataclass
class Erased:
    """What an erasure did: emptied rows of imports, deleted files, closed accounts, and what a person has to look at."""

    rows: int = 0
    files: int = 0
    accounts: int = 0
    #: Columns that still hold a mark of the person: free text that somebody wrote.
    left: list[erasing.Place] = field(default_factory=list)
    #: Papers on which the person may have signed.
    papers: list[str] = field(default_factory=list)


def may_erase(person: Person, user: Any) -> bool:
    """Administrators, and whoever organizes every edition that the person took part in."""
    if is_administrator(person, user):
        return True
    editions = set(person.participations.values_list("edition", flat=True))
    return bool(editions) and editions <= set(roles_of(user).editions)


def only_those_who_may(person: Person, actor: Any) -> None:
    if not allowed(actor, may_erase, person):
        raise StepRefused(
            _("Only an administrator, or an organizer of every forum in which this person took part, can do this."),
            code="not_yours",
        )


def block_person(*, person: Person, actor: Any, reason: str, at: dt.datetime | None = None) -> Person:
    """Hide a person from everybody but administrators: consents end, and nobody exports, edits or finds the data."""
    only_those_who_may(person, actor)
    moment = at or timezone.now()
    with transaction.atomic():
        refuse_suppressed(person)
        withdraw_all(person, actor, moment)
        with changing(person, "block", actor=actor, reason=reason, at=moment) as change:
            if change.record.blocked_at is None:
                change.record.blocked_at = moment
        transaction.on_commit(erasing.forget_pages)
    return person


def unblock_person(*, person: Person, actor: Any, reason: str, at: dt.datetime | None = None) -> Person:
    """Take a block back that was set by mistake. Consents do not come back by themselves."""
    if not allowed(actor, is_administrator, person):
        raise StepRefused(_("Only an administrator can do this."), code="not_yours")
    with transaction.atomic():
        refuse_suppressed(person)
        with changing(person, "unblock", actor=actor, reason=reason, at=at) as change:
            change.record.blocked_at = None
    return person


def refuse_suppressed(person: Person) -> None:
    if person.suppressed_on is not None:
        raise StepRefused(_("The data of this person were suppressed already."), code="suppressed")


def withdraw_all(person: Person, actor: Any, moment: dt.datetime) -> None:
    for part in person.participations.select_related("edition").filter(show_name=True):
        set_consent(participation=part, given=False, actor=actor, at=moment)


def erase_person(*, person: Person, actor: Any, reason: str = "", at: dt.datetime | None = None) -> Erased:
    """Erase what is held about a person, everywhere, as one transaction; what was published by keys stays.

    Raises `StepRefused` for somebody who may not, for a person who is erased already, while a list of people is imported, and
    for the last administrator.
    """
    only_those_who_may(person, actor)
    refuse_suppressed(person)
    moment = at or timezone.now()
    day = timezone.localdate(moment)
    accounts = accounts_of(person)
    marks = marks_of_person(person, accounts)
    emails = {email.lower() for email in (person.email, *(user.email for user in accounts)) if email}
    done = Erased()
    with transaction.atomic():
        parts = list(person.participations.select_related("edition", "organization", "agency"))
        posts = erasing.Marks.of([part.post for part in parts])
        done.papers = [paper for found in sockets.papers_of.collect(participations=parts) for paper in found]
        withdraw_all(person, actor, moment)
        for part in parts:
            empty_participation(part, actor, day, moment)
        Consent.objects.filter(participation__in=parts).update(how="", revoked_how="")
        with changing(person, "erase", actor=actor, reason=reason, at=moment) as change:
            empty(change.record, Person.ERASED, name=GONE)
            change.record.user, change.record.suppressed_on, change.record.blocked_at = None, day, None
        candidates.forget(Person._meta.label_lower, [person.pk])
        PrivacyRequest.objects.of_person(person, emails).update(**emptied(PrivacyRequest, PrivacyRequest.ERASED))
        for user in accounts:
            close_account(user, actor, moment)
        done.accounts = len(accounts)
        erasing.end_sessions([user.pk for user in accounts])
        erasing.forget_addresses(emails, leave=(Person, User, PrivacyRequest))
        done.rows, done.files = erasing.forget_imports(marks, {part.pk for part in parts})
        done.files += erasing.forget_waiting_files()
        erasing.forget_words(marks.words | posts.words)
        done.left = list(erasing.places(marks, PUBLIC_ACTS))
        transaction.on_commit(erasing.forget_pages)
    return done


def accounts_of(person: Person) -> list[User]:
    """The account that is linked, and the one with the same e-mail address: an invitation may never have linked them."""
    own = User.objects.filter(pk=person.user_id) if person.user_id else User.objects.none()
    same = User.objects.filter(email=person.email.lower()) if person.email else User.objects.none()
    return list((own | same).distinct())


def marks_of_person(person: Person, accounts: list[User]) -> erasing.Marks:
    texts = [person.name, person.email, *(user.email for user in accounts), *(user.name for user in accounts)]
    return erasing.Marks.of(texts, [person.phone])


def emptied(model: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """Empty values of these columns: none where there may be none, otherwise the empty text."""
    return {name: None if model._meta.get_field(name).null else "" for name in names}


def empty(record: Any, names: tuple[str, ...], **values: Any) -> None:
    for name, value in {**emptied(type(record), names), **values}.items():
        setattr(record, name, value)


def empty_participation(part: Participation, actor: Any, day: dt.date, moment: dt.datetime) -> None:
    with changing(part, "erase", actor=actor, at=moment) as change:
        empty(change.record, Participation.ERASED)
        change.record.suppressed_on = day


def close_account(user: User, actor: Any, moment: dt.datetime) -> None:
    """No roles, no way in, no address. The row stays, so that what the account did keeps its author's key."""
    for role in Role.objects.filter(user=user):
        remove_role(role=role, actor=actor, at=moment)
    erasing.forget_account(user, leave=(Role,))
    record_event(user, "erase", actor=actor, changes={"is_active": [user.is_active, False]}, at=moment)
    user.email, user.name, user.is_active, user.last_login = f"{user.key}@suppressed.invalid", "", False, None
    user.set_unusable_password()
    user.save()
