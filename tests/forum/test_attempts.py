"""Failed attempts in few rows of the audit, and when a session was used last."""

from __future__ import annotations

import datetime as dt
from typing import Any
from unittest.mock import patch

import pytest
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.models import Event
from forum.attempts import note_failure
from forum.workflow.accounts import note
from tests.forum.test_accounts import AccountCase
from tests.signing_in import just_signed_in


@pytest.mark.once
class CountedTests(AccountCase):
    def test_the_list_says_when_a_session_was_used_last(self) -> None:
        """To ten minutes: within them pages cost no statement more, and who has just signed in is not noted again."""
        client, page = just_signed_in(self.client_class(), self.user("delegate"), ago=700), reverse("mfa_index")
        key = client.session.session_key
        long_ago = timezone.now() - dt.timedelta(days=3)
        given = {"user": self.user("delegate"), "ip": "127.0.0.1", "user_agent": "x"}
        UserSession.objects.create(session_key=key, created_at=long_ago, last_seen_at=long_ago, **given)
        counts = []
        for _n in range(2):
            with CaptureQueriesContext(connection) as queries:
                client.get(page)
            counts.append(len([query for query in queries if "usersessions" in query["sql"]]))
        self.assertEqual(counts, [1, 0])
        self.assertGreater(UserSession.objects.get(session_key=key).last_seen_at, timezone.now() - dt.timedelta(minutes=1))
        fresh = just_signed_in(self.client_class(), self.user("delegate"))
        with CaptureQueriesContext(connection) as queries:
            fresh.get(page)
        self.assertEqual([query for query in queries if "usersessions" in query["sql"]], [])

    def test_guessing_all_night_adds_few_rows(self) -> None:
        """Each attempt is counted; the first, second, fourth … within the hour stand in the audit, with how many there were."""

        def rows() -> list[tuple[int, Any]]:
            found = Event.objects.filter(action="sign_in_failed").order_by("id").values_list("record_id", "changes")
            return [(pk, changes.get("attempts", [None, 1])[1]) for pk, changes in found]

        known = self.user("delegate")
        for _n in range(9):
            note_failure("sign_in_failed", "a", known)
        self.assertEqual(rows(), [(known.pk, number) for number in (1, 2, 4, 8)])
        with patch("forum.attempts.MOST_UNKNOWN", 3):
            for number in range(20):
                note_failure("sign_in_failed", f"nobody-{number}", None)
        self.assertEqual(rows()[4:], [(0, 1), (0, 1), (0, 1), (0, 4), (0, 8), (0, 16)])
        note_failure("sign_in_failed", "b", self.user("official"))
        self.assertEqual(rows()[-1], (self.user("official").pk, 1), "strangers use up nobody's own rows")
        later = timezone.now() + dt.timedelta(hours=1)
        with patch("forum.attempts.timezone.now", return_value=later):
            note_failure("sign_in_failed", "a", known)
        self.assertEqual(rows()[-1], (known.pk, 1))


class NoteTests(TestCase):
    def test_a_note_about_nobody_is_an_event_about_nobody(self) -> None:
        note(None, "sign_in_failed")
        self.assertEqual(
            list(Event.objects.values_list("model", "record_id", "record_key", "actor")), [("forum.user", 0, "-", None)]
        )
