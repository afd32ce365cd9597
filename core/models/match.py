"""By what records are found whose names are written in another way."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class MatchKey(models.Model):
    """One of the numbers under which the names of a record stand (`core.imports.matching.keys_of`). It tells no name."""

    model = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    number = models.BigIntegerField()
    #: Of the word that the key leaves out, its beginning and its end; 0 where it leaves none out.
    head = models.SmallIntegerField(default=0)
    tail = models.SmallIntegerField(default=0)

    class Meta:
        verbose_name = _("key of names")
        verbose_name_plural = _("keys of names")
        indexes = [models.Index(fields=["number", "model", "head", "tail"], name="match_by_number")]
        constraints = [
            models.UniqueConstraint(
                fields=["record_id", "model", "number", "head", "tail"],
                name="match_key_once",
                violation_error_message=_("A record has each key of its names once."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.model} · {self.record_id}"
