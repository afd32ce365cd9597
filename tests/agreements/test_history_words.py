"""What happened, in the reader's words: no code, no date as machines write it, and nothing personal that was not kept."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.test import SimpleTestCase
from django.utils.translation import override

from core.timeline import change_of


def told(label: str, name: str, value: Any, language: str = "es") -> str:
    with override(language):
        change = change_of(apps.get_model(label), name, [value, value])
    assert change.before == change.after
    return change.after


@pytest.mark.once
class WordsTests(SimpleTestCase):
    def test_dates_and_moments_as_on_pages(self) -> None:
        for label, name in (("agreements.commitment", "due_on"), ("agreements.agreement", "nothing_of_it")):
            with self.subTest(name):
                self.assertEqual(told(label, name, "2026-11-27"), "27 de noviembre de 2026")
        moment = "2026-12-17T22:00:00+00:00"
        self.assertEqual(told("agreements.meeting", "starts_at", moment), "17 de diciembre de 2026, 16:00 (CST)")
        self.assertEqual(told("agreements.meeting", "starts_at", moment, "en"), "17 December 2026, 16:00 (CST)")

    def test_what_somebody_typed_stays_as_it_is(self) -> None:
        for text in ("2026-11-27", "in_review", "2026-02-31"):
            self.assertEqual(told("agreements.agreement", "title_es", text), text)
        for text in ("2026-02-31", "2026-13-01T99:00:00Z", "2026-11-27 y más", "x" * 9000):
            self.assertEqual(told("agreements.agreement", "unknown", text), text)

    def test_codes_and_the_columns_of_rows(self) -> None:
        for label, name, value, words in (
            ("proposals.proposal", "status", "in_review", "en revisión"),
            ("agreements.agreement", "acceptances", {"mode": "signed_in", "version": 1}, "modo: con su cuenta; versión: 1"),
            ("agreements.commitment", "validations", {"outcome": "disagrees", "comment_es": ""}, "resultado: en desacuerdo"),
            (
                "agreements.commitment",
                "extension_asked",
                {"from": "2026-11-09", "to": "2026-12-15"},
                "al: 15 de diciembre de 2026",
            ),
            ("agreements.meeting", "attendance", {"IME": "excused", "INE": "present"}, "IME: falta justificada; INE: presente"),
            ("proposals.opinion", "criteria", [{"criterion": "legal_remit", "value": "favourable", "amount": ""}], "favorable"),
            ("forum.user", "role", "delegate: ORG-01", "delegado/a: ORG-01"),
        ):
            with self.subTest(name):
                self.assertIn(words, told(label, name, value))

    def test_what_was_not_kept_is_not_shown(self) -> None:
        self.assertEqual(told("forum.person", "email", "•"), "(no se guarda aquí)")
