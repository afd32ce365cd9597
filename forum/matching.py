"""By which names people, organizations and public bodies go, as the field writes them; see `core.imports.candidates`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from core.imports.candidates import Names, Written, register
from core.text import fold
from forum.models import Agency, Organization, Person
from forum.reference.names import AGENCIES, ORGANIZATIONS, PARTICLES, PEOPLE


def initials(name: str) -> str:
    """`Instituto Nacional Electoral` → `ine`; '' for names of less than three words."""
    words = [word for word in fold(name).split() if word not in PARTICLES]
    return "".join(word[0] for word in words) if len(words) > 2 else ""


class OrganizationNames(Names):
    vocabulary = ORGANIZATIONS
    related = ("names",)

    def names(self, record: Organization) -> Iterable[Written]:
        yield Written(record.name)
        if record.acronym:
            yield Written(record.acronym, "acronym")
        if short := initials(record.name):
            yield Written(short, "initials")
        for row in record.names.all():
            yield Written(row.name, "other")
            if row.acronym:
                yield Written(row.acronym, "other")

    def words(self, record: Organization) -> str:
        return ", ".join(filter(None, [f"{record.name} ({record.acronym})" if record.acronym else record.name, record.city]))

    def why(self, written: Written, record: Any) -> str:
        return why(written)

    def contradicts(self, record: Organization, values: dict[str, Any]) -> bool:
        return differ(record.state_of_origin_id, values.get("state_of_origin"))


class AgencyNames(Names):
    vocabulary = AGENCIES
    related = ("names", "succession__successor", "preceded_by__predecessor")

    def names(self, record: Agency) -> Iterable[Written]:
        yield Written(record.name_es)
        yield Written(record.acronym, "acronym")
        if record.name_en:
            yield Written(record.name_en)
        if fold(record.key) != fold(record.acronym):
            yield Written(record.key, "key")
        for row in record.names.all():
            yield from (Written(text, "other") for text in (row.name_es, row.name_en, row.acronym) if text)
        if record.successor_acronym:
            yield Written(record.successor_acronym, "successor")
        for after in record.succession.all():
            yield from (Written(text, "successor") for text in (after.successor.acronym, after.successor.name_es) if text)
        for before in record.preceded_by.all():
            yield from (Written(text, "predecessor") for text in (before.predecessor.acronym, before.predecessor.name_es) if text)

    def words(self, record: Agency) -> str:
        return f"{record.name} ({record.acronym})"

    def why(self, written: Written, record: Any) -> str:
        return why(written)

    def contradicts(self, record: Agency, values: dict[str, Any]) -> bool:
        return differ(record.state_id, values.get("state"))


class PersonNames(Names):
    """Names of people are private: candidates are only looked for among those that the actor may see."""

    vocabulary = PEOPLE

    def names(self, record: Person) -> Iterable[Written]:
        yield Written(record.name)

    def marks(self, record: Person) -> Iterable[str]:
        return marks_of(record.email)

    def words(self, record: Person) -> str:
        return record.name

    def why_mark(self, mark: str) -> str:
        return _("the e-mail address is the same")


def marks_of(email: Any) -> list[str]:
    return [f"email:{str(email).strip().casefold()}"] if email else []


def why(written: Written) -> str:
    """What a name of a body is to it, where it is not simply its name."""
    sentences = {
        "acronym": _("“%(text)s” is its acronym"),
        "initials": _("“%(text)s” are the initials of its name"),
        "key": _("“%(text)s” is its key"),
        "other": _("“%(text)s” is another name that it bears or bore"),
        "successor": _("its successor is called “%(text)s”"),
        "predecessor": _("its predecessor was called “%(text)s”"),
    }
    return sentences.get(written.how, "") % {"text": written.text} if written.how in sentences else ""


def differ(known: Any, given: Any) -> bool:
    """Whether both say an area, and not the same."""
    return known is not None and given is not None and known != given.pk


def register_names() -> None:
    register(Organization, OrganizationNames())
    register(Agency, AgencyNames())
    register(Person, PersonNames())
