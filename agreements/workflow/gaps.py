"""What is missing before an agreement can be opened for signature or becomes signed, as sentences."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from agreements.models import Agreement, AgreementVersion, Commitment, Party
from core.personal import personal_data
from core.workflow import StepRefused


def version_in(agreement: Agreement, *statuses: str) -> AgreementVersion | None:
    """The version of the agreement that is in one of these states (there is at most one draft or open)."""
    return agreement.versions.filter(status__in=statuses).order_by("-number").first()


def draft_of(agreement: Agreement) -> AgreementVersion:
    """The version in draft; raises StepRefused when there is none."""
    version = version_in(agreement, AgreementVersion.Status.DRAFT)
    if version is None:
        raise StepRefused(no_draft(agreement) or "", code="guard")
    return version


def open_version_of(agreement: Agreement) -> AgreementVersion:
    """The version that is open for signature; raises StepRefused when there is none."""
    version = version_in(agreement, AgreementVersion.Status.OPEN)
    if version is None:
        raise StepRefused(nothing_open(agreement) or "", code="guard")
    return version


def commitments_of(agreement: Agreement, version: AgreementVersion) -> list[Commitment]:
    """The commitments that a version holds, in their order."""
    found = agreement.commitments.filter(since_version__lte=version.number).order_by("number")
    return list(found.select_related("lead__organization", "lead__agency"))


def required_parties(agreement: Agreement) -> list[Party]:
    """The parties without whose acceptance no version is signed: all signatories, of both sides."""
    return list(agreement.parties.filter(role=Party.Role.SIGNATORY).select_related("organization", "agency").order_by("id"))


def missing_parties(agreement: Agreement, version: AgreementVersion) -> list[Party]:
    """The signatories that have not accepted this version."""
    accepted = set(version.acceptances.values_list("party_id", flat=True))
    return [party for party in required_parties(agreement) if party.pk not in accepted]


def _commitment_gaps(commitment: Commitment) -> list[str]:
    words = {"folio": commitment.folio}
    gaps = []
    if commitment.lead_id is None:
        gaps.append(_("Commitment %(folio)s has no responsible party: choose one of the parties.") % words)
    if commitment.due_on is None:
        gaps.append(_("Commitment %(folio)s has no due date: say by when it is owed.") % words)
    if not commitment.means_of_verification:
        gaps.append(_("Commitment %(folio)s has no means of verification: say what will prove it.") % words)
    return gaps


def opening_gaps(agreement: Agreement) -> list[str]:
    """What keeps the draft version from being opened for signature; empty when nothing does."""
    version = version_in(agreement, AgreementVersion.Status.DRAFT)
    if version is None:
        return [_("Agreement %(folio)s has no version in draft.") % {"folio": agreement.folio}]
    gaps = []
    if not agreement.edition.is_public:
        gaps.append(_("“%(edition)s” is still in preparation: make it public first.") % {"edition": agreement.edition})
    if not version.clauses.exists():
        gaps.append(_("The agreement has no clause: write what is agreed."))
    sides = {party.side for party in required_parties(agreement)}
    if "organizations" not in sides:
        gaps.append(_("No organization signs: add at least one organization as signatory."))
    if "government" not in sides:
        gaps.append(_("No public body signs: add at least one agency as signatory."))
    commitments = [c for c in commitments_of(agreement, version) if c.cancelled_at is None]
    if not commitments:
        gaps.append(_("The agreement has no commitment: add what is owed, by whom and by when."))
    for commitment in commitments:
        gaps.extend(_commitment_gaps(commitment))
    return gaps


def opening_warnings(agreement: Agreement) -> list[str]:
    """What should be looked at before opening for signature and does not forbid it: a person judges it."""
    nameless = [
        _("No representative of %(party)s is named.") % {"party": party}
        for party in required_parties(agreement)
        if party.representative_id is None
    ]
    return [*nameless, *personal_warnings(agreement)]


def personal_warnings(agreement: Agreement) -> list[str]:
    """Passages of the draft that look like personal data: all of it is published when it is opened."""
    version = version_in(agreement, AgreementVersion.Status.DRAFT)
    if version is None:
        return []
    places = [(_("Background"), f"{agreement.background_es}\n{agreement.background_en}")]
    places += [
        (_("Clause %(number)s") % {"number": clause.number}, f"{clause.text_es}\n{clause.text_en}")
        for clause in version.clauses.order_by("number")
    ]
    for each in commitments_of(agreement, version):
        texts = (each.text_es, each.text_en, each.deliverable, each.means_of_verification)
        places.append((each.folio, "\n".join(texts)))
    return [
        _(
            "%(place)s: “%(passage)s” looks like personal data (%(kind)s). It is published with the text: take it out, or keep it knowingly."
        )
        % {"place": place, "passage": found.passage[:80], "kind": found.kind}
        for place, text in places
        for found in personal_data(text)
    ]


def opening_refusal(agreement: Agreement) -> str | None:
    """All gaps in one text, for the step."""
    return " ".join(opening_gaps(agreement)) or None


def signing_refusal(agreement: Agreement) -> str | None:
    """Why the version that is open cannot be signed yet: whose acceptance is missing."""
    version = version_in(agreement, AgreementVersion.Status.OPEN)
    if version is None:
        return _("No version of agreement %(folio)s is open for signature.") % {"folio": agreement.folio}
    missing = missing_parties(agreement, version)
    if missing:
        return _("Version %(version)s is not signed while an acceptance is missing: %(parties)s.") % {
            "version": version.number,
            "parties": ", ".join(str(party) for party in missing),
        }
    return None


def nothing_open(agreement: Agreement) -> str | None:
    if version_in(agreement, AgreementVersion.Status.OPEN) is None:
        return _("No version of agreement %(folio)s is open for signature.") % {"folio": agreement.folio}
    return None


def pending_is_shown(agreement: Agreement) -> str | None:
    if agreement.shows_pending:
        return _("Agreement %(folio)s says in public already whose signature is pending.") % {"folio": agreement.folio}
    return nothing_open(agreement)


def pending_is_hidden(agreement: Agreement) -> str | None:
    if not agreement.shows_pending:
        return _("Agreement %(folio)s says in public only how many have signed.") % {"folio": agreement.folio}
    return nothing_open(agreement)


def no_draft(agreement: Agreement) -> str | None:
    if version_in(agreement, AgreementVersion.Status.DRAFT) is None:
        return _("The text of agreement %(folio)s is fixed: start an amendment to change it.") % {"folio": agreement.folio}
    return None


def version_pending(agreement: Agreement) -> str | None:
    pending = version_in(agreement, AgreementVersion.Status.DRAFT, AgreementVersion.Status.OPEN)
    if pending is not None:
        return _("Version %(version)s is being prepared or signed: finish it first.") % {"version": pending.number}
    return None


def unfinished(agreement: Agreement) -> str | None:
    """Why an agreement cannot be concluded: a pending version, or commitments that nobody has brought to an end."""
    sentence = version_pending(agreement)
    if sentence:
        return sentence
    ended = ["fulfilled", "not_fulfilled"]
    rows = agreement.commitments.filter(cancelled_at__isnull=True).exclude(reported_status__in=ended)
    folios = list(rows.order_by("number").values_list("folio", flat=True))
    if folios:
        return _("These commitments are neither fulfilled, nor reported as not fulfilled, nor cancelled: %(folios)s.") % {
            "folios": ", ".join(folios)
        }
    return None


def text_fixed(commitment: Any) -> str | None:
    """Why a commitment cannot be edited: the version that brings it in is no longer a draft."""
    agreement = commitment.agreement
    version = version_in(agreement, AgreementVersion.Status.DRAFT)
    if version is None or version.number != commitment.since_version:
        return _("Commitment %(folio)s stands in a version that is no longer a draft, so its text is fixed.") % {
            "folio": commitment.folio
        }
    return None


def nothing_reported(commitment: Commitment) -> str | None:
    if not commitment.reports.exists():
        return _("Nobody has reported on commitment %(folio)s yet: there is nothing to validate.") % {"folio": commitment.folio}
    return None


def no_extension_asked(commitment: Commitment) -> str | None:
    if not commitment.extensions.waiting().exists():
        return _("No extension of commitment %(folio)s waits for an answer.") % {"folio": commitment.folio}
    return None


def minutes_approved(meeting: Any) -> str | None:
    if meeting.minutes.filter(status="approved").exists():
        return _("The minutes of meeting %(folio)s are approved: attendance is fixed.") % {"folio": meeting.folio}
    return None


def minutes_pending(meeting: Any) -> str | None:
    pending = meeting.minutes.exclude(status="approved").first()
    if pending is not None:
        return _("Minutes %(folio)s are being written: finish them first.") % {"folio": pending.folio}
    return None
