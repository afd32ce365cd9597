from typing import Any

from django.apps import AppConfig
from django.core.management import call_command
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


def without_jit(connection: Any, **_more: Any) -> None:
    """PostgreSQL compiles a query that it takes for long; ours are short, and compiling one took longer than to run it."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET jit = off")


def make_cache_table(using: str, **_more: Any) -> None:
    """A cache in the database has its table as soon as it is migrated; with any other cache this does nothing."""
    call_command("createcachetable", database=using, verbosity=0)


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = _("Events, ledger and imports")

    def ready(self) -> None:
        from core import checks, locks, retention, search, tally_triggers, triggers  # noqa: F401 (checks register themselves)
        from core.imports import candidates

        # Sent for each app once all migrations are done; one app is enough.
        for name, before, after in (
            ("triggers", triggers.remove, triggers.install),
            ("tally", tally_triggers.before_migrations, tally_triggers.after_migrations),
        ):
            pre_migrate.connect(before, sender=self, dispatch_uid=name)
            post_migrate.connect(after, sender=self, dispatch_uid=name)
        post_migrate.connect(make_cache_table, sender=self, dispatch_uid="cache table")
        post_migrate.connect(locks.install, sender=self, dispatch_uid="locks")
        connection_created.connect(locks.teach, dispatch_uid="locks")
        post_migrate.connect(search.after_migrations, sender=self, dispatch_uid="search")
        post_migrate.connect(candidates.after_migrations, sender=self, dispatch_uid="names")
        connection_created.connect(without_jit, dispatch_uid="jit")
        retention.declare()
