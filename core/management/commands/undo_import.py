"""`manage.py undo_import KEY`: takes an import back as a whole, or says what stands against it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from core.events import SYSTEM
from core.imports.undo import UndoRefused, undo
from core.models import ImportBatch
from core.workflow import StepRefused


class Command(BaseCommand):
    help = "Removes what an import created and puts back what it changed, all of it or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("key", metavar="KEY", help="the key of the import, imp-…")

    def handle(self, *args: Any, **options: Any) -> None:
        batch = ImportBatch.objects.filter(key=options["key"]).first()
        if batch is None:
            raise CommandError(_("There is no import “%(key)s”.") % {"key": options["key"]})
        try:
            undo(batch=batch, actor=SYSTEM)
        except UndoRefused as error:
            for each in error.obstacles:
                self.stdout.write(f"{each.number} {each.key}: {each.reason}")
            raise CommandError(str(error)) from error
        except StepRefused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(_("The import was undone."))
