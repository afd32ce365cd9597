"""Write the search index and the index of names anew: after an upgrade that changes what is found, or to be sure."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from core import search
from core.imports import candidates


class Command(BaseCommand):
    help = "Writes the search index anew from all public records, and the index by which imports find records by their names."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="change nothing, fail where an entry is not what its record says"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["check"]:
            found = search.differences()
            for record in found:
                self.stdout.write(record)
            if found:
                raise CommandError(f"{len(found)} entries are not what their records say: run rebuild_search.")
            self.stdout.write("Every entry is what its record says.")
            return
        with transaction.atomic():
            number = search.rebuild(search.searched())
            candidates.rebuild()
        self.stdout.write(f"{number} records can be found.")
