from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProposalsConfig(AppConfig):
    name = "proposals"
    verbose_name = _("Proposals: what is asked and what each body answers")

    def ready(self) -> None:
        from core import rolls, sockets, tally
        from core.outbox import notices, reminders, subscriptions
        from core.workflow import register
        from proposals import privacy
        from proposals.kept import FIGURES
        from proposals.notices import tables
        from proposals.panels import panel_of
        from proposals.reminders import reminders_due
        from proposals.rolls import ROLLS
        from proposals.searched import searched_in
        from proposals.verification import fingerprint_problems
        from proposals.waiting import gaps_of, waiting_for
        from proposals.workflow import WORKFLOWS
        from proposals.workflow.calendar import recount

        register(*WORKFLOWS)
        privacy.declare()
        tally.keep(*FIGURES)
        rolls.keep(*ROLLS)
        sockets.record_panels.plug(panel_of)
        sockets.waiting.plug(waiting_for)
        sockets.edition_gaps.plug(gaps_of)
        sockets.ledger_checks.plug(fingerprint_problems)
        sockets.calendar_changed.plug(recount)
        sockets.searched_in_edition.plug(searched_in)
        sockets.reminders_due.plug(reminders_due)
        sockets.reminders_sent.plug(reminders.counts_of)
        notices.register(*tables())
        subscriptions.followable("proposal", "proposals.proposal")
