"""The official's one page: the proposal above, the opinion below; preview and signature; and the small steps beside it."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from core.differences import pieces
from core.timeline import timeline
from core.workspace import REFUSED, attempt, done, sent, show_form, step_buttons, workspace_page
from forum.models import Role
from proposals import queries as read
from proposals.checks import FOLLOW_UP, opinion_problems, opinion_warnings, personal_findings, template_problems
from proposals.models import Attachment, Condition, InternalPosition, Opinion, Proposal, Referral
from proposals.record import answers_of, clocks_for, related_to
from proposals.similar import similar_to
from proposals.workflow import OPINION, REFERRAL, issue, save_draft, start_opinion
from proposals.workspace.access import officials_only, own_referral
from proposals.workspace.desk import insert_template, templates_for
from proposals.workspace.opinion_form import OpinionForm
from proposals.workspace.queue import next_of, progress
from proposals.workspace.referral_forms import IssueForm, PositionForm

COMPARED = ("title_es", "problem_es", "petition_es", "expected_result_es", "title_en", "problem_en", "petition_en")


def draft_of(referral: Referral) -> Any:
    """The draft of the body, None when there is none."""
    return opinions_of_body(referral).filter(status=Opinion.Status.DRAFT).first()


def opinions_of_body(referral: Referral) -> Any:
    rows = Opinion.objects.filter(referral=referral).select_related("refer_to", "supersedes", "drafted_by")
    return rows.prefetch_related("criteria", "conditions").order_by("number")


def write(*, referral: Referral, form: OpinionForm, actor: Any) -> Any:
    """The draft as the form has it: begun now when there is none, refused when somebody wrote in it since the form was opened."""
    with transaction.atomic():
        draft = start_opinion(referral=referral, actor=actor)
        save_draft(
            opinion=draft,
            actor=actor,
            values=form.columns(),
            criteria=form.criteria(),
            conditions=form.conditions(),
            revision=form.revision,
        )
    return draft


@workspace_page
def review(request: HttpRequest, folio: str) -> HttpResponse:
    """Read the proposal, write the opinion: save, save and go on, or save and see what the public will read."""
    referral = own_referral(request, folio)
    form = OpinionForm(sent(request), record=draft_of(referral), agency=referral.agency)
    if "more" in request.POST:
        form.add_rows()
    elif "template" in request.POST:
        insert_template(form, request.POST["template"], templates_for(referral, request.user))
    elif form.is_valid() and attempt(form, write, referral=referral, form=form, actor=request.user):
        sentence = _("The draft of %(folio)s is saved.") % {"folio": referral.folio}
        if "preview" in request.POST:
            return redirect("workspace:review_preview", referral.folio)
        if "next" in request.POST:
            after = next_of(officials_only(request), referral)
            if after is not None:
                return done(request, sentence, "workspace:review", after.folio)
            return done(request, sentence, "workspace:queue")
        return done(request, sentence, "workspace:review", referral.folio)
    return review_page(request, referral, form)


@workspace_page(methods=("POST",))
def review_autosave(request: HttpRequest, folio: str) -> HttpResponse:
    """Save what is typed without leaving the page: JSON with the new revision, or why it was not saved (409, 422).

    What a colleague wrote meanwhile is never replaced this way: the page says so, and saving it shows both texts.
    """
    referral = own_referral(request, folio)
    form = OpinionForm(request.POST, record=draft_of(referral), agency=referral.agency)
    if form.is_valid() and attempt(form, write, referral=referral, form=form, actor=request.user):
        return JsonResponse({"revision": form.result.revision})
    status = 409 if form.stale_rows else REFUSED
    return JsonResponse({"problems": [error.sentence for error in form.error_list]}, status=status)


def may_see_others(referral: Referral, issued: list[Any]) -> bool:
    """Where the edition says so, a body reads the others' opinions here only after it has issued its own."""
    return bool(issued) or not referral.event_edition.own_opinion_first


def review_page(request: HttpRequest, referral: Referral, form: Any, position: Any = None, failed: Any = None) -> HttpResponse:
    """Everything that an official needs to answer, on one page."""
    user, edition = request.user, referral.event_edition
    agencies = officials_only(request)
    draft = form.record if form.record is not None and form.record.pk else None
    answers = answers_of(referral.proposal, user, edition.today())
    issued = [opinion for opinion in opinions_of_body(referral) if opinion.status != Opinion.Status.DRAFT]
    position = position or PositionForm(prefix="position")
    position.action = reverse("workspace:review_position", args=[referral.folio])
    context = {
        "referral": referral,
        "proposal": referral.proposal,
        "version": referral.version,
        "edition": edition,
        "mine": next(answer for answer in answers if answer.referral.pk == referral.pk),
        "others": [a for a in answers if a.referral.pk != referral.pk and a.referral.version_id == referral.version_id],
        "earlier": earlier_answer(referral, answers),
        "shows_others": may_see_others(referral, issued),
        "similar": similar_to(referral.proposal, user),
        "attachments": Attachment.objects.visible_to(user).filter(proposal=referral.proposal).order_by("id"),
        "templates": templates_for(referral, user),
        "related": related_to(referral.proposal, read.links(user, referral.proposal.pk)),
        "proponents": referral.proposal.proponents.all(),
        "states": referral.proposal.states.order_by("sort"),
        "antecedents": referral.proposal.antecedents.order_by("starts_on", "key"),
        "form": form,
        "draft": draft,
        "issued": issued,
        "can_write": draft is not None or REFERRAL.refusal(referral, "answer", user) is None,
        "refusal": REFERRAL.refusal(referral, "answer", user),
        "again": again_buttons(issued, user, failed),
        "steps": referral_buttons(referral, user, failed),
        "positions": InternalPosition.objects.visible_to(user).filter(referral=referral).select_related("author"),
        "position_form": position,
        "progress": progress(agencies),
        "next": next_of(agencies, referral),
        "timeline": timeline(referral, workflows=[REFERRAL]),
        **clocks_for(referral, answers),
    }
    refused = (form.is_bound and form.errors) or position.errors or failed
    return render(request, "proposals/workspace/review.html", context, status=REFUSED if refused else 200)


