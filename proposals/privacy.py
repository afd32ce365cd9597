"""What proposals, referrals and opinions hold about people, field by field (`core.privacy`)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.privacy import Audience, about, holds, wrote

A = Audience
OFFICIALS, ACCOUNTS = _("officials and representatives"), _("people with an account")
SPEAKERS, WITNESSES = _("people who speak for a proposal"), _("witnesses")
INSIDE = (A.ORGANIZER, A.BODY, A.ADMINISTRATOR)
#: Who did something is told in the timeline of the record, to those who work on it.
AT_WORK = (A.ORGANIZER, A.BODY, A.ORGANIZATION, A.ADMINISTRATOR)
DID = _("Who drafted, asked, answered or reported")


def declare() -> None:
    holds(
        "proposals.Proposal",
        (("speakers",), _("Who speaks for a proposal"), SPEAKERS, (A.CONSENT, A.ORGANIZER, A.ADMINISTRATOR)),
        (("created_by",), DID, ACCOUNTS, AT_WORK),
    )
    holds("proposals.Proposal_speakers", (("participation",), _("Who speaks for a proposal"), SPEAKERS, (A.CONSENT, A.ORGANIZER)))
    holds(
        "proposals.Attachment",
        (("file",), _("Files of a proposal"), SPEAKERS, (A.PUBLIC,), _("Reserved unless somebody publishes them.")),
    )
    holds("proposals.Referral_liaisons", (("user",), _("Liaison of a body"), OFFICIALS, INSIDE))
    holds(
        "proposals.DueDateChange",
        (("accepted_by",), _("Who accepted another date"), OFFICIALS, (A.PUBLIC,), _("By function.")),
        (("by",), DID, ACCOUNTS, AT_WORK),
    )
    holds("proposals.Clarification", (("asked_by", "answered_by"), DID, ACCOUNTS, AT_WORK))
    holds(
        "proposals.Opinion",
        (("drafted_by", "signed_by"), DID, ACCOUNTS, INSIDE),
        (
            ("signatory_post",),
            _("Post of who signs an opinion or an agreement"),
            OFFICIALS,
            (A.PUBLIC,),
            _("It belongs to the public act."),
        ),
        (("on_behalf_witness",), _("Witness of a paper"), WITNESSES, INSIDE),
    )
    holds("proposals.InternalPosition", (("author", "verdict", "text"), _("Positions within a body"), OFFICIALS, (A.BODY,)))
    holds(
        "proposals.PaperScan",
        (("file", "file_name"), _("Scans of signed papers"), OFFICIALS, INSIDE, _("Reserved, since they show signatures.")),
    )
    whose()


def whose() -> None:
    """By which column a row is somebody's: the file of the own data follows these."""
    about("proposals.Proposal_speakers", "participation", "proposal", called=pgettext_lazy("own data", "speakers for proposals"))
    about("proposals.Referral_liaisons", "user", "referral", called=pgettext_lazy("own data", "liaisons of referrals"))
    wrote("proposals.Proposal", "created_by", "created_at", "title_es")
    wrote("proposals.DueDateChange", "by", "referral", "at", "reason")
    wrote("proposals.Clarification", "asked_by", "asked_at", "question")
    wrote("proposals.Clarification", "answered_by", "answered_at", "answer")
    wrote("proposals.Opinion", "drafted_by", "referral", "created_at")
    wrote("proposals.Opinion", "signed_by", "referral", "issued_at", "signatory_post")
    wrote("proposals.InternalPosition", "author", "referral", "at", "verdict", "text")
