"""What is printed of an edition for its registration desk: the sheet to sign, and the badges."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.documents import Cards, Document, Facts, Note, Table
from core.documents.words import day, spelled
from core.pages import language
from forum.models import Edition, Participation

BLANK_LINES = 20


def _document(edition: Edition, title: str, parts: list[Any], address: str) -> Document:
    return Document(
        title=title,
        language=language(),
        author=edition.name,
        at=edition.updated_at,
        overline=edition.name,
        folio=edition.folio_prefix or edition.slug,
        address=address,
        parts=parts,
    )


def sign_sheet_document(edition: Edition, people: Iterable[Participation], address: str) -> Document:
    """A line for each participant in their order, and blank ones. It names people: for the organizers alone."""
    headers = [_("Key"), _("Name"), _("Body"), _("Role"), pgettext("column of a sign sheet", "Signature")]
    lines = [
        [each.key, each.person.shown, each.body.short if each.body else "", spelled(each.get_role_display()), ""]
        for each in people
    ]
    lines += [["", "", "", "", ""]] * BLANK_LINES
    dates = " – ".join(dict.fromkeys(day(date) for date in (edition.starts_on, edition.ends_on) if date))
    parts = [
        Facts([(_("When"), dates), (_("Where"), ", ".join(each for each in (edition.venue, edition.city) if each))]),
        Note(_("Who signs here was present. The sheet stays with the organizers and is not published.")),
        Table(headers, lines, widths=[1.6, 5, 5, 3, 5], height=9),
    ]
    return _document(edition, _("Attendance sheet"), parts, address)


def badges_document(edition: Edition, people: Iterable[Participation]) -> Document:
    """A badge for each participant. The name stands on it for those present; whether it is published is another consent."""
    cards = [(each.person.shown, str(each.body or each.post), spelled(each.get_role_display())) for each in people]
    return _document(edition, _("Badges"), [Cards(cards)], "")
