"""`manage.py send_reminders [--on DATE]`: write the reminders of the calendar; the outbox sends them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.outbox.reminders import send_reminders
from core.received import forget_receipts


class Command(BaseCommand):
    help = (
        "Writes the reminders that have come due, each once: due soon, due, late, in the working days of each body and the zone of "
        "each forum. Safe at any hour and any number of times."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--on", help="as if today were this date (2026-03-31)")

    def handle(self, *args: Any, **options: Any) -> None:
        on = None
        if options["on"]:
            try:
                on = dt.date.fromisoformat(options["on"])
            except ValueError as error:
                raise CommandError(f"--on {options['on']} is no date: write it like 2026-03-31.") from error
        forget_receipts()
        self.stdout.write(f"reminders {send_reminders(on)}")
