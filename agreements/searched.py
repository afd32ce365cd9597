"""What the search box finds of meetings when an edition becomes public, or is hidden again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from agreements.models import Meeting


def searched_in(edition: Any) -> Iterable[Meeting]:
    return Meeting.objects.filter(edition=edition).select_related("edition")
