"""The accounts that are told of what happens to proposals."""

from __future__ import annotations

from typing import Any

from forum.addressees import organizers_of, people_of
from proposals.models import Opinion


def officials(record: Any) -> list[Any]:
    """The liaisons named for a referral while they are officials of the body; all its officials where there are none."""
    referral = getattr(record, "referral", record)
    everybody = people_of(agencies=[referral.agency_id])
    named = set(referral.liaisons.values_list("pk", flat=True))
    return [user for user in everybody if user.pk in named] or everybody


def delegates(record: Any) -> list[Any]:
    """Delegates of the proponents."""
    return people_of(organizations=record.proposal.proponents.all())


def organizers_and_delegates(record: Any) -> list[Any]:
    return [*organizers_of(record), *delegates(record)]


def readers_of_opinion(opinion: Opinion) -> list[Any]:
    """Organizers at once; the proponents when it is released, which may be later."""
    return organizers_and_delegates(opinion) if opinion.released_at is not None else organizers_of(opinion)


def those_of_released(edition: Any) -> list[Any]:
    """Delegates of the proponents and officials of the bodies whose opinions of this edition are public."""
    rows = Opinion.objects.filter(referral__version__proposal__edition=edition, released_at__isnull=False)
    return people_of(
        organizations=set(rows.values_list("referral__version__proposal__proponents", flat=True)) - {None},
        agencies=set(rows.values_list("referral__agency", flat=True)),
    )
