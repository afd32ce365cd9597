"""`manage.py send_outbox`: send the mails that are due; `--loop` goes on until it is stopped."""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core.models.outbox import age_of_outbox
from core.outbox import postman, sending

PAUSE = 15


class Command(BaseCommand):
    help = (
        "Sends the mails that are due, once each, and tells how it went. Safe from cron at any frequency and beside other workers. "
        "--loop stays and also sends the reminders of the calendar."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--loop", action="store_true", help="go on until SIGTERM or Ctrl-C")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["loop"]:
            self.loop()
            return
        done = sending.send_due()
        sending.tidy()
        self.stdout.write(
            f"sent {done.sent}, dropped {done.dropped}, postponed {done.postponed}, failed {done.failed}"
            + (f" ({done.error})" if done.error else "")
        )
        figures = age_of_outbox()
        if figures["waiting"]:
            self.stdout.write(f"waiting {figures['waiting']}, the oldest for {figures['age']} s")

    def loop(self) -> None:
        """Round after round; a signal lets the round that is under way end."""
        ended = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_given: ended.set())
        rounds = 0
        while not ended.is_set():
            postman.once(remind=rounds % (3600 // PAUSE) == 0)
            rounds += 1
            ended.wait(PAUSE)
