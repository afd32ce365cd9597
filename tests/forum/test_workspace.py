"""The organizers' desk: editions, tables, organizations, agencies, participants and their consent."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import TestCase, override_settings
from django.test.utils import CaptureQueriesContext

from core.events import events_of
from forum.models import Agency, Edition, Organization, Participation, Person, WorkingTable
from tests import factories as make
from tests.desk import ALL, DeskMixin, at, fields_of, nonsense_posts, page_with
from tests.personas import PersonaWorld

OWN = {"organizer", "administrator"}
ANY = {"organizer", "other_organizer", "administrator"}
PHONE = "+1 213 555 0199"


class ForumDesk(DeskMixin, PersonaWorld, TestCase):
    def post(self, name: str, url: str, data: dict[str, Any]) -> Any:
        return self.sign_in(name).post(url, data)


@pytest.mark.once
class AccessTests(ForumDesk):
    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.table = make.table(cls.edition)
        person = make.person(name="Nombre Reservado", email="reservado@example.org", phone=PHONE)
        cls.participation = make.participation(cls.edition, person=person, organization=cls.organization)
        cls.preparing = make.edition(slug="secreta", folio_prefix="FS1", stage="preparation")

    def test_records_of_no_edition_are_for_any_organizer(self) -> None:
        for name, *args in (
            ("organizations",),
            ("organization_new",),
            ("organization_edit", "ORG-01"),
            ("agencies",),
            ("agency_new",),
            ("agency_edit", "IFE"),
            ("edition_new",),
            ("participants",),
        ):
            with self.subTest(name):
                self.assert_page(at(name, *args), ANY)

    def test_records_of_an_edition_are_for_its_organizers(self) -> None:
        for name, *args in (
            ("edition", "propia"),
            ("edition_edit", "propia"),
            ("table_new", "propia"),
            ("table_edit", "propia", 1),
            ("participant_new", "propia"),
            ("participant_edit", "propia", self.participation.key),
        ):
            with self.subTest(name):
                self.assert_page(at(name, *args), OWN)
        self.assert_page(at("participants", edition="propia"), OWN)
        self.assert_only_post(at("edition_stage", "propia"), OWN)

    def test_an_edition_in_preparation_is_hidden_from_others(self) -> None:
        for name in ("edition", "edition_edit", "table_new", "participant_new"):
            with self.subTest(name):
                self.assert_page(at(name, "secreta"), {"administrator"}, "404")

    def test_what_does_not_exist(self) -> None:
        client = self.sign_in("organizer")
        urls = [at("edition", "no"), at("table_edit", "propia", 9), at("table_edit", "propia", 10**30)]
        urls += [at("participant_edit", "propia", "no"), at("organization_edit", "no"), at("agency_edit", "n" * 200)]
        urls += [at("participant_edit", "ajena", self.participation.key)]
        self.assertEqual([client.get(url).status_code for url in urls], [404] * 6 + [403])

    def test_contact_data_is_shown_to_organizers_only_and_leaves_a_trace(self) -> None:
        url = at("participant_edit", "propia", self.participation.key)
        for name in ALL:
            with self.subTest(name):
                page = self.sign_in(name).get(url).content.decode()
                self.assertEqual((PHONE in page, "reservado@example.org" in page), (name in OWN, name in OWN))
        seen = events_of(self.participation).filter(action="see_contact_data")
        self.assertEqual({event.actor.email for event in seen}, {"organizer@example.org", "administrator@example.org"})
        listed = self.sign_in("organizer").get(at("participants", edition="propia"))
        self.assertContains(listed, "Nombre Reservado")
        self.assertNotContains(listed, PHONE)


@pytest.mark.once
class WritingTests(ForumDesk):
    def test_an_organization(self) -> None:
        data = {"key": "ORG-77", "name": "Club Jomulquillo", "kind": "hometown_club", "subdivision": "california"}
        response = self.post("organizer", at("organization_new"), data)
        made = Organization.objects.get(key="ORG-77")
        self.assertRedirects(response, at("organization_edit", "ORG-77"))
        self.assertEqual(made.subdivision.code, "US-CA")
        client = self.sign_in("organizer")
        page = client.get(at("organization_edit", "ORG-77"))
        self.assertContains(page, 'value="California (US-CA)"')
        self.assertNotIn("key", fields_of(page))
        client.post(at("organization_edit", "ORG-77"), {**fields_of(page), "city": "Los Ángeles", "key": "OTRA"})
        made.refresh_from_db()
        self.assertEqual((made.key, made.city), ("ORG-77", "Los Ángeles"))

    def test_places_by_name(self) -> None:
        for typed, expected in (("US-TX", "US-TX"), ("Illinois (US-IL)", "US-IL"), ("zacatecas", "MX-ZAC"), ("", None)):
            with self.subTest(typed):
                data = {"key": f"K-{make.number()}", "name": "Club", "kind": "other", "subdivision": typed}
                self.post("organizer", at("organization_new"), data)
                made = Organization.objects.get(key=data["key"])
                self.assertEqual(made.subdivision.code if made.subdivision else None, expected)
        for typed, sentence in (("Narnia", "There is no state"), ("Amazonas", "Several places")):
            with self.subTest(typed):
                data = {"key": "X-1", "name": "Club", "kind": "other", "subdivision": typed}
                response = self.post("organizer", at("organization_new"), data)
                self.assertContains(response, sentence, status_code=422)
                self.assertContains(response, f'value="{typed}"', status_code=422)

    def test_the_doors_rules_come_back_to_their_fields(self) -> None:
        data = {"key": "ORG-01", "name": "Otra", "kind": "other", "country": make.area("MX").pk, "subdivision": "US-CA"}
        response = self.post("organizer", at("organization_new"), data)
        self.assertContains(response, '<a href="#id_subdivision">', status_code=422)
        response = self.post("organizer", at("organization_new"), {**data, "subdivision": ""})
        self.assertContains(response, '<a href="#id_key">', status_code=422)

    def test_an_agency(self) -> None:
        data = {"key": "IME", "acronym": "IME", "name_es": "Instituto", "level": "deconcentrated", "default_term_days": "0"}
        response = self.post("organizer", at("agency_new"), data)
        self.assertContains(response, "between 1 and 365", status_code=422)
        self.post("organizer", at("agency_new"), {**data, "default_term_days": "15", "website": "ime.gob.mx"})
        made = Agency.objects.get(key="IME")
        self.assertEqual((made.default_term_days, made.website), (15, "https://ime.gob.mx"))

    def test_a_stale_edit_shows_both_texts(self) -> None:
        url = at("organization_edit", "ORG-01")
        mine, theirs = self.sign_in("organizer"), self.sign_in("other_organizer")
        opened = fields_of(mine.get(url))
        theirs.post(url, {**fields_of(theirs.get(url)), "city": "Chicago"})
        response = mine.post(url, {**opened, "city": "Dallas", "acronym": "FP"})
        rows = {row.label: (row.yours, row.now) for row in response.context["form"].stale_rows}
        self.assertEqual((response.status_code, rows), (422, {"City": ("Dallas", "Chicago"), "Acronym": ("FP", "(empty)")}))
        self.assertRedirects(mine.post(url, fields_of(response)), url)
        self.assertEqual(Organization.objects.values_list("city", "acronym").get(key="ORG-01"), ("Dallas", "FP"))

    def test_an_edition_its_tables_and_stage(self) -> None:
        data = {
            "slug": "foro-2027",
            "name_es": "Foro 2027",
            "time_zone": "America/Tijuana",
            "review_term_days": "20",
            "opinion_publication": "together",
            "date_precision": "day",
        }
        response = self.post("organizer", at("edition_new"), data)
        made = Edition.objects.get(slug="foro-2027")
        self.assertRedirects(response, at("edition", "foro-2027"))
        self.assertEqual((made.stage, made.folio_prefix), ("preparation", "F1"))
        self.post("organizer", at("table_new", "foro-2027"), {"number": "1", "name_es": "Voto"})
        table = WorkingTable.objects.get(edition=made)
        client = self.sign_in("organizer")
        url = at("table_edit", "foro-2027", 1)
        client.post(url, {**fields_of(client.get(url)), "name_en": "Vote"})
        table.refresh_from_db()
        self.assertEqual(table.name_en, "Vote")
        stage = at("edition_stage", "foro-2027")
        self.post("organizer", stage, {"stage-revision": made.revision, "stage-stage": "review"})
        made.refresh_from_db()
        self.assertEqual(made.stage, "review")
        back = {"stage-revision": made.revision, "stage-stage": "intake", "stage-reason": ""}
        response = self.post("organizer", stage, back)
        self.assertContains(response, "needs a reason", status_code=422)
        self.post("organizer", stage, {**back, "stage-reason": "Faltaban propuestas."})
        made.refresh_from_db()
        self.assertEqual(made.stage, "intake")
        page = client.get(at("edition", "foro-2027"))
        self.assertContains(page, "Faltaban propuestas.")
        self.assertContains(page, "participants")

    def test_a_moderator_is_of_the_same_edition(self) -> None:
        stranger = make.participation(self.other_edition)
        data = {"number": "1", "name_es": "Voto", "moderator": stranger.pk}
        response = self.post("organizer", at("table_new", "propia"), data)
        self.assertContains(response, '<a href="#id_moderator">', status_code=422)


@pytest.mark.once
class ParticipantTests(ForumDesk):
    DATA = {
        "key": "LID-01",
        "role": "migrant_leader",
        "capacity": "principal",
        "name": "Ana Ejemplo",
        "phone": PHONE,
        "residence_subdivision": "US-CA",
    }

    def entered(self, **more: Any) -> Participation:
        self.post("organizer", at("participant_new", "propia"), {**self.DATA, **more})
        return Participation.objects.get(edition=self.edition, key="LID-01")

    def test_entering_with_and_without_consent(self) -> None:
        made = self.entered()
        self.assertEqual((made.person.name, made.person.phone, made.shown_name), ("Ana Ejemplo", PHONE, ""))
        url = at("participant_edit", "propia", "LID-01")
        client = self.sign_in("organizer")
        client.post(url, {**fields_of(client.get(url)), "consent": "on", "consent_how": "Hoja firmada"})
        made.refresh_from_db()
        self.assertEqual((made.shown_name, made.consents.get().how), ("Ana Ejemplo", "Hoja firmada"))
        filled = fields_of(client.get(url))
        self.assertEqual(filled.pop("consent"), "on")
        client.post(url, filled)
        made.refresh_from_db()
        self.assertEqual(made.shown_name, "")
        self.assertIsNotNone(made.consents.get().revoked_at)

    def test_nothing_is_entered_by_halves(self) -> None:
        response = self.post("organizer", at("participant_new", "propia"), {**self.DATA, "key": "mal hecha"})
        self.assertContains(response, '<a href="#id_key">', status_code=422)
        self.assertContains(response, "Ana Ejemplo", status_code=422)
        both = {**self.DATA, "organization": self.organization.pk, "agency": self.agency.pk}
        response = self.post("organizer", at("participant_new", "propia"), both)
        self.assertContains(response, '<a href="#id_agency">', status_code=422)
        self.assertFalse(Person.objects.exists())

    def test_a_stale_edit_of_the_person_is_seen(self) -> None:
        """Only the contact data moved meanwhile: the participation itself has its old revision."""
        self.entered()
        url = at("participant_edit", "propia", "LID-01")
        mine, theirs = self.sign_in("organizer"), self.sign_in("administrator")
        opened = fields_of(mine.get(url))
        theirs.post(url, {**fields_of(theirs.get(url)), "phone": "+52 492 000 0000"})
        response = mine.post(url, {**opened, "post": "Presidenta"})
        rows = {row.label: (row.yours, row.now) for row in response.context["form"].stale_rows}
        self.assertEqual(rows, {"Telephone": (PHONE, "+52 492 000 0000"), "Post": ("Presidenta", "(empty)")})
        self.assertEqual(Person.objects.get().phone, "+52 492 000 0000")
        mine.post(url, {**fields_of(response), "phone": "+52 492 000 0000"})
        self.assertEqual((Participation.objects.get().post, Person.objects.get().phone), ("Presidenta", "+52 492 000 0000"))

    def test_search_and_filters(self) -> None:
        make.participation(self.edition, person=make.person(name="José Ñandú"), consent=True)
        make.participation(self.edition, person=make.person(name="Otra Persona"), role="observer")
        client = self.sign_in("organizer")
        for query, expected in (
            ({"q": "nandu"}, ["José Ñandú"]),
            ({"consent": "yes"}, ["José Ñandú"]),
            ({"role": "observer"}, ["Otra Persona"]),
            ({"q": "nadie"}, []),
            ({}, ["José Ñandú", "Otra Persona"]),
        ):
            with self.subTest(query):
                page = client.get(at("participants"), {**query, "edition": "propia"})
                self.assertEqual([row.person.name for row in page.context["listing"]], expected)

    def test_pages_by_key(self) -> None:
        for n in range(30):
            make.participation(self.edition, person=make.person(name=f"Persona {n:02d}"))
        client = self.sign_in("organizer")
        first = client.get(at("participants"), {"edition": "propia"})
        second = client.get(at("participants"), {"edition": "propia", "after": first.context["listing"].page.after})
        names = [row.person.name for page in (first, second) for row in page.context["listing"]]
        self.assertEqual(names, [f"Persona {n:02d}" for n in range(30)])


@override_settings(PAGE_SIZE=100)
class RobustTests(ForumDesk):
    def test_no_post_fails(self) -> None:
        make.participation(self.edition, key="LID-01")
        make.table(self.edition)
        client = self.sign_in("organizer")
        for name, *args in (
            ("organization_new",),
            ("organization_edit", "ORG-01"),
            ("agency_edit", "IFE"),
            ("edition_new",),
            ("edition_edit", "propia"),
            ("table_edit", "propia", 1),
            ("participant_new", "propia"),
            ("participant_edit", "propia", "LID-01"),
        ):
            url = at(name, *args)
            names = [bound.html_name for bound in client.get(url).context["form"]]
            for value, data in nonsense_posts(names):
                with self.subTest(url=url, value=str(value)[:20]), page_with(value):
                    self.assertIn(client.post(url, data).status_code, {302, 422})
        for value, data in nonsense_posts(["stage-stage", "stage-reason", "stage-revision"]):
            with self.subTest(value=str(value)[:20]):
                self.assertEqual(client.post(at("edition_stage", "propia"), data).status_code, 422)

    def test_lists_cost_the_same(self) -> None:
        client = self.sign_in("organizer")
        urls = [at("organizations"), at("agencies"), at("participants", edition="propia"), at("edition", "propia")]

        def cost() -> list[int]:
            found = []
            for url in urls:
                client.get(url)
                with CaptureQueriesContext(connection) as caught:
                    client.get(url)
                found.append(len(caught))
            return found

        def grow(number: int) -> None:
            for _n in range(number):
                body = make.organization(subdivision=make.area("US-CA"), state_of_origin=make.area())
                make.agency(parent=self.agency)
                leader = make.participation(self.edition, organization=body)
                make.table(self.edition, moderator=leader, rapporteur=leader)

        grow(1)
        before = cost()
        grow(29)
        self.assertEqual(cost(), before)
