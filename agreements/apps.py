from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AgreementsConfig(AppConfig):
    name = "agreements"
    verbose_name = _("Agreements: what is promised and kept")

    def ready(self) -> None:
        from agreements import privacy
        from agreements.figures import of_fate
        from agreements.kept import FIGURES
        from agreements.notices import tables
        from agreements.panels import panel_of
        from agreements.reminders import reminders_due
        from agreements.rolls import ROLLS
        from agreements.searched import searched_in
        from agreements.verification import fingerprint_problems
        from agreements.waiting import gaps_of, waiting_for
        from agreements.workflow import WORKFLOWS
        from core import rolls, sockets, tally
        from core.outbox import notices, subscriptions
        from core.told import tells
        from core.workflow import register

        register(*WORKFLOWS)
        for note, model, column in (
            ("acceptances", "agreements.acceptance", ""),
            ("attendance", "agreements.attendance", "presence"),
            ("cancellation", "agreements.cancellation", ""),
            ("replies", "agreements.reply", ""),
            ("reports", "agreements.progressreport", ""),
            ("validations", "agreements.validation", ""),
            ("version", "agreements.agreementversion", ""),
        ):
            tells(note, model, column)
        privacy.declare()
        sockets.papers_of.plug(privacy.papers_of)
        sockets.lists_of_people.plug(privacy.lists_of_people)
        tally.keep(*FIGURES)
        rolls.keep(*ROLLS)
        sockets.record_panels.plug(panel_of)
        sockets.waiting.plug(waiting_for)
        sockets.edition_gaps.plug(gaps_of)
        sockets.ledger_checks.plug(fingerprint_problems)
        sockets.searched_in_edition.plug(searched_in)
        sockets.reminders_due.plug(reminders_due)
        notices.register(*tables())
        subscriptions.followable("agreement", "agreements.agreement")
        sockets.proposal_fates.plug(of_fate)
