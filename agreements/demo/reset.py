"""What kind of database this is, and starting a demonstration over."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.files.storage import default_storage
from django.core.management.color import no_style
from django.db import connection, models, transaction

from agreements.demo.play import play
from core import rolls, tally
from core.locks import unlocked
from forum.models import Agency, Area, Edition, Organization, User
from forum.reference import load_areas


def is_empty() -> bool:
    """No account and no record: reference data does not count."""
    return not any(model._base_manager.exists() for model in (User, Edition, Organization, Agency))


def is_demo() -> bool:
    """A demonstration was played here."""
    return User.objects.filter(is_demo=True).exists()


def is_only_demo() -> bool:
    """There are demo accounts and no others: nobody has begun to work in it."""
    return is_demo() and not User.objects.filter(is_demo=False).exists()


def start_over() -> None:
    """Delete every row of every table and play again, in one transaction; then the files that nothing names any more."""
    before = stored_files()
    with transaction.atomic(), unlocked():
        # Events and ledger refuse to be deleted row by row: here the tables are emptied as a whole.
        tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
        for sql in connection.ops.sql_flush(no_style(), tables, reset_sequences=True, allow_cascade=False):
            with connection.cursor() as cursor:
                cursor.execute(sql)
        # Rows that are deleted one by one (SQLite) are taken from the kept figures, which may be empty by then.
        tally.clear()
        rolls.clear()
        load_areas(Area)
        play()
    for name in before - stored_files():
        default_storage.delete(name)


def stored_files() -> set[str]:
    """The names of all files that some record holds."""
    found: set[str] = set()
    for model in apps.get_models():
        fields: list[Any] = [field for field in model._meta.concrete_fields if isinstance(field, models.FileField)]
        for field in fields:
            found |= set(model._base_manager.exclude(**{field.name: ""}).values_list(field.name, flat=True))
    return found
