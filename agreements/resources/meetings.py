"""Work meetings. They arrive as scheduled; moving, holding and minutes are steps of the application."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from agreements.models import AgendaItem, Agreement, Commitment, Meeting
from agreements.resources import words
from agreements.workflow import schedule
from core.imports.cells import Many, Moment, Reference, Words
from core.imports.columns import Column
from core.imports.problems import CellError
from core.imports.registry import register
from forum.models import Organization, Participation
from forum.resources.base import BodyReference, OfEditionResource, OrganizersResource, edition_column, edition_of_row
from forum.resources.words import SOURCE
from proposals.resources.referrals import written_elsewhere

OWN = ("folio", "title_es", "title_en", "starts_at", "ends_at", "time_zone", "place", "link", "source")
MOST_ITEMS = 99


def zone_of(row: Any, resource: Any) -> str:
    return str(row.get("time_zone", "").strip() or resource.edition_of_row().time_zone)


def of_agenda(number: int, part: str) -> Any:
    def read(meeting: Meeting) -> Any:
        item = next((item for item in meeting.agenda.all() if item.number == number), None)
        return getattr(item, part) if item is not None else None if part == "commitment" else ""

    return read


@register
class MeetingResource(OfEditionResource):
    kind = "meetings"
    position = 14
    identity = ("folio",)
    examples = {
        "folio": "FM1-R-01",
        "title_es": "Reunión de muestra",
        "title_en": "Sample meeting",
        "time_zone": "America/Mexico_City",
        "ends_at": "2011-03-13 12:00",
    }

    class Meta:
        model = Meeting

    edition = edition_column()
    folio = Column("folio", "folio", needed=True)
    agreements = Column("acuerdos", "agreements", widget=Many(Reference(Agreement, kind="agreements")))
    title_es = Column("titulo_es", "title_es")
    title_en = Column("titulo_en", "title_en")
    time_zone = Column("zona_horaria", "time_zone")
    starts_at = Column("inicio", "starts_at", "start", widget=Moment(zone_of), show=lambda m: (m.starts_at, m.time_zone))
    ends_at = Column("fin", "ends_at", "end", widget=Moment(zone_of), show=lambda m: (m.ends_at, m.time_zone))
    place = Column("lugar", "place")
    link = Column("enlace", "link")
    convener = Column("convoca", "convener", widget=BodyReference(), read=lambda m: m.convener)
    invited = Column(
        "invitados",
        "invited",
        widget=Many(BodyReference()),
        read=lambda m: [row.body for row in m.attendance.all() if row.participation_id is None],
    )
    people = Column(
        "participantes",
        "participants",
        widget=Many(Reference(Participation, kind="participants", scope=edition_of_row)),
        read=lambda m: [row.participation for row in m.attendance.all() if row.participation_id is not None],
    )
    source = Column("fuente", "source", widget=Words(SOURCE))
    status = Column("estatus", "status", widget=Words(words.MEETING_STATUS), informative=True)

    def columns_of_number(self, number: int) -> dict[str, Column]:
        es, en = f"punto_{number}", f"agenda_{number}"
        fields = AgendaItem._meta
        return {
            f"agenda_{number}_text_es": Column(
                f"{es}_es", f"{en}_es", read=of_agenda(number, "text_es"), field=fields.get_field("text_es")
            ),
            f"agenda_{number}_text_en": Column(
                f"{es}_en", f"{en}_en", read=of_agenda(number, "text_en"), field=fields.get_field("text_en")
            ),
            f"agenda_{number}_commitment": Column(
                f"{es}_compromiso",
                f"{en}_commitment",
                widget=Reference(Commitment, kind="commitments"),
                read=of_agenda(number, "commitment"),
                field=fields.get_field("commitment"),
            ),
        }

    def most_numbered(self, records: Any) -> int:
        return max((item.number for meeting in records for item in meeting.agenda.all()), default=0)

    def find(self) -> Any:
        found = OrganizersResource.find(self)
        if found is not None and found.edition_id != self.values["edition"].pk:
            raise CellError(
                _("Meeting %(folio)s belongs to the edition “%(edition)s”.")
                % {"folio": found.folio, "edition": found.edition.slug}
            )
        return found

    def agenda(self) -> list[dict[str, Any]] | None:
        """The items of the row; None, which prefills the agenda, when the file has no column of it."""
        if not any(name.startswith("agenda_") for name in self.values):
            return None
        rows = []
        for number in range(1, MOST_ITEMS + 1):
            parts = ("text_es", "text_en", "commitment")
            row = {part: self.values.get(f"agenda_{number}_{part}") for part in parts}
            if any(row.values()):
                rows.append({**row, "text_es": row["text_es"] or "", "text_en": row["text_en"] or ""})
        return rows

    def add(self) -> Any:
        values = {name: self.values[name] for name in OWN if name in self.values}
        convener = self.values.get("convener")
        if convener is not None:
            side = "organization" if isinstance(convener, Organization) else "agency"
            values[f"convening_{side}"] = convener
        invited: list[dict[str, Any]] = [
            {"organization" if isinstance(body, Organization) else "agency": body} for body in self.values.get("invited", [])
        ]
        invited += [{"participation": participation} for participation in self.values.get("people", [])]
        return schedule(
            edition=self.values["edition"],
            actor=self.actor,
            values=values,
            agreements=self.values.get("agreements", []),
            invited=invited,
            agenda=self.agenda(),
        )

    def change(self, record: Any, changes: dict[str, Any]) -> Any:
        raise written_elsewhere([self.header_of(name) or name for name in changes])

    def records(self) -> Any:
        return (
            super()
            .records()
            .select_related("edition", "convening_organization", "convening_agency")
            .prefetch_related(
                "agreements",
                "agenda__commitment",
                "attendance__organization",
                "attendance__agency",
                "attendance__participation",
            )
        )
