"""Doors that end a proposal or tie it to others: withdraw, merge, split, link, present again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.events import SYSTEM
from core.workflow import changing, step
from forum.models import Edition
from proposals import acts
from proposals.models import Proposal, ProposalLink
from proposals.models.proposals import ProposalLinkKind, ProposalStatus
from proposals.permissions import is_organizer_of, is_proponent_of, may_propose_in
from proposals.workflow.proposal import LINKS, create_proposal, publish
from proposals.workflow.shared import holding, now_or, recall_open, refuse_unless, settle
from proposals.workflow.tables import BEFORE_AGREED, PROPOSAL

#: What a part of a split proposal takes over from it unless it is given.
INHERITED = ("topic", "table", "policy_moment")
INHERITED_LINKS = ("proponents", "addressees", "antecedents", "recommendations", "states", "speakers")


def _end(proposal: Proposal, action: str, *, actor: Any, reason: str, at: dt.datetime, others: Iterable[Proposal] = ()) -> None:
    """Take a step that ends a proposal, recall what is open, enter it in the ledger. The proposal is locked already."""
    with step(PROPOSAL, proposal, action, actor=actor, reason=reason, at=at) as change:
        folios = [other.folio for other in others]
        change.note("others", [], folios)
    recall_open(proposal, reason=reason.strip(), at=at)
    settle(proposal.pk, at=at)
    proposal.refresh_from_db()
    acts.enter_retraction(proposal, proposal.status, at=at, reason=reason.strip(), others=others)


def withdraw(*, proposal: Proposal, actor: Any, reason: str, at: dt.datetime | None = None) -> None:
    """Withdraw a proposal before it is agreed. Open referrals are recalled; what was published stays public."""
    with holding(proposal.pk):
        _end(proposal, "withdraw", actor=actor, reason=reason, at=now_or(at))


def merge(*, proposal: Proposal, into: Proposal, actor: Any, reason: str, at: dt.datetime | None = None) -> None:
    """Merge (acumular) a proposal into another of the same edition, whose proponents its own join."""
    moment = now_or(at)
    with holding(proposal.pk, into.pk):
        into.refresh_from_db()
        refuse_unless(into.pk != proposal.pk, _("A proposal cannot be merged into itself: choose another one."))
        refuse_unless(into.edition_id == proposal.edition_id, _("Proposals of two editions cannot be merged: link them instead."))
        # Merging makes one's organization a proponent of the other proposal: nobody gives that right to themselves.
        refuse_unless(
            actor is SYSTEM or is_organizer_of(into, actor) or is_proponent_of(into, actor),
            _("A delegate merges proposals of the same organization; ask an organizer for others."),
            "not_yours",
        )
        refuse_unless(
            into.status in (*BEFORE_AGREED, ProposalStatus.AGREED),
            _("Proposal %(folio)s is “%(status)s”: nothing can be merged into it.")
            % {"folio": into.folio, "status": into.get_status_display()},
        )
        refuse_unless(
            proposal.published_at is None or into.is_public,
            _("Proposal %(folio)s is not public, and this one is: submit it first.") % {"folio": into.folio},
        )
        _end(proposal, "merge", actor=actor, reason=reason, at=moment, others=[into])
        ProposalLink.objects.get_or_create(proposal=proposal, other=into, kind=ProposalLinkKind.MERGED_INTO)
        with changing(into, "take_in", actor=SYSTEM, reason=proposal.folio, at=moment) as change:
            for name in ("proponents", "antecedents", "recommendations", "states", "speakers"):
                both = {row.pk: row for record in (into, proposal) for row in getattr(record, name).all()}
                change.set_links(name, both.values())


def split(
    *, proposal: Proposal, parts: list[dict[str, Any]], actor: Any, reason: str, at: dt.datetime | None = None
) -> list[Proposal]:
    """Split a proposal in two or more. Each part is a dict of columns and links; what it leaves out is taken over.

    Parts of a published proposal are submitted at once, so that nothing disappears from the public.
    """
    moment = now_or(at)
    if len(parts) < 2:
        raise ValidationError({"parts": _("A proposal is split into two parts at least: write the others.")})
    with holding(proposal.pk):
        proposal.refresh_from_db()
        refusal = PROPOSAL.refusal(proposal, "split", actor, reason)
        if refusal is not None:
            raise refusal
        made = []
        for part in parts:
            links = {name: part.get(name, getattr(proposal, name).all()) for name in INHERITED_LINKS}
            values = {name: getattr(proposal, name) for name in INHERITED}
            values |= {name: value for name, value in part.items() if name not in LINKS}
            new = create_proposal(edition=proposal.edition, actor=actor, values=values, at=moment, **links)
            ProposalLink.objects.create(proposal=new, other=proposal, kind=ProposalLinkKind.SPLIT_FROM)
            made.append(new)
        _end(proposal, "split", actor=actor, reason=reason, at=moment, others=made)
        if proposal.published_at is not None:
            for new in made:
                publish(proposal=new, actor=actor, at=moment)
    return made


def link_proposals(*, proposal: Proposal, other: Proposal, kind: str, actor: Any, at: dt.datetime | None = None) -> ProposalLink:
    """Say that a proposal is similar to another one, or presents it again. The other links come from their own steps."""
    refuse_unless(
        kind in (ProposalLinkKind.SIMILAR_TO, ProposalLinkKind.RE_PRESENTS),
        _("A link of this kind follows from merging or splitting: it is not made by hand."),
    )
    refuse_unless(
        actor is SYSTEM or Proposal.objects.visible_to(actor).filter(pk=other.pk).exists(),
        _("There is no such record, or it is not public."),
        "not_yours",
    )
    with step(PROPOSAL, proposal, "link", actor=actor, at=at) as change:
        link = ProposalLink(proposal=change.record, other=other, kind=kind)
        link.full_clean()
        link.save()
        change.note(kind, None, other.folio)
    return link


def present_again(*, proposal: Proposal, edition: Edition, actor: Any, at: dt.datetime | None = None) -> Proposal:
    """Present the proposal again in another edition: a draft with the same text and proponents, and a link to this one."""
    moment = now_or(at)
    refuse_unless(edition.pk != proposal.edition_id, _("A proposal is presented again in another edition: choose one."))
    refuse_unless(
        actor is SYSTEM or may_propose_in(edition, actor), _("You cannot bring proposals into that edition."), "not_yours"
    )
    with holding(proposal.pk), step(PROPOSAL, proposal, "present_again", actor=actor, at=moment) as change:
        values: Mapping[str, Any] = {**change.record.text_values(), "topic": change.record.topic}
        links = {name: getattr(change.record, name).all() for name in INHERITED_LINKS if name != "speakers"}
        new = create_proposal(edition=edition, actor=actor, values=values, at=moment, **links)
        ProposalLink.objects.create(proposal=new, other=change.record, kind=ProposalLinkKind.RE_PRESENTS)
        change.note("presented_again", None, new.folio)
    return new
