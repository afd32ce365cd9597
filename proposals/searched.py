"""What the search box finds of proposals when an edition becomes public, or is hidden again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from proposals.models import Proposal


def searched_in(edition: Any) -> Iterable[Proposal]:
    return Proposal.objects.filter(edition=edition).select_related("edition")
