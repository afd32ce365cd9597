"""What both editions of the demonstration do with agreements: parties, signatures, reports and their validation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any

from agreements.demo.stage import POST, Stage, moment
from agreements.models import Agreement, Commitment, Party
from agreements.workflow import accept, open_for_signature, report, validate_report
from forum.models import Edition, Organization, Participation

#: When it happens (what it enters in the ledger bears that moment), and what.
Scene = tuple[dt.datetime, Callable[[], Any]]


class Signing:
    """One edition and its agreements, by the end of their folio (`A-01`)."""

    def __init__(self, stage: Stage, edition: Edition) -> None:
        self.stage = stage
        self.edition = edition
        self.agreements: dict[str, Agreement] = {}

    def representative(self, body: Any) -> Participation | None:
        side = "organization" if isinstance(body, Organization) else "agency"
        return Participation.objects.filter(edition=self.edition, **{side: body}).order_by("key").first()

    def parties(self, agencies: list[str], organizations: list[str], witnesses: list[str] | None = None) -> list[dict[str, Any]]:
        rows = []
        for key in agencies:
            body = self.stage.agency(key)
            rows.append({"agency": body, "role": "signatory", "representative": self.representative(body)})
        for role, keys in (("signatory", organizations), ("witness", witnesses or [])):
            for key in keys:
                organization = self.stage.organization(key)
                rows.append({"organization": organization, "role": role, "representative": self.representative(organization)})
        return rows

    def party(self, name: str, key: str) -> Party:
        rows = self.agreements[name].parties.select_related("organization", "agency")
        return next(row for row in rows if row.key == key)

    def commitment(self, name: str, number: int) -> Commitment:
        return Commitment.objects.get(agreement=self.agreements[name], number=number)

    def open(self, name: str, day: dt.date) -> None:
        agreement = Agreement.objects.get(pk=self.agreements[name].pk)
        open_for_signature(agreement=agreement, actor=self.stage.organizer, at=moment(day))

    def person_of(self, party: Party) -> Any:
        return self.stage.official(party.key) if party.agency_id else self.stage.delegate(party.key)

    def signatures(self, name: str, day: dt.date, without: tuple[str, ...] = ()) -> list[Scene]:
        """Every signatory accepts on `day`, each signed in, but those of `without`."""
        return [(moment(day, 10), partial(self.sign_all, name, day, without))]

    def sign_all(self, name: str, day: dt.date, without: tuple[str, ...]) -> None:
        parties = [p for p in self.agreements[name].parties.order_by("id") if p.role == "signatory" and p.key not in without]
        for minute, party in enumerate(parties):
            accept(
                agreement=Agreement.objects.get(pk=self.agreements[name].pk),
                party=party,
                actor=self.person_of(party),
                post=POST if party.agency_id else "Presidencia (muestra)",
                at=moment(day, 10, minute * 6),
            )

    def reported(
        self,
        name: str,
        number: int,
        key: str,
        day: dt.date,
        status: str,
        percent: int,
        account: str,
        validator: str = "",
        outcome: str = "",
        comment_es: str = "Muestra: coincide con lo que vimos.",
        comment_en: str = "Sample: it agrees with what we saw.",
        obstacle: str = "",
    ) -> list[Scene]:
        """A report with a link as evidence and, with `validator`, what the other side says a week later."""
        made: dict[str, Any] = {}
        answered = moment(min(day + dt.timedelta(days=7), self.stage.today - dt.timedelta(days=1)), 16)

        def tell() -> None:
            party = self.party(name, key)
            made["report"] = report(
                commitment=self.commitment(name, number),
                party=party,
                actor=self.person_of(party),
                values={
                    "cut_off": day,
                    "status": status,
                    "percent": percent,
                    "narrative_es": f"Reporte de muestra: {account}",
                    "narrative_en": "Sample report; the account is in Spanish.",
                    "obstacle": obstacle,
                },
                evidence=[
                    {
                        "title": f"Constancia de muestra {name}-C{number}",
                        "url": f"https://example.org/muestra/{name.lower()}-c{number}",
                        "dated_on": day,
                        "is_public": True,
                    }
                ],
                at=moment(day, 12),
            )

        def answer() -> None:
            party = self.party(name, validator)
            validate_report(
                report=made["report"],
                party=party,
                actor=self.person_of(party),
                outcome=outcome,
                comment_es=comment_es,
                comment_en=comment_en,
                at=answered,
            )

        return [(moment(day, 12), tell), *([(answered, answer)] if validator else [])]
