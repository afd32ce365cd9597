from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = _("Events, ledger and imports")

    def ready(self) -> None:
        from django.db.models.signals import post_migrate, pre_migrate

        from core import pagecache, search, tally_triggers

        pagecache.watch()
        pre_migrate.connect(tally_triggers.before_migrations, sender=self, dispatch_uid="tally")
        post_migrate.connect(tally_triggers.after_migrations, sender=self, dispatch_uid="tally")
        post_migrate.connect(search.after_migrations, sender=self, dispatch_uid="search")
