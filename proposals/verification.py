"""Published versions and opinions against their fingerprints: what `manage.py verify_ledger` asks of this app."""

from __future__ import annotations

from django.utils.translation import gettext as _

from core.ledger import entered_fingerprints, fingerprint
from proposals.acts import opinion_document, version_document
from proposals.models import Opinion, ProposalVersion


def fingerprint_problems() -> list[str]:
    """A sentence for each version or released opinion whose text is not the one that was submitted or issued."""
    found = []
    submitted = entered_fingerprints("proposal_version")
    for version in ProposalVersion.objects.order_by("folio").iterator(chunk_size=200):
        if not fingerprint(version_document(version)) == version.sha256 == submitted.get(version.folio):
            found.append(version.folio)
    issued = entered_fingerprints("opinion")
    rows = Opinion.objects.exclude(status="draft").filter(released_at__isnull=False).order_by("folio")
    rows = rows.select_related("referral__version", "referral__agency", "refer_to", "supersedes")
    for opinion in rows.prefetch_related("criteria", "conditions").iterator(chunk_size=200):
        if not fingerprint(opinion_document(opinion)) == opinion.sha256 == issued.get(opinion.folio):
            found.append(opinion.folio)
    return [_("%(folio)s is not the text whose fingerprint was entered in the ledger.") % {"folio": folio} for folio in found]
