"""Every rule in the database has a sentence that a person can read."""

from django.apps import apps
from django.test import SimpleTestCase

from tests.house.tree import APPS

#: Rows that the application alone writes: nobody can break the rule, so nobody reads a sentence about it.
SILENT = {"core.SearchEntry.search_one_entry"}


def constraints():
    for model in apps.get_models():
        if model._meta.app_label in APPS:
            for constraint in model._meta.constraints:
                yield f"{model._meta.label}.{constraint.name}", constraint


class ConstraintTests(SimpleTestCase):
    def test_each_has_its_own_sentence(self):
        """Django fills `%(name)s` into the sentence, so a lone per cent sign would break it: it is written `%%`."""
        for name, constraint in constraints():
            if name in SILENT:
                continue
            with self.subTest(name):
                sentence = constraint.get_violation_error_message()
                self.assertNotEqual(constraint.violation_error_message, constraint.default_violation_error_message)
                self.assertRegex(sentence, r"\.$")

    def test_there_are_some(self):
        self.assertGreater(len(list(constraints())), 100)
