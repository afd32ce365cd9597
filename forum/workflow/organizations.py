"""Organizations, their other names and their mirror organizations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from core.events import plain, record_event
from forum.models import MirrorLink, Organization, OrganizationName
from forum.validators import check_organization
from forum.workflow.agencies import refresh_other_names, refresh_people_of
from forum.workflow.common import create_checked, edit_checked, only_organizers


def create_organization(*, actor: Any, values: Mapping[str, Any], at: dt.datetime | None = None) -> Organization:
    only_organizers(actor)
    created: Organization = create_checked(Organization(**values), check_organization, actor=actor, at=at)
    return created


def edit_organization(
    *,
    organization: Organization,
    actor: Any,
    values: Mapping[str, Any],
    revision: int | None = None,
    at: dt.datetime | None = None,
) -> Organization:
    only_organizers(actor)
    with transaction.atomic():
        edited: Organization = edit_checked(organization, values, check_organization, actor=actor, revision=revision, at=at)
        if "name" in values:
            refresh_people_of(organization=edited)
    return edited


def add_organization_name(
    *, organization: Organization, actor: Any, values: Mapping[str, Any], at: dt.datetime | None = None
) -> OrganizationName:
    """Another name that the organization has borne; it is found by it from now on."""
    only_organizers(actor)
    with transaction.atomic():
        row = OrganizationName(organization=organization, **values)
        row.full_clean()
        row.save()
        record_event(organization, "add_name", actor=actor, changes={"name": [None, row.name]}, at=at)
        refresh_other_names(organization)
    return row


def remove_organization_name(*, name: OrganizationName, actor: Any, at: dt.datetime | None = None) -> None:
    only_organizers(actor)
    with transaction.atomic():
        organization, text = name.organization, name.name
        name.delete()
        record_event(organization, "remove_name", actor=actor, changes={"name": [text, None]}, at=at)
        refresh_other_names(organization)


def link_mirror(
    *, organization: Organization, mirror: Organization, actor: Any, values: Mapping[str, Any] | None = None, at: Any = None
) -> MirrorLink:
    """`mirror` is the counterpart of `organization` at the place of origin. `values`: since, until, date_precision.

    A link that exists gets the values; nothing happens when it has them.
    """
    only_organizers(actor)
    with transaction.atomic():
        link = MirrorLink.objects.select_for_update().filter(organization=organization, mirror=mirror).first()
        is_new = link is None
        link = link or MirrorLink(organization=organization, mirror=mirror)
        changes: dict[str, list[Any]] = {"mirror": [None, mirror.key]} if is_new else {}
        for name, value in (values or {}).items():
            if getattr(link, name) != value:
                changes[name] = [plain(getattr(link, name)), plain(value)]
                setattr(link, name, value)
        if changes:
            link.full_clean()
            link.save()
            record_event(organization, "link_mirror", actor=actor, changes=changes, at=at)
    return link


def unlink_mirror(*, link: MirrorLink, actor: Any, reason: str = "", at: dt.datetime | None = None) -> None:
    only_organizers(actor)
    with transaction.atomic():
        organization, mirror = link.organization, link.mirror
        link.delete()
        record_event(organization, "unlink_mirror", actor=actor, changes={"mirror": [mirror.key, None]}, reason=reason, at=at)
