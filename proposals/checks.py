"""What forbids issuing an opinion, and what only looks odd in it. The verdict is chosen by the body, never computed.

Both functions take the rows of criteria and conditions as dicts (from a form or a file) or as records.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from core.personal import Finding, personal_data
from proposals.models.desk import TextTemplatePlace
from proposals.models.opinions import (
    CriterionAssessmentCriterion as Criterion,
)
from proposals.models.opinions import (
    CriterionAssessmentValue as Value,
)
from proposals.models.opinions import (
    OpinionSoundness,
    OpinionVerdict,
)

Problems = dict[str, list[str]]

#: The columns that belong to one verdict only: under another verdict they are emptied when the opinion is issued.
FOLLOW_UP: dict[str, tuple[str, ...]] = {
    OpinionVerdict.MORE_INFORMATION: ("questions_text", "questions_due_on"),
    OpinionVerdict.ADDRESSED: ("programme", "programme_evidence"),
    OpinionVerdict.OUTSIDE_REMIT: ("refer_to",),
}
#: The columns that a template of the body can begin.
TEMPLATE_PLACES = tuple(TextTemplatePlace.values)
#: An assessment other than these needs a reason.
WITHOUT_REASON = (Value.FAVOURABLE, Value.NOT_APPLICABLE, Value.NOT_ASSESSED)


def value_in(row: Any, name: str) -> Any:
    """A value of a row, whether it is a dict or a record; None when it is not there."""
    return row.get(name) if isinstance(row, dict) else getattr(row, name, None)


def text_in(row: Any, name: str) -> str:
    return str(value_in(row, name) or "").strip()


def opinion_problems(opinion: Any, criteria: Iterable[Any], conditions: Iterable[Any]) -> Problems:
    """What keeps this opinion from being issued: `{field: [sentence]}`, empty when it can be.

    Fields are columns of the opinion, `criteria.<criterion>` for a criterion, `conditions` for the list of conditions and
    `conditions.<n>` for its row n, counted from 1.
    """
    problems: Problems = {}

    def add(field: str, sentence: str) -> None:
        problems.setdefault(field, []).append(sentence)

    if opinion.soundness not in OpinionSoundness.values:
        add("soundness", _("Say whether the body acknowledges the soundness of the proposal: yes or no."))
    elif opinion.soundness == OpinionSoundness.NO and not text_in(opinion, "soundness_text"):
        add("soundness_text", _("Say in words why the soundness is not acknowledged."))
    for row in criteria:
        for sentence in _criterion_problems(row):
            add(f"criteria.{text_in(row, 'criterion')}", sentence)
    verdict = opinion.verdict
    if verdict not in OpinionVerdict.values:
        add("verdict", _("Choose one of the six verdicts."))
    elif verdict == OpinionVerdict.CONDITIONAL:
        _add_condition_problems(list(conditions), add)
    elif verdict == OpinionVerdict.MORE_INFORMATION:
        if not text_in(opinion, "questions_text"):
            add("questions_text", _("Write the questions to the proponents."))
        if opinion.questions_due_on is None:
            add("questions_due_on", _("Say until when the answers are expected."))
        if opinion.supersedes is not None and opinion.supersedes.verdict != OpinionVerdict.MORE_INFORMATION:
            add("verdict", _("This body gave a final answer already: a new assessment of it is final as well."))
    elif verdict == OpinionVerdict.ADDRESSED:
        if not text_in(opinion, "programme"):
            add("programme", _("Name the programme that already addresses the proposal."))
        if not text_in(opinion, "programme_evidence"):
            add("programme_evidence", _("“Already addressed” needs proof: say what shows it, with figures, dates or documents."))
    elif verdict == OpinionVerdict.OUTSIDE_REMIT:
        if opinion.refer_to_id is None:
            add("refer_to", _("Name the agency to which the proposal should go."))
        elif opinion.refer_to_id == opinion.referral.agency_id:
            add("refer_to", _("An agency cannot refer a proposal to itself: name another one."))
    elif verdict == OpinionVerdict.NOT_FEASIBLE:
        if not text_in(opinion, "reasons"):
            add("reasons", _("“Not feasible” needs its reasons."))
        if not text_in(opinion, "legal_basis"):
            add("legal_basis", _("“Not feasible” needs its legal basis: the law and the article."))
    return problems


#: What a template leaves to be filled in.
GAP = re.compile(r"\[\[.*?\]\]", re.DOTALL)


def template_problems(opinion: Any, templates: Iterable[Any]) -> Problems:
    """Texts that came from a template of the body and were not edited: `{column: [sentence]}`."""
    problems: Problems = {}
    names = {(row.place, " ".join(row.text.split())): row.name for row in templates}
    for place in TEMPLATE_PLACES:
        text = " ".join(text_in(opinion, place).split())
        name = names.get((place, text))
        if name is not None:
            problems[place] = [
                _("This is the template “%(name)s” as it stands: write what concerns this proposal.") % {"name": name}
            ]
        elif gap := GAP.search(text[: text.rfind("]]") + 2]):
            problems[place] = [_("“%(gap)s” is still to be filled in.") % {"gap": gap.group()[:80]}]
    return problems


def personal_findings(opinion: Any, criteria: Iterable[Any], conditions: Iterable[Any]) -> list[Finding]:
    """What in an opinion looks like personal data, before everybody can read it."""
    names = ("soundness_text", "reasons", "legal_basis", "programme", "programme_evidence", "questions_text")
    texts = [text_in(opinion, name) for name in names]
    texts += [
        text_in(row, name) for row in criteria for name in ("reason", "funding_source", "other_bodies", "gender_and_inclusion")
    ]
    texts += [text_in(row, name) for row in conditions for name in ("what", "owner")]
    return personal_data("\n".join(texts))


def _criterion_problems(row: Any) -> list[str]:
    found = []
    name, value = text_in(row, "criterion"), text_in(row, "value") or Value.NOT_ASSESSED.value
    if name not in Criterion.values:
        return [_("“%(name)s” is not one of the eight criteria.") % {"name": name}]
    label = Criterion(name).label
    if value not in Value.values:
        found.append(_("“%(criterion)s”: choose one of the five assessments.") % {"criterion": label})
    elif value not in WITHOUT_REASON and not text_in(row, "reason"):
        found.append(
            _("“%(criterion)s” is assessed “%(value)s”: give the reason.") % {"criterion": label, "value": Value(value).label}
        )
    if value_in(row, "amount") not in (None, "") and not text_in(row, "currency"):
        found.append(_("“%(criterion)s” names an amount: say in which currency, for example MXN.") % {"criterion": label})
    return found


def _add_condition_problems(conditions: list[Any], add: Any) -> None:
    if not conditions:
        add("conditions", _("“Feasible with conditions” needs at least one condition: what, and who sees to it."))
    for number, row in enumerate(conditions, start=1):
        if not text_in(row, "what"):
            add(f"conditions.{number}", _("Condition %(number)s: say what has to be done.") % {"number": number})
        if not text_in(row, "owner"):
            add(f"conditions.{number}", _("Condition %(number)s: say who sees to it.") % {"number": number})


def opinion_warnings(opinion: Any, criteria: Iterable[Any], conditions: Iterable[Any] = ()) -> list[str]:
    """Sentences about criteria that contradict the verdict. They never keep an opinion from being issued."""
    values = {text_in(row, "criterion"): text_in(row, "value") for row in criteria}
    reform = any(value_in(row, "needs_legal_reform") for row in criteria if text_in(row, "criterion") == Criterion.LEGAL)
    named = {name: Criterion(name).label for name in values if name in Criterion.values}
    verdict = opinion.verdict
    warnings = []
    if verdict in (OpinionVerdict.FEASIBLE, OpinionVerdict.CONDITIONAL):
        for name, label in named.items():
            if values[name] == Value.UNFAVOURABLE:
                warnings.append(
                    _("“%(criterion)s” is unfavourable, and the verdict is “%(verdict)s”.")
                    % {"criterion": label, "verdict": OpinionVerdict(verdict).label}
                )
    if verdict == OpinionVerdict.FEASIBLE:
        for name, label in named.items():
            if values[name] == Value.RESERVATIONS:
                warnings.append(
                    _("“%(criterion)s” has reservations: perhaps the verdict is “feasible with conditions”.")
                    % {"criterion": label}
                )
        if reform:
            warnings.append(_("The proposal needs a legal reform, and the verdict is “feasible” without conditions."))
    assessed = [value for name, value in values.items() if name in named and value not in ("", *WITHOUT_REASON[1:])]
    if verdict == OpinionVerdict.NOT_FEASIBLE and assessed and set(assessed) == {Value.FAVOURABLE}:
        warnings.append(_("Every criterion that was assessed is favourable, and the verdict is “not feasible”."))
    remit = values.get(Criterion.LEGAL_REMIT)
    if verdict == OpinionVerdict.OUTSIDE_REMIT and remit == Value.FAVOURABLE:
        warnings.append(_("The legal remit is favourable, and the verdict is “outside remit”."))
    if verdict == OpinionVerdict.NOT_FEASIBLE and remit == Value.UNFAVOURABLE:
        warnings.append(_("The legal remit is unfavourable: perhaps the verdict is “outside remit”."))
    return warnings
