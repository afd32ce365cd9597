from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = _("Events, ledger and imports")

    def ready(self) -> None:
        from core import triggers

        # Sent for each app once all migrations are done; one app is enough.
        pre_migrate.connect(triggers.remove, sender=self, dispatch_uid="triggers")
        post_migrate.connect(triggers.install, sender=self, dispatch_uid="triggers")
