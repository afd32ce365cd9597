"""Former names of public bodies for several at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from core.prepared import attach, prepared, put
from forum.models import Agency, AgencyName


@prepared
def names(user: Any, agencies: list[int]) -> Any:
    return AgencyName.objects.filter(agency__in=agencies).order_by("agency_id", "valid_from", "id")


def attach_names(agencies: list[Agency], user: Any, at_hand: Iterable[Agency] = ()) -> None:
    """Give public bodies their former names. One query, none for those whose names are `at_hand`."""
    known = {agency.pk: agency for agency in at_hand}
    missing = [agency for agency in agencies if agency.pk not in known]
    for agency in agencies:
        if agency.pk in known:
            put(agency, "names", list(known[agency.pk].names.all()))
    attach(missing, "names", names.of(user, dict.fromkeys(agency.pk for agency in missing)), "agency_id")
