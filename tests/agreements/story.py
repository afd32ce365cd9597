"""Agreements in every state, made through the doors, in the world of the personas."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils import translation

from agreements import workflow
from agreements.models import Agreement, Commitment, Meeting, MinutesVersion, Party, ProgressReport
from core.workflow import StepRefused
from tests.personas import PERSONAS, PersonaWorld

DUE = dt.date(2026, 9, 30)
CUT_OFF = dt.date(2026, 6, 30)
NOON = dt.datetime(2026, 7, 1, 18, tzinfo=dt.UTC)


class Undone(Exception):
    """Raised to take back what a step did."""


class AgreementWorld(PersonaWorld):
    """The own agency and the own organization are the parties; the others are strangers."""

    def setUp(self) -> None:
        super().setUp()
        self.enterContext(translation.override("en"))

    def drafted(self, **values: Any) -> Agreement:
        """A complete draft: a clause, both sides, one commitment of the agency with the organization."""
        organizer = self.accounts["organizer"]
        agreement = workflow.create_agreement(
            edition=self.edition,
            actor=organizer,
            values={"title_es": "Módulos en el exterior", "title_en": "Offices abroad", **values},
            parties=[{"agency": self.agency}, {"organization": self.organization}],
            clauses=[{"text_es": "El Instituto instala módulos.", "text_en": "The Institute sets up offices."}],
        )
        self.add(agreement, co_responsible=[self.party(agreement, "ORG-01")])
        return agreement

    def add(self, agreement: Agreement, **values: Any) -> Commitment:
        links = {name: values.pop(name) for name in ("co_responsible", "proposals", "conditions", "states") if name in values}
        lead = values.pop("lead", self.party(agreement, "IFE"))
        values = {"text_es": "Abrir tres módulos", "due_on": DUE, "means_of_verification": "Acta", **values}
        return workflow.add_commitment(agreement=agreement, actor=self.accounts["organizer"], values=values, lead=lead, **links)

    def party(self, agreement: Agreement, key: str) -> Party:
        return next(party for party in agreement.parties.all() if party.key == key)

    def opened(self, **values: Any) -> Agreement:
        agreement = self.drafted(**values)
        workflow.open_for_signature(agreement=agreement, actor=self.accounts["organizer"])
        return agreement

    def sign(self, agreement: Agreement) -> Agreement:
        """Both sides accept, signed in."""
        for key, name in (("IFE", "official"), ("ORG-01", "delegate")):
            workflow.accept(agreement=agreement, party=self.party(agreement, key), actor=self.accounts[name])
        agreement.refresh_from_db()
        return agreement

    def signed(self, **values: Any) -> Agreement:
        return self.sign(self.opened(**values))

    def in_force(self) -> Commitment:
        return self.signed().commitments.get()

    def report(self, commitment: Commitment, key: str = "IFE", **values: Any) -> ProgressReport:
        actor = self.accounts["official" if key == "IFE" else "delegate"]
        evidence = values.pop("evidence", ())
        values = {"cut_off": CUT_OFF, "status": "in_progress", "percent": 40, "narrative_es": "Uno de tres.", **values}
        made = workflow.report(
            commitment=commitment,
            party=self.party(commitment.agreement, key),
            actor=actor,
            values=values,
            evidence=evidence,
            at=NOON,
        )
        commitment.refresh_from_db()
        return made

    def meeting(self, agreement: Agreement | None = None, *, proposed: bool = False, **values: Any) -> Meeting:
        door = workflow.propose_meeting if proposed else workflow.schedule
        values = {
            "title_es": "Primera reunión",
            "starts_at": wall(2026, 7, 6, 10),
            "ends_at": wall(2026, 7, 6, 12),
            "time_zone": "America/Mexico_City",
            **values,
        }
        return door(
            edition=self.edition,
            actor=self.accounts["organizer"],
            values=values,
            agreements=[agreement] if agreement else [],
            invited=[{"agency": self.agency}, {"organization": self.organization}],
        )

    def held(self, agreement: Agreement | None = None, **values: Any) -> Meeting:
        meeting = self.meeting(agreement, **values)
        presences = {row.pk: "present" for row in meeting.attendance.all()}
        workflow.hold(meeting=meeting, actor=self.accounts["organizer"], presences=presences, at=meeting.ends_at)
        return meeting

    def minutes(self, meeting: Meeting, status: str = "draft", **values: Any) -> MinutesVersion:
        organizer = self.accounts["organizer"]
        items, cause = values.pop("action_items", ()), values.pop("cause", "")
        values = {"text_es": "Se revisaron los módulos.", **values}
        minutes = workflow.draft_minutes(
            meeting=meeting, actor=organizer, values=values, action_items=items, cause=cause, at=meeting.ends_at
        )
        last_day = (meeting.ends_at + dt.timedelta(days=7)).date()
        if status in ("circulated", "approved"):
            workflow.circulate(minutes=minutes, actor=organizer, remarks_until=last_day, at=meeting.ends_at)
        if status == "approved":
            workflow.approve(minutes=minutes, actor=organizer, at=meeting.ends_at + dt.timedelta(days=9))
        return minutes

    # --- trying doors -----------------------------------------------------------------------------------------------

    def refusal_of(self, door: Any, **arguments: Any) -> str:
        """The code of the refusal, '' when the door opens; what it did is taken back. A ValidationError comes through."""
        try:
            with transaction.atomic():
                door(**arguments)
                raise Undone
        except Undone:
            return ""
        except StepRefused as refusal:
            sentence = str(refusal)
            assert sentence and sentence == sentence.strip(), "a refusal is a sentence"
            return refusal.code

    def who_may(self, door: Any, *, besides: Any = (), **arguments: Any) -> set[str]:
        """The personas for whom the door opens; for all others it must refuse because of who they are.

        Each gets the records as a new request would load them. `besides`: further codes of refusal that are no answer
        to who somebody is.
        """
        codes = {
            name: self.refusal_of(door, actor=self.user(name), **{key: fresh(value) for key, value in arguments.items()})
            for name in PERSONAS
        }
        self.assertLessEqual(set(codes.values()), {"", "not_yours", *besides}, codes)
        return {name for name, code in codes.items() if not code}


def wall(*parts: int) -> dt.datetime:
    """A time on the wall, without its zone, as a form gives it."""
    return dt.datetime(*parts)  # noqa: DTZ001


def fresh(value: Any) -> Any:
    """The record as the database has it now; any other value as it is."""
    return type(value)._base_manager.get(pk=value.pk) if isinstance(value, Model) else value
