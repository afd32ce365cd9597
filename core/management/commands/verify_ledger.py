"""Verifies the public ledger: the chain itself, and that what is published still gives its fingerprints."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import ledger, seals, sockets
from core.models import LedgerHead


class Command(BaseCommand):
    help = str(gettext_lazy("Verifies the public ledger. Exit status 1, and a sentence for each thing that does not hold."))

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--audit", action="store_true", help=str(gettext_lazy("also the seals of the audit trail")))

    def handle(self, *args: Any, **options: Any) -> None:
        problems = ledger.verify()
        for found in sockets.ledger_checks.collect():
            problems.extend(found)
        if options["audit"]:
            problems += seals.verify()
        for problem in problems:
            self.stdout.write(problem)
        if problems:
            raise CommandError(_("The ledger does not hold: %(count)s problems.") % {"count": len(problems)})
        head = LedgerHead.objects.filter(pk=1).first()
        if head is None or not head.number:
            self.stdout.write(_("The ledger is empty."))
            return
        self.stdout.write(
            _("The ledger holds: %(count)s acts, the last with fingerprint %(sha256)s.")
            % {"count": head.number, "sha256": head.sha256}
        )
