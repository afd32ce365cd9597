"""Published agreements and minutes against their fingerprints: what `manage.py verify_ledger` asks of this app."""

from __future__ import annotations

from django.utils.translation import gettext as _

from agreements.models import AgreementVersion, MinutesVersion
from agreements.workflow.texts import minutes_text
from core.ledger import entered_fingerprints, fingerprint


def fingerprint_problems() -> list[str]:
    """A sentence for each version or minutes whose text is not the one that was opened or approved."""
    found = []
    opened = entered_fingerprints("agreement_opened")
    for version in AgreementVersion.objects.exclude(status="draft").order_by("folio").iterator(chunk_size=200):
        if not fingerprint(version.text) == version.sha256 == opened.get(version.folio):
            found.append(version.folio)
    approved = entered_fingerprints("minutes_approved")
    rows = MinutesVersion.objects.filter(status="approved").select_related("meeting").order_by("folio")
    rows = rows.prefetch_related("meeting__agreements", "action_items__organization", "action_items__agency")
    for minutes in rows.iterator(chunk_size=200):
        if not fingerprint(minutes_text(minutes)) == minutes.sha256 == approved.get(minutes.folio):
            found.append(minutes.folio)
    return [_("%(folio)s is not the text whose fingerprint was entered in the ledger.") % {"folio": folio} for folio in found]
