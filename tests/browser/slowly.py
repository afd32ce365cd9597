"""A plugin for pytest that makes the live server slow in places, at random: what a test reads too early shows then.

    DEBUG=1 .venv/bin/python -m pytest -p tests.browser.slowly tests/browser

Scripts and style sheets come late, and so does one request in three. A journey that only passes on a quick machine fails here;
run it a few times after writing one. Nothing of it is used by `script/test`.
"""

import random
import time
from typing import Any

from django.contrib.staticfiles.handlers import StaticFilesHandlerMixin
from django.test.testcases import QuietWSGIRequestHandler

#: End of an address → seconds among which one is chosen for each request.
LATE = {".js": (0.2, 0.4, 0.6), ".css": (0, 0.2, 0.4)}
ANY = (0, 0, 0, 0.05, 0.3)

_get_response = StaticFilesHandlerMixin.get_response
_handle = QuietWSGIRequestHandler.handle_one_request


def get_response(self: Any, request: Any) -> Any:
    time.sleep(random.choice(next((LATE[end] for end in LATE if request.path.endswith(end)), (0,))))
    return _get_response(self, request)


def handle_one_request(self: Any) -> None:
    time.sleep(random.choice(ANY))
    _handle(self)


StaticFilesHandlerMixin.get_response = get_response  # type: ignore[method-assign]
QuietWSGIRequestHandler.handle_one_request = handle_one_request  # type: ignore[method-assign]
