"""What the lists of agreements and meetings can be narrowed and ordered by."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agreements import queries as read
from agreements.models import Agreement, Commitment, Meeting, Party
from agreements.record import LIGHT_ORDER
from agreements.rolls import marks_of_light
from core.listing import ChoiceFilter, Filter, RecordFilter, TextFilter
from core.walks import Mark
from proposals.listing import TopicFilter, body_words, choices_of, edition_choices, one_of, state_choices, state_of
from proposals.models import Proposal

PUBLIC_STATUSES = [choice for choice in Agreement.Status.choices if choice[0] != Agreement.Status.DRAFT]
#: What worries first stands first.
WORST_FIRST = [(light, Commitment.Light(light).label) for light in LIGHT_ORDER]
MEETING_STATUSES = [choice for choice in Meeting.Status.choices if choice[0] != Meeting.Status.PROPOSED]
AGREEMENT_ORDERS = {
    "folio": (pgettext_lazy("order of a list", "folio"), ("folio",)),
    "newest": (pgettext_lazy("order of a list", "newest first"), ("-created_at", "folio")),
    "changed": (pgettext_lazy("order of a list", "last changed first"), ("-updated_at", "folio")),
}
MEETING_ORDERS = {
    "latest": (pgettext_lazy("order of a list", "latest date first"), ("-starts_at", "folio")),
    "earliest": (pgettext_lazy("order of a list", "earliest date first"), ("starts_at", "folio")),
}


def parties_of(user: Any) -> QuerySet[Any]:
    """Parties of the agreements that this person may read."""
    return Party.objects.visible_to(user)


def along(user: Any, roll: str) -> Callable[[str], list[Mark]] | None:
    """What stands in a roll is what anybody may read; somebody with an account may read more."""
    return (lambda value: [Mark(roll, value)]) if user is None else None


def of_bodies(user: Any, agency: Any, organization: Any, rolls: tuple[str, str]) -> tuple[Filter, Filter]:
    """The filters by public body and by organization, each along its roll."""
    return (
        ChoiceFilter(
            "agency",
            pgettext_lazy("filter", "Public body"),
            lambda: choices_of(read.agencies_of(user), body_words),
            apply=agency,
            marks=along(user, rolls[0]),
            find=lambda text: one_of(
                lambda _user, key: read.party_agency(user, key), lambda: read.agencies_of(user), text, body_words
            ),
        ),
        ChoiceFilter(
            "organization",
            pgettext_lazy("filter", "Organization"),
            lambda: choices_of(read.organizations_of(user)),
            apply=organization,
            marks=along(user, rolls[1]),
            find=lambda text: one_of(
                lambda _user, key: read.party_organization(user, key), lambda: read.organizations_of(user), text
            ),
        ),
    )


def agreement_filters(user: Any) -> tuple[Filter, ...]:
    """The filters of the list of agreements."""

    def with_agency(rows: QuerySet[Any], key: str) -> QuerySet[Any]:
        return rows.filter(id__in=parties_of(user).filter(agency__key=key).values("agreement"))

    def with_organization(rows: QuerySet[Any], key: str) -> QuerySet[Any]:
        return rows.filter(id__in=parties_of(user).filter(organization__key=key).values("agreement"))

    def with_light(rows: QuerySet[Any], light: str) -> QuerySet[Any]:
        found = Commitment.objects.visible_to(user).in_force().with_light(timezone.localdate()).filter(light=light)
        return rows.filter(id__in=found.values("agreement"))

    def count_lights(rows: QuerySet[Any]) -> dict[str, int]:
        return dict(read.count_lights(rows, user, timezone.localdate()))

    def count_all() -> dict[str, int]:
        return dict(read.lights_of_all(user, fixed=(timezone.localdate(),)))

    def in_state(rows: QuerySet[Any], code: str) -> QuerySet[Any]:
        promised = Commitment.objects.visible_to(user).filter(states__code=code).values("agreement")
        asked = Proposal.objects.visible_to(user).filter(states__code=code).values("pk")
        cited = Agreement.proposals.through.objects.filter(proposal__in=asked).values("agreement")
        return rows.filter(Q(id__in=promised) | Q(id__in=cited))

    return (
        TextFilter(label=_("Words")),
        ChoiceFilter(
            "light",
            pgettext_lazy("filter", "With a commitment that is"),
            WORST_FIRST,
            apply=with_light,
            count=count_lights,
            count_all=count_all,
            indexed=user is None,
            marks=(lambda light: marks_of_light(light, timezone.localdate())) if user is None else None,
        ),
        ChoiceFilter("status", pgettext_lazy("filter", "Status"), PUBLIC_STATUSES),
        *of_bodies(user, with_agency, with_organization, ("aa", "ao")),
        ChoiceFilter(
            "state",
            pgettext_lazy("filter: a federal entity", "State"),
            state_choices,
            apply=in_state,
            marks=along(user, "as"),
            find=state_of,
        ),
        ChoiceFilter("edition", pgettext_lazy("filter", "Edition"), lambda: edition_choices(user), "edition__slug"),
        TopicFilter("topic", pgettext_lazy("filter", "Topic"), hidden=True),
        RecordFilter(
            "proposal",
            pgettext_lazy("filter", "Proposal"),
            lambda: Proposal.objects.visible_to(user),
            lambda rows, proposal: rows.filter(proposals=proposal),
        ),
    )


def meeting_filters(user: Any) -> tuple[Filter, ...]:
    """The filters of the list of meetings. A body has to do with a meeting when it convenes it or is a party to an agreement
    that the meeting follows: who is invited is nothing that the public reads."""

    def of_party(rows: QuerySet[Any], parties: QuerySet[Any], convening: Q) -> QuerySet[Any]:
        followed = Meeting.agreements.through.objects.filter(agreement__in=parties.values("agreement"))
        return rows.filter(convening | Q(id__in=followed.values("meeting")))

    def with_agency(rows: QuerySet[Any], key: str) -> QuerySet[Any]:
        return of_party(rows, parties_of(user).filter(agency__key=key), Q(convening_agency__key=key))

    def with_organization(rows: QuerySet[Any], key: str) -> QuerySet[Any]:
        return of_party(rows, parties_of(user).filter(organization__key=key), Q(convening_organization__key=key))

    return (
        TextFilter(label=_("Words")),
        ChoiceFilter("status", pgettext_lazy("filter", "Status"), MEETING_STATUSES),
        *of_bodies(user, with_agency, with_organization, ("ma", "mo")),
        ChoiceFilter("edition", pgettext_lazy("filter", "Edition"), lambda: edition_choices(user), "edition__slug"),
        RecordFilter(
            "agreement",
            pgettext_lazy("filter", "Agreement"),
            lambda: Agreement.objects.visible_to(user),
            lambda rows, agreement: rows.filter(agreements=agreement),
        ),
    )
