"""What every test can rely on: settings that read nothing of this machine, files in a temporary folder, no network.

The environment is set here, before Django's settings are read, rather than in pytest's options: so the tests run alike from
`script/test`, from an editor and from a bare `pytest`. Only DATABASE_URL is taken from outside.
"""

import atexit
import fcntl
import gc
import hashlib
import os
import shutil
import socket
import socketserver
import tempfile
import unittest
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pytest
from _pytest import runner
from _pytest.unittest import TestCaseFunction

HERE = tempfile.mkdtemp(prefix="acuerda-tests-")
atexit.register(shutil.rmtree, HERE, ignore_errors=True)

for _name in (
    *(
        "SECRET_KEY",
        "DEBUG",
        "ALLOWED_HOSTS",
        "EMAIL_URL",
        "CACHE_URL",
        "TIME_ZONE",
        "MEDIA_ROOT",
        "STATIC_ROOT",
        "ALLOW_DEMO",
    ),
    *("CSRF_TRUSTED_ORIGINS", "SECURE_SSL_REDIRECT", "BEHIND_PROXY", "DEFAULT_FROM_EMAIL"),
    *("SITE_URL", "OUTBOX_THREAD"),
):
    os.environ.pop(_name, None)
    os.environ.pop(f"{_name}_FILE", None)
# DEBUG only chooses defaults that need no key and no https here; Django's test runner turns it off for the tests themselves.
# Pages are rendered each time, so that queries are counted; tests of the page cache turn it on.
os.environ.update(
    DEBUG="1",
    VAR_DIR=HERE,
    CACHE_URL="locmem:",
    PAGE_CACHE="0",
    IMPORT_WORKER="none",
    LATE_PUBLIC_AFTER="0",
    DJANGO_SETTINGS_MODULE="config.settings",
)

import django  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.cache import caches  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import TransactionTestCase  # noqa: E402
from django.utils import translation  # noqa: E402

from core import catalogs, locks  # noqa: E402

# A worker of xdist inherits the environment of the process that started it, and pytest-django reads the settings from that
# before this file: without these lines all workers would keep their files in one folder.
settings.VAR_DIR, settings.MEDIA_ROOT, settings.STATIC_ROOT = Path(HERE), Path(HERE, "media"), Path(HERE, "static")
# Hashing a password takes 0.2 s by design, and nearly every test signs somebody in.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Without this, every test client would look through all static files again.
settings.WHITENOISE_USE_FINDERS = False
settings.WHITENOISE_AUTOREFRESH = True
if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file rather than memory: threads of the live server get connections of their own, as they do in real life.
    settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = str(Path(HERE, "test.sqlite3"))
catalogs.compile_all(Path(settings.LOCALE_PATHS[0]))
django.setup()

_connect = socket.socket.connect


def _connect_here(self: socket.socket, address: object) -> None:
    """Refuses any connection that leaves the machine."""
    if self.family in (socket.AF_INET, socket.AF_INET6) and isinstance(address, tuple):
        host = str(address[0])
        if not (host.startswith("127.") or host in ("::1", "localhost")):
            raise RuntimeError(f"A test wanted to reach {host}: nothing outside this machine may be asked.")
    _connect(self, address)


socket.socket.connect = _connect_here  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    """Throttles, kept pages and the language that a request chose in one test are nothing to the next."""
    for name in settings.CACHES:
        caches[name].clear()
    language = translation.get_language() or settings.LANGUAGE_CODE
    yield
    translation.activate(language)


_flush = type(connection.ops).execute_sql_flush


def _flush_unlocked(self: Any, sql_list: list[str]) -> None:
    """A test that commits empties its database afterwards, the tables too that are never emptied otherwise."""
    with locks.unlocked():
        _flush(self, sql_list)


type(connection.ops).execute_sql_flush = _flush_unlocked  # type: ignore[method-assign]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that may not ask the database need not be run on both."""
    for item in items:
        case = getattr(item, "cls", None)
        if case and issubclass(case, unittest.TestCase) and not issubclass(case, TransactionTestCase):
            item.add_marker(pytest.mark.once)


