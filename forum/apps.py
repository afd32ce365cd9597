from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ForumConfig(AppConfig):
    name = "forum"
    verbose_name = _("Forum: who takes part")

    def ready(self) -> None:
        from allauth.account import signals as account
        from allauth.mfa import signals as mfa

        from core import sockets
        from core.outbox import notices, subscriptions
        from core.workflow import register
        from forum import accounts, privacy, retention
        from forum.addressees import guest_of
        from forum.gaps import gaps_of, waiting_for
        from forum.matching import register_names
        from forum.notices import NOTICES, REPLIES
        from forum.workflow import WORKFLOWS

        register(*WORKFLOWS)
        privacy.declare()
        retention.declare()
        register_names()
        notices.register(*NOTICES, *REPLIES)
        account.password_reset.connect(accounts.after_reset, dispatch_uid="forum")
        for signal in (mfa.authenticator_added, mfa.authenticator_removed, mfa.authenticator_reset):
            signal.connect(accounts.after_change_of_factor, dispatch_uid="forum")
        mfa.authentication_failed.connect(accounts.after_failed_factor, dispatch_uid="forum")
        sockets.edition_gaps.plug(gaps_of)
        sockets.waiting.plug(waiting_for)
        sockets.addressee_of.plug(guest_of)
        subscriptions.followable("agency", "forum.agency")
        subscriptions.followable("organization", "forum.organization")
