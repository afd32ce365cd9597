"""A cache in the database needs no command of its own."""

from django.core.cache import caches
from django.db import connection
from django.test import TestCase, override_settings

from core.apps import make_cache_table

IN_DATABASE = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "acuerda_cache_of_a_test"}}


class CacheTableTests(TestCase):
    def test_migrating_makes_it_once(self):
        with override_settings(CACHES=IN_DATABASE):
            make_cache_table(using="default")
            make_cache_table(using="default")
            self.assertIn("acuerda_cache_of_a_test", connection.introspection.table_names())
            caches["default"].set("kept", 1)
            self.assertEqual(caches["default"].get("kept"), 1)
