"""`manage.py erase_person KEY`: erase what is held about a person (forum.workflow.erasing)."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import erasing
from core.events import SYSTEM
from core.workflow import StepRefused
from forum.models import Person
from forum.workflow import erase_person


class Command(BaseCommand):
    help = str(gettext_lazy("Erases what is held about a person. Public acts stand, and say since when the data are gone."))

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("key", metavar="KEY", help="key of the person, such as p-0123456789ab")
        parser.add_argument("--reason", default="", help="why; it stays in the record for good, so name no person")
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args: Any, **options: Any) -> None:
        person = Person.objects.filter(key=options["key"]).first() if "\x00" not in options["key"] else None
        if person is None:
            raise CommandError(_("There is no person with the key “%(key)s”.") % {"key": options["key"]})
        if not options["yes"] and self.stdin_says_no(person):
            raise CommandError(_("Nothing was changed."))
        try:
            done = erase_person(person=person, actor=SYSTEM, reason=options["reason"])
        except StepRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        erasing.leave_nothing_behind()
        self.stdout.write(
            _("%(key)s: suppressed. Rows of imports: %(rows)s; files: %(files)s; accounts: %(accounts)s.")
            % {"key": person.key, "rows": done.rows, "files": done.files, "accounts": done.accounts}
        )
        for place in done.left:
            self.stdout.write(_("Still written in a text, to be judged by a person: %(place)s") % {"place": place})
        for paper in done.papers:
            self.stdout.write(_("Look at this paper: %(paper)s") % {"paper": paper})

    def stdin_says_no(self, person: Person) -> bool:
        """Ask on a terminal; a script that gives the key has made up its mind."""
        if not sys.stdin.isatty():
            return False
        parts = ", ".join(str(part.key) for part in person.participations.all())
        question = _("Erase %(key)s (%(parts)s) for good? Write the key again: ") % {"key": person.key, "parts": parts}
        return input(question).strip() != person.key
