"""Holding the kept figures against a recount after every step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.models import Max
from django.db.models.signals import post_save

from core import tally
from core.models import Event, Tally


@contextmanager
def figures_hold() -> Iterator[list[int]]:
    """Within this block every event that comes after a change of the kept figures compares them with a recount.

    Gives a list of one number: how many comparisons were made.
    """
    last, made = [0], [0]

    def compare(**_more: Any) -> None:
        newest = Tally.objects.aggregate(newest=Max("pk"))["newest"] or 0
        if newest != last[0]:
            last[0] = newest
            made[0] += 1
            found = tally.differences()
            assert not found, found

    post_save.connect(compare, sender=Event)
    try:
        yield made
        compare()
    finally:
        post_save.disconnect(compare, sender=Event)
