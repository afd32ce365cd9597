"""The registration desk: who is there, found in any writing, done once, entered on the spot; the programme and its calendar."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import vobject
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.events import events_of
from core.imports.candidates import learn
from core.models import Event, Receipt
from core.received import forget_receipts, moment_said, received
from core.workflow import StepRefused
from forum.models import EditionAgency, EditionOrganization, Organization, Participation, Person, Session
from forum.registration import counts_of, matching, people_of
from forum.workflow import check_in, check_in_body, create_session, set_consent
from tests import factories as make
from tests.desk import DeskMixin, at, fields_of, nonsense_posts
from tests.personas import PersonaWorld

OWN = {"organizer", "administrator"}
JSON = {"HTTP_ACCEPT": "application/json"}


class DeskWorld(DeskMixin, PersonaWorld):
    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.person = make.person(name="Íñigo Pérez Ñandú")
        cls.leader = make.participation(cls.edition, key="LID-01", person=cls.person, organization=cls.organization)
        cls.guest = make.participation(cls.edition, key="INV-01", role="special_guest")
        EditionOrganization.objects.create(edition=cls.edition, organization=cls.organization)
        EditionOrganization.objects.create(edition=cls.edition, organization=cls.other_organization, part="supporter")
        EditionAgency.objects.create(edition=cls.edition, agency=cls.agency)
        cls.url = at("registration", "propia")

    def send(self, act: str, who: str = "organizer", **data: Any) -> Any:
        return self.sign_in(who).post(self.url, {"act": act, **data}, **JSON)

    def counts(self) -> dict[str, tuple[int, int]]:
        page = self.sign_in("organizer").get(self.url)
        return {count.name: (count.number, count.of) for count in page.context["counts"]}


@pytest.mark.once
class AccessTests(DeskWorld, TestCase):
    def test_the_desk_is_for_the_organizers_of_the_edition(self) -> None:
        session = create_session(actor=self.user("organizer"), values=session_values(self.edition))
        for name in ("registration", "registration_person", "registration_organization", "session_new"):
            self.assert_page(at(name, "propia"), OWN)
        for name in ("registration_state", "registration_sheet", "registration_badges", "programme"):
            self.assert_page(at(name, "propia"), OWN)
        self.assert_page(at("session_edit", "propia", session.key), OWN)
        self.assert_only_post(at("session_remove", "propia", session.key), OWN)
        client = self.sign_in("organizer")
        for url in (at("session_edit", "propia", "no"), at("session_edit", "propia", "n" * 200), at("registration", "no")):
            self.assertEqual(client.get(url).status_code, 404)
        self.assertEqual(client.get(at("session_edit", "ajena", session.key)).status_code, 403)

    def test_the_doors_too(self) -> None:
        def may(door: Any, **arguments: Any) -> set[str]:
            def tried(user: Any) -> bool:
                try:
                    door(actor=user, **arguments)
                except StepRefused as refusal:
                    self.assertEqual(refusal.code, "not_yours")
                    return False
                return True

            return self.who(tried)

        self.assertEqual(may(check_in, participation=self.leader), OWN)
        self.assertEqual(may(check_in_body, edition=self.edition, body=self.organization), OWN)


class CheckInTests(DeskWorld, TestCase):
    def test_in_and_back_with_their_events(self) -> None:
        said = timezone.now() - dt.timedelta(minutes=40)
        answer = self.send("check_in p:LID-01", at=said.isoformat())
        self.assertEqual(answer.json(), {"rows": {"p:LID-01": {"state": "in", "consent": False}}, "refused": ""})
        self.leader.refresh_from_db()
        self.assertEqual(self.leader.checked_in_at, said)
        # The organization is there through its people.
        self.assertEqual(
            self.counts(), {"leaders": (1, 1), "organizations": (1, 1), "hosts": (0, 1), "agencies": (0, 1), "others": (0, 1)}
        )
        for act, state in (
            ("undo p:LID-01", "out"),
            ("check_in o:ORG-01", "in"),
            ("check_in a:IFE", "in"),
            ("undo a:IFE", "out"),
        ):
            self.assertEqual(next(iter(self.send(act).json()["rows"].values()))["state"], state)
        self.assertEqual([event.action for event in events_of(self.leader)], ["undo_check_in", "check_in"])
        self.assertEqual([event.action for event in events_of(self.agency)], ["undo_check_in", "check_in"])
        self.assertEqual(events_of(self.organization)[0].changes["edition"], ["propia", "propia"])
        self.assertEqual(self.counts()["organizations"], (1, 1))

    def test_what_is_sent_twice_is_done_once(self) -> None:
        """Also when another desk took it back meanwhile: the lost answer is asked for again, and that is all."""
        for _n in range(2):
            self.send("check_in p:LID-01", id="0123456789abcdef")
        self.send("undo p:LID-01", id="fedcba9876543210")
        answer = self.send("check_in p:LID-01", id="0123456789abcdef")
        self.assertEqual(answer.json()["rows"], {"p:LID-01": {"state": "out", "consent": False}})
        self.assertEqual(Event.objects.filter(action__in=("check_in", "undo_check_in")).count(), 2)
        # The id of one account says nothing about that of another.
        self.send("check_in p:LID-01", who="administrator", id="0123456789abcdef")
        self.leader.refresh_from_db()
        self.assertIsNotNone(self.leader.checked_in_at)

    def test_what_fails_may_be_sent_again_under_its_id(self) -> None:
        user = self.user("organizer")
        with self.assertRaises(ValidationError), received(user, "0123456789abcdef"):
            raise ValidationError("no")
        with received(user, "0123456789abcdef") as is_new:
            self.assertTrue(is_new)
        for bad in ("short", "x" * 65, "né" * 10, "../../etc/passwd"):
            with self.subTest(bad), self.assertRaises(ValidationError), received(user, bad):
                pass
        Receipt.objects.update(at=timezone.now() - dt.timedelta(days=40))
        self.assertEqual(forget_receipts(), 1)

    def test_the_clock_of_a_page_is_believed_within_a_week(self) -> None:
        now = dt.datetime(2026, 3, 2, 18, tzinfo=dt.UTC)
        said = now - dt.timedelta(hours=2)
        self.assertEqual(moment_said("2026-03-02T10:00:00-06:00", now), said)
        for text in (
            "",
            "2026-03-02T10:00:00",
            "2026-03-02T18:00:01Z",
            "2026-02-01T10:00:00Z",
            "x" * 99,
            "2026-99-99T00:00:00Z",
            "\x00",
        ):
            with self.subTest(text):
                self.assertEqual(moment_said(text, now), now)

    def test_without_a_script_it_is_a_form(self) -> None:
        client = self.sign_in("organizer")
        page = client.get(self.url, {"q": "ñandu  INIGO"})
        self.assertEqual([row.code for _n, _h, rows in page.context["groups"] for row, _through in rows], ["p:LID-01"])
        done = client.post(self.url, {"act": "check_in p:LID-01", "q": "perez"}, follow=True)
        self.assertEqual(done.redirect_chain, [(f"{self.url}?q=perez", 302)])
        self.assertContains(done, "Checked in: Íñigo Pérez Ñandú.")
        refused = client.post(self.url, {"act": "check_in p:LID-99"})
        self.assertContains(refused, "“LID-99” is not on the list", status_code=422)
        self.assertContains(client.get(self.url, {"q": "nadie"}), "Nobody on the list is called so")

    def test_consent_is_recorded_dated_and_withdrawn_here(self) -> None:
        self.assertEqual(self.send("consent p:LID-01").json()["rows"]["p:LID-01"], {"state": "out", "consent": True})
        consent = self.leader.consents.get()
        self.assertEqual((consent.how, consent.revoked_at), ("said at the registration desk", None))
        self.send("withdraw p:LID-01")
        consent.refresh_from_db()
        self.leader.refresh_from_db()
        self.assertEqual((bool(consent.revoked_at), self.leader.show_name), (True, False))
        # A body has no name of its own to consent to.
        self.assertEqual(self.send("consent o:ORG-01").status_code, 422)

    def test_nonsense_is_answered_with_a_sentence(self) -> None:
        client = self.sign_in("organizer")
        for _value, data in nonsense_posts(["act", "id", "at", "q"]):
            self.assertEqual(client.post(self.url, data).status_code, 422)
            self.assertEqual(client.post(self.url, data, **JSON).status_code, 422)
        for act in ("check_in", "check_in p:", "check_in x:LID-01", "check_in o:ORG-99", "delete p:LID-01", "check_in a:SRE"):
            self.assertEqual(self.send(act).status_code, 422, act)
        self.assertEqual(client.get(self.url, {"q": "%_'\\\u202e" * 90}).status_code, 200)
        self.assertFalse(Participation.objects.filter(checked_in_at__isnull=False).exists())

    def test_the_queries_do_not_grow_with_the_list(self) -> None:
        client = self.sign_in("organizer")
        names = ("registration", "registration_state", "registration_sheet", "registration_badges")

        def asked() -> list[int]:
            found = []
            for name in names:
                with CaptureQueriesContext(
                    connection,
                ) as queries:
                    client.get(at(name, "propia"))
                found.append(len(queries))
            with CaptureQueriesContext(connection) as queries:
                client.post(self.url, {"act": "check_in p:LID-01"}, **JSON)
            client.post(self.url, {"act": "undo p:LID-01"}, **JSON)
            return [*found, len(queries)]

        asked()
        few = asked()
        for _n in range(30):
            body = make.organization()
            EditionOrganization.objects.create(edition=self.edition, organization=body)
            make.participation(self.edition, organization=body)
        self.assertEqual(asked(), few)
        rows = people_of(self.edition)
        self.assertEqual(len(matching(rows, "")), 32)
        self.assertEqual(next(count.of for count in counts_of(rows) if count.name == "leaders"), 31)

    def test_printed_lists_hold_the_names_and_leave_a_trace(self) -> None:
        client = self.sign_in("organizer")
        for name in ("registration_sheet", "registration_badges"):
            self.assertContains(client.get(at(name, "propia")), "Íñigo Pérez Ñandú")
        self.assertEqual([event.action for event in events_of(self.edition)], ["print_list", "print_list"])


class WalkInTests(DeskWorld, TestCase):
    def enter(self, page: str, /, **data: Any) -> Any:
        return self.sign_in("organizer").post(at(page, "propia"), data)

    def test_somebody_new_with_consent(self) -> None:
        answer = self.enter("registration_person", name="Zoila Baca", role="migrant_leader", organization="ORG-01", consent="on")
        self.assertRedirects(answer, self.url)
        made = Participation.objects.get(key="REG-01")
        self.assertEqual((made.person.name, made.organization, made.public_name), ("Zoila Baca", self.organization, "Zoila Baca"))
        self.assertIsNotNone(made.checked_in_at)
        self.enter("registration_person", name="Armando Guerra", role="observer")
        self.assertTrue(Participation.objects.filter(key="REG-02", role="observer").exists())
        # What the form asks for is what the doors ask for.
        self.assertEqual(self.enter("registration_person", name="Elba Lazo", role="official").status_code, 422)
        self.assertEqual(self.enter("registration_person", name="", role="x").status_code, 422)
        self.assertEqual(Participation.objects.filter(key__startswith="REG").count(), 2)

    def test_a_like_name_is_asked_about_first(self) -> None:
        learn(self.person)
        given = {"name": "Inigo Perez Nandu", "role": "migrant_leader"}
        asked = self.enter("registration_person", **given)
        self.assertContains(asked, "Íñigo Pérez Ñandú", status_code=422)
        self.assertContains(asked, "nothing is entered before", status_code=422)
        # It is the one on the list: checked in, nobody is doubled.
        self.assertRedirects(self.enter("registration_person", **given, same=self.person.key), self.url)
        self.leader.refresh_from_db()
        self.assertEqual((self.person.participations.count(), bool(self.leader.checked_in_at)), (1, True))
        # It is another one of that name.
        self.assertRedirects(self.enter("registration_person", **given, same="new"), self.url)
        self.assertEqual(Participation.objects.get(key="REG-01").person.name, "Inigo Perez Nandu")
        self.assertEqual(self.enter("registration_person", **given, same="p-forged").status_code, 422)

    def test_people_of_editions_that_are_not_ones_own_are_not_offered(self) -> None:
        make.participation(self.other_edition, person=make.person(name="Casimiro Luna"))
        learn(Person.objects.get(name="Casimiro Luna"))
        self.assertRedirects(self.enter("registration_person", name="Casimiro Luna", role="observer"), self.url)

    def test_an_organization_new_or_known(self) -> None:
        given = {"name": "Club Tepatitlán", "kind": "hometown_club", "city": "Fresno", "acronym": "", "state_of_origin": "MX-JAL"}
        self.assertRedirects(self.enter("registration_organization", **given), self.url)
        made = Organization.objects.get(name="Club Tepatitlán")
        self.assertEqual((made.key, made.state_of_origin.code), ("ORG-03", "MX-JAL"))
        self.assertIsNotNone(self.edition.organization_rows.get(organization=made).checked_in_at)
        known = make.organization(key="CLUB", name="Club Jerez")
        learn(known)
        learn(self.other_organization)
        asked = self.enter("registration_organization", **{**given, "name": "club jeréz"})
        self.assertContains(asked, "Club Jerez", status_code=422)
        self.assertRedirects(self.enter("registration_organization", **{**given, "name": "club jeréz"}, same="CLUB"), self.url)
        self.assertIsNotNone(self.edition.organization_rows.get(organization=known).checked_in_at)
        # One that supports the forum keeps its part.
        supporter = {**given, "name": self.other_organization.name}
        self.enter("registration_organization", **supporter, same="ORG-02")
        row = self.edition.organization_rows.get(organization=self.other_organization)
        self.assertEqual((row.part, bool(row.checked_in_at)), ("supporter", True))

    def test_nonsense(self) -> None:
        client = self.sign_in("organizer")
        names = ["name", "acronym", "kind", "role", "organization", "agency", "consent", "same", "state_of_origin", "city"]
        for _value, data in nonsense_posts(names):
            for name in ("registration_person", "registration_organization"):
                self.assertEqual(client.post(at(name, "propia"), data).status_code, 422)


def session_values(edition: Any, **values: Any) -> dict[str, Any]:
    zone = ZoneInfo("America/Mexico_City")
    return {
        "edition": edition,
        "key": f"{edition.slug}-s1",
        "title_es": "Plenaria, inaugural; uno",
        "starts_at": dt.datetime(2026, 3, 2, 9, tzinfo=zone),
        "ends_at": dt.datetime(2026, 3, 2, 10, 30, tzinfo=zone),
        "room": "Salón A",
        **values,
    }


class ProgrammeTests(DeskWorld, TestCase):
    def form(self, **changes: Any) -> dict[str, Any]:
        return {
            "title_es": "Mesa 1",
            "kind": "table",
            "day": "2026-03-02",
            "starts": "11:00",
            "ends": "12:00",
            "room": "Salón A",
            **changes,
        }

    def test_entered_changed_and_taken_out(self) -> None:
        client = self.sign_in("organizer")
        table = make.table(self.edition, name_es="Participación")
        new = at("session_new", "propia")
        self.assertRedirects(client.post(new, self.form(table=table.key)), at("programme", "propia"))
        made = Session.objects.get()
        self.assertEqual((made.key, made.starts_at), ("propia-s1", dt.datetime(2026, 3, 2, 17, tzinfo=dt.UTC)))
        edit = at("session_edit", "propia", made.key)
        sent = fields_of(client.get(edit))
        self.assertEqual((str(sent["starts"])[:5], sent["table"]), ("11:00", table.key))
        self.assertRedirects(
            client.post(edit, {**self.form(table=table.key, room="Salón B"), "revision": made.revision}),
            at("programme", "propia"),
        )
        stale = client.post(edit, {**self.form(room="Salón C"), "revision": made.revision})
        self.assertContains(stale, "Salón B", status_code=422)
        # Two at once in one room.
        client.post(new, self.form(starts="11:30", ends="13:00", room="Salón B", title_es="Otra"))
        self.assertContains(client.get(at("programme", "propia")), "At the same time in the same place")
        self.assertContains(client.get("/en/forums/propia/"), "Participación")
        self.assertEqual(client.post(at("session_remove", "propia", made.key), {"sure": "yes"}).status_code, 302)
        self.assertEqual([row.title_es for row in Session.objects.all()], ["Otra"])
        self.assertEqual(events_of(self.edition)[0].changes["title_es"], ["Mesa 1", None])

    def test_what_cannot_be_is_answered_at_its_field(self) -> None:
        client = self.sign_in("organizer")
        foreign = make.table(self.other_edition)
        for changes, field in (
            ({"title_es": ""}, "title_es"),
            ({"day": "0001-01-01"}, "day"),
            ({"starts": "25:00"}, "starts"),
            ({"ends": "10:00"}, "ends"),
            ({"table": foreign.key}, "table"),
            ({"kind": "party"}, "kind"),
            ({"room": "x" * 151}, "room"),
        ):
            with self.subTest(changes):
                answer = client.post(at("session_new", "propia"), self.form(**changes))
                self.assertContains(answer, f'href="#id_{field}"', status_code=422)
        for _value, data in nonsense_posts(self.form()):
            self.assertEqual(client.post(at("session_new", "propia"), data).status_code, 422)

    def test_the_calendar_is_read_by_a_second_program(self) -> None:
        organizer = self.user("organizer")
        session = create_session(actor=organizer, values=session_values(self.edition))
        content = Client().get("/en/forums/propia.ics").content.decode()
        event = vobject.readOne(content).vevent
        self.assertEqual(event.uid.value, "propia-s1@localhost")
        self.assertEqual(event.dtstart.value.astimezone(dt.UTC), session.starts_at)
        self.assertEqual(event.dtstart.value.utcoffset(), dt.timedelta(hours=-6))
        self.assertEqual(event.summary.value, "Plenaria, inaugural; uno")
        self.assertEqual(event.location.value, "Salón A")
        self.assertEqual(event.dtstamp.value, session.updated_at.replace(microsecond=0))
        first = int(event.sequence.value)
        client = self.sign_in("organizer")
        client.post(at("session_edit", "propia", session.key), {**self.form(title_es="Otra"), "revision": session.revision})
        event = vobject.readOne(Client().get("/en/forums/propia.ics").content.decode()).vevent
        self.assertEqual((event.summary.value, int(event.sequence.value) > first), ("Otra", True))

    def test_a_forum_in_preparation_has_no_calendar(self) -> None:
        hidden = make.edition(slug="secreta", stage="preparation")
        create_session(actor=self.user("administrator"), values=session_values(hidden))
        self.assertEqual(self.sign_in("administrator").get("/en/forums/secreta.ics").status_code, 404)

    def test_the_queries_do_not_grow_with_the_programme(self) -> None:
        organizer, client = self.user("organizer"), self.sign_in("organizer")

        def asked(urls: tuple[str, ...] = (at("programme", "propia"), "/en/forums/propia.ics")) -> list[int]:
            found = []
            for url in urls:
                with CaptureQueriesContext(connection) as queries:
                    client.get(url)
                found.append(len(queries))
            return found

        table = make.table(self.edition)
        create_session(actor=organizer, values=session_values(self.edition, table=table))
        asked()
        few = asked()
        for n in range(2, 32):
            create_session(actor=organizer, values=session_values(self.edition, key=f"propia-s{n}", table=table))
        self.assertEqual(asked(), few)

    def test_consent_of_somebody_who_is_gone(self) -> None:
        """A door that is asked twice for the same does nothing the second time."""
        set_consent(participation=self.leader, given=True, actor=self.user("organizer"), how="x")
        self.send("consent p:LID-01")
        self.assertEqual(self.leader.consents.count(), 1)
