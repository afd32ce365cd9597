"""Invitations to a work meeting: the calendar file that a mail brings (RFC 5545, 5546), and the link that answers it.

The file is made when the mail leaves, for its addressee alone: it names nobody else who is invited. Programs recognise the
meeting by UID, and take over a change when SEQUENCE is higher. Answers go to the link of the mail or to the workspace: a
reply of a calendar program would reach a mailbox that nobody reads, so none is asked for (RSVP=FALSE).
"""

from __future__ import annotations

from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from icalendar import Event, vCalAddress, vText

from agreements.calendar import meeting_event
from agreements.models import Agreement, Attendance, Meeting, WithdrawnInvitation
from agreements.notices.facts import meeting_page
from agreements.notices.who import guests, invited
from agreements.permissions import stands_for
from core.ics import blank, filled
from core.identifiers import plain_text
from core.mail_links import DeadLink, holds, read_token, token_of
from core.outbox.letters import absolute
from core.outbox.notices import Addressee
from forum.addressees import guest_of

SALT = "acuerda.agreements.answer-by-mail"
GUEST_SALT = "acuerda.agreements.answer-by-mail-without-account"
DAYS = 120
#: An answer as calendars call it (RFC 5545, 3.2.12).
PARTSTAT = {"": "NEEDS-ACTION", "yes": "ACCEPTED", "perhaps": "TENTATIVE", "no": "DECLINED"}
Files = list[tuple[str, bytes, str]]


def own_rows(meeting: Meeting, user: Any) -> list[Attendance]:
    """The invitations that `user` answers: those by name where the own body has one for this person, else all of the body.

    A person without an account answers the own invitation alone.
    """
    rows = meeting.attendance.select_related("organization", "agency", "participation__person").order_by("id")
    if isinstance(user, Addressee):
        return list(rows.filter(participation__person__key=user.key))
    mine = [row for row in rows if stands_for(row, user)]
    by_name = [row for row in mine if row.participation is not None and row.participation.person.user_id == user.pk]
    return by_name or mine


def invitation_file(meeting: Meeting, user: Any) -> Files:
    """The meeting for the calendar of one of the invited: a request, or its cancellation. Nothing for anybody else."""
    rows = own_rows(meeting, user)
    if not rows or meeting.status not in (Meeting.Status.SCHEDULED, Meeting.Status.CANCELLED):
        return []
    method = "CANCEL" if meeting.status == Meeting.Status.CANCELLED else "REQUEST"
    agreements = Agreement.objects.visible_to(user).filter(meetings=meeting).order_by("folio")
    event = meeting_event(meeting, agreements, absolute, page=meeting_page(meeting, user))
    if meeting.link:
        # Only the invited read the link, and this file goes to one of them.
        lines = [str(event.get("description", "")), f"{_('Link (for the invited)')}: {meeting.link}"]
        event.pop("description", None)
        event.add("description", plain_text("\n".join(line for line in lines if line)))
        if not meeting.place:
            event.add("location", plain_text(meeting.link))
    return addressed(meeting, event, user, method, PARTSTAT[answer_of(rows)])


def withdrawn_file(withdrawn: WithdrawnInvitation, user: Any) -> Files:
    """Takes the meeting out of the calendar of one who is not expected any more. It goes on for the others, so it has no STATUS
    (RFC 5546, 3.2.5). Nothing where none had been sent."""
    meeting = withdrawn.meeting
    if meeting.status == Meeting.Status.PROPOSED:
        return []
    event = meeting_event(meeting, (), absolute)
    for name in ("status", "sequence"):
        event.pop(name)
    event.add("sequence", withdrawn.sequence)
    return addressed(meeting, event, user, "CANCEL", PARTSTAT[""])


def addressed(meeting: Meeting, event: Event, user: Any, method: str, answer: str) -> Files:
    """The file for one addressee: from the forum, to this mailbox and nobody else."""
    name, mailbox = parseaddr(settings.DEFAULT_FROM_EMAIL)
    event.add("organizer", person(mailbox, meeting.edition.convener or name or mailbox))
    guest = person(user.email, user.name or user.email)
    guest.params |= {
        "CUTYPE": vText("INDIVIDUAL"),
        "ROLE": vText("REQ-PARTICIPANT"),
        "PARTSTAT": vText(answer),
        "RSVP": vText("FALSE"),
    }
    event.add("attendee", guest, encode=False)
    content = filled(blank(method), [event]).to_ical()
    return [(f"{meeting.folio}.ics", content, f"text/calendar; method={method}")]


def person(mailbox: str, name: str) -> vCalAddress:
    """A calendar user: address and name, which icalendar writes so that it ends no parameter and no line (RFC 6868)."""
    address = vCalAddress(f"mailto:{mailbox}")
    address.params["CN"] = vText(plain_text(name)[:200])
    return address


def answer_of(rows: list[Attendance]) -> str:
    """The answer that all these invitations have, '' where they differ."""
    answers = {row.answer for row in rows}
    return answers.pop() if len(answers) == 1 else ""


# --- the link ---------------------------------------------------------------------------------------------------------


def answer_address(meeting: Meeting, user: Any) -> str:
    """The path of the link that answers without signing in, in the language that is active."""
    salt = GUEST_SALT if isinstance(user, Addressee) else SALT
    return reverse("answer_by_mail", args=[token_of(salt, user, meeting)])


def open_invitation(token: str) -> tuple[Meeting, Any, list[Attendance]]:
    """The meeting, the account (or the person without one) and its invitations.

    Raises `DeadLink`, also once the meeting is held or cancelled, and once the invitation is taken back.
    """
    try:
        salt = SALT
        user, folio, said = read_token(SALT, token, DAYS)
        readable = Meeting.objects.visible_to(user)
    except DeadLink:
        salt = GUEST_SALT
        user, folio, said = read_token(GUEST_SALT, token, DAYS, guest_of)
        # The link is the right to read what it answers; `own_rows` says below whether it still is.
        readable = Meeting.objects.all()
    meeting = readable.select_related("edition").filter(folio=folio).first()
    if meeting is None or not holds(said, salt, user, meeting):
        raise DeadLink
    told = guests(meeting) if isinstance(user, Addressee) else invited(meeting)
    if user.key not in {person.key for person in told}:
        raise DeadLink
    rows = own_rows(meeting, user)
    if not rows or meeting.status not in (Meeting.Status.PROPOSED, Meeting.Status.SCHEDULED):
        raise DeadLink
    return meeting, user, rows
