"""How a migration adds an index to a table that is in use: nobody who writes waits for it (promise 26)."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db.migrations import AddIndex


class AddIndexAside(AddIndexConcurrently):
    """`AddIndex` that PostgreSQL carries out beside what is written meanwhile; on SQLite, which has one writer at a time, as ever.

    The migration that holds it says `atomic = False` and holds nothing else. Where it is broken off, PostgreSQL keeps an invalid
    index of that name: drop it and migrate again.
    """

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
        else:
            AddIndex.database_forwards(self, app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            super().database_backwards(app_label, schema_editor, from_state, to_state)
        else:
            AddIndex.database_backwards(self, app_label, schema_editor, from_state, to_state)
