"""Erasing a person, proved by canary: imported, mailed, exported, signed, in minutes, and then nowhere (promise 29)."""

from __future__ import annotations

import io
import zipfile
from typing import Any
from unittest.mock import patch

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import TestCase, override_settings
from django.utils.formats import date_format
from django.utils.translation import override

from agreements import models as agreed
from agreements.models import Acceptance, Attendance
from core import erasing, ledger
from core.imports.pending import put_by
from core.imports.runner import run_import
from core.models import ImportBatch, ImportRow, Subscription
from core.workflow import StepRefused
from forum import workflow
from forum.models import Participation, Person, Role, User
from forum.workflow.erasing import may_erase
from proposals.workflow import submit
from tests import factories as make
from tests.personas import PersonaWorld

NAME, EMAIL, PHONE, CITY, POST = (
    "Xóchitl Canariazul",
    "xochitl.canariazul@example.org",
    "+52 55 7777 1234",
    "Canariópolis",
    "Puestocanario",
)
#: Written by somebody in a text that is not the person's: what the erasure names and leaves.
IN_A_TEXT = f"Lo pidió {NAME}."
CANARIES = (
    "canariazul",
    "canariópolis",
    "canariopolis",
    "puestocanario",
    "77771234",
    "7777 1234",
    "x\\u00f3chitl",
    "xóchitl",
    "xochitl",
)
SHEET = (
    "clave,nombre,papel,organizacion,correo,telefono,ciudad_residencia,cargo,nombre_publico\n"
    f"LID-01,{NAME},líder migrante,ORG-01,{EMAIL},{PHONE},{CITY},{POST},sí\n"
    "LID-02,Otra Persona,líder migrante,ORG-01,otra@example.org,,,,sí\n"
)


def tables() -> dict[str, list[str]]:
    """Every table that there is, those of the search index too, with all its columns."""
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
        return {name: [column.name for column in connection.introspection.get_table_description(cursor, name)] for name in names}


def holding(canaries: tuple[str, ...]) -> set[str]:
    """`table.column` of everything in the database that holds a canary, whatever its type."""
    found = set()
    for table, columns in tables().items():
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT {", ".join(chr(34) + name + chr(34) for name in columns)} FROM "{table}"')
            for row in cursor.fetchall():
                for name, value in zip(columns, row, strict=True):
                    raw = bytes(value) if isinstance(value, (bytes, memoryview)) else str(value).encode("utf-8", "replace")
                    text = raw.decode("utf-8", "ignore").casefold()
                    if any(canary in text for canary in canaries):
                        found.add(f"{table}.{name}")
    return found


def stored() -> set[str]:
    """The names of kept files that hold a canary, packed ones too."""
    found = set()
    for path in settings.MEDIA_ROOT.rglob("*"):
        if not path.is_file():
            continue
        data = path.read_bytes()
        texts = [data]
        if data[:4] == b"PK\x03\x04":
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                texts = [archive.read(name) for name in archive.namelist()]
        if any(canary in text.decode("utf-8", "ignore").casefold() for text in texts for canary in CANARIES):
            found.add(str(path.relative_to(settings.MEDIA_ROOT)))
    return found


class World(PersonaWorld):
    """A person who came in by a file, spoke for a proposal, signed, sat in a meeting, had an account and asked for things."""

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        organizer = cls.accounts["organizer"]
        cls.batch = run_import(
            "participants", name=f"lista {NAME}.csv", data=SHEET.encode(), actor=organizer, edition="propia"
        ).batch
        # A row that never went in, of the same person.
        refused = SHEET.replace("LID-01", "LID-09").replace("ORG-01", "ORG-99")
        cls.refused = run_import("participants", name="otra.csv", data=refused.encode(), actor=organizer, edition="propia").batch
        tried = ImportBatch._base_manager.create(
            kind="participants", trial=True, file_name="x.csv", rows=1, quarantined=1, total=1
        )
        ImportRow.objects.create(
            batch=tried, number=1, outcome="quarantined", values={"nombre": NAME}, problems=[{"value": PHONE}]
        )
        cls.part = Participation.objects.get(key="LID-01")
        cls.person = cls.part.person
        cls.account = make.user(EMAIL, name=NAME, delegate=cls.organization)
        Person.objects.filter(pk=cls.person.pk).update(user=cls.account)
        cls.person.refresh_from_db()
        cls.proposal = make.proposal(cls.edition, proponents=[cls.organization], addressees=[cls.agency])
        cls.proposal.speakers.set([cls.part])
        submit(proposal=cls.proposal, actor=organizer)
        cls.agreement = make.agreement(cls.edition, status="signed")
        cls.party = make.party(cls.agreement, cls.organization, representative=cls.part)
        Acceptance.objects.create(
            version=cls.agreement.versions.get(), party=cls.party, mode="in_person", accepted_on=make.DAY, post="Presidencia"
        )
        cls.meeting = make.meeting(cls.edition, status="held", agreements=[cls.agreement])
        make.invite(cls.meeting, cls.organization, participation=cls.part, presence="present")
        make.minutes(cls.meeting, attendance=[{"body": "ORG-01", "side": "civil_society", "present": 1}])
        make.message(cls.proposal, "x", cls.account)
        Subscription.objects.create(email=EMAIL.upper(), model="forum.agency", record_id=cls.agency.pk, record_key="IFE")
        cls.asked = workflow.receive_privacy_request(
            edition=cls.edition, values={"kind": "cancellation", "name": NAME, "email": EMAIL, "text": f"Soy {NAME}"}
        )
        workflow.set_consent(participation=cls.part, given=False, actor=cls.account, how=f"correo de {NAME}")
        workflow.set_consent(participation=cls.part, given=True, actor=organizer, how=f"hoja firmada por {NAME}")


