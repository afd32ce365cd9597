"""Rolls: which records have a value that a list can be narrowed down by, in every order that the list has."""

from __future__ import annotations

import datetime as dt

from django.db import models

from core.fields import ByteOrdered

#: The day of an entry whose roll knows no days.
NO_DAY = dt.date(1, 1, 1)
#: The day of what has none yet: after all others.
NEVER = dt.date(9999, 12, 31)


class RollEntry(models.Model):
    """A record stands under a value of a roll. Written by the database alone: see `core.rolls`.

    `folio`, `created_at` and `updated_at` are those of the record: a page of a list is read along one of these indexes from
    where the page before it ended, however many records have the value.
    """

    pk = models.CompositePrimaryKey("roll", "record", "value", "day")
    roll = models.CharField(max_length=4)
    record = models.BigIntegerField()
    value = ByteOrdered(max_length=120)
    day = models.DateField(default=NO_DAY)
    folio = ByteOrdered(max_length=80)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        verbose_name = "entry of a roll"
        verbose_name_plural = "entries of rolls"
        indexes = [
            models.Index(fields=["roll", "value", "folio", "record", "day"], name="roll_folio"),
            models.Index(fields=["roll", "value", "-created_at", "folio", "record", "day"], name="roll_newest"),
            models.Index(fields=["roll", "value", "-updated_at", "folio", "record", "day"], name="roll_changed"),
            # How many have a day in a stretch of days: of many that wait, few may be late.
            models.Index(fields=["roll", "value", "day", "record"], condition=models.Q(day__gt=NO_DAY), name="roll_day"),
        ]

    def __str__(self) -> str:
        return f"{self.roll} {self.value}: {self.folio}"
