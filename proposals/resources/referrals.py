"""Referrals: which body was asked about which proposal, when, and for how long."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from core.imports.cells import Day, Moment, Number, Reference, Words
from core.imports.columns import ABSENT, Column
from core.imports.problems import CellError
from core.imports.registry import register
from forum.models import Agency
from forum.resources.base import OrganizersResource
from forum.resources.words import SOURCE
from proposals.models import Proposal, Referral
from proposals.resources import words
from proposals.workflow import refer


def noon(day: dt.date, zone: str) -> dt.datetime:
    """The moment for an event of which only the day is known: noon in the forum's zone."""
    return dt.datetime.combine(day, dt.time(12), ZoneInfo(zone))


def written_elsewhere(names: list[str]) -> CellError:
    """What was sent, issued or signed does not change by an import."""
    return CellError(
        _("This is recorded already, and differs here in: %(names)s. An import does not change it.")
        % {"names": ", ".join(names)},
        _("Take the step in the application, or leave the row out."),
    )


@register
class ReferralResource(OrganizersResource):
    """Referrals are made by the step *refer*; an existing one is extended or recalled in the application."""

    kind = "referrals"
    position = 9
    identity = ("proposal", "agency")
    examples = {"folio": "FM1-01.1-IFE", "version": "1"}
    edition_path = "version__proposal__edition"

    class Meta:
        model = Referral

    folio = Column("folio", "folio", informative=True)
    proposal = Column(
        "propuesta",
        "proposal",
        widget=Reference(Proposal, kind="proposals"),
        needed=True,
        read=lambda r: r.version.proposal,
    )
    version = Column("version", "version", widget=Number(999), read=lambda r: r.version.number, empty=ABSENT)
    agency = Column("dependencia", "agency", widget=Reference(Agency, kind="agencies", also=("acronym",)), needed=True)
    sent_on = Column("enviado", "sent_on", widget=Day(), empty=ABSENT)
    term_days = Column("plazo_dias", "term_days", widget=Number(365), empty=ABSENT)
    original_due_on = Column("vencimiento_original", "original_due_on", widget=Day(), informative=True)
    due_on = Column("vence", "due_on", widget=Day(), informative=True)
    status = Column("estatus", "status", widget=Words(words.REFERRAL_STATUS), informative=True)
    acknowledged_at = Column(
        "acusado",
        "acknowledged_at",
        widget=Moment(None),
        informative=True,
        show=lambda r: (r.acknowledged_at, r.version.proposal.edition.time_zone),
    )
    answered_at = Column(
        "contestado",
        "answered_at",
        widget=Moment(None),
        informative=True,
        show=lambda r: (r.answered_at, r.version.proposal.edition.time_zone),
    )
    source = Column("fuente", "source", widget=Words(SOURCE))

    def key_of(self, texts: dict[str, str]) -> str:
        key = super().key_of(texts)
        return f"{key}|{texts.get('version', '').strip()}" if key else ""

    def complete(self) -> None:
        self.values.setdefault("version", self.values["proposal"].version_number)

    def find(self) -> Any:
        return (
            Referral.objects.filter(
                version__proposal=self.values["proposal"],
                version__number=self.values["version"],
                agency=self.values["agency"],
            )
            .select_related("version__proposal", "agency")
            .first()
        )

    def add(self) -> Any:
        proposal = self.values["proposal"]
        if self.values["version"] != proposal.version_number:
            raise CellError(
                _("Version %(given)s of %(folio)s is not in force; version %(number)s is.")
                % {"given": self.values["version"], "folio": proposal.folio, "number": proposal.version_number}
            )
        sent_on = self.values.get("sent_on")
        return refer(
            proposal=proposal,
            agencies=[self.values["agency"]],
            actor=self.actor,
            term_days=self.values.get("term_days"),
            sent_on=sent_on,
            at=noon(sent_on, proposal.edition.time_zone) if sent_on else None,
        )[0]

    def change(self, record: Any, changes: dict[str, Any]) -> Any:
        raise written_elsewhere([self.header_of(name) for name in changes])

    def records(self) -> Any:
        return super().records().select_related("version__proposal__edition", "agency")
