"""Who takes part: editions, tables, organizations, agencies, people, areas, accounts and roles."""

from forum.models.accounts import Role, User
from forum.models.agencies import Agency, AgencyName, AgencySuccession
from forum.models.areas import Area
from forum.models.closures import Closure
from forum.models.editions import Edition, EditionAgency, EditionOrganization, Session, WorkingTable
from forum.models.invitations import Invitation
from forum.models.organizations import MirrorLink, Organization, OrganizationName
from forum.models.people import Consent, Participation, Person
from forum.models.privacy import PrivacyRequest

__all__ = [
    "Agency",
    "AgencyName",
    "AgencySuccession",
    "Area",
    "Closure",
    "Consent",
    "Edition",
    "EditionAgency",
    "EditionOrganization",
    "Invitation",
    "MirrorLink",
    "Organization",
    "OrganizationName",
    "Participation",
    "Person",
    "PrivacyRequest",
    "Role",
    "Session",
    "User",
    "WorkingTable",
]
