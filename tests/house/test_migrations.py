"""Indexes that are added to tables in use, from migration 0150 on, are added beside what is written (promise 26)."""

import importlib
import re
from unittest import mock

import pytest
from django.apps import apps
from django.db import connection, migrations, models
from django.db.migrations.operations import AddIndex, CreateModel
from django.db.migrations.state import ProjectState
from django.test import SimpleTestCase, TransactionTestCase

from core.indexes import AddIndexAside
from core.models import Tally
from tests.house.tree import APPS, ROOT

FIRST = 150


def waits(migration):
    """What of a migration makes writers wait: an index by the ordinary way on a table that it does not make itself, or an own
    one among other operations."""
    new = {operation.name_lower for operation in migration.operations if isinstance(operation, CreateModel)}
    found = []
    for operation in migration.operations:
        if isinstance(operation, AddIndexAside):
            if migration.atomic or not all(isinstance(each, AddIndexAside) for each in migration.operations):
                found.append(f"{operation.index.name}: alone, with atomic = False")
        elif isinstance(operation, AddIndex) and operation.model_name_lower not in new:
            found.append(f"{operation.index.name}: AddIndexAside")
    return found


class Rule(SimpleTestCase):
    def migration(self, *operations, atomic=True):
        made = migrations.Migration("9999_x", "core")
        made.operations, made.atomic = list(operations), atomic
        return made

    @pytest.mark.once
    def test_it_holds_for_every_migration_from_now_on(self):
        found = {}
        for app in APPS:
            for path in sorted((ROOT / app / "migrations").glob("[0-9]*.py")):
                if int(re.match(r"\d+", path.stem).group()) >= FIRST:
                    module = importlib.import_module(f"{apps.get_app_config(app).name}.migrations.{path.stem}")
                    if wrong := waits(module.Migration(path.stem, app)):
                        found[f"{app}.{path.stem}"] = wrong
        self.assertEqual(found, {})

    @pytest.mark.once
    def test_it_sees_what_waits(self):
        index = models.Index(fields=["day"], name="x_day")
        plain, aside = AddIndex("tally", index), AddIndexAside("tally", index)
        table = CreateModel("Tally", [("id", models.BigAutoField(primary_key=True))])
        self.assertEqual(waits(self.migration(plain)), ["x_day: AddIndexAside"])
        self.assertEqual(waits(self.migration(table, plain)), [])
        self.assertEqual(waits(self.migration(aside)), ["x_day: alone, with atomic = False"])
        self.assertEqual(waits(self.migration(aside, table, atomic=False)), ["x_day: alone, with atomic = False"])
        self.assertEqual(waits(self.migration(aside, atomic=False)), [])


class Aside(TransactionTestCase):
    def test_it_comes_and_goes_on_both_databases(self):
        operation = AddIndexAside("tally", models.Index(fields=["day"], name="x_day"))
        before = ProjectState.from_apps(apps)
        after = before.clone()
        operation.state_forwards("core", after)

        def there():
            with connection.cursor() as cursor:
                return "x_day" in connection.introspection.get_constraints(cursor, Tally._meta.db_table)

        said = []
        with mock.patch.object(type(connection.schema_editor()), "execute", autospec=True, side_effect=said_and_done(said)):
            with connection.schema_editor(atomic=False) as editor:
                operation.database_forwards("core", editor, before, after)
            self.assertTrue(there())
            with connection.schema_editor(atomic=False) as editor:
                operation.database_backwards("core", editor, after, before)
        self.assertFalse(there())
        concurrently = [statement.split()[2] == "CONCURRENTLY" for statement in said]
        self.assertEqual(concurrently, [connection.vendor == "postgresql"] * 2)


def said_and_done(said):
    """`execute` of a schema editor that notes what it was asked."""
    original = connection.schema_editor().__class__.execute

    def execute(self, sql, *rest, **more):
        said.append(str(sql))
        return original(self, sql, *rest, **more)

    return execute
