"""Whose data a file of the own data holds, and who may take it along (`core.own_data`)."""

from __future__ import annotations

from typing import Any

from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import get_language

from core import own_data
from core.events import record_read
from core.own_data import Reader, Subject
from core.privacy import Audience
from forum.models import Participation, Person, PrivacyRequest, User
from forum.permissions import is_administrator
from forum.workflow.erasing import may_erase

A = Audience
#: What the table grants to the organizers at the desk, and to administrators.
ORGANIZERS = frozenset({A.PUBLIC, A.CONSENT, A.ORGANIZER, A.ANY_ORGANIZER})
ADMINISTRATORS = ORGANIZERS | {A.ADMINISTRATOR}
#: Before the identity is checked nothing is handed out.
IDENTIFIED = (PrivacyRequest.Status.IDENTIFIED, PrivacyRequest.Status.ANSWERED, PrivacyRequest.Status.DONE)


def subject_of(person: Person | None, user: User | None) -> Subject:
    """A person and the account that is linked; one of the two at least. An account that only has the same address may be another's."""
    known: Any = user or person
    parts = Participation.objects.filter(person=person).values_list("pk", flat=True) if person is not None else ()
    return Subject(
        key=known.key,
        ids={
            "forum.user": [user.pk] if user is not None else [],
            "forum.person": [person.pk] if person is not None else [],
            "forum.participation": list(parts),
        },
        emails=[user.email] if user is not None else [],
        keys=[person.key] if person is not None else [],
    )


def own_file(user: User) -> StreamingHttpResponse:
    """What is held about whoever asks, as a file; that it was taken along leaves a trace."""
    person = Person.objects.filter(user=user).first()
    return sent(subject_of(person, user), Reader(user, frozenset(A), is_subject=True), person or user)


def desk_may_hand_out(asked: PrivacyRequest, user: Any) -> bool:
    """The identity is checked, the person is one of the records, and the reader answers for every forum of this person."""
    person = asked.person
    return asked.status in IDENTIFIED and person is not None and person.suppressed_on is None and may_erase(person, user)


def desk_file(asked: PrivacyRequest, user: User) -> StreamingHttpResponse:
    """The same for a request, as far as the desk may read it."""
    audiences = ADMINISTRATORS if is_administrator(None, user) else ORGANIZERS
    person: Any = asked.person
    return sent(subject_of(person, person.user), Reader(user, audiences), person)


def sent(subject: Subject, reader: Reader, record: Any) -> StreamingHttpResponse:
    record_read(record, "export", reader.user)
    content = own_data.lines(subject, reader, at=timezone.now(), language=get_language() or "es")
    response = StreamingHttpResponse(content, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="acuerda-{subject.key}.json"'
    return response
