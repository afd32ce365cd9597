"""Count the kept figures anew, or compare them with a recount: after a restore by hand, or to be sure."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import rolls, tally, tally_triggers


class Command(BaseCommand):
    help = "Counts the kept figures anew from the records, and writes the rolls of the lists; with --check only says where they differ."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="change nothing, fail where a figure is not what a recount gives"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["check"]:
            found = tally.differences()
            for figure, key, held, real in found:
                self.stdout.write(f"{figure} {key}: {held} is kept, {real} is right")
            strayed = rolls.differences()
            for roll, missing, wrong in strayed:
                self.stdout.write(f"roll {roll}: {missing} entries are missing, {wrong} should not be there")
            if found or strayed or not tally_triggers.is_installed():
                raise CommandError(
                    f"{len(found)} sums and {len(strayed)} rolls are wrong or the triggers are missing: run rebuild_figures."
                )
            self.stdout.write("Every figure and every roll is what a recount gives.")
            return
        if not tally_triggers.is_installed():
            tally_triggers.install()
        self.stdout.write(f"{tally.rebuild()} sums and {rolls.rebuild()} entries of rolls are kept.")
