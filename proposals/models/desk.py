"""What the desk needs beside the opinion: texts that a body writes often, the paper of an opinion recorded on behalf, and
what happened later to a proposal."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.dates import Precision
from core.fields import KeyField, LongText, TextLine
from core.models import Record
from core.models.base import choice_constraint
from proposals.querysets import LaterActionQuerySet, PaperScanQuerySet, TextTemplateQuerySet


def template_key() -> str:
    return f"t-{secrets.token_hex(5)}"


def scan_key() -> str:
    return f"p-{secrets.token_hex(8)}"


def action_key() -> str:
    return f"a-{secrets.token_hex(5)}"


def scan_path(record: Any, filename: str) -> str:
    """Stored name: never from the user."""
    return f"opinions/{secrets.token_hex(16)}"


class TextTemplatePlace(models.TextChoices):
    REASONS = "reasons", pgettext_lazy("place of a template", "reasons")
    LEGAL_BASIS = "legal_basis", pgettext_lazy("place of a template", "legal basis")
    SOUNDNESS_TEXT = "soundness_text", pgettext_lazy("place of a template", "soundness in words")
    PROGRAMME_EVIDENCE = "programme_evidence", pgettext_lazy("place of a template", "evidence of the programme")
    QUESTIONS_TEXT = "questions_text", pgettext_lazy("place of a template", "questions to the proponents")


class TextTemplate(Record):
    """A text that a body begins with, for one field of its opinions. Only its own officials see it, and an opinion in which
    it stands as it is cannot be issued."""

    Place = TextTemplatePlace

    key = KeyField(_("key"), unique=True, default=template_key, editable=False)
    agency = models.ForeignKey("forum.Agency", verbose_name=_("agency"), on_delete=models.CASCADE, related_name="templates")
    name = TextLine(_("name"), max_length=100)
    place = models.CharField(_("field"), max_length=20, choices=Place.choices, default=Place.REASONS)
    text = LongText(
        _("text"), help_text=_("Write [[in double brackets]] what has to be filled in: it cannot be issued while they are there.")
    )

    objects = TextTemplateQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("text template")
        verbose_name_plural = _("text templates")
        ordering = ("agency", "place", "name", "key")
        constraints = [
            *Record.Meta.constraints,
            choice_constraint("place", TextTemplatePlace, "template_place", _("This is not a field that takes a template.")),
            models.UniqueConstraint(
                fields=["agency", "place", "name"],
                name="template_name_once",
                violation_error_message=_("Your body has a template with that name for this field."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def event_edition(self) -> Any:
        return None


class PaperScan(Record):
    """The scan of an opinion that came on paper. Reserved: organizers of the edition and officials of the body."""

    PRIVATE = frozenset({"file", "file_name"})

    key = KeyField(_("key"), unique=True, default=scan_key, editable=False)
    opinion = models.OneToOneField("proposals.Opinion", verbose_name=_("opinion"), on_delete=models.PROTECT, related_name="paper")
    file = models.FileField(_("file"), upload_to=scan_path, max_length=200)
    file_name = TextLine(_("file name"), max_length=200, editable=False)
    content_type = models.CharField(_("type"), max_length=100, editable=False)
    size = models.PositiveBigIntegerField(_("size in bytes"), default=0, editable=False)
    sha256 = models.CharField(_("fingerprint"), max_length=64, editable=False)

    objects = PaperScanQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("scan of an opinion")
        verbose_name_plural = _("scans of opinions")
        ordering = ("opinion",)

    def __str__(self) -> str:
        return self.key

    @property
    def event_edition(self) -> Any:
        return self.opinion.event_edition


class LaterAction(Record):
    """What happened to a proposal after it was answered: a law, a programme, a budget. Whatever the answer was."""

    key = KeyField(_("key"), unique=True, default=action_key, editable=False)
    proposal = models.ForeignKey(
        "proposals.Proposal", verbose_name=_("proposal"), on_delete=models.PROTECT, related_name="later_actions"
    )
    happened_on = models.DateField(_("date"))
    date_precision = models.CharField(_("precision of the date"), max_length=8, choices=Precision.choices, default=Precision.DAY)
    agency = models.ForeignKey(
        "forum.Agency", verbose_name=_("public body"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    text_es = LongText(_("what happened, in Spanish"))
    text_en = LongText(_("what happened, in English"), blank=True)
    url = models.URLField(_("where it can be read"), max_length=500, blank=True)

    objects = LaterActionQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("later action")
        verbose_name_plural = _("later actions")
        ordering = ("proposal", "happened_on", "id")
        constraints = [
            *Record.Meta.constraints,
            choice_constraint(
                "date_precision", Precision, "later_action_precision", _("A date is known to the day, month or year.")
            ),
        ]

    def __str__(self) -> str:
        return self.text[:80]

    @property
    def text(self) -> str:
        return self.in_language("text")

    @property
    def event_edition(self) -> Any:
        return self.proposal.edition
