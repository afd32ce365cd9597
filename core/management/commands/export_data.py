"""`manage.py export_data KIND OUT.{csv,xlsx,json}`: records as a file that can be imported again unchanged."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from core.events import SYSTEM
from core.imports.problems import FileRefused
from core.imports.registry import kinds
from core.imports.writer import run_export


class Command(BaseCommand):
    help = "Writes all records of a kind. The ending of the file's name chooses CSV, XLSX or JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", metavar="KIND", help=", ".join(kinds()))
        parser.add_argument("out", metavar="OUT", type=Path, help="a file ending in .csv, .xlsx or .json")
        parser.add_argument("--edition", default="", metavar="SLUG", help="only records of this edition")
        parser.add_argument("--language", default="es", choices=["es", "en"], help="language of column names and coded words")

    def handle(self, *args: Any, **options: Any) -> None:
        out: Path = options["out"]
        try:
            data, count = run_export(
                options["kind"],
                out.suffix.lstrip(".").lower(),
                actor=SYSTEM,
                edition=options["edition"],
                language=options["language"],
            )
        except FileRefused as error:
            raise CommandError(str(error)) from error
        partial = out.with_name(out.name + ".part")
        try:
            partial.write_bytes(data)
            os.replace(partial, out)
        except OSError as error:
            partial.unlink(missing_ok=True)
            raise CommandError(_("%(path)s cannot be written: %(why)s") % {"path": out, "why": error.strerror}) from error
        self.stdout.write(_("%(kind)s: %(count)s rows in %(path)s") % {"kind": options["kind"], "count": count, "path": out})
