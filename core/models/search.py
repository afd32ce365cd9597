"""What the search box finds: one row for each record that anybody may see."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.fields import FoldedField, KeyField, TextLine


class SearchEntry(models.Model):
    """The public text of one public record. A record that is not public has no row here (promise 3)."""

    kind = models.CharField(_("kind"), max_length=20)
    model = models.CharField(max_length=60)
    record_id = models.BigIntegerField()
    record_key = KeyField(_("record"), max_length=80)
    title_es = TextLine(_("title"), max_length=300)
    title_en = TextLine(max_length=300, blank=True)
    summary_es = models.TextField(blank=True)
    summary_en = models.TextField(blank=True)
    names = models.TextField(blank=True, default="")
    is_sample = models.BooleanField(default=False)
    tokens = FoldedField()

    class Meta:
        verbose_name = _("search entry")
        verbose_name_plural = _("search entries")
        ordering = ("id",)
        indexes = [models.Index(fields=["kind", "id"], name="search_newest")]
        constraints = [models.UniqueConstraint(fields=["model", "record_id"], name="search_one_entry")]

    def __str__(self) -> str:
        return f"{self.kind} · {self.record_key}"


class SearchWord(models.Model):
    """A word that some entry holds: what the beginning of a word can stand for. It may be there more than once."""

    LONGEST = 40

    word = KeyField(max_length=LONGEST, db_index=True)

    class Meta:
        verbose_name = "search word"
        verbose_name_plural = "search words"

    def __str__(self) -> str:
        return self.word
