"""A version of an agreement on paper: what the parties accept, and who has accepted it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from agreements.models import Agreement, AgreementVersion
from agreements.record import AgreementPage, PartyRow
from agreements.versions import party_words
from agreements.workflow.texts import agreement_text
from core.documents import Document, Entry, Facts, Heading, Note, Signatures, Table, Words
from core.documents.words import day, picked, spelled
from core.pages import language


def agreement_document(page: AgreementPage, version: AgreementVersion, parties: Sequence[PartyRow], address: str) -> Document:
    """`parties`: with their acceptances of this version. `address`: where the version is found, absolute.

    Everything but the names of people comes from the text that was fixed when the version was opened for signature.
    """
    agreement = page.agreement
    text = version.text or agreement_text(agreement, version)
    zone = agreement.edition.time_zone
    return Document(
        title=picked(text["title"])[0],
        language=language(),
        author=agreement.edition.name,
        at=version.signed_at or version.opened_at or version.created_at,
        overline=agreement.edition.name,
        folio=version.folio,
        version=version_words(version, zone),
        fingerprint=version.sha256,
        address=address,
        mark=mark_of(agreement, version),
        parts=[
            *standing(agreement, version),
            *about(text, version),
            *of_parties(parties, zone),
            *background(text),
            Heading(pgettext("part of a printed agreement", "Clauses")),
            *clauses(text),
            Heading(_("Commitments")),
            *commitments(text),
            *signing(version, parties),
        ],
    )


def version_words(version: AgreementVersion, zone: str) -> str:
    words = {"number": version.number, "date": day(version.signed_at or version.opened_at, zone)}
    if version.signed_at:
        return _("version %(number)s, signed on %(date)s") % words
    if version.opened_at:
        return _("version %(number)s, open for signature since %(date)s") % words
    return _("version %(number)s, draft") % words


def mark_of(agreement: Agreement, version: AgreementVersion) -> str:
    """One word on every page of what is not a signed text in force or once in force."""
    if agreement.status == Agreement.Status.VOID:
        return pgettext("mark on a printed page", "VOID")
    if version.status == AgreementVersion.Status.DRAFT:
        return pgettext("mark on a printed page", "DRAFT")
    return "" if version.signed_at else pgettext("mark on a printed page", "NOT SIGNED")


def standing(agreement: Agreement, version: AgreementVersion) -> list[Any]:
    """What must not be overlooked before reading on."""
    found: list[Any] = []
    if agreement.is_sample:
        found.append(Note(_("Sample data: this agreement is invented."), strong=True))
    if agreement.status == Agreement.Status.VOID:
        found.append(Note(_("This agreement was declared void. Its page says why."), strong=True))
    elif version.status == AgreementVersion.Status.DRAFT:
        found.append(Note(_("A draft: its text is not fixed, has no fingerprint and binds nobody."), strong=True))
    elif not version.signed_at:
        found.append(Note(_("Open for signature: it binds nobody until all signatories have accepted it."), strong=True))
    return found


def about(text: dict[str, Any], version: AgreementVersion) -> list[Any]:
    place = ", ".join(each for each in (text["place"], day(text["dated_on"])) if each)
    rows = [(_("Place and date"), place), (_("Cause of this version"), version.cause)]
    rows += [(_("Proposals"), ", ".join(text["proposals"])), (_("Opinions of the bodies"), ", ".join(text["opinions"]))]
    return [Facts(rows)]


def of_parties(parties: Sequence[PartyRow], zone: str) -> list[Any]:
    """Who takes part, who stands for whom (by consent), how and when each accepted."""
    headers = [_("Party"), _("Takes part as"), _("Represented by"), _("Accepted")]
    rows = []
    for row in parties:
        party, acceptance = row.party, row.acceptance
        if acceptance is not None:
            words = [day(acceptance.accepted_on), str(acceptance.get_mode_display()), acceptance.post, acceptance.reason]
            accepted = ", ".join(each for each in words if each)
        else:
            accepted = _("not yet") if party.role == "signatory" else _("not needed")
        person = party.representative.public_name if party.representative else _("nobody named")
        name = f"{party.body} ({party.body.acronym})" if party.body.acronym else str(party.body)
        rows.append([name, spelled(party.get_role_display()), person, accepted])
    return [Heading(_("Parties and signatures")), Table(headers, rows, widths=[5, 2, 4, 4])]


def background(text: dict[str, Any]) -> list[Any]:
    words, lang = picked(text["background"])
    return [Heading(_("Background")), Words(words, lang)] if words else []


def clauses(text: dict[str, Any]) -> list[Any]:
    found = []
    for row in text["clauses"]:
        words, lang = picked(row["text"])
        label = pgettext("label of a clause on paper", "Clause %(number)s") % row
        found.append(Entry(label, words, lang, [(_("From opinions"), ", ".join(row["opinions"]))]))
    return found or [Note(_("No clause has been entered."))]


def commitments(text: dict[str, Any]) -> list[Any]:
    names = {party["key"]: party_words([party]) for party in text["parties"]}
    found = []
    for row in text["commitments"]:
        words, lang = picked(row["text"])
        due = day(row["due_on"])
        if row["original_due_on"] and row["original_due_on"] != row["due_on"]:
            due = _("%(date)s (originally %(original)s)") % {"date": due, "original": day(row["original_due_on"])}
        facts = [
            (_("Responsible party"), names.get(row["lead"], row["lead"] or _("nobody yet"))),
            (_("Co-responsible parties"), ", ".join(names.get(key, key) for key in row["co_responsible"])),
            (_("Due date"), due or _("no date")),
            (_("Starts on"), day(row["starts_on"])),
            (_("Deliverable"), row["deliverable"]),
            (_("Means of verification"), row["means_of_verification"]),
            (_("Conditions of opinions that it meets"), ", ".join(row["conditions"])),
            (_("Cancelled"), _("by both sides") if row["cancelled"] else ""),
        ]
        label = _("Commitment %(number)s") % row
        found.append(Entry(f"{label} · {row['folio']}", words, lang, facts))
    return found or [Note(_("No commitment has been entered."))]


def signing(version: AgreementVersion, parties: Sequence[PartyRow]) -> list[Any]:
    """Places to sign on paper, for those who have not accepted yet."""
    if version.signed_at or not parties:
        return []
    waiting = [row.party for row in parties if row.acceptance is None]
    lines = [
        (str(party.body), f"{spelled(party.get_role_display())} · {_('Name, post, signature and date')}") for party in waiting
    ]
    return [Heading(pgettext("part of a printed agreement", "Signatures")), Signatures(lines)] if lines else []
