"""WSGI entry point: `granian --interface wsgi config.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

from core import checks  # noqa: E402 (the models are there only now)
from core.outbox import postman  # noqa: E402

checks.refuse_unsafe()
postman.start()
