"""Participants of an edition: personal data, for its organizers only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch, Q
from django.utils.translation import gettext as _

from core import gathering
from core.imports.candidates import Candidate, candidates, look_up_beforehand
from core.imports.cells import Moment, Reference, Words, YesNo
from core.imports.columns import ABSENT, Column
from core.imports.problems import CellError
from core.imports.registry import register
from core.imports.resource import grouped
from core.imports.settling import OF_ROW
from forum.matching import marks_of
from forum.models import Agency, Edition, Organization, Participation, Person
from forum.resources import words
from forum.resources.base import COUNTRY, STATE, SUBDIVISION, AreaCode, OfEditionResource, edition_column
from forum.workflow import create_participation, edit_participation, set_consent


def zone_of(row: Any, resource: Any) -> str:
    """Times of a participant are those of the edition's place."""
    given = resource.values.get("edition") or resource.default_edition or resource.only_edition()
    return str(given.time_zone if given is not None else "America/Mexico_City")


#: Seconds between the columns `created_at` of what one chunk wrote.
MADE_TOGETHER = 60
#: What a row of a participant shows of other records.
NEAR = (
    "edition",
    "organization",
    "agency",
    "person__state_of_origin",
    "person__residence_country",
    "person__residence_subdivision",
)
#: All parts of the person, which show the name that may change.
PARTS = Prefetch("person__participations", Participation.objects.select_related("edition", "organization", "agency"))


