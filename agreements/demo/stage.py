"""What the scenes of the demonstration share: who acts, on which day, and how an opinion is given."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from core.dates import today_in
from core.deadlines import is_working_day
from forum.models import Agency, Edition, Organization, Participation, User
from proposals.models import Opinion, Proposal, Referral
from proposals.workflow import issue, refer, save_draft, start_opinion, submit

ZONE = "America/Mexico_City"
FOUNDING = "foro-mexico-2011"
POST = "Dirección de enlace (muestra)"
CRITERIA = ("legal_remit", "legal", "technical", "budget", "institutional", "timeline", "impact", "environmental")


def moment(day: dt.date, hour: int = 11, minute: int = 0) -> dt.datetime:
    """A time of day in Mexico City."""
    return dt.datetime.combine(day, dt.time(hour, minute), ZoneInfo(ZONE))


class Stage:
    """Where the scenes play: accounts and bodies by key, and working days counted from today."""

    def __init__(self, today: dt.date | None = None) -> None:
        self.today = today or today_in(ZONE)
        self.bodies: dict[str, Any] = {}
        self.users: dict[str, User] = {}

    def day(self, offset: int) -> dt.date:
        """The working day `offset` calendar days from today, or the next one; what is past stays before today."""
        date = self.today + dt.timedelta(days=offset)
        while not is_working_day(date):
            date += dt.timedelta(days=1)
        return min(date, self.today - dt.timedelta(days=1)) if offset < 0 else date

    def at(self, offset: int, hour: int = 11, minute: int = 0) -> dt.datetime:
        return moment(self.day(offset), hour, minute)

    @cached_property
    def founding(self) -> Edition:
        return Edition.objects.get(slug=FOUNDING)

    @cached_property
    def organizer(self) -> User:
        return self.user("organizer@example.org")

    def user(self, email: str) -> User:
        if email not in self.users:
            self.users[email] = User.objects.get(email=email)
        return self.users[email]

    def agency(self, key: str) -> Agency:
        if key not in self.bodies:
            self.bodies[key] = Agency.objects.get(key=key)
        return self.bodies[key]  # type: ignore[no-any-return]

    def organization(self, key: str) -> Organization:
        if key not in self.bodies:
            self.bodies[key] = Organization.objects.get(key=key)
        return self.bodies[key]  # type: ignore[no-any-return]

    def official(self, key: str) -> User:
        return self.user(f"official.{key.lower()}@example.org")

    def delegate(self, key: str) -> User:
        return self.user(f"delegate.{key.lower()}@example.org")

    def participation(self, edition: Edition, key: str) -> Participation:
        return Participation.objects.get(edition=edition, key=key)

    # --- what happens again and again ---

    def send(self, proposal: Proposal, agencies: Iterable[str], *, day: dt.date, term_days: int = 20) -> dict[str, Referral]:
        """Refer a proposal; agency key → referral."""
        bodies = [self.agency(key) for key in agencies]
        sent = refer(proposal=proposal, agencies=bodies, actor=self.organizer, term_days=term_days, at=moment(day, 12, 30))
        return {referral.agency.key: referral for referral in sent}

    def put_forward(self, proposal: Proposal, *, day: dt.date, hour: int = 10, minute: int = 0) -> None:
        """Submit by a delegate of the first proponent."""
        proponent = proposal.proponents.order_by("key").first()
        submit(proposal=proposal, actor=self.delegate(proponent.key), at=moment(day, hour, minute))

    def opine(
        self,
        referral: Referral,
        verdict: str,
        reasons: str,
        *,
        day: dt.date,
        conditions: list[dict[str, Any]] | None = None,
        doubts: dict[str, str] | None = None,
        sound: str = "",
        minute: int = 0,
        **more: Any,
    ) -> Opinion:
        """The body's official drafts and issues an opinion. `doubts`: criterion → why it has reservations, or after `!`
        why it is unfavourable."""
        opinion = self.draft(
            referral, verdict, reasons, day=day, conditions=conditions, doubts=doubts, sound=sound, minute=minute, **more
        )
        actor = self.official(referral.agency.key)
        issue(opinion=opinion, actor=actor, post=POST, at=moment(day, 13, minute))
        return opinion

    def draft(
        self,
        referral: Referral,
        verdict: str,
        reasons: str,
        *,
        day: dt.date,
        conditions: list[dict[str, Any]] | None = None,
        doubts: dict[str, str] | None = None,
        sound: str = "",
        minute: int = 0,
        opinion: Opinion | None = None,
        **more: Any,
    ) -> Opinion:
        actor = self.official(referral.agency.key)
        when = moment(day, 12, minute)
        opinion = opinion or start_opinion(referral=referral, actor=actor, at=when)
        values: dict[str, Any] = {
            "soundness": "yes",
            "soundness_text": sound or "Texto de muestra: el planteamiento parte de una necesidad real.",
            "verdict": verdict,
            "reasons": f"Texto de muestra: {reasons}",
            **more,
        }
        save_draft(
            opinion=opinion,
            actor=actor,
            values=values,
            criteria=criteria(doubts or {}),
            conditions=conditions or [],
            at=when,
        )
        return opinion


def criteria(doubts: dict[str, str]) -> list[dict[str, Any]]:
    """All eight criteria: favourable unless there is a doubt; the environmental one does not apply."""
    rows: list[dict[str, Any]] = []
    for name in CRITERIA:
        why = doubts.get(name, "")
        value = "unfavourable" if why.startswith("!") else "reservations" if why else "favourable"
        if name == "environmental" and not why:
            value = "not_applicable"
        rows.append({"criterion": name, "value": value, "reason": f"Muestra: {why.lstrip('!')}" if why else ""})
    return rows


def condition(what: str, owner: str, kind: str = "coordination", until: dt.date | None = None) -> dict[str, Any]:
    return {"what": f"Muestra: {what}", "owner": owner, "kind": kind, "until": until}
