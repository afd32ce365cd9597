"""A small world that feeds, calendars and maps of the site are tried on: something public of each kind, and canaries."""

from __future__ import annotations

import datetime as dt

from core import ledger
from tests import factories as make

#: Stands in everything that nobody may read.
CANARY = "CANARYQZX"
MARCH = dt.datetime(2026, 3, 10, 18, tzinfo=dt.UTC)


class FollowedWorld:
    """A mixin for TestCase: `edition`, `agency` IFE, `organization` ORG-01, a proposal, a signed agreement, a meeting."""

    @classmethod
    def setUpTestData(cls) -> None:
        cls.edition = make.edition(slug="foro-2026", folio_prefix="FM1")
        cls.hidden_edition = make.edition(stage="preparation", name_es=CANARY)
        cls.agency = make.agency(key="IFE", acronym="IFE", name_es="Instituto")
        cls.other_agency = make.agency(key="SRE", acronym="SRE")
        cls.organization = make.organization(key="ORG-01", name="Federación & Clubes <Zacatecas>")
        cls.proposal = make.proposal(
            cls.edition,
            status="agreed",
            title_es="Voto en el <exterior>",
            title_en="Vote abroad",
            topic="voto",
            proponents=[cls.organization],
            addressees=[cls.agency],
        )
        cls.proposal.states.add(make.area())
        cls.proposal.versions.update(at=MARCH)
        cls.referral = make.referral(cls.proposal, cls.agency)
        cls.opinion = make.opinion(cls.referral, reasons="Hay padrón.", released_at=MARCH + dt.timedelta(days=5))
        cls.agreement = cls.make_agreement(title_es="Módulos", title_en="Offices", topic="voto", proposals=[cls.proposal])
        cls.commitment = make.commitment(
            cls.agreement, cls.agreement.parties.first(), text_es="Abrir módulos", due_on=dt.date(2026, 11, 1)
        )
        cls.report = make.report(cls.commitment, cls.commitment.lead, reported_at=MARCH + dt.timedelta(days=40))
        cls.validation = make.validation(
            cls.report,
            cls.agreement.parties.last(),
            outcome="disagrees",
            comment_es="No abrieron.",
            validated_at=MARCH + dt.timedelta(days=41),
        )
        cls.meeting = make.meeting(
            cls.edition,
            agreements=[cls.agreement],
            title_es="Reunión de <seguimiento>",
            place="Sede, planta baja; sala 1",
            link=f"https://example.org/{CANARY}",
            time_zone="America/Tijuana",
        )
        cls.minutes = make.minutes(cls.meeting, approved_at=MARCH + dt.timedelta(days=50))
        cls.hide_things()

    @classmethod
    def make_agreement(cls, status="signed", **values):
        """An agreement of the own agency and organization, opened on 20 March and signed on 21 March."""
        made = make.agreement(cls.edition, status=status, **values)
        make.party(made, cls.agency)
        make.party(made, cls.organization)
        made.versions.update(opened_at=MARCH + dt.timedelta(days=10))
        made.versions.exclude(signed_at=None).update(signed_at=MARCH + dt.timedelta(days=11))
        return made

    @classmethod
    def hide_things(cls) -> None:
        """One of each kind that is not public, with the canary in it."""
        make.proposal(cls.edition, title_es=CANARY, proponents=[cls.organization], addressees=[cls.agency])
        hidden = make.proposal(cls.hidden_edition, status="in_review", title_es=CANARY, addressees=[cls.agency])
        make.opinion(make.referral(hidden, cls.agency), reasons=CANARY)
        make.opinion(make.referral(cls.proposal, cls.other_agency), reasons=CANARY, released=False)
        make.opinion(make.referral(make.proposal(cls.edition, status="in_review"), cls.agency), status="draft", reasons=CANARY)
        draft = make.agreement(cls.edition, title_es=CANARY)
        lead = make.party(draft, cls.agency)
        promised = make.commitment(draft, lead, text_es=CANARY)
        make.report(promised, lead, narrative_es=CANARY)
        make.commitment(cls.agreement, cls.commitment.lead, text_es=CANARY, since_version=2)
        make.meeting(cls.edition, status="proposed", title_es=CANARY, agreements=[cls.agreement])
        make.meeting(cls.hidden_edition, title_es=CANARY, convening_agency=cls.agency)
        make.minutes(cls.meeting, status="draft", decisions_es=CANARY, text_es=CANARY)
        cls.meeting.attendance.create(
            organization=cls.organization, participation=make.participation(cls.edition, person=make.person(name=CANARY))
        )

    @classmethod
    def enter(cls, act: str, key: str, at: dt.datetime) -> None:
        """An entry in the public ledger."""
        ledger.append(act, key, {}, at=at)
