"""Files that wait until their import is confirmed: stored under a name that only the sender's signed token knows."""

from __future__ import annotations

import contextlib
import datetime as dt
import secrets
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.core import signing
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.utils import timezone

from core.imports import trials
from core.imports.kept import forget_plan
from core.imports.reread import forget_table

PENDING = "imports/pending"
SALT = "core.admin_io"
MINUTES_TO_CONFIRM = 60


@dataclass(frozen=True)
class Waiting:
    """What a token leads to; `file` is open, and whoever took it back closes it."""

    stored: str
    name: str
    edition: str
    all_or_nothing: bool
    file: File[bytes]


def put_by(user: Any, kind: str, file: BinaryIO, options: dict[str, Any]) -> str:
    """Store the file, piece by piece, until it is confirmed, and answer with the token that leads to it."""
    sweep()
    stored = default_storage.save(f"{PENDING}/{secrets.token_hex(16)}", File(file))
    return signing.dumps({"user": user.pk, "kind": kind, "stored": stored, **options}, salt=SALT)


def told_by(text: str, user: Any, kind: str) -> dict[str, Any]:
    """What stands in a token. Raises `BadSignature` for one that is forged, too old or another's."""
    token: dict[str, Any] = signing.loads(text, salt=SALT, max_age=MINUTES_TO_CONFIRM * 60)
    if token["user"] != user.pk or token["kind"] != kind:
        raise signing.BadSignature
    return token


def stored_of(token: str) -> str:
    """Under which name the file of a token, which was made a moment ago, is stored."""
    return str(signing.loads(token, salt=SALT)["stored"])


def take_back(text: str, user: Any, kind: str) -> Waiting:
    """The file of a token. Raises `BadSignature` as `told_by`, and OSError without the file."""
    token = told_by(text, user, kind)
    file = default_storage.open(token["stored"])
    return Waiting(token["stored"], token["name"], token["edition"], token.get("all_or_nothing", False), file)


def forget(stored: str) -> None:
    """The file is imported, or is to be gone: it goes with all that was kept beside it."""
    default_storage.delete(stored)
    forget_plan(stored)
    forget_table(stored)
    trials.forget(stored)


def sweep() -> None:
    """Delete files that nobody confirmed within a day."""
    limit = timezone.now() - dt.timedelta(days=1)
    trials.sweep(limit)
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        for name in default_storage.listdir(PENDING)[1]:
            with contextlib.suppress(FileNotFoundError):
                if default_storage.get_modified_time(f"{PENDING}/{name}") < limit:
                    default_storage.delete(f"{PENDING}/{name}")
