"""A world with a canary in every private field, and the public pages to look for them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from core import search
from forum import models as forum
from proposals import models as asked
from tests import factories as make

HIDDEN = {
    "e-mail of a participant": "canario.correo@example.org",
    "telephone of a participant": "+52 55 0000 1234",
    "city of residence": "Canariópolis",
    "name without consent": "Ximena Sinpermiso",
    "post of somebody unnamed": "Puestocanario",
    "edition in preparation": "Foro Canarioculto",
    "table of a hidden edition": "Mesacanaria",
    "participant of a hidden edition": "Canuto Oculto",
    "draft proposal": "Propuestacanaria",
    "proposed meeting": "Juntacanaria",
    "draft agreement": "Acuerdocanario",
    "link of a meeting": "https://video.example.org/canario",
    "e-mail of an account": "canario.cuenta@example.org",
}


class CanaryWorld:
    """`edition` is public, `hidden` in preparation; `agency` and `organization` take part in both. A mixin for TestCase."""

    @classmethod
    def setUpTestData(cls) -> None:
        cls.edition = make.edition(
            slug="foro-abierto",
            folio_prefix="FA1",
            name_es="Foro abierto",
            name_en="Open forum",
            stage="follow_up",
            city="Puebla",
        )
        cls.hidden = make.edition(
            slug="foro-oculto", folio_prefix="FO1", name_es=HIDDEN["edition in preparation"], stage="preparation"
        )
        cls.organization = make.organization(key="ORG-01", name="Federación abierta", state_of_origin=make.area())
        cls.mirror = make.organization(key="ESP-01", name="Organización espejo", kind="mirror")
        forum.MirrorLink.objects.create(organization=cls.organization, mirror=cls.mirror, since=dt.date(2009, 1, 1))
        cls.agency = make.agency(key="IFE", name_es="Instituto Federal", name_en="Federal Institute", successor_acronym="INE")
        successor = make.agency(key="INE", name_es="Instituto Nacional")
        forum.AgencySuccession.objects.create(predecessor=cls.agency, successor=successor, kind="transformed")
        forum.AgencyName.objects.create(agency=cls.agency, name_es="Instituto Federal", valid_until=dt.date(2014, 4, 3))
        for edition in (cls.edition, cls.hidden):
            forum.EditionOrganization.objects.create(edition=edition, organization=cls.organization)
            forum.EditionAgency.objects.create(edition=edition, agency=cls.agency)
        make.table(cls.edition, name_es="Mesa abierta")
        make.table(cls.hidden, name_es=HIDDEN["table of a hidden edition"])
        private = {
            "email": HIDDEN["e-mail of a participant"],
            "phone": HIDDEN["telephone of a participant"],
            "residence_city": HIDDEN["city of residence"],
            "state_of_origin": make.area("MX-ZAC"),
        }
        cls.named = make.participation(
            cls.edition,
            key="LID-01",
            consent=True,
            person=make.person(name="Ana Consiente", **private),
            organization=cls.organization,
            post="presidencia",
        )
        cls.unnamed = make.participation(
            cls.edition,
            key="LID-02",
            person=make.person(name=HIDDEN["name without consent"], **{**private, "state_of_origin": make.area("MX-OAX")}),
            organization=cls.organization,
            post=HIDDEN["post of somebody unnamed"],
        )
        make.participation(
            cls.hidden,
            key="LID-03",
            consent=True,
            person=make.person(name=HIDDEN["participant of a hidden edition"]),
            organization=cls.organization,
        )
        make.proposal(cls.edition, title_es=HIDDEN["draft proposal"], proponents=[cls.organization])
        cls.proposal = make.proposal(cls.edition, status="in_review", title_es="Propuesta abierta", proponents=[cls.organization])
        cls.referral = make.referral(cls.proposal, cls.agency, due_on=dt.date(2026, 3, 30))
        make.agreement(cls.edition, title_es=HIDDEN["draft agreement"])
        cls.agreement = make.agreement(cls.edition, status="signed", title_es="Acuerdo abierto", proposals=[cls.proposal])
        body, government = make.party(cls.agreement, cls.organization), make.party(cls.agreement, cls.agency)
        make.commitment(cls.agreement, government, text_es="Compromiso vencido", due_on=dt.date(2026, 4, 1))
        make.commitment(cls.agreement, body, text_es="Compromiso en tiempo", due_on=dt.date(2099, 1, 1))
        make.meeting(cls.edition, status="proposed", title_es=HIDDEN["proposed meeting"])
        make.meeting(
            cls.edition,
            title_es="Reunión abierta",
            link=HIDDEN["link of a meeting"],
            starts_at=dt.datetime(2099, 1, 5, 16, tzinfo=dt.UTC),
        )
        make.user(HIDDEN["e-mail of an account"], organizer=cls.edition)
        search.rebuild(searched())


def searched() -> list[Any]:
    """Models whose records the search box finds."""
    from agreements import models as agreed

    return [
        forum.Edition,
        forum.Organization,
        forum.Agency,
        forum.Participation,
        asked.Proposal,
        asked.Antecedent,
        agreed.Agreement,
        agreed.Commitment,
        agreed.Meeting,
    ]


#: Pages of the forum and of the site, without their language. `.json` ones are data.
PAGES = (
    "/",
    "/progress/",
    "/search/",
    "/search/?q=abierta",
    "/privacy/",
    "/data/",
    "/verify/",
    "/forums/",
    "/forums/foro-abierto/",
    "/organizations/",
    "/organizations/ORG-01/",
    "/organizations/ESP-01/",
    "/agencies/",
    "/agencies/IFE/",
    "/agencies/INE/",
    "/participants/",
)
DATA = ("/forums/foro-abierto.json", "/organizations/ORG-01.json", "/agencies/IFE.json")
LISTS = ("/forums/", "/organizations/", "/agencies/", "/participants/", "/progress/", "/search/", "/verify/")
