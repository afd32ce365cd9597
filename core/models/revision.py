"""How many changes the site has seen: what a cached page is valid for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection, models, transaction
from django.db.models import Sum

_held: ContextVar[list[bool] | None] = ContextVar("held", default=None)
#: More rows than this are added up into one.
MANY = 200


class Revision(models.Model):
    """One row a change, written in its transaction; the revision of the site is the sum of `steps`.

    A counter in one row would make every writer wait for every other, and could deadlock. Here nobody waits: a
    transaction adds its own row, which others see when it commits, so the sum that a reader sees tells exactly which
    changes it sees. `compact` adds rows up without changing the sum.
    """

    steps = models.PositiveBigIntegerField(default=1)

    class Meta:
        verbose_name = "revision"
        verbose_name_plural = "revisions"

    def __str__(self) -> str:
        return str(self.steps)


def current() -> int:
    """The revision that this connection sees now. One query over at most some hundred rows."""
    return Revision.objects.aggregate(sum=Sum("steps"))["sum"] or 0


@contextmanager
def once() -> Iterator[None]:
    """Within this block, which lies in a transaction, any number of changes move the revision by one step, at its end."""
    if _held.get() is not None:
        yield
        return
    held: list[bool] = []
    token = _held.set(held)
    try:
        yield
    finally:
        _held.reset(token)
    if held:
        bump()


def bump() -> None:
    """Something that a public page may show has changed in this transaction."""
    if (held := _held.get()) is not None:
        if not held:
            held.append(True)
        return
    row = Revision.objects.create()
    if row.pk % MANY == 0:
        compact()


def compact() -> None:
    """Add up the rows that are there and that no other transaction holds; the sum stays the same."""
    with transaction.atomic():
        rows = Revision.objects.order_by("pk")
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True)
        found = list(rows)
        if len(found) < 2:
            return
        Revision.objects.filter(pk__in=[row.pk for row in found]).delete()
        Revision.objects.create(steps=sum(row.steps for row in found))
