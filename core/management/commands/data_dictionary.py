"""Write docs/data-dictionary.md from the models, or check that it is true."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.dictionary import document


class Command(BaseCommand):
    help = "Writes docs/data-dictionary.md from the models; --check only compares."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(settings.BASE_DIR, "docs", "data-dictionary.md")
        text = document()
        if options["check"]:
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                raise CommandError("docs/data-dictionary.md is not what the models say: run manage.py data_dictionary.")
            return
        path.write_text(text, encoding="utf-8")
        self.stdout.write(f"{path}: written.")
