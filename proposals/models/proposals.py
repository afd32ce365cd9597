"""Proposals and their versions."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy

from core.addresses import address
from core.fields import FoldedField, KeyField, LongText, TextLine, check_key
from core.models import Record
from core.models.base import choice_constraint
from core.models.folio import next_folio
from proposals.querysets import AttachmentQuerySet, OfProposalQuerySet, ProposalQuerySet


class PolicyMoment(models.TextChoices):
    MAKING = "making", pgettext_lazy("policy moment", "making")
    CARRYING_OUT = "carrying_out", pgettext_lazy("policy moment", "carrying out")
    MONITORING = "monitoring", pgettext_lazy("policy moment", "monitoring")


class ProposalText(models.Model):
    """What a proposal says: the same columns in the proposal as it stands and in each of its versions."""

    title_es = TextLine(_("title in Spanish"), max_length=300)
    title_en = TextLine(_("title in English"), max_length=300, blank=True)
    problem_es = LongText(_("problem in Spanish"), blank=True)
    problem_en = LongText(_("problem in English"), blank=True)
    petition_es = LongText(_("petition in Spanish"))
    petition_en = LongText(_("petition in English"), blank=True)
    expected_result_es = LongText(_("expected result in Spanish"), blank=True)
    expected_result_en = LongText(_("expected result in English"), blank=True)
    policy_moment = models.CharField(_("policy moment"), max_length=12, choices=PolicyMoment.choices, blank=True)

    TEXT_FIELDS = (
        "title_es",
        "title_en",
        "problem_es",
        "problem_en",
        "petition_es",
        "petition_en",
        "expected_result_es",
        "expected_result_en",
        "policy_moment",
    )

    class Meta:
        abstract = True

    def text_values(self) -> dict[str, str]:
        """The texts as a dict, for copying to a version and for the ledger."""
        return {name: getattr(self, name) for name in self.TEXT_FIELDS}


class ProposalStatus(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("status of a proposal", "draft")
    SUBMITTED = "submitted", pgettext_lazy("status of a proposal", "submitted")
    RETURNED = "returned", pgettext_lazy("status of a proposal", "returned")
    IN_REVIEW = "in_review", pgettext_lazy("status of a proposal", "in review")
    REVIEWED = "reviewed", pgettext_lazy("status of a proposal", "reviewed")
    AGREED = "agreed", pgettext_lazy("status of a proposal", "agreed")
    WITHDRAWN = "withdrawn", pgettext_lazy("status of a proposal", "withdrawn")
    MERGED = "merged", pgettext_lazy("status of a proposal", "merged")
    SPLIT = "split", pgettext_lazy("status of a proposal", "split")


#: Nothing more is answered to these: they left the table, and what they had been answered is no reading of today.
LEFT_THE_TABLE = (ProposalStatus.WITHDRAWN, ProposalStatus.MERGED, ProposalStatus.SPLIT)


class ProposalReading(models.TextChoices):
    NONE = "", pgettext_lazy("overall reading", "not referred yet")
    WAITING = "waiting", pgettext_lazy("overall reading", "waiting for answers")
    FEASIBLE = "feasible", pgettext_lazy("overall reading", "agreed feasible")
    CONDITIONAL = "conditional", pgettext_lazy("overall reading", "agreed with conditions")
    DIVIDED = "divided", pgettext_lazy("overall reading", "divided")
    NOT_FEASIBLE = "not_feasible", pgettext_lazy("overall reading", "not feasible")
    ADDRESSED = "addressed", pgettext_lazy("overall reading", "already addressed")
    OUTSIDE_REMIT = "outside_remit", pgettext_lazy("overall reading", "outside the remit of every body asked")


class Proposal(ProposalText, Record):
    """A proposal of one or more organizations to one or more public bodies.

    The steps are in `proposals.workflow`; `status` changes only there. `reading` is the overall reading, derived from
    the issued opinions in the transaction of each of them and never typed (see `proposals.reading`).
    """

    Status = ProposalStatus

    Reading = ProposalReading

    KEY = "folio"
    FOLDS = ("folio", "title_es", "title_en", "problem_es", "petition_es", "petition_en")

    folio = KeyField(
        _("folio"), unique=True, blank=True, validators=[check_key], help_text=_("Given once, never reused: FM1-01.")
    )
    edition = models.ForeignKey("forum.Edition", verbose_name=_("edition"), on_delete=models.PROTECT, related_name="proposals")
    table = models.ForeignKey(
        "forum.WorkingTable",
        verbose_name=_("working table"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="proposals",
    )
    topic = TextLine(_("topic"), max_length=120, blank=True)
    states = models.ManyToManyField("forum.Area", verbose_name=_("states concerned"), blank=True, related_name="+")
    proponents = models.ManyToManyField("forum.Organization", verbose_name=_("proponents"), blank=True, related_name="proposals")
    speakers = models.ManyToManyField(
        "forum.Participation", verbose_name=_("people who speak for the proponents"), blank=True, related_name="speaks_for"
    )
    addressees = models.ManyToManyField("forum.Agency", verbose_name=_("addressees"), blank=True, related_name="proposals")
    antecedents = models.ManyToManyField(
        "proposals.Antecedent", verbose_name=_("antecedents"), blank=True, related_name="proposals"
    )
    recommendations = models.ManyToManyField(
        "proposals.Recommendation", verbose_name=_("recommendations"), blank=True, related_name="proposals"
    )
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.DRAFT, editable=False)
    reading = models.CharField(
        _("overall reading"), max_length=14, choices=Reading.choices, default=Reading.NONE, blank=True, editable=False
    )
    version_number = models.PositiveSmallIntegerField(_("version"), default=0, editable=False)
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("entered by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        editable=False,
    )
    folded = FoldedField()

    objects = ProposalQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering = ("folio",)
        indexes = [
            models.Index(fields=["edition", "folio"], name="proposal_edition"),
            models.Index(fields=["status", "folio"], name="proposal_status"),
            models.Index(fields=["reading", "folio"], name="proposal_reading"),
            models.Index(fields=["topic", "folio"], name="proposal_topic"),
            models.Index(fields=["table", "folio"], name="proposal_table"),
            models.Index(fields=["-created_at", "folio"], name="proposal_newest"),
            models.Index(fields=["-updated_at", "folio"], name="proposal_changed"),
            # A folio in another case is not a second proposal: imports look for it (`iexact`).
            models.Index(Upper("folio"), name="proposal_folio_upper"),
        ]
        constraints = [
            *Record.Meta.constraints,
            choice_constraint("status", ProposalStatus, "proposal_status", _("This is not a status of a proposal.")),
            choice_constraint("reading", ProposalReading, "proposal_reading", _("This is not an overall reading.")),
            models.CheckConstraint(
                condition=models.Q(policy_moment="") | models.Q(policy_moment__in=PolicyMoment.values),
                name="proposal_policy_moment",
                violation_error_message=_("The policy moment is making, carrying out or monitoring."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.folio} · {self.title}"

    @property
    def title(self) -> str:
        return self.in_language("title")

    @property
    def problem(self) -> str:
        return self.in_language("problem")

    @property
    def petition(self) -> str:
        return self.in_language("petition")

    @property
    def expected_result(self) -> str:
        return self.in_language("expected_result")

    @property
    def event_edition(self) -> Any:
        return self.edition

    @property
    def is_public(self) -> bool:
        return (
            self.published_at is not None
            and self.status not in (self.Status.DRAFT, self.Status.RETURNED)
            and self.edition.is_public
        )

    @property
    def current_version(self) -> ProposalVersion | None:
        """The version in force; None while the proposal was never submitted. Reads `versions` (prefetch it)."""
        return next((version for version in self.versions.all() if version.number == self.version_number), None)

    def get_absolute_url(self) -> str:
        return address("proposal", self.folio)

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.folio:
            self.folio = next_folio(self.edition.folio_prefix)
        super().save(*args, **kwargs)

    def search_entry(self) -> dict[str, str] | None:
        if not self.is_public:
            return None
        return {
            "kind": "proposal",
            "title_es": self.title_es,
            "title_en": self.title_en,
            "summary_es": self.petition_es,
            "summary_en": self.petition_en,
            "text": f"{self.problem_es} {self.problem_en} {self.topic} {self.reading_words()}",
        }

    def reading_words(self) -> str:
        """The overall reading in both languages, by which it is found."""
        if not self.reading:
            return ""
        words = []
        for code in ("es", "en"):
            with override(code):
                words.append(str(ProposalReading(self.reading).label))
        return " ".join(words)


class ProposalVersion(ProposalText):
    """The text as it was submitted or revised; never changed. Referrals point to a version."""

    KEY = "folio"

    folio = KeyField(_("folio"), unique=True)
    proposal = models.ForeignKey(Proposal, verbose_name=_("proposal"), on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    cause = LongText(_("cause"), blank=True)
    at = models.DateTimeField(_("when"))
    sha256 = models.CharField(_("fingerprint"), max_length=64, blank=True)

    objects = OfProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a proposal")
        verbose_name_plural = _("versions of proposals")
        ordering = ("proposal", "number")
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "number"],
                name="proposal_version_once",
                violation_error_message=_("This proposal has that version already."),
            )
        ]

    def __str__(self) -> str:
        return self.folio

    @property
    def public_key(self) -> str:
        return self.folio

    @property
    def event_edition(self) -> Any:
        return self.proposal.edition


class ProposalLinkKind(models.TextChoices):
    MERGED_INTO = "merged_into", pgettext_lazy("link of a proposal", "merged into")
    SPLIT_FROM = "split_from", pgettext_lazy("link of a proposal", "split from")
    RE_PRESENTS = "re_presents", pgettext_lazy("link of a proposal", "presents again")
    SIMILAR_TO = "similar_to", pgettext_lazy("link of a proposal", "similar to")


class ProposalLink(models.Model):
    """How a proposal stands to another one."""

    Kind = ProposalLinkKind

    proposal = models.ForeignKey(Proposal, verbose_name=_("proposal"), on_delete=models.PROTECT, related_name="links")
    other = models.ForeignKey(Proposal, verbose_name=_("other proposal"), on_delete=models.PROTECT, related_name="linked_from")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)

    class Meta:
        verbose_name = _("link of a proposal")
        verbose_name_plural = _("links of proposals")
        ordering = ("proposal", "kind", "other")
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "other", "kind"],
                name="proposal_link_once",
                violation_error_message=_("These two proposals are linked that way already."),
            ),
            models.CheckConstraint(
                condition=~models.Q(proposal=models.F("other")),
                name="proposal_link_to_another",
                violation_error_message=_("A proposal cannot be linked to itself."),
            ),
            choice_constraint("kind", ProposalLinkKind, "proposal_link_kind", _("This is not a kind of link.")),
        ]

    def __str__(self) -> str:
        return f"{self.proposal_id} {self.kind} {self.other_id}"


def attachment_path(attachment: Any, filename: str) -> str:
    """Stored name: never from the user."""
    return f"attachments/{secrets.token_hex(16)}"


def attachment_key() -> str:
    return f"f-{secrets.token_hex(8)}"


class Attachment(Record):
    """A file that belongs to a proposal; reserved unless marked public."""

    key = KeyField(_("key"), unique=True, default=attachment_key, editable=False)
    proposal = models.ForeignKey(Proposal, verbose_name=_("proposal"), on_delete=models.PROTECT, related_name="attachments")
    title = TextLine(_("title"), max_length=200)
    file = models.FileField(_("file"), upload_to=attachment_path, max_length=200)
    file_name = TextLine(_("file name"), max_length=200, editable=False)
    content_type = models.CharField(_("type"), max_length=100, editable=False)
    size = models.PositiveBigIntegerField(_("size in bytes"), default=0, editable=False)
    sha256 = models.CharField(_("fingerprint"), max_length=64, editable=False)
    is_public = models.BooleanField(_("public"), default=False)

    objects = AttachmentQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ("proposal", "id")

    def __str__(self) -> str:
        return self.title

    @property
    def event_edition(self) -> Any:
        return self.proposal.edition
