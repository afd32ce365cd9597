"""What can be imported and exported of agreements: agreements, commitments, reports, meetings."""

from agreements.resources.agreements import AgreementResource
from agreements.resources.commitments import CommitmentResource, ReportResource
from agreements.resources.meetings import MeetingResource

__all__ = ["AgreementResource", "CommitmentResource", "MeetingResource", "ReportResource"]
