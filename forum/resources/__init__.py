"""What can be imported and exported of the forum: editions, tables, agencies, organizations, mirrors, participants."""

from forum.resources.bodies import AgencyResource, MirrorResource, OrganizationResource
from forum.resources.editions import EditionResource, TableResource
from forum.resources.people import ParticipantResource

__all__ = [
    "AgencyResource",
    "EditionResource",
    "MirrorResource",
    "OrganizationResource",
    "ParticipantResource",
    "TableResource",
]
