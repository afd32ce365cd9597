"""Earlier forums and documents that the proposals take up."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.addresses import address
from core.dates import Precision
from core.fields import FoldedField, KeyField, LongText, SortKeyField, TextLine, check_key
from core.models import Record
from core.models.base import choice_constraint
from forum.querysets import OpenQuerySet


class Antecedent(Record):
    """An earlier forum or document."""

    FOLDS = ("key", "name_es", "name_en", "place")
    SORTS = "name_es"

    key = KeyField(_("key"), unique=True, validators=[check_key])
    name_es = TextLine(_("name in Spanish"), max_length=300)
    name_en = TextLine(_("name in English"), max_length=300, blank=True)
    starts_on = models.DateField(_("starts on"), null=True, blank=True)
    starts_precision = models.CharField(
        _("precision of the start"), max_length=8, choices=Precision.choices, default=Precision.DAY
    )
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    ends_precision = models.CharField(_("precision of the end"), max_length=8, choices=Precision.choices, default=Precision.DAY)
    place = TextLine(_("place"), max_length=300, blank=True)
    url = models.URLField(_("address"), max_length=300, blank=True)
    folded = FoldedField()
    sort = SortKeyField()

    objects = OpenQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("antecedent")
        verbose_name_plural = _("antecedents")
        ordering = ("-starts_on", "key")
        constraints = [
            *Record.Meta.constraints,
            choice_constraint("starts_precision", Precision, "antecedent_start", _("A date is known to the day, month or year.")),
            choice_constraint("ends_precision", Precision, "antecedent_end", _("A date is known to the day, month or year.")),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.in_language("name")

    def get_absolute_url(self) -> str:
        return address("antecedent", self.key)

    def search_entry(self) -> dict[str, str] | None:
        return {
            "kind": "antecedent",
            "title_es": self.name_es,
            "title_en": self.name_en,
            "summary_es": "",
            "summary_en": "",
            "text": self.place,
        }


class Recommendation(Record):
    """A recommendation that an antecedent made."""

    key = KeyField(_("key"), unique=True, validators=[check_key])
    antecedent = models.ForeignKey(
        Antecedent, verbose_name=_("antecedent"), on_delete=models.CASCADE, related_name="recommendations"
    )
    number = models.PositiveSmallIntegerField(_("number"))
    text_es = LongText(_("text in Spanish"))
    text_en = LongText(_("text in English"), blank=True)
    addressee = TextLine(_("addressee"), max_length=300, blank=True)
    outcome_es = LongText(_("what came of it, in Spanish"), blank=True)
    outcome_en = LongText(_("what came of it, in English"), blank=True)

    objects = OpenQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("recommendation")
        verbose_name_plural = _("recommendations")
        ordering = ("antecedent", "number")
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=["antecedent", "number"],
                name="recommendation_number_once",
                violation_error_message=_("This antecedent has a recommendation with that number."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.antecedent_id}.{self.number}"

    @property
    def text(self) -> str:
        return self.in_language("text")
