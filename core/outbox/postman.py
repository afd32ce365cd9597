"""A thread in the web process that sends what is due and seals the audit, for installations without a worker beside it.

It sleeps until a message is written in this process (`wake`) or half a minute is over, and never runs in a request: a mail
server that hangs holds this one thread. `OUTBOX_THREAD=0` leaves the work to `manage.py send_outbox --loop` or cron.
"""

from __future__ import annotations

import logging
import os
import threading
import time

from django.conf import settings
from django.db import DatabaseError, close_old_connections

log = logging.getLogger("acuerda.outbox")

PAUSE = 30.0
#: How often the calendar is asked for reminders, and old rows are forgotten, seconds.
REMINDERS_EVERY = 3600.0

_lock = threading.Lock()
_called = threading.Event()
_thread: threading.Thread | None = None
_pid = 0


def start() -> None:
    """Begin, once a process; called by `config.wsgi`. Does nothing where the setting says so."""
    global _thread, _pid
    if not settings.OUTBOX_THREAD:
        return
    with _lock:
        if _thread is not None and _thread.is_alive() and _pid == os.getpid():
            return
        _pid = os.getpid()
        _thread = threading.Thread(target=run, name="postman", daemon=True)
        _thread.start()


def wake() -> None:
    """There is something to send: after the commit."""
    _called.set()


def run() -> None:
    """Round after round until the process ends."""
    reminded = 0.0
    while True:
        _called.wait(PAUSE)
        _called.clear()
        remind = time.monotonic() - reminded > REMINDERS_EVERY or not reminded
        if once(remind=remind) and remind:
            reminded = time.monotonic()


def once(*, remind: bool = False) -> bool:
    """One round; False when the database did not answer. Whatever goes wrong is logged, and the next round tries again."""
    from core import seals
    from core.outbox import reminders, sending

    close_old_connections()
    try:
        if remind:
            reminders.send_reminders()
            sending.tidy()
        sending.send_due()
        seals.seal_due()
    except DatabaseError as error:
        log.warning("The outbox could not be read: %s", type(error).__name__)
        return False
    except Exception:
        log.exception("A round of the outbox stopped.")
        return False
    finally:
        close_old_connections()
    return True
