"""`manage.py demo`: a demonstration in an empty database; `--reset` starts it over."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from agreements.demo.load import PASSWORD
from agreements.demo.play import play
from agreements.demo.reset import is_demo, is_empty, is_only_demo, start_over
from forum.models import User


class Command(BaseCommand):
    help = (
        "Loads the founding case through the importers, makes demo accounts, and plays a sample chain through the steps. "
        "Does nothing in a database that has data. --reset starts over, in a demonstration only."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reset", action="store_true", help="delete everything of a demonstration and play it again")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.ALLOW_DEMO:
            raise CommandError(
                _("Demo accounts are refused here: set DEBUG=1 on your own machine, or ALLOW_DEMO=1 if you mean it.")
            )
        if options["reset"] and not is_empty():
            if not is_only_demo():
                raise CommandError(
                    _("This database is not a demonstration, or other accounts were made in it: --reset deletes nothing here.")
                )
            begin = time.monotonic()
            start_over()
        elif is_empty():
            begin = time.monotonic()
            play()
        else:
            if is_demo():
                self.show_accounts()
            else:
                self.stdout.write(_("This database has data and is no demonstration: nothing was changed."))
            return
        self.stdout.write(_("The demonstration is ready (%(seconds)s s).") % {"seconds": round(time.monotonic() - begin)})
        self.show_accounts()

    def show_accounts(self) -> None:
        """The accounts by kind, with the one password of all."""
        emails = list(User.objects.filter(is_demo=True).order_by("email").values_list("email", flat=True))
        officials = [email for email in emails if email.startswith("official.")]
        delegates = [email for email in emails if email.startswith("delegate.")]
        others = [email for email in emails if email not in {*officials, *delegates}]
        self.stdout.write(_("Demo accounts; the password of all is: %(password)s") % {"password": PASSWORD})
        for title, group in ((_("organizer, administrator"), others), (_("officials"), officials), (_("delegates"), delegates)):
            self.stdout.write(f"  {title}:")
            for first in range(0, len(group), 3):
                self.stdout.write("    " + "  ".join(email.ljust(34) for email in group[first : first + 3]).rstrip())
