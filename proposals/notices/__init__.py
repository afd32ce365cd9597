"""Who is told of what happens to proposals, by mail (`core.outbox`).

`tables` is asked for once the models are there (`apps.py ready()`).
"""

from __future__ import annotations

from typing import Any


def tables() -> list[Any]:
    """Every row of this app."""
    from proposals.notices.tables import ACTS, NOTICES

    return [*NOTICES, *ACTS]