@register
class ParticipantResource(OfEditionResource):
    """`participantes.csv`. `nombre_publico` is the consent to show the name; it is dated when the file comes in."""

    kind = "participants"
    personal = True
    position = 7
    identity = ("key",)
    examples = {
        "key": "LID-01",
        "name": "Persona de muestra",
        "email": "muestra@example.org",
        "post": "presidencia",
        "agency": "",
    }
    is_personal = True
    gathers = True
    name_column = "name"
    own_names = ("name",)
    key_prefix = "PAR-"
    asked_of_new = "role"
    #: People whose parts in the editions of the chunk were read, if they have any.
    read_parts: frozenset[Any] = frozenset()

    class Meta:
        model = Participation

    edition = edition_column()
    key = Column("clave", "key", needed=True)
    name = Column("nombre", "name", attribute="person__name")
    role = Column("papel", "role", widget=Words(words.PARTICIPANT_ROLE))
    organization = Column("organizacion", "organization", widget=Reference(Organization, kind="organizations"))
    agency = Column("dependencia", "agency", widget=Reference(Agency, kind="agencies", also=("acronym",)))
    state_of_origin = Column(
        "estado_origen_inegi",
        "state_of_origin_inegi",
        "state_of_origin",
        attribute="person__state_of_origin",
        widget=AreaCode(*STATE),
    )
    show_name = Column("nombre_publico", "name_public", widget=YesNo())
    email = Column("correo", "email", attribute="person__email")
    phone = Column("telefono", "phone", attribute="person__phone")
    post = Column("cargo", "post")
    capacity = Column("calidad", "capacity", widget=Words(words.CAPACITY))
    residence_country = Column(
        "pais_residencia", "residence_country", attribute="person__residence_country", widget=AreaCode(*COUNTRY)
    )
    residence_subdivision = Column(
        "subdivision_residencia",
        "residence_subdivision",
        attribute="person__residence_subdivision",
        widget=AreaCode(*SUBDIVISION),
    )
    residence_city = Column("ciudad_residencia", "residence_city", attribute="person__residence_city")
    accredited_at = Column(
        "acreditado", "accredited_at", widget=Moment(zone_of), show=lambda p: (p.accredited_at, p.edition.time_zone)
    )
    checked_in_at = Column(
        "registrado", "checked_in_at", widget=Moment(zone_of), show=lambda p: (p.checked_in_at, p.edition.time_zone)
    )
    person = Column("persona", "person", widget=Reference(Person), empty=ABSENT)
    source = Column("fuente", "source", widget=Words(words.SOURCE))

    def complete(self) -> None:
        super().complete()
        if self.values.get("organization") is not None and self.values.get("agency") is not None:
            raise CellError(
                _("A participant comes for an organization or for an agency, not for both."), _("Leave one of the cells empty.")
            )

    @classmethod
    def named(cls, name: str) -> dict[str, Any]:
        return {"person": Person(name=name)}

    def look_for(self, chunk: list[tuple[Any, ...]]) -> list[Any]:
        wanted: dict[int, set[str]] = {}
        for _row, values, _written in chunk:
            wanted.setdefault(values["edition"].pk, set()).add(values["key"])
        here = Q()
        for edition, keys in wanted.items():
            here |= Q(edition_id=edition, key__in=sorted(keys))
        records = Participation.objects.filter(here).order_by("pk") if wanted else Participation.objects.none()
        found = list(self.locking(records.select_related(*NEAR).prefetch_related("consents", PARTS), "self", "person"))
        self.found = grouped(((record.edition_id, record.key), record) for record in found)
        new = [v for _row, v, _written in chunk if (v["edition"].pk, v["key"]) not in self.found and v.get("person") is None]
        look_up_beforehand(Person, [(v["name"], marks_of(v.get("email"))) for v in new if v.get("name")], self.visible(Person))
        parts = self.parts_of_known(wanted) if self.plan.decisions else []
        return [*found, *parts, *(record.person for record in (*found, *parts))]

    def parts_of_known(self, editions: Iterable[int]) -> list[Any]:
        """The parts of the people whom the names of the chunk may mean, in these editions: rows may be said to be about them."""
        read = near.read.get(Person) if (near := gathering.current()) is not None else None
        self.read_parts = frozenset(read.records if read is not None else ())
        if not self.read_parts:
            return []
        parts = Participation.objects.filter(edition__in=editions, person__in=self.read_parts).order_by("pk")
        return list(self.locking(parts.select_related(*NEAR).prefetch_related("consents"), "self", "person"))

    def find(self) -> Any:
        record, gathered = super().find(), gathering.current()
        if record is not None and gathered is not None:
            # Two rows may be about one person.
            record.person = gathered.changed_since(Person, record.person_id) or record.person
        return record

    def made_with(self, record: Any) -> list[Any]:
        """The person, where this part is the only one and the import made it."""
        person = record.person
        alone = person.user_id is None and not person.participations.exclude(pk=record.pk).exists()
        return [person] if alone and abs((record.created_at - person.created_at).total_seconds()) < MADE_TOGETHER else []

    def goes_with(self, record: Any) -> list[Any]:
        return list(record.consents.all())

    def divided(self, values: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """(values of the participation, values of the person)"""
        own: dict[str, Any] = {}
        of_person: dict[str, Any] = {}
        for name, value in values.items():
            attribute = str(self.fields[name].attribute)
            if attribute.startswith("person__"):
                of_person[attribute.removeprefix("person__")] = value
            elif name not in ("show_name", "edition"):
                own[name] = value
        return own, of_person

    def suspects(self) -> list[Candidate]:
        """People whom the actor may see; whoever was named by key in the column of people is known."""
        if self.values.get("person") is not None or not self.values.get("name"):
            return []
        return candidates(
            Person, self.values["name"], self.visible(Person), marks=marks_of(self.values.get("email")), values=self.values
        )

    def bearer(self, record: Any) -> Any:
        return record.person

    def same_as(self, key: str, record: Any = None) -> Any:
        """The part that the person has in this edition, or a new one for the person."""
        if key.startswith(OF_ROW):
            there = self.made_by(key)
            person = there.person
            if there.edition_id != self.values["edition"].pk:
                there = self.part_of(person)
        else:
            person = record or self.named_by(Person, key)
            there = self.part_of(person)
        self.keep_what_is_known()
        if there is None:
            self.values["person"] = person
        else:
            self.values["key"] = there.key
        return there

    def part_of(self, person: Any) -> Any:
        """The part of a person in the edition of the row, None without one."""
        edition, gathered = self.values["edition"], gathering.current()
        if gathered is not None:
            there = gathered.first_of(Participation, edition_id=edition.pk, person_id=person.pk)
            if there is not None or person.pk in self.read_parts:
                return there
        return edition.participations.filter(person=person).first()

    def add(self) -> Any:
        own, of_person = self.divided(self.values)
        if "person" not in own and "source" in own:
            of_person["source"] = own["source"]
        return create_participation(
            edition=self.values["edition"],
            actor=self.actor,
            values=own,
            person_values=of_person,
            consent=self.values.get("show_name", False),
            consent_how="import",
        )

    def change(self, record: Any, changes: dict[str, Any]) -> Any:
        own, of_person = self.divided(changes)
        if own or of_person:
            edit_participation(participation=record, actor=self.actor, values=own, person_values=of_person)
        if "show_name" in changes:
            set_consent(participation=record, given=changes["show_name"], actor=self.actor, how="import")
        return record

    def differences(self, record: Any) -> dict[str, Any]:
        found = super().differences(record)
        if found.get("show_name") and record.consents.all():
            del found["show_name"]
            self.notes.append(
                _("%(key)s: consent to show the name was withdrawn; an import does not restore it.") % {"key": record.key}
            )
        return found

    def records(self) -> Any:
        return super().records().select_related(*NEAR)

    def may_leave(self, records: Any) -> Any:
        """What is blocked is not taken along either."""
        return records.filter(person__blocked_at__isnull=True)

    def places(self, records: Any) -> list[Any]:
        return list(Edition.objects.filter(pk__in={record.edition_id for record in records}))
