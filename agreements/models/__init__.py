"""What is promised and kept: agreements, acceptances, commitments, reports, validations, work meetings, minutes."""

from agreements.models.agreements import Acceptance, Agreement, AgreementVersion, Clause, Party, SignedPaper
from agreements.models.commitments import Cancellation, Commitment, Extension
from agreements.models.meetings import AgendaItem, Attendance, Meeting, MeetingSlot, SlotAnswer
from agreements.models.minutes import ActionItem, MinutesVersion, Remark
from agreements.models.reports import Evidence, ProgressReport, Validation

__all__ = [
    "Acceptance",
    "ActionItem",
    "AgendaItem",
    "Agreement",
    "AgreementVersion",
    "Attendance",
    "Cancellation",
    "Clause",
    "Commitment",
    "Evidence",
    "Extension",
    "Meeting",
    "MeetingSlot",
    "MinutesVersion",
    "Party",
    "ProgressReport",
    "Remark",
    "SignedPaper",
    "SlotAnswer",
    "Validation",
]
