"""Entries of lists: `{% load entries %}`. Each is drawn from plain values and kept for them (`core.drawn`)."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any

from django import template
from django.db.models import Model

from config.templatetags.acuerda import choice_words, picked
from core.drawn import drawn
from core.pages import language

register = template.Library()


def state(record: Any, field: str) -> tuple[str, str]:
    """(code, words) of a field with choices."""
    return worded(type(record), field, str(getattr(record, field)), language())


@lru_cache(maxsize=500)
def worded(model: type[Model], field: str, code: str, language: str) -> tuple[str, str]:
    """What `state` gives: one of the few that there are."""
    return code, str(choice_words(model, field).get(code, code))


@register.simple_tag
def proposal_entry(proposal: Any, level: int = 2) -> str:
    """A proposal with `asking`, `asked`, `answered` and `late` (`proposals.views.complete`)."""
    title, lang = picked(proposal, "title")
    return drawn(
        "proposals/public/parts/entry.html",
        folio=proposal.folio,
        url=proposal.get_absolute_url(),
        states=(state(proposal, "status"), *([state(proposal, "reading")] if proposal.reading not in ("", "waiting") else [])),
        is_sample=proposal.is_sample,
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
        status=state(agreement, "status"),
        is_sample=agreement.is_sample,
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
