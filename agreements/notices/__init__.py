"""Who is told of what happens to agreements, commitments and meetings, by mail (`core.outbox`).

`tables` is asked for once the models are there (`apps.py ready()`).
"""

from __future__ import annotations

from typing import Any


def tables() -> list[Any]:
    """Every row of this app."""
    from agreements.notices import of_agreements, of_meetings, public

    return [*of_agreements.NOTICES, *of_meetings.NOTICES, *public.ACTS]
