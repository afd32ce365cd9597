"""The founding story, played through the doors: eight files, one proposal, three answers, an agreement, a dispute.

Dates are those of a story in 2011; everything that is invented here plays in a test database only.
"""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command

from agreements import workflow as agreed
from agreements.models import Agreement, Commitment, Meeting, MinutesVersion, ProgressReport
from core.events import SYSTEM
from forum.models import Agency, Edition, Organization, Participation, User
from forum.workflow import add_role, set_stage
from proposals import workflow as asked
from proposals.models import Opinion, Proposal
from tests.kept import figures_hold

FILES = Path(settings.BASE_DIR, "agreements", "demo", "founding")
#: Kind, file and rows, in the order in which each finds what it names.
STEPS = (
    ("editions", "foro.csv", 1),
    ("tables", "mesas.csv", 3),
    ("antecedents", "antecedentes.csv", 5),
    ("agencies", "dependencias.csv", 13),
    ("organizations", "organizaciones.csv", 27),
    ("mirrors", "organizaciones_espejo.csv", 5),
    ("participants", "participantes.csv", 50),
    ("proposals", "propuestas.csv", 10),
)
CRITERIA = ("legal_remit", "legal", "technical", "budget", "institutional", "timeline", "impact", "environmental")


def at(month: int, day: int, hour: int = 18) -> dt.datetime:
    return dt.datetime(2011, month, day, hour, tzinfo=dt.UTC)


def import_founding_files() -> dict[str, str]:
    """Kind → the last line that the command printed. A refused row ends with SystemExit."""
    said = {}
    for kind, name, _rows in STEPS:
        out = io.StringIO()
        call_command("import_data", kind, str(FILES / name), stdout=out)
        said[kind] = out.getvalue().splitlines()[-1]
    return said