class ErasureTests(World, TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.enterContext(override("en"))

    def erase(self, **given: Any) -> Any:
        with self.captureOnCommitCallbacks(execute=True):
            return workflow.erase_person(person=self.person, actor=self.user("organizer"), reason="solicitud", **given)

    @override_settings(PAGE_CACHE=True)
    def test_nothing_is_left_but_what_the_list_says(self) -> None:
        # What other tests left to wait is none of this one.
        erasing.forget_waiting_files()
        self.client.force_login(self.account)
        self.client.get("/en/workspace/privacy/mine/")
        put_by(self.account, "participants", ContentFile(SHEET.encode()), {"name": "x", "edition": "propia"})
        reader = self.client_class()
        pages = ["/en/participants/", "/en/forums/propia/", "/en/search/?q=canariazul", f"/en/agreements/{self.agreement.folio}/"]
        pages += ["/en/participants/participants.csv", "/en/forums/propia.json", f"/en/proposals/{self.proposal.folio}.json"]
        said = {page: self.text(reader.get(page)) for page in pages}
        self.assertTrue(
            all("Canariazul" in text for text in said.values()), {p for p, t in said.items() if "Canariazul" not in t}
        )
        before = holding(CANARIES)
        self.assertLessEqual(
            {
                *(
                    "forum_person.name",
                    "forum_person.email",
                    "forum_person.phone",
                    "forum_person.residence_city",
                    "forum_person.folded",
                ),
                *("forum_participation.shown_name", "forum_participation.post", "forum_consent.how", "forum_user.email"),
                *("core_importrow.values", "core_importbatch.file_name", "core_subscription.email", "forum_privacyrequest.text"),
                *("core_searchentry.title_es", "core_searchword.word", "forum_person.sort"),
            },
            before,
        )
        self.assertEqual(len(stored()), 3)

        done = self.erase()

        self.assertEqual(holding(CANARIES), set())
        self.assertEqual(stored(), set())
        self.assertEqual((done.rows, done.files, done.accounts), (3, 3, 1))
        for name in ("pages", "answers"):
            kept = repr(getattr(caches[name], "_cache", {})).casefold()
            self.assertFalse([canary for canary in CANARIES if canary in kept])
        self.assertEqual(done.left, [])
        self.assertEqual(Session.objects.count(), 0)
        for page in pages:
            self.assertNotIn("Canariazul", self.text(reader.get(page)), page)

    def text(self, response: Any) -> str:
        data = b"".join(response.streaming_content) if response.streaming else response.content
        # What was asked stands in the box of the search again.
        return data.decode().replace('value="canariazul"', "").replace("q=canariazul", "")

    def test_public_acts_stand_and_say_since_when(self) -> None:
        acts = ledger.verify()
        self.erase()
        self.assertEqual((acts, ledger.verify()), ([], []))
        part = Participation.objects.get(key="LID-01")
        self.assertIn("Federación propia", part.public_name)
        day = part.suppressed_on
        for page in (f"/en/proposals/{self.proposal.folio}/", f"/en/agreements/{self.agreement.folio}/"):
            self.assertContains(self.client.get(page), f"data suppressed on {date_format(day)}")
        self.assertEqual(Attendance.objects.get(participation=part).presence, "present")
        self.assertEqual(self.proposal.speakers.get(), part)
        self.assertEqual(self.agreement.parties.get().representative, part)

    def test_texts_of_others_are_told_and_stand(self) -> None:
        """What somebody wrote is for a person to judge: it is named, column by column, and nothing else holds the name."""
        type(self.proposal).objects.filter(pk=self.proposal.pk).update(problem_es=IN_A_TEXT)
        remark = agreed.Remark.objects.create(minutes=self.meeting.minutes.get(), text=IN_A_TEXT, at=make.now())
        done = self.erase()
        self.assertEqual(
            {str(place) for place in done.left},
            {f"proposals.proposal.problem_es {self.proposal.folio}", f"agreements.remark.text {remark.pk}"},
        )
        self.assertEqual(holding(CANARIES), {"proposals_proposal.problem_es", "agreements_remark.text"})

    def test_the_other_person_of_the_file_stays(self) -> None:
        self.erase()
        other = Participation.objects.get(key="LID-02")
        self.assertEqual((other.person.name, other.shown_name), ("Otra Persona", "Otra Persona"))
        self.assertEqual(
            ImportRow.objects.get(batch=self.batch, record_key__contains="LID-02").values["correo"], "otra@example.org"
        )
        self.batch.refresh_from_db()
        self.assertEqual((self.batch.rows, self.batch.file.name), (2, ""))
        self.refused.refresh_from_db()
        self.assertEqual((self.refused.quarantined, self.refused.skipped), (self.refused.rows - 1, 1))

    def test_whoever_comes_back_later_is_not_known(self) -> None:
        self.erase()
        user = User.objects.get(pk=self.account.pk)
        self.assertEqual(
            (user.name, user.is_active, user.has_usable_password(), Role.objects.filter(user=user).count()), ("", False, False, 0)
        )
        for door in (
            lambda: workflow.erase_person(person=self.person, actor=self.user("organizer")),
            lambda: workflow.block_person(person=self.person, actor=self.user("organizer"), reason="x"),
            lambda: workflow.set_consent(participation=self.part, given=True, actor=self.user("organizer")),
            lambda: workflow.edit_participation(participation=self.part, actor=self.user("organizer"), values={"post": "x"}),
        ):
            self.person.refresh_from_db()
            self.part.refresh_from_db()
            self.assertRaisesMessage(StepRefused, "suppressed already", door)

    def test_who_may(self) -> None:
        self.assertEqual(self.who(lambda user: may_erase(self.person, user)), {"organizer", "administrator"})
        make.participation(self.other_edition, person=self.person)
        self.assertEqual(self.who(lambda user: may_erase(self.person, user)), {"administrator"})
        with self.assertRaises(StepRefused):
            self.erase()
        self.assertIn("forum_person.name", holding(CANARIES))

    def test_all_or_nothing(self) -> None:
        before = holding(CANARIES)
        with patch.object(erasing, "forget_words", side_effect=RuntimeError), self.assertRaises(RuntimeError):
            self.erase()
        self.assertEqual(holding(CANARIES), before)
        self.assertEqual(len(stored()), 2)

    def test_not_while_a_list_is_imported(self) -> None:
        type(self.batch).objects.filter(pk=self.batch.pk).update(state="running")
        self.assertRaisesMessage(StepRefused, "being imported", self.erase)

    def test_the_command(self) -> None:
        out = io.StringIO()
        type(self.proposal).objects.filter(pk=self.proposal.pk).update(problem_es=IN_A_TEXT)
        call_command("erase_person", self.person.key, "--yes", stdout=out)
        self.assertIn(f"{self.person.key}: suppressed. Rows of imports: 3; files: 2; accounts: 1.", out.getvalue())
        self.assertIn("proposals.proposal.problem_es", out.getvalue())
        for key in (self.person.key, "p-none", "\x00"):
            self.assertRaises(CommandError, call_command, "erase_person", key, "--yes", stdout=out)


class BlockTests(World, TestCase):
    def test_blocked_data_are_for_administrators_alone(self) -> None:
        workflow.block_person(person=self.person, actor=self.user("organizer"), reason="solicitud")
        self.assertEqual(
            self.who(lambda user: Person.objects.visible_to(user).filter(pk=self.person.pk).exists()), {"administrator"}
        )
        client = self.sign_in("organizer")
        edit = "/en/workspace/forums/propia/participants/LID-01/"
        pages = ["/en/workspace/participants/?edition=propia", "/en/workspace/participants/?edition=propia&q=canariazul", edit]
        pages += ["/en/workspace/imports/new/participants/export.csv?edition=propia", "/en/participants/", "/admin/forum/person/"]
        for page in pages:
            response = client.get(page)
            data = b"".join(response.streaming_content) if response.streaming else response.content
            self.assertEqual(response.status_code, 200, page)
            self.assertNotIn(b"Canariazul", data.replace(b"q=canariazul", b""), page)
        for given in ({"name": "Otra"}, {}):
            with self.assertRaises(StepRefused):
                workflow.edit_participation(
                    participation=self.part, actor=self.user("organizer"), values={"post": "x"}, person_values=given
                )
        with self.assertRaises(StepRefused):
            workflow.unblock_person(person=self.person, actor=self.user("organizer"), reason="x")
        workflow.unblock_person(person=self.person, actor=self.user("administrator"), reason="por error")
        self.part.refresh_from_db()
        self.assertFalse(self.part.show_name)
        self.assertContains(client.get(edit), "Canariazul")
