from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ForumConfig(AppConfig):
    name = "forum"
    verbose_name = _("Forum: who takes part")

    def ready(self) -> None:
        from core import sockets
        from core.outbox import subscriptions
        from core.workflow import register
        from forum import privacy, retention
        from forum.gaps import gaps_of, waiting_for
        from forum.matching import register_names
        from forum.workflow import WORKFLOWS

        register(*WORKFLOWS)
        privacy.declare()
        retention.declare()
        register_names()
        sockets.edition_gaps.plug(gaps_of)
        sockets.waiting.plug(waiting_for)
        subscriptions.followable("agency", "forum.agency")
        subscriptions.followable("organization", "forum.organization")