class FoundingStory:
    """A mixin for TestCase: `setUpTestData` tells the whole story once; the records stand on the class."""

    edition: Edition
    proposal: Proposal
    opinions: dict[str, Opinion]
    agreement: Agreement
    first: Commitment
    second: Commitment
    meeting: Meeting
    minutes: MinutesVersion
    report: ProgressReport

    @classmethod
    def setUpTestData(cls) -> None:
        with figures_hold():
            cls.said = import_founding_files()
            cls.edition = Edition.objects.get()
            cls.ife, cls.sre, cls.ime = (Agency.objects.get(key=key) for key in ("IFE", "SRE", "IME"))
            cls.proponent = Organization.objects.get(key="ORG-01")
            cls.people = {
                "organizer": cls.account("organizer", kind="organizer", edition=cls.edition),
                "IFE": cls.account("ife", kind="official", agency=cls.ife),
                "SRE": cls.account("sre", kind="official", agency=cls.sre),
                "IME": cls.account("ime", kind="official", agency=cls.ime),
                "ORG-01": cls.account("org-01", kind="delegate", organization=cls.proponent),
            }
            cls.propose()
            cls.answer()
            cls.agree()
            cls.meet()
            cls.follow_up()

    @classmethod
    def account(cls, name: str, **role: Any) -> User:
        user = User.objects.create_user(f"{name}@example.org", "una contraseña larga")
        add_role(user=user, actor=SYSTEM, **role)
        return user

    @classmethod
    def propose(cls) -> None:
        cls.proposal = Proposal.objects.get(folio="FM1-01")
        asked.submit(proposal=cls.proposal, actor=cls.people["ORG-01"], at=at(3, 13))
        set_stage(edition=cls.edition, stage="review", actor=cls.people["organizer"], at=at(3, 15))
        referrals = asked.refer(
            proposal=cls.proposal, agencies=[cls.ife, cls.sre, cls.ime], actor=cls.people["organizer"], at=at(3, 16)
        )
        cls.referrals = {referral.agency.key: referral for referral in referrals}

    @classmethod
    def answer(cls) -> None:
        """Three bodies, three verdicts."""
        cls.opinions = {}
        condition = {"what": "Firmar un convenio de uso de espacios consulares.", "owner": "SRE", "kind": "legal"}
        for key, verdict, values, conditions in (
            ("SRE", "feasible", {}, []),
            ("IFE", "conditional", {}, [condition]),
            ("IME", "not_feasible", {"reasons": "No hay personal.", "legal_basis": "Reglamento interior."}, []),
        ):
            actor = cls.people[key]
            opinion = asked.start_opinion(referral=cls.referrals[key], actor=actor, at=at(3, 20))
            asked.save_draft(
                opinion=opinion,
                actor=actor,
                values={"soundness": "yes", "soundness_text": "La necesidad es real.", "verdict": verdict, **values},
                criteria=[{"criterion": criterion, "value": "favourable"} for criterion in CRITERIA],
                conditions=conditions,
                at=at(3, 21),
            )
            asked.issue(opinion=opinion, actor=actor, post="Dirección de enlace", at=at(3, 28))
            cls.opinions[key] = opinion
        cls.proposal.refresh_from_db()

    @classmethod
    def agree(cls) -> None:
        organizer = cls.people["organizer"]
        set_stage(edition=cls.edition, stage="agreements", actor=organizer, at=at(4, 1))
        leader = Participation.objects.get(key="LID-01")
        cls.agreement = agreed.create_agreement(
            edition=cls.edition,
            actor=organizer,
            values={
                "title_es": "Módulos piloto de credencialización en el exterior",
                "title_en": "Pilot voter-card offices abroad",
                "place": "Ciudad de México",
            },
            proposals=[cls.proposal],
            opinions=[cls.opinions["SRE"], cls.opinions["IFE"]],
            parties=[
                {"agency": cls.ife},
                {"agency": cls.sre},
                {"organization": cls.proponent, "representative": leader},
            ],
            clauses=[
                {
                    "text_es": "El IFE abre tres módulos piloto.",
                    "text_en": "IFE opens three pilot offices.",
                    "opinions": [cls.opinions["IFE"]],
                }
            ],
            at=at(4, 4),
        )
        cls.parties = {party.key: party for party in cls.agreement.parties.all()}
        cls.first = agreed.add_commitment(
            agreement=cls.agreement,
            actor=organizer,
            values={
                "text_es": "Abrir tres módulos piloto",
                "text_en": "Open three pilot offices",
                "means_of_verification": "Acta de apertura",
                "due_on": dt.date(2011, 9, 30),
            },
            lead=cls.parties["IFE"],
            co_responsible=[cls.parties["SRE"]],
            proposals=[cls.proposal],
            conditions=cls.opinions["IFE"].conditions.all(),
            at=at(4, 4),
        )
        cls.second = agreed.add_commitment(
            agreement=cls.agreement,
            actor=organizer,
            values={
                "text_es": "Difundir sedes y requisitos",
                "text_en": "Spread the word on places and requirements",
                "means_of_verification": "Informe de difusión",
                "due_on": dt.date(2011, 7, 31),
            },
            lead=cls.parties["ORG-01"],
            proposals=[cls.proposal],
            at=at(4, 4),
        )
        agreed.open_for_signature(agreement=cls.agreement, actor=organizer, at=at(4, 11))
        for key, day in (("IFE", 12), ("ORG-01", 13), ("SRE", 14)):
            agreed.accept(agreement=cls.agreement, party=cls.parties[key], actor=cls.people[key], post="Titular", at=at(4, day))
        cls.agreement.refresh_from_db()
        cls.proposal.refresh_from_db()

    @classmethod
    def meet(cls) -> None:
        organizer = cls.people["organizer"]
        cls.meeting = agreed.schedule(
            edition=cls.edition,
            actor=organizer,
            values={
                "title_es": "Primera reunión de seguimiento",
                "title_en": "First follow-up meeting",
                "starts_at": at(5, 16, 15),
                "ends_at": at(5, 16, 17),
                "place": "Sede del IFE",
                "link": "https://video.example.org/sala-reservada",
            },
            agreements=[cls.agreement],
            invited=[{"agency": cls.ife}, {"agency": cls.sre}, {"organization": cls.proponent}],
            at=at(4, 20),
        )
        presences = dict.fromkeys(cls.meeting.attendance.values_list("pk", flat=True), "present")
        presences[cls.meeting.attendance.get(agency=cls.sre).pk] = "excused"
        agreed.hold(meeting=cls.meeting, actor=organizer, presences=presences, at=at(5, 16, 17))
        cls.minutes = agreed.draft_minutes(
            meeting=cls.meeting,
            actor=organizer,
            values={"text_es": "Se revisaron las tres sedes.", "decisions_es": "Chicago va primero."},
            action_items=[{"what_es": "Enviar la lista de sedes", "agency": cls.ife, "due_on": dt.date(2011, 6, 15)}],
            at=at(5, 17),
        )
        agreed.circulate(minutes=cls.minutes, actor=organizer, remarks_until=dt.date(2011, 5, 24), at=at(5, 17))
        agreed.add_remark(minutes=cls.minutes, actor=cls.people["ORG-01"], text="Conforme", at=at(5, 20))
        agreed.approve(minutes=cls.minutes, actor=organizer, at=at(5, 26))

    @classmethod
    def follow_up(cls) -> None:
        set_stage(edition=cls.edition, stage="follow_up", actor=cls.people["organizer"], at=at(6, 1))
        cls.report = agreed.report(
            commitment=cls.first,
            party=cls.parties["IFE"],
            actor=cls.people["IFE"],
            values={
                "cut_off": dt.date(2011, 6, 30),
                "status": "substantial",
                "percent": 70,
                "narrative_es": "Dos de los tres módulos ya operan.",
            },
            evidence=[{"title": "Nota de apertura", "url": "https://example.org/apertura", "dated_on": dt.date(2011, 6, 20)}],
            at=at(7, 4),
        )
        agreed.validate_report(
            report=cls.report,
            party=cls.parties["ORG-01"],
            actor=cls.people["ORG-01"],
            outcome="disagrees",
            comment_es="Ningún módulo atiende al público.",
            at=at(7, 8),
        )
        done = agreed.report(
            commitment=cls.second,
            party=cls.parties["ORG-01"],
            actor=cls.people["ORG-01"],
            values={
                "cut_off": dt.date(2011, 7, 31),
                "status": "fulfilled",
                "percent": 100,
                "narrative_es": "Se difundió en doce estados.",
            },
            at=at(8, 1),
        )
        agreed.validate_report(report=done, party=cls.parties["IFE"], actor=cls.people["IFE"], outcome="agrees", at=at(8, 3))
        for commitment in (cls.first, cls.second):
            commitment.refresh_from_db()
