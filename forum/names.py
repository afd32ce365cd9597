"""Former names of public bodies for several at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from core.prepared import attach, prepared
from forum.models import Agency, AgencyName


@prepared
def names(user: Any, agencies: list[int]) -> Any:
    return AgencyName.objects.filter(agency__in=agencies).order_by("agency_id", "valid_from", "id")


def attach_names(agencies: Iterable[Agency], user: Any) -> None:
    """Give public bodies their former names; the same body may be there twice. One query."""
    found = list(agencies)
    attach(found, "names", names.of(user, dict.fromkeys(agency.pk for agency in found)), "agency_id")
