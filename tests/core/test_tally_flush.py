"""Emptying the database in any order of its tables is no matter for the figures."""

from __future__ import annotations

from django.core.management.color import no_style
from django.db import connection, transaction
from django.test import TestCase

from core import tally
from tests.chain import ChainWorld


class FlushTests(ChainWorld, TestCase):
    def test_tables_may_be_emptied_in_any_order(self) -> None:
        """`flush` takes the tables as they come out of a set: a commitment may outlive the party that leads it for a moment."""
        self.assertTrue(any(tally.counted(figure.name) for figure in tally.kept()))
        if connection.vendor != "sqlite":
            self.skipTest("TRUNCATE empties all tables at once")
        tables = sorted(connection.introspection.django_table_names(only_existing=True, include_views=False))
        with connection.cursor() as cursor:
            filled = [table for table in tables if cursor.execute(f'SELECT 1 FROM "{table}"').fetchone()]
        self.assertIn("agreements_party", filled)
        # An empty table may stand anywhere: to empty it does nothing.
        for first in filled:
            order = [first, *(table for table in tables if table != first)]
            with transaction.atomic(), connection.cursor() as cursor:
                for statement in connection.ops.sql_flush(no_style(), order, reset_sequences=False):
                    cursor.execute(statement)
                transaction.set_rollback(True)
