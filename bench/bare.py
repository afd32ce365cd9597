"""The floor: plain Django views of the same records and of the same size, without middleware, filters, rights or look.

Settings, addresses and views of a second process. `BENCH_SIZES` says how many bytes each page of ours has; the rest of a
bare page is filled with dots.
"""

from __future__ import annotations

import json
import os
from typing import Any

from config.settings import *  # noqa: F403
from config.settings import TEMPLATES as OURS

# An app of ours refuses to start without its own; `bench.measure` takes it away before the first request.
MIDDLEWARE = ["allauth.account.middleware.AccountMiddleware"]
ROOT_URLCONF = "bench.bare_urls"
TEMPLATES = [{**OURS[0], "DIRS": [os.path.join(os.path.dirname(__file__), "templates")], "OPTIONS": {}}]
BENCH_SIZES: dict[str, Any] = json.loads(os.environ.get("BENCH_SIZES", "{}"))
