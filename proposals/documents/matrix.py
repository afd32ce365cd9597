"""The matrix on paper: a row for each proposal, a column for each body."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from core.documents import Document, Note, Table
from core.documents.words import day
from core.pages import language
from forum.models import Edition
from proposals.matrix import Cell
from proposals.models import Proposal

#: Columns of bodies that a page has room for; more go on in a further table.
MOST_COLUMNS = 9


def matrix_document(
    edition: Edition, bodies: list[Any], table: list[tuple[Proposal, list[Cell]]], at: dt.datetime, address: str
) -> Document:
    """`table` as `proposals.matrix.cells_of` gives it; `at`: the moment for which it holds."""
    parts: list[Any] = [Note(_("What each body answered to each proposal, and where it owes an answer."))]
    for start in range(0, max(1, len(bodies)), MOST_COLUMNS):
        shown = slice(start, start + MOST_COLUMNS)
        headers = [_("Folio"), _("Title"), _("Overall reading"), *(body.acronym or body.key for body in bodies[shown])]
        rows = [
            [each.folio, each.title, str(each.get_reading_display()), *(cell.words or "–" for cell in cells[shown])]
            for each, cells in table
        ]
        parts.append(Table(headers, rows, widths=[1.3, 4, 1.8, *[1.7] * len(bodies[shown])], small=True))
    if not table:
        parts.append(Note(_("No published proposal is found here.")))
    return Document(
        title=_("Proposals and answers"),
        language=language(),
        author=edition.name,
        at=at.replace(hour=0, minute=0, second=0, microsecond=0),
        overline=edition.name,
        folio=edition.folio_prefix or edition.slug,
        version=_("as of %(date)s") % {"date": day(at, edition.time_zone)},
        address=address,
        landscape=True,
        parts=parts,
    )
