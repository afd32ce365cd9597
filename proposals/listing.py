"""What the lists of proposals and antecedents can be narrowed and ordered by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import sockets
from core.listing import ChoiceFilter, Filter, RecordFilter, TextFilter
from core.walks import Mark
from forum.models import Agency, Area, Edition, Organization, WorkingTable
from proposals.answers import ANSWERS, answer_gates, asked_in_force
from proposals.models import Antecedent, Opinion, Proposal, Referral
from proposals.models.proposals import LEFT_THE_TABLE
from proposals.queries import readings_of_all
from proposals.rolls import marks_of_answer, marks_of_fate

Marks = Callable[[str], Sequence[Mark]]

#: A control offers at most this many choices; the rest is reached by links from the records themselves.
MOST_CHOICES = 200
PUBLIC_STATUSES = [
    choice for choice in Proposal.Status.choices if choice[0] not in (Proposal.Status.DRAFT, Proposal.Status.RETURNED)
]
READINGS = [(code or "none", words) for code, words in Proposal.Reading.choices]
#: What became of a proposal: all but the first is known to agreements.
FATES = [
    ("left", pgettext_lazy("end of a proposal", "withdrawn, merged or split")),
    ("agreement", pgettext_lazy("end of a proposal", "in a signed agreement")),
    ("no_agreement", pgettext_lazy("end of a proposal", "without an agreement")),
    ("fulfilled", pgettext_lazy("end of a proposal", "all promises kept")),
    ("under_way", pgettext_lazy("end of a proposal", "under way")),
    ("late", pgettext_lazy("end of a proposal", "a promise is late")),
    ("no_commitment", pgettext_lazy("end of a proposal", "agreement without commitments")),
]
PROPOSAL_ORDERS = {
    "folio": (pgettext_lazy("order of a list", "folio"), ("folio",)),
    "newest": (pgettext_lazy("order of a list", "newest first"), ("-created_at", "folio")),
    "changed": (pgettext_lazy("order of a list", "last changed first"), ("-updated_at", "folio")),
}
ANTECEDENT_ORDERS = {
    "name": (pgettext_lazy("order of a list", "name"), ("sort", "key")),
    "key": (pgettext_lazy("order of a list", "key"), ("key",)),
}


def edition_choices(user: Any) -> list[tuple[str, str]]:
    editions = Edition.objects.visible_to(user).order_by("-starts_on", "slug")[:MOST_CHOICES]
    return [(edition.slug, edition.name) for edition in editions]


def state_choices() -> list[tuple[str, str]]:
    return [(area.code, area.name) for area in Area.objects.filter(kind=Area.Kind.FEDERAL_ENTITY)]


def state_of(text: str) -> tuple[str, str] | None:
    area = Area.objects.filter(kind=Area.Kind.FEDERAL_ENTITY, code__iexact=text[:10]).first()
    return None if area is None else (area.code, area.name)


def table_choices(user: Any) -> list[tuple[str, str]]:
    tables = WorkingTable.objects.visible_to(user).order_by("-edition__starts_on", "edition", "number")[:MOST_CHOICES]
    return [(table.key, str(table)) for table in tables]


def asked_bodies() -> QuerySet[Any]:
    """The bodies that some proposal is addressed or was referred to."""
    addressed = Proposal.addressees.through.objects.filter(agency=OuterRef("pk"))
    referred = Referral.objects.filter(agency=OuterRef("pk"))
    return Agency.objects.filter(Exists(addressed) | Exists(referred)).order_by("sort", "key")


def proposing_organizations() -> QuerySet[Any]:
    proposing = Proposal.proponents.through.objects.filter(organization=OuterRef("pk"))
    return Organization.objects.filter(Exists(proposing)).order_by("sort", "key")


def choices_of(bodies: QuerySet[Any], words: Callable[[Any], str] = str) -> list[tuple[str, str]]:
    return [(body.key, words(body)) for body in bodies[:MOST_CHOICES]]


def one_of(bodies: QuerySet[Any], text: str, words: Callable[[Any], str] = str) -> tuple[str, str] | None:
    """The body with that key, in whatever case, as `choices_of` names it."""
    body = bodies.filter(key__iexact=text[:80]).first()
    return None if body is None else (body.key, words(body))


def body_words(body: Any) -> str:
    """A public body in a list of choices: `IFE · Instituto Federal Electoral`, cut where it is long."""
    name = str(body)
    short = name if len(name) <= 48 else f"{name[:47].rstrip()}…"
    return f"{body.acronym} · {short}" if body.acronym and body.acronym != name else short


def to_agency(rows: QuerySet[Any], key: str) -> QuerySet[Any]:
    """Proposals addressed or referred to an agency."""
    referred = Referral.objects.filter(agency__key=key).values("version__proposal")
    addressed = Proposal.addressees.through.objects.filter(agency__key=key).values("proposal")
    return rows.filter(Q(id__in=referred) | Q(id__in=addressed))


def from_organization(rows: QuerySet[Any], key: str) -> QuerySet[Any]:
    return rows.filter(id__in=Proposal.proponents.through.objects.filter(organization__key=key).values("proposal"))


def in_state(rows: QuerySet[Any], code: str) -> QuerySet[Any]:
    return rows.filter(id__in=Proposal.states.through.objects.filter(area__code=code).values("proposal"))


def with_reading(rows: QuerySet[Any], reading: str) -> QuerySet[Any]:
    """Proposals with that overall reading today, `none` for those not referred yet."""
    return rows.filter(reading="" if reading == "none" else reading).exclude(status__in=LEFT_THE_TABLE)


def count_readings(rows: QuerySet[Any]) -> dict[str, int]:
    """Overall reading → how many of `rows` have it today."""
    counts = rows.exclude(status__in=LEFT_THE_TABLE).order_by().values_list("reading").annotate(number=Count("pk"))
    return {reading or "none": number for reading, number in counts}


def proposal_filters(user: Any, agency: str = "") -> tuple[Filter, ...]:
    """The filters of the list of proposals. A verdict counts only where this person may read the opinion.

    `agency` is the key of the body that the address names, if it does: how a proposal was answered then means by that body.
    """

    def with_verdict(rows: QuerySet[Any], verdict: str) -> QuerySet[Any]:
        opinions = Opinion.objects.visible_to(user).current().filter(verdict=verdict)
        current = opinions.filter(referral__version__number=F("referral__version__proposal__version_number"))
        return rows.filter(id__in=current.values("referral__version__proposal"))

    def marks_of_its_answer(answer: str) -> list[Mark]:
        body = one_of(Agency.objects.all(), agency) if agency else None
        return marks_of_answer(answer, timezone.localdate(), body[0] if body is not None else agency)

    def with_answer(rows: QuerySet[Any], answer: str) -> QuerySet[Any]:
        referrals = asked_in_force(Referral.objects.visible_to(user)).filter(answer_gates(timezone.localdate())[answer])
        if agency:
            referrals = referrals.filter(agency__key__iexact=agency[:80])
        return rows.filter(id__in=referrals.values("version__proposal"))

    def of_fate(rows: QuerySet[Any], fate: str) -> QuerySet[Any]:
        if fate == "left":
            return rows.filter(status__in=LEFT_THE_TABLE)
        found = sockets.proposal_fates.collect(rows=rows, fate=fate, on=timezone.localdate())
        return found[0] if found else rows.none()

    def along(roll: str) -> Marks | None:
        """What stands in a roll is what anybody may read; somebody with an account may read more."""
        return (lambda value: [Mark(roll, value)]) if user is None else None

    return (
        TextFilter(label=_("Words")),
        ChoiceFilter("status", pgettext_lazy("filter", "Status"), PUBLIC_STATUSES),
        ChoiceFilter(
            "reading",
            pgettext_lazy("filter", "Overall reading"),
            READINGS,
            apply=with_reading,
            count=count_readings,
            count_all=lambda: {row.reading or "none": row.number for row in readings_of_all(user)},
            indexed=True,
        ),
        ChoiceFilter(
            "verdict",
            pgettext_lazy("filter", "Verdict of a body"),
            Opinion.Verdict.choices,
            apply=with_verdict,
            marks=along("pv"),
        ),
        ChoiceFilter(
            "answer",
            pgettext_lazy("filter", "Answer of a body"),
            ANSWERS,
            apply=with_answer,
            marks=marks_of_its_answer if user is None else None,
        ),
        ChoiceFilter(
            "agency",
            pgettext_lazy("filter", "Public body"),
            lambda: choices_of(asked_bodies(), body_words),
            apply=to_agency,
            marks=along("pa"),
            find=lambda text: one_of(asked_bodies(), text, body_words),
        ),
        ChoiceFilter(
            "organization",
            pgettext_lazy("filter", "Organization"),
            lambda: choices_of(proposing_organizations()),
            apply=from_organization,
            marks=along("po"),
            find=lambda text: one_of(proposing_organizations(), text),
        ),
        ChoiceFilter(
            "state",
            pgettext_lazy("filter: a federal entity", "State"),
            state_choices,
            apply=in_state,
            marks=along("ps"),
            find=state_of,
        ),
        ChoiceFilter("edition", pgettext_lazy("filter", "Edition"), lambda: edition_choices(user), "edition__slug"),
        ChoiceFilter("table", pgettext_lazy("filter", "Working table"), lambda: table_choices(user), "table__key"),
        TopicFilter("topic", pgettext_lazy("filter", "Topic"), hidden=True),
        ChoiceFilter(
            "fate",
            pgettext_lazy("filter", "What became of it"),
            FATES,
            apply=of_fate,
            hidden=True,
            marks=(lambda fate: marks_of_fate(fate, timezone.localdate())) if user is None else None,
        ),
        RecordFilter(
            "antecedent",
            pgettext_lazy("filter", "Antecedent"),
            Antecedent.objects.all,
            lambda rows, antecedent: rows.filter(antecedents=antecedent),
        ),
    )


class TopicFilter(Filter):
    """A topic as it is written in the record; any other text is no topic and matches nothing."""

    def read(self, text: str) -> tuple[Any, Any] | None:
        return text, text


def antecedent_filters() -> tuple[Filter, ...]:
    return (TextFilter(label=_("Words")),)
