"""Editions, organizations and public bodies as JSON: stable English keys, ISO 8601 dates, nothing that is private.

`link` turns a record into its absolute address.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from core.pages import partial, texts
from forum.models import Agency, Area, Edition, Organization, Participation

Link = Callable[[Any], str]
Data = dict[str, Any]


def moment(at: dt.datetime | None) -> str | None:
    """An instant in UTC, to the second."""
    return at.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if at is not None else None


def day(date: dt.date | None) -> str | None:
    return date.isoformat() if date is not None else None


def body_data(body: Any, link: Link) -> Data:
    """An organization or a public body as other records name it, by its key and today's names."""
    names = texts(body, "name") if isinstance(body, Agency) else {"es": body.name}
    return {"key": body.key, "side": body.side, "acronym": body.acronym, "name": names, "url": link(body)}


def area_data(area: Area | None) -> Data | None:
    """A country or subdivision by its ISO 3166 code."""
    return None if area is None else {"code": area.code, "name": texts(area, "name")}


def edition_brief(edition: Edition, link: Link) -> Data:
    return {"slug": edition.slug, "name": texts(edition, "name"), "url": link(edition)}


def participation_data(row: Participation, link: Link) -> Data:
    """A participant: the name by consent; without it only whom the person represents and in which role."""
    named = bool(row.shown_name)
    return {
        "name": row.shown_name or None,
        "role": row.role,
        "post": (row.post or None) if named else None,
        "for": body_data(row.body, link) if row.body is not None else None,
    }


def edition_data(edition: Edition, link: Link, parts: Data) -> Data:
    """An edition with its tables, programme, bodies and participants (`parts`: see `forum.views.edition_parts`)."""
    return {
        "type": "edition",
        "slug": edition.slug,
        "url": link(edition),
        "source": edition.source,
        "series": edition.series,
        "name": texts(edition, "name"),
        "objective": texts(edition, "objective"),
        "starts_on": partial(edition, "starts_on", "date_precision"),
        "ends_on": partial(edition, "ends_on", "date_precision"),
        "date_precision": edition.date_precision,
        "date_note": edition.date_note or None,
        "time_zone": edition.time_zone,
        "city": edition.city or None,
        "venue": edition.venue or None,
        "convener": edition.convener or None,
        "supporters": edition.supporters or None,
        "stage": edition.stage,
        "intake_closes_on": day(edition.intake_closes_on),
        "review_closes_on": day(edition.review_closes_on),
        "review_term_working_days": edition.review_term_days,
        "opinion_publication": edition.opinion_publication,
        "report_cut_off": day(edition.report_cut_off),
        "tables": [{"key": row.key, "number": row.number, "theme": texts(row, "name")} for row in parts["tables"]],
        "sessions": [
            {
                "key": row.key,
                "kind": row.kind,
                "title": texts(row, "title"),
                "starts_at": moment(row.starts_at),
                "ends_at": moment(row.ends_at),
                "room": row.room or None,
                "table": row.table.key if row.table else None,
                "minutes": texts(row, "minutes"),
            }
            for row in parts["sessions"]
        ],
        "organizations": [
            {**body_data(row.organization, link), "part": row.part, "source": row.organization.source}
            for row in parts["organization_rows"]
        ],
        "agencies": [body_data(row.agency, link) for row in parts["agency_rows"]],
        "participants": [participation_data(row, link) for row in parts["participants"]],
    }


def name_rows(rows: Iterable[Any]) -> list[Data]:
    return [
        {
            "name": texts(row, "name") or {"es": row.name},
            "acronym": row.acronym or None,
            "from": partial(row, "valid_from", "date_precision"),
            "until": partial(row, "valid_until", "date_precision"),
        }
        for row in rows
    ]


def organization_data(record: Organization, link: Link, parts: Data) -> Data:
    """An organization with its names, its federation and mirrors, and the editions that it took part in."""
    return {
        "type": "organization",
        "key": record.key,
        "url": link(record),
        "source": record.source,
        "name": record.name,
        "acronym": record.acronym or None,
        "kind": record.kind,
        "state_of_origin": area_data(record.state_of_origin),
        "country_of_residence": area_data(record.country),
        "subdivision_of_residence": area_data(record.subdivision),
        "city_of_residence": record.city or None,
        "website": record.website or None,
        "cluni": record.cluni or None,
        "toma_de_nota": record.toma_de_nota or None,
        "ein": record.ein or None,
        "other_names": name_rows(parts["names"]),
        "federation": body_data(record.parent, link) if record.parent else None,
        "members": [body_data(each, link) for each in parts["members"]],
        "mirrors": [
            {
                **body_data(row.mirror, link),
                "since": partial(row, "since", "date_precision"),
                "until": partial(row, "until", "date_precision"),
            }
            for row in parts["mirrors"]
        ],
        "mirror_of": [body_data(row.organization, link) for row in parts["mirror_of"]],
        "editions": [{**edition_brief(row.edition, link), "part": row.part} for row in parts["editions"]],
    }


def agency_data(record: Agency, link: Link, parts: Data) -> Data:
    """A public body with its dated names, what came before and after it, and the editions that it took part in."""
    return {
        "type": "agency",
        "key": record.key,
        "url": link(record),
        "source": record.source,
        "name": texts(record, "name"),
        "acronym": record.acronym,
        "level": record.level,
        "parent": body_data(record.parent, link) if record.parent else None,
        "parent_acronym": record.parent_acronym or None,
        "state": area_data(record.state),
        "website": record.website or None,
        "never_answers": record.never_answers,
        "default_term_working_days": record.default_term_days,
        "names": name_rows(parts["names"]),
        "successor_acronym": record.successor_acronym or None,
        "successors": [succession_data(row, row.successor, link) for row in parts["successions"]],
        "predecessors": [succession_data(row, row.predecessor, link) for row in parts["predecessions"]],
        "today": [body_data(each, link) for each in parts["today"]],
        "editions": [edition_brief(row.edition, link) for row in parts["editions"]],
    }


def succession_data(row: Any, body: Agency, link: Link) -> Data:
    return {
        **body_data(body, link),
        "kind": row.kind,
        "on": partial(row, "happened_on", "date_precision"),
        "note": texts(row, "note") or None,
    }