def earlier_answer(referral: Referral, answers: list[Any]) -> dict[str, Any] | None:
    """What this body was asked about before this version, and how the text differs from that one."""
    before = [
        answer
        for answer in answers
        if answer.referral.agency_id == referral.agency_id and answer.referral.version.number < referral.version.number
    ]
    if not before:
        return None
    old = before[-1].referral.version
    changed = []
    for name in COMPARED:
        was, now = getattr(old, name), getattr(referral.version, name)
        if was != now:
            changed.append((Proposal._meta.get_field(name).verbose_name, pieces(was, now)))
    return {"answer": before[-1], "version": old, "changed": changed}


def referral_buttons(referral: Referral, user: Any, failed: Any = None) -> list[Any]:
    """The steps of the referral beside the opinion itself."""
    folio = referral.folio
    return step_buttons(
        REFERRAL,
        referral,
        user,
        url=lambda action: reverse("workspace:review_step", args=[folio, action]),
        pages={
            "ask": reverse("workspace:review_ask", args=[folio]),
            "refer_onward": reverse("workspace:review_onward", args=[folio]),
        },
        leave_out={"answer", "add_position", "set_liaisons", "answer_clarification", "extend", "recall", "reopen"},
        failed=failed,
    )


def again_buttons(issued: list[Any], user: Any, failed: Any = None) -> list[Any]:
    """“Assess again” on the opinion in force."""
    in_force = next((opinion for opinion in issued if opinion.status == Opinion.Status.ISSUED), None)
    if in_force is None:
        return []
    return step_buttons(
        OPINION,
        in_force,
        user,
        url=lambda action: reverse("workspace:opinion_again", args=[in_force.folio]),
        leave_out={"set_condition", "release"},
        failed=failed,
    )


def as_issued(draft: Opinion) -> Opinion:
    """The draft as it will read when it is issued: without what was written for another verdict. Nothing is saved."""
    for verdict, columns in FOLLOW_UP.items():
        if draft.verdict != verdict:
            for column in columns:
                setattr(draft, column, None if Opinion._meta.get_field(column).null else "")
    if draft.verdict != Opinion.Verdict.CONDITIONAL:
        getattr(draft, "_prefetched_objects_cache", {}).pop("conditions", None)
        prefetch_related_objects([draft], Prefetch("conditions", Condition.objects.none()))
    return draft


@workspace_page
def review_preview(request: HttpRequest, folio: str) -> HttpResponse:
    """What the public will read, what is missing, what looks odd; and the signature."""
    referral = own_referral(request, folio)
    draft = draft_of(referral)
    if draft is None:
        return redirect("workspace:review", referral.folio)
    role = Role.objects.filter(user=request.user, agency=referral.agency_id).first()
    form = IssueForm(sent(request), record=draft, initial={"post": role.post if role else ""})
    if form.is_valid() and attempt(
        form, issue, opinion=draft, actor=request.user, post=form.cleaned_data["post"], revision=form.revision
    ):
        sentence = _("Issued: %(folio)s.") % {"folio": draft.folio}
        after = next_of(officials_only(request), referral) if "next" in request.POST else None
        if after is not None:
            return done(request, sentence, "workspace:review", after.folio)
        return done(request, sentence, "workspace:review_issued", referral.folio)
    draft = draft_of(referral) or draft
    criteria, conditions = list(draft.criteria.all()), list(draft.conditions.all())
    places = OpinionForm(record=draft, agency=referral.agency)
    problems = [
        (places.target(name), sentence)
        for found in (
            opinion_problems(draft, criteria, conditions),
            template_problems(draft, templates_for(referral, request.user)),
        )
        for name, sentences in found.items()
        for sentence in sentences
    ]
    personal = personal_findings(draft, criteria, conditions)
    context = {
        "referral": referral,
        "proposal": referral.proposal,
        "opinion": as_issued(draft),
        "problems": problems,
        "warnings": opinion_warnings(draft, criteria, conditions),
        "personal": personal,
        "refusal": OPINION.refusal(draft, "issue", request.user),
    }
    return show_form(request, "proposals/workspace/preview.html", form, **context)
