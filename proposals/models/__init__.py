"""What is asked and what each body answers: antecedents, proposals, referrals, opinions, clarifications."""

from proposals.models.antecedents import Antecedent, Recommendation
from proposals.models.desk import LaterAction, PaperScan, TextTemplate
from proposals.models.opinions import Condition, CriterionAssessment, InternalPosition, Opinion
from proposals.models.proposals import Attachment, Proposal, ProposalLink, ProposalText, ProposalVersion
from proposals.models.referrals import Clarification, DueDateChange, Referral

__all__ = [
    "Antecedent",
    "Attachment",
    "Clarification",
    "Condition",
    "CriterionAssessment",
    "DueDateChange",
    "InternalPosition",
    "LaterAction",
    "Opinion",
    "PaperScan",
    "Proposal",
    "ProposalLink",
    "ProposalText",
    "ProposalVersion",
    "Recommendation",
    "Referral",
    "TextTemplate",
]
