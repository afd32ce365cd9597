"""Arrows point down: config → agreements → proposals → forum → core.

import-linter holds the imports; this holds the models.
"""

from django.apps import apps
from django.contrib.auth import get_user_model
from django.test import SimpleTestCase

from tests.house.tree import APPS

HEIGHT = {app: height for height, app in enumerate(APPS)}


class ArrowTests(SimpleTestCase):
    def test_relations_point_to_the_same_app_or_down(self):
        """A foreign key by name ('proposals.Proposal') imports nothing, so no import tool sees it.

        The account is named by the setting AUTH_USER_MODEL, which is Django's own way to point up.
        """
        upward = {
            f"{model._meta.label}.{field.name} → {field.related_model._meta.label}"
            for model in apps.get_models(include_auto_created=True)
            if model._meta.app_label in HEIGHT
            for field in model._meta.get_fields()
            if field.is_relation and not field.auto_created and field.related_model not in (None, get_user_model())
            if HEIGHT.get(field.related_model._meta.app_label, -1) > HEIGHT[model._meta.app_label]
        }
        self.assertEqual(upward, set())

    def test_every_app_is_installed(self):
        self.assertEqual({config.label for config in apps.get_app_configs()} & set(APPS), set(APPS))
