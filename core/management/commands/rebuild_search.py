"""Write the search index anew: after an upgrade that changes what is found, or to be sure."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from core import search


class Command(BaseCommand):
    help = "Writes the search index anew from all public records."

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            number = search.rebuild(search.searched())
        self.stdout.write(f"{number} records can be found.")
