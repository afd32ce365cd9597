"""Reading the environment: each setting `X` may also come as a file named by `X_FILE`."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on", "si", "sí"}
FALSE = {"", "0", "false", "no", "off"}


def text(name: str, default: str = "") -> str:
    """The value of `name`, or the content of the file that `name_FILE` points to."""
    path = os.environ.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE points to {path}, which cannot be read: {error.strerror}.") from error
    return os.environ.get(name, default).strip()


def flag(name: str, default: bool = False) -> bool:
    """A yes/no setting. Anything but the usual words is refused with a sentence."""
    value = text(name, "1" if default else "0").lower()
    if value in TRUE:
        return True
    if value in FALSE:
        return False
    raise ImproperlyConfigured(f"{name}={value!r} is neither yes nor no: use 1 or 0.")


def words(name: str, default: str = "") -> list[str]:
    """A comma separated list, blanks dropped."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def days(name: str, default: int, least: int = 1) -> int:
    """A whole number of days, from `least` to 3650."""
    value = text(name, str(default))
    if not value.isascii() or not value.isdigit() or not least <= int(value) <= 3650:
        raise ImproperlyConfigured(f"{name}={value!r} is not a number of days: write a whole number from {least} to 3650.")
    return int(value)


def kept_key(path: Path) -> str:
    """The secret key of this installation: a long random text, made once and kept in `path` for its owner alone.

    For the embedded database, which is one machine's; several machines need the same key, so they are given SECRET_KEY.
    """
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, made = tempfile.mkstemp(dir=path.parent)
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_urlsafe(64))
            # Whole or absent, and the first of two processes that start at once wins.
            with suppress(FileExistsError):
                os.link(made, path)
            os.unlink(made)
        return path.read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"SECRET_KEY is not set, and {path} cannot hold one ({error.strerror}): set SECRET_KEY to a long random text."
        ) from error


def email_settings(url: str) -> dict[str, object]:
    """Django's EMAIL_* settings from `smtp://user:password@host:port?tls=1`, `smtps://…`, `console:` or `file:///folder`."""
    parts = urlsplit(url)
    backend = "django.core.mail.backends."
    if parts.scheme == "console":
        return {"EMAIL_BACKEND": backend + "console.EmailBackend"}
    if parts.scheme == "file":
        return {"EMAIL_BACKEND": backend + "filebased.EmailBackend", "EMAIL_FILE_PATH": parts.path}
    if parts.scheme in ("smtp", "smtps"):
        query = parse_qs(parts.query)
        return {
            "EMAIL_BACKEND": backend + "smtp.EmailBackend",
            "EMAIL_HOST": parts.hostname or "localhost",
            "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 25),
            "EMAIL_HOST_USER": unquote(parts.username or ""),
            "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
            "EMAIL_USE_SSL": parts.scheme == "smtps",
            "EMAIL_USE_TLS": query.get("tls", ["0"])[0] in TRUE,
            "EMAIL_TIMEOUT": 10,
        }
    raise ImproperlyConfigured(f"EMAIL_URL starts with {parts.scheme!r}: use smtp://, smtps://, console: or file:///.")


def cache_settings(url: str, name: str = "", entries: int = 300) -> dict[str, object]:
    """One entry of Django's CACHES from `locmem:`, `dummy:`, `database://table`, `redis://…` or `file:///folder`.

    `name`: a part of the same cache for itself, whose keys no other part has. `entries`: as many as are kept, each part for
    itself in memory and in a folder; a table counts those of all parts, Redis has its own limit.
    """
    parts = urlsplit(url)
    backend = "django.core.cache.backends."
    more: dict[str, object] = {"KEY_PREFIX": name, "OPTIONS": {"MAX_ENTRIES": entries}}
    if parts.scheme == "locmem":
        return {"BACKEND": backend + "locmem.LocMemCache", "LOCATION": f"{parts.netloc or 'acuerda'}{name}", **more}
    if parts.scheme == "dummy":
        return {"BACKEND": backend + "dummy.DummyCache"}
    if parts.scheme == "database":
        more["OPTIONS"] = {"MAX_ENTRIES": 5000}
        return {"BACKEND": backend + "db.DatabaseCache", "LOCATION": parts.netloc or "acuerda_cache", **more}
    if parts.scheme in ("redis", "rediss"):
        return {"BACKEND": backend + "redis.RedisCache", "LOCATION": url, "KEY_PREFIX": name}
    if parts.scheme == "file":
        return {"BACKEND": backend + "filebased.FileBasedCache", "LOCATION": f"{parts.path}/{name}".rstrip("/"), **more}
    raise ImproperlyConfigured(
        f"CACHE_URL starts with {parts.scheme!r}: use locmem:, database://table, redis://, file:/// or dummy:."
    )


def file_store(url: str) -> dict[str, object]:
    """One entry of Django's STORAGES from `s3://key:secret@host:port/bucket/folder?region=…`, a folder of this machine for ''.

    Without a host it is Amazon's own store; `?tls=0` speaks http, for a store on the same machine. Key and secret are
    percent-encoded where they hold one of `/+@:`; both may be left out where the machine has a role of its own.
    """
    if not url:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    parts = urlsplit(url)
    bucket, _slash, folder = parts.path.strip("/").partition("/")
    if parts.scheme != "s3" or not bucket:
        raise ImproperlyConfigured(
            "MEDIA_URL_S3 is not the address of a bucket: write it like s3://key:secret@host/bucket?region=us-east-1."
        )
    query = parse_qs(parts.query)
    host = parts.hostname or ""
    scheme = "http" if query.get("tls", ["1"])[0] in FALSE else "https"
    port = f":{parts.port}" if parts.port else ""
    return {
        "BACKEND": "core.object_storage.PrivateStore",
        "OPTIONS": {
            "bucket_name": bucket,
            "location": folder,
            "access_key": unquote(parts.username or "") or None,
            "secret_key": unquote(parts.password or "") or None,
            "region_name": query.get("region", [""])[0] or None,
            "endpoint_url": f"{scheme}://{host}{port}" if host else None,
        },
    }


def site_url(url: str, hosts: list[str], *, debug: bool) -> str:
    """The scheme and host of this site, without a slash at the end; made of the first host where it is not given."""
    if not url:
        named = [host.lstrip(".") for host in hosts if host.strip(".*")]
        port = text("PORT", "8000")
        return f"http://{named[0] if named else '127.0.0.1'}:{port}" if debug else f"https://{named[0] if named else 'localhost'}"
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ImproperlyConfigured(f"SITE_URL={url!r} is not the address of a site: write it like https://acuerda.example.org.")
    return url.rstrip("/")


def contact(text: str, site: str) -> str:
    """A `mailto:` or `https:` address for security.txt; `security@` the site's host where none is given."""
    if not text:
        return f"mailto:security@{urlsplit(site).hostname}"
    parts = urlsplit(text)
    named = parts.hostname if parts.scheme == "https" else "@" in parts.path and parts.scheme == "mailto"
    if not named or any(char.isspace() for char in text):
        raise ImproperlyConfigured(
            f"SECURITY_CONTACT={text!r}: write it like mailto:security@example.org or https://example.org/security."
        )
    return text
