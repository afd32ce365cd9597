"""What a version of an agreement changed: clause by clause in words, commitment by commitment in values.

Clauses are compared as they stand in their versions, the rest as it was fixed in `AgreementVersion.text` when each version
was opened for signature.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from agreements.models import AgreementVersion, Clause
from core.dates import show_partial
from core.differences import Piece, pair_up, pieces
from core.pages import language

#: What is compared of a commitment: key in the fixed text → words.
COMMITMENT_FIELDS = ("text", "lead", "co_responsible", "deliverable", "means_of_verification", "starts_on", "due_on", "cancelled")


@dataclass(frozen=True)
class ClauseChange:
    """A clause of one version beside what it was in the other: `kind` is same, changed, added or removed."""

    kind: str
    old: Clause | None
    new: Clause | None
    pieces: list[Piece]

    @property
    def renumbered(self) -> bool:
        return self.old is not None and self.new is not None and self.old.number != self.new.number


@dataclass(frozen=True)
class FieldChange:
    label: Any
    pieces: list[Piece]


@dataclass(frozen=True)
class CommitmentChange:
    """A commitment that a version brought in, took out or changed."""

    kind: str
    number: int
    text: str
    fields: list[FieldChange] = field(default_factory=list)


@dataclass(frozen=True)
class VersionChanges:
    """What `new` changed against `old`."""

    old: AgreementVersion
    new: AgreementVersion
    fields: list[FieldChange]
    clauses: list[ClauseChange]
    commitments: list[CommitmentChange]

    @property
    def any(self) -> bool:
        return bool(self.fields or self.commitments or any(clause.kind != "same" for clause in self.clauses))


def changes_between(old: AgreementVersion, new: AgreementVersion) -> VersionChanges:
    """Everything that differs between two versions, with `clauses` at hand (prefetched)."""
    return VersionChanges(
        old=old,
        new=new,
        fields=field_changes(old.text, new.text),
        clauses=clause_changes(list(old.clauses.all()), list(new.clauses.all())),
        commitments=commitment_changes(old.text, new.text),
    )


def clause_changes(old: list[Clause], new: list[Clause]) -> list[ClauseChange]:
    """Clauses are paired by what they say, not by number: an inserted clause renumbers the rest without changing it."""
    found = []
    for i, j in pair_up([clause.text_es for clause in old], [clause.text_es for clause in new]):
        before, after = old[i] if i is not None else None, new[j] if j is not None else None
        if before is None:
            kind = "added"
        elif after is None:
            kind = "removed"
        else:
            kind = "same" if (before.text_es, before.text_en) == (after.text_es, after.text_en) else "changed"
        words = [clause.text if clause is not None else "" for clause in (before, after)]
        found.append(ClauseChange(kind, before, after, pieces(*words)))
    return found


def in_readers_language(text: Any) -> str:
    """The words of `{"es", "en"}` in a fixed text."""
    if not isinstance(text, dict):
        return str(text or "")
    here, other = ("en", "es") if language() == "en" else ("es", "en")
    return str(text.get(here) or text.get(other) or "")


def field_changes(old: dict[str, Any], new: dict[str, Any]) -> list[FieldChange]:
    """Title, background, place, date and parties; nothing where a version has no fixed text yet."""
    if not old or not new:
        return []
    words = (
        (pgettext("part of an agreement", "Title"), in_readers_language, "title"),
        (pgettext("part of an agreement", "Background"), in_readers_language, "background"),
        (pgettext("part of an agreement", "Place"), str, "place"),
        (pgettext("part of an agreement", "Parties"), party_words, "parties"),
    )
    return [
        FieldChange(label, pieces(read(old.get(name) or ""), read(new.get(name) or "")))
        for label, read, name in words
        if read(old.get(name) or "") != read(new.get(name) or "")
    ]


def party_words(parties: Any) -> str:
    return ", ".join(str(party.get("acronym") or in_readers_language(party.get("name"))) for party in parties or [])


def commitment_changes(old: dict[str, Any], new: dict[str, Any]) -> list[CommitmentChange]:
    if not old or not new:
        return []
    before = {row["folio"]: row for row in old.get("commitments", [])}
    after = {row["folio"]: row for row in new.get("commitments", [])}
    labels = {
        "text": pgettext("part of a commitment", "What is owed"),
        "lead": pgettext("part of a commitment", "Responsible"),
        "co_responsible": pgettext("part of a commitment", "Co-responsible"),
        "deliverable": pgettext("part of a commitment", "Deliverable"),
        "means_of_verification": pgettext("part of a commitment", "Means of verification"),
        "starts_on": pgettext("part of a commitment", "Starts"),
        "due_on": pgettext("part of a commitment", "Due"),
        "cancelled": pgettext("part of a commitment", "Cancelled"),
    }
    found = []
    for folio in sorted({*before, *after}, key=lambda key: (after.get(key) or before[key])["number"]):
        was, now = before.get(folio), after.get(folio)
        row = now or was or {}
        words = in_readers_language(row.get("text"))
        if was is None or now is None:
            found.append(CommitmentChange("added" if was is None else "removed", row["number"], words))
            continue
        fields = [
            FieldChange(labels[name], pieces(value_words(name, was.get(name)), value_words(name, now.get(name))))
            for name in COMMITMENT_FIELDS
            if was.get(name) != now.get(name)
        ]
        if fields:
            found.append(CommitmentChange("changed", row["number"], words, fields))
    return found


def value_words(name: str, value: Any) -> str:
    """A value of a fixed commitment as a person reads it."""
    if name in ("starts_on", "due_on"):
        return show_partial(dt.date.fromisoformat(value), "day") if value else _("no date")
    if name == "cancelled":
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return in_readers_language(value)


def fixed_commitments(version: AgreementVersion) -> list[dict[str, Any]]:
    """The commitments as they stood when the version was opened for signature: folio, number, words, lead, due_on."""
    names = {party["key"]: party_words([party]) for party in version.text.get("parties", [])}
    return [
        {
            "folio": row["folio"],
            "number": row["number"],
            "words": in_readers_language(row.get("text")),
            "lead": names.get(row.get("lead"), row.get("lead") or ""),
            "due_on": dt.date.fromisoformat(row["due_on"]) if row.get("due_on") else None,
        }
        for row in version.text.get("commitments", [])
    ]
