"""The registration desk of an edition as data: who is expected, who is there, and in which words they are found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy, npgettext_lazy

from core.text import fold
from forum.models import Edition, EditionAgency, EditionOrganization, Organization, Participation

LEADERS, OTHERS = "leaders", "others"
ORGANIZATIONS, HOSTS, AGENCIES = "organizations", "hosts", "agencies"
#: Group → the words after “28 of 34”.
GROUPS: dict[str, Any] = {
    LEADERS: npgettext_lazy("of those expected", "leader", "leaders", "of"),
    ORGANIZATIONS: npgettext_lazy("of those expected", "organization", "organizations", "of"),
    HOSTS: npgettext_lazy(
        "of those expected", "convening or supporting organization", "convening or supporting organizations", "of"
    ),
    AGENCIES: npgettext_lazy("of those expected", "public body", "public bodies", "of"),
    OTHERS: npgettext_lazy("of those expected", "other participant", "other participants", "of"),
}
HEADINGS = {
    "people": gettext_lazy("People"),
    "bodies": gettext_lazy("Organizations and public bodies"),
}
#: Letters of the kind in the code of a row.
PERSON, ORGANIZATION, AGENCY = "p", "o", "a"


@dataclass(frozen=True)
class DeskRow:
    """Somebody who is expected: a participant, an organization or a public body.

    `code` names the row in what a page sends (`p:LID-01`, `o:ORG-01`, `a:IFE`); `body` is the code of the body that a person
    comes for, '' without one. A body is there when it was checked in itself, or when one of its people was.
    """

    code: str
    group: str
    name: str
    note: str
    words: str
    arrived: bool
    body: str = ""
    consents: bool = False
    participation: Any = None
    record: Any = None

    @property
    def is_person(self) -> bool:
        return self.participation is not None

    @property
    def state(self) -> str:
        return "in" if self.arrived else "out"


@dataclass(frozen=True)
class Count:
    """How many of a group are there: “28 of 34 leaders”."""

    name: str
    number: int
    of: int

    @property
    def words(self) -> str:
        return str(GROUPS[self.name] % {"of": self.of})


def code_of(record: Any) -> str:
    """The code of an organization or an agency; '' for None."""
    if record is None:
        return ""
    return f"{ORGANIZATION if isinstance(record, Organization) else AGENCY}:{record.key}"


def person_row(row: Participation) -> DeskRow:
    role = row.get_role_display()
    body = row.body
    names = [body.short, str(body)] if body is not None else []
    return DeskRow(
        code=f"{PERSON}:{row.key}",
        group=LEADERS if row.role == Participation.Role.MIGRANT_LEADER else OTHERS,
        name=row.person.shown,
        note=f"{role} · {body.short}" if body is not None else role,
        words=fold(row.person.shown, row.key, role, *names),
        arrived=row.checked_in_at is not None,
        body=code_of(body),
        consents=row.show_name,
        participation=row,
    )


def body_row(row: EditionOrganization | EditionAgency) -> DeskRow:
    """The row of a body in an edition. Who convenes or supports is counted apart from those who take part."""
    if isinstance(row, EditionAgency):
        record, group = row.agency, AGENCIES
    else:
        hosts = (row.Part.CONVENER, row.Part.SUPPORTER)
        record, group = row.organization, HOSTS if row.part in hosts else ORGANIZATIONS
    return DeskRow(
        code=code_of(record),
        group=group,
        name=str(record),
        note=record.key,
        words=fold(str(record), record.key, record.acronym),
        arrived=row.checked_in_at is not None,
        record=record,
    )


def people_of(edition: Edition) -> list[DeskRow]:
    """Every participant by name. One query."""
    rows = edition.participations.select_related("person", "organization", "agency")
    return [person_row(row) for row in rows.order_by("person__sort", "key")]


def bodies_of(edition: Edition) -> list[DeskRow]:
    """Every organization, then every public body, by name. Two queries."""
    organizations = edition.organization_rows.select_related("organization").order_by("organization__sort", "pk")
    agencies = edition.agency_rows.select_related("agency").order_by("agency__sort", "pk")
    return [body_row(row) for row in [*organizations, *agencies]]


def through_people(rows: Iterable[DeskRow]) -> set[str]:
    """The codes of the bodies one of whose people is there."""
    return {row.body for row in rows if row.is_person and row.arrived and row.body}


def counts_of(rows: list[DeskRow]) -> list[Count]:
    """How many of each group are there; of leaders and organizations also when none is expected."""
    present = through_people(rows)
    found = []
    for name in GROUPS:
        group = [row for row in rows if row.group == name]
        if group or name in (LEADERS, ORGANIZATIONS):
            found.append(Count(name, sum(row.arrived or row.code in present for row in group), len(group)))
    return found


def matching(rows: list[DeskRow], text: str) -> list[DeskRow]:
    """The rows that have every word of `text`, in whatever case, accents and order."""
    words = fold(text).split()
    return [row for row in rows if all(word in row.words for word in words)]
