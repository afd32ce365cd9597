"""`manage.py import_data KIND FILE`: rows of a CSV, XLSX or JSON file become records."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from core.events import SYSTEM, acting_from
from core.imports.doubts import Doubt, doubts_of, is_answered, mark_of
from core.imports.plan import Plan
from core.imports.problems import FileRefused
from core.imports.registry import kinds
from core.imports.runner import Run, opened, run_import
from core.imports.settling import EVERY, NEW, SAME
from core.imports.writer import write_report
from core.models.event import Origin
from core.personal import PAPERS

SIMILAR = {"ask": {}, "same": {EVERY: SAME + EVERY}, "new": {EVERY: NEW}}


class Command(BaseCommand):
    help = (
        "Imports a file. Good rows go in and refused ones are reported, each with row, column, value, reason and remedy; "
        "the same file again changes nothing. The exit status is 1 when a row was refused."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", metavar="KIND", help=", ".join(kinds()))
        parser.add_argument("file", metavar="FILE", type=Path, help="CSV, XLSX or JSON, with Spanish or English column names")
        parser.add_argument("--edition", default="", metavar="SLUG", help="the edition that the rows belong to")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and change nothing")
        parser.add_argument("--report", type=Path, metavar="OUT.csv", help="write the rows that did not go in, with the reasons")
        parser.add_argument(
            "--similar",
            choices=["ask", "same", "new"],
            default="ask",
            help="rows whose name is that of a record under another key: they wait (ask), are the one that alone is proposed, or new",
        )
        parser.add_argument(
            "--looked-at",
            default="",
            metavar="MARK",
            help="what looks like personal data may stay: the mark that the command gave with the passages",
        )
        parser.add_argument("--all-or-nothing", action="store_true", help="one refused row keeps all others out")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            data = path.read_bytes()
        except OSError as error:
            raise CommandError(_("%(path)s cannot be read: %(why)s") % {"path": path, "why": error.strerror}) from error
        try:
            with acting_from(Origin.COMMAND):
                file: dict[str, Any] = {"name": path.name, "data": data, "actor": SYSTEM, "edition": options["edition"]}
                plan = Plan(decisions=SIMILAR[options["similar"]])
                resource, table = opened(options["kind"], plan=plan, **file)
                self.ask(doubts_of(resource, table, plan), options["looked_at"], dry_run=options["dry_run"])
                run = run_import(
                    options["kind"],
                    **file,
                    table=table,
                    dry_run=options["dry_run"],
                    all_or_nothing=options["all_or_nothing"],
                    plan=plan,
                    progress=self.progress if sys.stderr.isatty() else None,
                )
        except FileRefused as error:
            raise CommandError(str(error)) from error
        self.show(run)
        if options["report"]:
            try:
                options["report"].write_bytes(write_report(run))
            except OSError as error:
                raise CommandError(
                    _("%(path)s cannot be written: %(why)s") % {"path": options["report"], "why": error.strerror}
                ) from error
        if run.refused:
            raise SystemExit(1)

    def ask(self, doubts: list[Doubt], mark: str, *, dry_run: bool) -> None:
        """What looks like personal data is told. Numbers of papers, which we never collect, stay out until somebody has looked at
        them, as at the desk and in the admin; an address in a text only is told: nobody sits before a script to confirm it."""
        for each in doubts:
            words = {"header": each.header, "number": each.number, **vars(each.finding)}
            self.stderr.write(_("This looks like personal data: “%(header)s”, row %(number)s: %(passage)s (%(kind)s)") % words)
        papers = any(each.finding.code in PAPERS for each in doubts)
        if papers and not dry_run and not is_answered(doubts, mark):
            raise CommandError(
                _("Nothing was imported. Take these passages out of the file, or say that they may stay: --looked-at %(mark)s")
                % {"mark": mark_of(doubts)}
            )

    def progress(self, done: int, of: int) -> None:
        if done == of or done % 25 == 0:
            self.stderr.write(f"\r{done}/{of}", ending="\n" if done == of else "")

    def show(self, run: Run) -> None:
        for note in run.notes:
            self.stdout.write(note)
        for row in run.refused:
            for problem in row.problems:
                place = [_("row %(number)s") % {"number": row.row.number}]
                if problem.column:
                    place.append(_("column %(column)s") % {"column": problem.column})
                if problem.value:
                    place.append(_("value “%(value)s”") % {"value": shortened(problem.value)})
                self.stdout.write(f"{', '.join(place)}: {problem.reason} {problem.remedy}".rstrip())
        line = f"{run.kind}: {run.summary}"
        if run.dry_run:
            line += " " + _("(dry run: nothing was written)")
        elif run.all_or_nothing and run.refused:
            line += " " + _("(all or nothing: nothing was written)")
        self.stdout.write(line)


def shortened(text: str, most: int = 80) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