# CPython keeps frames in pieces of 16 kB, and gives the last one back to the system as soon as it is empty: where a call that is made
# again and again crosses the end of a piece, each time costs two system calls and four new pages, half a million times in one
# file of pages. A function that asks for half a megabyte gets a piece of one, and all that it calls finds room in that.
for _function in (runner.collect_one_node, runner.runtestprotocol, socketserver.ThreadingMixIn.process_request_thread):
    _function.__code__ = _function.__code__.replace(co_stacksize=1 << 16)


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end: the collector of garbage need not walk through it again and again."""
    gc.collect()
    gc.freeze()


_add_subtest = TestCaseFunction.addSubTest


def _add_subtest_that_failed(self: Any, test_case: Any, test: Any, exc_info: Any) -> None:
    """A report for each of twelve thousand subtests that pass, sent from worker to main process, tells nobody anything."""
    if exc_info is not None:
        _add_subtest(self, test_case, test, exc_info)


TestCaseFunction.addSubTest = _add_subtest_that_failed  # type: ignore[method-assign]


# --- migrations, which take ten seconds, run once ---------------------------------------------------------------------


def _state_of_migrations() -> str:
    """A fingerprint of everything that a migrated, empty database depends on."""
    root = Path(settings.BASE_DIR)
    digest = hashlib.sha256((root / "constraints.txt").read_bytes())
    for pattern in ("*/migrations/*.py", "forum/reference/*", "core/*.py", "core/models/*.py"):
        for path in sorted(path for path in root.glob(pattern) if path.is_file()):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


@pytest.fixture(scope="session")
def kept(request: pytest.FixtureRequest) -> Path:
    """A folder that stays from run to run."""
    return Path(request.config.cache.mkdir("migrated"))


@pytest.fixture(scope="session")
def turn(kept: Path) -> Iterator[IO[str]]:
    """Held by the worker that makes its database: the next one takes a copy."""
    with (kept / f"turn-{connection.vendor}").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file


@pytest.fixture(scope="session")
def migrated(kept: Path) -> Path | str | None:
    """Where the migrated, empty database is kept: a file for SQLite, from run to run; a database beside the others on a server
    that is gone with the run (`script/postgres`); None on somebody's own server, on which nothing is left behind."""
    if connection.vendor == "sqlite":
        return kept / f"{_state_of_migrations()}.sqlite3"
    return "acuerda_migrated" if os.environ.get("PRIVATE_POSTGRES") else None


def _is_made(migrated: Path | str) -> bool:
    if isinstance(migrated, Path):
        return migrated.exists()
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [migrated])
        return cursor.fetchone() is not None


@pytest.fixture(scope="session")
def django_db_keepdb(
    django_db_modify_db_settings: None, django_db_blocker: Any, turn: IO[str], migrated: Path | str | None
) -> bool:
    """Begins with a copy of the kept database where there is one."""
    with django_db_blocker.unblock():
        if migrated is None or not _is_made(migrated):
            return False
    if isinstance(migrated, str):
        connection.settings_dict["TEST"]["TEMPLATE"] = migrated
        return False
    shutil.copyfile(migrated, connection.settings_dict["TEST"]["NAME"])
    return True


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any, turn: IO[str], migrated: Path | str | None) -> None:
    """Keeps what the migrations made, whole or not at all, before the first test."""
    with django_db_blocker.unblock():
        if isinstance(migrated, str) and not _is_made(migrated):
            made = connection.ops.quote_name(connection.settings_dict["NAME"])
            connection.close()
            with connection._nodb_cursor() as cursor:
                cursor.execute(f"CREATE DATABASE {connection.ops.quote_name(migrated)} TEMPLATE {made}")
        elif isinstance(migrated, Path) and not migrated.exists():
            made = migrated.with_name(f"{migrated.name}-{os.getpid()}")
            with connection.cursor() as cursor:
                cursor.execute("VACUUM INTO %s", [str(made)])
            made.replace(migrated)
    turn.close()
