"""Doors of what stands beside opinions: text templates of a body, and what happened later to a proposal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.events import SYSTEM, record_event
from core.workflow import changing, create
from forum.models import Agency
from forum.permissions import is_official_of, is_organizer_of
from proposals.models import LaterAction, Proposal, TextTemplate
from proposals.workflow.shared import holding, refuse_unless


def save_template(
    *, agency: Agency, actor: Any, values: Mapping[str, Any], template: TextTemplate | None = None, revision: int | None = None
) -> TextTemplate:
    """Enter a text template of a body, or change one: its officials only."""
    _only_officials(agency, actor)
    if template is None:
        made: TextTemplate = create(TextTemplate(agency=agency, **values), actor=actor)
        return made
    with changing(template, actor=actor, revision=revision) as change:
        for name, value in values.items():
            setattr(change.record, name, value)
    return template


def remove_template(*, template: TextTemplate, actor: Any) -> None:
    """Remove a text template; its event keeps that there was one."""
    _only_officials(template.agency, actor)
    with transaction.atomic():
        record_event(template, "remove", actor=actor, changes={"name": [template.name, None]})
        template.delete()


def _only_officials(agency: Agency, actor: Any) -> None:
    refuse_unless(
        actor is SYSTEM or is_official_of(agency.pk, actor),
        _("Only officials of %(agency)s can do this.") % {"agency": agency.short},
        "not_yours",
    )


def record_later_action(
    *, proposal: Proposal, actor: Any, values: Mapping[str, Any], at: dt.datetime | None = None
) -> LaterAction:
    """Say what happened to a published proposal later, whatever was answered: by an organizer of its edition."""
    refuse_unless(
        actor is SYSTEM or is_organizer_of(proposal, actor), _("Only an organizer of the edition can do this."), "not_yours"
    )
    refuse_unless(
        proposal.published_at is not None,
        _("Proposal %(folio)s is not public: nothing can have followed from it.") % {"folio": proposal.folio},
    )
    with holding(proposal.pk):
        made: LaterAction = create(LaterAction(proposal=proposal, **values), actor=actor, at=at)
    return made
