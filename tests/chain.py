"""One whole chain, from antecedent to validation, with a canary in everything that is not public. A mixin for TestCase."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.core.files.base import ContentFile
from django.urls import translate_url
from django.utils.translation import override

from agreements import models as agreed
from forum import models as forum
from proposals import models as asked
from tests import factories as make
from tests.personas import PersonaWorld

#: What no page and no JSON shows to somebody who is not concerned.
HIDDEN = {
    "e-mail of a person": "canario.correo@example.org",
    "telephone of a person": "+52 55 0000 1234",
    "name without consent": "Ximena Sinpermiso",
    "name of an account": "Canaria Funcionaria",
    "e-mail of an account": "canario.cuenta@example.org",
    "draft proposal": "Propuestacanaria",
    "returned proposal": "Devueltacanaria",
    "question asked in private": "Preguntacanaria",
    "answer given in private": "Respuestacanaria",
    "internal position": "Posicioncanaria",
    "opinion in draft": "Borradorcanario",
    "opinion not released": "Reservacanaria",
    "condition not released": "Condicioncanaria",
    "criterion not released": "Criteriocanario",
    "witness of an opinion": "Testigocanario Opinion",
    "reserved attachment": "Adjuntocanario",
    "draft agreement": "Acuerdocanario",
    "clause of an amendment": "Clausulacanaria",
    "cause of an amendment": "Causacanaria",
    "commitment of an amendment": "Compromisocanario",
    "commitment of a draft agreement": "Promesacanaria",
    "witness of an acceptance": "Testigocanario Firma",
    "reserved original": "Originalcanario",
    "reserved evidence": "Evidenciacanaria",
    "reserved evidence of a validation": "Pruebacanaria",
    "proposed meeting": "Juntacanaria",
    "link of a meeting": "https://video.example.org/canario",
    "minutes in draft": "Minutacanaria",
    "action item in draft": "Tareacanaria",
    "remark on minutes": "Observacioncanaria",
}
LONG_AGO = dt.date(2026, 1, 5)
PAST = dt.datetime(2026, 2, 2, 18, tzinfo=dt.UTC)


def stored(name: str = "oficio.pdf") -> dict[str, Any]:
    """The columns of a record that keeps a file."""
    return {
        "file": ContentFile(b"%PDF-1.4 contenido", name=name),
        "file_name": name,
        "content_type": "application/pdf",
        "size": 18,
        "sha256": "ab" * 32,
    }


def read(html: str) -> str:
    """What a page says, its markup left out."""
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


class ChainWorld(PersonaWorld):
    """The own agency and organization are parties; the others stand outside. Everything is made in `setUpTestData`."""

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        forum.User.objects.filter(pk=cls.accounts["official"].pk).update(name=HIDDEN["name of an account"])
        cls.signer = make.user(HIDDEN["e-mail of an account"], name=HIDDEN["name of an account"])
        cls.third_agency = make.agency(key="IME", acronym="IME", name_es="Instituto silencioso")
        cls.fourth_agency = make.agency(key="CD", acronym="CD", name_es="Cámara reservada")
        private = {"email": HIDDEN["e-mail of a person"], "phone": HIDDEN["telephone of a person"]}
        cls.named = make.participation(
            cls.edition, consent=True, person=make.person(name="Ana Consiente", **private), organization=cls.organization
        )
        cls.unnamed = make.participation(
            cls.edition, person=make.person(name=HIDDEN["name without consent"], **private), organization=cls.organization
        )
        cls.make_proposals()
        cls.make_agreements()
        cls.make_meetings()

    # --- what is asked and answered ---------------------------------------------------------------------------------

    @classmethod
    def make_proposals(cls) -> None:
        cls.antecedent = make.antecedent(key="cumbre", name_es="Cumbre de comunidades", name_en="Summit of communities")
        cls.recommendation = asked.Recommendation.objects.create(
            key="cumbre-1", antecedent=cls.antecedent, number=1, text_es="Que haya módulos.", addressee="IFE"
        )
        cls.table = make.table(cls.edition, name_es="Derechos políticos")
        cls.proposal = make.proposal(
            cls.edition,
            status="agreed",
            reading="divided",
            table=cls.table,
            topic="Derechos políticos",
            title_es="Módulos en el exterior",
            title_en="Offices abroad",
            problem_es="No se puede tramitar.",
            petition_es="Que se instalen módulos.",
            proponents=[cls.organization],
            addressees=[cls.agency, cls.other_agency],
            antecedents=[cls.antecedent],
            version_number=2,
        )
        cls.proposal.speakers.set([cls.named, cls.unnamed])
        cls.proposal.recommendations.set([cls.recommendation])
        cls.proposal.states.set([make.area()])
        second = make.version(cls.proposal, petition_es="Que se instalen cinco módulos.", cause="Se precisó cuántos.")
        first = cls.proposal.versions.get(number=1)
        cls.earlier = make.referral(cls.proposal, cls.agency, version=first, status="answered", answered_at=PAST)
        make.opinion(cls.earlier, verdict="more_information", questions_text="¿Cuántos módulos?")
        cls.answered = make.referral(cls.proposal, cls.agency, version=second, status="answered", answered_at=PAST)
        cls.opinion = make.opinion(
            cls.answered,
            verdict="conditional",
            reasons="Con un convenio se puede.",
            legal_basis="Artículo 41",
            signed_by=cls.signer,
            drafted_by=cls.signer,
            on_behalf_reason="Llegó en papel",
            on_behalf_witness=HIDDEN["witness of an opinion"],
        )
        asked.CriterionAssessment.objects.create(opinion=cls.opinion, criterion="legal", value="reservations", reason="Convenio")
        cls.condition = asked.Condition.objects.create(opinion=cls.opinion, number=1, what="Firmar el convenio", owner="IFE")
        cls.dissenting = make.referral(cls.proposal, cls.other_agency, version=second, status="answered", answered_at=PAST)
        refusing = make.opinion(cls.dissenting, verdict="not_feasible", reasons="No hay recursos.", signed_by=cls.signer)
        asked.CriterionAssessment.objects.create(
            opinion=refusing, criterion="legal", value="unfavourable", reason="Falta una ley", needs_legal_reform=True
        )
        cls.silent = make.referral(cls.proposal, cls.third_agency, version=second, sent_on=LONG_AGO, due_on=LONG_AGO)
        cls.withheld = make.referral(cls.proposal, cls.fourth_agency, version=second, status="answered", answered_at=PAST)
        unreleased = make.opinion(cls.withheld, released=False, verdict="addressed", reasons=HIDDEN["opinion not released"])
        asked.Condition.objects.create(opinion=unreleased, number=1, what=HIDDEN["condition not released"], owner="CD")
        asked.CriterionAssessment.objects.create(
            opinion=unreleased, criterion="budget", value="reservations", reason=HIDDEN["criterion not released"]
        )
        make.opinion(cls.silent, status="draft", verdict="feasible", reasons=HIDDEN["opinion in draft"])
        asked.InternalPosition.objects.create(referral=cls.silent, author=cls.signer, text=HIDDEN["internal position"], at=PAST)
        cls.ask("¿En qué ciudades?", answer="En cuatro.", is_public=True)
        cls.ask(HIDDEN["question asked in private"], answer=HIDDEN["answer given in private"], is_public=False)
        cls.attachment = asked.Attachment.objects.create(proposal=cls.proposal, title="Diagnóstico", is_public=True, **stored())
        cls.reserved_attachment = asked.Attachment.objects.create(
            proposal=cls.proposal, title=HIDDEN["reserved attachment"], **stored()
        )
        cls.draft = make.proposal(cls.edition, title_es=HIDDEN["draft proposal"], proponents=[cls.organization])
        cls.returned = make.proposal(
            cls.edition, status="returned", title_es=HIDDEN["returned proposal"], proponents=[cls.organization], published_at=PAST
        )
        cls.similar = make.proposal(cls.edition, status="submitted", title_es="Módulos itinerantes")
        for other, kind in ((cls.similar, "similar_to"), (cls.draft, "similar_to"), (cls.returned, "re_presents")):
            asked.ProposalLink.objects.create(proposal=cls.proposal, other=other, kind=kind)
        asked.ProposalLink.objects.create(proposal=cls.draft, other=cls.proposal, kind="split_from")

    @classmethod
    def ask(cls, question: str, *, answer: str, is_public: bool) -> None:
        number = cls.answered.clarifications.count() + 1
        asked.Clarification.objects.create(
            folio=f"{cls.answered.folio}-Q{number}",
            referral=cls.answered,
            number=number,
            question=question,
            is_public=is_public,
            asked_at=PAST,
            asked_by=cls.signer,
            answer=answer,
            answered_at=PAST,
            answered_by=cls.signer,
            answered_for=cls.organization,
        )

    # --- what is promised and kept ----------------------------------------------------------------------------------

    @classmethod
    def make_agreements(cls) -> None:
        cls.agreement = make.agreement(
            cls.edition,
            status="signed",
            title_es="Acuerdo de módulos",
            title_en="Agreement on offices",
            topic="Derechos políticos",
            proposals=[cls.proposal, cls.draft],
            opinions=[cls.opinion, cls.withheld.opinions.get()],
        )
        clause = make.clause(cls.agreement, text_es="El Instituto instala módulos.")
        clause.opinions.set([cls.opinion, cls.withheld.opinions.get()])
        cls.body = make.party(cls.agreement, cls.agency, representative=cls.unnamed)
        cls.party = make.party(cls.agreement, cls.organization, representative=cls.named)
        for party in (cls.body, cls.party):
            agreed.Acceptance.objects.create(
                version=cls.agreement.versions.get(number=1),
                party=party,
                mode="on_behalf",
                accepted_on=make.DAY,
                post="Presidencia",
                reason="Por oficio",
                witness=HIDDEN["witness of an acceptance"],
            )
        cls.commitment = make.commitment(cls.agreement, cls.body, text_es="Abrir cinco módulos", due_on=LONG_AGO)
        cls.commitment.co_responsible.set([cls.party])
        cls.commitment.proposals.set([cls.proposal, cls.draft])
        cls.commitment.conditions.set([cls.condition, cls.withheld.opinions.get().conditions.get()])
        cls.quiet = make.commitment(cls.agreement, cls.party, text_es="Difundir", due_on=dt.date(2099, 1, 1))
        cls.report = make.report(cls.commitment, cls.body, reported_by=cls.signer)
        cls.evidence = make.evidence(cls.report, title="Acta de apertura", url="", **stored("acta.pdf"))
        cls.reserved_evidence = make.evidence(
            cls.report, title=HIDDEN["reserved evidence"], url="", is_public=False, **stored("reservada.pdf")
        )
        cls.validation = make.validation(
            cls.report, cls.party, outcome="disagrees", comment_es="No hay ningún módulo.", validated_by=cls.signer
        )
        make.evidence(cls.report, validation=cls.validation, title="Fotografía")
        make.evidence(cls.report, validation=cls.validation, title=HIDDEN["reserved evidence of a validation"], is_public=False)
        agreed.Commitment.objects.filter(pk=cls.commitment.pk).update(disputed=True)
        cls.paper = agreed.SignedPaper.objects.create(
            agreement=cls.agreement, title="Versión pública", is_public=True, **stored()
        )
        cls.original = agreed.SignedPaper.objects.create(agreement=cls.agreement, title=HIDDEN["reserved original"], **stored())
        amendment = agreed.AgreementVersion.objects.create(
            agreement=cls.agreement,
            number=2,
            folio=f"{cls.agreement.folio}.2",
            status="draft",
            cause=HIDDEN["cause of an amendment"],
            created_at=PAST,
        )
        agreed.Clause.objects.create(version=amendment, number=1, text_es=HIDDEN["clause of an amendment"])
        make.commitment(cls.agreement, cls.body, text_es=HIDDEN["commitment of an amendment"], since_version=2)
        cls.open_agreement = make.agreement(cls.edition, status="open", title_es="Acuerdo por firmar", proposals=[cls.proposal])
        make.party(cls.open_agreement, cls.agency)
        cls.draft_agreement = make.agreement(cls.edition, title_es=HIDDEN["draft agreement"], proposals=[cls.proposal])
        owing = make.party(cls.draft_agreement, cls.agency)
        make.commitment(cls.draft_agreement, owing, text_es=HIDDEN["commitment of a draft agreement"])

    # --- meetings ---------------------------------------------------------------------------------------------------

    @classmethod
    def make_meetings(cls) -> None:
        both = [cls.agreement, cls.draft_agreement]
        link = {"link": HIDDEN["link of a meeting"]}
        cls.coming = make.meeting(
            cls.edition, agreements=both, starts_at=dt.datetime(2099, 1, 5, 16, tzinfo=dt.UTC), title_es="Segunda reunión", **link
        )
        cls.meeting = make.meeting(
            cls.edition, status="held", agreements=both, title_es="Primera reunión", next_meeting=cls.coming, **link
        )
        cls.proposed = make.meeting(cls.edition, status="proposed", agreements=both, title_es=HIDDEN["proposed meeting"], **link)
        for meeting in (cls.meeting, cls.coming, cls.proposed):
            make.invite(meeting, cls.agency, participation=cls.unnamed, presence="present")
            make.invite(meeting, cls.organization)
        cls.minutes = make.minutes(
            cls.meeting,
            text_es="Se revisaron los módulos.",
            decisions_es="Se abre en marzo.",
            attendance=[{"body": "IFE", "side": "government", "present": 1, "absent": 0, "excused": 0}],
        )
        draft = make.minutes(cls.meeting, status="draft", text_es=HIDDEN["minutes in draft"])
        agreed.Remark.objects.create(minutes=draft, author=cls.signer, text=HIDDEN["remark on minutes"], at=PAST)
        items = [(1, cls.minutes, "Enviar el calendario"), (2, draft, HIDDEN["action item in draft"])]
        for number, minutes, what in items:
            item = agreed.ActionItem.objects.create(
                meeting=cls.meeting, minutes=minutes, number=number, what_es=what, agency=cls.agency, due_on=LONG_AGO
            )
            agreed.AgendaItem.objects.create(meeting=cls.coming, number=number, text_es=what, action_item=item)
        hidden = agreed.Commitment.objects.filter(text_es=HIDDEN["commitment of a draft agreement"]).get()
        for number, commitment in ((3, cls.commitment), (4, hidden)):
            agreed.AgendaItem.objects.create(meeting=cls.coming, number=number, text_es=commitment.text_es, commitment=commitment)
        agreed.AgendaItem.objects.create(meeting=cls.meeting, number=1, text_es="Módulos", commitment=cls.commitment)

    def readers(self, addresses: Any) -> dict[str, set[str]]:
        """Address → the personas who are answered with 200; every other answer must be 404."""
        found = {}
        for address in addresses:
            statuses = {name: answer.status_code for name, answer in self.answers(address).items()}
            self.assertLessEqual(set(statuses.values()), {200, 404}, address)
            found[address] = {name for name, status in statuses.items() if status == 200}
        return found

    # --- addresses --------------------------------------------------------------------------------------------------

    def pages(self, language: str = "en") -> list[str]:
        """Every public page of the chain."""
        proposal, agreement = f"/en/proposals/{self.proposal.folio}/", f"/en/agreements/{self.agreement.folio}/"
        found = [
            "/en/proposals/",
            proposal,
            f"{proposal}versions/1/",
            f"{proposal}versions/2/",
            f"/en/proposals/{self.similar.folio}/",
            "/en/antecedents/",
            "/en/antecedents/cumbre/",
            "/en/agreements/",
            agreement,
            f"{agreement}versions/1/",
            f"/en/agreements/{self.open_agreement.folio}/",
            "/en/meetings/",
            "/en/meetings/calendar/",
            f"/en/meetings/{self.meeting.folio}/",
            f"/en/meetings/{self.coming.folio}/",
        ]
        with override("en"):
            return [translate_url(path, language) for path in found]

    def data(self) -> list[str]:
        """Every JSON of the chain."""
        return [
            f"/en/proposals/{self.proposal.folio}.json",
            "/en/antecedents/cumbre.json",
            f"/en/agreements/{self.agreement.folio}.json",
            f"/en/agreements/{self.agreement.folio}/versions/1.json",
            f"/en/meetings/{self.meeting.folio}.json",
            f"/en/meetings/{self.coming.folio}.json",
        ]
