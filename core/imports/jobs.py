"""The queue of imports: batches in the database, taken by whoever works, embedded in the web process or beside it.

A batch that waits, or whose worker was not heard of since its lease ran out, is claimed by one worker; every chunk of rows
renews the lease under the lock of the batch, and is refused to a worker that lost it. So two never work on one batch, and
what was written when a worker was killed stays and is not written again.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import traceback
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connections, transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core.events import SYSTEM, acting_from
from core.imports import trials
from core.imports.outcomes import Outcomes
from core.imports.plan import Plan
from core.imports.problems import FileRefused
from core.imports.work import LEASE, Leaving, Stopped, Work
from core.models.event import Origin
from core.models.imports import BatchState, ImportBatch

log = logging.getLogger("acuerda.imports")


def owner() -> str:
    """Who works: this thread of this process of this machine."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{threading.get_ident()}"[:80]


def open_batches() -> Any:
    """Batches that wait for a worker: queued, or left by one that was killed."""
    left = Q(state=BatchState.RUNNING, lease_until__lt=timezone.now())
    return ImportBatch.every.filter(Q(state=BatchState.QUEUED) | left).order_by("pk")


def claim(by: str) -> ImportBatch | None:
    """The oldest open batch, now that of `by`; None when nothing waits."""
    if not open_batches().exists():
        return None
    with transaction.atomic():
        batch: ImportBatch | None = open_batches().select_for_update(skip_locked=True, of=("self",)).first()
        if batch is None:
            return None
        batch.state, batch.lease_by, batch.lease_until = BatchState.RUNNING, by, timezone.now() + LEASE
        batch.save(update_fields=["state", "lease_by", "lease_until"])
    return batch


def carry_out(batch: ImportBatch, leaving: Callable[[], bool] | None = None) -> None:
    """Work on a claimed batch until it has an end, or is another's. No exception leaves but `Leaving`."""
    from core.imports.runner import opened

    with translation.override(batch.language or settings.LANGUAGE_CODE), acting_from(Origin.IMPORT):
        try:
            with batch.file.open("rb") as file:
                plan = Plan.of(batch.plan)
                resource, table = opened(
                    batch.kind, batch.file_name, file, actor=actor_of(batch), edition=batch.edition_slug, plan=plan
                )
                if batch.trial:
                    trials.carry_out(batch, resource, table, leaving)
                else:
                    Work(batch, resource, table, Outcomes(table.rows), leaving=leaving).everything()
        except FileRefused as error:
            give_up(batch, str(error))
        except Stopped:
            log.warning("import %s: another worker has it", batch.key)
        except Leaving:
            mine(batch).update(state=BatchState.QUEUED, lease_by="", lease_until=None)
            raise
        except OSError as error:
            tell("its file cannot be read", batch, error)
            give_up(batch, _("The file is no longer there: choose it again."))
        except DatabaseError as error:
            # The database may be away: nothing can be noted there. The lease runs out, and the batch is taken up again.
            tell("left by a fault of the database", batch, error)
        except Exception as error:  # noqa: BLE001 (a fault in one import must not end the worker)
            tell("failed", batch, error)
            give_up(batch, _("A fault of the application interrupted this import. What was written stays; it can go on."))


def tell(what: str, batch: ImportBatch, error: Exception) -> None:
    """Where it happened, without the words of the error: they may hold what stands in the file (promise 6)."""
    where = "".join(traceback.format_tb(error.__traceback__))
    log.error("import %s: %s: %s\n%s", batch.key, what, type(error).__name__, where)


def actor_of(batch: ImportBatch) -> Any:
    """Who imports. An account that is gone imports nothing more."""
    if batch.actor is not None:
        return batch.actor
    if batch.origin != Origin.COMMAND:
        raise FileRefused(_("The account that sent this file is gone."))
    return SYSTEM


def mine(batch: ImportBatch) -> Any:
    return ImportBatch.every.filter(pk=batch.pk, lease_by=batch.lease_by, state=BatchState.RUNNING)


def give_up(batch: ImportBatch, sentence: str) -> None:
    mine(batch).update(
        state=BatchState.FAILED, notes=[*batch.notes, sentence], lease_by="", lease_until=None, finished_at=timezone.now()
    )


def work_off(leaving: Callable[[], bool] | None = None) -> int:
    """Carry out whatever waits; how many batches that were. Raises `Leaving` when asked to end."""
    count = 0
    while batch := claim(owner()):
        carry_out(batch, leaving)
        count += 1
    return count


def stop(batch: ImportBatch) -> bool:
    """Ask for the end of an import that is not through: the rows that are left are skipped. False when it has ended."""
    open_ = ImportBatch.objects.filter(pk=batch.pk, state__in=[BatchState.QUEUED, BatchState.RUNNING])
    return bool(open_.update(stop_asked=True))


def go_on(batch: ImportBatch) -> bool:
    """Put an import that a fault interrupted back into the queue, from its cursor on."""
    failed = ImportBatch.objects.filter(pk=batch.pk, state=BatchState.FAILED)
    return bool(failed.update(state=BatchState.QUEUED, finished_at=None))


# --- embedded ---------------------------------------------------------------------------------------------------------

_lock = threading.Lock()
_wanted = threading.Event()
_thread: threading.Thread | None = None


def nudge() -> None:
    """Something may wait: see to it that this process works, where workers are embedded. One thread a process."""
    global _thread
    if settings.IMPORT_WORKER != "embedded":
        return
    with _lock:
        _wanted.set()
        if _thread is None:
            _thread = threading.Thread(target=embedded, name="imports", daemon=True)
            _thread.start()


def embedded() -> None:
    """The thread: works until nothing waits, and ends."""
    global _thread
    while True:
        _wanted.clear()
        try:
            work_off()
        except Exception as error:  # noqa: BLE001 (the thread tries again when it is nudged)
            log.error("the worker of imports stumbled: %s", type(error).__name__)
        finally:
            connections.close_all()
        with _lock:
            if not _wanted.is_set():
                _thread = None
                return
