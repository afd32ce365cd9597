"""What is promised and kept: agreements, acceptances, commitments, reports, validations, work meetings, minutes."""

from agreements.models.agreements import Acceptance, Agreement, AgreementVersion, Clause, Party
from agreements.models.campaigns import Campaign, CampaignAsk
from agreements.models.commitments import Cancellation, Commitment, Extension
from agreements.models.dialogue import DraftComment, Reply
from agreements.models.meetings import AgendaItem, Attendance, Meeting, MeetingSlot, SlotAnswer, WithdrawnInvitation
from agreements.models.minutes import ActionItem, MinutesVersion, Remark
from agreements.models.papers import SignedPaper
from agreements.models.reports import Evidence, ProgressReport, Validation

__all__ = [
    "Acceptance",
    "ActionItem",
    "AgendaItem",
    "Agreement",
    "AgreementVersion",
    "Attendance",
    "Campaign",
    "CampaignAsk",
    "Cancellation",
    "Clause",
    "Commitment",
    "DraftComment",
    "Evidence",
    "Extension",
    "Meeting",
    "MeetingSlot",
    "MinutesVersion",
    "Party",
    "ProgressReport",
    "Remark",
    "Reply",
    "SignedPaper",
    "SlotAnswer",
    "Validation",
    "WithdrawnInvitation",
]
