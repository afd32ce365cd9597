"""Notices of work meetings and their minutes."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from agreements.notices import facts, who
from core.outbox.notices import Notice
from forum.addressees import organizers_of

MEETING, MINUTES = "agreements.meeting", "agreements.minutesversion"

NOTICES = (
    Notice(
        "meeting_proposed",
        model=MEETING,
        actions=("propose",),
        to=organizers_of,
        applies=facts.is_proposed,
        late=True,
        subject=_("A meeting is proposed: %(folio)s, %(when)s"),
        text=_("“%(title)s”, %(when)s. An organizer confirms it, moves it or cancels it."),
        facts=facts.facts_of_meeting,
        link=facts.meeting_page,
    ),
    Notice(
        "meeting_scheduled",
        model=MEETING,
        actions=("schedule",),
        to=who.invited,
        applies=facts.is_scheduled,
        late=True,
        subject=_("Meeting %(folio)s: %(when)s"),
        text=_("You are invited to “%(title)s”, %(when)s. Place: %(place)s."),
        facts=facts.facts_of_meeting,
        link=facts.meeting_page,
        urgent=True,
    ),
    Notice(
        "meeting_confirmed",
        model=MEETING,
        actions=("confirm",),
        to=who.invited,
        applies=facts.is_scheduled,
        subject=_("Meeting %(folio)s: %(when)s"),
        text=_("You are invited to “%(title)s”, %(when)s. Place: %(place)s."),
        facts=facts.facts_of_meeting,
        link=facts.meeting_page,
        urgent=True,
    ),
    Notice(
        "meeting_moved",
        model=MEETING,
        actions=("move",),
        to=who.invited_and_organizers,
        applies=facts.is_scheduled,
        subject=_("Meeting %(folio)s was moved: %(when)s"),
        text=_("“%(title)s” now takes place %(when)s. Place: %(place)s."),
        facts=facts.facts_of_meeting,
        link=facts.meeting_page,
        urgent=True,
    ),
    Notice(
        "meeting_cancelled",
        model=MEETING,
        actions=("cancel",),
        to=who.invited_and_organizers,
        subject=_("Meeting %(folio)s of %(when)s was cancelled"),
        text=_("“%(title)s” does not take place. The reason is on its page."),
        facts=facts.facts_of_meeting,
        link=facts.meeting_page,
        urgent=True,
    ),
    Notice(
        "minutes_circulated",
        model=MINUTES,
        actions=("circulate",),
        to=who.readers_of_minutes,
        applies=facts.is_circulated,
        subject=_("Minutes of %(folio)s: remarks until %(until)s"),
        text=_("The minutes of “%(title)s” can be read. Remarks are taken until %(until)s; then they are approved."),
        facts=facts.facts_of_minutes,
        link=facts.minutes_page,
        link_words=_("Read the minutes"),
    ),
    Notice(
        "minutes_approved",
        model=MINUTES,
        actions=("approve",),
        to=who.readers_of_minutes,
        subject=_("The minutes of %(folio)s are approved"),
        text=_("The minutes of “%(title)s” are approved and public."),
        facts=facts.facts_of_minutes,
        link=facts.minutes_page,
        link_words=_("Read the minutes"),
    ),
)
