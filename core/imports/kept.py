"""What was said about a file that waits to be imported, kept beside it: a page holds only some of its rows."""

from __future__ import annotations

import contextlib
import json

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from core.imports.plan import Plan


def place(stored: str) -> str:
    return f"{stored}.plan"


def keep_plan(stored: str, plan: Plan) -> None:
    """Keep the plan of the waiting file `stored`, in the place of an earlier one."""
    forget_plan(stored)
    default_storage.save(place(stored), ContentFile(json.dumps(plan.as_dict()).encode("utf-8", "replace")))


def kept_plan(stored: str) -> Plan:
    """The plan of a waiting file; an empty one when nothing was said yet."""
    try:
        with default_storage.open(place(stored)) as file:
            return Plan.of(json.loads(file.read()))
    except (OSError, ValueError):
        return Plan()


def forget_plan(stored: str) -> None:
    with contextlib.suppress(OSError):
        default_storage.delete(place(stored))
