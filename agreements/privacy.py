"""What agreements, reports and meetings hold about people, field by field (`core.privacy`)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from agreements.models import Acceptance, Attendance, Party, SignedPaper
from core.privacy import Audience, about, holds, wrote
from proposals.privacy import AT_WORK, DID

A = Audience
#: Papers that are named after an erasure.
MOST_PAPERS = 50
OFFICIALS, ACCOUNTS = _("officials and representatives"), _("people with an account")
PARTICIPANTS, WITNESSES = _("participants of a forum"), _("witnesses")
BY_CONSENT = (A.CONSENT, A.ORGANIZER, A.ADMINISTRATOR)


def papers_of(participations: list[Any]) -> list[str] | None:
    """Scans on which these people may have signed, since they represented a party."""
    agreements = Party.objects.filter(representative__in=participations).values("agreement")
    papers = SignedPaper.objects.filter(agreement__in=agreements).select_related("agreement").order_by("pk")[:MOST_PAPERS]
    found = [f"{paper.agreement.folio}: {paper.title}" for paper in papers]
    scans = Acceptance.objects.filter(party__representative__in=participations).exclude(scan="").select_related("version")
    return [*found, *(str(_("%(folio)s: scan of an acceptance") % {"folio": each.version.folio}) for each in scans[:MOST_PAPERS])]


def lists_of_people(participations: list[int]) -> list[tuple[str, Any]]:
    """The meetings on whose roll these people stand, the agreements at which they represent a party, and the papers of these."""
    meetings = Attendance.objects.filter(participation__in=participations).values("meeting")
    agreements = Party.objects.filter(representative__in=participations).values("agreement")
    papers = SignedPaper.objects.filter(agreement__in=agreements).values("pk")
    return [("agreements.meeting", meetings), ("agreements.agreement", agreements), ("agreements.signedpaper", papers)]


def declare() -> None:
    holds("agreements.Agreement", (("created_by",), DID, ACCOUNTS, AT_WORK))
    holds("agreements.Party", (("representative",), _("Who represents a party"), OFFICIALS, BY_CONSENT))
    holds(
        "agreements.Acceptance",
        (
            ("post",),
            _("Post of who signs an opinion or an agreement"),
            OFFICIALS,
            (A.PUBLIC,),
            _("It belongs to the public act."),
        ),
        (("witness",), _("Witness of a paper"), WITNESSES, (A.ORGANIZER, A.BODY, A.ORGANIZATION, A.ADMINISTRATOR)),
        (
            ("scan",),
            _("Scans of signed papers"),
            OFFICIALS,
            (A.ORGANIZER, A.ADMINISTRATOR),
            _("Reserved, since they show signatures."),
        ),
        (("recorded_by",), DID, ACCOUNTS, AT_WORK),
    )
    holds(
        "agreements.SignedPaper",
        (
            ("file",),
            _("Scans of signed papers"),
            OFFICIALS,
            (A.ORGANIZER, A.ADMINISTRATOR),
            _("Reserved, since they show signatures; everybody reads the public version."),
        ),
    )
    holds("agreements.Extension", (("by",), DID, ACCOUNTS, AT_WORK))
    holds("agreements.Cancellation", (("by",), DID, ACCOUNTS, AT_WORK))
    holds(
        "agreements.Meeting",
        (("link",), _("Link of a video meeting"), PARTICIPANTS, (A.ORGANIZER, A.BODY, A.ORGANIZATION, A.ADMINISTRATOR)),
    )
    holds(
        "agreements.Attendance",
        (
            ("participation",),
            _("Who was present at a meeting"),
            PARTICIPANTS,
            (A.ORGANIZER, A.ADMINISTRATOR),
            _("The public reads how many came for each body."),
        ),
    )
    holds(
        "agreements.WithdrawnInvitation",
        (
            ("participation", "reason"),
            _("Whose invitation to a meeting was taken back, and why"),
            PARTICIPANTS,
            (A.ORGANIZER, A.ADMINISTRATOR),
        ),
    )
    holds("agreements.Remark", (("author", "acting_label"), DID, ACCOUNTS, AT_WORK))
    holds("agreements.DraftComment", (("author", "acting_label"), DID, ACCOUNTS, AT_WORK))
    holds("agreements.Campaign", (("created_by",), DID, ACCOUNTS, AT_WORK))
    holds("agreements.ProgressReport", (("reported_by",), DID, ACCOUNTS, AT_WORK))
    holds("agreements.Validation", (("validated_by",), DID, ACCOUNTS, AT_WORK))
    holds("agreements.Reply", (("replied_by",), DID, ACCOUNTS, AT_WORK))
    holds(
        "agreements.Evidence",
        (
            ("file",),
            _("Files of evidence"),
            PARTICIPANTS,
            (A.PUBLIC,),
            _("Those that were reserved: the parties and the organizers."),
        ),
    )
    whose()


def whose() -> None:
    """By which column a row is somebody's: the file of the own data follows these."""
    about("agreements.Party", "representative", "agreement", "role")
    about("agreements.Attendance", "participation", "meeting", "presence", "answer", "answered_at")
    about("agreements.WithdrawnInvitation", "participation", "meeting", "at")
    wrote("agreements.Agreement", "created_by", "created_at", "title_es")
    wrote("agreements.Acceptance", "recorded_by", "accepted_on", "mode", "reason")
    wrote("agreements.Extension", "by", "commitment", "asked_at")
    wrote("agreements.Cancellation", "by", "commitment", "at", "reason")
    wrote("agreements.Remark", "author", "at", "text")
    wrote("agreements.DraftComment", "author", "at", "clause_number", "text")
    wrote("agreements.Campaign", "created_by", "created_at", "cut_off", "message")
    wrote(
        "agreements.ProgressReport", "reported_by", "reported_at", "status", "percent", "narrative_es", "narrative_en", "obstacle"
    )
    wrote("agreements.Validation", "validated_by", "validated_at", "outcome", "comment_es", "comment_en")
    wrote("agreements.Reply", "replied_by", "replied_at", "text_es", "text_en")
