"""`manage.py messages`: the Spanish catalogue, kept, checked and compiled without the gettext system package."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import catalogs


class Command(BaseCommand):
    help = (
        "Without an option: takes the texts of the Python files and templates into locale/es/LC_MESSAGES/django.po. "
        "English is the language of the sources, so it has no catalogue."
    )
    # Compiling must not depend on the state of anything else.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--language", default="es", help="language of the catalogue (es)")
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--compile", action="store_true", help="make the .mo files where they are missing or stale")
        what.add_argument("--check", action="store_true", help="fail with a list of what is missing or wrong; writes nothing")
        what.add_argument("--missing", metavar="OUT.json", type=Path, help="also write the untranslated messages as JSON")
        what.add_argument("--fill", metavar="IN.json", type=Path, help="also take translations from such a file")

    def handle(self, *args: Any, **options: Any) -> None:
        locale = Path(settings.LOCALE_PATHS[0])
        if options["compile"]:
            for path in catalogs.compile_all(locale):
                self.stdout.write(f"Compiled {path}.")
            return
        language = options["language"]
        path = locale / language / "LC_MESSAGES" / "django.po"
        try:
            source = catalogs.extract(Path(settings.BASE_DIR))
        except ValueError as error:
            raise CommandError(f"A source cannot be read: {error}") from error
        translated = catalogs.load(path, language)
        if options["check"]:
            return self.check_complete(path, catalogs.problems(source, translated))
        merged = catalogs.merge(source, translated)
        changed, refused = (0, [])
        if options["fill"]:
            changed, refused = catalogs.fill(merged, self.read_rows(options["fill"]))
        wrote = catalogs.save(path, merged, language)
        rows = catalogs.untranslated(merged)
        if options["missing"]:
            options["missing"].write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        if options["fill"]:
            self.stdout.write(f"{changed} translations taken from {options['fill']}, {len(refused)} refused.")
        self.stdout.write(f"{path}: {len(merged)} messages, {len(rows)} untranslated{'' if wrote else ', nothing changed'}.")
        if refused:
            raise CommandError("Refused:\n" + "\n".join(refused))

    def check_complete(self, path: Path, found: list[str]) -> None:
        if found:
            raise CommandError(f"{path}: {len(found)} problems\n" + "\n".join(found))
        self.stdout.write(f"{path} is complete.")

    def read_rows(self, path: Path) -> list[Any]:
        try:
            rows = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise CommandError(f"{path} cannot be read: {error}") from error
        if not isinstance(rows, list):
            raise CommandError(f"{path} must hold a list of rows, as --missing writes it.")
        return rows
