from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AgreementsConfig(AppConfig):
    name = "agreements"
    verbose_name = _("Agreements: what is promised and kept")

    def ready(self) -> None:
        from agreements.workflow import WORKFLOWS
        from core.workflow import register

        register(*WORKFLOWS)
