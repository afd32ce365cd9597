"""Kept figures: how many records stand where, so that a page need not count them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Count

KEY = ("figure", "edition", "body", "code", "day")
#: So many events later, the rows that the kept sums have gathered are added up.
TIDY_EVERY = 200


class Tally(models.Model):
    """So many more (or fewer) facts of a figure stand under this key. Written by the database alone: see `core.tally`.

    A figure is the sum of its rows. Nobody changes a row that is there, so nobody waits for another's transaction; rows of
    the same key are added up from time to time.
    """

    figure = models.CharField(max_length=20)
    edition = models.BigIntegerField()
    body = models.BigIntegerField()
    code = models.CharField(max_length=40)
    day = models.DateField(null=True)
    number = models.IntegerField()

    class Meta:
        verbose_name = "tally"
        verbose_name_plural = "tallies"
        indexes = [
            models.Index(fields=["figure", "edition"], name="tally_edition"),
            models.Index(fields=["figure", "body"], name="tally_body"),
        ]

    def __str__(self) -> str:
        return f"{self.figure} {self.edition} {self.body} {self.code} {self.day}: {self.number}"


class TalliedFact(models.Model):
    """A fact as it stands in the sums, for figures whose facts depend on several rows of one table: see `core.tally`."""

    figure = models.CharField(max_length=20)
    fact = models.BigIntegerField()
    edition = models.BigIntegerField()
    body = models.BigIntegerField()
    code = models.CharField(max_length=40)
    day = models.DateField(null=True)

    class Meta:
        verbose_name = "tallied fact"
        verbose_name_plural = "tallied facts"
        indexes = [models.Index(fields=["figure", "fact"], name="tallied_fact")]

    def __str__(self) -> str:
        return f"{self.figure} {self.fact}"


def compact() -> None:
    """Add up rows of the same key, those that no other transaction holds; every sum stays the same."""
    with transaction.atomic():
        several = list(Tally.objects.order_by().values_list(*KEY).annotate(rows=Count("pk")).filter(rows__gt=1))
        for start in range(0, len(several), 200):
            _add_up([key for *key, _rows in several[start : start + 200]])


def _add_up(wanted: Iterable[list[Any]]) -> None:
    keyed = {tuple(key) for key in wanted}
    rows = Tally.objects.filter(figure__in={key[0] for key in keyed}, edition__in={key[1] for key in keyed})
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True)
    found: dict[tuple[Any, ...], list[Tally]] = {}
    for row in rows.filter(body__in={key[2] for key in keyed}, code__in={key[3] for key in keyed}):
        key = tuple(getattr(row, name) for name in KEY)
        if key in keyed:
            found.setdefault(key, []).append(row)
    Tally.objects.filter(pk__in=[row.pk for group in found.values() for row in group]).delete()
    totals = {key: sum(row.number for row in group) for key, group in found.items()}
    Tally.objects.bulk_create(Tally(**dict(zip(KEY, key, strict=True)), number=total) for key, total in totals.items() if total)
