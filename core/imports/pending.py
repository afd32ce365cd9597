"""Files that wait until their import is confirmed: stored under a name that only the sender's signed token knows."""

from __future__ import annotations

import contextlib
import datetime as dt
import secrets
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

PENDING = "imports/pending"
SALT = "core.admin_io"
MINUTES_TO_CONFIRM = 60


@dataclass(frozen=True)
class Waiting:
    """What a token leads to."""

    stored: str
    name: str
    edition: str
    all_or_nothing: bool
    data: bytes


def put_by(user: Any, kind: str, data: bytes, options: dict[str, Any]) -> str:
    """Store the file until it is confirmed, and answer with the token that leads to it."""
    sweep()
    stored = default_storage.save(f"{PENDING}/{secrets.token_hex(16)}", ContentFile(data))
    return signing.dumps({"user": user.pk, "kind": kind, "stored": stored, **options}, salt=SALT)


def take_back(text: str, user: Any, kind: str) -> Waiting:
    """The file of a token. Raises `BadSignature` for one that is forged, too old or another's, and OSError without the file."""
    token = signing.loads(text, salt=SALT, max_age=MINUTES_TO_CONFIRM * 60)
    if token["user"] != user.pk or token["kind"] != kind:
        raise signing.BadSignature
    with default_storage.open(token["stored"]) as file:
        data = file.read()
    return Waiting(token["stored"], token["name"], token["edition"], token.get("all_or_nothing", False), data)


def sweep() -> None:
    """Delete files that nobody confirmed within a day."""
    limit = timezone.now() - dt.timedelta(days=1)
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        for name in default_storage.listdir(PENDING)[1]:
            with contextlib.suppress(FileNotFoundError):
                if default_storage.get_modified_time(f"{PENDING}/{name}") < limit:
                    default_storage.delete(f"{PENDING}/{name}")
