"""What can be imported and exported of proposals: antecedents, proposals, referrals, opinions."""

from proposals.resources.drafts import DraftResource
from proposals.resources.opinions import OpinionResource
from proposals.resources.proposals import AntecedentResource, ProposalResource
from proposals.resources.referrals import ReferralResource

__all__ = ["AntecedentResource", "DraftResource", "OpinionResource", "ProposalResource", "ReferralResource"]
