"""docs/workflow.md says what the tables of steps say."""

from io import StringIO
from pathlib import Path
from unittest import mock

from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import SimpleTestCase
from django.utils.translation import override

from core.management.commands import workflow_docs
from core.workflow import registered


class WorkflowDocsTests(SimpleTestCase):
    def test_the_file_is_true(self):
        with override("es"):
            call_command("workflow_docs", "--check", stdout=StringIO())

    def test_a_change_of_a_table_is_noticed(self):
        with (
            mock.patch.object(workflow_docs, "registered", lambda: registered()[1:]),
            self.assertRaisesMessage(CommandError, "run manage.py workflow_docs"),
        ):
            call_command("workflow_docs", "--check", stdout=StringIO())

    def test_every_step_is_in_it(self):
        text = Path(settings.BASE_DIR, "docs", "workflow.md").read_text(encoding="utf-8")
        for workflow in registered():
            for transition in workflow.transitions:
                with self.subTest(workflow.name, action=transition.action):
                    self.assertIn(f"| `{transition.action}` ", text)
