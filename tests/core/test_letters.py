"""The words of a mail: no header and no link out of typed text, the language of the reader, files."""

from __future__ import annotations

from dataclasses import replace
from unittest import mock

import pytest
from django.core import mail
from django.test import TestCase, override_settings
from django.utils.translation import override

from core.outbox import notices
from core.outbox.letters import email, header, headline, to_account, typed
from proposals import workflow
from tests import factories as make
from tests.core.test_outbox import OutboxWorld

pytestmark = pytest.mark.once


class LetterTests(OutboxWorld, TestCase):
    def test_typed_text_is_no_link_and_no_second_line(self) -> None:
        for text, shown in (
            ("Módulos\r\nBcc: x@example.org", "Módulos Bcc: […]"),
            ("Ver https://evil.example/a?b=1 ya", "Ver […] ya"),
            ("www.evil.example", "[…]"),
            ("evil.example/x", "[…]"),
            ("artículo 3.2 del plan, S.A. de C.V.", "artículo 3.2 del plan, S.A. de C.V."),
            ("a\u202eb\u0000c", "abc"),
            ("x" * 500, "x" * 159 + "…"),
        ):
            with self.subTest(text[:30]):
                self.assertEqual(typed(text), shown)

    def test_a_header_is_one_line(self) -> None:
        self.assertEqual(header("a\r\nBcc: b\x0b\x1c\u2028c\x85d"), "a Bcc: b c d")
        self.assertLessEqual(len(header("ñ" * 5000)), 180)

    def test_a_hostile_title_changes_no_header(self) -> None:
        title = "Módulos\nBcc: todos@example.org\n\nhttps://evil.example"
        workflow.refer(proposal=self.proposal("submitted", title_es=title), agencies=[self.agency], actor=self.user("organizer"))
        with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
            self.send()
        (sent,) = mail.outbox
        self.assertEqual(sent.recipients(), ["official@example.org"])
        self.assertNotIn("evil.example", sent.body)
        self.assertIsNone(sent.message()["Bcc"])

    def test_each_reads_in_the_own_language(self) -> None:
        make.user("english@example.org", official=self.agency, language="en")
        self.owed()
        with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
            self.send()
        found = {sent.to[0]: (sent.subject, sent.body) for sent in mail.outbox}
        self.assertIn("/en/workspace/", found["english@example.org"][1])
        self.assertIn("was referred to", found["english@example.org"][0])
        self.assertIn("/es/", found["official@example.org"][1])
        self.assertIn("se turnó a", found["official@example.org"][0])

    def test_a_notice_may_bring_files(self) -> None:
        """For invitations with a calendar file, say."""
        message = self.owed()
        notice = replace(notices.notice("referral_sent"), attachments=lambda *_given: [("a.ics", b"BEGIN", "text/calendar")])
        with mock.patch.dict(notices._notices, {"referral_sent": notice}):
            letter, _left_out = to_account([message])
        made = email(letter, message, "a@example.org")
        self.assertEqual([part.get_filename() for part in made.message().walk() if part.get_filename()], ["a.ics"])

    def test_a_list_names_a_mail_without_asking_for_its_facts(self) -> None:
        message = self.owed()
        with override("en"), self.assertNumQueries(0):
            self.assertEqual(headline(message), f"{message.record_key} was referred to …: opinion due …")
