"""Write the search index and the index of names anew: after an upgrade that changes what is found, or to be sure."""

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand
from django.db import transaction

from core import search
from core.imports import candidates


class Command(BaseCommand):
    help = "Writes the search index anew from all public records, and the index by which imports find records by their names."

    def handle(self, *args: Any, **options: Any) -> None:
        models = [model for model in apps.get_models() if hasattr(model, "search_entry")]
        with transaction.atomic():
            number = search.rebuild(models)
            candidates.rebuild()
        self.stdout.write(f"{number} records can be found.")
