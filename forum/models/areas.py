"""Countries and their subdivisions (ISO 3166), among them the 32 federal entities of Mexico (INEGI codes)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from core.fields import FoldedField, KeyField, SortKeyField, TextLine
from core.text import fold, sort_key


class AreaKind(models.TextChoices):
    COUNTRY = "country", pgettext_lazy("kind of area", "country")
    FEDERAL_ENTITY = "federal_entity", pgettext_lazy("kind of area", "federal entity")
    SUBDIVISION = "subdivision", pgettext_lazy("kind of area", "subdivision")


class Area(models.Model):
    """A country, a federal entity or another first-level subdivision. Codes are text: `US`, `US-CA`, `MX-ZAC`."""

    Kind = AreaKind

    KEY = "code"

    code = KeyField(_("ISO 3166 code"), max_length=6, unique=True)
    inegi = models.CharField(_("INEGI code"), max_length=2, blank=True)
    kind = models.CharField(_("kind"), max_length=14, choices=Kind.choices)
    country = models.ForeignKey(
        "self", verbose_name=_("country"), null=True, blank=True, on_delete=models.PROTECT, related_name="subdivisions"
    )
    name_es = TextLine(_("name in Spanish"), max_length=150)
    name_en = TextLine(_("name in English"), max_length=150, blank=True)
    official_name = TextLine(_("official name"), max_length=150, blank=True)
    abbreviation = TextLine(_("abbreviation"), max_length=12, blank=True)
    name_2011 = TextLine(_("name in 2011"), max_length=150, blank=True)
    code_2011 = models.CharField(_("ISO 3166 code in 2011"), max_length=6, blank=True)
    folded = FoldedField()
    sort = SortKeyField()

    class Meta:
        verbose_name = _("area")
        verbose_name_plural = _("areas")
        ordering = ("sort", "code")
        indexes = [models.Index(fields=["kind", "sort"], name="area_kind_sort")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["country", "federal_entity", "subdivision"]),
                name="area_kind",
                violation_error_message=_("An area is a country, a federal entity or a subdivision."),
            ),
            models.UniqueConstraint(
                fields=["inegi"],
                condition=~models.Q(inegi=""),
                name="area_inegi_once",
                violation_error_message=_("Another area has this INEGI code."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def refresh_derived(self) -> None:
        self.folded = fold(
            self.code, self.inegi, self.name_es, self.name_en, self.official_name, self.abbreviation, self.name_2011
        )
        self.sort = sort_key(self.name_es)

    @property
    def name(self) -> str:
        return (self.name_en or self.name_es) if (get_language() or "es").startswith("en") else self.name_es

    @property
    def public_key(self) -> str:
        return self.code
