"""Evidence as it is filed: a file that is kept with its fingerprint, or a link that is not archived."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from agreements.models import Evidence
from core.uploads import take_in


def build_evidence(row: Mapping[str, Any]) -> Evidence:
    """An unsaved Evidence from {"title", "url" | "file", "dated_on", "is_public"}. Raises ValidationError by field.

    A file is reserved unless somebody said that everybody may see it; a link is public wherever it leads.
    """
    evidence = Evidence(
        title=row.get("title") or "",
        url=row.get("url") or "",
        dated_on=row.get("dated_on"),
    )
    sent = row.get("file")
    evidence.is_public = row.get("is_public", not sent)
    if bool(sent) == bool(evidence.url):
        raise ValidationError({"url": _("Evidence is a file or a link, one of the two.")})
    if sent:
        try:
            upload = take_in(sent)
        except ValidationError as error:
            raise ValidationError({"file": error.messages}) from error
        evidence.file = upload.file
        evidence.file_name, evidence.content_type = upload.name, upload.content_type
        evidence.size, evidence.sha256 = upload.size, upload.sha256
        evidence.title = evidence.title or upload.name
    elif urlsplit(evidence.url).scheme.lower() not in ("http", "https"):
        raise ValidationError({"url": _("A link begins with https:// or http://.")})
    return evidence
