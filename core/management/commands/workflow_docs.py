"""Writes docs/workflow.md from the tables of steps, which pages, admin and tests read too."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import override

from core.workflow import Transition, Workflow, registered

HEAD = """# Steps

Statuses change only through these steps, from every door: page, administration, import, command. An illegal one is refused
with a sentence. Each step is one row of a table in an app's `workflow` package; this file is written from the tables by
`manage.py workflow_docs` and a test keeps it true.

“—” under *from*: the step makes the record. “—” under *to*: the status stays, or follows from something else.
"""


def cell(text: Any) -> str:
    """A text as a cell of a table."""
    return str(text).replace("|", "\\|").replace("\n", " ") or "—"


def row(workflow: Workflow, transition: Transition) -> str:
    names = [transition.action, transition.label]
    sources = ", ".join(workflow.status_label(source) for source in transition.sources)
    if transition.sources and len(transition.sources) == len(workflow.statuses):
        sources = "any"
    target = workflow.status_label(transition.target) if transition.target is not None else ""
    who = ", ".join(str(workflow.predicates[name][1]) for name in transition.who)
    reason = "yes" if transition.needs_reason else ""
    cells = [f"`{names[0]}` {names[1]}", sources or "—", target or "—", who, reason or " ", transition.note or " "]
    return f"| {' | '.join(map(cell, cells))} |"


def lines(workflows: Iterable[Workflow]) -> Iterator[str]:
    yield HEAD
    for workflow in workflows:
        yield f"## {workflow.label}\n"
        yield f"Statuses: {', '.join(str(label) for _code, label in workflow.statuses)}.\n"
        yield "| step | from | to | who | reason | |"
        yield "|---|---|---|---|---|---|"
        for transition in workflow.transitions:
            yield row(workflow, transition)
        yield ""


def document() -> str:
    """The whole file, in English whatever the language of the moment."""
    with override("en"):
        return "\n".join(lines(registered())).rstrip("\n") + "\n"


class Command(BaseCommand):
    help = "Write docs/workflow.md from the tables of steps."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="only say whether the file is up to date")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(settings.BASE_DIR, "docs", "workflow.md")
        text = document()
        same = path.exists() and path.read_text(encoding="utf-8") == text
        if options["check"] and not same:
            raise CommandError("docs/workflow.md differs from the tables of steps: run manage.py workflow_docs.")
        if not same:
            path.write_text(text, encoding="utf-8")
        self.stdout.write("docs/workflow.md is up to date." if same else "docs/workflow.md was written.")
