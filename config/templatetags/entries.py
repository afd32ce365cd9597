"""Entries of lists: `{% load entries %}`. Each is drawn from plain values and kept for them (`core.drawn`)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import template

from config.templatetags.acuerda import picked, reading, sample_mark, status
from core.drawn import drawn

register = template.Library()


@register.simple_tag
def proposal_entry(proposal: Any, level: int = 2) -> str:
    """A proposal with `asking`, `asked`, `answered` and `late` (`proposals.views.complete`)."""
    title, lang = picked(proposal, "title")
    return drawn(
        "proposals/public/parts/entry.html",
        folio=proposal.folio,
        url=proposal.get_absolute_url(),
        status=status(proposal),
        reading=reading(proposal.reading) if proposal.reading and proposal.reading != "waiting" else "",
        sample=sample_mark(proposal),
        title=title,
        lang=lang,
        organizations=tuple(organization.short for organization in proposal.asking),
        asked=proposal.asked,
        answered=proposal.answered,
        late=proposal.late,
        topic=proposal.topic,
        level=level,
    )


@register.simple_tag
def agreement_entry(agreement: Any, today: dt.date) -> str:
    """An agreement with what `agreements.views.show_standing` gives it."""
    title, lang = picked(agreement, "title")
    return drawn(
        "agreements/public/parts/entry.html",
        folio=agreement.folio,
        url=agreement.get_absolute_url(),
        status=status(agreement),
        sample=sample_mark(agreement),
        title=title,
        lang=lang,
        organizations=tuple(body.short for body in agreement.organizations),
        agencies=tuple(body.short for body in agreement.agencies),
        count=agreement.count,
        lights=tuple(agreement.lights),
        disputes=agreement.disputes,
        next_due=agreement.next_due,
        passed=agreement.next_due is not None and agreement.next_due < today,
    )
