"""`manage.py import_worker`: carries out imports beside the web processes; any number of these may run."""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, close_old_connections, connection

from core.imports.jobs import log, work_off
from core.imports.work import Leaving


class Command(BaseCommand):
    help = "Carries out the imports that wait in the queue, until it is ended. Set IMPORT_WORKER=process for the web processes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="end when nothing waits")
        parser.add_argument("--every", type=float, default=2.0, metavar="SECONDS", help="how often to look (2)")

    def handle(self, *args: Any, **options: Any) -> None:
        ending = threading.Event()
        before = {each: signal.signal(each, lambda *_: ending.set()) for each in (signal.SIGTERM, signal.SIGINT)}
        try:
            while not ending.is_set():
                self.look(ending)
                if options["once"]:
                    return
                ending.wait(options["every"])
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)

    def look(self, ending: threading.Event) -> None:
        try:
            work_off(ending.is_set)
        except Leaving:
            self.stdout.write("ended between two chunks; another worker goes on")
        except DatabaseError:
            log.error("the queue of imports cannot be read; trying again")
        finally:
            if not connection.in_atomic_block:
                close_old_connections()
