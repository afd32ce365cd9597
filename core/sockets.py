"""Sockets: what a page of a lower app shows of a higher one. The higher app fills them in `apps.py ready()`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Socket:
    """A named list of functions. `collect(**context)` calls each in the order of registration and drops None."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.plugs: list[Callable[..., Any]] = []

    def plug(self, function: Callable[..., Any]) -> Callable[..., Any]:
        if function not in self.plugs:
            self.plugs.append(function)
        return function

    def collect(self, **context: Any) -> list[Any]:
        return [found for function in self.plugs if (found := function(**context)) is not None]


#: Panels under a public record page: `plug(record, user) -> {"template": …, …context} | None`.
record_panels = Socket("record panels")
#: What waits for a person on the workspace home: `plug(user, today) -> list[WaitingItem] | None`.
waiting = Socket("waiting")
#: Counts and gaps of an edition for its organizers: `plug(edition, today) -> list[dict] | None`.
edition_gaps = Socket("edition gaps")
#: Facts and figures of an edition for the public: `plug(edition, user) -> dict | None`.
edition_figures = Socket("edition figures")
