"""`manage.py seal_events`: seal the audit trail now; `--verify` walks the whole chain instead."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import seals


class Command(BaseCommand):
    help = str(
        gettext_lazy(
            "Seals the events that are not sealed yet and says where the chain ends. --verify: walks the chain; exit status 1, "
            "and a sentence for each thing that does not hold."
        )
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--verify", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["verify"]:
            problems = seals.verify()
            for problem in problems:
                self.stdout.write(problem)
            if problems:
                raise CommandError(_("The audit does not hold: %(count)s problems.") % {"count": len(problems)})
        else:
            seals.seal_due(at_once=True)
        end = seals.head()
        self.stdout.write(
            _("The audit holds up to event %(last_id)s: %(number)s seals, the last with fingerprint %(sha256)s.") % end
        )
