"""What a meeting leaves to do stands on the next agenda; minutes are corrected in a new version; all minutes on one page."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agreements import workflow
from agreements.dossier import dossier_of
from agreements.models import ActionItem, Meeting, MinutesVersion
from agreements.verification import fingerprint_problems
from core.events import events_of
from tests import factories as make
from tests.agreements.pages import fields_of, typed
from tests.agreements.story import AgreementWorld, wall

pytestmark = pytest.mark.once

INSIDE = {"organizer", "administrator", "official", "delegate"}


class MinutesWorld(AgreementWorld):
    def story(self) -> None:
        self.agreement = self.signed()
        self.first = self.held(self.agreement)

    def item(self, what: str = "Enviar el acta", **values: Any) -> dict[str, Any]:
        return {"what_es": what, "agency": self.agency, "due_on": dt.date(2026, 8, 1), **values}

    def second(self, **values: Any) -> Meeting:
        return self.meeting(self.agreement, starts_at=wall(2026, 9, 7, 10), ends_at=wall(2026, 9, 7, 12), **values)

    def agenda(self, meeting: Meeting) -> list[tuple[int, str, str]]:
        rows = meeting.agenda.select_related("action_item").order_by("number")
        return [(row.number, row.text_es, row.action_item.folio if row.action_item else "") for row in rows]


class BroughtForwardTests(MinutesWorld, TestCase):
    def test_an_item_left_open_at_meeting_1_stands_on_the_agenda_of_meeting_2(self) -> None:
        """Whether meeting 2 was scheduled before the minutes of meeting 1 were written or after."""
        before = self.second()
        self.assertEqual(self.agenda(before), [(1, "Abrir tres módulos", "")])
        self.minutes(self.first, "circulated", action_items=[self.item(), self.item("Traducir")])
        self.assertEqual(len(self.agenda(before)), 1)
        open_item, done = self.first.action_items.order_by("number")
        workflow.set_action_item(item=done, actor=self.accounts["official"], done_on=dt.date(2026, 7, 10))
        workflow.approve(
            minutes=self.first.minutes.get(), actor=self.accounts["organizer"], at=self.first.ends_at + dt.timedelta(days=9)
        )
        expected = [(1, "Abrir tres módulos", ""), (2, "Enviar el acta", open_item.folio)]
        self.assertEqual(self.agenda(before), expected)
        self.assertEqual(events_of(before)[0].changes, {"agenda": [None, [open_item.folio]]})
        after = self.meeting(self.agreement, starts_at=wall(2026, 10, 5, 10), ends_at=wall(2026, 10, 5, 12))
        self.assertEqual(self.agenda(after), expected)
        # The public reads it there too, and what the minutes of meeting 2 begin with says that it is still open.
        self.assertContains(self.client.get(f"/en/meetings/{before.folio}/"), open_item.folio)
        presences = {row.pk: "present" for row in before.attendance.all()}
        workflow.hold(meeting=before, actor=self.accounts["organizer"], presences=presences, at=before.ends_at)
        given = fields_of(self.sign_in("organizer").get(reverse("workspace:minutes_write", args=[before.folio])))
        self.assertIn(f"- {open_item.folio} sigue pendiente: Enviar el acta", given["decisions_es"])
        self.assertIn(f"Próxima reunión: 5 de octubre de 2026, 10:00 (Ciudad de México) ({after.folio})", given["text_es"])
        self.assertEqual(given["next_meeting"], after.folio)

    def test_the_meeting_that_was_named_as_next_gets_it_and_gets_it_once(self) -> None:
        sooner, named = self.second(), self.meeting(starts_at=wall(2026, 12, 7, 10), ends_at=wall(2026, 12, 7, 12))
        workflow.draft_minutes(
            meeting=self.first,
            actor=self.accounts["organizer"],
            values={"text_es": "Minuta"},
            action_items=[self.item()],
            next_meeting=named,
        )
        minutes = self.first.minutes.get()
        workflow.circulate(minutes=minutes, actor=self.accounts["organizer"], remarks_until=dt.date(2999, 1, 1))
        MinutesVersion.objects.update(remarks_until=dt.date(2026, 7, 10))
        workflow.approve(minutes=MinutesVersion.objects.get(), actor=self.accounts["organizer"])
        self.assertEqual(len(self.agenda(sooner)), 1)
        self.assertEqual([text for _n, text, _f in self.agenda(named)], ["Enviar el acta"])
        workflow.minutes.bring_forward(MinutesVersion.objects.get(), self.accounts["organizer"], named.starts_at)
        self.assertEqual(len(self.agenda(named)), 1)


class CorrectionTests(MinutesWorld, TestCase):
    def test_a_correction_is_a_new_version_and_the_approved_one_stays(self) -> None:
        following = self.second()
        approved = self.minutes(self.first, "approved", action_items=[self.item(), self.item("Traducir")])
        kept, dropped = self.first.action_items.order_by("number")
        before = MinutesVersion.objects.filter(pk=approved.pk).values().get()
        self.assertEqual([folio for _n, _t, folio in self.agenda(following)][1:], [kept.folio, dropped.folio])
        write = reverse("workspace:minutes_write", args=[self.first.folio])
        client = self.sign_in("organizer")
        page = client.get(write)
        self.assertEqual(
            (fields_of(page)["items-0-what_es"], fields_of(page)["items-1-folio"]), ("Enviar el acta", dropped.folio)
        )
        sent = typed(page, items__0__what_es="Enviar el acta firmada", items__1__remove="on", cause="Faltaba la firma.")
        self.assertEqual(client.post(write, {**sent, "cause": " "}).status_code, 422)
        client.post(write, sent)
        second = self.first.minutes.get(number=2)
        replacing = second.action_items.get()
        self.assertEqual((second.cause, replacing.corrects, replacing.number), ("Faltaba la firma.", kept, 3))
        # While it is being written, what was approved is in force.
        self.assertEqual(list(self.first.action_items.in_force().order_by("number")), [kept, dropped])
        workflow.set_action_item(item=kept, actor=self.accounts["official"], done_on=dt.date(2026, 7, 20))
        later = self.first.ends_at + dt.timedelta(days=30)
        workflow.circulate(minutes=second, actor=self.accounts["organizer"], remarks_until=later.date(), at=later)
        workflow.approve(minutes=second, actor=self.accounts["organizer"], at=later + dt.timedelta(days=2))
        replacing.refresh_from_db()
        self.assertEqual(list(self.first.action_items.in_force()), [replacing])
        self.assertEqual(replacing.done_on, dt.date(2026, 7, 20))
        self.assertEqual(list(ActionItem.objects.all().open()), [])
        self.assertIn((2, "Enviar el acta firmada", replacing.folio), self.agenda(following))
        # Nothing of the first version moved, and both give their fingerprints.
        self.assertEqual(MinutesVersion.objects.filter(pk=approved.pk).values().get(), before)
        self.assertEqual([item.what_es for item in approved.action_items.order_by("number")], ["Enviar el acta", "Traducir"])
        self.assertEqual(fingerprint_problems(), [])
        public = self.client.get(f"/en/meetings/{self.first.folio}/")
        self.assertContains(public, "Faltaba la firma.")
        self.assertContains(public, "Enviar el acta firmada")
        self.assertNotContains(public, "Traducir")
        document = self.client.get(f"/en/meetings/{self.first.folio}.json").json()["minutes"]["document"]
        self.assertEqual((document["version"], document["cause"]), (2, "Faltaba la firma."))

    def test_an_item_of_another_meeting_is_not_taken_over(self) -> None:
        self.minutes(self.first, "approved", action_items=[self.item()])
        other = self.held()
        self.minutes(other, "approved", action_items=[self.item("De otra")])
        forged = {**self.item("Robado"), "folio": other.action_items.get().folio}
        self.minutes(self.first, cause="x", action_items=[forged])
        self.assertIsNone(self.first.action_items.get(what_es="Robado").corrects)


class DossierTests(MinutesWorld, TestCase):
    def address(self) -> str:
        return reverse("dossier", args=[self.agreement.folio])

    def test_the_public_reads_the_approved_ones_in_order(self) -> None:
        second = self.held(self.agreement, starts_at=wall(2026, 7, 20, 10), ends_at=wall(2026, 7, 20, 12), title_es="Segunda")
        third = self.held(self.agreement, starts_at=wall(2026, 7, 27, 10), ends_at=wall(2026, 7, 27, 12), title_es="Tercera")
        self.minutes(self.first, "approved", text_es="Texto uno", action_items=[self.item()])
        self.minutes(second, "circulated", text_es="Texto dos")
        self.minutes(third, text_es="Texto tres")
        self.second()
        texts = ("Texto uno", "Texto dos", "Texto tres")

        def read(user: Any) -> tuple[str, ...]:
            return tuple(each.minutes.text_es if each.minutes else "" for each in dossier_of(self.agreement, user))

        self.assertEqual(
            {name: read(self.user(name)) for name in ("anonymous", "other_delegate", "other_official")},
            dict.fromkeys(("anonymous", "other_delegate", "other_official"), ("Texto uno", "", "")),
        )
        self.assertEqual((read(self.user("delegate")), read(self.user("organizer"))), (("Texto uno", "Texto dos", ""), texts))
        page = self.client.get(self.address())
        for words in ("Texto uno", "3 meetings were held", "Enviar el acta", "Instituto propio", "Attendance by body"):
            self.assertContains(page, words)
        for words in texts[1:]:
            self.assertNotContains(page, words)
        self.assertContains(self.sign_in("delegate").get(self.address()), "Not public until they are approved.")
        self.assertEqual(
            self.who_gets(200, self.address()),
            {*INSIDE, "anonymous", "nobody", "other_organizer", "other_official", "other_delegate", "closed_account"},
        )
        self.assertEqual(self.client.get(reverse("dossier", args=["XX"])).status_code, 404)
        self.assertRedirects(self.client.get(reverse("dossier", args=[self.agreement.folio.lower()])), self.address(), 301)

    def test_as_many_queries_for_one_as_for_thirty(self) -> None:
        self.minutes(self.first, "approved", action_items=[self.item()])

        def asked() -> tuple[int, int]:
            found = []
            for name in ("anonymous", "delegate"):
                client = self.sign_in(name)
                with CaptureQueriesContext(connection) as queries:
                    client.get(self.address(), {"x": str(len(found))})
                found.append(len(queries))
            return found[0], found[1]

        asked()
        make.meeting(self.edition)
        few = asked()
        for _n in range(30):
            meeting = make.meeting(self.edition, status="held", agreements=[self.agreement])
            rows = [
                {"body": body.key, "side": "organizations", "present": 1, "absent": 0, "excused": 0}
                for body in (make.organization(),)
            ]
            minutes = make.minutes(meeting, attendance=rows)
            ActionItem.objects.create(meeting=meeting, minutes=minutes, number=1, what_es="Uno", organization=make.organization())
        self.assertEqual(asked(), few)
