"""Files in an S3-compatible store instead of a folder: `MEDIA_URL_S3` (config.environment.file_store, docs/deployment.md).

Loaded where a site is set up so, and nowhere else: the libraries of the store take half a second to import. The store is a
place to keep bytes, never one to link to: a file has no address that could be handed out, signed or not, since whoever got
hold of one could go past the view that asks for rights (core.downloads).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.utils.translation import gettext as _
from storages.backends.s3 import S3Storage

#: A larger file lies on disk while it is handed out.
SPOOLED = 2 * 1024 * 1024


class StoreUnavailable(OSError):
    """The store did not answer, or refused: what was asked of it was not done."""


@contextmanager
def asking() -> Iterator[None]:
    """What goes wrong with the store is an OSError, as with a disk; a file that is not there is FileNotFoundError."""
    try:
        yield
    except ClientError as error:
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        if status == 404:
            raise FileNotFoundError(_("This file is not here.")) from error
        raise StoreUnavailable(f"The store of files answered {status}.") from error
    except BotoCoreError as error:
        raise StoreUnavailable(f"The store of files did not answer: {type(error).__name__}.") from error


class PrivateStore(S3Storage):
    """A bucket that nobody reads but the application: no address, no rights for others, no file overwritten."""

    def get_default_settings(self) -> dict[str, Any]:
        given: dict[str, Any] = super().get_default_settings()
        # Neither waits for ever nor sends the newer checksums that other makes of such stores do not know.
        config = Config(
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            connect_timeout=5,
            read_timeout=20,
            retries={"max_attempts": 2, "mode": "standard"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        return {
            **given,
            "client_config": config,
            "default_acl": None,
            "file_overwrite": False,
            "gzip": False,
            "max_memory_size": SPOOLED,
        }

    def url(self, name: str | None, *_more: Any, **_given: Any) -> NoReturn:
        raise ValueError("A file has no address: it is handed out by a view that asks for rights.")

    def _open(self, name: str, mode: str = "rb") -> Any:
        with asking():
            found = super()._open(name, mode)
            if "r" in mode:
                # Fetched here, where a fault can still be answered, and not half-way through an answer.
                found.file.seek(0)
            return found

    def _save(self, name: str, content: Any) -> str:
        with asking():
            return str(super()._save(name, content))

    def delete(self, name: str) -> None:
        with asking():
            super().delete(name)

    def exists(self, name: str) -> bool:
        with asking():
            return bool(super().exists(name))

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        with asking():
            folders, files = super().listdir(path)
            return list(folders), list(files)

    def size(self, name: str) -> int:
        with asking():
            return int(super().size(name))

    def get_modified_time(self, name: str) -> Any:
        with asking():
            return super().get_modified_time(name)
