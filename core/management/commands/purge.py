"""`manage.py purge [--dry-run]`: forget what has been kept long enough (core.retention)."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import retention


class Command(BaseCommand):
    help = str(gettext_lazy("Forgets personal data that have been kept long enough, by the table of the privacy page."))

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say how many there are")

    def handle(self, *args: Any, **options: Any) -> None:
        for each in retention.purge(dry_run=options["dry_run"]):
            self.stdout.write(f"{each.rule.code:<12} {each.number:>7}  {each.rule.what}")
        if options["dry_run"]:
            self.stdout.write(_("Nothing was changed."))
