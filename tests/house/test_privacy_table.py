"""The written table of personal data is complete, and the privacy page shows all of it (promise 4)."""

from __future__ import annotations

import html
from unittest import mock

import pytest
from django.test import SimpleTestCase, TestCase
from django.utils.translation import override

from core import personal, privacy, retention
from core.privacy import Audience
from forum.models import Participation, Person, PrivacyRequest
from forum.workflow.erasing import emptied
from tests.chain import read


@pytest.mark.once
class TableTests(SimpleTestCase):
    def test_every_field_that_holds_people_is_in_it(self) -> None:
        self.assertEqual(privacy.undeclared(), [])
        self.assertEqual(privacy.unknown(), [])

    def test_a_field_that_is_left_out_is_noticed(self) -> None:
        rows = [row for row in privacy.table() if "phone" not in row.fields and row.model != "agreements.acceptance"]
        with mock.patch.object(privacy, "_held", rows):
            self.assertEqual(
                privacy.undeclared(),
                [
                    *("forum.person.email", "forum.person.phone", "agreements.acceptance.post"),
                    *("agreements.acceptance.witness", "agreements.acceptance.scan", "agreements.acceptance.recorded_by"),
                ],
            )

    def test_what_is_private_is_public_in_no_row(self) -> None:
        """A field that events mask is for everybody in no row of the table, but for what the public act itself shows."""
        wrong = []
        for row in privacy.table():
            private = getattr(privacy.apps.get_model(row.model), "PRIVATE", frozenset())
            wrong += [f"{row.model}.{name}" for name in row.fields if name in private and Audience.PUBLIC in row.seen_by]
        self.assertEqual(wrong, ["agreements.evidence.file"])

    def test_an_erasure_empties_all_that_is_not_public(self) -> None:
        """Whoever adds a field about people says whether an erasure empties it."""
        left = {
            # Who it was stays as an opaque key, and the account and the block are ended in other ways.
            Person: {"user", "blocked_at", "folded", "sort"},
            Participation: {"person", "shown_name", "sort"},
            PrivacyRequest: {
                *("person", "kind", "status", "received_on", "answer_due_on", "extended_on", "outcome", "answered_on"),
                *("carry_out_due_on", "ended_on"),
            },
        }
        for model, kept in left.items():
            rows = [row for row in privacy.table() if row.model == model._meta.label_lower]
            named = {name for row in rows if Audience.PUBLIC not in row.seen_by for name in row.fields}
            self.assertEqual(named - kept, set(emptied(model, model.ERASED)), model)


class PageTests(TestCase):
    def test_it_shows_every_row_and_every_rule_in_both_languages(self) -> None:
        for address, language in (("/en/privacy/", "en"), ("/es/privacidad/", "es")):
            shown = html.unescape(read(self.client.get(address).content.decode())).casefold()
            with override(language):
                words = {str(each) for row in privacy.table() for each in (*row.audience_words, *row.field_words)}
                words |= {str(row.what) for row in privacy.public_rows()}
                words |= {str(rule.what) for rule in retention.rules()} | {str(each.kind) for each in personal.PATTERNS}
            self.assertEqual({each for each in words if each.casefold() not in shown}, set(), language)
