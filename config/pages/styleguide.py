"""The living page of the components: each once, as it looks, with sample values. For staff, and while developing."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from agreements.models.commitments import Light
from config.looks import LOOKS
from core.charts import Bars, Kind, Row, stacked_bars
from core.differences import pieces
from core.facets import Choice
from core.listing import Pill
from core.pages import reader
from core.paging import Page
from core.timeline import Change, Entry
from core.trace import Item, Step
from forum.models import Agency, Organization
from proposals.models import Opinion, Proposal, Referral

DAY = dt.date(2026, 3, 2)
COLOURS = ("paper", "sheet", "sunk", "ink", "soft", "rule", "edge", "link", "cord", "folio")
TONES = ("good", "calm", "care", "bad", "dim", "mark")


def sample_bodies() -> tuple[Agency, Organization]:
    """An agency and an organization that are in no table."""
    agency = Agency(
        pk=0, key="SRE", acronym="SRE", name_es="Secretaría de Relaciones Exteriores", name_en="Ministry of Foreign Affairs"
    )
    agency.successor_acronym = "SREX"
    return agency, Organization(pk=0, key="ORG-01", name="Federación de muestra 01", source="sample")


def sample_answers(agency: Agency) -> list[dict[str, Any]]:
    """Arguments of three opinion cards: an answer, a silence, and time left."""
    others = [Agency(pk=0, key=key, acronym=key, name_es=f"Instituto {key}") for key in ("IFE", "IME")]
    referrals = [
        Referral(agency=body, folio=f"FM1-01.1-{body.key}", sent_on=DAY, due_on=DAY + dt.timedelta(days=28), status="pending")
        for body in (agency, *others)
    ]
    opinion = Opinion(
        folio="FM1-01.1-SRE-D1",
        verdict="conditional",
        soundness="yes",
        status="issued",
        issued_at=timezone.now(),
        signatory_post="Dirección General",
        source="sample",
    )
    return [
        {"referral": referrals[0], "opinion": opinion, "late": 2},
        {"referral": referrals[1], "opinion": None, "late": 12},
        {"referral": referrals[2], "opinion": None, "late": 0},
    ]


def sample_trace() -> list[Step]:
    return [
        Step("antecedent", "Antecedents", [Item("1ª Cumbre de Comunidades Migrantes", "#trace", lang="es")]),
        Step("proposal", "Proposals", [Item("FM1-01", "#trace"), Item("FM1-04", "#trace")]),
        Step("opinion", "Opinions", [Item("IFE", "#trace", "feasible"), Item("SRE", "#trace", "no answer")]),
        Step("agreement", "Agreement", [Item("FM1-A-01", "#trace")], here=True),
        Step("commitment", "Commitments", [Item("FM1-A-01-C1", "#trace", "late")]),
        Step("meeting", "Meetings", empty="No meeting has been held."),
        Step("report", "Reports", empty="No report has been filed."),
    ]


def sample_entries() -> list[Entry]:
    change = Change("Due date", "1 March 2026", "15 April 2026")
    moved = Entry(
        timezone.now(), "extend", "extended", "FM1-01.1-SRE", "", "organizer: FM1", "page", "A session fell out.", [change]
    )
    return [moved, Entry(timezone.now(), "create", "entered", "FM1-01.1-SRE", "", "the application", "import", "", [])]


def sample_list() -> dict[str, Any]:
    """What stands around a list: choices of which one is chosen, what else it is narrowed down to, the way on."""
    counts = {"late": (3, True), "due_soon": (1, True), "fulfilled": (1000, False)}
    choices = [
        Choice(code, Light(code).label, "#filters", number, exact, chosen=code == "late")
        for code, (number, exact) in counts.items()
    ]
    return {"choices": choices, "pills": [Pill("Public body", "IFE", "#filters")], "page": Page([], "next", first=True)}


def sample_chart() -> Bars:
    kinds = [Kind("fulfilled", "fulfilled", "good", "plain", "#filters"), Kind("late", "late", "bad", "stripes", "#filters")]
    rows = [Row("IFE", {"fulfilled": 3, "late": 1}, "#filters"), Row("SRE", {"fulfilled": 2}, "#filters")]
    words = ("How the promises stand", "Six commitments, one of them late.")
    return stacked_bars("sample", *words, kinds, rows, first_column="Body", last_column="Total")


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component with every state it knows."""
    if not settings.DEBUG and not getattr(reader(request), "is_staff", False):
        raise Http404
    agency, organization = sample_bodies()
    commitments = [
        SimpleNamespace(folio=f"FM1-A-01-C{number}", light=light, get_absolute_url="#knots")
        for number, light in enumerate(Light.values, start=1)
    ]
    context = {
        "colours": COLOURS,
        "tones": TONES,
        "codes": list(LOOKS),
        "lights": Light.values,
        "verdicts": Opinion.Verdict.values,
        "readings": [value for value in Proposal.Reading.values if value],
        "agency": agency,
        "organization": organization,
        "answers": sample_answers(agency),
        "steps": sample_trace(),
        "entries": sample_entries(),
        "commitments": commitments,
        "rows": [
            {"label": "Who with whom", "text": "Federación de muestra 01, with IFE and SRE"},
            {"label": "What", "text": "Two pilot voter-card offices"},
            {"label": "By when", "text": "15 October 2026"},
            {"label": "How it stands", "text": "late, 12 days"},
        ],
        "figures": [
            {"number": 2, "of": 7, "label": "fulfilled", "url": "#figures", "code": "fulfilled"},
            {"number": 1, "label": "late", "url": "#figures", "code": "late"},
        ],
        "bars": [
            {"label": "feasible", "number": 5, "url": "#bars", "code": "feasible"},
            {"label": "not feasible", "number": 2, "url": "#bars", "code": "not_feasible"},
        ],
        **sample_list(),
        "texts": SimpleNamespace(title_es="Dos módulos piloto de credencialización", title_en=""),
        "pieces": pieces("The offices open in two consulates.", "The offices open in three consulates."),
        "chart": sample_chart(),
        "today": DAY,
        "later": DAY + dt.timedelta(days=40),
    }
    return render(request, "config/public/styleguide.html", context)
