"""Handing out a stored file: always as an attachment, never as a page of ours (promise 14)."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django.http import FileResponse, Http404, HttpResponse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from core.events import record_read

LONGEST_NAME = 120
TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+")


def safe_name(name: str, fallback: str) -> str:
    """A file name without folders, control and direction characters; `fallback` when nothing is left.

    >>> safe_name("../../etc/pass\\nwd", "f-1")
    'passwd'
    """
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(char for char in name if unicodedata.category(char)[0] != "C" and char not in '"<>:|?*;')
    name = name.strip(" .")
    if len(name) > LONGEST_NAME:
        stem, dot, ending = name.rpartition(".")
        name = stem[: LONGEST_NAME - len(ending) - 1] + dot + ending if dot and len(ending) <= 10 else name[:LONGEST_NAME]
    return name or fallback


def hand_out(record: Any, reader: Any) -> FileResponse | HttpResponse:
    """The file of a record that has `file`, `file_name`, `content_type` and `key`. Rights were checked by the caller.

    A reserved one (`is_public` false, or a kind that never is) may hold names and signatures: that `reader` took it leaves a
    trace. 404 when the record has no file or the store has lost it, 503 while the store does not answer.
    """
    try:
        content = record.file.open("rb")
    except (ValueError, FileNotFoundError) as error:
        raise Http404(_("This file is not here.")) from error
    except OSError:
        sentence = _("The place where files are kept does not answer: try again in a minute.")
        return HttpResponse(sentence, status=503, content_type="text/plain; charset=utf-8", headers={"Retry-After": "60"})
    if not getattr(record, "is_public", False):
        record_read(record, "see_file", reader)
    kind = record.content_type if TYPE.fullmatch(record.content_type or "") else "application/octet-stream"
    response = FileResponse(content, as_attachment=True, filename=safe_name(record.file_name, record.key), content_type=kind)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    # What is public today may be reserved tomorrow: nobody keeps it without asking again.
    patch_cache_control(response, private=True, no_store=True)
    return response
